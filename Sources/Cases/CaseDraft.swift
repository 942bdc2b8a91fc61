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
    }

    /// Starts without values.
    package init(_ operation: CaseOperation) { self.operation = operation }

    /// Sets a field from the text that a person or a file gives.
    ///
    /// A code may also be given by its name. An instant is written `2026-11-23T15:04`, in the
    /// ledger's time, with seconds and a zone if wanted, or as milliseconds since 1970.
    package mutating func set(_ field: CaseField, _ text: String) throws(CaseDraftError) {
        let flag = field.spec.flag
        switch field.spec.type {
        case .code(let list):
            guard let code = list.code(meantBy: text) else {
                throw .unknownCode(
                    flag: flag,
                    got: FieldType.isCode(text, isLowercase: false) ? text : nil,
                    nearest: list.suggestions(for: text)
                )
            }
            try set(field, .text(code.code))
        case .text, .identifier: try set(field, .text(text))
        case .instant:
            guard let instant = LedgerTime.instant(text) else { throw .notInstant(flag: flag) }
            try set(field, .unsigned(instant))
        case .count:
            guard let count = UInt64(text) else { throw .notCount(flag: flag) }
            try set(field, .unsigned(count))
        case .flag:
            guard text == "true" || text == "false" else { throw .notFlag(flag: flag) }
            try set(field, .bool(text == "true"))
        }
    }

    /// Sets a field.
    package mutating func set(_ field: CaseField, _ value: CBORValue) throws(CaseDraftError) {
        let spec = field.spec
        guard operation.has(field) else {
            throw .notOfOperation(flag: spec.flag, operation: operation.verb)
        }
        if case .text(let max) = spec.type, case .text(let text) = value {
            let count = text.unicodeScalars.count
            let limit = operation.textMax ?? max
            guard count <= limit else {
                throw .tooLong(flag: spec.flag, got: count, limit: limit)
            }
            guard count > 0 else { throw .empty(flag: spec.flag) }
        }
        if case .code(let list) = spec.type, case .text(let code) = value, list[code] == nil {
            throw .unknownCode(
                flag: spec.flag,
                got: FieldType.isCode(code, isLowercase: false) ? code : nil,
                nearest: list.suggestions(for: code)
            )
        }
        guard spec.type.admits(value) else { throw .wrongType(flag: spec.flag) }
        values[field] = value
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

    /// Checks that nothing is missing and gives what goes into the entry.
    package func compiled() throws(CaseDraftError) -> Content {
        for use in operation.fields where use.isRequired && values[use.field] == nil {
            throw .missing(flag: use.field.spec.flag)
        }
        if operation == .amend, !values.keys.contains(where: \.spec.isAmendable) {
            throw .nothingToAmend
        }
        let inParts = values.keys.filter { $0.spec.place != .header }.map(\.rawValue).sorted()
        var fields = pairs(.header)
        if !inParts.isEmpty {
            let list = CBORValue.array(inParts.map { .unsigned($0) })
            fields.insert(CBORPair(EntryValues.partFieldsKey, list), at: 0)
        }
        let parts = PartKind.allCases.map { pairs(.part($0)) }.filter { !$0.isEmpty }
        return Content(fields: fields, parts: parts.map { CBORValue.map($0).encoded })
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
    /// The value is of another type than the field or not of its form.
    case wrongType(flag: String)
    /// A required field is not there.
    case missing(flag: String)
    /// An amendment sets nothing.
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
        case .wrongType(let flag): "--\(flag) is not of its form"
        case .missing(let flag): "--\(flag) is missing"
        case .nothingToAmend: "amend sets no field"
        }
    }

    private static func hint(_ nearest: [String]) -> String {
        nearest.isEmpty ? "" : ", nearest: \(nearest.joined(separator: ", "))"
    }
}
