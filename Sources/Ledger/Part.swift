package import Crypto
package import Encoding

/// Erasable content of an entry, bound to its header by a salted commitment.
///
/// The salt is random and goes with the bytes: once both are destroyed, the commitment that stays
/// in the header says nothing about them.
///
/// - Source: `Protocol/entry.md` section 3.
package struct Part: Hashable, Sendable {
    /// Fresh random bytes, never used for another part.
    package let salt: Bytes32
    /// The content; deterministic CBOR for the parts of operations.
    package let bytes: [UInt8]

    /// Most bytes of an entry with its header, leaf and parts.
    package static let entryBytesMax = 768 * 1024

    /// Pairs content with its salt.
    package init(salt: Bytes32, bytes: [UInt8]) {
        self.salt = salt
        self.bytes = bytes
    }

    /// What the header says about this part.
    package func commitment(_ hasher: SHA256Hasher) -> Digest {
        var message = Self.label
        message.reserveCapacity(Self.label.count + 40 + bytes.count)
        salt.append(to: &message)
        message.append(contentsOf: bigEndianBytes(UInt64(bytes.count)))
        message.append(contentsOf: bytes)
        return hasher.hash(message)
    }

    private static let label = Array("linli/part/v1\0".utf8)
}
