internal import COpenSSL
package import Encoding

/// HMAC-SHA256 of `message` under a key of 32 bytes.
///
/// - Source: RFC 2104; vectors of RFC 4231.
package func hmacSHA256(key: Bytes32, _ message: [UInt8]) -> Digest {
    let keyBytes = key.bytes
    var code = [UInt8](repeating: 0, count: Digest.count)
    let done = unsafe keyBytes.withUnsafeBytes { key in
        unsafe message.withUnsafeBufferPointer { input in
            unsafe code.withUnsafeMutableBufferPointer { output in
                unsafe HMAC(
                    EVP_sha256(),
                    key.baseAddress,
                    Int32(key.count),
                    input.baseAddress,
                    input.count,
                    output.baseAddress,
                    nil
                ) != nil
            }
        }
    }
    // HMAC of bytes in memory has no way to fail but a broken OpenSSL.
    precondition(done, "OpenSSL did not compute HMAC-SHA256")
    return Digest(code, at: 0)
}
