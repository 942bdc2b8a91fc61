internal import Audit
internal import Crypto
internal import Dispatch
internal import Encoding
internal import Ledger
internal import Synchronization
internal import TransparencyLog

extension HomeVerifier {
    /// Computes the roster again from the entries that were rebuilt, and from the founding entry
    /// of the invitation while the founder's log is not held.
    func auditRoster(_ scratch: Store, _ identity: Store.Identity) throws -> RosterAudit {
        let placed = try scratch.placedEntries(
            "SELECT position FROM roster_entry ORDER BY position",
            []
        )
        let leaves = try scratch.database.rows(
            """
            SELECT leaf FROM entry WHERE position IN (SELECT position FROM roster_entry)
            ORDER BY position
            """
        ) { $0.blob(0) }
        var entries = zip(placed, leaves).map { RosterAudit.Candidate($0, leaf: $1) }
        if scratch.log(identity.founder) == nil, let invited,
            let founding = PlacedEntry(founding: invited)
        {
            entries.append(RosterAudit.Candidate(founding, leaf: invited.leaf))
        }
        return RosterAudit(ledger: identity.ledger, entries: entries)
    }

    /// Checks the signature of every author whom the roster names, and the marks of bad ones.
    ///
    /// The rebuilt database gets the marks that there should be.
    func checkSignatures(_ home: Database, _ scratch: Store, roster: Roster) throws {
        let total = report.entries
        let keys = roster.authorKeys
        var last = Int64.min
        var done: UInt64 = 0
        while true {
            let batch = try batch(home, after: last)
            guard let end = batch.last else { break }
            let verdicts = Self.verdicts(batch, keys: keys, threads: job.threads)
            try scratch.database.transaction {
                for (row, verdict) in zip(batch, verdicts) {
                    if verdict == .good {
                        try scratch.database.run(
                            "UPDATE roster_entry SET is_signed = 1 WHERE position = ?",
                            [.integer(row.position)]
                        )
                    }
                    guard try take(verdict, at: row.position, author: row.leaf) else { continue }
                    try scratch.database.run(
                        "INSERT INTO forged (position) VALUES (?)",
                        [.integer(row.position)]
                    )
                }
            }
            last = end.position
            done += UInt64(batch.count)
            progress(VerifyProgress(phase: .signatures, done: min(done, total), total: total))
        }
        for position in marked.sorted() {
            add(.signature, "a mark of a bad signature without its entry", at: position)
        }
    }

    /// Counts a verdict, and whether the entry is to have no effect because of it.
    private func take(
        _ verdict: SignatureCheck,
        at position: Int64,
        author leaf: [UInt8]
    ) throws -> Bool {
        let wasMarked = marked.remove(position) != nil
        switch verdict {
        case .broken: return wasMarked
        case .good:
            report.signatures += 1
            if wasMarked {
                add(.signature, "is marked as not signed, the signature is good", at: position)
            }
            return false
        case .bad:
            report.signatures += 1
            if wasMarked {
                let text = "has no effect: not signed by its author"
                add(.signature, text, at: position, gravity: .note)
            } else {
                add(.signature, "is not signed by its author, and not marked so", at: position)
            }
            return true
        case .unknownAuthor:
            report.unknownAuthors += 1
            let author = Digest(leaf, at: 96).short
            let text = "has no effect: no grant names its author \(author)"
            add(.signature, text, at: position, gravity: .note)
            return wasMarked
        }
    }

    /// What became of one signature.
    private enum SignatureCheck: Sendable {
        case good, bad, unknownAuthor
        /// Leaf and header do not belong together, which was found before.
        case broken
    }

    /// Checks a batch on several threads; the verdicts stand in the order of the rows.
    private static func verdicts(
        _ batch: [EntryRow],
        keys: [Digest: PublicKey],
        threads: Int
    ) -> [SignatureCheck] {
        let count = max(1, min(threads, batch.count))
        let slice = (batch.count + count - 1) / count
        let slices = Mutex([[SignatureCheck]](repeating: [], count: count))
        DispatchQueue.concurrentPerform(iterations: count) { thread in
            let hasher = SHA256Hasher()
            let range = (thread * slice..<(thread + 1) * slice).clamped(to: 0..<batch.count)
            let checked = batch[range].map { check($0, keys: keys, hasher) }
            slices.withLock { $0[thread] = checked }
        }
        return slices.withLock { Array($0.joined()) }
    }

    private static func check(
        _ row: EntryRow,
        keys: [Digest: PublicKey],
        _ hasher: SHA256Hasher
    ) -> SignatureCheck {
        let hash = hasher.hash(row.header)
        guard let leaf = Leaf(row.leaf), leaf.checksum == hasher.hash(hash.bytes) else {
            return .broken
        }
        guard let key = keys[leaf.keyHash] else { return .unknownAuthor }
        return leaf.verifies(message: hash, key: key) ? .good : .bad
    }
}
