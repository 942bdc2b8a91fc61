internal import Crypto
internal import Encoding
package import Ledger

/// The parts of an entry that came in, before it is known whether they are stored.
struct UndecidedParts {
    let position: Int64
    let isOwn: Bool
    let header: Header
    let parts: [Part?]
}

// Whose parts are stored, by the places that the headers give each subject.
extension Store {
    /// Name of the row that keeps the scopes; without it everything is stored.
    static let scopesName = "scopes"

    func readScopes() throws -> PartScopes {
        let text = try database.first(
            "SELECT value FROM home WHERE name = ?",
            [.text(Self.scopesName)]
        ) { String(decoding: $0.blob(0), as: UTF8.self) }
        guard let text else { return .everything }
        guard let scopes = Self.scopes(text) else {
            throw StoreError.damaged("its scopes can not be read")
        }
        return scopes
    }

    /// Reads what is kept: codes with commas between them, possibly none.
    static func scopes(_ text: String) -> PartScopes? {
        let codes = text.split(separator: ",")
        let scopes = codes.compactMap { Scope(String($0)) }
        guard scopes.count == codes.count else { return nil }
        return PartScopes(scopes)
    }

    /// Takes the parts of an entry that comes in; inside a transaction.
    func insertParts(
        of incoming: IncomingEntry,
        at position: Int64,
        of state: LogState,
        touched: inout Touched
    ) throws {
        let parts = incoming.entry.parts
        // One whose header names another place is about nothing, and has no parts.
        guard !parts.isEmpty, case .success(let header) = incoming.header else { return }
        guard !scopes.isEverything else { return try insert(parts, at: position) }
        touched.undecided.append(
            UndecidedParts(
                position: position,
                isOwn: state.log == identity?.log,
                header: header,
                parts: parts
            )
        )
    }

    private func insert(_ parts: [Part?], at position: Int64) throws {
        for (index, part) in parts.enumerated() {
            let row = position << Schema.partBits | Int64(index)
            if let part { try insert(part, at: row) } else { try insertAbsent(.missing, at: row) }
        }
    }

    /// Stores the parts that came in for subjects in the node's places, and marks as missing what
    /// an entry that came in brought into them; inside a transaction.
    func decideParts(_ touched: Touched) throws {
        guard !scopes.isEverything else { return }
        var places = PlaceLookup(self)
        for entry in touched.undecided {
            guard try places.wants(entry.header, isOwn: entry.isOwn, scopes) else {
                for index in entry.parts.indices {
                    try insertAbsent(.notHeld, at: entry.position << Schema.partBits | Int64(index))
                }
                continue
            }
            try insert(entry.parts, at: entry.position)
        }
        let moved = touched.subjects.filter { _, subject in
            !subject.isNew && subject.entries.contains { !$0.header.places.isEmpty }
        }
        for number in moved.keys.sorted() {
            try wantParts(ofSubject: number, &places)
        }
    }

    private func wantParts(ofSubject number: Int64, _ places: inout PlaceLookup) throws {
        let rows = try database.rows(
            """
            SELECT a.position FROM subject_entry s JOIN part_absent a
            ON a.position BETWEEN s.position << \(Schema.partBits)
                AND (s.position << \(Schema.partBits)) + \((1 << Schema.partBits) - 1)
            WHERE s.subject = ? AND a.state = 1
            """,
            [.integer(number)]
        ) { $0.integer(0) }
        for row in rows {
            guard let header = try header(at: row >> Schema.partBits),
                try places.wants(header, isOwn: false, scopes)
            else { continue }
            absentAreClosed = nil
            try database.run(
                "UPDATE part_absent SET state = 2 WHERE position = ?",
                [.integer(row)]
            )
        }
    }

    /// Leaves out the parts that a reader with these scopes does not store.
    package func trimmed(_ entries: [Entry], for scopes: PartScopes) throws -> [Entry] {
        guard !scopes.isEverything else { return entries }
        var places = PlaceLookup(self)
        return try entries.map { entry in
            guard !entry.parts.isEmpty, let header = try? Header(decoding: entry.header),
                try !places.wants(header, isOwn: false, scopes)
            else { return entry }
            return Entry(
                header: entry.header,
                leaf: entry.leaf,
                parts: entry.parts.map { _ in nil }
            )
        }
    }

