import Crypto
import Encoding
import Ledger
import TransparencyLog

/// What one honest witness cosigns of one log is one growing tree, also after crashes.
struct WitnessChecker {
    private struct Pair: Hashable {
        let witness: Digest
        let log: Digest
    }

    private(set) var count = 0
    private var largest: [Pair: Checkpoint] = [:]

    /// Looks at a cosignature before anybody else does.
    ///
    /// - Returns: what is wrong with it.
    mutating func look(
        _ signed: SignedCheckpoint,
        _ cosignature: Cosignature,
        by node: SimulatedNode,
        _ world: World
    ) -> String? {
        guard node.isHonest, !node.isClone else { return nil }
        count += 1
        let log = signed.logKey.hash
        let checkpoint = signed.checkpoint
        guard cosignature.isGood(of: checkpoint, by: node.office.witness.publicKey) else {
            return "node \(node.index) cosigned with another key"
        }
        if log == node.office.id { return "node \(node.index) cosigned its own log" }
        let held = node.disk.store.histories(of: log)
        func root(_ size: UInt64) -> Set<Digest> {
            Set(held.compactMap { $0.root(at: size, hasher: world.city.hasher) })
        }
        guard root(checkpoint.size).contains(checkpoint.root) else {
            return "node \(node.index) cosigned \(checkpoint.size) of \(log.short), not on its disk"
        }
        let pair = Pair(witness: node.office.id, log: log)
        if let before = largest[pair] {
            guard before.size <= checkpoint.size, root(before.size).contains(before.root) else {
                return "node \(node.index) cosigned \(checkpoint.size) of \(log.short)"
                    + " after \(before.size), which it does not extend"
            }
        }
        largest[pair] = checkpoint
        return nil
    }
}
