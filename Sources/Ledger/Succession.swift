package import Crypto
internal import Encoding

/// What recovery keys sign to put a new node in the founder's place.
///
/// - Source: `Protocol/roster.md` section 7.
package struct Succession: Hashable, Sendable {
    /// The ledger.
    package let ledger: Digest
    /// What the right covers.
    package let scope: Scope
    /// Public keys of the node.
    package let keys: NodeKeys
    /// City grants that end: the ledger for the founder's, or earlier successions.
    package let ended: [Digest]
    /// With which cuts they end.
    package let cuts: [LogPosition]

    /// Takes all fields.
    package init(
        ledger: Digest,
        scope: Scope,
        keys: NodeKeys,
        ended: [Digest] = [],
        cuts: [LogPosition] = []
    ) {
        self.ledger = ledger
        self.scope = scope
        self.keys = keys
        self.ended = ended
        self.cuts = cuts
    }

    /// What the recovery keys sign; its hash is the name of the grant.
    package var message: [UInt8] { Self.label + body }

    /// Name of the grant: the same whoever carries the signed text into a log.
    package var hash: Digest { sha256(message) }

    /// The only encoding of the fields.
    package var body: [UInt8] {
        CBORValue.array([
            .bytes(ledger.bytes), .text(scope.code), .array(keys.fields.map(\.value)),
            .array(ended.map { .bytes($0.bytes) }), .array(cuts.map(\.row)),
        ]).encoded
    }

    /// Reads a body; nil for one that is malformed.
    package init?(body: [UInt8]) {
        guard case .array(let items)? = try? CBORValue(decoding: body), items.count == 5,
            let ledger = items[0].bytes32, case .text(let code) = items[1],
            let scope = Scope(code), case .array(let keyItems) = items[2],
            let keys = NodeKeys(keyItems.compactMap(\.bytes32)), keyItems.count == 6,
            case .array(let endedItems) = items[3], case .array(let rows) = items[4],
            endedItems.count <= RosterOperation.listMax, let cuts = LogPosition.rows(rows)
        else { return nil }
        let ended = endedItems.compactMap(\.bytes32)
        guard ended.count == endedItems.count else { return nil }
        self.init(ledger: ledger, scope: scope, keys: keys, ended: ended, cuts: cuts)
    }

    private static let label = Array("linli/succession/v1\0".utf8)
}

/// A signature of one recovery key.
package struct RecoverySignature: Hashable, Sendable {
    /// Which of the founding entry's recovery keys.
    package let index: UInt64
    /// Ed25519, over ``Succession/message``.
    package let signature: [UInt8]

    /// Pairs both.
    package init(index: UInt64, signature: [UInt8]) {
        self.index = index
        self.signature = signature
    }
}

/// A succession as an entry carries it.
package struct CarriedSuccession: Hashable, Sendable {
    /// What was signed.
    package let succession: Succession
    /// By whom, rising.
    package let signatures: [RecoverySignature]
    /// The grant that it is once enough keys signed.
    package let grant: Grant
    /// Hash of the entry that carries it.
    package let carrier: Digest

    /// Whether so many of the recovery keys signed as the ledger wants.
    ///
    /// At most one signature of each key is looked at, so that nobody makes others check more.
    package func isSigned(by recovery: Recovery) -> Bool {
        let good = signatures.filter { signature in
            signature.index < UInt64(recovery.keys.count)
                && recovery.keys[Int(signature.index)]
                    .verifies(signature.signature, of: succession.message)
        }
        return UInt64(good.count) >= recovery.threshold
    }
}

extension LogPosition {
    var row: CBORValue { .array([.bytes(log.bytes), .unsigned(size), .bytes(root.bytes)]) }

    /// Reads rows of log, size and root; nil if one is malformed or a log is named twice.
    static func rows(_ rows: [CBORValue]) -> [LogPosition]? {
        guard rows.count <= RosterOperation.listMax else { return nil }
        var positions: [LogPosition] = []
        var named: Set<Digest> = []
        for row in rows {
            guard case .array(let columns) = row, columns.count == 3,
                let log = columns[0].bytes32, case .unsigned(let size) = columns[1],
                let root = columns[2].bytes32, named.insert(log).inserted
            else { return nil }
            positions.append(LogPosition(log: log, size: size, root: root))
        }
        return positions
    }
}

extension [LogPosition] {
    /// Size by log.
    var sizes: [Digest: UInt64] {
        Dictionary(map { ($0.log, $0.size) }) { first, _ in first }
    }
}
