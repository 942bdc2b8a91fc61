/// Appends deterministic CBOR items to a buffer.
///
/// The caller announces counts and gives map keys in rising order; ``CBORReader`` refuses what a
/// caller got wrong, which every encoder's round-trip test shows.
package struct CBORWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    /// Starts empty, with room for `capacity` bytes.
    package init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes an unsigned integer.
    package mutating func unsigned(_ value: UInt64) { head(0, value) }

    /// Writes a byte string.
    package mutating func bytes(_ value: [UInt8]) {
        head(2, UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Writes a byte string of 32 bytes.
    package mutating func bytes(_ value: Bytes32) {
        head(2, UInt64(Bytes32.count))
        value.append(to: &bytes)
    }

    /// Writes a text string.
    package mutating func text(_ value: String) {
        let utf8 = Array(value.utf8)
        head(3, UInt64(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// Opens an array of `count` items, which the caller writes next.
    package mutating func array(_ count: Int) { head(4, UInt64(count)) }

    /// Opens a map of `count` pairs, which the caller writes next, keys rising.
    package mutating func map(_ count: Int) { head(5, UInt64(count)) }

    /// Writes false or true.
    package mutating func bool(_ value: Bool) { bytes.append(value ? 0xf5 : 0xf4) }

    /// Writes null.
    package mutating func null() { bytes.append(0xf6) }

    /// Writes any value.
    package mutating func value(_ value: CBORValue) {
        switch value {
        case .unsigned(let number): head(0, number)
        case .negative(let number): head(1, number)
        case .bytes(let content): bytes(content)
        case .text(let content): text(content)
        case .array(let items):
            array(items.count)
            for item in items { self.value(item) }
        case .map(let pairs):
            map(pairs.count)
            for pair in pairs {
                unsigned(pair.key)
                self.value(pair.value)
            }
        case .bool(let truth): bool(truth)
        case .null: null()
        }
    }

    /// Writes an item that is already encoded.
    package mutating func raw(_ encoded: [UInt8]) { bytes.append(contentsOf: encoded) }

    private mutating func head(_ major: UInt8, _ value: UInt64) {
        let type = major << 5
        switch value {
        case 0...23: bytes.append(type | UInt8(value))
        case 24...0xff:
            bytes.append(type | 24)
            bytes.append(UInt8(value))
        case 0x100...0xffff: sized(type | 25, value, 2)
        case 0x1_0000...0xffff_ffff: sized(type | 26, value, 4)
        default: sized(type | 27, value, 8)
        }
    }

    private mutating func sized(_ first: UInt8, _ value: UInt64, _ count: Int) {
        bytes.append(first)
        for index in (0..<count).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }
}
