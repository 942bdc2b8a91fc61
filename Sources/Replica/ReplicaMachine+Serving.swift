import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

// What peers ask for.
extension ReplicaMachine {
    mutating func received(_ id: SessionID, _ pull: Pull) {
        guard let session = sessions[id] else { return }
        guard session.servedReads < Limits.servedReads else {
            return close(id, .limit, "\(Limits.servedReads) pulls at once")
        }
        let isWithheld = pull.log == configuration.log && doubtsOwnLog(session)
        let held = histories(of: pull.log).compactMap { logs[$0]?.size }.max() ?? 0
        guard pull.target <= held, !isWithheld else {
            return send(id, .gone(Gone(log: pull.log, first: pull.first, reason: .notHeld)))
        }
        let request = nextRequest()
        sessions[id]?.servedReads += 1
        reads[request] = ServedPull(
            session: id,
            first: pull.first,
            log: pull.log,
            count: pull.count
        )
        commands.append(
            .read(
                request,
                ReadRequest(
                    log: pull.log,
                    first: pull.first,
                    count: pull.count,
                    bytes: Limits.packageBytes,
                    target: pull.target,
                    targetRoot: pull.targetRoot,
                    root: pull.root,
                    scopes: session.scopes
                )
            )
        )
    }

    mutating func read(_ request: RequestID, _ answer: ReadAnswer) {
        guard let served = reads.removeValue(forKey: request), sessions[served.session] != nil
        else { return }
        let id = served.session
        sessions[id]?.servedReads -= 1
        var reason = Gone.Reason.notHeld
        switch answer {
        case .entries(let entries, let proof):
            let package = Package(
                log: served.log,
                first: served.first,
                entries: entries,
                proof: proof
            )
            let frame = Message.package(package).encoded
            if 1...served.count ~= entries.count, frame.count <= Limits.frameBytes {
                return send(id, frame: frame)
            }
            let detail = "\(entries.count) entries in \(frame.count) bytes from \(served.first)"
            notice(.storage(log: served.log, detail: detail))
        case .diverged(let root, let proof): reason = .diverged(root: root, proof: proof)
        case .notHeld: break
        }
        send(id, .gone(Gone(log: served.log, first: served.first, reason: reason)))
    }
}

// New entries, as they come.
extension ReplicaMachine {
    mutating func appended(_ append: OwnAppend) {
        let log = configuration.log
        var own = ownLog
        guard append.first == own.verified.size, own.pull == nil,
            append.range.size == append.checkpoint.checkpoint.size
        else {
            let detail = "own write at \(append.first), log ends at \(own.verified.size)"
            return notice(.storage(log: log, detail: detail))
        }
        own.committed = append.range
        own.verified = append.range
        own.root = append.checkpoint.checkpoint.root
        own.claim = Claim(append.checkpoint)
        own.newestNote = append.checkpoint.note.bytes
        logs[log] = own
        frontierCache = nil
        let isLive = 1...Limits.liveEntries ~= append.entries.count
        let package = Package(
            log: log,
            first: append.first,
            entries: append.entries,
            proof: []
        )
        spread(log, isLive ? package : nil, from: nil)
    }

    /// Passes on what was committed: whole to a few sessions, as news to the others.
    ///
    /// The session it came from gets news too, by which its peer knows that it is held here. So
    /// does a peer that stores the parts of some places only: what it pulls has what it wants.
    mutating func spread(_ log: Digest, _ package: Package?, from source: SessionID?) {
        guard let state = logs[log] else { return }
        var frame: [UInt8] = []
        if let package, let claim = state.claim {
            let push = Push(
                log: log,
                first: package.first,
                entries: package.entries,
                note: claim.note
            )
            frame = Message.push(push).encoded
            if frame.count > Limits.frameBytes { frame = [] }
        }
        var pushed = 0
        for session in sessions.values.sorted(by: { $0.pushOrder < $1.pushOrder })
        where session.isLive {
            let isKnown = session.claims(state.size, of: log)
            let isWithheld = log == configuration.log && doubtsOwnLog(session)
            if !frame.isEmpty, pushed < Limits.pushedSessions, session.id != source, !isKnown,
                !isWithheld, !session.refused.contains(log), session.scopes.isEverything,
                session.pushedBytes + frame.count <= Limits.pushedBytes
            {
                pushed += 1
                sessions[session.id]?.pushedBytes += frame.count
                send(session.id, frame: frame)
            } else {
                sessions[session.id]?.news.insert(log)
                announce(session.id)
            }
        }
    }

    /// Sends the news that gathered: the first at once, then at most once a second.
    mutating func announce(_ id: SessionID) {
        guard let session = sessions[id], session.isLive, !session.news.isEmpty,
            now - session.lastNews >= Limits.announceMilliseconds
        else { return }
        sessions[id]?.lastNews = now
        sessions[id]?.news = []
        let heads = session.news.sorted().prefix(Limits.heads).compactMap { log in
            logs[log]?.head(log)
        }
        sendHeads(id, heads, isAnswer: false)
    }

    mutating func received(_ id: SessionID, _ push: Push) {
        let log = push.log
        guard let claim = Claim(log: log, note: push.note),
            claim.size == push.first &+ UInt64(push.entries.count), claim.size > push.first
        else { return close(id, .malformed, "push of log \(log.short)") }
        let head = Head(log: log, size: claim.size, root: claim.root, note: claim.note)
        let state = logs[log] ?? LogState()
        let isNext =
            !hasBranches(log) && push.first == state.verified.size && state.pull == nil
            && state.retryAt <= now
            && commits.count < Limits.pendingCommits && log != configuration.log
        guard ranks[log] != nil, isNext, sessions[id]?.refused.contains(log) == false else {
            // Late or out of place: a hint at most. Earlier heads are not compared here, since
            // the same push comes from several sides.
            if claim.size >= state.size { take(head, from: id) }
            return fill(id)
        }
        guard let checkpoint = verified(claim, of: log, from: id) else { return }
        let package = Package(log: log, first: push.first, entries: push.entries, proof: [])
        do {
            let verified = try verifier.verify(
                package,
                after: state.verified,
                checkpoint: checkpoint,
                roster: roster,
                checksSignatures: true
            )
            sessions[id]?.told[log] = Told(head)
            sessions[id]?.lastProgress = now
            commit(verified, from: id)
        } catch {
            // Entries of another tree than ours: a lie or a fork, which the pull will show.
            guard case .proof = error else {
                return close(id, .badPackage, "log \(log.short): \(error)")
            }
            take(head, from: id)
            fill(id)
        }
    }
}
