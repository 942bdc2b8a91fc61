package import Encoding

/// The values for one operation, checked one by one as they come and together at the end.
///
/// ```swift
/// var draft = CaseDraft(.register)
/// try draft.set(.category, "0201")
/// let content = try draft.compiled()
/// ```
package struct CaseDraft: Hashable, Sendable {
    /// What is to be written.
    package let operation: CaseOperation
    private var values: [CaseField: CBORValue] = [:]

    /// What goes into an entry.
    package struct Content: Hashable, Sendable {
        /// For the header's fields, keys rising.
        package let fields: [CBORPair]
        /// Clear bytes of each part: the detail part, then the text part, if there is any.
        package let parts: [[UInt8]]
        /// What is to be sealed, if there is anything.
        package let sealed: Sealed?
    }

    /// What is to be sealed in an entry.
    package struct Sealed: Hashable, Sendable {
        /// Clear bytes of the part.
        package let clear: [UInt8]
        /// Numbers of the fields in it, rising.
        package let fields: [UInt64]
    }

    /// Starts without values.
    package init(_ operation: CaseOperation) { self.operation = operation }

    /// The value that was set.
    package subscript(field: CaseField) -> CBORValue? { values[field] }

    /// Sets a field from the text that a person or a file gives; for a list, its only item.
    ///
    /// A code may also be given by its name. An instant is written `2026-11-23T15:04`, in the
    /// ledger's time, with seconds and a zone if wanted, or as milliseconds since 1970. Hashes and
    /// ids are hexadecimal.
    package mutating func set(_ field: CaseField, _ text: String) throws(CaseDraftError) {
        let value = try value(text, of: field.spec)
        try set(field, field.spec.type.itemsMax == nil ? value : .array([value]))
    }

    /// Sets a list from the texts of its items, in order.
    package mutating func set(_ field: CaseField, items: [String]) throws(CaseDraftError) {
        var values: [CBORValue] = []
        for text in items { values.append(try value(text, of: field.spec)) }
        try set(field, .array(values))
    }

    /// Sets a field.
    package mutating func set(_ field: CaseField, _ value: CBORValue) throws(CaseDraftError) {
        let spec = field.spec
        guard operation.has(field) else {
            throw .notOfOperation(flag: spec.flag, operation: operation.verb)
        }
        switch (spec.type, value) {
        case (.text(let max), .text(let text)): try check(text, max: max, spec.flag)
        case (.texts(let max, _), .array(let items)):
            for case .text(let text) in items { try check(text, max: max, spec.flag) }
        case (.code(let list), .text(let code)):
            guard list.isOpen || list[code] != nil else {
                throw .unknownCode(
                    flag: spec.flag,
                    got: FieldType.isCode(code, isLowercase: false) ? code : nil,
                    nearest: list.suggestions(for: code)
                )
            }
        default: break
        }
        if let max = spec.type.itemsMax, case .array(let items) = value, items.count > max {
            throw .tooMany(flag: spec.flag, got: items.count, limit: max)
        }
        guard spec.type.admits(value), field != .rating || Self.isRating(value) else {
            throw .wrongType(flag: spec.flag)
        }
        values[field] = value
    }

    /// Whether a value is one of the five ratings, which satisfaction is counted by.
    private static func isRating(_ value: CBORValue) -> Bool {
        if case .unsigned(1...5) = value { true } else { false }
    }

    private func check(_ text: String, max: Int, _ flag: String) throws(CaseDraftError) {
        let count = text.unicodeScalars.count
        let limit = operation.textMax ?? max
        guard count <= limit else { throw .tooLong(flag: flag, got: count, limit: limit) }
        guard count > 0 else { throw .empty(flag: flag) }
    }

    /// What a text means in a field, or as one item of a list.
    private func value(
        _ text: String,
        of spec: FieldSpec
    ) throws(CaseDraftError) -> CBORValue {
        let flag = spec.flag
        switch spec.type {
        case .code(let list):
            guard let code = list.code(meantBy: text)?.code ?? (list.isOpen ? text : nil) else {
                throw .unknownCode(
                    flag: flag,
                    got: FieldType.isCode(text, isLowercase: false) ? text : nil,
                    nearest: list.suggestions(for: text)
                )
            }
            return .text(code)
        case .text, .identifier, .texts, .identifiers: return .text(text)
        case .instants where text == "0": return .unsigned(0)
        case .instant, .instants:
            guard let instant = LedgerTime.instant(text) else { throw .notInstant(flag: flag) }
            return .unsigned(instant)
        case .count:
            guard let count = UInt64(text) else { throw .notCount(flag: flag) }
            return .unsigned(count)
        case .flag:
            guard text == "true" || text == "false" else { throw .notFlag(flag: flag) }
            return .bool(text == "true")
        case .digest, .digests, .subject:
            guard let bytes = unhex(text), spec.type.itemAdmits(.bytes(bytes)) else {
                throw .notHash(flag: flag)
            }
            return .bytes(bytes)
        case .dates:
            guard CalendarDay(text) != nil, let day = UInt64(text) else {
                throw .notDay(flag: flag)
            }
            return .unsigned(day)
        case .grids:
            guard let row = Grid(text) else {
                throw .notRow(flag: flag, want: "code;name;households;area")
            }
            return row.value
        case .clocks:
            guard let row = ProfileClock(text) else {
                throw .notRow(flag: flag, want: "clock=limit, such as arrive=10m or notice=5w")
            }
            return row.value
        }
    }

    /// Sets a field that is named by its flag.
    package mutating func set(flag: String, _ text: String) throws(CaseDraftError) {
        guard let spec = FieldTable.field(flag: flag) else {
            let flags = operation.fields.map(\.field.spec.flag)
            throw .unknownField(
                got: FieldType.isCode(flag, isLowercase: true) ? flag : nil,
                nearest: nearest(to: flag, among: flags) { [$0] }
            )
        }
        try set(spec.field, text)
    }

    /// Fields with values that are sealed whatever anybody says, or because `others` says so.
    package func sealed(with others: Set<CaseField>) -> Set<CaseField> {
        Set(
            values.keys.filter { field in
                field.spec.isPersonal || field.spec.isSealable && others.contains(field)
            }
        )
    }

    /// Checks that nothing is missing and gives what goes into the entry.
    ///
    /// - Parameter others: texts that are sealed beside persons' data.
    /// - Returns: what goes into the header and each part.
    /// - Throws: ``CaseDraftError``.
    package func compiled(
        sealing others: Set<CaseField> = []
    ) throws(CaseDraftError) -> Content {
        for use in operation.fields where use.isRequired && values[use.field] == nil {
            throw .missing(flag: use.field.spec.flag)
        }
        if operation.changesFields, !values.keys.contains(where: Self.isChange) {
            throw .nothingToAmend
        }
        let inParts = values.keys.filter { $0.spec.place != .header }.map(\.rawValue).sorted()
        var fields = pairs(.header)
        if !inParts.isEmpty {
            let list = CBORValue.array(inParts.map { .unsigned($0) })
            fields.insert(CBORPair(EntryValues.partFieldsKey, list), at: 0)
        }
        let hidden = sealed(with: others)
        let parts = PartKind.allCases.map { kind in
            pairs(.part(kind)).filter { pair in !hidden.contains { $0.rawValue == pair.key } }
        }.filter { !$0.isEmpty }
        return Content(
            fields: fields,
            parts: parts.map { CBORValue.map($0).encoded },
            sealed: sealed(hidden)
        )
    }

    private func sealed(_ fields: Set<CaseField>) -> Sealed? {
        let pairs = values.filter { fields.contains($0.key) }
            .map { CBORPair($0.key.rawValue, $0.value) }
            .sorted { $0.key < $1.key }
        guard !pairs.isEmpty else { return nil }
        return Sealed(clear: CBORValue.map(pairs).encoded, fields: pairs.map(\.key))
    }

    /// Whether setting a field changes what the view shows.
    private static func isChange(_ field: CaseField) -> Bool {
        switch field.spec.register {
        case .single, .milestone, .set: true
        case .stage, .act, .holder, .offers, .links, .assistants, .redactions: false
        }
    }

    private func pairs(_ place: FieldPlace) -> [CBORPair] {
        values.filter { $0.key.spec.place == place }
            .map { CBORPair($0.key.rawValue, $0.value) }
            .sorted { $0.key < $1.key }
    }
}

