internal import COpenSSL
internal import Crypto

/// One TLS connection without a socket: ciphertext in and out, plaintext out and in.
///
/// Used by one task at a time. OpenSSL's error queue belongs to the thread, so each call clears
/// it, works and drains it without suspending in between.
@safe final class TLSEngine {
    /// Who speaks first.
    enum Role {
        case client
        case server
    }

    /// What a read came to.
    enum Reading {
        case bytes(Int)
        case wantsInput
        /// The peer said that it is done.
        case ended
    }

    /// Most ciphertext that may go by without one byte of plaintext; more than any record.
    ///
    /// Bounds what key updates and other messages of the TLS layer itself can cost.
    static let inputWithoutDataMax = 128 << 10

    private let ssl: OpaquePointer
    // Both are owned by `ssl`.
    private let input: OpaquePointer
    private let output: OpaquePointer
    private var inputWithoutData = 0

    private init(owning ssl: OpaquePointer, input: OpaquePointer, output: OpaquePointer) {
        unsafe self.ssl = ssl
        unsafe self.input = input
        unsafe self.output = output
    }

    deinit { unsafe SSL_free(ssl) }

    /// Ready to shake hands.
    convenience init(_ context: TLSContext, _ role: Role) throws(TransportError) {
        ERR_clear_error()
        guard let ssl = unsafe SSL_new(context.raw) else { throw .lastTLS() }
        guard let input = unsafe BIO_new(BIO_s_mem()) else {
            unsafe SSL_free(ssl)
            throw .lastTLS()
        }
        guard let output = unsafe BIO_new(BIO_s_mem()) else {
            unsafe BIO_free(input)
            unsafe SSL_free(ssl)
            throw .lastTLS()
        }
        // Empty means "come back with more", not the end.
        unsafe copenssl_bio_set_mem_eof_return(input, -1)
        unsafe copenssl_bio_set_mem_eof_return(output, -1)
        unsafe SSL_set_bio(ssl, input, output)
        switch role {
        case .client: unsafe SSL_set_connect_state(ssl)
        case .server: unsafe SSL_set_accept_state(ssl)
        }
        unsafe self.init(owning: ssl, input: input, output: output)
    }

    /// Goes on with the handshake; the peer's key once it is proven, nil while bytes are wanted.
    ///
    /// After a throw there may be an alert for the peer in the output.
    func handshake() throws(TransportError) -> PublicKey? {
        ERR_clear_error()
        let code = unsafe SSL_do_handshake(ssl)
        guard code == 1 else {
            guard unsafe SSL_get_error(ssl, code) == SSL_ERROR_WANT_READ else { throw .lastTLS() }
            return nil
        }
        // A peer that offers no protocol at all is not asked to choose one.
        guard agreedProtocol == TLSContext.applicationProtocol else {
            throw .tls("no application protocol")
        }
        guard let certificate = unsafe SSL_get0_peer_certificate(ssl),
            let key = unsafe publicKey(of: certificate)
        else { throw .tls("no peer certificate") }
        return key
    }

    private var agreedProtocol: [UInt8] {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        return unsafe Array(UnsafeBufferPointer(start: name, count: Int(count)))
    }

    /// Takes ciphertext of the peer: the first `count` of `bytes`.
    func feed(_ bytes: [UInt8], count: Int) throws(TransportError) {
        inputWithoutData += count
        guard inputWithoutData <= Self.inputWithoutDataMax else {
            throw .tls("\(inputWithoutData) bytes without data")
        }
        ERR_clear_error()
        let taken = unsafe bytes.withUnsafeBytes { buffer in
            unsafe BIO_write(input, buffer.baseAddress, Int32(count))
        }
        guard taken == count else { throw .lastTLS() }
    }

    /// Fills `buffer` from `start` with plaintext, as far as one record reaches.
    func read(
        into buffer: inout [UInt8],
        from start: Int
    ) throws(TransportError) -> Reading {
        ERR_clear_error()
        let count = unsafe buffer.withUnsafeMutableBytes { buffer in
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            return unsafe SSL_read(ssl, rest.baseAddress, Int32(rest.count))
        }
        if count > 0 {
            inputWithoutData = 0
            return .bytes(Int(count))
        }
        switch unsafe SSL_get_error(ssl, count) {
        case SSL_ERROR_WANT_READ: return .wantsInput
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: throw .lastTLS()
        }
    }

    /// Puts `bytes[range]`, which is not empty, as ciphertext into the output.
    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(TransportError) {
        ERR_clear_error()
        let count = unsafe bytes.withUnsafeBytes { buffer in
            let part = unsafe UnsafeRawBufferPointer(rebasing: buffer[range])
            return unsafe SSL_write(ssl, part.baseAddress, Int32(part.count))
        }
        guard count == range.count else { throw .lastTLS() }
    }

    /// Puts "we are done" into the output.
    func end() {
        ERR_clear_error()
        _ = unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// Ciphertext that waits to be taken.
    var outputCount: Int { unsafe Int(BIO_ctrl_pending(output)) }

    /// Moves the output to the end of `bytes`.
    func takeOutput(into bytes: inout [UInt8]) {
        let count = outputCount
        guard count > 0 else { return }
        bytes += unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
            taken = unsafe Int(max(0, BIO_read(output, buffer.baseAddress, Int32(count))))
        }
    }
}
