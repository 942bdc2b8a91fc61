package import Cases
internal import Crypto
internal import Encoding
package import Ledger

extension Store {
    /// A subject folded from its entries, with the verdict on each.
    package func folded(_ subject: SubjectID) throws -> FoldedSubject {
        try fold(subject, try entries(about: subject))
    }

    func fold(_ subject: SubjectID, _ entries: [PlacedEntry]) throws -> FoldedSubject {
        let elsewhere = try heldElsewhere(entries, than: subject)
        return SubjectFold.fold(
            subject,
            entries: entries,
            isHeldElsewhere: elsewhere.contains,
            authority: Authority(roster),
            policy: policy
        )
    }

    /// Hashes of what is held about the subjects that entries are about beside this one: an entry
    /// about several names the heads of all.
    func heldElsewhere(
        _ entries: [PlacedEntry],
        than subject: SubjectID
    ) throws -> Set<Digest> {
        let others = Set(entries.flatMap(\.header.subjects)).subtracting([subject])
        var hashes: Set<Digest> = []
        for other in others.sorted() {
            guard let number = try subjectNumber(other) else { continue }
            try database.scan(
                """
                SELECT header FROM entry WHERE position IN (
                    SELECT position FROM subject_entry WHERE subject = ?)
                """,
                [.integer(number)]
            ) { row in
                hashes.insert(hasher.hash(row.blob(0)))
                return true
            }
        }
        return hashes
    }

    /// A subject to be folded.
    private struct Unfolded: Sendable {
        let number: Int64
        let id: SubjectID
        let entries: [PlacedEntry]
        let elsewhere: Set<Digest>
    }

    /// The view's row of a subject, made apart from the database; nil for none.
    private struct FoldedRow: Sendable {
        let number: Int64
        let id: SubjectID
        let row: ViewRow?
        let verdicts: [(hash: Digest, verdict: EntryVerdict)]

        init(_ subject: Unfolded, _ roster: Roster, _ policy: Policy) {
            number = subject.number
            id = subject.id
            let folded = SubjectFold.fold(
                subject.id,
                entries: subject.entries,
                isHeldElsewhere: subject.elsewhere.contains,
                authority: Authority(roster),
                policy: policy
            )
            row = folded.view.map(ViewRow.init)
            verdicts = folded.history.map { ($0.entry.hash, $0.verdict) }
        }
    }

    /// A row of one of the view's two tables.
    private enum ViewRow: Sendable {
        case ofCase([SQLValue])
        case ofRecord([SQLValue])

        init(_ view: SubjectView) {
            let digest = [SQLValue.digest(sha256(view.encoded))]
            if let record = RecordRow(view) {
                self = .ofRecord(record.values + digest)
            } else {
                self = .ofCase(CaseRow(view).values + digest)
            }
        }
    }

    /// Subjects whose entries are in memory at a time.
    private static let foldedAtOnce = 512
    /// Subjects that one thread folds at a time.
    private static let foldedByThread = 16

    /// Folds each touched subject once and writes its view; inside a transaction.
    ///
    /// Policies first: the deadlines of everything else follow from them.
    ///
    /// - Returns: the verdict on each entry that came in, by entry hash.
    func refold(_ touched: Touched) throws -> [Digest: EntryVerdict] {
        var verdicts: [Digest: EntryVerdict] = [:]
        let subjects = try withPartners(touched).sorted { $0.key < $1.key }
        let policies = subjects.filter { $0.value.isPolicy }
        for group in [policies, subjects.filter { !$0.value.isPolicy }] {
            try refold(group.map { ($0.key, $0.value.id) }) { number in
                // What came along may not be what is stored.
                guard let subject = touched.subjects[number], subject.isNew, scopes.isEverything
                else {
                    return try placedEntries(subject: number)
                }
                return subject.entries
            } judged: { hash, verdict in
                // Of an entry about several subjects, that it counts somewhere.
                if !(verdicts[hash]?.isInEffect ?? false) { verdicts[hash] = verdict }
            }
            if !policies.isEmpty { try followPolicy() }
        }
        return verdicts
    }

    /// The touched subjects, and those that an entry is about together with one of them.
    private func withPartners(_ touched: Touched) throws -> [Int64: TouchedSubject] {
        var subjects = touched.subjects
        var numbers = subjects.filter { !$0.value.isNew }.keys.sorted()
        if touched.hasRoster, let roster = try rosterSubject.flatMap(subjectNumber) {
            numbers.append(roster)
        }
        for number in numbers {
            try database.scan(
                """
                SELECT s.number, s.id FROM shared_entry e JOIN subject s ON s.number = e.other
                WHERE e.subject = ?
                """,
                [.integer(number)]
            ) { row in
                let (number, id) = try Self.numbered(row)
                if id != rosterSubject, subjects[number] == nil {
                    subjects[number] = TouchedSubject(id: id, isNew: false, entries: [])
                }
                return true
            }
        }
        return subjects
    }

    /// Takes up the policy as its subjects now say, and marks what it changes.
    ///
    /// - Returns: whether it changed.
    @discardableResult
    private func followPolicy() throws -> Bool {
        let before = policy
        policy = try readPolicy()
        guard before != policy else { return false }
        if before.calendar != policy.calendar {
            try database.run(
                """
                INSERT INTO stale (subject) SELECT subject FROM case_view
                UNION SELECT subject FROM record_view WHERE true ON CONFLICT DO NOTHING
                """
            )
        }
        let changed = Set(before.profiles).symmetricDifference(policy.profiles)
        for code in Set(changed.map(\.scope.code)).sorted() {
            try database.run(
                """
                INSERT INTO stale (subject) SELECT subject FROM case_view
                WHERE scope >= ? AND scope < ? ON CONFLICT DO NOTHING
                """,
                [.text(code), .text(code + "\u{10FFFF}")]
            )
        }
        return true
    }

