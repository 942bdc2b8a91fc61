package import Crypto
internal import Encoding
package import Ledger
package import Replication
package import TransparencyLog

extension Store {
    /// The tree over the first `size` entries of a log; nil if fewer are held.
    package func tree(of log: Digest, size: UInt64) throws -> CompactRange? {
        guard let state = statesByLog[log], size <= state.size else { return nil }
        if size == state.size { return state.range }
        return try CompactRange(size: size, source: nodes(state))
    }

    /// Which history of a log has this root at this size: the log, or a further one by its key.
    ///
    /// Of a log of which one is held that is not looked at; a proof from it leads elsewhere then.
    package func history(of log: Digest, at size: UInt64, root: Digest) throws -> Digest? {
        guard histories[log] != nil else {
            return statesByLog[log].flatMap { size <= $0.size ? log : nil }
        }
        let candidates = [log] + branches(of: log).map(\.id)
        return try candidates.first { try self.root(of: $0, size: size) == root }
    }

    /// Keeps a proof of a fork.
    package func keepEvidence(_ proof: ForkProof, at time: UInt64) throws {
        var range = proof.common
        let roots = proof.branches.map { branch in
            var range = range
            range.append(branch.leaf, hasher: treeHasher)
            return range.root(hasher: treeHasher)
        }
        range.append(proof.branches[0].leaf, hasher: treeHasher)
        let shown = zip(proof.branches, roots).map { branch, root in
            BundleEvidence.Branch(note: branch.note, root: root, proof: branch.proof)
        }
        try keepEvidence(
            log: proof.log,
            shown[0].note,
            shown[1].note,
            shown: BundleEvidence(
                log: proof.log,
                size: range.size,
                left: shown[0],
                right: shown[1]
            ),
            at: time
        )
    }

    /// Keeps two checkpoints of one log that no tree can join.
    ///
    /// - Parameters:
    ///   - log: the log.
    ///   - ours: note of the branch that is held here, or of the first branch that was shown.
    ///   - theirs: note of the other.
    ///   - shown: what shows that they can not be joined, as far as it is known.
    ///   - time: milliseconds since 1970.
    /// - Throws: ``SQLiteError``; nothing is kept then.
    package func keepEvidence(
        log: Digest,
        _ ours: [UInt8],
        _ theirs: [UInt8],
        shown: BundleEvidence? = nil,
        at time: UInt64
    ) throws {
        try database.run(
            """
            INSERT INTO evidence (log, left_note, right_note, shown, found_at)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            [
                .digest(log), .blob(ours), .blob(theirs),
                .blob(shown.map { BundleFrame.evidence($0).encoded } ?? []), .count(time),
            ]
        )
    }

    /// The branch that a log's tree here is, from `size` to a note; nil if that is not held or the
    /// note is of another branch.
    package func branch(
        of log: Digest,
        at size: UInt64,
        to note: [UInt8]
    ) throws -> BundleEvidence.Branch? {
        guard let key = roster.member(log: statesByLog[log]?.log ?? log)?.keys.log,
            let signed = try? SignedCheckpoint.verify(note, logKey: key),
            1...signed.checkpoint.size ~= size,
            try root(of: log, size: signed.checkpoint.size) == signed.checkpoint.root,
            let root = try root(of: log, size: size)
        else { return nil }
        return BundleEvidence.Branch(
            note: note,
            root: root,
            proof: try consistency(of: log, from: size, to: signed.checkpoint.size)
        )
    }

    /// Proofs of forks that can be shown to others, the newest `limit` of them, by log.
    package func shownEvidence(limit: Int) throws -> [BundleEvidence] {
        try database.rows(
            "SELECT shown FROM evidence WHERE shown != x'' ORDER BY log, number DESC LIMIT ?",
            [.integer(Int64(limit))]
        ) { row in
            guard case .evidence(let evidence)? = try? BundleFrame(decoding: row.blob(0)) else {
                throw StoreError.damaged("evidence of a fork can not be read")
            }
            return evidence
        }
    }
}
