internal import COpenSSL
package import Encoding

/// AES-256-GCM with a tag of 16 bytes after the ciphertext.
///
/// It does not commit to its key: two keys can open one ciphertext to two texts. Who relies on the
/// text checks a commitment to it besides.
///
/// - Source: NIST SP 800-38D; RFC 5116 section 5.2.
package enum AES256GCM {
    /// Bytes of a nonce.
    package static let nonceCount = 12
    /// Bytes by which a ciphertext is longer than its text.
    package static let tagCount = 16

    /// Encrypts.
    ///
    /// - Parameters:
    ///   - text: what is hidden.
    ///   - key: never used twice with one nonce.
    ///   - nonce: twelve bytes.
    ///   - data: what is bound and not hidden.
    /// - Returns: ciphertext and tag.
    /// - Throws: ``CryptoError``.
    package static func seal(
        _ text: [UInt8],
        key: Bytes32,
        nonce: [UInt8],
        data: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        try GCMRun(isSealing: true, key: key, nonce: nonce).run(text, data: data, tag: nil)
    }

    /// Decrypts what ``seal(_:key:nonce:data:)`` gave with the same key, nonce and data.
    ///
    /// - Throws: ``CryptoError`` for anything else; nothing of the text is given then.
    package static func open(
        _ sealed: [UInt8],
        key: Bytes32,
        nonce: [UInt8],
        data: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        guard sealed.count >= tagCount else { throw CryptoError("the ciphertext has no tag") }
        let tag = Array(sealed.suffix(tagCount))
        let ciphertext = Array(sealed.dropLast(tagCount))
        return try GCMRun(isSealing: false, key: key, nonce: nonce)
            .run(ciphertext, data: data, tag: tag)
    }
}

/// One encryption or decryption; the context is freed, and with it the key wiped, at its end.
@safe private final class GCMRun {
    private let context: OpaquePointer
    private let isSealing: Bool

    init(isSealing: Bool, key: Bytes32, nonce: [UInt8]) throws(CryptoError) {
        precondition(nonce.count == AES256GCM.nonceCount, "a nonce has twelve bytes")
        guard let context = unsafe EVP_CIPHER_CTX_new() else {
            throw .last(in: "EVP_CIPHER_CTX_new")
        }
        unsafe self.context = context
        self.isSealing = isSealing
        let secret = key.bytes
        let isReady = unsafe EVP_CipherInit_ex2(
            context,
            EVP_aes_256_gcm(),
            secret,
            nonce,
            isSealing ? 1 : 0,
            nil
        )
        guard isReady == 1 else { throw .last(in: "EVP_CipherInit_ex2") }
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    func run(_ input: [UInt8], data: [UInt8], tag: [UInt8]?) throws(CryptoError) -> [UInt8] {
        var count: Int32 = 0
        if !data.isEmpty {
            let isBound = unsafe EVP_CipherUpdate(context, nil, &count, data, Int32(data.count))
            guard isBound == 1 else { throw .last(in: "EVP_CipherUpdate") }
        }
        // One byte more, so that there is an address to write an empty text to.
        var output = [UInt8](repeating: 0, count: input.count + 1)
        if !input.isEmpty {
            let isDone = unsafe EVP_CipherUpdate(
                context,
                &output,
                &count,
                input,
                Int32(input.count)
            )
            guard isDone == 1, Int(count) == input.count else {
                throw .last(in: "EVP_CipherUpdate")
            }
        }
        output.removeLast()
        if var tag {
            let isSet = unsafe EVP_CIPHER_CTX_ctrl(
                context,
                EVP_CTRL_AEAD_SET_TAG,
                Int32(tag.count),
                &tag
            )
            guard isSet == 1 else { throw .last(in: "EVP_CTRL_AEAD_SET_TAG") }
        }
        var rest = [UInt8](repeating: 0, count: AES256GCM.tagCount)
        guard unsafe EVP_CipherFinal_ex(context, &rest, &count) == 1 else {
            ERR_clear_error()
            throw CryptoError("the ciphertext does not open with this key and place")
        }
        return isSealing ? output + (try takeTag()) : output
    }

    private func takeTag() throws(CryptoError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: AES256GCM.tagCount)
        let isTaken = unsafe EVP_CIPHER_CTX_ctrl(
            context,
            EVP_CTRL_AEAD_GET_TAG,
            Int32(tag.count),
            &tag
        )
        guard isTaken == 1 else { throw .last(in: "EVP_CTRL_AEAD_GET_TAG") }
        return tag
    }
}
