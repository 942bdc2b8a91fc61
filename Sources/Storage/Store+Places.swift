package import Cases
internal import Encoding
package import Ledger

extension Store {
    /// What became of codes, by the successions that are held.
    package func placeDirectory() throws -> PlaceDirectory {
        var filter = RecordFilter(.place)
        filter.form = .succession
        filter.limit = CodeSuccession.mostRows
        return PlaceDirectory(try records(filter))
    }

    /// Codes that cases were recorded under, outside a place, and that resolve into it.
    ///
    /// History is not rewritten: the cases keep their codes, and lists find them by these, each with
    /// the version of the table that it was given in.
    package func recordedElsewhere(
        than place: Scope,
        _ directory: PlaceDirectory
    ) throws -> [GivenCode] {
        var found: Set<GivenCode> = []
        var last: Scope?
        for old in directory.succession.rows.map(\.old) {
            // What lies within a code that was looked through is not looked through again.
            if let last, last.covers(old) { continue }
            last = old
            for code in try caseScopes(within: old) where !place.covers(code) {
                for table in try codeTables(of: code) {
                    let codes = directory.succession.resolve(code, given: table).codes
                    guard codes.contains(where: place.covers) else { continue }
                    found.insert(GivenCode(code: code, table: table))
                }
            }
        }
        return found.sorted()
    }

    /// In which versions of the table cases were given this very code.
    private func codeTables(of code: Scope) throws -> [String?] {
        try database.rows(
            "SELECT DISTINCT code_table FROM case_view WHERE scope = ? ORDER BY 1",
            [.text(code.code)]
        ) { $0.optionalText(0) }
    }

    /// Codes that cases were recorded under within a code: from one to the next in the index.
    private func caseScopes(within code: Scope) throws -> [Scope] {
        let end = SQLValue.text(code.code + "\u{10FFFF}")
        return try database.rows(
            """
            WITH RECURSIVE found (scope) AS (
                SELECT min(scope) FROM case_view WHERE scope >= ? AND scope < ?
                UNION ALL
                SELECT (SELECT min(scope) FROM case_view WHERE scope > f.scope AND scope < ?)
                FROM found f WHERE f.scope IS NOT NULL
            )
            SELECT scope FROM found WHERE scope IS NOT NULL
            """,
            [.text(code.code), end, end]
        ) { Scope($0.text(0)) }.compactMap { $0 }
    }

    /// Full names of cities, districts, streets and towns by their code.
    package func divisionNames() throws -> [String: String] {
        // From one place that records were opened for to the next: buildings are not gone through.
        let rows = try database.rows(
            """
            WITH RECURSIVE found (scope) AS (
                SELECT min(scope) FROM record_view WHERE form = ?1
                UNION ALL
                SELECT (SELECT min(scope) FROM record_view WHERE form = ?1 AND scope > f.scope)
                FROM found f WHERE f.scope IS NOT NULL
            )
            SELECT r.code, r.title FROM found f
            JOIN record_view r ON r.code = f.scope AND r.form = ?1
            WHERE length(f.scope) <= 9 AND r.stage = ?2 AND r.title IS NOT NULL
            ORDER BY r.updated_at
            """,
            [.text(RecordRow.Form.place.rawValue), .text(Stage.inForce.rawValue)]
        ) { ($0.text(0), $0.text(1)) }
        return Dictionary(rows) { _, last in last }
    }

    /// The aliases in force that hold in a place or within it; all without one.
    package func aliasBook(around place: Scope? = nil) throws -> AliasBook {
        var filter = RecordFilter(.place)
        filter.form = .alias
        filter.around = place
        filter.isOpen = true
        filter.limit = 1_000_000
        let aliases = try records(filter).compactMap { id, row -> AliasBook.Alias? in
            guard let scope = Scope(row.scope), let code = row.parent, var text = row.title else {
                return nil
            }
            // Rows have only the first words.
            if text.count >= CaseRow.textMax { text = try folded(id).view?.text(.alias) ?? text }
            return AliasBook.Alias(id: id, scope: scope, text: text, code: code)
        }
        return AliasBook(aliases, names: try divisionNames())
    }

    /// The whole of a case's words for its place.
    package func placeText(_ id: SubjectID, _ row: CaseRow) throws -> String? {
        guard let text = row.place, text.count >= CaseRow.textMax else { return row.place }
        return try folded(id).view?.text(.place) ?? text
    }

    /// The grids of a street, from all versions that are held.
    package func grids(of street: Scope) throws -> DrawnGrids {
        var filter = RecordFilter(.place)
        filter.form = .grids
        filter.scope = street
        filter.isOpen = true
        filter.limit = GridTable.mostVersions
        let views = try records(filter).compactMap { try folded($0.id).view }
        return DrawnGrids(street: street, views)
    }

    /// How many cases of a filter stand under each grid and address code, as they were given.
    package func gridCounts(
        _ filter: CaseFilter
    ) throws -> [(grid: String?, address: String?, count: UInt64)] {
        let (condition, values) = filter.condition
        return try database.rows(
            "SELECT c.grid, c.address, count(*) FROM case_view c WHERE \(condition) GROUP BY 1, 2",
            values
        ) { ($0.optionalText(0), $0.optionalText(1), $0.count(2)) }
    }

    /// The place in force that has a code; of several the one recorded last.
    package func place(code: String) throws -> (id: SubjectID, row: RecordRow)? {
        var filter = RecordFilter(.place)
        filter.form = .place
        filter.code = code
        filter.isOpen = true
        filter.limit = 1
        return try records(filter).first
    }

    /// Most codes that are looked at for the nearest ones.
    private static let nearMax = 200

    /// Places in force that share most digits with a code, with their names.
    package func places(near code: String) throws -> [(code: String, name: String)] {
        for length in stride(from: code.count - 1, through: 4, by: -1) {
            let prefix = String(code.prefix(length))
            let found = try database.rows(
                """
                SELECT code, title FROM record_view
                WHERE code >= ? AND code < ? AND form = ? AND stage = ? ORDER BY code LIMIT ?
                """,
                [
                    .text(prefix), .text(prefix + "\u{10FFFF}"),
                    .text(RecordRow.Form.place.rawValue), .text(Stage.inForce.rawValue),
                    .integer(Int64(Self.nearMax)),
                ]
            ) { (code: $0.text(0), name: $0.optionalText(1) ?? "") }
            if !found.isEmpty { return found }
        }
        return []
    }
}
