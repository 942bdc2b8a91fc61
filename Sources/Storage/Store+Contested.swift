package import Crypto
internal import Encoding
package import Ledger

/// An entry beyond the end of each right of its author.
package struct ContestedEntry: Hashable, Sendable {
    /// Its log.
    package let log: Digest
    /// Its index there.
    package let sequence: UInt64
    /// Key hash of its author.
    package let author: Digest
    /// What it is about; nothing if its header can not be read.
    package let subjects: [SubjectID]
    /// Contested, ratified or refused.
    package let verdict: RightVerdict
}

extension Store {
    /// Entries of a log that lie beyond the end of their authors' rights, in order.
    ///
    /// - Throws: ``SQLiteError``, damage.
    package func contested(in log: Digest, _ range: Range<UInt64>) throws -> [ContestedEntry] {
        guard let state = self.log(log),
            let limit = roster.limits.first(where: { $0.log == log })?.size
        else { return [] }
        let range = max(range.lowerBound, limit)..<max(range.upperBound, limit)
        let held = range.clamped(to: 0..<state.size)
        guard !held.isEmpty else { return [] }
        var found: [ContestedEntry] = []
        try database.scan(
            "SELECT position, header, leaf FROM entry WHERE position BETWEEN ? AND ?"
                + " ORDER BY position",
            state.positions(held)
        ) { row in
            let sequence = Position(row.integer(0)).sequence
            let author = Digest(try row.leaf(2), at: 96)
            let verdict = roster.standing(author: author, log: log, sequence: sequence)
            switch verdict {
            case .contested, .ratified, .refused:
                let header = try? Header(decoding: row.blob(1))
                found.append(
                    ContestedEntry(
                        log: log,
                        sequence: sequence,
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
