package import Crypto
package import Encoding

/// The permanent part of an entry: what stage, custody, rights and deadlines are computed from.
///
/// Holds codes, ids and instants only; text and anything about a person stand in parts, which
/// can be erased. Keys 0 to 9 keep number, type and meaning in every version.
///
/// - Source: `Protocol/entry.md` section 2; vectors in `Protocol/vectors/entry`.
package struct Header: Hashable, Sendable {
    /// Version 1, or a later one of which only the keys 0 to 9 are understood.
    package var version: UInt64 = Self.currentVersion
    /// SHA-256 of the founding header, in which alone this field is zero.
    package var ledger: Digest
    /// SHA-256 of the log key.
    package var log: Digest
    /// Index in the log, from zero.
    package var sequence: UInt64
    /// The author's wall clock, milliseconds since 1970, never adjusted by what was received.
    package var time: UInt64
    /// One to four subjects.
    package var subjects: [SubjectID]
    /// Name of the operation, such as `case.report`.
    package var operation: String
    /// Entry hashes of the subjects' heads in other logs that the author knew, rising.
    package var after: [Digest] = []
    /// Commitment of each part.
    package var parts: [Digest] = []
    /// The operation's own values, keys rising.
    package var fields: [CBORPair] = []
    /// Key 10: the place of a subject that is opened here, or that a grant covers.
    package var scope: Scope?
    /// Key 11: the receiving place of an offer.
    package var to: Scope?
    /// Key 12: role-bound staff number of the person for whom a service key acted.
    package var actor: String?

    /// The version that is written.
    package static let currentVersion: UInt64 = 1
    /// Most bytes of an encoded header.
    package static let bytesMax = 16 * 1024
    /// Most subjects of one entry.
    package static let subjectsMax = 4
    /// Most heads named in `after`; who knows more writes a merge entry first.
    package static let afterMax = 256
    /// Most parts of one entry.
    package static let partsMax = 16
    /// Most bytes of an operation's name.
    package static let operationMax = 64
    /// Most bytes of a staff number.
    package static let actorMax = 64
    /// Most fields of one entry.
    package static let fieldsMax = 64

    /// A header of the current version.
    package init(
        ledger: Digest,
        log: Digest,
        sequence: UInt64,
        time: UInt64,
        subjects: [SubjectID],
        operation: String
    ) {
        self.ledger = ledger
        self.log = log
        self.sequence = sequence
        self.time = time
        self.subjects = subjects
        self.operation = operation
    }

    /// Whether this node's version judges the entry; otherwise it is stored and passed on only.
    package var isUnderstood: Bool { version == Self.currentVersion }

    /// The value of the operation's own field `key`.
    package subscript(field key: UInt64) -> CBORValue? {
        fields.first { $0.key == key }?.value
    }
}

/// Why a header has no effect, equal at all nodes.
package enum HeaderError: Error, Hashable, Sendable {
    /// Not deterministic CBOR.
    case encoding(CBORError)
    /// Longer than ``Header/bytesMax``.
    case tooLong(Int)
    /// A key is missing, unknown to this version, or its value is not of its form.
    case key(UInt64)
    /// It stands in another ledger, log or place than it names.
    case misplaced(key: UInt64)
}

extension HeaderError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .encoding(let error): "header: \(error)"
        case .tooLong(let count): "header has \(count) bytes, want at most \(Header.bytesMax)"
        case .key(let key): "header key \(key) is missing, unknown or not of its form"
        case .misplaced(let key): "header key \(key) names another place than the entry stands at"
        }
    }
}
