import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

// A log is pulled by one session at a time, up to a checkpoint locked onto; a session has few
// pulls in flight over all its logs.
extension ReplicaMachine {
    mutating func fillAll() {
        for id in sessions.keys.sorted() { fill(id) }
    }

    /// Sends pulls until as many are in flight as may be: first for logs that this session
    /// already pulls, then for others it has heads of, city and district logs first.
    mutating func fill(_ id: SessionID) {
        guard let session = sessions[id], session.isLive, session.slots.count < Limits.pulls else {
            return
        }
        beginSearch(id)
        for log in session.pulling { request(log, from: id) }
        for log in session.heads.keys.sorted(by: isBefore) {
            guard let session = sessions[id], session.slots.count < Limits.pulls,
                ranks[log] != nil
            else { return }
            if lock(log, from: id) { request(log, from: id) }
        }
    }

    /// Takes a log for this session, if nobody pulls it and the head is worth it.
    private mutating func lock(_ log: Digest, from id: SessionID) -> Bool {
        guard let session = sessions[id], let head = session.heads[log] else { return false }
        let state = logs[log] ?? LogState()
        guard state.pull == nil, state.retryAt <= now,
            log != configuration.log || isOwnLogClosed, session.search?.log != log,
            !session.slots.contains(where: { $0.wire == log })
        else { return false }
        // The roster may have named the log after the head was remembered unread.
        guard let claim = Claim(log: log, note: head.note) else {
            close(id, .malformed, "head of log \(log.short)")
            return false
        }
        guard claim.size > state.verified.size, !session.refused.contains(log) else {
            sessions[id]?.forgetHead(log)
            return false
        }
        guard let target = verified(claim, of: log, from: id) else { return false }
        sessions[id]?.forgetHead(log)
        lock(log, to: target, in: id)
        return true
    }

    /// Takes a log, or a further history, for this session.
    mutating func lock(_ log: Digest, to target: SignedCheckpoint, in id: SessionID) {
        let start = logs[log]?.verified.size ?? 0
        sessions[id]?.pulling.append(log)
        logs[log, default: LogState()].pull = LogPull(
            session: id,
            target: target,
            since: now,
            start: start,
            next: start
        )
    }

    /// Sends pulls for a log that this session has locked, each up to a multiple of 256.
    mutating func request(_ log: Digest, from id: SessionID) {
        guard let state = logs[log], var pull = state.pull, pull.session == id else { return }
        let width = UInt64(Limits.packageEntries)
        let target = pull.target.checkpoint.size
        while pull.next < target, let session = sessions[id], session.slots.count < Limits.pulls {
            let first = pull.next
            let end =
                target - first <= width - first % width ? target : first + width - first % width
            // Only the first pull starts where our tree ends, so that its root is known.
            let isFirst = first == state.verified.size && first > 0
            let slot = Slot(
                log: log,
                wire: realLog(log),
                first: first,
                count: Int(end - first),
                root: isFirst ? verifier.root(of: state.verified) : nil
            )
            pull.next = end
            sessions[id]?.slots.append(slot)
            send(slot, target: pull.target.checkpoint, to: id)
        }
        logs[log]?.pull = pull
    }

    mutating func send(_ slot: Slot, target: Checkpoint, to id: SessionID) {
        send(
            id,
            .pull(
                Pull(
                    log: slot.wire,
                    first: slot.first,
                    count: slot.count,
                    target: target.size,
                    targetRoot: target.root,
                    root: slot.root
                )
            )
        )
        sessions[id]?.asked(now: now)
    }

    mutating func received(_ id: SessionID, _ package: Package) {
        guard let index = slot(id, log: package.log, first: package.first),
            let slot = sessions[id]?.slots[index]
        else { return close(id, .outOfTurn, "package of log \(package.log.short)") }
        guard package.entries.count <= slot.count else {
            return close(id, .limit, "\(package.entries.count) entries, want \(slot.count)")
        }
        if slot.isAbandoned || slot.isSearch {
            sessions[id]?.slots.remove(at: index)
        } else {
            sessions[id]?.slots[index].package = package
        }
        sessions[id]?.progressed(now: now)
        if slot.isSearch { searched(id, package) } else { process(slot.log, from: id) }
        fill(id)
    }

