package import Cases
internal import Crypto
package import Ledger

extension Store {
    /// Subjects whose entries are in memory at a time.
    private static let streamedAtOnce = 512
    /// Subjects that one thread folds at a time.
    private static let streamedByThread = 16

    /// Runs `body` on one snapshot of the database, with what this store knows read from it too: a
    /// frontier that is told with an answer is then that of the answer.
    package func consistently<Value>(_ body: () throws -> Value) throws -> Value {
        try database.snapshot {
            try load()
            return try body()
        }
    }

    /// Another number each time that another connection has changed the database.
    package func changeMark() throws -> Int64 {
        try database.first("PRAGMA data_version") { $0.integer(0) } ?? 0
    }

    /// Gives cases to `body` one after another, the oldest report first, whatever the filter's
    /// limit.
    ///
    /// Folds on all cores; only a few hundred cases are in memory at a time. Cases reported before
    /// `since` are given as rows only, unfolded.
    package func eachCase(
        _ filter: CaseFilter,
        foldedSince since: UInt64,
        _ body: (CaseRow, FoldedSubject?) throws -> Void
    ) throws {
        let (condition, values) = filter.condition
        var batch: [(id: SubjectID, row: CaseRow)] = []
        func foldBatch() throws {
            for (found, folded) in zip(batch, try folded(batch.map(\.id))) {
                try body(found.row, folded)
            }
            batch = []
        }
        try database.scan(
            Self.rowQuery + " WHERE \(condition) ORDER BY c.reported_at, s.id",
            values
        ) { row in
            let found = try Self.identified(row)
            if found.row.reportedAt < since {
                try body(found.row, nil)
            } else {
                batch.append(found)
                if batch.count == Self.streamedAtOnce { try foldBatch() }
            }
            return true
        }
        try foldBatch()
    }

    /// Cases that satisfy the filter, those of which a clock runs out first before the others.
    package func casesByDue(_ filter: CaseFilter) throws -> [(id: SubjectID, row: CaseRow)] {
        let (condition, values) = filter.condition
        return try database.rows(
            Self.rowQuery
                + " WHERE \(condition) ORDER BY c.due_at IS NULL, c.due_at, c.reported_at, s.id LIMIT ?",
            values + [.integer(Int64(filter.limit))],
            Self.identified
        )
    }

    /// Folds subjects on all cores, in their order.
    package func folded(_ subjects: [SubjectID]) throws -> [FoldedSubject] {
        let unfolded = try subjects.map { id in
            let held = try entries(about: id)
            return Streamed(id: id, entries: held, elsewhere: try heldElsewhere(held, than: id))
        }
        return unfolded.onAllCores(atOnce: Self.streamedByThread) { [roster, policy] in
            SubjectFold.fold(
                $0.id,
                entries: $0.entries,
                isHeldElsewhere: $0.elsewhere.contains,
                authority: Authority(roster),
                policy: policy
            )
        }
    }

    /// A subject to be folded.
    private struct Streamed: Sendable {
        let id: SubjectID
        let entries: [PlacedEntry]
        let elsewhere: Set<Digest>
    }
}
