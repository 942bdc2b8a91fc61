import Crypto
import Encoding
import Ledger
import TransparencyLog

/// Nodes with keys from their names, whose roster entries are written one by one.
struct RosterWorld {
    /// An entry under the name by which the vectors speak of it.
    struct Written {
        let label: String
        let entry: Entry
        let hash: Digest
        let placed: PlacedEntry
    }

    private(set) var written: [Written] = []
    private var sizes: [String: UInt64] = [:]
    private(set) var ledger = Digest.zero

    static func keys(_ node: String) throws -> NodeKeys {
        NodeKeys(
            log: try CheckpointVectors.key(node + "/log").publicKey,
            service: try CheckpointVectors.key(node + "/service").publicKey,
            witness: try CheckpointVectors.key(node + "/witness").publicKey,
            seal: try SealKey(seed: sha256(Array((node + "/seal").utf8))).publicKey,
            tls: try CheckpointVectors.key(node + "/tls").publicKey,
            successor: try CheckpointVectors.key(node + "/successor").publicKey.hash
        )
    }

    /// The founding entry of a city, in the log of the node `city`.
    init(scope: String = "3301") throws {
        let recovery = Recovery(
            keys: [try CheckpointVectors.key("recovery").publicKey],
            threshold: 1
        )
        let draft = EntryDraft.found(
            name: "city",
            scope: Scope(scope) ?? .anywhere,
            endpoint: "city.example:7301",
            keys: try Self.keys("city"),
            recovery: recovery
        )
        ledger = try write("city", draft, in: "city", isFounding: true)
    }

    func hash(_ label: String) -> Digest {
        written.first { $0.label == label }?.hash ?? .zero
    }

    var subject: SubjectID {
        SubjectID(openedIn: written[0].placed.log, at: 0)
    }

    /// A grant, named as the node that it is for.
    mutating func grant(
        _ node: String,
        _ level: Level,
        _ scope: String,
        by author: String,
        keysOf other: String? = nil,
        logOf rotated: String? = nil
    ) throws {
        let own = try Self.keys(other ?? node)
        let log = try rotated.map { try Self.keys($0).log } ?? own.log
        let request = EnrolmentRequest(
            name: node,
            level: level,
            scope: Scope(scope) ?? .anywhere,
            endpoint: nil,
            keys: NodeKeys(
                log: log,
                service: own.service,
                witness: own.witness,
                seal: own.seal,
                tls: own.tls,
                successor: own.successor
            )
        )
        let draft = EntryDraft.grant(roster: subject, request: request, isConfirmed: true)
        try write(node, draft, in: author)
    }

    /// The first entry of a node's log.
    mutating func open(_ node: String) throws {
        let draft = EntryDraft.open(
            roster: subject,
            enrolment: hash(node),
            keys: try Self.keys(node)
        )
        try write(node + "/open", draft, in: node)
    }

    /// An end of grants; cuts name sizes of logs by their nodes.
    mutating func end(
        _ label: String,
        _ grants: [String],
        cuts: [(node: String, size: UInt64)],
        by author: String
    ) throws {
        let rows = try cuts.map { cut in
            LogPosition(
                log: try Self.keys(cut.node).log.hash,
                size: cut.size,
                root: sha256(Array(cut.node.utf8))
            )
        }
        let draft = EntryDraft.end(
            roster: subject,
            grants: grants.map(hash),
            cuts: rows,
            reason: "合并"
        )
        try write(label, draft, in: author)
    }

    /// The key of a person.
    static func person(_ number: String) throws -> SigningKey {
        try CheckpointVectors.key("person/" + number)
    }

    /// A person's right at a node, written by its service key or by another person.
    mutating func staff(
        _ number: String,
        _ roles: [Role],
        _ scope: String,
        at node: String,
        by superior: String? = nil
    ) throws {
        let draft = EntryDraft.staff(
            roster: subject,
            request: StaffRequest(number: number, key: try Self.person(number).publicKey),
            roles: Set(roles),
            scope: Scope(scope) ?? .anywhere,
            isConfirmed: true
        )
        try write(number, draft, in: node, person: superior)
    }

    /// An end that a person signs, which cuts the log of its node.
    mutating func end(
        _ label: String,
        _ grants: [String],
        size: UInt64,
        by person: String,
        at node: String
    ) throws {
        let draft = EntryDraft.end(
            roster: subject,
            grants: grants.map(hash),
            cuts: [try Self.position(node, size)],
            reason: "离岗"
        )
        try write(label, draft, in: node, person: person)
    }

    /// A policy.
    mutating func policy(
        _ label: String,
        _ area: String,
        cuts: [(node: String, size: UInt64)],
        by author: String
    ) throws {
        let draft = EntryDraft.policy(
            roster: subject,
            area: Scope(area) ?? .anywhere,
            cuts: try cuts.map { try Self.position($0.node, $0.size) }
        )
        try write(label, draft, in: author)
    }

    /// A policy of witnesses: nodes by name, and `outside`.
    mutating func witnesses(
        _ label: String,
        _ area: String,
        _ names: [String],
        by author: String,
        replacing replaced: [String] = []
    ) throws {
        let draft = EntryDraft.witnesses(
            roster: subject,
            area: Scope(area) ?? .anywhere,
            try names.map { name in
                name == "outside"
                    ? .outside(
                        name: "witness.example",
                        key: try CheckpointVectors.key("outside").publicKey
                    ) : .node(try Self.keys(name).log.hash)
            },
            replacing: replaced.map(hash)
        )
        try write(label, draft, in: author)
    }