    /// What the policy subjects say, each folded anew.
    func readPolicy() throws -> Policy {
        let subjects = try database.rows(
            """
            SELECT s.number, s.id FROM record_view r JOIN subject s ON s.number = r.subject
            WHERE r.kind = ?
            """,
            [.text(SubjectKind.policy.rawValue)],
            Self.numbered
        )
        return Policy(
            try subjects.compactMap { subject in
                try fold(subject.id, try placedEntries(subject: subject.number)).view
            }
        )
    }

    private static func numbered(_ row: Row) throws -> (number: Int64, id: SubjectID) {
        guard let id = SubjectID(row.blob(1)) else {
            throw StoreError.damaged("a subject's id is not of 16 bytes")
        }
        return (row.integer(0), id)
    }

    /// Folds subjects on all cores and writes their views in order.
    private func refold(
        _ subjects: [(number: Int64, id: SubjectID)],
        entries: (Int64) throws -> [PlacedEntry],
        judged: (Digest, EntryVerdict) -> Void = { _, _ in }
    ) throws {
        var buckets: Set<Int64> = []
        for start in stride(from: 0, to: subjects.count, by: Self.foldedAtOnce) {
            let range = start..<min(start + Self.foldedAtOnce, subjects.count)
            let unfolded = try range.map { index in
                let (number, id) = subjects[index]
                let held = try entries(number)
                return Unfolded(
                    number: number,
                    id: id,
                    entries: held,
                    elsewhere: try heldElsewhere(held, than: id)
                )
            }
            let rows = unfolded.onAllCores(atOnce: Self.foldedByThread) { [roster, policy] in
                FoldedRow($0, roster, policy)
            }
            for row in rows {
                try write(row.row, subject: row.number)
                buckets.insert(Self.bucket(of: row.id))
                for (hash, verdict) in row.verdicts { judged(hash, verdict) }
            }
        }
        for bucket in buckets.sorted() { try forgetBucket(bucket) }
    }

    /// Marks the view of every subject that entries of a log are about whose rights changed.
    func markStale(changedFrom before: Roster) throws {
        for state in trees where state.size > state.base {
            guard before.rights(log: state.log) != roster.rights(log: state.log) else { continue }
            try database.run(
                """
                INSERT INTO stale (subject) SELECT DISTINCT subject FROM subject_entry
                WHERE position BETWEEN ? AND ? ON CONFLICT DO NOTHING
                """,
                state.positions(state.base..<state.size)
            )
        }
    }

    /// Folds the subjects that are marked stale, policies first; inside a transaction.
    func refoldStale() throws {
        // Twice: a policy that had no view before is known as one only once it was folded, and
        // policies themselves follow from none.
        for _ in 0..<2 {
            try refold(try staleSubjects(arePolicies: true)) { try placedEntries(subject: $0) }
            try followPolicy()
            try refold(try staleSubjects(arePolicies: false)) { try placedEntries(subject: $0) }
            try database.run("DELETE FROM stale")
            guard try followPolicy() else { return }
        }
    }

    private func staleSubjects(
        arePolicies: Bool
    ) throws -> [(number: Int64, id: SubjectID)] {
        try database.rows(
            """
            SELECT s.number, s.id FROM stale JOIN subject s ON s.number = stale.subject
            WHERE EXISTS (SELECT 1 FROM record_view r
                WHERE r.subject = s.number AND r.kind = ?) = ?
            """,
            [.text(SubjectKind.policy.rawValue), .integer(arePolicies ? 1 : 0)],
            Self.numbered
        ).filter { $0.id != rosterSubject }
    }

    /// Writes the view of one subject; inside a transaction.
    func write(_ view: SubjectView?, subject: Int64, id: SubjectID) throws {
        try write(view.map(ViewRow.init), subject: subject)
        try forgetBucket(Self.bucket(of: id))
    }

    private func forgetBucket(_ bucket: Int64) throws {
        try database.run("DELETE FROM view_bucket WHERE bucket = ?", [.integer(bucket)])
    }

    private func write(_ row: ViewRow?, subject: Int64) throws {
        switch row {
        case .ofCase(let values):
            try database.run(Self.writeCase, [.integer(subject)] + values)
        case .ofRecord(let values):
            try database.run(Self.writeRecord, [.integer(subject)] + values)
        case nil:
            // What it was is not known any more; what opened it decides it for ever.
            try database.run("DELETE FROM case_view WHERE subject = ?", [.integer(subject)])
            try database.run("DELETE FROM record_view WHERE subject = ?", [.integer(subject)])
        }
    }

    private static let writeCase = insertion("case_view", CaseRow.columns)
    private static let writeRecord = insertion("record_view", RecordRow.columns)

    private static func insertion(_ table: String, _ columns: String) -> String {
        let marks = columns.split(separator: ",").map { _ in ", ?" }.joined()
        return "INSERT OR REPLACE INTO \(table) (subject, \(columns), digest) VALUES (?\(marks), ?)"
    }
}
