package import Crypto
internal import Encoding

/// What a roster entry says, once it is well formed.
///
/// - Source: `Protocol/roster.md` section 3.
package enum RosterOperation: Hashable, Sendable {
    /// The founding entry: the first grant of the ledger, to the node that wrote it.
    case found(Grant, Recovery)
    /// The first entry of any other log, naming the grant it stands on.
    case open(enrolment: Digest)
    /// A right for a node.
    case grant(Grant)
    /// The end of rights.
    case end(GrantEnd)

    /// First entry of a log.
    package static let openName = "log.open"
    /// Enrols a node.
    package static let grantName = "grant.node"
    /// Ends grants.
    package static let endName = "grant.end"

    /// Whether entries of this operation belong to the roster.
    package static func isRoster(_ operation: String) -> Bool {
        [openName, grantName, endName].contains(operation)
    }

    /// Keys of the header's own fields.
    enum Field {
        static let enrolment: UInt64 = 0
        static let level: UInt64 = 0
        static let endedGrants: UInt64 = 0
        static let firstKey: UInt64 = 1
        static let recoveryKeys: UInt64 = 7
        static let recoveryThreshold: UInt64 = 8
        static let isConfirmed: UInt64 = 9
        static let cuts: UInt64 = 10
    }

    /// Keys of the map in part 0.
    enum Text {
        static let name: UInt64 = 0
        static let endpoint: UInt64 = 1
        static let reason: UInt64 = 2
    }

    /// Most recovery keys, ended grants or cuts in one entry.
    package static let listMax = 256
    /// Most bytes of a node's name.
    package static let nameMax = 256
    /// Most bytes of an endpoint.
    package static let endpointMax = 270

    /// Reads an entry; nil for one that is no roster entry of this ledger or malformed.
    package init?(_ entry: PlacedEntry, ledger: Digest) {
        guard entry.header.isUnderstood else { return nil }
        switch entry.header.operation {
        case Self.openName:
            guard entry.sequence == 0 else { return nil }
            if entry.header.ledger == .zero {
                guard let found = Self.founding(entry, ledger: ledger) else { return nil }
                self = found
            } else {
                guard let enrolment = entry.header[field: Field.enrolment]?.bytes32 else {
                    return nil
                }
                self = .open(enrolment: enrolment)
            }
        case Self.grantName:
            guard case .unsigned(let number)? = entry.header[field: Field.level],
                let level = Level(rawValue: number),
                let grant = Self.grant(entry, level: level)
            else { return nil }
            self = .grant(grant)
        case Self.endName:
            guard let end = Self.end(entry) else { return nil }
            self = .end(end)
        default: return nil
        }
    }

    private static func founding(_ entry: PlacedEntry, ledger: Digest) -> RosterOperation? {
        guard entry.hash == ledger, let grant = grant(entry, level: .city),
            grant.log == entry.log, grant.keys.service.hash == entry.author,
            case .array(let items)? = entry.header[field: Field.recoveryKeys],
            case .unsigned(let threshold)? = entry.header[field: Field.recoveryThreshold]
        else { return nil }
        let keys = items.compactMap { $0.bytes32.flatMap { try? PublicKey($0) } }
        guard keys.count == items.count, 1...listMax ~= keys.count,
            1...UInt64(keys.count) ~= threshold
        else { return nil }
        return .found(grant, Recovery(keys: keys, threshold: threshold))
    }

    private static func grant(_ entry: PlacedEntry, level: Level) -> Grant? {
        guard let scope = entry.header.scope, let keys = NodeKeys(entry.header) else { return nil }
        let text = entry.parts.first.flatMap { $0 }.flatMap { try? CBORValue(decoding: $0) }
        var name = entry.hash.short
        if case .text(let given)? = text?[Text.name], given.utf8.count <= nameMax { name = given }
        var endpoint: String?
        if case .text(let given)? = text?[Text.endpoint], given.utf8.count <= endpointMax {
            endpoint = given
        }
        return Grant(
            hash: entry.hash,
            place: Place(log: entry.log, sequence: entry.sequence),
            author: entry.author,
            name: name,
            level: level,
            scope: scope,
            keys: keys,
            endpoint: endpoint,
            isConfirmed: entry.header[field: Field.isConfirmed] == .bool(true),
            parent: nil,
            cuts: nil
        )
    }

    private static func end(_ entry: PlacedEntry) -> GrantEnd? {
        guard case .array(let items)? = entry.header[field: Field.endedGrants],
            case .array(let rows)? = entry.header[field: Field.cuts],
            1...listMax ~= items.count, rows.count <= listMax
        else { return nil }
        let grants = items.compactMap(\.bytes32)
        var cuts: [Digest: UInt64] = [:]
        for row in rows {
            guard case .array(let columns) = row, columns.count == 3,
                let log = columns[0].bytes32, case .unsigned(let size) = columns[1],
                columns[2].bytes32 != nil, cuts[log] == nil
            else { return nil }
            cuts[log] = size
        }
        guard grants.count == items.count else { return nil }
        return GrantEnd(
            entry: entry.hash,
            place: Place(log: entry.log, sequence: entry.sequence),
            author: entry.author,
            grants: grants,
            cuts: cuts
        )
    }
}
