internal import COpenSSL
package import Encoding

/// A SHA-256 value.
package typealias Digest = Bytes32

/// Hashes one message after another with one OpenSSL context.
///
/// Fetching the algorithm costs several times what hashing a tree node does, so it is fetched
/// once a process and the context is used again. One hasher serves one thread at a time.
///
/// - Source: FIPS 180-4.
@safe package final class SHA256Hasher {
    private let context: OpaquePointer
    // Used again, as the context is: an allocation costs half as much as hashing a tree node.
    private var digest = [UInt8](repeating: 0, count: Digest.count)

    /// Takes one context from OpenSSL, given back when the hasher goes.
    package init() {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("out of memory in EVP_MD_CTX_new")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// The hash of `bytes`.
    package func hash(_ bytes: [UInt8]) -> Digest {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe finish(buffer)
        }
    }

    private func finish(_ buffer: UnsafeRawBufferPointer) -> Digest {
        let done = unsafe digest.withUnsafeMutableBufferPointer { output in
            unsafe EVP_DigestInit_ex2(context, SHA256Algorithm.shared.handle, nil) == 1
                && EVP_DigestUpdate(context, buffer.baseAddress, buffer.count) == 1
                && EVP_DigestFinal_ex(context, output.baseAddress, nil) == 1
        }
        // SHA-256 of bytes in memory has no way to fail but a broken OpenSSL.
        precondition(done, "OpenSSL did not compute SHA-256")
        return Digest(digest, at: 0)
    }
}

/// The algorithm as OpenSSL's default provider gives it, held for the life of the process.
@safe private struct SHA256Algorithm: @unchecked Sendable {
    // Immutable after fetch; OpenSSL documents EVP_MD as safe to share between threads.
    let handle: OpaquePointer

    static let shared: SHA256Algorithm = {
        guard let handle = unsafe EVP_MD_fetch(nil, "SHA2-256", nil) else {
            preconditionFailure("OpenSSL has no SHA-256")
        }
        return unsafe SHA256Algorithm(handle: handle)
    }()
}

/// SHA-256 of `bytes`.
///
/// In a loop, ``SHA256Hasher`` is faster.
package func sha256(_ bytes: [UInt8]) -> Digest {
    SHA256Hasher().hash(bytes)
}
