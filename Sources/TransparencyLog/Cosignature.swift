package import Crypto
internal import Encoding

/// A witness's statement that, at this time, a checkpoint is of the largest tree of its log that
/// the witness has seen, and extends every one that it cosigned before.
///
/// Says nothing yet; see ``isGood(of:by:)``.
///
/// - Source: C2SP `tlog-cosignature` v1.0.1, `cosignature/v1`.
package struct Cosignature: Hashable, Sendable {
    /// Largest time, seconds since 1970.
    package static let timeMax: UInt64 = .max >> 1

    /// SHA-256 of the witness's key.
    package let keyHash: Digest
    /// Seconds since 1970 by the witness's clock.
    package let time: UInt64
    /// Ed25519, 64 bytes.
    package let signature: [UInt8]

    /// Takes all fields.
    package init(keyHash: Digest, time: UInt64, signature: [UInt8]) {
        self.keyHash = keyHash
        self.time = time
        self.signature = signature
    }

    /// Cosigns.
    ///
    /// The caller sees to it that what it cosigned before is remembered durably, and extended.
    ///
    /// - Throws: `CryptoError`.
    package static func sign(
        _ checkpoint: Checkpoint,
        time: UInt64,
        with key: SigningKey
    ) throws(CryptoError) -> Cosignature {
        Cosignature(
            keyHash: key.publicKey.hash,
            time: time,
            signature: try key.sign(message(checkpoint, time: time))
        )
    }

    /// Whether the key with this hash signed it over this checkpoint.
    package func isGood(of checkpoint: Checkpoint, by witness: PublicKey) -> Bool {
        keyHash == witness.hash && time <= Self.timeMax
            && witness.verifies(signature, of: Self.message(checkpoint, time: time))
    }

    /// The line that stands under a note.
    ///
    /// - Returns: nil for a key that is no witness's, or another one.
    package func line(_ verifier: VerifierKey) -> NoteSignature? {
        guard verifier.type == .cosignature, verifier.key.hash == keyHash else { return nil }
        return NoteSignature(
            name: verifier.name,
            keyID: verifier.keyID,
            payload: bigEndianBytes(time) + signature
        )
    }

    /// Reads the line of a witness's key under a note.
    ///
    /// - Returns: nil for a line of another key or form; the signature is not looked at.
    package init?(_ line: NoteSignature, of verifier: VerifierKey) {
        guard verifier.type == .cosignature, verifier.claims(line), line.payload.count == 72 else {
            return nil
        }
        keyHash = verifier.key.hash
        time = line.payload[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        signature = Array(line.payload[8...])
    }

    private static func message(_ checkpoint: Checkpoint, time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + checkpoint.text
    }
}

/// A checkpoint that its log's key signed, as was checked, with what witnesses say of it.
package struct CosignedCheckpoint: Hashable, Sendable {
    /// Most cosignatures.
    package static let cosignaturesMax = 16

    /// What the log vouches for, with no line but its own.
    package let signed: SignedCheckpoint
    /// Each of another key, rising by its hash; at most ``cosignaturesMax``.
    package private(set) var cosignatures: [Cosignature]

    /// Pairs a checkpoint with cosignatures, which are not checked here.
    ///
    /// Of several of one key the first counts, and of all the first ``cosignaturesMax``.
    package init(_ signed: SignedCheckpoint, _ cosignatures: [Cosignature] = []) {
        self.signed = signed
        self.cosignatures = []
        for cosignature in cosignatures { add(cosignature) }
    }

    /// The claim.
    package var checkpoint: Checkpoint { signed.checkpoint }

    /// Adds what another key says.
    ///
    /// - Returns: whether it was news.
    @discardableResult
    package mutating func add(_ cosignature: Cosignature) -> Bool {
        guard cosignatures.count < Self.cosignaturesMax else { return false }
        let index =
            cosignatures.firstIndex { $0.keyHash >= cosignature.keyHash } ?? cosignatures.count
        if index < cosignatures.count, cosignatures[index].keyHash == cosignature.keyHash {
            return false
        }
        cosignatures.insert(cosignature, at: index)
        return true
    }

    /// When the key's holder says that it cosigned this, if it did.
    package func time(_ witness: PublicKey) -> UInt64? {
        cosignatures.first { $0.isGood(of: checkpoint, by: witness) }?.time
    }
}

extension VerifierKey {
    /// The key under which a node cosigns the logs of others.
    package init(witness key: PublicKey) {
        self.init(checkedName: "linli/witness/\(key.hash)", type: .cosignature, key: key)
    }
}

extension SignedCheckpoint {
    /// The log's own signature, 64 bytes.
    package var signature: [UInt8] {
        let verifier = VerifierKey(log: logKey)
        return note.signatures.first(where: verifier.claims)?.payload ?? []
    }
}
