internal import Crypto
internal import Dispatch
internal import Encoding
internal import Foundation
internal import Ledger
internal import Replica
internal import Replication
internal import Storage
internal import TransparencyLog
internal import Transport

extension NodeDaemon {
    /// Most packages that one transaction commits; more would make others wait for it.
    static let commitsAtOnce = 8

    func perform(_ command: ReplicaCommand) {
        switch command {
        case .send(let id, let frame):
            guard let outbox = outboxes[id] else { return }
            guard outbox.send(frame) else {
                outboxes[id] = nil
                outbox.finish()
                handle(.disconnected(id, reason: "the peer does not read"))
                return
            }
        case .close(let id): outboxes.removeValue(forKey: id)?.finish()
        case .read(let request, let read): enqueue(.read(request, read))
        case .commit(let request, let package, _): enqueue(.commit(request, package))
        case .compare(let request, let log, let size):
            enqueue(.compare(request, log: log, size: size))
        case .findMissing(let request, let last): enqueue(.parts(.find(request, after: last)))
        case .readParts(let request, let names): enqueue(.parts(.read(request, names)))
        case .proveParts(let request, let prove): enqueue(.parts(.prove(request, prove)))
        case .storeParts(let request, let found): enqueue(.parts(.store(request, found)))
        case .challenged(let number, let answers):
            challenges.removeValue(forKey: number)?.resume(returning: answers)
        case .signPresence: enqueue(.parts(.signPresence))
        case .keepPresences(let presences): enqueue(.parts(.keepPresences(presences)))
        case .keepEvidence(let evidence): enqueue(.keepEvidence(evidence))
        case .proveFork(let parting): enqueue(.proveFork(parting))
        case .keepFork(let proof): enqueue(.keepFork(proof))
        case .writeFork(let proof): enqueue(.writeFork(proof))
        case .stabilize(let size): enqueue(.stabilize(size: size))
        case .cosign(let signed): enqueue(.cosign(signed))
        case .keepCosigned(let log, let cosigned): enqueue(.keepCosigned(log, cosigned))
        case .stopWriting(let reason): enqueue(.stopWriting(.peer(reason)))
        case .dial(let address): dial(address)
        case .notice(let notice): record(notice)
        }
    }

    /// A connection is up: reads its frames until it ends.
    func connected(_ connection: Connection, dialed: PeerAddress?) async {
        guard !isStopped else {
            await connection.close()
            return
        }
        lastSession += 1
        let id = SessionID(lastSession)
        outboxes[id] = Outbox(connection) { [weak self] failure in
            guard let failure else { return }
            await self?.lost(id, failure)
        }
        handle(.connected(id, key: connection.peerKey, dialed: dialed))
        Task { [weak self] in
            do {
                while let frame = try await connection.receive() {
                    guard let self else { return }
                    await self.received(id, frame)
                }
                await self?.lost(id, "closed by the peer")
            } catch TransportError.frameTooLong(let bytes) {
                await self?.handle(.oversized(id, bytes: bytes))
            } catch {
                await self?.lost(id, String(describing: error))
            }
        }
    }

    /// Writes to the own log in turn with everything else, and gives the entries to the peers.
    func append(
        _ items: [AppendItem],
        signed: SignedProposal? = nil
    ) async throws -> [AppendOutcome] {
        try await withCheckedThrowingContinuation { continuation in
            guard takesJobs else { return continuation.resume(throwing: Self.overloaded) }
            enqueue(.append(items, signed, continuation))
        }
    }

    /// Says in turn with everything else where a person's entries would stand.
    func propose(_ items: [AppendItem], author: PublicKey) async throws -> EntryProposal {
        try await withCheckedThrowingContinuation { continuation in
            guard takesJobs else { return continuation.resume(throwing: Self.overloaded) }
            enqueue(.propose(items, author, continuation))
        }
    }

    private var takesJobs: Bool { !isStopped && jobs.count < Self.jobsMax }

    private static let overloaded = RemoteError(
        code: 2,
        message: "the node is stopping or overloaded"
    )

    func enqueue(_ job: StorageJob) {
        jobs.append(job)
        guard !isWorking else { return }
        isWorking = true
        Task { await self.work() }
    }

    private func received(_ id: SessionID, _ frame: [UInt8]) {
        guard outboxes[id] != nil else { return }
        handle(.received(id, frame: frame))
    }

