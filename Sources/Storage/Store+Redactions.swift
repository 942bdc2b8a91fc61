internal import Cases
package import Crypto
package import Encoding
package import Ledger

// Redactions that count, and what became of them here.
//
// A crash between the steps leaves an approved redaction in an earlier state, which is taken up
// again at the next start.
extension Store {
    /// What became of a redaction here.
    package enum RedactionState: Int64, Sendable {
        /// It hides parts that are still held.
        case hidden = 0
        /// It is approved, and waits for signatures to be checked or a time of keeping to be over.
        case approved = 1
        /// The parts were deleted; pages of before may still stand in the write-ahead log.
        case deleted = 2
        /// Nothing of them is left in the database's files.
        case gone = 3
    }

    /// Keeps which redactions count for a subject; inside a transaction.
    ///
    /// What was deleted stays so, whatever comes later.
    func keepRedactions(_ redactions: [KeptRedaction], subject: Int64) throws {
        try database.run(
            "DELETE FROM redaction WHERE subject = ? AND state < 2",
            [.integer(subject)]
        )
        for redaction in redactions {
            try database.run(
                "INSERT OR IGNORE INTO redaction (subject, entry, state) VALUES (?, ?, ?)",
                [
                    .integer(subject), .digest(redaction.entry),
                    .integer(redaction.isApproved ? 1 : 0),
                ]
            )
        }
        try destroyLateWraps(about: subject)
    }

    /// Destroys wraps that came after what they open was destroyed here; inside a transaction.
    private func destroyLateWraps(about subject: Int64) throws {
        let isGone = try database.first(
            "SELECT 1 FROM redaction WHERE subject = ? AND state >= 2 LIMIT 1",
            [.integer(subject)]
        ) { _ in true }
        guard isGone == true else { return }
        var deleted = 0
        for (position, entry) in try positionedEntries(about: subject) {
            guard let position, let seal = entry.header.seal else { continue }
            let row = position << Schema.partBits | Int64(seal.part)
            guard try absentState(row) == .redacted else { continue }
            deleted += try destroyWraps(of: [entry.hash], about: subject)
        }
        guard deleted > 0 else { return }
        // The log of changes is emptied of them too.
        try database.run(
            "UPDATE redaction SET state = 2 WHERE subject = ? AND state = 3",
            [.integer(subject)]
        )
    }

    private func positionedEntries(about subject: Int64) throws -> [PositionedEntry] {
        try positionedEntries(
            "SELECT position FROM subject_entry WHERE subject = ? ORDER BY position",
            [.integer(subject)]
        )
    }

    /// Deletes the parts of later entries with wraps for these ones; inside a transaction.
    ///
    /// - Returns: how many were held.
    private func destroyWraps(of named: Set<Digest>, about subject: Int64) throws -> Int {
        var deleted = 0
        for case (let position?, let entry) in try positionedEntries(about: subject) {
            for wrap in entry.header.wraps where named.contains(wrap.entry) {
                deleted += try destroyPart(position << Schema.partBits | Int64(wrap.part))
            }
        }
        return deleted
    }

    private func destroyPart(_ row: Int64) throws -> Int {
        try database.run("DELETE FROM part WHERE position = ?", [.integer(row)])
        let deleted = database.changeCount
        absentAreClosed = nil
        try database.run(
            "INSERT OR REPLACE INTO part_absent (position, state) VALUES (?, ?)",
            [.integer(row), .integer(PartState.redacted.rawValue)]
        )
        return deleted
    }

    /// Destroys the parts that approved redactions name.
    ///
    /// Both entries' signatures have to be checked, and the time until which the law wants them
    /// kept to be over. Bytes and salt are overwritten in their pages (`secure_delete`), the search
    /// index is removed, and the write-ahead log is emptied; while somebody reads the database that
    /// has to wait, and is done when this is called next.
    ///
    /// The external id of an imported record is remembered under `importKey` before it goes, so that
    /// importing it again at this home brings nothing back.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - importKey: the home's secret for external ids.
    /// - Returns: how many parts were deleted.
    /// - Throws: ``StoreError``, ``SQLiteError``; each redaction is deleted whole or not at all.
    package func destroyRedacted(now: UInt64, importKey: Bytes32) throws -> Int {
        let subjects = try database.rows(
            """
            SELECT DISTINCT s.number, s.id FROM redaction r JOIN subject s ON s.number = r.subject
            WHERE r.state = 1 ORDER BY s.number
            """
        ) { (number: $0.integer(0), id: SubjectID($0.blob(1))) }
        var deleted = 0
        for case (let number, let id?) in subjects {
            let redactions = try folded(id).view?.redactions ?? []
            guard !redactions.isEmpty else { continue }
            let checked = try checkedEntries(about: number)
            for redaction in redactions
            where redaction.isDue(now: now, isChecked: checked.contains) {
                try database.transaction {
                    let named = Set(redaction.named)
                    for entry in try entries(about: id) where named.contains(entry.hash) {
                        guard let external = EntryValues.external(entry) else { continue }
                        let reference = Self.importReference(
                            key: importKey,
                            source: external.source,
                            id: external.id
                        )
                        try remember(reference, as: id)
                    }
                    deleted += try deleteParts(of: named, about: number)
                    try database.run(
                        "UPDATE redaction SET state = 2 WHERE subject = ? AND entry = ?",
                        [.integer(number), .digest(redaction.entry)]
                    )
                }
            }
        }
        try purge()
        return deleted
    }

