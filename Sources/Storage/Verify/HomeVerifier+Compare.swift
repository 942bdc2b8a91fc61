internal import Audit
internal import Crypto
internal import Encoding

extension HomeVerifier {
    /// Compares what is derived from entries in the home with what was rebuilt from them.
    func compare(_ home: Database) throws {
        try compareSchema(home)
        try compareTiles(home)
        try compareParts(home)
        try compareSubjects(home)
        try compareShared(home)
        try comparePositions(home)
        try compareView(home, "case_view", CaseRow.columns)
        try compareView(home, "record_view", RecordRow.columns)
        try compareBuckets(home)
    }

    /// That tables and indexes are those of this program.
    private func compareSchema(_ home: Database) throws {
        for (here, there, what) in [
            ("main", "rebuilt", "is not of this program"),
            ("rebuilt", "main", "is missing or altered"),
        ] {
            let query = """
                SELECT type, name FROM (
                    SELECT type, name, tbl_name, sql FROM \(here).sqlite_schema
                    EXCEPT SELECT type, name, tbl_name, sql FROM \(there).sqlite_schema
                ) WHERE name NOT LIKE 'sqlite_stat%'
                """
            try home.scan(query) { row in
                add(.database, "\(row.text(0)) \(row.text(1)) \(what)")
                return true
            }
        }
    }

    private func compareTiles(_ home: Database) throws {
        let columns = "log, level, number"
        try home.scan(
            """
            SELECT \(columns), 0 FROM main.tile t WHERE NOT EXISTS (
                SELECT 1 FROM rebuilt.tile r WHERE r.log = t.log AND r.level = t.level
                    AND r.number = t.number AND r.hashes = t.hashes)
            UNION ALL
            SELECT \(columns), 1 FROM rebuilt.tile t WHERE NOT EXISTS (
                SELECT 1 FROM main.tile r WHERE r.log = t.log AND r.level = t.level
                    AND r.number = t.number)
            """
        ) { row in
            let state = row.integer(3) == 0 ? "is not that of the entries" : "is missing"
            add(
                .tile,
                "tile \(row.integer(2)) of level \(row.integer(1)) \(state)",
                log: rows[row.integer(0)]?.id
            )
            return true
        }
    }

    /// That what is said to be absent is, and that of everything absent it is said why.
    private func compareParts(_ home: Database) throws {
        for (query, text) in [
            (
                """
                SELECT position FROM main.part_absent INTERSECT SELECT position FROM main.part
                """, "is said not to be held, and is"
            ),
            (
                """
                SELECT position FROM rebuilt.part_absent
                EXCEPT SELECT position FROM main.part_absent
                """, "is not held, and nothing says why"
            ),
            (
                """
                SELECT position FROM main.part_absent
                EXCEPT SELECT position FROM rebuilt.part_absent
                EXCEPT SELECT position FROM main.part
                """, "is said not to be held, no header names it"
            ),
        ] {
            try home.scan(query) { row in
                let part = row.integer(0) & (1 << Schema.partBits - 1)
                add(.missing, "part \(part) \(text)", at: row.integer(0) >> Schema.partBits)
                return true
            }
        }
        let missing =
            try home.first("SELECT count(*) FROM main.part_absent WHERE state = 2") {
                $0.integer(0)
            } ?? 0
        if missing > 0 {
            let text = "\(missing) parts should be held, and nobody gave them yet"
            add(.missing, text, gravity: .note)
        }
    }

    private func compareSubjects(_ home: Database) throws {
        for (here, there, what) in [
            ("main", "rebuilt", "is indexed, no entry is about it"),
            ("rebuilt", "main", "is not indexed"),
        ] {
            try home.scan(
                """
                SELECT hex(s.id) FROM \(here).subject s WHERE NOT EXISTS (
                    SELECT 1 FROM \(there).subject r WHERE r.id = s.id)
                """
            ) { row in
                add(.index, "subject \(Self.short(row.text(0))) \(what)")
                return true
            }
            try home.scan(
                """
                SELECT hex(s.id), e.subject, e.position FROM \(here).subject_entry e
                LEFT JOIN \(here).subject s ON s.number = e.subject
                WHERE NOT EXISTS (
                    SELECT 1 FROM \(there).subject rs
                    JOIN \(there).subject_entry re ON re.subject = rs.number
                    WHERE rs.id = s.id AND re.position = e.position)
                """
            ) { row in
                let subject = row.isNull(0) ? "row \(row.integer(1))" : Self.short(row.text(0))
                let what = here == "main" ? "is indexed under" : "is not indexed under"
                add(.index, "\(what) subject \(subject)", at: row.integer(2))
                return true
            }
        }
    }