    private func lost(_ id: SessionID, _ reason: String) {
        guard let outbox = outboxes.removeValue(forKey: id) else { return }
        outbox.finish()
        handle(.disconnected(id, reason: reason))
    }

    private func dial(_ address: PeerAddress) {
        guard let endpoint = Endpoint(address.endpoint) else {
            handle(.dialFailed(address, reason: "not host:port"))
            return
        }
        Task { [weak self, tlsIdentity, admitted] in
            do {
                let connection = try await Connection.connect(
                    to: endpoint,
                    identity: tlsIdentity,
                    admit: { key in
                        address.key.map { admitted.contains(key, wanted: $0) }
                            ?? admitted.contains(key)
                    }
                )
                guard let self else {
                    await connection.close()
                    return
                }
                await self.connected(connection, dialed: address)
            } catch {
                await self?.handle(.dialFailed(address, reason: String(describing: error)))
            }
        }
    }

    private func record(_ notice: Notice) {
        switch notice {
        case .opened(_, let peer, _):
            heard.insert(peer)
            note("sync", notice.description)
        case .byeReceived, .lost: note("sync", notice.description)
        case .closed(_, let peer, let reason, let detail):
            note("sync", notice.description, level: "warn")
            let name = peer.map { "log \($0.short)" } ?? "a peer without hello"
            refusals.add(peer: name, reason: "\(reason): \(detail)")
        case .historiesFull(let log, let peer):
            note("sync", notice.description, level: "warn")
            let name = peer.map { "log \($0.short)" } ?? "bundle"
            refusals.add(
                peer: name,
                reason: "histories: more of log \(log.short) than are held"
            )
        case .forged(let log, let sequences, let peer):
            note("sync", notice.description, level: "warn")
            let name = peer.map { "log \($0.short)" } ?? "bundle"
            refusals.add(
                peer: name,
                reason: "not-signed: entry \(sequences.first ?? 0) of log \(log.short), kept"
            )
        case .headsDropped(_, let count):
            note("sync", notice.description, level: "warn")
            refusals.add(peer: "a peer", reason: "heads: more than \(count) logs of one session")
        case .twin, .skew, .viewsDiffer, .fork, .parted, .ownLogBehind, .storage:
            note("sync", notice.description, level: "warn")
        }
    }

    private func work() async {
        while !jobs.isEmpty {
            if case .commit = jobs[0] {
                await commitSome()
            } else {
                await perform(jobs.removeFirst())
            }
        }
        isWorking = false
    }

    /// Commits the packages that wait in a row, in one transaction.
    private func commitSome() async {
        var packages: [(request: RequestID, package: VerifiedPackage)] = []
        while packages.count < Self.commitsAtOnce, case .commit(let id, let package)? = jobs.first {
            jobs.removeFirst()
            packages.append((id, package))
        }
        if await commit(packages) || packages.count == 1 { return }
        // One of them can not be committed; the others must not suffer.
        for package in packages { _ = await commit([package]) }
    }

    private func commit(
        _ packages: [(request: RequestID, package: VerifiedPackage)]
    ) async -> Bool {
        do {
            let roster = try await keeper.commit(packages.map(\.package))
            isViewStale = true
            for (request, package) in packages {
                // What came in a file says nothing of when its log was last heard of.
                let isLive =
                    package.entries.count <= Limits.liveEntries && offered[request] == nil
                heard.formUnion(isLive ? [package.log] : [])
                handle(.committed(request))
            }
            unchecked = await keeper.unchecked
            if let roster { await take(roster) }
            for (request, _) in packages { settle(request) }
            return true
        } catch {
            guard packages.count == 1 else { return false }
            note("storage", "commit failed reason=\"\(error)\"", level: "error")
            handle(.commitFailed(packages[0].request, reason: String(describing: error)))
            settle(packages[0].request, failure: String(describing: error))
            return false
        }
    }

    private func take(_ roster: Roster) async {
        admitted.take(roster)
        handle(.rosterChanged(roster))
        do {
            guard try await keeper.adoptNextKeys() else { return }
            tlsIdentity = try TransportIdentity(key: home.signingKey(.tls))
            listener?.present(tlsIdentity)
            note("node", "keys changed tls=\(tlsIdentity.publicKey.hash.short)")
        } catch {
            note("node", "keys not changed reason=\"\(error)\"", level: "error")
        }
    }

