internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Replica
internal import Replication
internal import Storage

extension KeeperActor {
    /// Whose parts are stored.
    var scopes: PartScopes { keeper.store.scopes }

    func missingParts(after last: WantedPart?) throws -> [WantedPart] {
        try keeper.store.missingParts(after: last, max: Limits.soughtParts)
    }

    func parts(_ names: [WantedPart]) throws -> [Part?] {
        try keeper.store.parts(names, byteMax: Limits.packageBytes)
    }

    func proofs(_ prove: Prove) throws -> [Digest?] {
        try keeper.store.proofs(prove.parts, nonce: prove.nonce, holder: keeper.identity.log)
    }

    /// What another node would answer if it held these parts.
    func proofs(
        _ names: [WantedPart],
        nonce: Bytes32,
        holder log: Digest
    ) throws -> [Digest?] {
        try keeper.store.proofs(names, nonce: nonce, holder: log)
    }

    func keepParts(_ found: [FoundPart]) throws -> Int {
        try keeper.store.keepParts(found.map { ($0.name, $0.part) })
    }

    /// Stores the parts of a package whose entries are held without them.
    ///
    /// - Returns: how many.
    func fillParts(from package: Package) throws -> Int {
        guard try keeper.store.missingCount() > 0 else { return 0 }
        var found: [(name: WantedPart, part: Part)] = []
        for (offset, entry) in package.entries.enumerated() {
            let commitments = (try? Header(decoding: entry.header))?.parts ?? []
            for (index, (part, commitment)) in zip(entry.parts, commitments).enumerated() {
                guard let part else { continue }
                let id = PartID(
                    log: package.log,
                    sequence: package.first &+ UInt64(offset),
                    part: index
                )
                found.append((WantedPart(id: id, commitment: commitment), part))
            }
        }
        // Each is held against the header that is held here and its commitment.
        return try keeper.store.keepParts(found)
    }

    func carriedParts(
        before time: UInt64,
        after row: Int64
    ) throws -> (found: [WantedPart], next: Int64) {
        try keeper.store.carriedParts(before: time, after: row, max: Limits.wantedParts)
    }

    func dropCarried(_ parts: [WantedPart]) throws -> Int {
        try keeper.store.dropCarried(parts)
    }

    func partsOutside(_ scopes: PartScopes, after last: WantedPart?) throws -> [WantedPart] {
        try keeper.store.partsOutside(scopes, after: last, max: Limits.wantedParts)
    }

    /// Stores the parts of other places; what is dropped is gone from the disk on return.
    ///
    /// - Parameters:
    ///   - scopes: the places.
    ///   - proven: how many parts others were found to hold; if more would be dropped by now,
    ///     nothing is.
    /// - Returns: how many parts were destroyed and how many are missing now.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    func setScopes(
        _ scopes: PartScopes,
        proven: UInt64
    ) throws -> (dropped: UInt64, wanted: UInt64) {
        // Full text keeps the words of deleted rows until it is made again. Before, so that no
        // crash leaves it behind; and after, since somebody may have searched meanwhile.
        if proven > 0 { SearchIndex.remove(beside: keeper.home.databasePath) }
        let result = try keeper.store.setScopes(scopes, droppingAtMost: proven)
        if result.dropped > 0 {
            SearchIndex.remove(beside: keeper.home.databasePath)
            try keeper.store.freeSpace()
        }
        return result
    }

    func presences() throws -> [SignedPresence] { try keeper.store.presences().map(\.presence) }

    func keepPresences(_ presences: [SignedPresence], at time: UInt64) throws {
        try keeper.store.keepPresences(presences, at: time)
    }

    /// What this node says of itself now.
    func signPresence() throws -> SignedPresence {
        let store = keeper.store
        try store.keepBucketDigests()
        let absent = try store.absentCounts()
        let presence = Presence(
            ledger: keeper.identity.ledger,
            log: keeper.identity.log,
            time: SystemSource.wallMilliseconds(),
            frontier: store.frontier,
            view: try store.viewDigest(),
            foldVersion: SubjectFold.version,
            unchecked: store.uncheckedCount,
            notHeld: absent.notHeld,
            missing: absent.missing
        )
        return try keeper.sign(presence)
    }
}