    /// The pull that is not answered yet and that such an answer belongs to.
    private func slot(_ id: SessionID, log: Digest, first: UInt64) -> Int? {
        sessions[id]?.slots.firstIndex {
            $0.wire == log && $0.first == first && $0.package == nil
        }
    }

    /// Verifies the packages that follow what is verified, as long as storage takes more.
    private mutating func process(_ log: Digest, from id: SessionID) {
        while commits.count < Limits.pendingCommits {
            guard let state = logs[log], let pull = state.pull, pull.session == id,
                let index = sessions[id]?.slots.firstIndex(where: {
                    $0.log == log && !$0.isAbandoned && !$0.isSearch
                        && $0.first == state.verified.size
                }),
                let slot = sessions[id]?.slots[index], let package = slot.package
            else { return }
            var verified: VerifiedPackage
            do {
                verified = try verifier.verify(
                    package,
                    after: state.verified,
                    checkpoint: pull.target,
                    roster: roster,
                    checksSignatures: package.entries.count <= Limits.liveEntries
                )
            } catch {
                return close(id, .badPackage, "log \(log.short): \(error)")
            }
            verified.branch = state.branch
            if package.entries.count < slot.count {
                // The frame was full: the rest is asked for, and what comes after it waits.
                let rest = Slot(
                    log: log,
                    wire: slot.wire,
                    first: verified.range.size,
                    count: slot.count - package.entries.count,
                    root: nil
                )
                sessions[id]?.slots[index] = rest
                send(rest, target: pull.target.checkpoint, to: id)
            } else {
                sessions[id]?.slots.remove(at: index)
            }
            commit(verified, from: id)
            if verified.reachesCheckpoint { release(log, from: id) }
        }
    }

    /// Gives a log free; answers that are still owed will be passed over.
    mutating func release(_ log: Digest, from id: SessionID) {
        logs[log]?.pull = nil
        guard var session = sessions[id] else { return }
        session.pulling.removeAll { $0 == log }
        session.slots.removeAll { $0.log == log && $0.package != nil }
        for index in session.slots.indices
        where session.slots[index].log == log && !session.slots[index].isSearch {
            session.slots[index].isAbandoned = true
        }
        sessions[id] = session
        for other in sessions.keys.sorted() where other != id {
            if sessions[other]?.heads[log] != nil { fill(other) }
        }
    }

    /// Gives a log that comes too slowly to another session that has it.
    ///
    /// A peer could otherwise keep a log from us by sending it entry by entry.
    mutating func releaseSlowPulls(_ id: SessionID) {
        for log in sessions[id]?.pulling ?? [] {
            guard let state = logs[log], let pull = state.pull,
                now - pull.since >= Limits.slowPullMilliseconds,
                (state.verified.size - pull.start) * 1_000
                    < Limits.slowPullEntries * (now - pull.since),
                sessions.values.contains(where: { $0.id != id && $0.heads[log] != nil })
            else { continue }
            release(log, from: id)
        }
    }

    mutating func received(_ id: SessionID, _ gone: Gone) {
        guard let index = slot(id, log: gone.log, first: gone.first),
            let slot = sessions[id]?.slots.remove(at: index)
        else { return close(id, .outOfTurn, "gone of log \(gone.log.short)") }
        sessions[id]?.progressed(now: now)
        let log = slot.log
        if slot.isSearch {
            searched(id, slot, gone.reason)
        } else if !slot.isAbandoned, let pull = logs[log]?.pull, pull.session == id {
            release(log, from: id)
            if case .diverged(let root, let proof) = gone.reason {
                guard isDiverged(slot, root: root, proof: proof, target: pull.target) else {
                    return close(id, .badPackage, "log \(gone.log.short): no other branch")
                }
                keepEvidence(
                    ForkEvidence(
                        log: gone.log,
                        ours: logs[log]?.newestNote ?? [],
                        theirs: pull.target,
                        size: slot.first,
                        root: root,
                        proof: proof
                    ),
                    from: id
                )
                search(pull.target, of: gone.log, in: id)
            }
        }
        fill(id)
    }

