internal import COpenSSL
package import Encoding

/// An Ed25519 public key that is in canonical form and not of small order.
///
/// Two nodes that disagree about one signature would fold different views, so keys for which
/// implementations are known to disagree do not enter at all.
///
/// - Source: RFC 8032 section 5.1; the list of points in "Taming the many EdDSAs" (2020), table 1.
package struct PublicKey: Hashable, Sendable {
    /// The encoded point.
    package let bytes: Bytes32

    /// SHA-256 of the key, which names it everywhere.
    package let hash: Digest

    /// - Throws: ``CryptoError`` for a small-order point or a y not below the field's prime.
    package init(_ bytes: Bytes32) throws(CryptoError) {
        guard Self.isCanonical(bytes.bytes) else {
            throw CryptoError("Ed25519 public key is not in canonical form")
        }
        guard !Self.isSmallOrder(bytes.bytes) else {
            throw CryptoError("Ed25519 public key is of small order")
        }
        self.bytes = bytes
        hash = sha256(bytes.bytes)
    }

    /// SubjectPublicKeyInfo in PEM, which `openssl pkey -pubin` reads.
    ///
    /// - Source: RFC 8410 section 4; the twelve bytes before the key are the same for all.
    package var pem: String {
        let prefix: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0]
        return "-----BEGIN PUBLIC KEY-----\n\(base64(prefix + bytes.bytes))\n"
            + "-----END PUBLIC KEY-----\n"
    }

    /// One line as `ssh-keygen` and Sigsum's tools read it.
    ///
    /// - Source: RFC 4253 section 6.6, RFC 8709 section 4.
    package var openSSH: String {
        let name = "ssh-ed25519"
        let blob: [UInt8] =
            [0, 0, 0, UInt8(name.utf8.count)] + Array(name.utf8) + [0, 0, 0, UInt8(Bytes32.count)]
            + bytes.bytes
        return "\(name) \(base64(blob))\n"
    }

    /// Whether `signature` is this key's over `message`.
    ///
    /// False for any signature not of 64 bytes. OpenSSL checks that S is below the
    /// group's order and compares the encoded R.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == SigningKey.signatureCount,
            let key = try? KeyHandle(publicKey: bytes.bytes, type: .ed25519)
        else { return false }
        return key.verifies(signature, of: message)
    }

    // y < 2^255 - 19, the sign bit aside: little-endian, so the top byte stands last.
    private static func isCanonical(_ bytes: [UInt8]) -> Bool {
        guard bytes[31] & 0x7f == 0x7f, bytes[1..<31].allSatisfy({ $0 == 0xff }) else {
            return true
        }
        return bytes[0] < 0xed
    }

    // The eight torsion points have five values of y; the sign bit does not matter.
    private static func isSmallOrder(_ bytes: [UInt8]) -> Bool {
        let y = hex(bytes[0..<31] + [bytes[31] & 0x7f])
        return smallOrder.contains(y)
    }

    private static let smallOrder = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ]
}
