internal import COpenSSL
internal import Encoding

/// SHA-256 of a message that comes piece by piece.
///
/// - Source: FIPS 180-4.
@safe package final class RunningSHA256 {
    private let context: OpaquePointer

    /// Starts with the empty message.
    package init() {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA2-256", nil),
            let context = unsafe EVP_MD_CTX_new()
        else { preconditionFailure("OpenSSL has no SHA-256") }
        // The context keeps the algorithm alive for as long as it needs it.
        let isReady = unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1
        unsafe EVP_MD_free(algorithm)
        precondition(isReady, "OpenSSL did not begin SHA-256")
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Goes on with the next bytes of the message.
    package func update(_ bytes: [UInt8]) {
        let isTaken = unsafe bytes.withUnsafeBytes { buffer in
            unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count) == 1
        }
        precondition(isTaken, "OpenSSL did not go on with SHA-256")
    }

    /// The hash of what came so far; nothing may come after it.
    package func finish() -> Digest {
        var digest = [UInt8](repeating: 0, count: Digest.count)
        let isDone = unsafe digest.withUnsafeMutableBufferPointer { output in
            unsafe EVP_DigestFinal_ex(context, output.baseAddress, nil) == 1
        }
        precondition(isDone, "OpenSSL did not compute SHA-256")
        return Digest(digest, at: 0)
    }
}
