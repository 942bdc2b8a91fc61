package import Crypto
internal import Encoding
package import Ledger
internal import TestSupport

/// A node on paper: its keys and what it asks for, made from a number.
package struct Office: Sendable {
    /// What people call it.
    package let name: String
    /// Kind of office.
    package let level: Level
    /// What it answers for.
    package let scope: Scope
    /// Where it listens.
    package var endpoint: String?
    /// Signs checkpoints.
    package let log: SigningKey
    /// Signs entries.
    package let service: SigningKey
    /// Signs cosignatures.
    package let witness: SigningKey
    /// Proves it in TLS.
    package let tls: SigningKey
    /// Public keys of all.
    package let keys: NodeKeys

    /// The office that belongs to a number.
    ///
    /// `log` is an office whose log key it has, with other keys beside.
    package init(
        _ number: UInt64,
        _ level: Level,
        _ code: String,
        log office: Office? = nil
    ) throws {
        var generator = SeededGenerator(seed: number)
        func key() throws -> SigningKey {
            try SigningKey(seed: Bytes32(generator.bytes(32), at: 0))
        }
        guard let scope = Scope(code) else { throw FixtureError.scope(code) }
        name = "office \(number)"
        self.level = level
        self.scope = scope
        log = try office?.log ?? key()
        service = try key()
        witness = try key()
        tls = try key()
        keys = NodeKeys(
            log: log.publicKey,
            service: service.publicKey,
            witness: witness.publicKey,
            seal: try key().publicKey.bytes,
            tls: tls.publicKey,
            successor: try key().publicKey.hash
        )
    }

    /// Name of its log.
    package var id: Digest { keys.log.hash }

    /// What it asks to be enrolled by.
    package var request: EnrolmentRequest {
        EnrolmentRequest(name: name, level: level, scope: scope, endpoint: endpoint, keys: keys)
    }

    /// The request as it is mailed.
    package func letter() throws -> String {
        try request.signed(log: log, service: service, witness: witness, tls: tls)
    }

    /// The founding entry's draft, with one recovery key.
    package func founding() throws -> EntryDraft {
        let recovery = try SigningKey(seed: sha256(Array("recovery".utf8)))
        return .found(
            name: name,
            scope: scope,
            endpoint: endpoint,
            keys: keys,
            recovery: Recovery(keys: [recovery.publicKey], threshold: 1)
        )
    }
}

/// A person on paper, made from a number.
package struct Person: Sendable {
    /// Role-bound number.
    package let number: String
    /// Signs entries.
    package let key: SigningKey

    /// The person that belongs to a number; another `version` has another key.
    package init(_ number: String, version: Int = 0) throws {
        self.number = number
        key = try SigningKey(seed: sha256(Array("person \(number) \(version)".utf8)))
    }

    /// What the person asks for.
    package var request: StaffRequest { StaffRequest(number: number, key: key.publicKey) }
}

/// A fixture was asked for what can not be.
package enum FixtureError: Error {
    case scope(String)
    case notThere(String)
}
