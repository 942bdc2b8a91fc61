internal import Cases
internal import Encoding
internal import Foundation
internal import Ledger

/// One alert of a machine or a model, as its line says.
struct AlertRecord: Sendable {
    /// The line of the file, from 1.
    let line: Int
    /// The other system's short name and its id of the alert.
    let source: String
    let id: String
    /// Where it lies; nil for the node's own place or that of its address.
    let scope: Scope?
    /// The entry's values.
    let draft: CaseDraft
}

/// Reads alerts, one JSON object a line, chunk by chunk.
///
/// | key | |
/// |---|---|
/// | `source` | required; 1 to 32 of a-z, 0-9 and - |
/// | `id` | required; the other system's id, a text or a whole number |
/// | `kind` | required; a code of the kinds of alerts |
/// | `model` `reading` `place` `address` | texts |
/// | `score` `threshold` | whole numbers |
/// | `occurred` `expires` | ISO 8601 with an offset, or milliseconds since 1970 |
/// | `scope` | 4, 6, 9 or 12 digits |
///
/// Other keys are refused: what is not known could be a person's.
struct AlertFile {
    /// A record, or the line that gave none.
    typealias Outcome = Result<AlertRecord, RefusedAlert>

    private var lines = RecordCutter(JSONScanner())

    /// The next bytes of the file came in.
    mutating func received(_ chunk: [UInt8]) -> [Outcome] {
        lines.received(chunk)
        return take()
    }

    /// The file has ended.
    mutating func finished() -> [Outcome] {
        lines.finish()
        return take()
    }

    private mutating func take() -> [Outcome] {
        var outcomes: [Outcome] = []
        while let line = lines.next() {
            do throws(AlertFault) {
                if let fault = line.fault { throw AlertFault(fault.description) }
                outcomes.append(.success(try Self.record(line.bytes, line: line.line)))
            } catch {
                outcomes.append(
                    .failure(
                        RefusedAlert(line: line.line, reason: error.reason, original: line.bytes)
                    )
                )
            }
        }
        return outcomes
    }

    private static let fields: [(key: String, field: CaseField)] = [
        ("kind", .alertKind), ("model", .model), ("score", .score), ("threshold", .threshold),
        ("reading", .reading), ("address", .address), ("place", .place), ("occurred", .occurred),
        ("expires", .expires),
    ]

    private static func record(_ bytes: [UInt8], line: Int) throws(AlertFault) -> AlertRecord {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw AlertFault("row is not UTF-8")
        }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)),
            case .object(let object) = value
        else { throw AlertFault(RefusalReason.notJSONObject.description) }
        let known = Set(fields.map(\.key) + ["source", "id", "scope"])
        if let other = object.keys.filter({ !known.contains($0) }).min() {
            let isWord = FieldType.identifier.admits(.text(other))
            throw AlertFault("there is no key \(isWord ? "\"\(other)\"" : "of that name")")
        }
        guard let source = try text("source", object), SourceCode(source) != nil else {
            throw AlertFault("source is missing or not 1 to 32 of a-z, 0-9 and -")
        }
        guard let id = try text("id", object), 1...ImportLimits.externalID ~= id.utf8.count else {
            throw AlertFault("id is missing, empty or too long")
        }
        var draft = CaseDraft(.raise)
        do {
            try draft.set(.source, .text(source))
            try draft.set(.externalID, .text(id))
            for (key, field) in fields { try set(key, field, object, &draft) }
            _ = try draft.compiled()
        } catch let error as CaseDraftError {
            throw AlertFault(error.description.replacing("--alert-kind", with: "kind"))
        } catch let error as AlertFault {
            throw error
        } catch {
            throw AlertFault("row can not be read")
        }
        if let expires = draft.number(.expires), expires <= draft.number(.occurred) ?? 0 {
            throw AlertFault("expires is not later than occurred")
        }
        return AlertRecord(
            line: line,
            source: source,
            id: id,
            scope: try scope(object) ?? draft.text(.address).flatMap(Scope.covering(code:)),
            draft: draft
        )
    }

    private static func scope(_ object: [String: JSONValue]) throws(AlertFault) -> Scope? {
        guard let code = try text("scope", object) else { return nil }
        guard let scope = Scope(code) else {
            throw AlertFault("scope is not a code of 4, 6, 9 or 12 digits")
        }
        return scope
    }

    private static func set(
        _ key: String,
        _ field: CaseField,
        _ object: [String: JSONValue],
        _ draft: inout CaseDraft
    ) throws {
        switch field.spec.type {
        case .count:
            switch object[key] {
            case nil, .null: return
            case .integer(let number) where number >= 0:
                try draft.set(field, .unsigned(UInt64(number)))
            default: throw AlertFault("\(key) is not a whole number")
            }
        case .instant:
            switch object[key] {
            case nil, .null: return
            case .integer(let number) where number >= 0:
                try draft.set(field, .unsigned(UInt64(number)))
            case .text(let text):
                try draft.set(field, .unsigned(try instant(text, key)))
            default: throw AlertFault("\(key) is no time")
            }
        default:
            guard let text = try text(key, object) else { return }
            do throws(CommandError) {
                try FreeText.checkForm(text, flag: key)
            } catch {
                throw AlertFault(String(error.message.dropFirst(2)))
            }
            // An address code has as many digits as a card's number.
            if let kind = PersonalData.found(in: text), field != .address || kind != .bankCard {
                throw AlertFault("\(key) seems to hold \(kind.label)")
            }
            try draft.set(field, text)
        }
    }

    private static func text(
        _ key: String,
        _ object: [String: JSONValue]
    ) throws(AlertFault) -> String? {
        switch object[key] {
        case nil, .null: nil
        case .text(let text): text
        case .integer(let number) where key == "id": String(number)
        default: throw AlertFault("\(key) is not a text")
        }
    }

    private static func instant(_ text: String, _ key: String) throws(AlertFault) -> UInt64 {
        guard let reading = TimePattern.iso8601.read(Array(text.utf8)[...]),
            let offset = reading.offset
        else { throw AlertFault("\(key) is not a time of the form \(TimePattern.iso8601.text)") }
        let seconds = reading.clockSeconds - offset
        guard seconds >= 0 else { throw AlertFault("\(key) is before 1970") }
        return UInt64(seconds) * 1000 + UInt64(reading.milliseconds)
    }
}

/// A line that gave no alert.
struct RefusedAlert: Error, Sendable {
    let line: Int
    let reason: String
    let original: [UInt8]
}

/// What is wrong with a line; never its content.
private struct AlertFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
