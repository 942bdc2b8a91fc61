import Cases
import Crypto
import Encoding
import Ledger
import Replica
import Replication
import TransparencyLog

extension World {
    /// Starts a node's process.
    func start(_ node: SimulatedNode) {
        guard node.process == nil else { return }
        let keeper = SimulatedKeeper(
            node.disk,
            node.office,
            pool,
            isReckless: node.kind == .fork
        )
        let machine: ReplicaMachine
        do {
            machine = ReplicaMachine(
                configuration: ReplicaConfiguration(
                    ledger: city.ledger,
                    log: node.office.id,
                    instance: dice.next(),
                    seed: dice.next(),
                    foldVersion: SubjectFold.version
                ),
                heads: try keeper.heads(),
                roster: node.disk.store.roster,
                scopes: node.disk.store.scopes,
                cosigned: node.disk.store.cosigned.sorted { $0.key < $1.key }.flatMap(\.value)
            )
        } catch {
            note("node=\(node.index) not-started \(error)")
            return startLater(node)
        }
        let process = SimulatedProcess(keeper, machine)
        node.process = process
        note("node=\(node.index) started stop=\(keeper.stop.map { "\($0)" } ?? "-")")
        tell(node, .configured(peers: node.peers))
        tick(node, process, after: dice.number(0...options.tickMilliseconds))
        if keeper.stop != nil { restartLater(node, process) }
    }

    /// An operator looks at a node that does not write, and starts it again.
    func restartLater(_ node: SimulatedNode, _ process: SimulatedProcess) {
        later(30_000) { [unowned self] in
            guard node.process === process, process.keeper.stop != nil else { return }
            kill(node, reason: "operator")
            start(node)
        }
    }

    /// Ends a process without a word, and starts it again after a while.
    func startLater(_ node: SimulatedNode) {
        later(isHealing ? 1_000 : dice.wait(mean: 5_000)) { [unowned self] in start(node) }
    }

    /// Ends a process; its connections break.
    func kill(_ node: SimulatedNode, reason: String) {
        guard node.process != nil else { return }
        note("node=\(node.index) killed reason=\(reason)")
        node.process = nil
        node.disk.stepsLeft = nil
        network.leave(node.index, self)
    }

    private func tick(_ node: SimulatedNode, _ process: SimulatedProcess, after delay: UInt64) {
        later(delay) { [unowned self] in
            guard node.process === process else { return }
            tell(node, .tick)
            guard node.process === process else { return }
            hostileTick(node)
            let isIdle = process.jobs.isEmpty && !process.isWorking
            if isIdle, process.mayHaveDue, options.redacts {
                process.mayHaveDue = false
                enqueue(.destroyRedacted, at: node)
            }
            let isSettled = process.machine.isSettled
            if node.disk.store.uncheckedCount > 0 {
                let since = process.uncheckedSince ?? now
                process.uncheckedSince = since
                if isIdle, isSettled || now - since >= Limits.uncheckedMilliseconds {
                    enqueue(.checkSignatures, at: node)
                }
            } else {
                process.uncheckedSince = nil
                if isIdle, isSettled, process.isViewStale, options.folds {
                    process.isViewStale = false
                    enqueue(.viewDigest, at: node)
                }
            }
            if let detail = checkers.redaction.returned(node) {
                checkers.fail("redaction", detail)
            }
            if options.checksClaims { checkers.bounds.look(node, process, network) }
            tick(node, process, after: options.tickMilliseconds)
        }
    }

    func perform(_ command: ReplicaCommand, at node: SimulatedNode) {
        switch command {
        case .send(let id, let frame): speak(node, id, frame)
        case .close(let id): network.close(id, at: node.index, self)
        case .read(let request, let read): enqueue(.read(request, read), at: node)
        case .commit(let request, let package, _): enqueue(.commit(request, package), at: node)
        case .compare(let request, let log, let size):
            enqueue(.compare(request, log: log, size: size), at: node)
        case .findMissing(let request, let last):
            enqueue(.findMissing(request, after: last), at: node)
        case .readParts(let request, let names): enqueue(.readParts(request, names), at: node)
        case .storeParts(let request, let found): enqueue(.storeParts(request, found), at: node)
        case .signPresence: enqueue(.signPresence, at: node)
        case .stabilize(let size): enqueue(.stabilize(size: size), at: node)
        case .cosign(let signed): enqueue(.cosign(signed), at: node)
        case .keepCosigned(let log, let cosigned):
            enqueue(.keepCosigned(log, cosigned), at: node)
        // What peers said lives as long as the process; nobody drops parts here.
        case .keepPresences, .proveParts, .challenged: break
        case .keepEvidence(let evidence): enqueue(.keepEvidence(evidence), at: node)
        case .proveFork(let parting): enqueue(.proveFork(parting), at: node)
        case .keepFork(let proof): enqueue(.keepFork(proof), at: node)
        case .writeFork(let proof): enqueue(.writeFork(proof), at: node)
        case .stopWriting(let reason): enqueue(.stopWriting(reason), at: node)
        case .dial(let address): network.dial(address, from: node, self)
        case .notice(let notice):
            note("node=\(node.index) \(notice)")
            checkers.noticed(notice, at: node, self)
        }
    }

    func enqueue(_ job: SimulatedProcess.Job, at node: SimulatedNode) {
        guard let process = node.process else { return }
        process.jobs.append(job)
        process.mostJobs = max(process.mostJobs, process.jobs.count)
        guard !process.isWorking else { return }
        process.isWorking = true
        work(node, process)
    }