/// Why a value or a draft can not be written; never holds what a person wrote as free text.
package enum CaseDraftError: Error, Hashable, Sendable {
    /// No field has this flag; `got` only if it has the form of one.
    case unknownField(got: String?, nearest: [String])
    /// The operation has no such field.
    case notOfOperation(flag: String, operation: String)
    /// The code is not in the field's list; `got` only if it has the form of a code.
    case unknownCode(flag: String, got: String?, nearest: [CodeList.Code])
    /// More Unicode scalars than the field may have.
    case tooLong(flag: String, got: Int, limit: Int)
    /// A text without a sign.
    case empty(flag: String)
    /// Not a time.
    case notInstant(flag: String)
    /// Not a whole number.
    case notCount(flag: String)
    /// Neither true nor false.
    case notFlag(flag: String)
    /// Not the hexadecimal digits of a hash or an id.
    case notHash(flag: String)
    /// Not a day.
    case notDay(flag: String)
    /// Not a row of the wanted form.
    case notRow(flag: String, want: String)
    /// More items than a list may have.
    case tooMany(flag: String, got: Int, limit: Int)
    /// The value is of another type than the field or not of its form.
    case wrongType(flag: String)
    /// A required field is not there.
    case missing(flag: String)
    /// An amendment changes nothing.
    case nothingToAmend
}

extension CaseDraftError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownField(let got, let near):
            "there is no field \(got.map { "--\($0)" } ?? "of this name")"
                + Self.hint(near.map { "--\($0)" })
        case .notOfOperation(let flag, let operation): "\(operation) has no field --\(flag)"
        case .unknownCode(let flag, let got, let near):
            "--\(flag) has no code \(got ?? "of this name")"
                + Self.hint(near.map { "\($0.code) \($0.label.zh)" })
        case .tooLong(let flag, let got, let limit):
            "--\(flag) has \(got) characters, want at most \(limit)"
        case .empty(let flag): "--\(flag) is empty"
        case .notInstant(let flag): "--\(flag) is no time, want 2026-11-23T15:04"
        case .notCount(let flag): "--\(flag) is no whole number"
        case .notFlag(let flag): "--\(flag) is neither true nor false"
        case .notHash(let flag): "--\(flag) is no hash or id in hexadecimal digits"
        case .notDay(let flag): "--\(flag) is no day, want 20261001"
        case .notRow(let flag, let want): "--\(flag) is not of its form, want \(want)"
        case .tooMany(let flag, let got, let limit):
            "--\(flag) is given \(got) times, want at most \(limit)"
        case .wrongType(let flag): "--\(flag) is not of its form"
        case .missing(let flag): "--\(flag) is missing"
        case .nothingToAmend: "no field is set"
        }
    }

    private static func hint(_ nearest: [String]) -> String {
        nearest.isEmpty ? "" : ", nearest: \(nearest.joined(separator: ", "))"
    }
}
