package import Cases
internal import Encoding
internal import Ledger

/// What lists show of a subject that is no case, as the view's table holds it.
package struct RecordRow: Hashable, Sendable {
    /// What the subject is.
    package let kind: SubjectKind
    /// What kinds are made of: of places and policies which of their forms, else the kind itself.
    package let form: Form
    /// Alias for people.
    package let number: String
    /// Code name of the stage that counts.
    package let stage: String
    /// Where it was opened.
    package let scope: String
    /// What it is called, or its first words.
    package let title: String?
    /// By what it is looked up: an address code, a retired code, a profile's code, a year, or source
    /// and external id.
    package let code: String?
    /// The code of what it lies in or leads to.
    package let parent: String?
    /// Which sort of its kind: the level of a place, the kind of an alert, organisation or activity.
    package let variety: String?
    /// From when it counts, milliseconds since 1970.
    package let validFrom: UInt64?
    /// Version of the table of division codes that it was taken from or belongs to.
    package let codeTable: String?
    /// When it was opened, milliseconds since 1970.
    package let openedAt: UInt64
    /// When it is to be carried out, or what it says ends.
    package let dueAt: UInt64?
    /// Largest time of an entry in effect.
    package let updatedAt: UInt64
    /// How many things contradict each other.
    package let conflicts: Int
    /// How many parts of its entries are not held here.
    package let absentParts: Int

    /// What a subject of a kind is made of.
    package enum Form: String, Sendable {
        case record, place, alias, grids, succession, profile, calendar, sealing, openings
    }

    static let columns = """
        kind, form, number, stage, scope, title, code, parent, variety, valid_from, code_table, \
        opened_at, due_at, updated_at, conflicts, absent_parts
        """

    /// Nil for a case, which has a row of its own.
    init?(_ view: SubjectView) {
        guard view.kind != .case else { return nil }
        kind = view.kind
        form = Self.form(view)
        number = view.number
        stage = view.stage.rawValue
        scope = view.scope.code
        let title =
            view.text(.topic) ?? view.text(.name) ?? view.text(.alias) ?? view.text(.reading)
            ?? view.text(.address) ?? view.text(.place)
        self.title = title.map { String($0.prefix(CaseRow.textMax)) }
        code = Self.code(view, form)
        parent =
            switch form {
            case .alias: view.text(.placeCode)
            case .succession: view.list(.newCodes).joined(separator: " ")
            case .record, .place, .grids, .profile, .calendar, .sealing, .openings:
                view.text(.parent)
            }
        variety =
            view.text(.placeLevel) ?? view.text(.alertKind) ?? view.text(.organisationKind)
            ?? view.text(.activityKind)
        validFrom = view.number(.validFrom)
        codeTable = view.text(.codeTable)
        openedAt = view.openedAt
        dueAt = view.stage.isEnded ? nil : view.number(.due) ?? view.number(.expires)
        updatedAt = view.updatedAt
        conflicts = view.conflicts.count
        absentParts = view.absentParts.count
    }

    init?(_ row: Row, from first: Int = 0) {
        guard let kind = SubjectKind(rawValue: row.text(first)),
            let form = Form(rawValue: row.text(first + 1))
        else { return nil }
        self.kind = kind
        self.form = form
        number = row.text(first + 2)
        stage = row.text(first + 3)
        scope = row.text(first + 4)
        title = row.optionalText(first + 5)
        code = row.optionalText(first + 6)
        parent = row.optionalText(first + 7)
        variety = row.optionalText(first + 8)
        validFrom = row.optionalCount(first + 9)
        codeTable = row.optionalText(first + 10)
        openedAt = row.count(first + 11)
        dueAt = row.optionalCount(first + 12)
        updatedAt = row.count(first + 13)
        conflicts = Int(row.integer(first + 14))
        absentParts = Int(row.integer(first + 15))
    }

    var values: [SQLValue] {
        [
            .text(kind.rawValue), .text(form.rawValue), .text(number), .text(stage), .text(scope),
            .optional(title), .optional(code), .optional(parent), .optional(variety),
            .optional(validFrom), .optional(codeTable), .count(openedAt), .optional(dueAt),
            .count(updatedAt), .integer(Int64(conflicts)), .integer(Int64(absentParts)),
        ]
    }

    private static func form(_ view: SubjectView) -> Form {
        switch view.kind {
        case .place:
            if view[.grids] != nil { return .grids }
            if view[.oldCode] != nil { return .succession }
            return view.registers.contains { $0.id == CaseField.alias.rawValue } ? .alias : .place
        case .policy:
            if view[.sealedFields] != nil { return .sealing }
            return view[.year] == nil ? .profile : .calendar
        case .activity:
            let isOpenings = view.registers.contains { $0.id == CaseField.openings.rawValue }
            return isOpenings ? .openings : .record
        default: return .record
        }
    }

    private static func code(_ view: SubjectView, _ form: Form) -> String? {
        switch form {
        case .place: view.text(.placeCode)
        case .alias, .openings: nil
        case .sealing: view.list(.sealedFields).joined(separator: " ")
        case .succession: view.text(.oldCode)
        case .profile: view.text(.profileCode)
        case .calendar: view.number(.year).map(String.init)
        case .grids: view.text(.name) ?? view.text(.codeTable)
        case .record:
            view.text(.externalID).map { CaseRow.external(view.text(.source) ?? "", $0) }
                ?? view.text(.address)
        }
    }
}

extension SubjectView {
    /// The texts of a field that holds a list.
    package func list(_ field: CaseField) -> [String] {
        guard case .array(let items)? = self[field] else { return [] }
        return items.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
}
