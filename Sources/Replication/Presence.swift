package import Crypto
internal import Encoding

/// What a node says of itself every five minutes: that it lives, and what it holds.
///
/// - Source: `Protocol/replication.md` section 8.
package struct Presence: Hashable, Sendable {
    /// The ledger.
    package let ledger: Digest
    /// The node's log.
    package let log: Digest
    /// Its wall clock, milliseconds since 1970; a claim.
    package let time: UInt64
    /// Digest of what it holds.
    package let frontier: Digest
    /// Digest of the view folded from that.
    package let view: Digest
    /// Version of the rules by which it is folded.
    package let foldVersion: UInt64
    /// Entries whose authors' signatures it has not checked.
    package let unchecked: UInt64
    /// Parts outside of its scopes, which it does not store.
    package let notHeld: UInt64
    /// Parts that it should hold and nobody gave it yet.
    package let missing: UInt64

    /// Takes all fields.
    package init(
        ledger: Digest,
        log: Digest,
        time: UInt64,
        frontier: Digest,
        view: Digest,
        foldVersion: UInt64,
        unchecked: UInt64,
        notHeld: UInt64,
        missing: UInt64
    ) {
        self.ledger = ledger
        self.log = log
        self.time = time
        self.frontier = frontier
        self.view = view
        self.foldVersion = foldVersion
        self.unchecked = unchecked
        self.notHeld = notHeld
        self.missing = missing
    }

    static let version: UInt64 = 1
    private static let label = Array("linli/presence/v1\0".utf8)

    /// Deterministic CBOR.
    package var encoded: [UInt8] {
        var writer = CBORWriter(capacity: 192)
        writer.array(10)
        writer.unsigned(Self.version)
        writer.bytes(ledger)
        writer.bytes(log)
        writer.unsigned(time)
        writer.bytes(frontier)
        writer.bytes(view)
        for number in [foldVersion, unchecked, notHeld, missing] { writer.unsigned(number) }
        return writer.bytes
    }

    /// Reads what ``encoded`` gives; nil for anything else.
    package init?(_ bytes: [UInt8]) {
        var reader = CBORReader(bytes)
        do {
            guard try reader.array(max: 10) == 10, try reader.unsigned() == Self.version else {
                return nil
            }
            self.init(
                ledger: try reader.bytes32(),
                log: try reader.bytes32(),
                time: try reader.unsigned(),
                frontier: try reader.bytes32(),
                view: try reader.bytes32(),
                foldVersion: try reader.unsigned(),
                unchecked: try reader.unsigned(),
                notHeld: try reader.unsigned(),
                missing: try reader.unsigned()
            )
            try reader.finish()
        } catch { return nil }
    }

    /// What is signed.
    static func message(_ statement: [UInt8]) -> [UInt8] { label + statement }
}

/// A presence as it travels: the statement, and the signature of the node's service key.
package struct SignedPresence: Hashable, Sendable {
    /// ``Presence/encoded``.
    package let statement: [UInt8]
    /// Ed25519, 64 bytes.
    package let signature: [UInt8]

    /// Takes both unchecked.
    package init(statement: [UInt8], signature: [UInt8]) {
        self.statement = statement
        self.signature = signature
    }

    /// Signs a statement.
    package init(_ presence: Presence, key: SigningKey) throws(CryptoError) {
        statement = presence.encoded
        signature = try key.sign(Presence.message(statement))
    }

    /// What it says, if it is of its form; the signature is not looked at.
    package var claim: Presence? { Presence(statement) }

    /// Whether one of these keys signed it.
    package func isSigned(by keys: some Sequence<PublicKey>) -> Bool {
        let message = Presence.message(statement)
        return keys.contains { $0.verifies(signature, of: message) }
    }
}

extension CBORWriter {
    mutating func write(_ presence: SignedPresence) {
        array(2)
        bytes(presence.statement)
        bytes(presence.signature)
    }
}

extension CBORReader {
    mutating func presences() throws -> [SignedPresence] {
        var presences: [SignedPresence] = []
        for _ in 0..<(try array(max: Limits.presences)) {
            guard try array(max: 2) == 2 else { throw MessageError.malformed("row") }
            presences.append(
                SignedPresence(
                    statement: try bytes(max: Limits.presenceBytes),
                    signature: try bytes(max: 64)
                )
            )
        }
        return presences
    }
}
