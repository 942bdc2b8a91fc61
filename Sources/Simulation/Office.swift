import Crypto
import Encoding
import Ledger

/// A node's place and keys, all from the seed of its city and its number.
struct Office {
    let number: Int
    let level: Level
    let scope: Scope
    let log: SigningKey
    let service: SigningKey
    let witness: SigningKey
    let tls: SigningKey
    let keys: NodeKeys
    /// Where it listens; a node that nobody can reach has none and dials.
    let endpoint: String?

    init(_ number: Int, _ level: Level, _ scope: Scope, seed: UInt64, listens: Bool) throws {
        self.number = number
        self.level = level
        self.scope = scope
        func secret(_ purpose: String) -> Bytes32 {
            sha256(Array("linli-sim \(seed) office \(number) \(purpose)".utf8))
        }
        log = try SigningKey(seed: secret("log"))
        service = try SigningKey(seed: secret("service"))
        witness = try SigningKey(seed: secret("witness"))
        tls = try SigningKey(seed: secret("tls"))
        keys = NodeKeys(
            log: log.publicKey,
            service: service.publicKey,
            witness: witness.publicKey,
            seal: secret("seal"),
            tls: tls.publicKey,
            successor: secret("successor")
        )
        endpoint = listens ? Self.endpoint(number) : nil
    }

    /// The address of a number, whether or not its grant tells it.
    static func endpoint(_ number: Int) -> String { "node-\(number):7433" }

    /// Name of its log.
    var id: Digest { keys.log.hash }

    /// What it asks to be enrolled by.
    var request: EnrolmentRequest {
        EnrolmentRequest(
            name: "node-\(number)",
            level: level,
            scope: scope,
            endpoint: endpoint,
            keys: keys
        )
    }
}
