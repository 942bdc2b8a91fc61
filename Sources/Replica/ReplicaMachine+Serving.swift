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

    mutating func received(_ id: SessionID, _ push: Push) {
        let log = push.log
        let size = push.first &+ UInt64(push.entries.count)
        guard size > push.first else { return close(id, .malformed, "push of log \(log.short)") }
        let state = logs[log] ?? LogState()
        let isNext =
            !hasBranches(log) && push.first == state.verified.size && state.pull == nil
            && state.retryAt <= now
            && commits.count < Limits.pendingCommits && log != configuration.log
        if size <= state.verified.size { prune(id) }
        guard !push.isShort else { return receivedShort(id, push, isNext: isNext) }
        guard let claim = Claim(log: log, note: push.note), claim.size == size else {
            return close(id, .malformed, "push of log \(log.short)")
        }
        let head = Head(log: log, size: claim.size, root: claim.root, note: claim.note)
        guard ranks[log] != nil, isNext, sessions[id]?.refused.contains(log) == false else {
            // Late or out of place: a hint at most. Earlier heads are not compared here, since
            // the same push comes from several sides.
            if claim.size >= state.size { take(head, from: id) }
            return fill(id)
        }
        guard let checkpoint = verified(claim, of: log, from: id) else { return }
        if !accept(push, checkpoint, from: id) {
            take(head, from: id)
            fill(id)
        }
    }

    /// A push whose note is made anew, from the tree that is held here.
    private mutating func receivedShort(_ id: SessionID, _ push: Push, isNext: Bool) {
        let log = push.log
        let size = push.first + UInt64(push.entries.count)
        guard ranks[log] != nil, let key = roster.member(log: log)?.keys.log else {
            // The entry that names its node may be on its way.
            return noteUnnamed(log, size, from: id)
        }
        let state = logs[log] ?? LogState()
        let isParted = sessions[id]?.refused.contains(log) ?? true
        if size == state.size, size == state.verified.size {
            // The same from another side, or from another history.
            let isSame =
                SignedCheckpoint.verify(
                    size: size,
                    root: state.root,
                    signature: push.note,
                    logKey: key
                ) != nil
            if isSame { sessions[id]?.told[log] = Told(state) }
            if !isSame { contradicts(log, size, from: id) }
            return graft(id)
        }
        guard size > state.verified.size else { return }
        var checkpoint: SignedCheckpoint?
        if isNext, !isParted {
            let range = verifier.extended(state.verified, by: push.entries)
            checkpoint = SignedCheckpoint.verify(
                size: size,
                root: verifier.root(of: range),
                signature: push.note,
                logKey: key
            )
        }
        if let checkpoint, accept(push, checkpoint, from: id) { return }
        // Entries behind others than ours, or in another tree: its head will show which.
        hint(log, size, root: nil, from: id, waits: false)
        graft(id)
    }

    /// Takes the entries of a push that come next.
    ///
    /// - Returns: whether it is settled: taken, or the session closed. Entries of another tree
    ///   than ours are a lie or a fork, which the pull will show.
    private mutating func accept(
        _ push: Push,
        _ checkpoint: SignedCheckpoint,
        from id: SessionID
    ) -> Bool {
        let log = push.log
        let package = Package(log: log, first: push.first, entries: push.entries, proof: [])
        do {
            let verified = try verifier.verify(
                package,
                after: logs[log]?.verified ?? CompactRange(),
                checkpoint: checkpoint,
                roster: roster,
                checksSignatures: true
            )
            let target = checkpoint.checkpoint
            sessions[id]?.told[log] = Told(
                Announcement(log: log, size: target.size, root: target.root)
            )
            sessions[id]?.lastProgress = now
            commit(verified, from: id)
        } catch {
            if case .proof = error { return false }
            close(id, .badPackage, "log \(log.short): \(error)")
        }
        return true
    }
}
