package import Encoding

/// What one message sealed to an X25519 key consists of.
package struct HPKESealed: Hashable, Sendable {
    /// The encapsulated key: the ephemeral public key.
    package let encapsulated: Bytes32
    /// Ciphertext and tag.
    package let ciphertext: [UInt8]

    /// Pairs both.
    package init(encapsulated: Bytes32, ciphertext: [UInt8]) {
        self.encapsulated = encapsulated
        self.ciphertext = ciphertext
    }
}

/// Hybrid public key encryption of single messages, in base mode: who holds the private key can
/// read, and nothing says who wrote.
///
/// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. A fresh ephemeral key seals each message,
/// so the sequence number is always zero.
///
/// - Source: RFC 9180.
package enum HPKE {
    /// Seals one message.
    ///
    /// - Parameters:
    ///   - text: what is hidden.
    ///   - recipient: an X25519 public key.
    ///   - info: binds the purpose and place.
    ///   - data: bound besides, not hidden.
    ///   - random: 32 fresh random bytes, from which the ephemeral key is derived; never used again.
    /// - Returns: the encapsulated key and the ciphertext.
    /// - Throws: ``CryptoError``, for a public key with which nothing is shared too.
    package static func seal(
        _ text: [UInt8],
        to recipient: Bytes32,
        info: [UInt8],
        data: [UInt8] = [],
        random: Bytes32
    ) throws(CryptoError) -> HPKESealed {
        let ephemeral = try SealKey(seed: derivedSecret(from: random))
        let shared = try sharedSecret(
            ephemeral.agreement(with: recipient),
            encapsulated: ephemeral.publicKey,
            recipient: recipient
        )
        let schedule = schedule(shared, info: info)
        let ciphertext = try AES256GCM.seal(
            text,
            key: schedule.key,
            nonce: schedule.nonce,
            data: data
        )
        return HPKESealed(encapsulated: ephemeral.publicKey, ciphertext: ciphertext)
    }

    /// Opens one message.
    ///
    /// - Throws: ``CryptoError`` for another key, info or data, and for altered bytes.
    package static func open(
        _ sealed: HPKESealed,
        with key: SealKey,
        info: [UInt8],
        data: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        let shared = try sharedSecret(
            key.agreement(with: sealed.encapsulated),
            encapsulated: sealed.encapsulated,
            recipient: key.publicKey
        )
        let schedule = schedule(shared, info: info)
        return try AES256GCM.open(
            sealed.ciphertext,
            key: schedule.key,
            nonce: schedule.nonce,
            data: data
        )
    }

    // MARK: Key encapsulation, section 4.1

    private static let kem = Suite(Array("KEM".utf8) + [0x00, 0x20])

    /// Private bytes of a key pair, of section 7.1.3.
    private static func derivedSecret(from random: Bytes32) -> Bytes32 {
        let pseudorandom = kem.extract(salt: .zero, "dkp_prk", random.bytes)
        return Bytes32(kem.expand(pseudorandom, "sk", [], count: 32), at: 0)
    }

    private static func sharedSecret(
        _ agreement: Bytes32,
        encapsulated: Bytes32,
        recipient: Bytes32
    ) -> Bytes32 {
        let pseudorandom = kem.extract(salt: .zero, "eae_prk", agreement.bytes)
        let context = encapsulated.bytes + recipient.bytes
        return Bytes32(kem.expand(pseudorandom, "shared_secret", context, count: 32), at: 0)
    }

    // MARK: Key schedule in base mode, section 5.1

    private static let hpke = Suite(
        Array("HPKE".utf8) + [0x00, 0x20, 0x00, 0x01, 0x00, 0x02]
    )

    private static func schedule(_ shared: Bytes32, info: [UInt8]) -> (key: Bytes32, nonce: [UInt8])
    {
        let context =
            [0x00] + hpke.extract(salt: .zero, "psk_id_hash", []).bytes
            + hpke.extract(salt: .zero, "info_hash", info).bytes
        let secret = hpke.extract(salt: shared, "secret", [])
        return (
            Bytes32(hpke.expand(secret, "key", context, count: 32), at: 0),
            hpke.expand(secret, "base_nonce", context, count: AES256GCM.nonceCount)
        )
    }

    /// HKDF-SHA256 with the labels of section 4; of at most 32 bytes, which is one block.
    ///
    /// - Source: RFC 5869, of which an absent salt is the zero salt.
    private struct Suite {
        private let id: [UInt8]

        init(_ id: [UInt8]) { self.id = id }

        private static let version = Array("HPKE-v1".utf8)

        func extract(salt: Bytes32, _ label: String, _ input: [UInt8]) -> Bytes32 {
            hmacSHA256(key: salt, Self.version + id + Array(label.utf8) + input)
        }

        func expand(
            _ pseudorandom: Bytes32,
            _ label: String,
            _ info: [UInt8],
            count: Int
        ) -> [UInt8] {
            precondition(count <= 32, "one block of HKDF has 32 bytes")
            let labeled =
                [0x00, UInt8(count)] + Self.version + id + Array(label.utf8) + info
            return Array(hmacSHA256(key: pseudorandom, labeled + [0x01]).bytes.prefix(count))
        }
    }
}
