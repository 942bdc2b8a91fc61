internal import Cases
internal import Crypto
internal import Encoding
package import Ledger

/// Which cases a list wants; every condition that is given must hold.
package struct CaseFilter: Hashable, Sendable {
    /// Only cases opened in this place or within it.
    package var scope: Scope?
    /// Beside the place, cases recorded under these very codes: retired ones that it succeeded.
    package var recordedUnder: [GivenCode] = []
    /// Only these stages, by code name.
    package var stages: [String] = []
    /// Only this category or its subclasses; for imported records, words of the source's category.
    package var category: String?
    /// Only cases of which a clock has run out at this time.
    package var overdueAt: UInt64?
    /// Only cases of which a clock runs out between now and this time.
    package var dueBefore: UInt64?
    /// Only cases whose stage is not an ended one.
    package var isOpen = false
    /// Only cases with a conflict, with a link that waits for this side's answer, or of which it is
    /// disputed at this time who has to act.
    package var conflictAt: UInt64?
    /// Only cases that this place, or one within it, has to act on.
    package var holder: Scope?
    /// Only cases offered to this place or one within it.
    package var offeredTo: Scope?
    /// Only cases with which this place, or one within it, helps.
    package var assistant: Scope?
    /// Only cases with a place as text and no address code.
    package var isUnresolved = false
    /// Only cases at this address code.
    package var address: String?
    /// Beside the address code, these cases: their words for the place mean it.
    package var meaningAddress: [SubjectID] = []
    /// Only cases that follow this alert.
    package var alert: SubjectID?
    /// Only imported records that carry this flag.
    package var flag: String?
    /// Reported at or after, milliseconds since 1970.
    package var since: UInt64?
    /// Reported before.
    package var until: UInt64?
    /// Most rows.
    package var limit = 100

    /// Every case.
    package init() {}

    var condition: (sql: String, values: [SQLValue]) {
        var terms: [(String, [SQLValue])] = []
        if let scope {
            let (within, range) = Self.prefix("c.scope", scope.code)
            let marks = recordedUnder.map { _ in "(?, ?)" }.joined(separator: ", ")
            let others =
                marks.isEmpty
                ? "" : " OR (c.scope, ifnull(c.code_table, '')) IN (VALUES \(marks))"
            let codes = recordedUnder.flatMap {
                [SQLValue.text($0.code.code), .text($0.table ?? "")]
            }
            terms.append(("(\(within)\(others))", range + codes))
        }
        if !stages.isEmpty {
            let marks = stages.map { _ in "?" }.joined(separator: ", ")
            terms.append(("c.stage IN (\(marks))", stages.map(SQLValue.text)))
        }
        if let category { terms.append(Self.prefix("c.category", category)) }
        // Whoever is offered a case owes an answer; the case's own clocks are the holder's.
        let due = offeredTo == nil ? "c.due_at" : "c.answer_by"
        if let overdueAt { terms.append(("\(due) < ?", [.count(overdueAt)])) }
        if let dueBefore { terms.append(("\(due) <= ?", [.count(dueBefore)])) }
        if isOpen {
            let ended = Stage.allCases.filter(\.isEnded).map(\.rawValue)
            let marks = ended.map { _ in "?" }.joined(separator: ", ")
            terms.append(("c.stage NOT IN (\(marks))", ended.map(SQLValue.text)))
        }
        if let conflictAt {
            terms.append(
                (
                    "(c.conflicts > 0 OR c.asked_at IS NOT NULL OR c.disputed_from < ?)",
                    [.count(conflictAt)]
                )
            )
        }
        if let holder { terms.append(Self.prefix("c.holder", holder.code)) }
        if let offeredTo { terms.append(Self.prefix("c.offered_to", offeredTo.code)) }
        if let assistant {
            terms.append(("' ' || c.assistants LIKE ?", [.text("% \(assistant.code)%")]))
        }
        if isUnresolved { terms.append(("c.place IS NOT NULL AND c.address IS NULL", [])) }
        if let address {
            // Ids as literals: their number is not bounded by that of a statement's values.
            let ids = meaningAddress.map { "x'\(hex($0.bytes))'" }.joined(separator: ", ")
            let others =
                ids.isEmpty
                ? "" : " OR c.subject IN (SELECT number FROM subject WHERE id IN (\(ids)))"
            terms.append(("(c.address = ?\(others))", [.text(address)]))
        }
        if let alert { terms.append(("c.alert = ?", [.blob(alert.bytes)])) }
        if let flag {
            terms.append(("' ' || c.flags || ' ' LIKE ?", [.text("% \(flag) %")]))
        }
        if let since { terms.append(("c.reported_at >= ?", [.count(since)])) }
        if let until { terms.append(("c.reported_at < ?", [.count(until)])) }
        guard !terms.isEmpty else { return ("1", []) }
        return (terms.map(\.0).joined(separator: " AND "), terms.flatMap(\.1))
    }

    private static func prefix(_ column: String, _ text: String) -> (String, [SQLValue]) {
        // A range, which an index serves; the last scalar of Unicode ends it.
        ("\(column) >= ? AND \(column) < ?", [.text(text), .text(text + "\u{10FFFF}")])
    }
}

