import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

/// A store in memory that does what ``ReplicaCommand`` asks of one.
final class MemoryStore {
    struct Log: NodeSource {
        struct NoSuchNode: Error {}

        var entries: [Entry] = []
        var range = CompactRange()
        var note: [UInt8]?
        var branch: BranchPlace?
        private var levels: [[Digest]] = []

        mutating func append(_ entry: Entry, hasher: TreeHasher) -> [TreeNode] {
            var completed: [TreeNode] = []
            range.append(hasher.leafHash(entry.leaf), hasher: hasher) { level, index, root in
                completed.append(TreeNode(level: level, index: index, hash: root))
            }
            for node in completed {
                if node.level == levels.count { levels.append([]) }
                levels[node.level].append(node.hash)
            }
            entries.append(entry)
            return completed
        }

        func node(level: Int, index: UInt64) throws -> Digest {
            guard level < levels.count, index < UInt64(levels[level].count) else {
                throw NoSuchNode()
            }
            return levels[level][Int(index)]
        }
    }

    let ledger: Digest
    let office: Office
    var logs: [Digest: Log] = [:]
    private(set) var forged: [Place] = []
    private(set) var signatures: [SignatureVerdict] = []
    /// Commits left to refuse, as a full disk would.
    var failures = 0

    private let invitation: [PlacedEntry]
    private let hasher = TreeHasher()

    init(ledger: Digest, office: Office, invitation: [PlacedEntry]) {
        self.ledger = ledger
        self.office = office
        self.invitation = invitation
    }

    var ownLog: Digest { office.keys.log.hash }

    var heads: [LogHead] {
        logs.keys.sorted().compactMap { id in
            logs[id].map { LogHead(log: id, branch: $0.branch, range: $0.range, note: $0.note) }
        }
    }

    func size(_ log: Digest) -> UInt64 { logs[log]?.range.size ?? 0 }

    /// The roster of the entries held.
    var roster: Roster {
        var placed = invitation
        for id in logs.keys.sorted() {
            for (sequence, entry) in (logs[id]?.entries ?? []).enumerated() {
                let place = Place(log: logs[id]?.branch?.log ?? id, sequence: UInt64(sequence))
                guard let header = try? Header(decoding: entry.header),
                    RosterOperation.isRoster(header.operation)
                else { continue }
                placed.append(
                    PlacedEntry(
                        entry,
                        header: header,
                        hash: sha256(entry.header),
                        place: place,
                        isForged: forged.contains(place)
                    )
                )
            }
        }
        var seen: Set<Digest> = []
        return Roster(ledger: ledger, entries: placed.filter { seen.insert($0.hash).inserted })
    }

    /// Takes up a whole log, signed by its key.
    func adopt(_ entries: [Entry], log id: Digest, key: SigningKey) throws {
        var log = Log()
        for entry in entries { _ = log.append(entry, hasher: hasher) }
        log.note = try sign(log, with: key).note.bytes
        logs[id] = log
    }

    /// Writes to the own log.
    func write(_ drafts: [EntryDraft]) throws -> OwnAppend {
        var log = logs[ownLog] ?? Log()
        let first = log.range.size
        var written: [Entry] = []
        for draft in drafts {
            let sequence = log.range.size
            let salt = sha256(bigEndianBytes(sequence))
            let entry = try draft.sealed(
                in: EntryContext(
                    ledger: ledger,
                    place: Place(log: ownLog, sequence: sequence),
                    time: 1_000 + sequence,
                    after: []
                ),
                salts: draft.parts.map { _ in salt },
                author: office.service
            ).entry
            _ = log.append(entry, hasher: hasher)
            written.append(entry)
        }
        let checkpoint = try sign(log, with: office.log)
        log.note = checkpoint.note.bytes
        logs[ownLog] = log
        return OwnAppend(
            first: first,
            entries: written,
            range: log.range,
            checkpoint: checkpoint
        )
    }

    private func sign(_ log: Log, with key: SigningKey) throws -> SignedCheckpoint {
        try .sign(size: log.range.size, root: log.range.root(hasher: hasher), with: key)
    }

    /// Commits a package; false if it is refused.
    func commit(_ package: VerifiedPackage) -> Bool {
        let key = package.branch?.key ?? package.log
        var log = logs[key] ?? Log()
        if let branch = package.branch, logs[key] == nil {
            for entry in logs[branch.parent]?.entries.prefix(Int(branch.base)) ?? [] {
                _ = log.append(entry, hasher: hasher)
            }
            log.branch = branch
        }
        if failures > 0 {
            failures -= 1
            return false
        }
        guard package.first == log.range.size else { return false }
        var nodes: [TreeNode] = []
        for (index, verified) in package.entries.enumerated() {
            nodes += log.append(verified.entry, hasher: hasher)
            signatures.append(verified.signature)
            if verified.signature == .forged {
                forged.append(Place(log: package.log, sequence: package.first + UInt64(index)))
            }
        }
        #expect(log.range == package.range)
        #expect(package.nodes == nodes.filter { $0.level > 0 && $0.level.isMultiple(of: 8) })
        if package.reachesCheckpoint { log.note = package.checkpoint.note.bytes }
        logs[key] = log
        return true
    }

    /// The place at which a peer's history leaves ours, with a proof.
    func proveFork(_ parting: ForkParting) throws -> ForkProof? {
        let place = parting.place
        guard let log = logs[place.parent] else { return nil }
        let note = try SignedCheckpoint.verify(parting.ours, logKey: parting.theirs.logKey)
        let proof = ForkProof(
            logKey: parting.theirs.logKey,
            common: parting.common,
            ForkProof.Branch(
                leaf: hasher.leafHash(log.entries[Int(place.base)].leaf),
                note: parting.ours,
                proof: try self.proof(log, from: place.base + 1, to: note.checkpoint.size)
            ),
            ForkProof.Branch(
                leaf: place.leaf,
                note: parting.theirs.note.bytes,
                proof: parting.proof
            )
        )
        return proof.proven() == nil ? nil : proof
    }

    func read(_ request: ReadRequest) -> ReadAnswer {
        let held = logs.filter { ($0.value.branch?.log ?? $0.key) == request.log }.keys.sorted()
        let meant = held.first { root($0, size: request.target) == request.targetRoot }
        guard let log = meant.flatMap({ logs[$0] }) else { return .notHeld }
        do {
            if let root = request.root {
                let ours = try CompactRange(size: request.first, source: log).root(hasher: hasher)
                guard ours == root else {
                    return .diverged(
                        root: ours,
                        proof: try proof(log, from: request.first, to: request.target)
                    )
                }
            }
            var bytes = 0
            let end = min(Int(request.first) + request.count, Int(request.target))
            let entries = log.entries[Int(request.first)..<end].prefix { entry in
                defer { bytes += entry.byteCount }
                return bytes == 0 || bytes + entry.byteCount <= request.bytes
            }
            let size = request.first + UInt64(entries.count)
            return .entries(
                Array(entries),
                proof: try proof(log, from: size, to: request.target)
            )
        } catch {
            return .notHeld
        }
    }

    private func proof(_ log: Log, from size: UInt64, to target: UInt64) throws -> [Digest] {
        size == target ? [] : try consistencyProof(from: size, to: target, source: log)
    }

    func tree(_ log: Digest, size: UInt64) -> CompactRange? {
        guard let log = logs[log], size <= log.range.size else { return nil }
        return try? CompactRange(size: size, source: log)
    }

    func root(_ log: Digest, size: UInt64) -> Digest? {
        tree(log, size: size)?.root(hasher: hasher)
    }
}
