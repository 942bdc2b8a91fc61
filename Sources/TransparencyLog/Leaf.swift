package import Crypto
internal import Encoding

/// What stands of an entry in the tree: the author's signature over a message, in 128 bytes.
///
/// The signature names neither log nor place; the message must.
///
/// - Source: Sigsum v1 `tree_leaf`, sigsum `doc/log.md`.
package struct Leaf: Hashable, Sendable {
    /// Number of bytes.
    package static let count = 128

    /// SHA-256 of the message.
    package let checksum: Digest

    /// The author's Ed25519 signature, 64 bytes.
    package let signature: [UInt8]

    /// SHA-256 of the author's public key.
    package let keyHash: Digest

    /// Reads `checksum ‖ signature ‖ key hash`; nil for any count but 128.
    ///
    /// Checks no signature: ``verifies(message:key:)`` does.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        checksum = Digest(bytes, at: 0)
        signature = Array(bytes[32..<96])
        keyHash = Digest(bytes, at: 96)
    }

    private init(checksum: Digest, signature: [UInt8], keyHash: Digest) {
        self.checksum = checksum
        self.signature = signature
        self.keyHash = keyHash
    }

    /// Makes the leaf by which the holder of `key` signs `message`.
    package static func sign(message: Digest, key: SigningKey) throws(CryptoError) -> Leaf {
        let checksum = sha256(message.bytes)
        return Leaf(
            checksum: checksum,
            signature: try key.sign(signedBytes(checksum)),
            keyHash: key.publicKey.hash
        )
    }

    /// The 128 bytes that the tree hashes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.count)
        checksum.append(to: &bytes)
        bytes.append(contentsOf: signature)
        keyHash.append(to: &bytes)
        return bytes
    }

    /// Whether the holder of `key` signed `message` by this leaf.
    package func verifies(message: Digest, key: PublicKey) -> Bool {
        keyHash == key.hash
            && checksum == sha256(message.bytes)
            && key.verifies(signature, of: Self.signedBytes(checksum))
    }

    private static func signedBytes(_ checksum: Digest) -> [UInt8] {
        var bytes = Array("sigsum.org/v1/tree-leaf\0".utf8)
        checksum.append(to: &bytes)
        return bytes
    }
}
