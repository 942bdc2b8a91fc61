import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

// Where two frontiers differ: by district, then by log.
extension ReplicaMachine {
    mutating func openComparison(_ id: SessionID) {
        sendSummary(id, isAnswer: false)
    }

    private mutating func sendSummary(_ id: SessionID, isAnswer: Bool) {
        send(id, .summary(Summary(isAnswer: isAnswer, districts: districtDigests())))
        sessions[id]?.awaited.append(!isAnswer)
        sessions[id]?.asked(now: now)
        let next = now + jittered(Limits.compareMilliseconds)
        sessions[id]?.nextCompare = next
    }

    /// One digest for each district of which something is held, by code.
    private func districtDigests() -> [DistrictDigest] {
        var logsByCode: [String: [Digest]] = [:]
        for (log, state) in logs where state.isHeld {
            logsByCode[districts[log] ?? "", default: []].append(log)
        }
        return logsByCode.keys.sorted().prefix(Limits.districts).map { code in
            DistrictDigest(code: code, digest: frontierDigest(positions(logsByCode[code] ?? [])))
        }
    }

    mutating func received(_ id: SessionID, _ summary: Summary) {
        let hasOpened = sessions[id]?.awaited.contains(true) ?? false
        if summary.isAnswer {
            guard hasOpened else { return close(id, .outOfTurn, "summary") }
        } else {
            guard sessions[id]?.allowsSmallRequest(now: now) == true,
                sessions[id]?.awaited.count ?? 0 < Limits.awaitedSummaries
            else {
                return close(id, .limit, "summaries")
            }
            // If both opened at once, each has the other's and no answer is needed.
            if !hasOpened { sendSummary(id, isAnswer: true) }
        }
        let ours = districtDigests()
        let equal = Set(ours).intersection(summary.districts).map(\.code)
        var told: [Digest: Told] = [:]
        var heads: [Head] = []
        for log in logs.keys.sorted(by: isBefore) {
            guard let state = logs[log], state.isHeld else { continue }
            if equal.contains(districts[log] ?? "") {
                told[log] = Told(state)
            } else if heads.count < Limits.heads, let head = answer(log, state, in: id) {
                heads.append(head)
            }
        }
        sessions[id]?.told.merge(told) { $1 }
        tellAllCosigned(id)
        sendHeads(id, heads, isAnswer: true)
    }

    /// The head for an answer, without its note if the peer was told of it before; nil if it has
    /// told exactly this.
    private func answer(_ log: Digest, _ state: LogState, in id: SessionID) -> Head? {
        var head = state.head(log)
        guard let session = sessions[id], isAnnounced(log), !session.refused.contains(log) else {
            return head
        }
        let isSaid = session.said[log] == state.size
        let isTold = session.told[log] == Told(state)
        // A log's own node is to know who holds it.
        if isTold, isSaid || session.peer != log { return nil }
        if isTold || isSaid { head.note = [] }
        return head
    }

    /// Sends heads in as many frames as they need.
    mutating func sendHeads(_ id: SessionID, _ heads: [Head], isAnswer: Bool) {
        var rest = heads[...]
        repeat {
            var bytes = 64
            let count = rest.prefix { head in
                bytes += 96 + head.note.count
                return bytes <= Limits.frameBytes
            }.count
            let part = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            for head in part { sessions[id]?.said[head.log] = head.size }
            let kind: Heads.Kind = isAnswer ? (rest.isEmpty ? .last : .more) : .news
            send(id, .heads(Heads(kind: kind, heads: part)))
        } while !rest.isEmpty
    }

    /// City and district logs first, then by log; logs that the roster does not name last.
    func isBefore(_ left: Digest, _ right: Digest) -> Bool {
        let ranks = (self.ranks[left] ?? .max, self.ranks[right] ?? .max)
        return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : left < right
    }