    /// Whether the peer has proven that the checkpoint it serves extends another tree than ours.
    func isDiverged(
        _ slot: Slot,
        root: Digest,
        proof: [Digest],
        target: SignedCheckpoint
    ) -> Bool {
        guard let ours = slot.root, ours != root else { return false }
        let proven: Void? = try? verifyConsistency(
            from: slot.first,
            root: root,
            to: target.checkpoint.size,
            root: target.checkpoint.root,
            proof: proof
        )
        return proven != nil
    }
}

// Storage answers.
extension ReplicaMachine {
    /// Hands a package over; "have" it does not mean before storage has answered.
    mutating func commit(_ package: VerifiedPackage, from id: SessionID) {
        let log = package.branch?.key ?? package.log
        let note = package.checkpoint.note.bytes
        logs[log, default: LogState()].verified = package.range
        if Claim(log: package.log, note: logs[log]?.newestNote ?? [])?.size ?? 0
            <= package.checkpoint.checkpoint.size
        {
            logs[log]?.newestNote = note
        }
        let lacksParts = package.entries.contains { $0.entry.parts.contains(nil) }
        let isLive =
            package.reachesCheckpoint && package.entries.count <= Limits.liveEntries
            && package.branch == nil && !lacksParts
        let request = nextRequest()
        commits[request] = PendingCommit(
            log: log,
            range: package.range,
            root: package.root,
            claim: package.reachesCheckpoint ? Claim(package.checkpoint) : nil,
            lacksParts: lacksParts,
            live: isLive
                ? Package(
                    log: log,
                    first: package.first,
                    entries: package.entries.map(\.entry),
                    proof: []
                ) : nil,
            source: id
        )
        commands.append(.commit(request, package, from: id))
        if !package.forged.isEmpty {
            notice(.forged(log: package.log, sequences: package.forged, peer: sessions[id]?.peer))
        }
    }

    mutating func committed(_ request: RequestID) {
        guard let pending = commits.removeValue(forKey: request) else { return }
        let log = pending.log
        logs[log]?.committed = pending.range
        logs[log]?.root = pending.root
        if let claim = pending.claim { logs[log]?.claim = claim }
        frontierCache = nil
        spread(log, pending.live, from: pending.source)
        resume()
        // What is held elsewhere may now belong to a place that is stored here.
        if pending.lacksParts || !scopes.isEverything { seekPartsAgain() }
    }

    mutating func commitFailed(_ request: RequestID, reason: String) {
        guard let pending = commits.removeValue(forKey: request) else { return }
        let log = pending.log
        notice(.storage(log: log, detail: reason))
        // What was handed over after it has lost its place.
        commits = commits.filter { $0.value.log != log }
        guard let state = logs[log] else { return }
        logs[log]?.verified = state.committed
        logs[log]?.retryAt = now + Limits.commitRetryMilliseconds
        if let pull = state.pull { release(log, from: pull.session) }
        sessions[pending.source]?.nextCompare = now + Limits.commitRetryMilliseconds
        resume()
    }

    /// Goes on with packages that waited for room, each session in turn.
    private mutating func resume() {
        let ids = sessions.keys.sorted()
        let next = ids.filter { $0 > lastResumed } + ids.filter { $0 <= lastResumed }
        for id in next where commits.count < Limits.pendingCommits {
            guard let session = sessions[id], session.slots.contains(where: { $0.package != nil })
            else { continue }
            for log in session.pulling { process(log, from: id) }
            lastResumed = id
            fill(id)
        }
    }
}
