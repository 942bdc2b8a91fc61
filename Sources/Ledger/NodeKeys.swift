package import Crypto
package import Encoding

/// The public keys of a node; five different keys, so that none does two jobs.
package struct NodeKeys: Hashable, Sendable {
    /// Signs checkpoints; its hash is the log's name.
    package let log: PublicKey
    /// Signs entries that no person signs.
    package let service: PublicKey
    /// Signs cosignatures over other logs.
    package let witness: PublicKey
    /// X25519, to which parts are sealed.
    package let seal: Bytes32
    /// Proves the node in TLS.
    package let tls: PublicKey
    /// Hash of the log key that continues this node's history if this log can not be.
    package let successor: Digest

    /// Takes the five keys and the successor's hash.
    package init(
        log: PublicKey,
        service: PublicKey,
        witness: PublicKey,
        seal: Bytes32,
        tls: PublicKey,
        successor: Digest
    ) {
        self.log = log
        self.service = service
        self.witness = witness
        self.seal = seal
        self.tls = tls
        self.successor = successor
    }
}

extension NodeKeys {
    /// The keys as fields 1 to 6 of an entry that names a node.
    var fields: [CBORPair] {
        [log.bytes, service.bytes, witness.bytes, seal, tls.bytes, successor].enumerated()
            .map { index, key in
                CBORPair(RosterOperation.Field.firstKey + UInt64(index), .bytes(key.bytes))
            }
    }

    /// Reads fields 1 to 6; nil unless all are there and the signing keys are sound and different.
    init?(_ header: Header) {
        let values = (0..<6).compactMap { index in
            header[field: RosterOperation.Field.firstKey + UInt64(index)]?.bytes32
        }
        self.init(values)
    }

    /// The six values in the order of ``fields``.
    init?(_ values: [Bytes32]) {
        guard values.count == 6, Set(values).count == 6,
            let log = try? PublicKey(values[0]), let service = try? PublicKey(values[1]),
            let witness = try? PublicKey(values[2]), let tls = try? PublicKey(values[4])
        else { return nil }
        self.init(
            log: log,
            service: service,
            witness: witness,
            seal: values[3],
            tls: tls,
            successor: values[5]
        )
    }
}
