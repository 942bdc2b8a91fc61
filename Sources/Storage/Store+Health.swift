internal import Cases
package import Ledger

/// Subjects whose entries were not all judged.
package struct UnjudgedSubjects: Sendable {
    /// With entries that wait for others.
    package var waiting: [String] = []
    /// With entries of a newer version.
    package var newer: [String] = []
}

extension Store {
    /// What SQLite's own check finds wrong with the file, at most `limit` things.
    package func quickCheck(limit: Int) throws -> [String] {
        try database.rows("PRAGMA quick_check(\(limit))") { $0.text(0) }.filter { $0 != "ok" }
    }

    /// Subjects whose view is older than their entries.
    package func staleCount() throws -> UInt64 {
        try database.first("SELECT count(*) FROM stale") { $0.count(0) } ?? 0
    }

    /// How many subjects there are.
    package func subjectCount() throws -> UInt64 {
        try database.first("SELECT count(*) FROM subject") { $0.count(0) } ?? 0
    }

    /// Cases whose merging leads nowhere: the case that is to lead has not agreed to the link, or is
    /// merged in turn, in a ring.
    ///
    /// - Returns: their numbers.
    /// - Throws: ``SQLiteError``, damage.
    package func strayMergings() throws -> [String] {
        var filter = CaseFilter()
        filter.stages = [Stage.merged.rawValue]
        filter.limit = .max
        var leads: [SubjectID: (number: String, lead: SubjectID?)] = [:]
        for (id, row) in try cases(filter) {
            let link = try folded(id).view?.links.first { $0.kind == .duplicateOf && $0.isAgreed }
            let isAgreed = try link.flatMap { link in
                try folded(link.other).view?.links.contains {
                    $0.entry == link.entry && $0.isAgreed
                }
            }
            leads[id] = (row.number, isAgreed == true ? link?.other : nil)
        }
        return leads.keys.sorted().compactMap { start in
            guard let first = leads[start] else { return nil }
            // A walk that is longer than there are cases goes round.
            var next = first.lead
            for _ in 0...leads.count {
                guard let lead = next else { return first.number }
                guard let further = leads[lead] else { return nil }
                next = further.lead
            }
            return first.number
        }
    }

    /// Folds every subject and names those of which entries wait or need a newer version.
    package func unjudgedSubjects() throws -> UnjudgedSubjects {
        let ids = try database.rows("SELECT id FROM subject ORDER BY number") { row in
            SubjectID(row.blob(0))
        }
        var found = UnjudgedSubjects()
        for id in ids.compactMap({ $0 }) where id != rosterSubject {
            let folded = try folded(id)
            let name = folded.view?.number ?? id.description
            let verdicts = folded.history.map(\.verdict)
            if verdicts.contains(.waiting) { found.waiting.append(name) }
            let needsNewer = verdicts.contains { verdict in
                if case .needsVersion = verdict { true } else { false }
            }
            if needsNewer { found.newer.append(name) }
        }
        return found
    }

    /// Conflicts that a place has to settle and was to by `now`, by case.
    ///
    /// - Parameters:
    ///   - place: the very code that owns them.
    ///   - now: milliseconds since 1970.
    ///   - limit: most cases that are looked at.
    /// - Returns: the case's number, and when the first of its conflicts was due.
    /// - Throws: ``SQLiteError``, damage.
    package func lateConflicts(
        of place: Scope,
        now: UInt64,
        limit: Int
    ) throws -> [(number: String, due: UInt64)] {
        var filter = CaseFilter()
        filter.conflictAt = now
        filter.limit = limit
        return try cases(filter).compactMap { id, row in
            let conflicts = try folded(id).view?.conflicts ?? []
            let due = conflicts.filter { $0.owner == place && $0.answerBy < now }
                .map(\.answerBy).min()
            return due.map { (row.number, $0) }
        }
    }

    /// Offers that a place was to answer by `now`.
    ///
    /// - Parameters:
    ///   - place: to which they were made.
    ///   - now: milliseconds since 1970.
    ///   - limit: most of them.
    /// - Returns: the case's number, and when the answer was due.
    /// - Throws: ``SQLiteError``, damage.
    package func lateOffers(
        to place: Scope,
        now: UInt64,
        limit: Int
    ) throws -> [(number: String, due: UInt64)] {
        var filter = CaseFilter()
        filter.offeredTo = place
        filter.overdueAt = now
        filter.limit = limit
        return try cases(filter).compactMap { _, row in
            guard row.offeredTo == place.code, let due = row.answerBy, due < now else { return nil }
            return (row.number, due)
        }
    }
}
