package import Cases
internal import Encoding
package import Ledger

/// Which records a list wants; every condition that is given must hold.
package struct RecordFilter: Hashable, Sendable {
    /// Only this kind.
    package let kind: SubjectKind
    /// Only this form.
    package var form: RecordRow.Form?
    /// Only those opened in this place or within it.
    package var scope: Scope?
    /// Only those looked up by this code.
    package var code: String?
    /// Only those that this place lies in, or that lie within it.
    package var around: Scope?
    /// Only those that lie in or lead to this code.
    package var parent: String?
    /// Only this sort of the kind.
    package var variety: String?
    /// Only those whose stage is not an ended one.
    package var isOpen = false
    /// Only those that say they end before, milliseconds since 1970.
    package var dueBefore: UInt64?
    /// Opened at or after, milliseconds since 1970.
    package var since: UInt64?
    /// Opened before.
    package var until: UInt64?
    /// Most rows.
    package var limit = 100

    /// Every record of a kind.
    package init(_ kind: SubjectKind) { self.kind = kind }

    fileprivate var condition: (sql: String, values: [SQLValue]) {
        // The form tells more than the kind, whose index would go through every building.
        let kindTerm = form == nil ? "r.kind = ?" : "+r.kind = ?"
        var terms: [(String, [SQLValue])] = [(kindTerm, [.text(kind.rawValue)])]
        if let form { terms.append(("r.form = ?", [.text(form.rawValue)])) }
        if let scope {
            let end = scope.code + "\u{10FFFF}"
            terms.append(("r.scope >= ? AND r.scope < ?", [.text(scope.code), .text(end)]))
        }
        if let around {
            let wider = Scope.lengths.filter { $0 < around.code.utf8.count }
                .map { SQLValue.text(String(around.code.prefix($0))) }
            let marks = wider.map { _ in "?" }.joined(separator: ", ")
            let end = around.code + "\u{10FFFF}"
            terms.append(
                (
                    "(r.scope >= ? AND r.scope < ? OR r.scope IN (\(marks)))",
                    [.text(around.code), .text(end)] + wider
                )
            )
        }
        if let code { terms.append(("r.code = ?", [.text(code)])) }
        if let parent { terms.append(("r.parent = ?", [.text(parent)])) }
        if let variety { terms.append(("r.variety = ?", [.text(variety)])) }
        if let dueBefore { terms.append(("r.due_at < ?", [.count(dueBefore)])) }
        if isOpen {
            let ended = Stage.allCases.filter(\.isEnded).map(\.rawValue)
            let marks = ended.map { _ in "?" }.joined(separator: ", ")
            terms.append(("r.stage NOT IN (\(marks))", ended.map(SQLValue.text)))
        }
        if let since { terms.append(("r.opened_at >= ?", [.count(since)])) }
        if let until { terms.append(("r.opened_at < ?", [.count(until)])) }
        return (terms.map(\.0).joined(separator: " AND "), terms.flatMap(\.1))
    }
}

extension Store {
    private static let recordQuery = """
        SELECT s.id, \(RecordRow.columns.split(separator: ", ").map { "r.\($0)" }
            .joined(separator: ", "))
        FROM record_view r JOIN subject s ON s.number = r.subject
        """

    /// Records that satisfy the filter, the newest first.
    package func records(_ filter: RecordFilter) throws -> [(id: SubjectID, row: RecordRow)] {
        let (condition, values) = filter.condition
        return try database.rows(
            Self.recordQuery + " WHERE \(condition) ORDER BY r.opened_at DESC, s.id LIMIT ?",
            values + [.integer(Int64(filter.limit))]
        ) { row in
            guard let id = SubjectID(row.blob(0)), let record = RecordRow(row, from: 1) else {
                throw StoreError.damaged("a record's row can not be read")
            }
            return (id, record)
        }
    }

    /// How many records satisfy the filter, whatever its limit.
    package func count(_ filter: RecordFilter) throws -> Int {
        let (condition, values) = filter.condition
        return try database.first(
            "SELECT count(*) FROM record_view r WHERE \(condition)",
            values
        ) { Int($0.integer(0)) } ?? 0
    }

    /// The record that shows this external id, from whichever node took it in.
    package func record(source: String, id: String) throws -> SubjectID? {
        try database.first(
            "SELECT s.id FROM record_view r JOIN subject s ON s.number = r.subject WHERE r.code = ?",
            [.text(CaseRow.external(source, id))]
        ) { SubjectID($0.blob(0)) }.flatMap { $0 }
    }

    /// Subjects with a view whose number this is or whose id starts with these digits, at most
    /// `limit` of them, by id.
    package func subjects(
        named name: String,
        limit: Int = 10
    ) throws -> [(id: SubjectID, number: String)] {
        // One query for each table, so that each can use its index.
        func found(
            _ condition: String,
            _ values: [SQLValue]
        ) throws -> [(id: SubjectID, number: String)] {
            let halves = ["case_view", "record_view"].map { table in
                """
                SELECT s.id AS id, v.number FROM subject s JOIN \(table) v ON v.subject = s.number
                WHERE \(condition)
                """
            }
            return try database.rows(
                halves.joined(separator: " UNION ALL ") + " ORDER BY id LIMIT ?",
                values + values + [.integer(Int64(limit))]
            ) { row in
                guard let id = SubjectID(row.blob(0)) else {
                    throw StoreError.damaged("a subject's id is not of 16 bytes")
                }
                return (id, row.text(1))
            }
        }
        let byNumber = try found("v.number = ?", [.text(name)])
        guard byNumber.isEmpty else { return byNumber }
        let digits = name.lowercased()
        let missing = max(0, 32 - digits.utf8.count)
        guard let low = unhex(digits + String(repeating: "0", count: missing)),
            let high = unhex(digits + String(repeating: "f", count: missing)),
            low.count == SubjectID.count
        else { return [] }
        let byID = try found("s.id BETWEEN ? AND ?", [.blob(low), .blob(high)])
        guard byID.isEmpty else { return byID }
        // One of which nothing has effect has no view, and its history can be asked for.
        return try database.rows(
            "SELECT id FROM subject WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
            [.blob(low), .blob(high), .integer(Int64(limit))]
        ) { row in
            guard let id = SubjectID(row.blob(0)) else {
                throw StoreError.damaged("a subject's id is not of 16 bytes")
            }
            return (id, id.description)
        }
    }
}
