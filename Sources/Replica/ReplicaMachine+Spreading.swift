import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

// New entries go whole along few links and are announced on the others. A link that brings what
// came before is pruned, one that announces what does not come is grafted, so that what is left is
// nearly a tree over all nodes and mends itself (Leitão, Pereira and Rodrigues, "Epidemic Broadcast
// Trees", 2007).
extension ReplicaMachine {
    /// Passes on what was committed: whole to a few sessions, as news to the others that are not
    /// known to hold it.
    ///
    /// The session it came from, and that of the log's own node, are told that it is held here. A
    /// peer that stores the parts of some places only gets news: what it pulls has what it wants.
    mutating func spread(_ log: Digest, _ package: Package?, from source: SessionID?) {
        guard let state = logs[log] else { return }
        let frame = package.map { push($0, state) } ?? []
        var pushed = 0
        for session in sessions.values.sorted(by: { $0.pushOrder < $1.pushOrder })
        where session.isLive {
            let id = session.id
            let isKnown = session.claims(state.size, of: log)
            let isWithheld = log == configuration.log && doubtsOwnLog(session)
            let isAnswer = id == source || session.peer == log
            if !frame.isEmpty, session.isEager, pushed < Limits.pushedSessions, id != source,
                !isKnown, !isWithheld, !session.refused.contains(log), session.scopes.isEverything,
                session.pushedBytes + frame.count <= Limits.pushedBytes
            {
                pushed += 1
                sessions[id]?.pushedBytes += frame.count
                sessions[id]?.said[log] = state.size
                send(id, frame: frame)
            } else if !isAnnounced(log) || session.refused.contains(log) {
                sessions[id]?.news.insert(log)
                announce(id)
            } else if isAnswer {
                sessions[id]?.acknowledged.insert(log)
                announce(id)
            } else if !isKnown, frame.isEmpty || !session.scopes.isEverything {
                sessions[id]?.news.insert(log)
                announce(id)
            } else if !isKnown {
                // Goes with the next tick: until then the peer may say that it has it.
                sessions[id]?.announced.insert(log)
            }
        }
    }

    /// The frame that has a package whole; empty if it can not be sent.
    private func push(_ package: Package, _ state: LogState) -> [UInt8] {
        guard let claim = state.claim else { return [] }
        let key = roster.member(log: package.log)?.keys.log
        let signature = key.flatMap { SignedCheckpoint.onlySignature(of: claim.note, logKey: $0) }
        let push = Push(
            log: package.log,
            first: package.first,
            entries: package.entries,
            note: signature ?? claim.note
        )
        let frame = Message.push(push).encoded
        return frame.count > Limits.frameBytes ? [] : frame
    }

    /// Whether a log can be announced in few bytes: the roster names it, no other log is called
    /// the same, and it has one history.
    func isAnnounced(_ log: Digest) -> Bool {
        announcedLogs[shortened(log)] == log && roster.forks[log] == nil
            && logs[log]?.branch == nil
    }

    /// Sends the news that gathered: the first at once, then at most once a second.
    mutating func announce(_ id: SessionID) {
        guard let session = sessions[id], session.isLive,
            !session.news.isEmpty || !session.announced.isEmpty || !session.acknowledged.isEmpty,
            now - session.lastNews >= Limits.announceMilliseconds
        else { return }
        sessions[id]?.lastNews = now
        sessions[id]?.news = []
        sessions[id]?.announced = []
        sessions[id]?.acknowledged = []
        let heads = session.news.sorted().prefix(Limits.heads).compactMap { log in
            logs[log]?.head(log)
        }
        if !heads.isEmpty { sendHeads(id, heads, isAnswer: false) }
        var rows: [Announcement] = []
        for log in session.announced.union(session.acknowledged).subtracting(session.news).sorted()
        where rows.count < Limits.heads {
            guard let state = logs[log],
                !session.claims(state.size, of: log) || session.acknowledged.contains(log)
            else { continue }
            rows.append(Announcement(log: log, size: state.size, root: state.root))
            sessions[id]?.said[log] = state.size
        }
        if !rows.isEmpty { send(id, .announce(rows)) }
    }

    /// Lets a session get entries whole, if there is room among those that do.
    mutating func makeEager(_ id: SessionID) {
        let eager = sessions.values.count {
            $0.isLive && $0.isEager && $0.scopes.isEverything && $0.id != id
        }
        if eager < Limits.pushedSessions { sessions[id]?.isEager = true }
    }

    /// Entries came that are held: the link is left out from now on.
    ///
    /// A node with few peers is pushed to by all of them, which is as cheap as it is prompt.
    mutating func prune(_ id: SessionID) {
        guard let session = sessions[id], session.isLive,
            sessions.values.count(where: { $0.isLive }) > Limits.pushedSessions,
            session.isEager || now - session.lastPrune >= Limits.announceMilliseconds
        else { return }
        sessions[id]?.isEager = false
        sessions[id]?.lastPrune = now
        send(id, .prune)
    }
}

