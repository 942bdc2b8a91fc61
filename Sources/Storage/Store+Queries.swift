internal import CSQLite
internal import Encoding

/// A value of a row that a person's query gives.
package enum QueryCell: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A view that people's queries read; unlike the tables below, it stays as it is.
package struct QueryView: Sendable {
    /// What it is called.
    package let name: String
    /// Its columns; those ending in `_at`, and `answer_by`, are milliseconds since 1970.
    package let columns: [String]
    let source: String

    fileprivate init(_ name: String, _ source: String, first: [(String, String)], _ rest: String) {
        self.name = name
        let others = rest.split(separator: " ").map(String.init)
        columns = first.map(\.0) + others
        let listed = first.map { "\($0.1) AS \($0.0)" } + others.map { "v.\($0)" }
        self.source = "SELECT \(listed.joined(separator: ", ")) FROM \(source)"
    }

    /// All of them.
    package static let all = [
        QueryView(
            "cases",
            "main.case_view v JOIN main.subject s ON s.number = v.subject",
            first: [("id", "lower(hex(s.id))")],
            "number stage scope holder category summary place address reported_at due_at closed_at"
                + " updated_at was_overdue offered_to answer_by conflicts flags external grid"
        ),
        QueryView(
            "records",
            "main.record_view v JOIN main.subject s ON s.number = v.subject",
            first: [("id", "lower(hex(s.id))")],
            "kind form number stage scope title code parent variety valid_from opened_at due_at"
                + " updated_at conflicts"
        ),
        QueryView(
            "logs",
            "main.log v",
            first: [
                ("log", "lower(hex(v.id))"), ("entries", "v.size"), ("root", "lower(hex(v.root))"),
            ],
            ""
        ),
    ]
}

extension Store {
    /// Runs a person's query over ``QueryView/all``; on a store that is good for nothing else then.
    ///
    /// - Parameters:
    ///   - sql: one statement that reads.
    ///   - row: given the names of the columns and the cells of each row; stops the query by
    ///     returning false.
    /// - Throws: ``SQLiteError`` for what is no query, or wants to do or read anything else.
    package func query(
        _ sql: String,
        _ row: (_ names: [String], _ cells: [QueryCell]) throws -> Bool
    )
        throws
    {
        for view in QueryView.all {
            try database.execute("CREATE TEMP VIEW \(view.name) AS \(view.source)")
        }
        database.restrict(toViews: Set(QueryView.all.map(\.name)))
        try database.scan(sql) { try row($0.names, $0.cells) }
    }
}
