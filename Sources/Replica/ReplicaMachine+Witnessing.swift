import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

/// What the machine knows of one log's cosigned checkpoints.
struct Witnessing {
    /// The newest that a quorum cosigned.
    var vouched: CosignedCheckpoint?
    /// A newer one that witnesses are asked to cosign.
    var pending: CosignedCheckpoint?
    /// Since when it is there.
    var pendingSince: UInt64 = 0
    /// Before then this node is not asked again to cosign it.
    var nextCosigning: UInt64 = 0

    var size: UInt64 { pending?.checkpoint.size ?? vouched?.checkpoint.size ?? 0 }

    var checkpoints: [CosignedCheckpoint] { [vouched, pending].compactMap(\.self) }

    /// Which checkpoint of this size and root it is about, if it is one of them.
    func known(_ checkpoint: Checkpoint) -> CosignedCheckpoint? {
        checkpoints.first { $0.checkpoint == checkpoint }
    }
}

/// What a peer is known to have of a log's newest cosigned checkpoint.
struct CosignedTold {
    var size: UInt64
    var root: Digest
    var keys: Set<Digest>
}

// Witnesses: whoever holds a log whole and is named for it says so under its checkpoints, and
// everybody passes that on.
extension ReplicaMachine {
    /// Takes up what was kept before this process.
    mutating func takeKept(_ kept: [CosignedCheckpoint]) {
        for cosigned in kept { merge(cosigned) }
    }

    /// Asks for a stable checkpoint of the own log, and cosigns those of others, when it is time.
    mutating func witness() {
        askForStable()
        for log in witnessed.keys.sorted() { cosign(log) }
    }

    private mutating func askForStable() {
        let log = configuration.log
        guard !isOwnLogClosed, now >= nextStable, roster.witnesses(of: log) != nil,
            roster.forks[log] == nil, let claim = ownLog.claim, claim.size == ownLog.size,
            claim.size > witnessed[log]?.size ?? 0
        else { return }
        if let state = witnessed[log], state.pending != nil,
            now - state.pendingSince < Limits.unansweredMilliseconds
        {
            return
        }
        nextStable = now + Limits.stableMilliseconds
        commands.append(.stabilize(size: claim.size))
    }

    mutating func stable(_ signed: SignedCheckpoint) {
        let log = configuration.log
        guard signed.logKey.hash == log, roster.witnesses(of: log) != nil,
            signed.checkpoint.size > witnessed[log]?.size ?? 0
        else { return }
        if merge(CosignedCheckpoint(signed)) { tell(log, but: nil) }
    }

    /// Has this node's cosignature made, if it is named for a log and holds what it is about.
    private mutating func cosign(_ log: Digest) {
        guard let state = witnessed[log], let pending = state.pending, !isOwnLogClosed,
            log != configuration.log, now >= state.nextCosigning, roster.forks[log] == nil,
            let held = logs[log], held.size >= pending.checkpoint.size,
            let own = roster.witnesses(of: log)?.members.first(where: {
                $0.log == configuration.log
            }),
            !pending.cosignatures.contains(where: { cosignature in
                own.keys.contains { $0.hash == cosignature.keyHash }
            })
        else { return }
        witnessed[log]?.nextCosigning = now + Limits.cosignRetryMilliseconds
        commands.append(.cosign(pending.signed))
    }

    mutating func cosigned(_ signed: SignedCheckpoint, _ cosignature: Cosignature) {
        let log = signed.logKey.hash
        if merge(CosignedCheckpoint(signed, [cosignature])) { tell(log, but: nil) }
    }

    mutating func received(_ id: SessionID, _ claims: [CosignedClaim]) {
        guard sessions[id]?.allowsCosigned(claims.count, now: now) == true else {
            return close(id, .limit, "cosigned checkpoints")
        }
        for claim in claims {
            // Who is not named here is not by the roster that is held: it is told again with the
            // next comparison.
            guard let member = roster.member(log: claim.log),
                let witnesses = roster.witnesses(of: claim.log)
            else { continue }
            noteTold(id, claim)
            guard isNews(claim) else { continue }
            guard
                let checked = claim.checked(
                    logKey: member.keys.log,
                    witness: { witnesses.member(key: $0)?.key }
                )
            else { return close(id, .badPackage, "checkpoint of log \(claim.log.short)") }
            if merge(checked) { tell(claim.log, but: id) }
            // Another tree than ours at this size is a fork; one that we do not hold yet comes by
            // the peers' heads.
            if let held = logs[claim.log], held.size >= claim.size, roster.forks[claim.log] == nil,
                let said = Claim(log: claim.log, note: checked.signed.note.bytes)
            {
                compare(claim.log, said, from: id, isHearsay: true)
            }
        }
    }

