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

    /// A ratification or a refusal.
    mutating func mark(
        _ label: String,
        isRatification: Bool,
        _ range: Range<UInt64>,
        of node: String,
        by author: String
    ) throws {
        let draft = EntryDraft.mark(
            roster: subject,
            isRatification: isRatification,
            first: range.lowerBound,
            position: try Self.position(node, range.upperBound),
            further: [SubjectID(openedIn: try Self.keys(node).log.hash, at: range.lowerBound)],
            reason: "复核"
        )
        try write(label, draft, in: author)
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

extension Scope {
    /// The smallest code there is, for a text that is none; vectors then fail to match.
    static let anywhere: Scope = {
        guard let scope = Scope("0000") else { preconditionFailure("four digits are a scope") }
        return scope
    }()
}
