package import Crypto
internal import Encoding
package import TransparencyLog

/// A log's checkpoint with cosignatures as it travels; nothing of it is checked.
///
/// - Source: `Protocol/witness.md` section 3.
package struct CosignedClaim: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// Number of entries.
    package let size: UInt64
    /// Root over them.
    package let root: Digest
    /// The log key's over the checkpoint, 64 bytes.
    package let signature: [UInt8]
    /// At most ``CosignedCheckpoint/cosignaturesMax``.
    package let cosignatures: [Cosignature]

    /// Takes all fields unchecked.
    package init(
        log: Digest,
        size: UInt64,
        root: Digest,
        signature: [UInt8],
        cosignatures: [Cosignature]
    ) {
        self.log = log
        self.size = size
        self.root = root
        self.signature = signature
        self.cosignatures = cosignatures
    }

    /// What is told of a checkpoint to somebody who has the other cosignatures.
    package init(_ cosigned: CosignedCheckpoint, without known: Set<Digest> = []) {
        self.init(
            log: cosigned.signed.logKey.hash,
            size: cosigned.checkpoint.size,
            root: cosigned.checkpoint.root,
            signature: cosigned.signed.signature,
            cosignatures: cosigned.cosignatures.filter { !known.contains($0.keyHash) }
        )
    }

    /// Deterministic CBOR, as it stands in a message.
    package var encoded: [UInt8] {
        var writer = CBORWriter(capacity: 512)
        writer.write(self)
        return writer.bytes
    }

    /// Reads what ``encoded`` gives; nil for anything else.
    package init?(decoding bytes: [UInt8]) {
        var reader = CBORReader(bytes)
        guard let claim = try? reader.cosignedClaim(), (try? reader.finish()) != nil else {
            return nil
        }
        self = claim
    }

    /// The checkpoint, if the log's key signed it, with those cosignatures that are good and of
    /// one of these keys.
    package func checked(
        logKey: PublicKey,
        witness: (Digest) -> PublicKey?
    ) -> CosignedCheckpoint? {
        guard
            let signed = SignedCheckpoint.verify(
                size: size,
                root: root,
                signature: signature,
                logKey: logKey
            )
        else { return nil }
        let good = cosignatures.filter { cosignature in
            witness(cosignature.keyHash).map {
                cosignature.isGood(of: signed.checkpoint, by: $0)
            } ?? false
        }
        return CosignedCheckpoint(signed, good)
    }
}

extension CBORWriter {
    mutating func write(_ claim: CosignedClaim) {
        array(5)
        bytes(claim.log)
        unsigned(claim.size)
        bytes(claim.root)
        bytes(claim.signature)
        array(claim.cosignatures.count)
        for cosignature in claim.cosignatures {
            array(3)
            bytes(cosignature.keyHash)
            unsigned(cosignature.time)
            bytes(cosignature.signature)
        }
    }
}

extension CBORReader {
    mutating func cosigned() throws -> [CosignedClaim] {
        var claims: [CosignedClaim] = []
        for _ in 0..<(try array(max: Limits.cosigned)) { claims.append(try cosignedClaim()) }
        guard !claims.isEmpty else { throw MessageError.malformed("no rows") }
        return claims
    }

    fileprivate mutating func cosignedClaim() throws -> CosignedClaim {
        guard try array(max: 5) == 5 else { throw MessageError.malformed("row") }
        let log = try bytes32()
        let size = try unsigned()
        let root = try bytes32()
        let signature = try bytes(max: 64)
        var cosignatures: [Cosignature] = []
        for _ in 0..<(try array(max: CosignedCheckpoint.cosignaturesMax)) {
            guard try array(max: 3) == 3 else { throw MessageError.malformed("row") }
            cosignatures.append(
                Cosignature(
                    keyHash: try bytes32(),
                    time: try unsigned(),
                    signature: try bytes(max: 64)
                )
            )
        }
        return CosignedClaim(
            log: log,
            size: size,
            root: root,
            signature: signature,
            cosignatures: cosignatures
        )
    }
}
