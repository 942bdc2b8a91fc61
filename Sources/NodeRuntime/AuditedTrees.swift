package import Audit
package import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import Replication
package import Storage
package import TransparencyLog

/// The trees of all logs that a home, a bundle or an export holds, for comparing two of them.
package struct AuditedTrees {
    /// One log.
    package struct Tree {
        /// How many entries are there.
        package let size: UInt64
        /// A checkpoint that its key signed and that the entries bear out; nil if there is none.
        package let head: SeenCheckpoint?
        let root: (UInt64) throws -> Digest?
        let path: (UInt64, UInt64) throws -> [Digest]
    }

    /// Most entries of all logs together of a bundle or an export, of which each takes 64 bytes of
    /// memory.
    package static let entriesMax: UInt64 = 8 << 20

    /// The founding entry, as far as the files tell it.
    package private(set) var ledger: Digest?
    /// By log.
    package private(set) var trees: [Digest: Tree] = [:]
    /// Checkpoints whose log's key is not among the files; another holder may know it.
    private var notes: [Digest: [UInt8]] = [:]

    /// What a home holds, with a checkpoint of its own log if one could be signed.
    ///
    /// - Throws: ``StoreError``.
    package init(home store: Store, own: SignedCheckpoint?) throws {
        ledger = store.identity?.ledger
        for state in store.logs {
            let key = store.roster.grants(log: state.id).first?.keys.log
            var signed = key.flatMap { try? SignedCheckpoint.verify(state.note, logKey: $0) }
            if let own, own.logKey == key { signed = own }
            if let found = signed?.checkpoint,
                try store.root(of: state.id, size: found.size) != found.root
            {
                signed = nil
            }
            trees[state.id] = Tree(
                size: state.size,
                head: signed.map { SeenCheckpoint($0) },
                root: { try store.root(of: state.id, size: $0) },
                path: { try store.consistency(of: state.id, from: $0, to: $1) }
            )
        }
    }

    /// The one log of an export.
    ///
    /// - Throws: ``AuditFileFailure`` if it is none, or can not be read.
    package init(export directory: String) throws {
        guard let line = try readAuditFile(directory + "/vkey", max: 4_096)?.dropLast(),
            let note = try readAuditFile(directory + "/checkpoint", max: Note.bytesMax),
            let verifier = try? VerifierKey(String(line)),
            let signed = try? SignedCheckpoint.verify(Array(note.utf8), logKey: verifier.key)
        else { throw AuditFileFailure("\(directory) holds no log with a signed checkpoint") }
        let file = try FileHandle(forReadingFrom: URL(filePath: directory + "/leaves"))
        defer { try? file.close() }
        var leaves = LeafTree()
        while let chunk = try file.read(upToCount: 8_192 * Leaf.count), !chunk.isEmpty {
            guard chunk.count.isMultiple(of: Leaf.count), leaves.size < Self.entriesMax else {
                throw AuditFileFailure("the leaves end within one, or are too many")
            }
            let bytes = Array(chunk)
            for start in stride(from: 0, to: bytes.count, by: Leaf.count) {
                leaves.append(leaf: Array(bytes[start..<start + Leaf.count]))
            }
        }
        let log = verifier.key.hash
        trees[log] = try leaves.tree(SeenCheckpoint(signed), wantsHead: true)
    }

    /// Every log of which a bundle has all entries, and the heads of the others.
    ///
    /// - Throws: ``BundleError``, ``BundleFileError``.
    package init(bundle path: String) throws {
        let source = try BundleSource(path, directory: FileManager.default.temporaryDirectory.path)
        var reader = BundleReader()
        var leaves: [Digest: LeafTree] = [:]
        var keys: [Digest: PublicKey] = [:]
        var count: UInt64 = 0
        reading: while true {
            switch try source.next() {
            case .end: break reading
            case .broken(let offset):
                throw AuditFileFailure("the bundle is cut off at byte \(offset)")
            case .frame(let frame):
                switch try reader.read(frame) {
                case .header(let header): ledger = header.ledger
                case .heads(let heads): for head in heads { notes[head.log] = head.note }
                case .offer(let offer):
                    let log = offer.package.log
                    guard offer.before.size == leaves[log]?.size ?? 0 else { continue }
                    count += UInt64(offer.package.entries.count)
                    guard count <= Self.entriesMax else {
                        throw AuditFileFailure("the bundle has more than \(count) entries")
                    }
                    for entry in offer.package.entries {
                        leaves[log, default: LeafTree()].append(leaf: entry.leaf)
                        keys[log] = keys[log] ?? Self.key(of: log, entry.header)
                    }
                case .start, .evidence, .end: break
                }
            }
        }
        guard reader.isComplete else { throw AuditFileFailure("the bundle has no end") }
        for (log, tree) in leaves {
            let signed = keys[log].flatMap { key in
                notes[log].flatMap { try? SignedCheckpoint.verify($0, logKey: key) }
            }
            trees[log] = try tree.tree(signed.map { SeenCheckpoint($0) }, wantsHead: false)
        }
    }

    /// The log's key, which its opening names and its name is the hash of.
    private static func key(of log: Digest, _ bytes: [UInt8]) -> PublicKey? {
        guard let header = try? Header(decoding: bytes), header.sequence == 0,
            case .bytes(let value)? = header.fields.first(where: { $0.key == 1 })?.value,
            let word = Bytes32(value), let key = try? PublicKey(word), key.hash == log
        else { return nil }
        return key
    }

    /// How two logs stand to each other.
    package enum Relation: Hashable, Sendable {
        /// Both hold the same.
        case same(UInt64)
        /// The first holds the beginning of what the second holds.
        case behind(UInt64, UInt64)
        /// The second holds the beginning of what the first holds.
        case ahead(UInt64, UInt64)
        /// They hold two histories, with the proof if both are signed.
        case contradicts(ForkFile?)
        /// Only the first has it.
        case onlyFirst(UInt64)
        /// Only the second has it.
        case onlySecond(UInt64)
    }

    /// Every log that one of both holds, rising.
    ///
    /// - Throws: what reading the trees does.
    package func compared(with other: AuditedTrees) throws -> [(log: Digest, Relation)] {
        try Set(trees.keys).union(other.trees.keys).sorted().map { log in
            switch (trees[log], other.trees[log]) {
            case (let one?, let two?): (log, try Self.relation(one, two))
            case (let one?, nil): (log, .onlyFirst(one.size))
            case (nil, let two): (log, .onlySecond(two?.size ?? 0))
            }
        }
    }

    private static func relation(_ one: Tree, _ two: Tree) throws -> Relation {
        let common = min(one.size, two.size)
        guard try one.root(common) != two.root(common) else {
            if one.size == two.size { return .same(common) }
            return one.size < two.size
                ? .behind(one.size, two.size) : .ahead(one.size, two.size)
        }
        guard let first = one.head, let second = two.head else { return .contradicts(nil) }
        let size = min(first.checkpoint.size, second.checkpoint.size)
        guard let left = try one.root(size), let right = try two.root(size), left != right else {
            return .contradicts(nil)
        }
        return .contradicts(
            ForkFile(
                size: size,
                ForkFile.Branch(
                    root: left,
                    head: first,
                    path: try one.path(size, first.checkpoint.size)
                ),
                ForkFile.Branch(
                    root: right,
                    head: second,
                    path: try two.path(size, second.checkpoint.size)
                )
            )
        )
    }
}

