/// One item of the deterministic CBOR that everything signed or sent is written in.
///
/// A subset of RFC 8949: no floating point, no tags, no simple values but false, true and null,
/// no indefinite lengths; map keys are unsigned integers in rising order; every length and integer
/// is in its shortest form. One value so has exactly one encoding.
///
/// - Source: RFC 8949 section 4.2.1; `Protocol/encoding.md`.
package indirect enum CBORValue: Hashable, Sendable {
    /// Major type 0.
    case unsigned(UInt64)
    /// Major type 1: the integer -1 - n.
    case negative(UInt64)
    /// Major type 2.
    case bytes([UInt8])
    /// Major type 3, valid UTF-8.
    case text(String)
    /// Major type 4.
    case array([CBORValue])
    /// Major type 5, keys rising.
    case map([CBORPair])
    /// False or true.
    case bool(Bool)
    /// Null.
    case null
}

extension CBORValue {
    /// Whether both have the same encoding.
    ///
    /// For `String`, texts of one meaning are equal though their scalars differ; here they are two
    /// values, or nodes could not agree which one they hold.
    package static func == (left: CBORValue, right: CBORValue) -> Bool {
        switch (left, right) {
        case (.unsigned(let left), .unsigned(let right)): left == right
        case (.negative(let left), .negative(let right)): left == right
        case (.bytes(let left), .bytes(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }
}

/// One key of a map with its value.
package struct CBORPair: Hashable, Sendable {
    /// The key, larger than that of the pair before it.
    package let key: UInt64
    /// What stands under the key.
    package let value: CBORValue

    /// Pairs a key with a value.
    package init(_ key: UInt64, _ value: CBORValue) {
        self.key = key
        self.value = value
    }
}

/// Why bytes are not the deterministic CBOR that was wanted.
package enum CBORError: Error, Hashable, Sendable {
    /// The item needs more bytes than there are.
    case truncated
    /// Bytes follow the last item wanted.
    case trailing(Int)
    /// The item at this offset is of another type than wanted.
    case unexpectedType(offset: Int)
    /// An integer, a length, a key order or a text at this offset is not in its only form.
    case notDeterministic(offset: Int)
    /// A length or nesting goes beyond the limit that stands here.
    case tooLarge(limit: Int)
}

extension CBORError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated: "CBOR ends inside an item"
        case .trailing(let count): "\(count) bytes follow the CBOR item, want none"
        case .unexpectedType(let offset):
            "CBOR item at byte \(offset) is of another type than wanted"
        case .notDeterministic(let offset):
            "CBOR at byte \(offset) is not in its deterministic form"
        case .tooLarge(let limit): "CBOR goes beyond the limit of \(limit)"
        }
    }
}

extension CBORValue {
    /// Deepest nesting that is read or written.
    package static let depthMax = 8

    /// The only encoding of this value.
    package var encoded: [UInt8] {
        var writer = CBORWriter()
        writer.value(self)
        return writer.bytes
    }

    /// Reads exactly one item and nothing after it.
    package init(decoding bytes: [UInt8]) throws(CBORError) {
        var reader = CBORReader(bytes)
        self = try reader.value()
        try reader.finish()
    }

    /// The value under `key`, if this is a map that has it.
    package subscript(key: UInt64) -> CBORValue? {
        guard case .map(let pairs) = self else { return nil }
        return pairs.first { $0.key == key }?.value
    }

    /// The 32 bytes of a byte string of that length.
    package var bytes32: Bytes32? {
        guard case .bytes(let bytes) = self else { return nil }
        return Bytes32(bytes)
    }
}