    mutating func received(_ id: SessionID, _ heads: Heads) {
        guard let session = sessions[id] else { return }
        if heads.kind != .news {
            guard !session.awaited.isEmpty else { return close(id, .outOfTurn, "heads") }
            let count = session.answeredHeads + heads.heads.count
            guard count <= Limits.heads else { return close(id, .limit, "heads in one answer") }
            sessions[id]?.answeredHeads = heads.kind == .last ? 0 : count
            if heads.kind == .last {
                sessions[id]?.awaited.removeFirst()
                sessions[id]?.hasCompared = true
            }
            sessions[id]?.progressed(now: now)
        }
        for head in heads.heads {
            guard sessions[id] != nil else { return }
            take(head, from: id)
            if head.note.isEmpty, heads.kind != .news {
                hint(head.log, head.size, root: shortened(head.root), from: id, waits: false)
            } else {
                // Who answers without a note has none.
                sessions[id]?.hints[head.log] = nil
            }
        }
        graft(id)
        if Set(heads.heads.map(\.log)).count < heads.heads.count {
            // One history of a log can be pulled at a time; the others are asked for soon.
            let next = min(sessions[id]?.nextCompare ?? .max, now + Limits.historiesMilliseconds)
            if heads.heads.contains(where: { history(of: $0.log, like: $0) == nil }) {
                sessions[id]?.nextCompare = next
            }
        }
        fill(id)
    }

    /// Looks at one head: ahead of us, a contradiction, or nothing new.
    mutating func take(_ head: Head, from id: SessionID) {
        let log = head.log
        guard ranks[log] != nil else { return remember(head, from: id) }
        if let key = history(of: log, like: head), key != log {
            sessions[id]?.told[key] = Told(head)
            sessions[id]?.follows[log] = key
            if let claim = Claim(log: log, note: head.note), claim.size == head.size,
                claim.root == head.root
            {
                adopt(claim, of: key, from: id)
            }
            return
        }
        let isParted = sessions[id]?.refused.contains(log) ?? true || hasBranches(log)
        if !isParted || history(of: log, like: head) == log {
            sessions[id]?.told[log] = Told(head)
            sessions[id]?.follows[log] = log
        } else if sessions[id]?.told[log]?.size ?? 0 < head.size {
            // A claim of size only: who holds another history is not sent this one.
            sessions[id]?.told[log] = Told(head)
        }
        guard !head.note.isEmpty else { return }
        guard let claim = Claim(log: log, note: head.note), claim.size <= head.size,
            claim.size < head.size || claim.root == head.root
        else { return close(id, .malformed, "head of log \(log.short)") }
        let state = logs[log] ?? LogState()
        if isParted, claim.root != state.root || claim.size != state.size {
            if let target = verified(claim, of: log, from: id) { search(target, of: log, in: id) }
        } else if claim.size > state.verified.size {
            if log == configuration.log, !ownLogIsAhead(claim, from: id) { return }
            remember(head, from: id)
        } else if claim.size == state.size {
            if claim.root != state.root { contradicted(log, claim, from: id) }
            if claim.root == state.root { adopt(claim, of: log, from: id) }
        } else if let known = state.claim, known.size == claim.size {
            if claim.root != known.root { contradicted(log, claim, from: id) }
        } else if claim.size > 0, claim.size < state.size {
            compare(log, claim, from: id)
        }
    }

    /// Looks again at heads of the own log that came before the roster named it: they can show that
    /// this home was put back from a copy, and peers do not tell them twice.
    mutating func retakeOwnHeads() {
        let log = configuration.log
        guard ranks[log] != nil, !isOwnLogClosed else { return }
        for id in sessions.keys.sorted() {
            guard let head = sessions[id]?.heads[log] else { continue }
            sessions[id]?.forgetHead(log)
            take(head, from: id)
        }
    }

    /// Keeps a head to pull it when its turn comes.
    mutating func remember(_ head: Head, from id: SessionID) {
        guard var session = sessions[id], !head.note.isEmpty else { return }
        if let known = session.heads[head.log], known.size >= head.size { return }
        session.forgetHead(head.log)
        if session.heads.count < Limits.heads,
            session.noteBytes + head.note.count <= Limits.rememberedNoteBytes
        {
            session.heads[head.log] = head
            // Also of a log that the roster does not name yet: it may come from another peer.
            session.told[head.log] = Told(head)
            session.noteBytes += head.note.count
        } else if !session.hasDroppedHeads {
            session.hasDroppedHeads = true
            notice(.headsDropped(id, count: session.heads.count))
        }
        sessions[id] = session
    }

