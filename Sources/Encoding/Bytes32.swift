/// Thirty-two bytes held inline: a hash, a public key or a salt.
///
/// Ordered as the bytes are, first byte first, which is also the order of the hexadecimal text.
package struct Bytes32: Hashable, Sendable {
    /// Number of bytes.
    package static let count = 32

    /// All bytes zero.
    package static let zero = Bytes32(word0: 0, word1: 0, word2: 0, word3: 0)

    // Four big-endian words: no heap allocation, and comparing words compares bytes.
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    private static let room = [UInt8](repeating: 0, count: count)

    private init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// Takes exactly 32 bytes; nil for any other count.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.init(bytes, at: 0)
    }

    /// Takes 32 bytes of `bytes` from `offset`.
    ///
    /// - Precondition: `offset + 32 <= bytes.count`.
    package init(_ bytes: [UInt8], at offset: Int) {
        precondition(offset >= 0 && offset + Self.count <= bytes.count, "32 bytes wanted")
        func word(_ start: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
            return value
        }
        word0 = word(offset)
        word1 = word(offset + 8)
        word2 = word(offset + 16)
        word3 = word(offset + 24)
    }

    /// The 32 bytes, first byte first.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.count)
        append(to: &bytes)
        return bytes
    }

    /// Appends the 32 bytes to `bytes` without an allocation of its own.
    package func append(to bytes: inout [UInt8]) {
        // Room first, then stores: three times faster than 32 appends. The room is an array
        // because that is copied at once even in debug builds, where tests hash most.
        var index = bytes.count
        bytes.append(contentsOf: Self.room)
        for word in [word0, word1, word2, word3] {
            for offset in 0..<8 {
                let shift = UInt64(56 - 8 * offset)
                bytes[index + offset] = UInt8(truncatingIfNeeded: word >> shift)
            }
            index += 8
        }
    }
}

extension Bytes32: Comparable {
    package static func < (left: Bytes32, right: Bytes32) -> Bool {
        if left.word0 != right.word0 { return left.word0 < right.word0 }
        if left.word1 != right.word1 { return left.word1 < right.word1 }
        if left.word2 != right.word2 { return left.word2 < right.word2 }
        return left.word3 < right.word3
    }
}

extension Bytes32: CustomStringConvertible {
    /// Lowercase hexadecimal, 64 digits.
    package var description: String { hex(bytes) }

    /// The first eight digits, enough to tell ids apart in a line of text.
    package var short: String { String(description.prefix(8)) }

    /// Reads 64 hexadecimal digits, of either case; nil for anything else.
    package init?(hex text: String) {
        guard let bytes = unhex(text), let value = Bytes32(bytes) else { return nil }
        self = value
    }
}
