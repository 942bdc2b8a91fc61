package import Encoding

/// An Ed25519 private key with its public half.
///
/// - Source: RFC 8032; PKCS#8 as RFC 8410 writes it.
package struct SigningKey: Sendable {
    /// Bytes of a signature.
    package static let signatureCount = 64

    /// The public half.
    package let publicKey: PublicKey

    private let handle: KeyHandle

    /// Makes the key that belongs to 32 secret random bytes; the caller brings the entropy.
    package init(seed: Bytes32) throws(CryptoError) {
        try self.init(handle: KeyHandle(privateKey: seed.bytes, type: .ed25519))
    }

    /// Reads the PKCS#8 PEM text that ``pem()`` writes.
    package init(pem: String) throws(CryptoError) {
        try self.init(handle: KeyHandle(pem: pem, type: .ed25519))
    }

    /// Reads a PKCS#8 PEM text that is encrypted under a passphrase.
    ///
    /// - Throws: ``CryptoError``, for a wrong passphrase as for a damaged text.
    package init(pem: String, passphrase: [UInt8]) throws(CryptoError) {
        try self.init(handle: KeyHandle(pem: pem, type: .ed25519, passphrase: passphrase))
    }

    /// Whether a PEM text says that it is encrypted.
    package static func isEncrypted(pem: String) -> Bool {
        pem.split(whereSeparator: \.isNewline).contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    }

    private init(handle: KeyHandle) throws(CryptoError) {
        self.handle = handle
        publicKey = try PublicKey(Bytes32(handle.publicBytes, at: 0))
    }

    /// PKCS#8 in PEM, unencrypted; secret.
    package func pem() throws(CryptoError) -> String { try handle.pem() }

    /// PKCS#8 in PEM, encrypted under a passphrase that is not empty.
    ///
    /// - Parameters:
    ///   - passphrase: UTF-8, without a zero byte.
    ///   - random: 32 fresh random bytes: sixteen of salt, sixteen of initialization vector.
    /// - Returns: the text, which `openssl pkey` reads.
    /// - Throws: ``CryptoError``, for a passphrase that is none too.
    package func pem(passphrase: [UInt8], random: Bytes32) throws(CryptoError) -> String {
        try handle.pem(passphrase: passphrase, random: random)
    }

    /// The deterministic Ed25519 signature over `message`.
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try handle.sign(message)
    }
}

/// An X25519 private key with its public half, to which parts are sealed.
///
/// - Source: RFC 7748; PKCS#8 as RFC 8410 writes it.
package struct SealKey: Sendable {
    /// The public half.
    package let publicKey: Bytes32

    private let handle: KeyHandle

    /// Makes the key that belongs to 32 secret random bytes; the caller brings the entropy.
    package init(seed: Bytes32) throws(CryptoError) {
        handle = try KeyHandle(privateKey: seed.bytes, type: .x25519)
        publicKey = Bytes32(handle.publicBytes, at: 0)
    }

    /// Reads the PKCS#8 PEM text that ``pem()`` writes.
    package init(pem: String) throws(CryptoError) {
        handle = try KeyHandle(pem: pem, type: .x25519)
        publicKey = Bytes32(handle.publicBytes, at: 0)
    }

    /// Reads a PKCS#8 PEM text that is encrypted under a passphrase.
    ///
    /// - Throws: ``CryptoError``, for a wrong passphrase as for a damaged text.
    package init(pem: String, passphrase: [UInt8]) throws(CryptoError) {
        handle = try KeyHandle(pem: pem, type: .x25519, passphrase: passphrase)
        publicKey = Bytes32(handle.publicBytes, at: 0)
    }

    /// PKCS#8 in PEM, unencrypted; secret.
    package func pem() throws(CryptoError) -> String { try handle.pem() }

    /// What this key and a public one share.
    func agreement(with other: Bytes32) throws(CryptoError) -> Bytes32 {
        try handle.agreement(with: KeyHandle(publicKey: other.bytes, type: .x25519))
    }

    /// PKCS#8 in PEM, encrypted under a passphrase, as ``SigningKey/pem(passphrase:random:)``.
    package func pem(passphrase: [UInt8], random: Bytes32) throws(CryptoError) -> String {
        try handle.pem(passphrase: passphrase, random: random)
    }
}

extension KeyHandle {
    fileprivate func pem(
        passphrase: [UInt8],
        random: Bytes32
    ) throws(CryptoError) -> String {
        guard !passphrase.isEmpty, !passphrase.contains(0) else {
            throw CryptoError("the passphrase is empty or has a zero byte")
        }
        let bytes = random.bytes
        return try pem(
            passphrase: passphrase,
            salt: Array(bytes[0..<16]),
            iv: Array(bytes[16..<32])
        )
    }
}