    /// The peer has more of our own log: a restored backup, or a copy that wrote elsewhere.
    ///
    /// - Returns: whether the head is one that can be pulled.
    private mutating func ownLogIsAhead(_ claim: Claim, from id: SessionID) -> Bool {
        guard let checkpoint = verified(claim, of: configuration.log, from: id) else {
            return false
        }
        if !isOwnLogClosed {
            commands.append(.stopWriting(.ownLogBehind(checkpoint)))
            notice(.ownLogBehind(peer: sessions[id]?.peer, size: claim.size))
        }
        return true
    }

    mutating func compare(
        _ log: Digest,
        _ claim: Claim,
        from id: SessionID,
        isHearsay: Bool = false
    ) {
        let position = LogPosition(log: log, size: claim.size, root: claim.root)
        guard logs[log]?.compared != position, comparisons.count < Limits.comparisons else {
            return
        }
        let request = nextRequest()
        comparisons[request] = Comparison(
            session: id,
            log: log,
            claim: claim,
            isHearsay: isHearsay
        )
        commands.append(.compare(request, log: log, size: claim.size))
    }

    mutating func compared(_ request: RequestID, range: CompactRange?) {
        guard let comparison = comparisons.removeValue(forKey: request) else { return }
        guard let claim = comparison.claim else {
            return searched(comparison.session, range: range)
        }
        guard let root = range.map(verifier.root) else { return }
        let log = comparison.log
        guard root == claim.root else {
            return contradicted(
                log,
                claim,
                from: comparison.session,
                isHearsay: comparison.isHearsay
            )
        }
        logs[log]?.compared = LogPosition(log: log, size: claim.size, root: claim.root)
        adopt(claim, of: log, from: comparison.session)
    }

    /// Takes up a note of a tree that is held, if it is newer than the one that is told to peers.
    ///
    /// A node that may not sign its own log, or that stopped halfway to a checkpoint, could
    /// otherwise hand out nothing of what it holds.
    mutating func adopt(_ claim: Claim, of log: Digest, from id: SessionID) {
        guard claim.size > logs[log]?.claim?.size ?? 0, sessions[id] != nil,
            verified(claim, of: log, from: id) != nil
        else { return }
        logs[log]?.claim = claim
        spread(log, nil, from: id)
    }

    /// The checkpoint of a claim, if its signature is good; otherwise the session is closed.
    mutating func verified(
        _ claim: Claim,
        of log: Digest,
        from id: SessionID
    ) -> SignedCheckpoint? {
        guard let member = roster.member(log: realLog(log)) else { return nil }
        do {
            return try SignedCheckpoint.verify(claim.note, logKey: member.keys.log)
        } catch {
            close(id, .badPackage, "log \(log.short): \(error)")
            return nil
        }
    }

    /// A signed checkpoint has another root than our tree at its size.
    ///
    /// Of who passed on what witnesses are to sign, nothing follows: it need not hold that history,
    /// and is not asked for it.
    mutating func contradicted(
        _ log: Digest,
        _ claim: Claim,
        from id: SessionID,
        isHearsay: Bool = false
    ) {
        guard let theirs = verified(claim, of: log, from: id) else { return }
        keepEvidence(
            ForkEvidence(
                log: log,
                ours: logs[log]?.newestNote ?? [],
                theirs: theirs,
                size: claim.size,
                root: claim.root,
                proof: []
            ),
            from: id,
            isHearsay: isHearsay
        )
        if !isHearsay { search(theirs, of: log, in: id) }
    }

    /// Keeps what proves a fork.
    mutating func keepEvidence(
        _ evidence: ForkEvidence,
        from id: SessionID,
        isHearsay: Bool = false
    ) {
        let log = evidence.log
        if !isHearsay {
            sessions[id]?.refused.insert(log)
            sessions[id]?.forgetHead(log)
        }
        let known = logs[log]?.contradictions ?? []
        let branch = evidence.theirs.checkpoint.root
        guard !known.contains(branch), known.count < Limits.contradictions else { return }
        logs[log]?.contradictions.insert(branch)
        commands.append(.keepEvidence(evidence))
        notice(.fork(log: log, peer: sessions[id]?.peer, size: evidence.size))
        if log == configuration.log {
            commands.append(.stopWriting(.ownLogForked(evidence.theirs)))
        }
    }
}
