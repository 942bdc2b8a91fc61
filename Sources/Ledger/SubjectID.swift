package import Crypto
internal import Encoding

/// What entries are about: a case, a council, the roster, a place or a policy.
///
/// The id is taken from the place of the entry that opens the subject, so nobody can claim an id
/// before, beside or instead of its opener. Sixteen bytes in the form of a UUID version 8.
///
/// - Source: `Protocol/entry.md` section 4; RFC 9562 section 5.8 for the version and variant bits.
package struct SubjectID: Hashable, Sendable {
    /// Number of bytes.
    package static let count = 16

    // Two big-endian words: no heap allocation, and comparing words compares bytes.
    private let high: UInt64
    private let low: UInt64

    /// Takes exactly sixteen bytes; nil for any other count.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.init(checked: bytes)
    }

    /// The subject that entry `sequence` of `log` opens, if it opens one.
    package init(openedIn log: Digest, at sequence: UInt64) {
        let label = Array("linli/subject/v1\0".utf8)
        var bytes = Array(sha256(label + log.bytes + bigEndianBytes(sequence)).bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        self.init(checked: bytes)
    }

    private init(checked bytes: [UInt8]) {
        high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The sixteen bytes.
    package var bytes: [UInt8] { bigEndianBytes(high) + bigEndianBytes(low) }
}

extension SubjectID: Comparable, CustomStringConvertible {
    package static func < (left: SubjectID, right: SubjectID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    /// Lowercase hexadecimal, 32 digits.
    package var description: String { hex(bytes) }
}
