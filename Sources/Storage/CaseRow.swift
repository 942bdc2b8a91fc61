internal import Cases
internal import Encoding
internal import Ledger

/// What lists show of a case, as the view's table holds it.
package struct CaseRow: Hashable, Sendable {
    /// Alias for people.
    package let number: String
    /// Code name of the stage that counts.
    package let stage: String
    /// Where the case was opened.
    package let scope: String
    /// Who has to act.
    package let holder: String
    /// Code of the dispute category, or the source's own words for an imported record.
    package let category: String?
    /// First words of the summary.
    package let summary: String?
    /// When it was reported, milliseconds since 1970.
    package let reportedAt: UInt64
    /// When the next clock that still runs runs out.
    package let dueAt: UInt64?
    /// When it was closed.
    package let closedAt: UInt64?
    /// Largest time of an entry in effect.
    package let updatedAt: UInt64
    /// Whether a step came too late.
    package let wasOverdue: Bool
    /// How many registers hold values that contradict each other.
    package let conflicts: Int
    /// What is odd about an imported record.
    package let flags: [String]
    /// Source and external id of an imported record.
    package let external: String?

    /// Most characters of the summary that lists show.
    static let summaryMax = 80

    static let columns = """
        number, stage, scope, holder, category, summary, reported_at, due_at, closed_at, \
        updated_at, was_overdue, conflicts, flags, external
        """

    init(_ view: SubjectView) {
        number = view.number
        stage = view.stage.rawValue
        scope = view.scope.code
        holder = view.holder.code
        category = view.text(.category) ?? view.text(.sourceCategory)
        summary = view.text(.summary).map { String($0.prefix(Self.summaryMax)) }
        reportedAt = view.number(.reportedAt) ?? view.updatedAt
        dueAt = view.deadlines.filter { $0.state == .open }.map(\.due).min()
        closedAt = view.stage.isEnded ? view.number(.closedAt) : nil
        updatedAt = view.updatedAt
        wasOverdue = view.wasOverdue
        conflicts = view.conflicts.count
        flags = view.flags.map(\.rawValue)
        external = view.text(.externalID).map { Self.external(view.text(.source) ?? "", $0) }
    }

    init(_ row: Row, from first: Int = 0) {
        number = row.text(first)
        stage = row.text(first + 1)
        scope = row.text(first + 2)
        holder = row.text(first + 3)
        category = row.optionalText(first + 4)
        summary = row.optionalText(first + 5)
        reportedAt = row.count(first + 6)
        dueAt = row.optionalCount(first + 7)
        closedAt = row.optionalCount(first + 8)
        updatedAt = row.count(first + 9)
        wasOverdue = row.integer(first + 10) != 0
        conflicts = Int(row.integer(first + 11))
        flags = row.text(first + 12).split(separator: " ").map(String.init)
        external = row.optionalText(first + 13)
    }

    var values: [SQLValue] {
        [
            .text(number), .text(stage), .text(scope), .text(holder), .optional(category),
            .optional(summary), .count(reportedAt), .optional(dueAt), .optional(closedAt),
            .count(updatedAt), .integer(wasOverdue ? 1 : 0), .integer(Int64(conflicts)),
            .text(flags.joined(separator: " ")), .optional(external),
        ]
    }

    static func external(_ source: String, _ id: String) -> String { "\(source):\(id)" }
}