    private func work(_ node: SimulatedNode, _ process: SimulatedProcess) {
        let time = dice.number(0...options.storageMilliseconds)
        later(time) { [unowned self] in
            guard node.process === process else { return }
            do {
                try workOnce(node, process)
            } catch is PowerLoss {
                kill(node, reason: "power-loss")
                return startLater(node)
            } catch {
                note("node=\(node.index) storage error=\(error)")
            }
            guard node.process === process else { return }
            if process.jobs.isEmpty { process.isWorking = false } else { work(node, process) }
        }
    }

    private func workOnce(_ node: SimulatedNode, _ process: SimulatedProcess) throws {
        guard !process.jobs.isEmpty else { return }
        if case .commit = process.jobs[0] { return try commitSome(node, process) }
        let keeper = process.keeper
        switch process.jobs.removeFirst() {
        case .commit: break
        case .read(let request, let read):
            tell(node, .read(request, node.disk.store.read(read, hasher: city.hasher)))
        case .compare(let request, let log, let size):
            let tree = node.disk.store.tree(log).flatMap { held in
                size <= held.size ? try? CompactRange(size: size, source: held) : nil
            }
            tell(node, .compared(request, range: tree))
        case .append(let items, let completion):
            try append(items, completion, node, process)
        case .keepEvidence(let evidence): node.disk.store.keep(evidence)
        case .proveFork(let parting):
            if let proof = keeper.proveFork(parting) { tell(node, .forkProven(proof)) }
        case .keepFork(let proof): node.disk.store.keep(proof)
        case .writeFork(let proof):
            guard let fork = proof.proven(),
                fork.size < node.disk.store.roster.forks[fork.log]?.size ?? .max
            else { return }
            note("node=\(node.index) writes fork log=\(fork.log.short) common=\(fork.size)")
            let draft = EntryDraft.fork(roster: city.subject, proof)
            try append([WriteItem(draft)], { _ in }, node, process)
        case .stopWriting(let reason):
            try keeper.stopWriting(reason)
            guard keeper.stop != nil else { return }
            note("node=\(node.index) own-log-closed")
            tell(node, .ownLogClosed(true))
            restartLater(node, process)
        case .viewDigest:
            guard node.disk.store.uncheckedCount == 0 else { return }
            let isWhole = node.disk.store.lacking.isEmpty
            let digest = isWhole ? node.disk.store.viewDigest() : .zero
            tell(node, .viewChanged(frontier: node.disk.store.frontier, view: digest))
        case .findMissing(let request, let last):
            tell(node, .missing(request, node.disk.store.missingParts(after: last)))
        case .readParts(let request, let names):
            tell(node, .partsRead(request, node.disk.store.parts(names)))
        case .storeParts(let request, let found): try storeParts(request, found, node, process)
        case .signPresence:
            tell(node, .presenceSigned(try presence(of: node)))
        case .stabilize(let size):
            if let signed = try keeper.stableCheckpoint(size: size) {
                tell(node, .stable(signed))
            }
        case .cosign(let signed):
            let wall = node.wall(now: now)
            if let cosignature = try keeper.cosign(signed, time: wall) {
                checkers.cosigned(signed, cosignature, at: node, self)
                tell(node, .cosigned(signed, cosignature))
            }
        case .keepCosigned(let log, let cosigned):
            try node.disk.transaction(bytes: 0) { $0.keepCosigned(cosigned, of: log) }
        case .checkSignatures:
            node.disk.store.checkSignatures()
            process.isViewStale = true
        case .destroyRedacted: try destroyRedacted(node, process)
        }
    }

    private func append(
        _ items: [WriteItem],
        _ completion: (Result<SimulatedKeeper.Released?, any Error>) -> Void,
        _ node: SimulatedNode,
        _ process: SimulatedProcess
    ) throws {
        do {
            let wall = node.wall(now: now)
            let released = try process.keeper.append(items, time: wall) { salt() }
            process.isViewStale = true
            if let released {
                tell(node, .appended(released.append))
                if let roster = released.roster { tell(node, .rosterChanged(roster)) }
            }
            completion(.success(released))
        } catch let loss as PowerLoss {
            throw loss
        } catch {
            completion(.failure(error))
            if process.keeper.stop != nil { restartLater(node, process) }
        }
    }

    private func salt() -> Bytes32 {
        var bytes: [UInt8] = []
        for _ in 0..<4 { bytes += bigEndianBytes(dice.next()) }
        return Bytes32(bytes, at: 0)
    }

    /// Commits the packages that wait in a row in one transaction, as the daemon does; if that
    /// fails, each alone.
    private func commitSome(_ node: SimulatedNode, _ process: SimulatedProcess) throws {
        var packages: [(request: RequestID, package: VerifiedPackage)] = []
        while packages.count < 8, case .commit(let id, let package)? = process.jobs.first {
            process.jobs.removeFirst()
            packages.append((id, package))
        }
        if try commit(packages, node, process) || packages.count == 1 { return }
        for package in packages { _ = try commit([package], node, process) }
    }

    private func commit(
        _ packages: [(request: RequestID, package: VerifiedPackage)],
        _ node: SimulatedNode,
        _ process: SimulatedProcess
    ) throws -> Bool {
        do {
            let roster = try process.keeper.commit(packages.map(\.package))
            process.isViewStale = true
            for (request, _) in packages { tell(node, .committed(request)) }
            if let roster { tell(node, .rosterChanged(roster)) }
            return true
        } catch let loss as PowerLoss {
            throw loss
        } catch {
            guard packages.count == 1 else { return false }
            tell(node, .commitFailed(packages[0].request, reason: "\(error)"))
            return false
        }
    }
}
