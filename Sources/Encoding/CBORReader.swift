/// Reads deterministic CBOR items one after another and refuses every other encoding of them.
///
/// Nothing is allocated before the bytes that fill it are known to be there, so that a length in
/// the input can not ask for more memory than the input itself takes.
package struct CBORReader: Sendable {
    private let bytes: [UInt8]

    /// Where the next item starts.
    package private(set) var offset = 0

    /// Starts at the first byte.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether every byte was read.
    package var isAtEnd: Bool { offset == bytes.count }

    /// - Throws: ``CBORError/trailing(_:)`` unless every byte was read.
    package func finish() throws(CBORError) {
        guard isAtEnd else { throw .trailing(bytes.count - offset) }
    }

    /// Reads an unsigned integer.
    package mutating func unsigned() throws(CBORError) -> UInt64 { try head(0) }

    /// Reads a byte string of at most `max` bytes.
    package mutating func bytes(max: Int) throws(CBORError) -> [UInt8] {
        Array(bytes[try string(2, max: max)])
    }

    /// Reads a byte string of exactly 32 bytes.
    package mutating func bytes32() throws(CBORError) -> Bytes32 {
        let start = offset
        let range = try string(2, max: Bytes32.count)
        guard range.count == Bytes32.count else { throw .unexpectedType(offset: start) }
        return Bytes32(bytes, at: range.lowerBound)
    }

    /// Reads a text string of at most `max` bytes of UTF-8.
    package mutating func text(max: Int) throws(CBORError) -> String {
        let start = offset
        let range = try string(3, max: max)
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw .notDeterministic(offset: start)
        }
        return text
    }

    /// Reads the head of an array of at most `max` items; the caller reads the items.
    package mutating func array(max: Int) throws(CBORError) -> Int { try count(4, max: max) }

    /// Reads the head of a map of at most `max` pairs; the caller reads keys and values.
    package mutating func map(max: Int) throws(CBORError) -> Int { try count(5, max: max) }

    /// Reads the next key of a map and checks that it is larger than the one before.
    package mutating func key(after last: UInt64?) throws(CBORError) -> UInt64 {
        let start = offset
        let key = try unsigned()
        if let last, key <= last { throw .notDeterministic(offset: start) }
        return key
    }

    /// Whether the next item is null, which is then read.
    package mutating func null() -> Bool {
        guard offset < bytes.count, bytes[offset] == 0xf6 else { return false }
        offset += 1
        return true
    }

    /// Reads false or true.
    package mutating func bool() throws(CBORError) -> Bool {
        guard offset < bytes.count else { throw .truncated }
        switch bytes[offset] {
        case 0xf4, 0xf5:
            offset += 1
            return bytes[offset - 1] == 0xf5
        default: throw .unexpectedType(offset: offset)
        }
    }

    /// Reads any value, nested at most ``CBORValue/depthMax`` deep.
    package mutating func value() throws(CBORError) -> CBORValue {
        try value(depth: CBORValue.depthMax)
    }

    /// Checks the next item as ``value()`` does and gives its bytes.
    package mutating func rawValue() throws(CBORError) -> [UInt8] {
        let start = offset
        _ = try value()
        return Array(bytes[start..<offset])
    }

    private mutating func value(depth: Int) throws(CBORError) -> CBORValue {
        guard depth > 0 else { throw .tooLarge(limit: CBORValue.depthMax) }
        guard offset < bytes.count else { throw .truncated }
        switch bytes[offset] >> 5 {
        case 0: return .unsigned(try unsigned())
        case 1: return .negative(try head(1))
        case 2: return .bytes(try bytes(max: bytes.count))
        case 3: return .text(try text(max: bytes.count))
        case 4:
            var items: [CBORValue] = []
            for _ in 0..<(try array(max: bytes.count)) {
                items.append(try value(depth: depth - 1))
            }
            return .array(items)
        case 5:
            var pairs: [CBORPair] = []
            for _ in 0..<(try map(max: bytes.count)) {
                let key = try key(after: pairs.last?.key)
                pairs.append(CBORPair(key, try value(depth: depth - 1)))
            }
            return .map(pairs)
        default: return null() ? .null : .bool(try bool())
        }
    }

    private mutating func count(_ major: UInt8, max: Int) throws(CBORError) -> Int {
        let count = try head(major)
        guard count <= UInt64(max) else { throw .tooLarge(limit: max) }
        return Int(count)
    }

    private mutating func string(_ major: UInt8, max: Int) throws(CBORError) -> Range<Int> {
        let count = try count(major, max: max)
        guard count <= bytes.count - offset else { throw .truncated }
        offset += count
        return offset - count..<offset
    }

    /// Reads type and argument; the argument must be in its shortest form.
    private mutating func head(_ major: UInt8) throws(CBORError) -> UInt64 {
        guard offset < bytes.count else { throw .truncated }
        let start = offset
        let first = bytes[start]
        guard first >> 5 == major else { throw .unexpectedType(offset: start) }
        let short = first & 0x1f
        if short < 24 {
            offset += 1
            return UInt64(short)
        }
        guard short <= 27 else { throw .notDeterministic(offset: start) }
        let width = 1 << Int(short - 24)
        guard bytes.count - start - 1 >= width else { throw .truncated }
        var value: UInt64 = 0
        for index in start + 1...start + width { value = value << 8 | UInt64(bytes[index]) }
        let least: UInt64 = width == 1 ? 24 : 1 << UInt64(4 * width)
        guard value >= least else { throw .notDeterministic(offset: start) }
        offset += 1 + width
        return value
    }
}
