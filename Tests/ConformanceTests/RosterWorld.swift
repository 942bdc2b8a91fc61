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
        keysOf other: String? = nil
    ) throws {
        let request = EnrolmentRequest(
            name: node,
            level: level,
            scope: Scope(scope) ?? .anywhere,
            endpoint: nil,
            keys: try Self.keys(other ?? node)
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

    @discardableResult
    private mutating func write(
        _ label: String,
        _ draft: EntryDraft,
        in node: String,
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
            author: try CheckpointVectors.key(node + "/service")
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

extension Scope {
    /// The smallest code there is, for a text that is none; vectors then fail to match.
    static let anywhere: Scope = {
        guard let scope = Scope("0000") else { preconditionFailure("four digits are a scope") }
        return scope
    }()
}
