internal import COpenSSL
internal import Encoding

/// Which kind of key an OpenSSL handle holds.
enum KeyType {
    case ed25519
    case x25519

    var identifier: Int32 {
        switch self {
        case .ed25519: EVP_PKEY_ED25519
        case .x25519: EVP_PKEY_X25519
        }
    }
}

/// What guessing a passphrase costs: 16 MiB and some tens of milliseconds a guess, as much as
/// OpenSSL reads without being told of more.
private enum ScryptCost {
    static let iterations: UInt64 = 1 << 14
    static let blockSize: UInt64 = 8
    static let parallel: UInt64 = 1
}

/// Overwrites a secret, which the optimizer must not leave out.
private func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
}

/// Owns one `EVP_PKEY`, freed when the last reference goes; the pointer never leaves this file.
///
/// OpenSSL only reads the key after it was made, so sharing it between threads is safe.
@safe final class KeyHandle: @unchecked Sendable {
    private let raw: OpaquePointer

    /// *Takes* `raw`.
    private init(owning raw: OpaquePointer) { unsafe self.raw = raw }

    deinit { unsafe EVP_PKEY_free(raw) }

    convenience init(privateKey seed: [UInt8], type: KeyType) throws(CryptoError) {
        let raw = unsafe seed.withUnsafeBufferPointer { buffer in
            unsafe EVP_PKEY_new_raw_private_key(
                type.identifier,
                nil,
                buffer.baseAddress,
                buffer.count
            )
        }
        guard let raw = unsafe raw else { throw .last(in: "EVP_PKEY_new_raw_private_key") }
        unsafe self.init(owning: raw)
    }

    convenience init(publicKey: [UInt8], type: KeyType) throws(CryptoError) {
        let raw = unsafe publicKey.withUnsafeBufferPointer { buffer in
            unsafe EVP_PKEY_new_raw_public_key(
                type.identifier,
                nil,
                buffer.baseAddress,
                buffer.count
            )
        }
        guard let raw = unsafe raw else { throw .last(in: "EVP_PKEY_new_raw_public_key") }
        unsafe self.init(owning: raw)
    }

