package import Crypto
package import Encoding

/// The right of a person at a node: a key, a role-bound number, roles, and a place.
///
/// Counts for entries in the log in which the grant stands.
package struct StaffGrant: Hashable, Sendable {
    /// Hash of the entry.
    package let hash: Digest
    /// Where the entry stands.
    package let place: Place
    /// Key hash of the entry's author.
    package let author: Digest
    /// Role-bound number; of several grants of one number in one log, each is the same person's.
    package let number: String
    /// What the person may do, rising.
    package let roles: [Role]
    /// What the right covers.
    package let scope: Scope
    /// The person's public key.
    package let key: PublicKey
    /// Whether somebody compared the fingerprint before the grant was signed.
    package let isConfirmed: Bool
    /// The grant under which this one was written: the node's or another member's of its staff.
    package internal(set) var parent = Digest.zero
    /// Level of the node.
    package internal(set) var level: Level = .auditor
    /// One for who was enrolled by the service key, two for who was enrolled by those.
    package internal(set) var rank = 0
    /// The logs and sizes up to which an ended right is accepted; nil while it has not ended.
    package internal(set) var cuts: [Digest: UInt64]?

    /// The log in which the right counts.
    package var log: Digest { place.log }

    /// Whether an end of this right is in effect.
    package var hasEnded: Bool { cuts != nil }

    /// Most bytes of a number.
    package static let numberMax = Header.actorMax
    /// Most roles of one grant.
    package static let rolesMax = 16

    /// Whether a text can be a staff number: letters, digits and hyphens, and so never a name.
    package static func isNumber(_ text: String) -> Bool {
        1...numberMax ~= text.utf8.count
            && text.utf8.allSatisfy { sign in
                switch sign {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// From which sizes of the logs of an area on the personal operations need a person's key.
package struct SigningPolicy: Hashable, Sendable {
    /// Hash of the entry.
    package let entry: Digest
    /// Where it stands.
    package let place: Place
    /// Key hash of its author.
    package let author: Digest
    /// The logs of which nodes it is about.
    package let area: Scope
    /// For each log, from which size on; a log of the area that is not named, from zero.
    package let cuts: [Digest: UInt64]
    /// Level of the office that wrote it; it binds that level and those below.
    package internal(set) var level: Level = .auditor

    /// From which size of a log on it binds; of its own log it binds nothing before itself, or it
    /// could take back the grants under which it was written.
    func start(in log: Digest) -> UInt64 {
        let named = cuts[log] ?? 0
        return log == place.log ? max(named, place.sequence) : named
    }
}

/// What an office above says about entries beyond the end of a right.
package struct RangeMark: Hashable, Sendable {
    /// Hash of the entry that says so.
    package let entry: Digest
    /// Where that entry stands.
    package let place: Place
    /// Key hash of its author.
    package let author: Digest
    /// Whether the entries are to have effect; if not, they never are to.
    package let isRatification: Bool
    /// The log that they stand in.
    package let log: Digest
    /// Sequence of the first.
    package let first: UInt64
    /// Size of the log with the last of them.
    package let end: UInt64
    /// Root of the log at that size.
    package let root: Digest
    /// Hashes of the entries in order, of which a mark beyond a fork alone speaks; nil for none.
    package let hashes: [Digest]?
}

/// Whose key signed an entry.
package struct Actor: Hashable, Sendable {
    /// Role-bound staff number; nil for the node's service key.
    package let number: String?
    /// What the key may do under all its grants, ended ones among them, rising.
    package let roles: [Role]
    /// The log of the node; with the number it names the person.
    package let log: Digest
    /// What people call the node.
    package let node: String
}
