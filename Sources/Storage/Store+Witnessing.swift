package import Crypto
internal import Encoding
internal import Ledger
internal import Replication
package import TransparencyLog

// Cosigned checkpoints, and what this node cosigned itself.
extension Store {
    /// The cosigned checkpoints that were kept and that the roster still names the keys of, by log
    /// and size.
    package func cosigned() throws -> [CosignedCheckpoint] {
        try database.rows("SELECT claim FROM cosigned ORDER BY log, size") { row in
            guard let claim = CosignedClaim(decoding: row.blob(0)) else {
                throw StoreError.damaged("a cosigned checkpoint can not be read")
            }
            return self.checked(claim)
        }.compactMap(\.self)
    }

    /// The newest checkpoint of a log that a quorum of its witnesses cosigned; nil without one.
    package func vouched(_ log: Digest) throws -> CosignedCheckpoint? {
        guard let witnesses = roster.witnesses(of: log) else { return nil }
        let claims = try database.rows(
            "SELECT claim FROM cosigned WHERE log = ? ORDER BY size DESC",
            [.digest(log)]
        ) { CosignedClaim(decoding: $0.blob(0)) }
        return claims.lazy.compactMap { $0.flatMap(self.checked) }.first { cosigned in
            witnesses.vouches(cosigned.cosignatures.map(\.keyHash))
        }
    }

    private func checked(_ claim: CosignedClaim) -> CosignedCheckpoint? {
        guard let member = roster.member(log: claim.log) else { return nil }
        let witnesses = roster.witnesses(of: claim.log)
        return claim.checked(
            logKey: member.keys.log,
            witness: { witnesses?.member(key: $0)?.key }
        )
    }

    /// Keeps these instead of all cosigned checkpoints of a log.
    ///
    /// One that this node's own key cosigned, as it comes back from peers, is remembered like one
    /// that it cosigned in this home: the home may have been put back from a copy.
    package func keepCosigned(_ checkpoints: [CosignedCheckpoint], of log: Digest) throws {
        let own = identity.map { Set(roster.grants(log: $0.log).map(\.keys.witness.hash)) } ?? []
        try database.transaction {
            try database.run("DELETE FROM cosigned WHERE log = ?", [.digest(log)])
            for cosigned in checkpoints {
                try database.run(
                    "INSERT OR REPLACE INTO cosigned (log, size, claim) VALUES (?, ?, ?)",
                    [
                        .digest(log), .count(cosigned.checkpoint.size),
                        .blob(CosignedClaim(cosigned).encoded),
                    ]
                )
                if cosigned.cosignatures.contains(where: { own.contains($0.keyHash) }) {
                    try remember(cosigned.checkpoint, of: log)
                }
            }
        }
    }

    /// The largest checkpoint of a log that this node cosigned.
    package func witnessed(_ log: Digest) throws -> (size: UInt64, root: Digest)? {
        try database.first(
            "SELECT size, root FROM witnessing WHERE log = ?",
            [.digest(log)]
        ) { (size: $0.count(0), root: try $0.digest(1)) }
    }

    /// Remembers durably that a checkpoint is about to be cosigned.
    package func rememberWitnessed(_ checkpoint: Checkpoint, of log: Digest) throws {
        try database.transaction { try remember(checkpoint, of: log) }
    }

    private func remember(_ checkpoint: Checkpoint, of log: Digest) throws {
        try database.run(
            """
            INSERT INTO witnessing (log, size, root) VALUES (?1, ?2, ?3)
            ON CONFLICT (log) DO UPDATE SET size = ?2, root = ?3 WHERE size < ?2
            """,
            [.digest(log), .count(checkpoint.size), .digest(checkpoint.root)]
        )
    }

    /// The tree of a log at a size, made again from leaves as they stand in the file.
    ///
    /// - Parameters:
    ///   - log: held up to `size`.
    ///   - size: entries.
    ///   - start: of the same log, fewer entries, whose leaves were read before.
    /// - Returns: nil if not all leaves are there.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    package func reread(
        _ log: Digest,
        to size: UInt64,
        from start: CompactRange
    ) throws -> CompactRange? {
        guard let state = self.log(log) else { return nil }
        var range = start
        try database.scan(
            "SELECT leaf FROM entry WHERE position BETWEEN ? AND ? ORDER BY position",
            [
                .integer(state.position(start.size)), .integer(state.position(size) - 1),
            ]
        ) { row in
            range.append(treeHasher.leafHash(try row.leaf(0)), hasher: treeHasher)
            return true
        }
        return range.size == size ? range : nil
    }
}
