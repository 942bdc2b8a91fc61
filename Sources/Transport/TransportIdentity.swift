package import Crypto
internal import COpenSSL
internal import Encoding

/// What a node shows its peers: a key and a self-signed certificate made for it.
///
/// The certificate only carries the key. Its name is fixed, its dates are the widest that X.509
/// can write and nobody looks at them: a street computer's clock may be years off.
package struct TransportIdentity: Sendable {
    /// The key that peers pin.
    package let publicKey: PublicKey

    /// The TLS settings with key and certificate, for both roles.
    let context: TLSContext

    /// Makes the certificate in memory.
    ///
    /// - Throws: ``TransportError/tls(_:)`` if the TLS library refuses.
    package init(key: SigningKey) throws(TransportError) {
        publicKey = key.publicKey
        guard let pem = try? key.pem() else { throw .tls("no private key to present") }
        context = try TLSContext(keyPEM: pem)
    }
}

/// Owns one `SSL_CTX`: TLS 1.3 alone, Ed25519 alone, no way back to an earlier session.
///
/// Set up whole before it is shared; afterwards OpenSSL only reads it and counts references
/// atomically, so sharing it between threads is safe.
@safe final class TLSContext: @unchecked Sendable {
    /// The protocol's name and version, which both sides must agree on.
    static let applicationProtocol = Array("linli/1".utf8)

    /// *Borrowed* by ``TLSEngine``, for the length of one call.
    let raw: OpaquePointer

    private init(owning raw: OpaquePointer) { unsafe self.raw = raw }

    deinit { unsafe SSL_CTX_free(raw) }

    convenience init(keyPEM: String) throws(TransportError) {
        ERR_clear_error()
        guard let raw = unsafe SSL_CTX_new(TLS_method()) else { throw .lastTLS() }
        unsafe self.init(owning: raw)
        try harden()
        try present(keyPEM: keyPEM)
    }

    private func harden() throws(TransportError) {
        let protocols = [UInt8(Self.applicationProtocol.count)] + Self.applicationProtocol
        let isSet =
            unsafe copenssl_ssl_ctx_set_tls13_only(raw) == 1
            && SSL_CTX_set_ciphersuites(
                raw,
                "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
            ) == 1
            && copenssl_ssl_ctx_set1_groups_list(raw, "X25519") == 1
            && copenssl_ssl_ctx_set1_all_sigalgs_list(raw, "ed25519") == 1
            && SSL_CTX_set_num_tickets(raw, 0) == 1
            // Zero is this call's success.
            && SSL_CTX_set_alpn_protos(raw, protocols, UInt32(protocols.count)) == 0
        guard isSet else { throw .lastTLS() }
        unsafe copenssl_ssl_ctx_set_no_ticket(raw)
        unsafe copenssl_ssl_ctx_set_session_cache_off(raw)
        // An Ed25519 certificate is some 300 bytes.
        unsafe copenssl_ssl_ctx_set_max_cert_list(raw, 4 << 10)
        unsafe copenssl_ssl_ctx_set_release_buffers(raw)
        unsafe SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        unsafe SSL_CTX_set_cert_verify_callback(raw, { store, _ in unsafe verify(store) }, nil)
        unsafe SSL_CTX_set_alpn_select_cb(
            raw,
            { _, chosen, count, offered, offeredCount, _ in
                unsafe select(chosen, count, from: offered, offeredCount)
            },
            nil
        )
    }

    private func present(keyPEM: String) throws(TransportError) {
        let text = Array(keyPEM.utf8)
        let key = unsafe text.withUnsafeBytes { buffer -> OpaquePointer? in
            guard let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else {
                return nil
            }
            defer { unsafe BIO_free(bio) }
            return unsafe PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in 0 }, nil)
        }
        guard let key = unsafe key else { throw .lastTLS() }
        defer { unsafe EVP_PKEY_free(key) }
        guard let certificate = unsafe X509_new() else { throw .lastTLS() }
        defer { unsafe X509_free(certificate) }
        let name = unsafe X509_get_subject_name(certificate)
        let isMade =
            unsafe X509_set_version(certificate, 2) == 1  // counted from zero: version 3
            && ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1
            && ASN1_TIME_set_string(X509_getm_notBefore(certificate), "19700101000000Z") == 1
            && ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") == 1
            && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, "linli", -1, -1, 0) == 1
            && X509_set_issuer_name(certificate, name) == 1
            && X509_set_pubkey(certificate, key) == 1
            && X509_sign(certificate, key, nil) > 0
            // Both calls take a reference of their own.
            && SSL_CTX_use_certificate(raw, certificate) == 1
            && SSL_CTX_use_PrivateKey(raw, key) == 1
        guard isMade else { throw .lastTLS() }
    }
}

/// Accepts exactly one self-signed certificate with a well-formed Ed25519 key, of any date.
///
/// That the peer has the private key is proven later in the handshake, and whether the key is
/// wanted is asked after that: nobody learns which keys are admitted without holding one.
private func verify(_ store: OpaquePointer?) -> Int32 {
    guard let store = unsafe store,
        let certificate = unsafe X509_STORE_CTX_get0_cert(store),
        unsafe copenssl_sk_x509_num(X509_STORE_CTX_get0_untrusted(store)) == 1,
        unsafe publicKey(of: certificate) != nil,
        unsafe X509_self_signed(certificate, 1) == 1
    else {
        unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
        return 0
    }
    return 1
}

/// Chooses our protocol out of a client's list of length-prefixed names, or ends the handshake.
private func select(
    _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenCount: UnsafeMutablePointer<UInt8>?,
    from offered: UnsafePointer<UInt8>?,
    _ offeredCount: UInt32
) -> Int32 {
    let offered = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredCount))
    var start = 0
    while start < offered.count {
        let name = unsafe offered[(start + 1)...].prefix(Int(offered[start]))
        if unsafe name.elementsEqual(TLSContext.applicationProtocol) {
            unsafe chosen?.pointee = UnsafeBufferPointer(rebasing: name).baseAddress
            unsafe chosenCount?.pointee = UInt8(name.count)
            return SSL_TLSEXT_ERR_OK
        }
        unsafe start += 1 + name.count
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}

/// The Ed25519 key in a certificate; nil for another type or a key that ``PublicKey`` refuses.
func publicKey(of certificate: OpaquePointer) -> PublicKey? {
    guard let key = unsafe X509_get0_pubkey(certificate),
        unsafe EVP_PKEY_get_id(key) == EVP_PKEY_ED25519
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Bytes32.count)
    var count = bytes.count
    guard unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1,
        let raw = Bytes32(bytes)
    else { return nil }
    return try? PublicKey(raw)
}

extension TransportError {
    /// Drains this thread's OpenSSL error queue into the reason that stands first.
    static func lastTLS() -> TransportError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard let reason = unsafe ERR_reason_error_string(code) else {
            return .tls("error \(String(code, radix: 16))")
        }
        return unsafe .tls(String(cString: reason))
    }
}