    private func isNews(_ claim: CosignedClaim) -> Bool {
        guard let state = witnessed[claim.log] else { return true }
        guard
            let known = state.checkpoints.first(where: {
                $0.checkpoint.size == claim.size && $0.checkpoint.root == claim.root
            })
        else { return claim.size > state.vouched?.checkpoint.size ?? 0 }
        let keys = Set(known.cosignatures.map(\.keyHash))
        return claim.cosignatures.contains { !keys.contains($0.keyHash) }
    }

    /// Adds what is checked to what is known.
    ///
    /// Of checkpoints without a quorum the largest counts, so that what witnesses are asked for
    /// never goes back; what a quorum cosigned gives way only to what a quorum cosigned.
    ///
    /// - Returns: whether it was news.
    @discardableResult
    private mutating func merge(_ cosigned: CosignedCheckpoint) -> Bool {
        let log = cosigned.signed.logKey.hash
        guard let witnesses = roster.witnesses(of: log) else { return false }
        var state = witnessed[log] ?? Witnessing()
        let size = cosigned.checkpoint.size
        guard size >= state.vouched?.checkpoint.size ?? 0 else { return false }
        var isNews = false
        if var known = state.known(cosigned.checkpoint) {
            for cosignature in cosigned.cosignatures where known.add(cosignature) { isNews = true }
            guard isNews else { return false }
            if known.checkpoint == state.vouched?.checkpoint { state.vouched = known }
            if known.checkpoint == state.pending?.checkpoint { state.pending = known }
        } else if size > state.size || isVouched(cosigned, witnesses) {
            state.pending = cosigned
            state.pendingSince = now
            state.nextCosigning = 0
            isNews = true
        }
        if let pending = state.pending, isVouched(pending, witnesses) {
            state.vouched = pending
            state.pending = nil
        }
        guard isNews else { return false }
        witnessed[log] = state
        commands.append(.keepCosigned(log, state.checkpoints))
        return true
    }

    private func isVouched(_ cosigned: CosignedCheckpoint, _ witnesses: LogWitnesses) -> Bool {
        witnesses.vouches(cosigned.cosignatures.map(\.keyHash))
    }

    // MARK: Passing on

    private mutating func tell(_ log: Digest, but source: SessionID?) {
        for id in sessions.keys.sorted() where id != source {
            sessions[id]?.cosignedNews.insert(log)
        }
    }

    /// Everything that a peer is not known to have, as it was asked for what is new.
    mutating func tellAllCosigned(_ id: SessionID) {
        guard !witnessed.isEmpty else { return }
        for (log, state) in witnessed where state.pending != nil {
            // It may have come before the roster that names its witnesses.
            sessions[id]?.cosignedTold[log] = nil
        }
        sessions[id]?.cosignedNews.formUnion(witnessed.keys)
        sessions[id]?.lastCosigned = 0
        announceCosigned(id)
    }

    /// Sends what gathered.
    mutating func announceCosigned(_ id: SessionID) {
        guard let session = sessions[id], session.isLive, !session.cosignedNews.isEmpty,
            session.lastCosigned == 0
                || now - session.lastCosigned >= Limits.cosignedMilliseconds
        else { return }
        sessions[id]?.lastCosigned = now
        let logs = session.cosignedNews.sorted().prefix(Limits.cosignedLogs)
        sessions[id]?.cosignedNews.subtract(logs)
        var claims: [CosignedClaim] = []
        for log in logs {
            for cosigned in witnessed[log]?.checkpoints ?? [] {
                let told = sessions[id]?.cosignedTold[log]
                guard let claim = lacking(cosigned, told) else { continue }
                claims.append(claim)
                noteTold(id, claim)
            }
        }
        for start in stride(from: 0, to: claims.count, by: Limits.cosigned) {
            send(id, .cosigned(Array(claims[start...].prefix(Limits.cosigned))))
        }
    }

    /// What a peer lacks of a checkpoint, as far as is known; nil for nothing.
    private func lacking(
        _ cosigned: CosignedCheckpoint,
        _ told: CosignedTold?
    ) -> CosignedClaim? {
        guard let told, told.size >= cosigned.checkpoint.size else {
            return CosignedClaim(cosigned)
        }
        guard told.size == cosigned.checkpoint.size, told.root == cosigned.checkpoint.root else {
            return nil
        }
        let claim = CosignedClaim(cosigned, without: told.keys)
        return claim.cosignatures.isEmpty ? nil : claim
    }

    private mutating func noteTold(_ id: SessionID, _ claim: CosignedClaim) {
        let keys = Set(claim.cosignatures.map(\.keyHash))
        guard var told = sessions[id]?.cosignedTold[claim.log], told.size >= claim.size else {
            sessions[id]?.cosignedTold[claim.log] = CosignedTold(
                size: claim.size,
                root: claim.root,
                keys: keys
            )
            return
        }
        guard told.size == claim.size, told.root == claim.root else { return }
        told.keys.formUnion(keys)
        sessions[id]?.cosignedTold[claim.log] = told
    }
}
