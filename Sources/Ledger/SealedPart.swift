package import Crypto
package import Encoding

/// Where a sealed part stands, to which its ciphertext and all wraps of its key are bound.
package struct SealPlace: Hashable, Sendable {
    /// The ledger.
    package let ledger: Digest
    /// Log, sequence and index among the parts.
    package let id: PartID

    /// Pairs both.
    package init(ledger: Digest, id: PartID) {
        self.ledger = ledger
        self.id = id
    }

    /// A label and the place, which only this use of this place gives.
    fileprivate func bytes(_ label: String) -> [UInt8] {
        var bytes = Array(label.utf8)
        ledger.append(to: &bytes)
        id.log.append(to: &bytes)
        return bytes + bigEndianBytes(id.sequence) + bigEndianBytes(UInt64(id.part))
    }
}

/// A part that only the holders of its content key can read.
///
/// - Source: `Protocol/entry.md` section 6; vectors in `Protocol/vectors/sealed`.
package struct SealedPart: Hashable, Sendable {
    /// Commitment to the clear bytes, by a salt that stands in the seal.
    ///
    /// AES-GCM does not commit to its key: without this, two recipients could be made to read two texts.
    package let commitment: Digest
    /// Ciphertext and tag.
    package let ciphertext: [UInt8]

    private static let kind: UInt64 = 1
    /// The length is hidden to so many bytes.
    private static let block = 64
    /// A content key encrypts once, so its nonce need not differ from anything.
    private static let nonce = [UInt8](repeating: 0, count: AES256GCM.nonceCount)

    /// Seals clear bytes.
    ///
    /// - Parameters:
    ///   - clear: what is hidden.
    ///   - key: 32 fresh random bytes, used for this part alone.
    ///   - salt: 32 fresh random bytes.
    ///   - place: where the part will stand.
    /// - Throws: `CryptoError`.
    package init(
        sealing clear: [UInt8],
        key: Bytes32,
        salt: Bytes32,
        place: SealPlace
    ) throws(CryptoError) {
        var text: [UInt8] = []
        salt.append(to: &text)
        text += bigEndianBytes(UInt64(clear.count)) + clear
        text += [UInt8](repeating: 0, count: (Self.block - text.count % Self.block) % Self.block)
        commitment = Self.commitment(clear, salt)
        ciphertext = try AES256GCM.seal(
            text,
            key: key,
            nonce: Self.nonce,
            data: place.bytes("linli/sealed/v1\0")
        )
    }

    /// Reads the bytes of a part; nil if it is not a sealed one.
    package init?(decoding bytes: [UInt8]) {
        guard case .array(let items)? = try? CBORValue(decoding: bytes), items.count == 3,
            items[0] == .unsigned(Self.kind), let commitment = items[1].bytes32,
            case .bytes(let ciphertext) = items[2]
        else { return nil }
        self.commitment = commitment
        self.ciphertext = ciphertext
    }

    /// The bytes of the part.
    package var encoded: [UInt8] {
        CBORValue.array([
            .unsigned(Self.kind), .bytes(commitment.bytes), .bytes(ciphertext),
        ]).encoded
    }

    /// The clear bytes; nil unless the key and the place are the part's own and what comes out is
    /// what the part commits to.
    package func opened(with key: Bytes32, place: SealPlace) -> [UInt8]? {
        guard
            let text = try? AES256GCM.open(
                ciphertext,
                key: key,
                nonce: Self.nonce,
                data: place.bytes("linli/sealed/v1\0")
            ), text.count >= 40, text.count.isMultiple(of: Self.block)
        else { return nil }
        let count = text[32..<40].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count <= UInt64(text.count - 40) else { return nil }
        let clear = Array(text[40..<40 + Int(count)])
        let padding = text[(40 + Int(count))...]
        guard padding.count < Self.block, padding.allSatisfy({ $0 == 0 }),
            Self.commitment(clear, Bytes32(text, at: 0)) == commitment
        else { return nil }
        return clear
    }

    private static func commitment(_ clear: [UInt8], _ salt: Bytes32) -> Digest {
        var message = Array("linli/clear/v1\0".utf8)
        salt.append(to: &message)
        return sha256(message + bigEndianBytes(UInt64(clear.count)) + clear)
    }
}

/// The content key of a sealed part, sealed to some nodes: a part of its own, which is destroyed
/// with the one that it opens.
package struct KeyWraps: Hashable, Sendable {
    /// A content key for one node.
    package struct Wrap: Hashable, Sendable {
        /// The X25519 key to which it is sealed.
        package let recipient: Bytes32
        /// The sealed content key.
        package let sealed: HPKESealed
    }

    /// At most ``recipientsMax``, recipients rising.
    package let wraps: [Wrap]

    /// Most nodes to which one part is sealed at once.
    package static let recipientsMax = 32
    private static let kind: UInt64 = 2

    /// Seals a content key to each recipient.
    ///
    /// - Parameters:
    ///   - key: of the sealed part.
    ///   - place: of the sealed part, wherever the wraps will stand.
    ///   - recipients: X25519 keys, rising, no two equal.
    ///   - random: 32 fresh random bytes for each.
    /// - Throws: `CryptoError`.
    package init(
        of key: Bytes32,
        place: SealPlace,
        to recipients: [Bytes32],
        random: [Bytes32]
    ) throws(CryptoError) {
        precondition(recipients.count == random.count, "one random value for each recipient")
        var wraps: [Wrap] = []
        for (recipient, random) in zip(recipients, random) {
            let sealed = try HPKE.seal(
                key.bytes,
                to: recipient,
                info: Self.info(place, recipient),
                random: random
            )
            wraps.append(Wrap(recipient: recipient, sealed: sealed))
        }
        self.wraps = wraps
    }

    /// Reads the bytes of a part; nil if it holds no wraps.
    package init?(decoding bytes: [UInt8]) {
        guard case .array(let items)? = try? CBORValue(decoding: bytes), items.count == 2,
            items[0] == .unsigned(Self.kind), case .array(let rows) = items[1],
            rows.count <= Self.recipientsMax
        else { return nil }
        var wraps: [Wrap] = []
        for case .array(let row) in rows where row.count == 3 {
            guard let recipient = row[0].bytes32, let encapsulated = row[1].bytes32,
                case .bytes(let ciphertext) = row[2]
            else { return nil }
            let sealed = HPKESealed(encapsulated: encapsulated, ciphertext: ciphertext)
            wraps.append(Wrap(recipient: recipient, sealed: sealed))
        }
        guard wraps.count == rows.count else { return nil }
        self.wraps = wraps
    }

    /// The bytes of the part.
    package var encoded: [UInt8] {
        let rows = wraps.map { wrap in
            CBORValue.array([
                .bytes(wrap.recipient.bytes), .bytes(wrap.sealed.encapsulated.bytes),
                .bytes(wrap.sealed.ciphertext),
            ])
        }
        return CBORValue.array([.unsigned(Self.kind), .array(rows)]).encoded
    }

    /// What a node takes out of a wrap for its key; nil for a wrap of another place or key.
    ///
    /// It is the content key only if it opens the part.
    static func key(in wrap: Wrap, with key: SealKey, place: SealPlace) -> Bytes32? {
        let info = info(place, wrap.recipient)
        guard let bytes = try? HPKE.open(wrap.sealed, with: key, info: info) else { return nil }
        return Bytes32(bytes)
    }

    private static func info(_ place: SealPlace, _ recipient: Bytes32) -> [UInt8] {
        var info = place.bytes("linli/wrap/v1\0")
        recipient.append(to: &info)
        return info
    }
}