/// All perfect subtrees over leaves that came one after another.
private struct LeafTree: NodeSource {
    private var levels: [[Digest]] = [[]]

    var size: UInt64 { UInt64(levels[0].count) }

    mutating func append(leaf: [UInt8]) {
        let hasher = TreeHasher()
        var node = hasher.leafHash(leaf)
        var level = 0
        while true {
            levels[level].append(node)
            let count = levels[level].count
            guard count.isMultiple(of: 2) else { return }
            node = hasher.nodeHash(levels[level][count - 2], levels[level][count - 1])
            level += 1
            if level == levels.count { levels.append([]) }
        }
    }

    func node(level: Int, index: UInt64) throws -> Digest {
        guard level < levels.count, index < UInt64(levels[level].count) else {
            throw AuditFileFailure("a node beyond the leaves is asked for")
        }
        return levels[level][Int(index)]
    }

    private func root(_ size: UInt64) throws -> Digest? {
        guard size <= self.size else { return nil }
        return try CompactRange(size: size, source: self).root(hasher: TreeHasher())
    }

    /// The tree with a head that its leaves bear out.
    func tree(_ head: SeenCheckpoint?, wantsHead: Bool) throws -> AuditedTrees.Tree {
        let found = try head.flatMap { head in
            try root(head.checkpoint.size) == head.checkpoint.root ? head : nil
        }
        guard found != nil || !wantsHead else {
            throw AuditFileFailure("the leaves are not those of the signed checkpoint")
        }
        return AuditedTrees.Tree(
            size: size,
            head: found,
            root: { try root($0) },
            path: { from, to in
                try consistencyProof(from: from, to: to, source: self, hasher: TreeHasher())
            }
        )
    }
}
