import Crypto
import Ledger
import Replica
import TransparencyLog

// What `Keeper` does as a witness, and for a log that has witnesses.
extension SimulatedKeeper {
    func stableCheckpoint(size: UInt64) throws -> SignedCheckpoint? {
        guard mayWrite, disk.store.own.size == size else { return nil }
        return try checkpoint()
    }

    /// Remembers what is cosigned before it is.
    func cosign(_ signed: SignedCheckpoint, time: UInt64) throws -> Cosignature? {
        let log = signed.logKey.hash
        let key = office.witness.publicKey.hash
        guard mayWrite, log != office.id, disk.store.roster.forks[log] == nil,
            disk.store.roster.witnesses(of: log)?.member(key: key) != nil
        else { return nil }
        let held = disk.store.tree(log)
        let verdict = WitnessGuard.verdict(
            signed.checkpoint,
            remembered: disk.store.witnessing[log],
            rootAt: { size in
                guard let held, size <= held.size else { return nil }
                return held.root(at: size, hasher: TreeHasher())
            }
        )
        guard verdict == .free else { return nil }
        try disk.transaction(bytes: 0) { $0.rememberWitnessed(signed.checkpoint, of: log) }
        return try Cosignature.sign(signed.checkpoint, time: time / 1000, with: office.witness)
    }
}

extension SimulatedStore {
    /// Keeps these instead of all of the log; what the own key said is remembered.
    mutating func keepCosigned(_ checkpoints: [CosignedCheckpoint], of log: Digest) {
        cosigned[log] = checkpoints
        let own = Set(roster.grants(log: identity.log).map(\.keys.witness.hash))
        for checkpoint in checkpoints
        where checkpoint.cosignatures.contains(where: { own.contains($0.keyHash) }) {
            rememberWitnessed(checkpoint.checkpoint, of: log)
        }
    }

    mutating func rememberWitnessed(_ checkpoint: Checkpoint, of log: Digest) {
        guard checkpoint.size > witnessing[log]?.size ?? 0 else { return }
        witnessing[log] = OwnLogGuard.Mark(size: checkpoint.size, root: checkpoint.root)
    }
}
