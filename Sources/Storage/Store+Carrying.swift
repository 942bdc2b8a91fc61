internal import Crypto
internal import Encoding
package import Ledger

// Sealed parts that this node can not open and only carries for others.
extension Store {
    /// Rows of parts that are looked at in one go.
    private static let carriedRows = 5_000
    /// A longer part is never dropped: SQLite reads all of one to give its first bytes.
    private static let carriedBytesMax = 64 << 10

    /// Sealed parts and wraps that only others can open, about subjects of other places.
    ///
    /// Not the node's own, nor those whose wraps are not held, since who can open them is not known.
    ///
    /// - Parameters:
    ///   - time: of entries before this one only, milliseconds since 1970.
    ///   - row: where the last look ended; -1 to begin.
    ///   - max: at most so many.
    /// - Returns: their names, and where the next look begins; -1 after the last part.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    package func carriedParts(
        before time: UInt64,
        after row: Int64,
        max: Int
    ) throws -> (found: [WantedPart], next: Int64) {
        guard let own = identity?.log, let scope = roster.member(log: own)?.scope else {
            return ([], -1)
        }
        let end = try database.first(
            """
            SELECT max(position), count(*) FROM (
                SELECT position FROM part WHERE position > ? ORDER BY position
                LIMIT \(Self.carriedRows))
            """,
            [.integer(row)]
        ) { (last: $0.integer(0), count: $0.integer(1)) }
        // Other parts are maps; these begin an array with its kind.
        let rows = try database.rows(
            """
            SELECT position FROM part WHERE position > ? AND position <= ?
                AND CASE WHEN length(bytes) <= \(Self.carriedBytesMax)
                    THEN substr(bytes, 1, 2) IN (x'8301', x'8202') ELSE 0 END
            ORDER BY position LIMIT ?
            """,
            [.integer(row), .integer(end?.last ?? row), .integer(Int64(max))]
        ) { $0.integer(0) }
        let keys = Set(roster.grants(log: own).map(\.keys.seal))
        let found = try rows.filter { row in
            let position = row >> Schema.partBits
            let log = logsByNumber[Position(position).logNumber].flatMap { statesByLog[$0]?.log }
            guard log != own, let header = try header(at: position), header.time < time else {
                return false
            }
            let index = Int(row & (1 << Schema.partBits - 1))
            return try isCarried(header, index, keys, scope)
        }.map(partName)
        let isLast = (end?.count ?? 0) < Int64(Self.carriedRows) && rows.count < max
        return (found, isLast ? -1 : rows.count < max ? end?.last ?? -1 : rows.last ?? -1)
    }

    private func isCarried(
        _ header: Header,
        _ index: Int,
        _ keys: Set<Bytes32>,
        _ scope: Scope
    ) throws -> Bool {
        guard let subject = header.subjects.first else { return false }
        let entries = try entries(about: subject)
        guard !entries.flatMap(\.header.places).contains(where: scope.covers) else { return false }
        let opened: PlacedEntry?
        if let wrap = header.wraps.first(where: { $0.part == index }) {
            opened = entries.first { $0.hash == wrap.entry }
        } else if let seal = header.seal, [seal.part, seal.wraps].contains(index) {
            let place = Place(log: header.log, sequence: header.sequence)
            opened = entries.first { Place(log: $0.log, sequence: $0.sequence) == place }
        } else {
            return false
        }
        guard let opened else { return false }
        let recipients = Unsealer.recipients(of: opened, among: entries)
        return !recipients.isEmpty && keys.isDisjoint(with: recipients)
    }

    /// Destroys parts that others were found to hold, in one transaction; they count as not held.
    ///
    /// The view does not change by it.
    ///
    /// - Returns: how many were held.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    package func dropCarried(_ parts: [WantedPart]) throws -> Int {
        var dropped = 0
        do {
            try database.transaction {
                for name in parts {
                    guard let row = try partRow(name) else { continue }
                    try database.run("DELETE FROM part WHERE position = ?", [.integer(row)])
                    guard database.changeCount > 0 else { continue }
                    try insertAbsent(.notHeld, at: row)
                    dropped += 1
                }
            }
        } catch {
            try load()
            throw error
        }
        return dropped
    }

    /// Asks for what was dropped, once wraps come by which this node can open it; inside a
    /// transaction.
    ///
    /// A node that stores some places only goes by those.
    func wantShared(_ header: Header, _ parts: [Part?], subjects: [Int64]) throws {
        guard !header.wraps.isEmpty, scopes.isEverything, let own = identity?.log else { return }
        let keys = Set(roster.grants(log: own).map(\.keys.seal))
        for wrap in header.wraps where wrap.part < parts.count {
            guard let wraps = parts[wrap.part].flatMap({ KeyWraps(decoding: $0.bytes) }),
                wraps.wraps.contains(where: { keys.contains($0.recipient) })
            else { continue }
            for subject in subjects {
                let sealed = try positionedEntries(
                    "SELECT position FROM subject_entry WHERE subject = ?",
                    [.integer(subject)]
                ).first { $0.entry.hash == wrap.entry }
                guard let position = sealed?.position, let seal = sealed?.entry.header.seal else {
                    continue
                }
                for index in [seal.part, seal.wraps] {
                    absentAreClosed = nil
                    try database.run(
                        "UPDATE part_absent SET state = 2 WHERE position = ? AND state = 1",
                        [.integer(position << Schema.partBits | Int64(index))]
                    )
                }
            }
        }
    }

    /// Whether all parts that are not held, but redacted ones, are sealed ones and wraps, which no
    /// view needs.
    func absentPartsAreClosed() throws -> Bool {
        if let known = absentAreClosed { return known }
        var areClosed = true
        try database.scan("SELECT position FROM part_absent WHERE state <> 3") { row in
            let index = Int(row.integer(0) & (1 << Schema.partBits - 1))
            let header = try header(at: row.integer(0) >> Schema.partBits)
            areClosed = header?.closedParts.contains(index) ?? false
            return areClosed
        }
        absentAreClosed = areClosed
        return areClosed
    }
}
