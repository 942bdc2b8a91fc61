internal import Crypto
internal import Dispatch
internal import Encoding
internal import Foundation
package import Ledger
internal import Replica
internal import Replication
package import Storage
internal import TransparencyLog
internal import Transport

/// The home's writer on a queue of its own, since SQLite and the disk block.
actor KeeperActor {
    let keeper: Keeper
    private let executor: QueueExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ keeper: sending Keeper) {
        self.keeper = keeper
        executor = QueueExecutor(DispatchQueue(label: "linli.storage", qos: .userInitiated))
    }

    var roster: Roster { keeper.store.roster }

    /// Entries whose authors' signatures are not checked yet.
    var unchecked: UInt64 { keeper.store.uncheckedCount }

    /// What a new machine starts with; the own log comes with a checkpoint of exactly its size.
    func heads() throws -> [LogHead] {
        try keeper.store.trees.map { state in
            var note = state.note
            if state.id == keeper.identity.log {
                if keeper.stopReason == nil {
                    note = try keeper.checkpoint().note.bytes
                } else if let signed = try keeper.releasedCheckpoint() {
                    note = signed.note.bytes
                }
            }
            return LogHead(
                log: state.id,
                branch: state.branch,
                range: state.range,
                note: note.isEmpty ? nil : note
            )
        }
    }

    func append(_ items: [AppendItem], signed: SignedProposal?) throws -> Keeper.Released {
        try keeper.append(items, signed: signed)
    }

    func adoptNextKeys() throws -> Bool { try keeper.adoptNextKeys() }

    func propose(_ items: [AppendItem], author: PublicKey) throws -> EntryProposal {
        try keeper.propose(items, author: author)
    }

    func checkpoint() throws -> SignedCheckpoint { try keeper.checkpoint() }

    func stopWriting(_ reason: KeeperError) { keeper.stopWriting(reason) }

    func commit(_ packages: [VerifiedPackage]) throws -> Roster? {
        try keeper.store.commit(packages)
    }

    func read(_ request: ReadRequest) throws -> ReadAnswer {
        let store = keeper.store
        guard request.first < request.target,
            let log = try store.history(
                of: request.log,
                at: request.target,
                root: request.targetRoot
            )
        else { return .notHeld }
        if let root = request.root, request.first > 0,
            let own = try store.root(of: log, size: request.first), own != root
        {
            let proof = try store.consistency(
                of: log,
                from: request.first,
                to: request.target
            )
            return .diverged(root: own, proof: proof)
        }
        let end = min(request.first + UInt64(request.count), request.target)
        let entries = try store.entries(
            of: log,
            request.first..<end,
            byteMax: request.bytes
        )
        guard !entries.isEmpty else { return .notHeld }
        let reached = request.first + UInt64(entries.count)
        let proof =
            reached == request.target
            ? [] : try store.consistency(of: log, from: reached, to: request.target)
        return .entries(try store.trimmed(entries, for: request.scopes), proof: proof)
    }

    func tree(of log: Digest, size: UInt64) -> CompactRange? {
        try? keeper.store.tree(of: log, size: size)
    }

    /// Proves from the own tree where a peer's history leaves it, and keeps that.
    ///
    /// - Returns: nil if the own note is not of entries that are held.
    func proveFork(_ parting: ForkParting) throws -> ForkProof? {
        let place = parting.place
        let store = keeper.store
        guard
            let ours = try store.branch(
                of: place.parent,
                at: place.base + 1,
                to: parting.ours
            ),
            let leaf = try store.entries(of: place.parent, place.base..<place.base + 1).first
        else { return nil }
        let proof = ForkProof(
            logKey: parting.theirs.logKey,
            common: parting.common,
            ForkProof.Branch(
                leaf: TreeHasher().leafHash(leaf.leaf),
                note: parting.ours,
                proof: ours.proof
            ),
            ForkProof.Branch(
                leaf: place.leaf,
                note: parting.theirs.note.bytes,
                proof: parting.proof
            )
        )
        guard proof.proven() != nil else { return nil }
        try keepFork(proof)
        return proof
    }

    /// Keeps a proof of a fork among the evidence.
    func keepFork(_ proof: ForkProof) throws {
        try keeper.store.keepEvidence(proof, at: SystemSource.wallMilliseconds())
    }

    /// Writes a proof of a fork to the own log, unless an entry that is held says it by now.
    func writeFork(_ proof: ForkProof) throws -> Keeper.Released? {
        guard let subject = keeper.store.rosterSubject, let fork = proof.proven(),
            fork.size < keeper.store.roster.forks[fork.log]?.size ?? .max
        else { return nil }
        return try keeper.append([AppendItem(.fork(roster: subject, proof))])
    }

    func keepEvidence(_ evidence: ForkEvidence) throws {
        let store = keeper.store
        let theirs = evidence.theirs.note.bytes
        let ours =
            try evidence.given
            ?? store.branch(of: evidence.log, at: evidence.size, to: evidence.ours)
        let shown = ours.map { ours in
            BundleEvidence(
                log: evidence.log,
                size: evidence.size,
                left: ours,
                right: .init(note: theirs, root: evidence.root, proof: evidence.proof)
            )
        }
        try store.keepEvidence(
            log: evidence.log,
            evidence.ours,
            theirs,
            shown: shown?.proven(logKey: evidence.theirs.logKey) == nil ? nil : shown,
            at: SystemSource.wallMilliseconds()
        )
    }

    func keepRefusals(_ refusals: [Refusal]) throws { try keeper.store.keepRefusals(refusals) }

    func keepHeard(_ logs: [Digest], at time: UInt64) throws {
        try keeper.store.keepHeard(logs, at: time)
    }

    func recordOpenings() throws -> Keeper.Released? { try keeper.recordOpenings() }

    /// Destroys what approved redactions name; returns how many parts were deleted.
    func destroyRedacted() throws -> Int {
        try keeper.destroyRedacted()
    }

    /// Digest of the view and the frontier it was folded from; zero while parts are not held,
    /// since other nodes may hold them.
    func comparableView() throws -> (frontier: Digest, view: Digest) {
        try keeper.store.keepBucketDigests()
        let isWhole = try keeper.store.holdsAllParts()
        return (keeper.store.frontier, isWhole ? try keeper.store.viewDigest() : .zero)
    }

    func report(_ replica: ReplicaStatus?) throws -> StatusReport {
        try StatusReport(
            keeper.store,
            keeper.home.configuration,
            replica,
            stopReason: keeper.stopReason?.description
        )
    }

    /// The next authors' signatures to check that a bulk catch-up left over, with the roster.
    func uncheckedEntries(max: Int) throws -> (chunk: UncheckedEntries, roster: Roster)? {
        try keeper.store.uncheckedEntries(max: max).map { ($0, keeper.store.roster) }
    }

    /// Keeps the result of a check by `roster`, unless the roster has changed meanwhile.
    ///
    /// - Returns: how many entries are still unchecked.
    func markChecked(
        _ chunk: UncheckedEntries,
        forged: [UInt64],
        by roster: Roster
    ) throws -> UInt64 {
        if roster.authorKeys == keeper.store.roster.authorKeys {
            try keeper.store.markChecked(chunk, forged: forged)
        }
        return keeper.store.uncheckedCount
    }
}

/// Checks authors' signatures on all cores.
package enum SignatureCheck {
    /// Sequences of the entries that the author whom the roster names did not sign.
    ///
    /// An author that the roster does not name has no rights, which the fold says.
    package static func forged(_ chunk: UncheckedEntries, roster: Roster) -> [UInt64] {
        let entries = chunk.entries
        let stride = 64
        let results = Results()
        DispatchQueue.concurrentPerform(iterations: (entries.count + stride - 1) / stride) {
            block in
            let range = block * stride..<min((block + 1) * stride, entries.count)
            let bad = range.filter { index in
                guard let leaf = Leaf(entries[index].leaf),
                    let key = roster.authorKey(leaf.keyHash)
                else { return false }
                return !leaf.verifies(message: entries[index].hash, key: key)
            }
            if !bad.isEmpty { results.add(bad) }
        }
        return results.sorted.map { chunk.first + UInt64($0) }
    }

    private final class Results: Sendable {
        private let indices = Locked<[Int]>([])

        func add(_ found: [Int]) { indices.withLock { $0 += found } }

        var sorted: [Int] { indices.withLock { $0.sorted() } }
    }
}