// What was announced and does not come is asked for.
extension ReplicaMachine {
    /// Takes up what was announced of logs that the roster did not name then.
    mutating func takeUnnamed() {
        for id in sessions.keys.sorted() {
            let rows = sessions[id]?.unnamed ?? []
            sessions[id]?.unnamed = []
            if !rows.isEmpty { received(id, rows) }
            let pushed = sessions[id]?.unnamedPushes ?? [:]
            for log in pushed.keys.sorted() where ranks[log] != nil {
                sessions[id]?.unnamedPushes[log] = nil
                hint(log, pushed[log] ?? 0, root: nil, from: id, waits: false)
            }
            graft(id)
        }
    }

    /// Remembers that entries of a log were pushed that the roster does not name yet.
    mutating func noteUnnamed(_ log: Digest, _ size: UInt64, from id: SessionID) {
        guard let known = sessions[id]?.unnamedPushes,
            known.count < Limits.heads || known[log] != nil
        else { return }
        sessions[id]?.unnamedPushes[log] = max(known[log] ?? 0, size)
    }

    mutating func received(_ id: SessionID, _ rows: [Announcement]) {
        for row in rows {
            guard let log = announcedLogs[row.log] else {
                // A node that joins is told who holds its entries before it has the roster.
                if sessions[id]?.unnamed.count ?? 0 < Limits.heads {
                    sessions[id]?.unnamed.append(row)
                }
                continue
            }
            if sessions[id]?.told[log]?.size ?? 0 <= row.size {
                sessions[id]?.told[log] = Told(row)
            }
            hint(log, row.size, root: row.root, from: id, waits: true)
        }
    }

    /// Remembers that a peer says it holds more of a log, or another of the same size.
    mutating func hint(
        _ log: Digest,
        _ size: UInt64,
        root: UInt32?,
        from id: SessionID,
        waits: Bool
    ) {
        guard ranks[log] != nil else { return }
        let state = logs[log] ?? LogState()
        guard size > state.verified.size else {
            if size == state.size, let root, root != shortened(state.root), size > 0 {
                contradicts(log, size, from: id)
            }
            return
        }
        let wait = generator.number(
            from: Limits.graftMilliseconds,
            to: 2 * Limits.graftMilliseconds
        )
        var hint = Hint(size: size, due: waits ? now + wait : now)
        if let known = sessions[id]?.hints[log], known.size > state.verified.size {
            hint.size = max(hint.size, known.size)
            hint.due = min(hint.due, known.due)
            hint.attempts = known.attempts
        }
        sessions[id]?.hints[log] = hint
    }

    /// Remembers that a peer holds another history than ours of a size.
    mutating func contradicts(_ log: Digest, _ size: UInt64, from id: SessionID) {
        var hint = Hint(size: size, due: now)
        hint.isContradiction = true
        sessions[id]?.hints[log] = hint
    }

    /// Asks for the heads of what was announced and did not come, at most once a second.
    mutating func graft(_ id: SessionID) {
        guard let session = sessions[id], session.isLive, !session.hints.isEmpty,
            now - session.lastGraft >= Limits.announceMilliseconds
        else { return }
        var asked: [Digest] = []
        for log in session.hints.keys.sorted() where asked.count < Limits.graftedLogs {
            guard var hint = session.hints[log] else { continue }
            let state = logs[log] ?? LogState()
            if !hint.isContradiction, state.verified.size >= hint.size {
                sessions[id]?.hints[log] = nil
                continue
            }
            let isAsked = state.askedAt.map { now - $0 < Limits.graftMilliseconds } ?? false
            guard hint.due <= now, !isAsked, state.pull == nil, state.retryAt <= now,
                session.heads[log] == nil
            else { continue }
            asked.append(log)
            logs[log, default: LogState()].askedAt = now
            hint.due =
                now
                + min(
                    Limits.graftAgainMilliseconds << min(hint.attempts, 8),
                    Limits.graftMaxMilliseconds
                )
            hint.attempts += 1
            sessions[id]?.hints[log] = hint.isContradiction ? nil : hint
        }
        guard !asked.isEmpty else { return }
        sessions[id]?.lastGraft = now
        makeEager(id)
        send(id, .graft(asked))
    }

    /// A peer lacks what was announced to it.
    mutating func grafted(_ id: SessionID, _ asked: [Digest]) {
        guard sessions[id]?.allowsSmallRequest(now: now) == true else {
            return close(id, .limit, "grafts")
        }
        makeEager(id)
        let heads = Set(asked).sorted().flatMap { log in
            histories(of: log).compactMap { key in
                logs[key].flatMap { $0.isHeld ? $0.head(key) : nil }
            }
        }
        if !heads.isEmpty { sendHeads(id, heads, isAnswer: false) }
    }
}