    /// Entries about a subject whose authors' signatures were checked.
    private func checkedEntries(about subject: Int64) throws -> Set<Digest> {
        try Set(
            positions(about: subject).filter { position, _ in
                let place = Position(position)
                let state = logsByNumber[place.logNumber].flatMap { statesByLog[$0] }
                return state.map { $0.checked > place.sequence } ?? false
            }.map(\.hash)
        )
    }

    /// Row ids of the entries about a subject, with the hash of each.
    private func positions(about subject: Int64) throws -> [(position: Int64, hash: Digest)] {
        try database.rows(
            """
            SELECT e.position, e.header FROM subject_entry s JOIN entry e ON e.position = s.position
            WHERE s.subject = ?
            """,
            [.integer(subject)]
        ) { ($0.integer(0), hasher.hash($0.blob(1))) }
    }

    private func deleteParts(of named: Set<Digest>, about subject: Int64) throws -> Int {
        var deleted = 0
        for (position, hash) in try positions(about: subject) where named.contains(hash) {
            deleted += try destroyParts(at: position)
        }
        return try deleted + destroyWraps(of: named, about: subject)
    }

    /// Deletes all parts of an entry, so that none of them is asked for, stored or given any more;
    /// inside a transaction.
    ///
    /// - Returns: how many were held.
    private func destroyParts(at position: Int64) throws -> Int {
        let first = position << Schema.partBits
        return try (header(at: position)?.parts.indices ?? 0..<0).reduce(0) { deleted, index in
            try deleted + destroyPart(first | Int64(index))
        }
    }

    /// Empties the write-ahead log of what was deleted, unless somebody reads the database.
    private func purge() throws {
        let isWaiting = try database.first("SELECT 1 FROM redaction WHERE state = 2 LIMIT 1") { _ in
            true
        }
        guard isWaiting == true else { return }
        SearchIndex.remove(beside: path)
        let isBusy = try database.first("PRAGMA wal_checkpoint(TRUNCATE)") { $0.integer(0) != 0 }
        guard isBusy == false else { return }
        try database.transaction {
            try database.run("UPDATE redaction SET state = 3 WHERE state = 2")
        }
    }

    /// The case whose record has this external id in a part that is hidden and still held.
    package func hiddenImport(source: String, id: String) throws -> SubjectID? {
        for kept in try redactions() where kept.state.rawValue < RedactionState.deleted.rawValue {
            let isIt = try entries(about: kept.subject).contains { entry in
                EntryValues.external(entry).map { $0 == (source, id) } ?? false
            }
            if isIt { return kept.subject }
        }
        return nil
    }

    /// Every redaction that counts or was carried out here, in the order of subjects.
    package func redactions() throws -> [(
        subject: SubjectID, entry: Digest, state: RedactionState
    )] {
        try database.rows(
            """
            SELECT s.id, r.entry, r.state FROM redaction r JOIN subject s ON s.number = r.subject
            ORDER BY s.id, r.entry
            """
        ) { row in
            guard let id = SubjectID(row.blob(0)),
                let state = RedactionState(rawValue: row.integer(2))
            else { throw StoreError.damaged("a redaction can not be read") }
            return (id, try row.digest(1), state)
        }
    }
}

/// A redaction that counts for a subject, as the table of them has it.
struct KeptRedaction: Sendable {
    let entry: Digest
    let isApproved: Bool

    init(_ redaction: SubjectView.Redaction) {
        entry = redaction.entry
        isApproved = !redaction.approvals.isEmpty
    }
}
