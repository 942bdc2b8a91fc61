internal import Crypto
internal import Ledger
internal import Transport

/// TLS keys of the members whose right has not ended; asked by handshakes on their own threads.
final class AdmittedKeys: Sendable {
    private let keys = Locked<Set<Digest>>([])

    /// Takes up a roster.
    func take(_ roster: Roster) {
        let fresh = Set(roster.members.filter { !$0.hasEnded }.map(\.keys.tls.hash))
        keys.withLock { $0 = fresh }
    }

    /// Whether the key is a member's.
    func contains(_ key: PublicKey) -> Bool { keys.withLock { $0.contains(key.hash) } }
}
