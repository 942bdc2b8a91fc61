package import Crypto
package import Encoding
package import Ledger

// Which parts are held, and which are to be.
extension Store {
    /// What became of a part here; nil if its entry is not held.
    package func partState(_ name: WantedPart) throws -> PartState? {
        guard let row = try partRow(name) else { return nil }
        return try absentState(row) ?? .present
    }

    /// How many parts are in a state other than present.
    package func absentCounts() throws -> (notHeld: UInt64, missing: UInt64, redacted: UInt64) {
        var counts: [Int64: UInt64] = [:]
        try database.scan("SELECT state, count(*) FROM part_absent GROUP BY state") { row in
            counts[row.integer(0)] = row.count(1)
            return true
        }
        func count(_ state: PartState) -> UInt64 { counts[state.rawValue] ?? 0 }
        return (count(.notHeld), count(.missing), count(.redacted))
    }

    /// How many parts should be held and nobody gave them yet.
    package func missingCount() throws -> UInt64 {
        try database.first("SELECT count(*) FROM part_absent WHERE state = 2") { $0.count(0) } ?? 0
    }

    /// Whether all parts of all entries are held, but those that were redacted or that no view
    /// needs: only then is the view one that other nodes can be compared with.
    package func holdsAllParts() throws -> Bool { try absentPartsAreClosed() }

    /// Missing parts in the order of storage, at most `max`, after one of them.
    package func missingParts(after name: WantedPart?, max: Int) throws -> [WantedPart] {
        let last = try name.flatMap(partRow) ?? -1
        let rows = try database.rows(
            """
            SELECT position FROM part_absent WHERE state = 2 AND position > ?
            ORDER BY position LIMIT ?
            """,
            [.integer(last), .integer(Int64(max))]
        ) { $0.integer(0) }
        return try rows.map(partName)
    }

    /// Parts by their names, nil for those that are not held.
    ///
    /// - Returns: at least one, and further ones while they have at most `byteMax` bytes together.
    package func parts(_ names: [WantedPart], byteMax: Int) throws -> [Part?] {
        var parts: [Part?] = []
        var bytes = 0
        for name in names {
            let part = try part(name)
            bytes += part?.bytes.count ?? 0
            guard parts.isEmpty || bytes <= byteMax else { break }
            parts.append(part)
        }
        return parts
    }

    /// A part by its name; nil if it is not held.
    package func part(_ name: WantedPart) throws -> Part? {
        guard let row = try partRow(name) else { return nil }
        return try database.first(
            "SELECT salt, bytes FROM part WHERE position = ?",
            [.integer(row)]
        ) { Part(salt: try $0.digest(0), bytes: $0.blob(1)) }
    }

    /// What shows that this node holds parts; nil for those that it does not.
    ///
    /// - Source: `Protocol/replication.md` section 7.
    package func proofs(
        _ names: [WantedPart],
        nonce: Bytes32,
        holder log: Digest
    ) throws -> [Digest?] {
        try names.map { name in
            try part(name).map { $0.proof(nonce: nonce, holder: log, hasher) }
        }
    }

    /// Stores parts that are missing, in one transaction, and folds what they belong to.
    ///
    /// One that is not missing any more, that was redacted, or that is not what its header commits
    /// to, is passed over.
    ///
    /// - Returns: how many were stored.
    @discardableResult
    package func keepParts(_ found: [(name: WantedPart, part: Part)]) throws -> Int {
        var stored = 0
        do {
            try database.transaction {
                for (name, part) in found {
                    guard part.commitment(hasher) == name.commitment,
                        let row = try partRow(name), try absentState(row)?.isSought ?? false
                    else { continue }
                    absentAreClosed = nil
                    try database.run(
                        "DELETE FROM part_absent WHERE position = ?",
                        [.integer(row)]
                    )
                    try insert(part, at: row)
                    try markStale(entryAt: row >> Schema.partBits)
                    stored += 1
                }
                if stored > 0 { try refoldStale() }
            }
        } catch {
            try load()
            throw error
        }
        return stored
    }

    func insert(_ part: Part, at row: Int64) throws {
        // Whatever it comes by, a part that was redacted does not come back.
        try database.run(
            """
            INSERT INTO part (position, salt, bytes) SELECT ?, ?, ? WHERE NOT EXISTS (
                SELECT 1 FROM part_absent WHERE position = ? AND state = 3)
            """,
            [.integer(row), .digest(part.salt), .blob(part.bytes), .integer(row)]
        )
    }

    func insertAbsent(_ state: PartState, at row: Int64) throws {
        absentAreClosed = nil
        try database.run(
            "INSERT OR IGNORE INTO part_absent (position, state) VALUES (?, ?)",
            [.integer(row), .integer(state.rawValue)]
        )
    }

    func absentState(_ row: Int64) throws -> PartState? {
        try database.first(
            "SELECT state FROM part_absent WHERE position = ?",
            [.integer(row)]
        ) { PartState(rawValue: $0.integer(0)) } ?? nil
    }

    /// Marks the view of what an entry is about.
    func markStale(entryAt position: Int64) throws {
        try database.run(
            """
            INSERT INTO stale (subject)
            SELECT subject FROM subject_entry WHERE position = ? ON CONFLICT DO NOTHING
            """,
            [.integer(position)]
        )
    }

    /// The row id of a part, in whichever history of its log its header stands; nil if in none.
    func partRow(_ name: WantedPart) throws -> Int64? {
        let trees = [statesByLog[name.id.log]].compactMap { $0 } + branches(of: name.id.log)
        for tree in trees where (tree.base..<tree.size).contains(name.id.sequence) {
            let position = try tree.position(name.id.sequence)
            guard let header = try header(at: position), name.id.part < header.parts.count,
                header.parts[name.id.part] == name.commitment
            else { continue }
            return position << Schema.partBits | Int64(name.id.part)
        }
        return nil
    }

    /// The name of the part with this row id.
    func partName(_ row: Int64) throws -> WantedPart {
        let position = row >> Schema.partBits
        let part = Int(row & (1 << Schema.partBits - 1))
        guard
            let state = logsByNumber[Position(position).logNumber].flatMap({ statesByLog[$0] }),
            let header = try header(at: position), part < header.parts.count
        else { throw StoreError.damaged("a part belongs to no entry") }
        return WantedPart(
            id: PartID(log: state.log, sequence: Position(position).sequence, part: part),
            commitment: header.parts[part]
        )
    }

    func header(at position: Int64) throws -> Header? {
        try database.first(
            "SELECT header FROM entry WHERE position = ?",
            [.integer(position)]
        ) { try? Header(decoding: $0.blob(0)) } ?? nil
    }
}
