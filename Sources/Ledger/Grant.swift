package import Crypto

/// What kind of office a grant makes of a node.
///
/// The number stands in entries; a lower one grants rights to higher ones only.
package enum Level: UInt64, CaseIterable, Sendable {
    /// The founder's office, over the whole city.
    case city = 1
    /// A district's or county's.
    case district = 2
    /// A street's or town's centre.
    case street = 3
    /// A department with its own ledger, such as the police or the market supervision.
    case department = 4
    /// Reads and verifies; writes nothing but its own opening.
    case auditor = 5

    /// The word on the command line and in requests.
    package var name: String {
        switch self {
        case .city: "city"
        case .district: "district"
        case .street: "street"
        case .department: "department"
        case .auditor: "auditor"
        }
    }

    /// Reads the word; nil for another.
    package init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// Whether a grant of this level may enrol nodes of `other`.
    package func mayEnrol(_ other: Level) -> Bool {
        switch self {
        case .city: other != .city
        case .district: other != .city && other != .district
        case .street, .department, .auditor: false
        }
    }
}

/// Where an entry stands.
package struct Place: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// The index in it.
    package let sequence: UInt64

    /// Pairs log and index.
    package init(log: Digest, sequence: UInt64) {
        self.log = log
        self.sequence = sequence
    }
}

/// A right as a roster entry gives it: this node, with these keys, at this level, over this scope.
package struct Grant: Hashable, Sendable {
    /// Hash of the entry; for the founder, the ledger itself.
    package let hash: Digest
    /// Where the entry stands.
    package let place: Place
    /// Key hash of the entry's author.
    package let author: Digest
    /// What people call the node.
    package let name: String
    /// Kind of office.
    package let level: Level
    /// What the right covers.
    package let scope: Scope
    /// The node's public keys.
    package let keys: NodeKeys
    /// Where the node listens, as `host:port`, if it can be reached.
    package let endpoint: String?
    /// Whether a person compared the fingerprint before the grant was signed.
    package let isConfirmed: Bool
    /// The grant under which this one was written; nil for the founder.
    package internal(set) var parent: Digest?
    /// The logs and sizes up to which an ended right is accepted; nil while it has not ended.
    package internal(set) var cuts: [Digest: UInt64]?

    /// Name of the node's log.
    package var log: Digest { keys.log.hash }

    /// Whether an end of this right is in effect.
    package var hasEnded: Bool { cuts != nil }

    /// Whether an entry at this place lies beyond the end of this right.
    package func isCut(log: Digest, sequence: UInt64) -> Bool {
        guard let cuts else { return false }
        return sequence >= cuts[log] ?? 0
    }

    /// Up to which size of its own log the right counts.
    var limit: UInt64 { cuts.map { $0[log] ?? 0 } ?? .max }
}

/// The end of one or more rights, with the last entries that are still accepted under them.
package struct GrantEnd: Hashable, Sendable {
    /// Hash of the entry that ends them.
    package let entry: Digest
    /// Where that entry stands.
    package let place: Place
    /// Key hash of its author.
    package let author: Digest
    /// Entry hashes of the grants.
    package let grants: [Digest]
    /// For each log concerned, how many of its entries stand.
    package let cuts: [Digest: UInt64]

    /// Ends of one grant combine by minimum; a log that an end does not name is cut at zero.
    static func combined(_ held: [Digest: UInt64]?, with other: [Digest: UInt64]) -> [Digest:
        UInt64]
    {
        guard let held else { return other }
        return held.filter { other[$0.key] != nil }.reduce(into: [:]) { least, cut in
            least[cut.key] = min(cut.value, other[cut.key] ?? 0)
        }
    }
}