    /// A ratification or a refusal.
    mutating func mark(
        _ label: String,
        isRatification: Bool,
        _ range: Range<UInt64>,
        of node: String,
        _ branch: String? = nil,
        by author: String
    ) throws {
        let draft = EntryDraft.mark(
            roster: subject,
            isRatification: isRatification,
            first: range.lowerBound,
            position: try Self.position(node, range.upperBound),
            hashes: branch.map { branch in range.map { sha256(Array("\(branch) \($0)".utf8)) } },
            further: [SubjectID(openedIn: try Self.keys(node).log.hash, at: range.lowerBound)],
            reason: "复核"
        )
        try write(label, draft, in: author)
    }

    /// Two histories of a node's log that have so many entries in common, of these sizes.
    ///
    /// Another node's `key` can sign the notes, both can be of one branch, and what leads to the
    /// notes can be left out.
    mutating func fork(
        _ label: String,
        _ node: String,
        at common: UInt64,
        left: UInt64,
        right: UInt64,
        by author: String,
        key: String? = nil,
        right branch: String = "right",
        isProven: Bool = true
    ) throws {
        let signer = try CheckpointVectors.key((key ?? node) + "/log")
        let shared = PaperTree(common) { _ in "common" }
        func history(_ name: String, _ size: UInt64) throws -> ForkProof.Branch {
            let tree = PaperTree(size) { $0 < common ? "common" : name }
            return ForkProof.Branch(
                leaf: tree.leaves[Int(common)],
                note: try SignedCheckpoint.sign(size: size, root: tree.root, with: signer)
                    .note.bytes,
                proof: isProven ? try tree.proof(from: common + 1) : []
            )
        }
        let proof = ForkProof(
            logKey: try CheckpointVectors.key(node + "/log").publicKey,
            common: shared.range,
            try history("left", left),
            try history(branch, right)
        )
        try write(label, .fork(roster: subject, proof), in: author)
    }

    /// A succession that `signer` signed, carried into a node's log.
    mutating func succeed(
        _ label: String,
        _ succession: Succession,
        signer: String = "recovery",
        in node: String
    ) throws {
        let key = try CheckpointVectors.key(signer)
        let draft = EntryDraft.succeed(
            roster: subject,
            succession,
            signatures: [
                RecoverySignature(index: 0, signature: try key.sign(succession.message))
            ],
            name: label,
            endpoint: nil
        )
        try write(label, draft, in: node)
    }

    static func position(_ node: String, _ size: UInt64) throws -> LogPosition {
        LogPosition(
            log: try keys(node).log.hash,
            size: size,
            root: sha256(Array(node.utf8))
        )
    }

    @discardableResult
    private mutating func write(
        _ label: String,
        _ draft: EntryDraft,
        in node: String,
        person: String? = nil,
        isFounding: Bool = false
    ) throws -> Digest {
        let log = try Self.keys(node).log.hash
        let sequence = sizes[node] ?? 0
        sizes[node] = sequence + 1
        let place = Place(log: log, sequence: sequence)
        let sealed = try draft.sealed(
            in: EntryContext(
                ledger: isFounding ? .zero : ledger,
                place: place,
                time: 1_795_413_600_000 + UInt64(written.count),
                after: []
            ),
            salts: draft.parts.map { _ in sha256(Array(label.utf8)) },
            author: try person.map(Self.person) ?? CheckpointVectors.key(node + "/service")
        )
        written.append(
            Written(
                label: label,
                entry: sealed.entry,
                hash: sealed.hash,
                placed: PlacedEntry(
                    sealed.entry,
                    header: sealed.header,
                    hash: sealed.hash,
                    place: place
                )
            )
        )
        return sealed.hash
    }
}

/// A tree of leaves from names.
struct PaperTree: NodeSource {
    struct NoSuchNode: Error {}

    private(set) var leaves: [Digest] = []
    private(set) var range = CompactRange()
    private var levels: [[Digest]] = []
    private let hasher = TreeHasher()

    /// Leaf `n` is that of its name and n.
    init(_ size: UInt64, name: (UInt64) -> String) {
        for index in 0..<size {
            let leaf = hasher.leafHash(Array("\(name(index)) \(index)".utf8))
            leaves.append(leaf)
            range.append(leaf, hasher: hasher) { level, _, hash in
                if level == levels.count { levels.append([]) }
                levels[level].append(hash)
            }
        }
    }

    var root: Digest { range.root(hasher: hasher) }

    func proof(from size: UInt64) throws -> [Digest] {
        try consistencyProof(from: size, to: range.size, source: self, hasher: hasher)
    }

    func node(level: Int, index: UInt64) throws -> Digest {
        guard level < levels.count, index < UInt64(levels[level].count) else {
            throw NoSuchNode()
        }
        return levels[level][Int(index)]
    }
}

extension Scope {
    /// The smallest code there is, for a text that is none; vectors then fail to match.
    static let anywhere: Scope = {
        guard let scope = Scope("0000") else { preconditionFailure("four digits are a scope") }
        return scope
    }()
}