    private func perform(_ job: StorageJob) async {
        do {
            switch job {
            case .commit: preconditionFailure("commits are taken together")
            case .read(let request, let read):
                do {
                    handle(.read(request, try await keeper.read(read)))
                } catch {
                    // The peer is told that it is not to be had here, and asks another.
                    handle(.read(request, .notHeld))
                    throw error
                }
            case .compare(let request, let log, let size):
                handle(.compared(request, range: await keeper.tree(of: log, size: size)))
            case .parts(let job): try await perform(job)
            case .append(let items, let signed, let continuation):
                await append(items, signed, continuation)
            case .propose(let items, let author, let continuation):
                do {
                    continuation.resume(returning: try await keeper.propose(items, author: author))
                } catch {
                    continuation.resume(throwing: error)
                }
            case .keepEvidence(let evidence): try await keeper.keepEvidence(evidence)
            case .proveFork(let parting):
                if let proof = try await keeper.proveFork(parting) { handle(.forkProven(proof)) }
            case .keepFork(let proof): try await keeper.keepFork(proof)
            case .writeFork(let proof):
                if let released = try await keeper.writeFork(proof) { await take(released) }
            case .stabilize(let size):
                guard let signed = try await keeper.stableCheckpoint(size: size) else { return }
                handle(.stable(signed))
            case .cosign(let signed):
                guard let cosignature = try await keeper.cosign(signed) else {
                    let log = signed.logKey.hash.short
                    return note("witness", "not cosigned log=\(log)", level: "warn")
                }
                handle(.cosigned(signed, cosignature))
            case .keepCosigned(let log, let cosigned):
                try await keeper.keepCosigned(cosigned, of: log)
            case .keepRefusals(let refusals): try await keeper.keepRefusals(refusals)
            case .heard(let logs):
                try await keeper.keepHeard(logs, at: SystemSource.wallMilliseconds())
            case .viewDigest:
                try await destroyRedacted()
                let (frontier, view) = try await keeper.comparableView()
                // A provisional view is never compared.
                if unchecked == 0 { handle(.viewChanged(frontier: frontier, view: view)) }
            case .destroyRedacted: try await destroyRedacted()
            case .recordOpenings:
                if let released = try await keeper.recordOpenings() { await take(released) }
            case .stopWriting(let reason):
                await keeper.stopWriting(reason)
                note("node", "own log closed reason=\"\(reason)\"", level: "error")
                handle(.ownLogClosed(true))
            case .barrier(let continuation): continuation.resume()
            }
        } catch {
            note("storage", "failed reason=\"\(error)\"", level: "error")
        }
    }

    private func destroyRedacted() async throws {
        let deleted = try await keeper.destroyRedacted()
        if deleted > 0 { note("storage", "redacted parts=\(deleted)") }
    }

    /// Checks the signatures that a bulk catch-up left over, beside everything else.
    func checkSignatures() async {
        guard !isChecking else { return }
        isChecking = true
        defer { isChecking = false }
        do {
            while !isStopped,
                let (chunk, roster) = try await keeper.uncheckedEntries(max: Self.signatureChunk)
            {
                // On a thread of its own, since it takes all cores for a while.
                let forged = await withCheckedContinuation { continuation in
                    DispatchQueue.global(qos: .utility).async {
                        continuation.resume(
                            returning: SignatureCheck.forged(chunk, roster: roster)
                        )
                    }
                }
                unchecked = try await keeper.markChecked(chunk, forged: forged, by: roster)
                isViewStale = true
            }
        } catch {
            note("storage", "check failed reason=\"\(error)\"", level: "error")
        }
    }

    private func append(
        _ items: [AppendItem],
        _ signed: SignedProposal?,
        _ continuation: CheckedContinuation<[AppendOutcome], any Error>
    ) async {
        do {
            let released = try await keeper.append(items, signed: signed)
            await take(released)
            continuation.resume(returning: released.appended.outcomes)
        } catch {
            continuation.resume(throwing: error)
        }
    }

    /// Gives the peers what was written.
    private func take(_ released: Keeper.Released) async {
        isViewStale = true
        let appended = released.appended
        guard !appended.entries.isEmpty else { return }
        let isLive = appended.entries.count <= Limits.liveEntries
        handle(
            .appended(
                OwnAppend(
                    first: appended.first,
                    entries: isLive ? appended.entries : [],
                    range: appended.range,
                    checkpoint: released.checkpoint
                )
            )
        )
        if let roster = appended.roster { await take(roster) }
    }
}

/// Times in the node's log: UTC, to the millisecond, as RFC 3339 writes them.
enum LogTime {
    static func text(_ milliseconds: UInt64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
