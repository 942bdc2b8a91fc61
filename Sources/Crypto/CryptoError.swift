internal import COpenSSL

/// An OpenSSL call failed, or a key or signature is none.
package struct CryptoError: Error, Hashable, Sendable {
    /// What was tried: the name of a C function, or what was read.
    package let call: String

    /// Packed OpenSSL error code, zero if the library left none.
    package let code: UInt

    /// Names what is wrong without an OpenSSL code.
    init(_ call: String) {
        self.call = call
        code = 0
    }

    private init(call: String, code: UInt) {
        self.call = call
        self.code = code
    }

    /// Drains this thread's error queue, so that the next failure reports its own cause.
    static func last(in call: String) -> CryptoError {
        let code = ERR_get_error()
        ERR_clear_error()
        return CryptoError(call: call, code: code)
    }
}

extension CryptoError: CustomStringConvertible {
    /// For operators; carries no key material.
    package var description: String {
        code == 0 ? call : "\(call) failed (OpenSSL error \(String(code, radix: 16)))"
    }
}
