package import Cases
internal import Crypto
internal import Encoding
package import Ledger

extension Store {
    /// A case folded from its entries, with the verdict on each.
    package func folded(_ subject: SubjectID) throws -> FoldedSubject {
        fold(subject, try entries(about: subject))
    }

    func fold(_ subject: SubjectID, _ entries: [PlacedEntry]) -> FoldedSubject {
        SubjectFold.fold(subject, entries: entries, roster: roster)
    }

    /// A subject to be folded.
    private struct Unfolded: Sendable {
        let number: Int64
        let id: SubjectID
        let entries: [PlacedEntry]
    }

    /// The view's row of a subject, made apart from the database; nil values for no case.
    private struct FoldedRow: Sendable {
        let number: Int64
        let id: SubjectID
        let values: [SQLValue]?
        let verdicts: [(hash: Digest, verdict: EntryVerdict)]

        init(_ subject: Unfolded, _ roster: Roster) {
            number = subject.number
            id = subject.id
            let folded = SubjectFold.fold(subject.id, entries: subject.entries, roster: roster)
            values = folded.view.map(Store.rowValues)
            verdicts = folded.history.map { ($0.entry.hash, $0.verdict) }
        }
    }

    /// Subjects whose entries are in memory at a time.
    private static let foldedAtOnce = 512
    /// Subjects that one thread folds at a time.
    private static let foldedByThread = 16

    /// Folds each touched subject once and writes its view; inside a transaction.
    ///
    /// - Returns: the verdict on each entry that came in, by entry hash.
    func refold(_ touched: Touched) throws -> [Digest: EntryVerdict] {
        var verdicts: [Digest: EntryVerdict] = [:]
        let subjects = touched.subjects.sorted { $0.key < $1.key }
        try refold(subjects.map { ($0.key, $0.value.id) }) { index in
            let subject = subjects[index].value
            return subject.isNew
                ? subject.entries : try placedEntries(subject: subjects[index].key)
        } judged: {
            verdicts[$0] = $1
        }
        return verdicts
    }

    /// Folds subjects on all cores and writes their views in order.
    private func refold(
        _ subjects: [(number: Int64, id: SubjectID)],
        entries: (Int) throws -> [PlacedEntry],
        judged: (Digest, EntryVerdict) -> Void = { _, _ in }
    ) throws {
        var buckets: Set<Int64> = []
        for start in stride(from: 0, to: subjects.count, by: Self.foldedAtOnce) {
            let range = start..<min(start + Self.foldedAtOnce, subjects.count)
            let unfolded = try range.map { index in
                Unfolded(
                    number: subjects[index].number,
                    id: subjects[index].id,
                    entries: try entries(index)
                )
            }
            let rows = unfolded.onAllCores(atOnce: Self.foldedByThread) { [roster] in
                FoldedRow($0, roster)
            }
            for row in rows {
                try write(row.values, subject: row.number)
                buckets.insert(Self.bucket(of: row.id))
                for (hash, verdict) in row.verdicts { judged(hash, verdict) }
            }
        }
        for bucket in buckets.sorted() { try forgetBucket(bucket) }
    }

    /// Marks the view of every subject that entries of a log are about whose rights changed.
    func markStale(changedFrom before: Roster) throws {
        for state in logs where state.size > 0 {
            guard before.rights(log: state.id) != roster.rights(log: state.id) else { continue }
            try database.run(
                """
                INSERT INTO stale (subject) SELECT DISTINCT subject FROM subject_entry
                WHERE position BETWEEN ? AND ? ON CONFLICT DO NOTHING
                """,
                state.positions(0..<state.size)
            )
        }
    }

    /// Folds the subjects that are marked stale; inside a transaction.
    func refoldStale() throws {
        let subjects = try database.rows(
            "SELECT s.number, s.id FROM stale JOIN subject s ON s.number = stale.subject"
        ) { row in
            guard let id = SubjectID(row.blob(1)) else {
                throw StoreError.damaged("a subject's id is not of 16 bytes")
            }
            return (row.integer(0), id)
        }
        let cases = subjects.filter { $0.1 != rosterSubject }.map { (number: $0.0, id: $0.1) }
        try refold(cases) { try placedEntries(subject: cases[$0].number) }
        try database.run("DELETE FROM stale")
    }

    /// Writes the view of one subject; inside a transaction.
    func write(_ view: SubjectView?, subject: Int64, id: SubjectID) throws {
        try write(view.map(Self.rowValues), subject: subject)
        try forgetBucket(Self.bucket(of: id))
    }

    private static func rowValues(_ view: SubjectView) -> [SQLValue] {
        CaseRow(view).values + [.digest(sha256(view.encoded))]
    }

    private func forgetBucket(_ bucket: Int64) throws {
        try database.run("DELETE FROM view_bucket WHERE bucket = ?", [.integer(bucket)])
    }

    private func write(_ values: [SQLValue]?, subject: Int64) throws {
        guard let values else {
            try database.run("DELETE FROM case_view WHERE subject = ?", [.integer(subject)])
            return
        }
        try database.run(
            """
            INSERT OR REPLACE INTO case_view (subject, \(CaseRow.columns), digest)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [.integer(subject)] + values
        )
    }
}