extension Store {
    static let rowQuery = """
        SELECT s.id, \(CaseRow.columns.split(separator: ", ").map { "c.\($0)" }.joined(separator: ", "))
        FROM case_view c JOIN subject s ON s.number = c.subject
        """

    /// Cases that satisfy the filter, the newest report first.
    package func cases(_ filter: CaseFilter) throws -> [(id: SubjectID, row: CaseRow)] {
        let (condition, values) = filter.condition
        return try database.rows(
            Self.rowQuery + " WHERE \(condition) ORDER BY c.reported_at DESC, s.id LIMIT ?",
            values + [.integer(Int64(filter.limit))],
            Self.identified
        )
    }

    /// How many cases satisfy the filter, whatever its limit.
    package func count(_ filter: CaseFilter) throws -> Int {
        let (condition, values) = filter.condition
        return try database.first(
            "SELECT count(*) FROM case_view c WHERE \(condition)",
            values
        ) { Int($0.integer(0)) } ?? 0
    }

    /// How many cases of the filter were recorded under each code, by the table it was given in.
    package func countsByCode(_ filter: CaseFilter) throws -> [(code: GivenCode, count: Int)] {
        let (condition, values) = filter.condition
        return try database.rows(
            """
            SELECT c.scope, c.code_table, count(*) FROM case_view c
            WHERE \(condition) GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """,
            values
        ) { row in
            Scope(row.text(0)).map {
                (GivenCode(code: $0, table: row.optionalText(1)), Int(row.integer(2)))
            }
        }.compactMap { $0 }
    }

    /// How many cases of the filter stand under each value of a column.
    package func counts(
        _ filter: CaseFilter,
        by column: CountColumn
    ) throws -> [(value: String, count: Int)] {
        let (condition, values) = filter.condition
        return try database.rows(
            """
            SELECT ifnull(\(column.expression), ''), count(*) FROM case_view c
            WHERE \(condition) GROUP BY 1 ORDER BY 2 DESC, 1
            """,
            values
        ) { (value: $0.text(0), count: Int($0.integer(1))) }
    }

    /// What cases can be counted by.
    package enum CountColumn: CaseIterable, Sendable {
        /// Code name of the stage.
        case stage
        /// Six digits.
        case district
        /// Nine digits.
        case scope
        /// As shown in lists.
        case category

        var expression: String {
            switch self {
            case .stage: "c.stage"
            case .district: "substr(c.scope, 1, 6)"
            case .scope: "c.scope"
            case .category: "c.category"
            }
        }
    }

    /// The case that shows this external id, from whichever node imported it.
    package func imported(source: String, id: String) throws -> (id: SubjectID, row: CaseRow)? {
        try database.first(
            Self.rowQuery + " WHERE c.external = ?",
            [.text(CaseRow.external(source, id))],
            Self.identified
        )
    }

    static func identified(_ row: Row) throws -> (id: SubjectID, row: CaseRow) {
        guard let id = SubjectID(row.blob(0)) else {
            throw StoreError.damaged("a subject's id is not of 16 bytes")
        }
        return (id, CaseRow(row, from: 1))
    }
}
