internal import Cases
internal import Encoding
package import Ledger

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
    /// Code of the dispute category that statistics count, or the source's own words for an
    /// imported record.
    package let category: String?
    /// Title, or first words of the summary.
    package let summary: String?
    /// First words of the place as it was told.
    package let place: String?
    /// Code in the unified address base.
    package let address: String?
    /// The version of the code table that its codes were given in.
    package let codeTable: String?
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
    /// To which place it is offered.
    package let offeredTo: String?
    /// Until when an answer to the offer is wanted.
    package let answerBy: UInt64?
    /// From when it counts as disputed who has to act.
    package let disputedFrom: UInt64?
    /// Since when this side has been asked for its yes to a link.
    package let askedAt: UInt64?
    /// Places that help, each once.
    package let assistants: [String]
    /// How many things contradict each other.
    package let conflicts: Int
    /// What is odd about an imported record.
    package let flags: [String]
    /// Source and external id of an imported record.
    package let external: String?
    /// Code of the grid, as it was given.
    package let grid: String?
    /// The alert that the case follows.
    package let alert: SubjectID?
    /// How many parts of its entries are not held here.
    package let absentParts: Int

    /// Most characters of a text that lists show.
    static let textMax = 80

    static let columns = """
        number, stage, scope, holder, category, summary, place, address, reported_at, due_at, \
        closed_at, updated_at, was_overdue, offered_to, answer_by, disputed_from, conflicts, \
        flags, external, grid, alert, asked_at, assistants, code_table, absent_parts
        """

    init(_ view: SubjectView) {
        let offer = view.custody.offers.first
        number = view.number
        stage = view.stage.rawValue
        scope = view.scope.code
        holder = view.holder.code
        category = view.countedCategory ?? view.text(.sourceCategory)
        summary = (view.text(.name) ?? view.text(.summary)).map { String($0.prefix(Self.textMax)) }
        place = view.text(.place).map { String($0.prefix(Self.textMax)) }
        address = view.text(.address)
        codeTable = view.text(.codeTable)
        reportedAt = view.number(.reportedAt) ?? view.openedAt
        dueAt = view.deadlines.filter { $0.isListed && !$0.clock.isInformation }.map(\.due).min()
        closedAt = view.stage.isEnded ? view.number(.closedAt) : nil
        updatedAt = view.updatedAt
        wasOverdue = view.wasOverdue
        offeredTo = offer?.to.code
        answerBy = offer?.answerBy
        disputedFrom = offer?.disputedFrom
        assistants = Set(view.custody.assistances.map(\.to.code)).sorted()
        askedAt = view.askedLinks.map(\.time).min()
        absentParts = view.absentParts.count
        conflicts = view.conflicts.count
        flags = view.flags.map(\.rawValue)
        external = view.text(.externalID).map { Self.external(view.text(.source) ?? "", $0) }
        grid = view.text(.grid)
        alert = if case .bytes(let id)? = view[.alert] { SubjectID(id) } else { nil }
    }

    init(_ row: Row, from first: Int = 0) {
        number = row.text(first)
        stage = row.text(first + 1)
        scope = row.text(first + 2)
        holder = row.text(first + 3)
        category = row.optionalText(first + 4)
        summary = row.optionalText(first + 5)
        place = row.optionalText(first + 6)
        address = row.optionalText(first + 7)
        reportedAt = row.count(first + 8)
        dueAt = row.optionalCount(first + 9)
        closedAt = row.optionalCount(first + 10)
        updatedAt = row.count(first + 11)
        wasOverdue = row.integer(first + 12) != 0
        offeredTo = row.optionalText(first + 13)
        answerBy = row.optionalCount(first + 14)
        disputedFrom = row.optionalCount(first + 15)
        conflicts = Int(row.integer(first + 16))
        flags = row.text(first + 17).split(separator: " ").map(String.init)
        external = row.optionalText(first + 18)
        grid = row.optionalText(first + 19)
        alert = row.isNull(first + 20) ? nil : SubjectID(row.blob(first + 20))
        askedAt = row.optionalCount(first + 21)
        assistants = row.text(first + 22).split(separator: " ").map(String.init)
        codeTable = row.optionalText(first + 23)
        absentParts = Int(row.integer(first + 24))
    }

    var values: [SQLValue] {
        [
            .text(number), .text(stage), .text(scope), .text(holder), .optional(category),
            .optional(summary), .optional(place), .optional(address), .count(reportedAt),
            .optional(dueAt), .optional(closedAt), .count(updatedAt),
            .integer(wasOverdue ? 1 : 0), .optional(offeredTo), .optional(answerBy),
            .optional(disputedFrom), .integer(Int64(conflicts)),
            .text(flags.joined(separator: " ")), .optional(external), .optional(grid),
            alert.map { .blob($0.bytes) } ?? .null, .optional(askedAt),
            .text(assistants.joined(separator: " ")), .optional(codeTable),
            .integer(Int64(absentParts)),
        ]
    }

    static func external(_ source: String, _ id: String) -> String { "\(source):\(id)" }
}

extension Deadline {
    /// Whether lists show its end: it runs, or stood still only after it had run out.
    fileprivate var isListed: Bool {
        state == .open || state == .paused && pausedAt.map { $0 > due } ?? false
    }
}