    /// Parts that are held and would not be stored with other scopes, in the order of storage.
    ///
    /// - Parameters:
    ///   - scopes: the others.
    ///   - name: after this one; nil for the first.
    ///   - max: at most so many.
    /// - Returns: their names.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    package func partsOutside(
        _ scopes: PartScopes,
        after name: WantedPart?,
        max: Int
    ) throws -> [WantedPart] {
        var places = PlaceLookup(self)
        var found: [WantedPart] = []
        let last = try name.flatMap(partRow) ?? -1
        try database.scan(
            "SELECT position FROM part WHERE position > ? ORDER BY position",
            [.integer(last)]
        ) { row in
            guard try !isWanted(row.integer(0), scopes, &places) else { return true }
            found.append(try partName(row.integer(0)))
            return found.count < max
        }
        return found
    }

    private func isWanted(
        _ row: Int64,
        _ scopes: PartScopes,
        _ places: inout PlaceLookup
    ) throws -> Bool {
        let position = row >> Schema.partBits
        guard let header = try header(at: position) else { return false }
        let log = logsByNumber[Position(position).logNumber].flatMap { statesByLog[$0]?.log }
        return try places.wants(header, isOwn: log == identity?.log, scopes)
    }

    /// Stores the parts of other places from now on: what is held and lies outside is destroyed,
    /// what is not held and lies inside is missing from now on.
    ///
    /// - Parameters:
    ///   - scopes: the places.
    ///   - most: most parts that may be destroyed.
    /// - Returns: how many parts were destroyed, and how many are asked for.
    /// - Throws: ``StoreError``, ``SQLiteError``; nothing is changed then.
    package func setScopes(
        _ scopes: PartScopes,
        droppingAtMost most: UInt64 = 0
    ) throws -> (dropped: UInt64, wanted: UInt64) {
        var dropped: UInt64 = 0
        var wanted: UInt64 = 0
        do {
            try database.transaction {
                var places = PlaceLookup(self)
                let held = try database.rows("SELECT position FROM part ORDER BY position") {
                    $0.integer(0)
                }
                for row in held where try !isWanted(row, scopes, &places) {
                    guard dropped < most else { throw StoreError.unproven }
                    try database.run("DELETE FROM part WHERE position = ?", [.integer(row)])
                    try insertAbsent(.notHeld, at: row)
                    try markStale(entryAt: row >> Schema.partBits)
                    dropped += 1
                }
                let absent = try database.rows(
                    "SELECT position, state FROM part_absent WHERE state <> 3 ORDER BY position"
                ) { (row: $0.integer(0), state: $0.integer(1)) }
                for (row, state) in absent {
                    let isWanted = try isWanted(row, scopes, &places)
                    let next = isWanted ? PartState.missing : .notHeld
                    wanted += isWanted ? 1 : 0
                    guard next.rawValue != state else { continue }
                    absentAreClosed = nil
                    try database.run(
                        "UPDATE part_absent SET state = ? WHERE position = ?",
                        [.integer(next.rawValue), .integer(row)]
                    )
                }
                try writeScopes(scopes)
                self.scopes = scopes
                if dropped > 0 { try refoldStale() }
            }
        } catch {
            try load()
            throw error
        }
        return (dropped, wanted)
    }

    private func writeScopes(_ scopes: PartScopes) throws {
        try database.run("DELETE FROM home WHERE name = ?", [.text(Self.scopesName)])
        guard let list = scopes.scopes else { return }
        let text = list.map(\.code).joined(separator: ",")
        try database.run(
            "INSERT INTO home (name, value) VALUES (?, ?)",
            [.text(Self.scopesName), .blob(Array(text.utf8))]
        )
    }

    /// Gives the room of what was destroyed back to the disk, and leaves nothing of it in the log
    /// of changes either.
    package func freeSpace() throws {
        try database.execute("VACUUM")
        try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}

/// The places of subjects, each looked up once.
private struct PlaceLookup {
    private let store: Store
    private var places: [SubjectID: [Scope]] = [:]

    init(_ store: Store) { self.store = store }

    mutating func wants(_ header: Header, isOwn: Bool, _ scopes: PartScopes) throws -> Bool {
        if isOwn || scopes.isEverything || header.isForEverybody { return true }
        for subject in header.subjects where try scopes.cover(self.places(of: subject)) {
            return true
        }
        return false
    }

    private mutating func places(of subject: SubjectID) throws -> [Scope] {
        if let known = places[subject] { return known }
        var found: Set<Scope> = []
        if subject != store.rosterSubject, let number = try store.subjectNumber(subject) {
            try store.database.scan(
                """
                SELECT header FROM entry WHERE position IN (
                    SELECT position FROM subject_entry WHERE subject = ?)
                """,
                [.integer(number)]
            ) { row in
                if let header = try? Header(decoding: row.blob(0)) {
                    found.formUnion(header.places)
                }
                return true
            }
        }
        places[subject] = found.sorted()
        return found.sorted()
    }
}