    private func compareShared(_ home: Database) throws {
        for (here, there, what) in [
            ("main", "rebuilt", "is said to share an entry with another, no entry is shared"),
            ("rebuilt", "main", "shares an entry with another, which is not said"),
        ] {
            try home.scan(
                """
                SELECT hex(s.id), e.subject FROM \(here).shared_entry e
                LEFT JOIN \(here).subject s ON s.number = e.subject
                LEFT JOIN \(here).subject o ON o.number = e.other
                WHERE NOT EXISTS (
                    SELECT 1 FROM \(there).shared_entry re
                    JOIN \(there).subject rs ON rs.number = re.subject
                    JOIN \(there).subject ro ON ro.number = re.other
                    WHERE rs.id = s.id AND ro.id = o.id)
                """
            ) { row in
                let subject = row.isNull(0) ? "row \(row.integer(1))" : Self.short(row.text(0))
                add(.index, "subject \(subject) \(what)")
                return true
            }
        }
    }

    private func comparePositions(_ home: Database) throws {
        for (here, there, what) in [
            ("main", "rebuilt", "is listed as a roster entry and is none"),
            ("rebuilt", "main", "is a roster entry and not listed"),
        ] {
            try home.scan(
                """
                SELECT position FROM \(here).roster_entry
                EXCEPT SELECT position FROM \(there).roster_entry
                """
            ) { row in
                add(.index, what, at: row.integer(0))
                return true
            }
        }
        try home.scan(
            """
            SELECT h.position, h.is_signed FROM main.roster_entry h
            JOIN rebuilt.roster_entry r ON r.position = h.position
            WHERE h.is_signed <> r.is_signed ORDER BY h.position
            """
        ) { row in
            // Said to be unchecked, it is checked again before it has effect.
            let isClaim = row.integer(1) == 0
            let text = isClaim ? "was not checked before" : "is marked as signed and is not"
            add(.index, text, at: row.integer(0), gravity: isClaim ? .note : .error)
            return true
        }
        try home.scan(
            """
            SELECT st.subject, s.number IS NULL, hex(s.id) FROM main.stale st
            LEFT JOIN main.subject s ON s.number = st.subject
            """
        ) { row in
            if row.integer(1) != 0 {
                add(.index, "row \(row.integer(0)) of no subject is marked for folding")
            } else {
                report.isProvisional = true
                let text = "the view of subject \(Self.short(row.text(2))) is marked for folding"
                add(.view, text, gravity: .note)
            }
            return true
        }
    }

    private func compareView(_ home: Database, _ table: String, _ names: String) throws {
        let columns = names.split(separator: ", ").map(String.init) + ["digest"]
        let differences = columns.map { "c.\($0) IS NOT rc.\($0)" }
        try home.scan(
            """
            SELECT hex(s.id), c.subject, rc.subject IS NULL,
                \(differences.joined(separator: ", "))
            FROM main.\(table) c LEFT JOIN main.subject s ON s.number = c.subject
            LEFT JOIN rebuilt.subject rs ON rs.id = s.id
            LEFT JOIN rebuilt.\(table) rc ON rc.subject = rs.number
            WHERE (rc.subject IS NULL OR \(differences.joined(separator: " OR ")))
                AND c.subject NOT IN (SELECT subject FROM main.stale)
            """
        ) { row in
            let subject = row.isNull(0) ? "row \(row.integer(1))" : Self.short(row.text(0))
            guard row.integer(2) == 0 else {
                add(.view, "the view shows subject \(subject), its entries give nothing to show")
                return true
            }
            let wrong = columns.indices.filter { row.integer(3 + $0) != 0 }.map { columns[$0] }
            let names = wrong.joined(separator: ", ")
            add(.view, "the view of subject \(subject) is not what its entries give: \(names)")
            return true
        }
        try home.scan(
            """
            SELECT hex(rs.id) FROM rebuilt.\(table) rc
            JOIN rebuilt.subject rs ON rs.number = rc.subject
            LEFT JOIN main.subject s ON s.id = rs.id
            WHERE NOT EXISTS (SELECT 1 FROM main.\(table) c WHERE c.subject = s.number)
                AND NOT EXISTS (SELECT 1 FROM main.stale st WHERE st.subject = s.number)
            """
        ) { row in
            add(.view, "the view does not show subject \(Self.short(row.text(0)))")
            return true
        }
    }

    /// Buckets may be missing, as they are after each change; one that is there must be right,
    /// unless views under it are marked for folding.
    private func compareBuckets(_ home: Database) throws {
        try home.scan(
            """
            SELECT bucket FROM main.view_bucket b WHERE NOT EXISTS (
                SELECT 1 FROM rebuilt.view_bucket r
                WHERE r.bucket = b.bucket AND r.digest = b.digest)
                AND NOT EXISTS (SELECT 1 FROM main.stale)
            """
        ) { row in
            add(.view, "bucket \(row.integer(0)) of the view digest is not that of its cases")
            return true
        }
    }

    private static func short(_ hex: String) -> String { String(hex.lowercased().prefix(16)) }
}
