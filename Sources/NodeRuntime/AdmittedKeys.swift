internal import Crypto
internal import Ledger
internal import Transport

/// TLS keys of the rights that have not ended; asked by handshakes on their own threads.
final class AdmittedKeys: Sendable {
    private struct State {
        /// Logs that a key of a right in effect stands for.
        var live: [Digest: Set<Digest>] = [:]
        /// Logs that any key ever granted stands for.
        var known: [Digest: Set<Digest>] = [:]
    }

    private let state = Locked(State())

    /// Takes up a roster.
    func take(_ roster: Roster) {
        var fresh = State()
        for grant in roster.grants {
            fresh.known[grant.keys.tls.hash, default: []].insert(grant.log)
            guard !grant.hasEnded else { continue }
            fresh.live[grant.keys.tls.hash, default: []].insert(grant.log)
        }
        state.withLock { $0 = fresh }
    }

    /// Whether the key is a member's.
    func contains(_ key: PublicKey) -> Bool { state.withLock { $0.live[key.hash] != nil } }

    /// Whether the key is the one that is wanted, or one by which the same node goes on.
    func contains(_ key: PublicKey, wanted: PublicKey) -> Bool {
        guard key != wanted else { return true }
        return state.withLock { state in
            guard let logs = state.live[key.hash], let former = state.known[wanted.hash] else {
                return false
            }
            return !logs.isDisjoint(with: former)
        }
    }
}
