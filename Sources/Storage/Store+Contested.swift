package import Crypto
internal import Encoding
package import Ledger

/// An entry beyond the end of each right of its author.
package struct ContestedEntry: Hashable, Sendable {
    /// Its log.
    package let log: Digest
    /// Its index there.
    package let sequence: UInt64
    /// SHA-256 of its header, by which alone it is named beyond a fork.
    package let hash: Digest
    /// In which history of the log it stands: the log, or a further one by its key.
    package let history: Digest
    /// Key hash of its author.
    package let author: Digest
    /// What it is about; nothing if its header can not be read.
    package let subjects: [SubjectID]
    /// Contested, ratified or refused.
    package let verdict: RightVerdict
}

extension Store {
    /// Entries of a log that lie beyond the end of their authors' rights, in order; of a forked log
    /// those of each history after those of another.
    ///
    /// - Throws: ``SQLiteError``, damage.
    package func contested(in log: Digest, _ range: Range<UInt64>) throws -> [ContestedEntry] {
        guard let limit = roster.limits.first(where: { $0.log == log })?.size else { return [] }
        return try ([self.log(log)].compactMap { $0 } + branches(of: log)).flatMap { state in
            let range = max(range.lowerBound, limit)..<max(range.upperBound, limit)
            return try contested(in: state, range.clamped(to: state.base..<state.size))
        }
    }

    private func contested(
        in state: LogState,
        _ held: Range<UInt64>
    ) throws -> [ContestedEntry] {
        guard !held.isEmpty else { return [] }
        let log = state.log
        var found: [ContestedEntry] = []
        try database.scan(
            "SELECT position, header, leaf FROM entry WHERE position BETWEEN ? AND ?"
                + " ORDER BY position",
            state.positions(held)
        ) { row in
            let sequence = Position(row.integer(0)).sequence
            let author = Digest(try row.leaf(2), at: 96)
            let hash = hasher.hash(row.blob(1))
            let verdict = roster.standing(
                author: author,
                entry: hash,
                log: log,
                sequence: sequence
            )
            switch verdict {
            case .contested, .ratified, .refused:
                let header = try? Header(decoding: row.blob(1))
                found.append(
                    ContestedEntry(
                        log: log,
                        sequence: sequence,
                        hash: hash,
                        history: state.id,
                        author: author,
                        subjects: header?.subjects ?? [],
                        verdict: verdict
                    )
                )
            default: break
            }
            return true
        }
        return found
    }

    /// Entries of all logs that lie beyond the end of their authors' rights.
    ///
    /// - Throws: ``SQLiteError``, damage.
    package func contested() throws -> [ContestedEntry] {
        try roster.limits.flatMap { try contested(in: $0.log, $0.size..<UInt64.max) }
    }
}

/// A log that its key signed several histories of.
package struct ForkedLog: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// Pairs of checkpoints that are kept as evidence.
    package let proofs: Int
    /// Up to where an entry says that all histories are the same; nil while none does.
    package let common: UInt64?
    /// Sizes of the histories that are held, the first that was met first.
    package let histories: [UInt64]
    /// Entries beyond that of which no office above has said what becomes of them.
    package let contested: Int
}

extension Store {
    /// Logs of which two histories are known, by evidence that is kept or by an entry.
    ///
    /// - Throws: ``SQLiteError``, damage.
    package func forkedLogs() throws -> [ForkedLog] {
        var proofs: [Digest: Int] = [:]
        try database.scan("SELECT log, count(*) FROM evidence GROUP BY log") { row in
            proofs[try row.digest(0)] = Int(row.integer(1))
            return true
        }
        return try Set(proofs.keys).union(roster.forks.keys).sorted().map { log in
            let common = roster.forks[log]?.size
            let beyond = try common.map { try contested(in: log, $0..<UInt64.max) } ?? []
            return ForkedLog(
                log: log,
                proofs: proofs[log] ?? 0,
                common: common,
                histories: [self.log(log)?.size].compactMap { $0 } + branches(of: log).map(\.size),
                contested: beyond.count { $0.verdict == .contested }
            )
        }
    }
}