    /// Reads one PKCS#8 block that must be of `type`: "PRIVATE KEY", or with a passphrase
    /// "ENCRYPTED PRIVATE KEY" too.
    convenience init(
        pem: String,
        type: KeyType,
        passphrase: [UInt8]? = nil
    ) throws(CryptoError) {
        let text = Array(pem.utf8)
        let raw: OpaquePointer? = unsafe text.withUnsafeBytes { buffer in
            guard let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else {
                return nil
            }
            defer { unsafe BIO_free(bio) }
            guard let passphrase else {
                // A callback that gives no passphrase: OpenSSL would otherwise ask the terminal.
                return unsafe PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in 0 }, nil)
            }
            // Without a callback, OpenSSL takes what is handed on as a text that ends with a zero.
            var secret = passphrase + [0]
            return unsafe secret.withUnsafeMutableBytes { bytes in
                defer { unsafe wipe(bytes) }
                return unsafe PEM_read_bio_PrivateKey(bio, nil, nil, bytes.baseAddress)
            }
        }
        guard let raw = unsafe raw else { throw .last(in: "PEM_read_bio_PrivateKey") }
        guard unsafe EVP_PKEY_get_id(raw) == type.identifier else {
            unsafe EVP_PKEY_free(raw)
            throw CryptoError("the key file holds a key of another type than wanted")
        }
        unsafe self.init(owning: raw)
    }

    /// The 32 bytes others may know.
    var publicBytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        let done = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe EVP_PKEY_get_raw_public_key(raw, buffer.baseAddress, &count)
        }
        precondition(done == 1 && count == 32, "OpenSSL gave no raw public key")
        return bytes
    }

    /// PKCS#8 in PEM, unencrypted, as `openssl pkey` reads it.
    func pem() throws(CryptoError) -> String {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { throw .last(in: "BIO_new") }
        defer { unsafe BIO_free(bio) }
        guard unsafe PEM_write_bio_PKCS8PrivateKey(bio, raw, nil, nil, 0, nil, nil) == 1 else {
            throw .last(in: "PEM_write_bio_PKCS8PrivateKey")
        }
        return try unsafe text(in: bio)
    }

    private func text(in bio: OpaquePointer) throws(CryptoError) -> String {
        var data: UnsafeMutablePointer<CChar>?
        let count = unsafe copenssl_bio_get_mem_data(bio, &data)
        guard let data = unsafe data, count > 0 else { throw .last(in: "BIO_get_mem_data") }
        let bytes = unsafe UnsafeRawBufferPointer(start: data, count: count)
        return unsafe String(decoding: bytes, as: UTF8.self)
    }

    /// PKCS#8 in PEM, encrypted under a passphrase: PBES2 with scrypt and AES-256-CBC.
    ///
    /// - Source: RFC 8018, RFC 7914; `openssl pkey` reads it.
    func pem(passphrase: [UInt8], salt: [UInt8], iv: [UInt8]) throws(CryptoError) -> String {
        guard let info = unsafe EVP_PKEY2PKCS8(raw) else { throw .last(in: "EVP_PKEY2PKCS8") }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        var salt = salt
        var iv = iv
        let algorithm = unsafe salt.withUnsafeMutableBufferPointer { salt in
            unsafe iv.withUnsafeMutableBufferPointer { iv in
                unsafe PKCS5_pbe2_set_scrypt(
                    EVP_aes_256_cbc(),
                    salt.baseAddress,
                    Int32(salt.count),
                    iv.baseAddress,
                    ScryptCost.iterations,
                    ScryptCost.blockSize,
                    ScryptCost.parallel
                )
            }
        }
        guard let algorithm = unsafe algorithm else { throw .last(in: "PKCS5_pbe2_set_scrypt") }
        let encrypted = unsafe passphrase.withUnsafeBytes { bytes in
            unsafe PKCS8_set0_pbe(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(bytes.count),
                info,
                algorithm
            )
        }
        guard let encrypted = unsafe encrypted else {
            unsafe X509_ALGOR_free(algorithm)
            throw .last(in: "PKCS8_set0_pbe")
        }
        defer { unsafe X509_SIG_free(encrypted) }
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { throw .last(in: "BIO_new") }
        defer { unsafe BIO_free(bio) }
        guard unsafe PEM_write_bio_PKCS8(bio, encrypted) == 1 else {
            throw .last(in: "PEM_write_bio_PKCS8")
        }
        return try unsafe text(in: bio)
    }

    /// What the two X25519 keys share.
    ///
    /// - Throws: ``CryptoError`` for a public key of small order too, with which all keys share
    ///   zero bytes (RFC 7748 section 6.1).
    func agreement(with other: KeyHandle) throws(CryptoError) -> Bytes32 {
        guard let context = unsafe EVP_PKEY_CTX_new(raw, nil) else {
            throw .last(in: "EVP_PKEY_CTX_new")
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var shared = [UInt8](repeating: 0, count: Bytes32.count)
        defer { unsafe shared.withUnsafeMutableBytes { unsafe wipe($0) } }
        var count = shared.count
        let isDone =
            unsafe EVP_PKEY_derive_init(context) == 1
            && EVP_PKEY_derive_set_peer(context, other.raw) == 1
            && EVP_PKEY_derive(context, &shared, &count) == 1
        guard isDone, count == Bytes32.count else { throw .last(in: "EVP_PKEY_derive") }
        // OpenSSL refuses it too, by its documentation; RFC 9180 wants it checked.
        guard shared.contains(where: { $0 != 0 }) else {
            throw CryptoError("the two keys share nothing")
        }
        return Bytes32(shared, at: 0)
    }

    func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .last(in: "EVP_MD_CTX_new") }
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: SigningKey.signatureCount)
        var count = signature.count
        let done =
            unsafe EVP_DigestSignInit(context, nil, nil, nil, raw) == 1
            && signature.withUnsafeMutableBufferPointer { output in
                unsafe message.withUnsafeBufferPointer { input in
                    unsafe EVP_DigestSign(
                        context,
                        output.baseAddress,
                        &count,
                        input.baseAddress,
                        input.count
                    )
                }
            } == 1
        guard done, count == signature.count else { throw .last(in: "EVP_DigestSign") }
        return signature
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        let good =
            unsafe EVP_DigestVerifyInit(context, nil, nil, nil, raw) == 1
            && signature.withUnsafeBufferPointer { expected in
                unsafe message.withUnsafeBufferPointer { input in
                    unsafe EVP_DigestVerify(
                        context,
                        expected.baseAddress,
                        expected.count,
                        input.baseAddress,
                        input.count
                    )
                }
            } == 1
        if !good { ERR_clear_error() }
        return good
    }
}
