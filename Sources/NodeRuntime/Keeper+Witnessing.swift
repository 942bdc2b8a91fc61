internal import Crypto
internal import Encoding
internal import Ledger
internal import Replica
internal import Storage
internal import TransparencyLog

// A node as a witness of other logs, and its own log as one that has witnesses.
extension Keeper {
    /// Most entries that are read again at once for a stable checkpoint; of a longer log the last.
    static let rereadMax: UInt64 = 65_536

    /// The checkpoint of the own log at a size, after its entries were read once more through a
    /// connection of their own and found to give the root that was signed.
    ///
    /// A flipped bit on its way to the disk or in this process's memory is so found before
    /// witnesses vouch for it.
    ///
    /// - Returns: nil if the log has gone on.
    /// - Throws: ``KeeperError``, ``StoreError``, ``SQLiteError``.
    func stableCheckpoint(size: UInt64) throws -> SignedCheckpoint? {
        if let stopReason { throw stopReason }
        guard let own = store.log(identity.log), own.size == size else { return nil }
        let second = try Store(path: home.databasePath, mode: .readOnly)
        var start = reread ?? CompactRange()
        if start.size > size || size - start.size > Self.rereadMax {
            guard
                let from = try second.tree(
                    of: own.id,
                    size: size - min(size, Self.rereadMax)
                )
            else { return nil }
            start = from
        }
        let read = try second.reread(own.id, to: size, from: start)
        guard let read, read.root(hasher: TreeHasher()) == own.root else {
            reread = nil
            throw StoreError.damaged("log \(own.id.short) is not on the disk as it was signed")
        }
        reread = read
        return try checkpoint()
    }

    /// Cosigns a checkpoint of another log, if the log is held here and it extends everything that
    /// this node cosigned before.
    ///
    /// What was cosigned is durable before the cosignature leaves this function. A home whose own
    /// log must not be written may have been put back from a copy, and so cosigns nothing.
    ///
    /// - Parameters:
    ///   - signed: of another log.
    ///   - time: milliseconds since 1970.
    /// - Returns: nil if it must not be cosigned, which a peer's checkpoint can bring about.
    /// - Throws: ``KeeperError``, ``SQLiteError``.
    func cosign(_ signed: SignedCheckpoint, time: UInt64) throws -> Cosignature? {
        if let stopReason { throw stopReason }
        let log = signed.logKey.hash
        guard log != identity.log, store.roster.forks[log] == nil,
            store.roster.witnesses(of: log)?.member(key: witnessKey.publicKey.hash) != nil
        else { return nil }
        let verdict = try WitnessGuard.verdict(
            signed.checkpoint,
            remembered: store.witnessed(log).map {
                OwnLogGuard.Mark(size: $0.size, root: $0.root)
            },
            rootAt: { try store.root(of: log, size: $0) }
        )
        guard verdict == .free else { return nil }
        try store.rememberWitnessed(signed.checkpoint, of: log)
        return try Cosignature.sign(signed.checkpoint, time: time / 1000, with: witnessKey)
    }
}

extension KeeperActor {
    func cosigned() throws -> [CosignedCheckpoint] { try keeper.store.cosigned() }

    func stableCheckpoint(size: UInt64) throws -> SignedCheckpoint? {
        try keeper.stableCheckpoint(size: size)
    }

    func cosign(_ signed: SignedCheckpoint) throws -> Cosignature? {
        try keeper.cosign(signed, time: SystemSource.wallMilliseconds())
    }

    func keepCosigned(_ checkpoints: [CosignedCheckpoint], of log: Digest) throws {
        try keeper.store.keepCosigned(checkpoints, of: log)
    }
}
