internal import Cases
internal import Foundation

/// Makes records of mediation files: one JSON object each, its keys named like the fields of a
/// case in machine output, or by a map.
///
/// Nothing is made up: what the record does not say, the case does not have.
struct MediationReport: Sendable {
    private let map: MediationMap

    init(_ map: MediationMap) { self.map = map }

    /// Decodes one object that starts on `line`.
    func record(_ bytes: [UInt8], line: Int) throws(RefusalReason) -> ImportRecord {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8("row") }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)),
            case .object(let object) = value
        else { throw .notJSONObject }
        var values = try values(of: object)
        let id = values.removeValue(forKey: Self.idKey)
        guard let id = id?.first, !id.isEmpty else { throw .noExternalID(idName) }
        guard id.utf8.count <= ImportLimits.externalID else {
            throw .textTooLong(idName, bytes: id.utf8.count, limit: ImportLimits.externalID)
        }
        var record = ImportRecord(
            externalID: id,
            source: map.source,
            openedAt: try Self.instant(&values, .reportedAt),
            dueAt: try Self.instant(&values, .target),
            closedAt: try Self.instant(&values, .closedAt),
            isClosed: try Self.isClosed(&values),
            line: line
        )
        if let scope = values.removeValue(forKey: MediationMap.scopeKey)?.first {
            guard scope.utf8.count == 9, scope.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else {
                throw .unreadableScope(MediationMap.scopeKey)
            }
            record.scope = scope
        }
        for flag in values.keys.sorted() {
            record.file.values.append(ImportedFile.Value(flag, values[flag] ?? []))
        }
        record.file.records = try records(of: object, id: id)
        if let dialogue = map.dialogue { try add(dialogue, of: object, to: &record) }
        try check(record)
        return record
    }

    private static let idKey = CaseField.externalID.spec.flag

    private var idName: String {
        map.fields?.first { $0.flag == Self.idKey }?.key ?? Self.idKey
    }

    // MARK: Values

    /// The texts under each field's name.
    private func values(
        of object: [String: JSONValue]
    ) throws(RefusalReason) -> [String: [String]] {
        var values: [String: [String]] = [:]
        let reserved = [MediationMap.recordsKey, CaseField.source.spec.flag]
        let fields =
            map.fields
            ?? object.keys.sorted().filter { !reserved.contains($0) }.map { (flag: $0, key: $0) }
        for (flag, key) in fields {
            guard let value = object[key] else { continue }
            let texts = try Self.texts(value, key)
            if !texts.isEmpty { values[flag] = texts }
        }
        for (flag, text) in map.constants where values[flag] == nil { values[flag] = [text] }
        for codes in map.codes {
            guard let word = object[codes.key], let text = try Self.texts(word, codes.key).first,
                let code = codes.values[text]
            else { continue }
            values[codes.flag] = [code]
        }
        return values
    }

    /// What a value says; nothing if it is null, empty or only spaces.
    private static func texts(
        _ value: JSONValue,
        _ key: String
    ) throws(RefusalReason) -> [String] {
        switch value {
        case .null: return []
        case .bool(let flag): return [String(flag)]
        case .integer(let number): return [String(number)]
        case .text(let text):
            return try importedText(text, of: key, limit: ImportLimits.text).map { [$0] } ?? []
        case .array(let items):
            var texts: [String] = []
            for item in items {
                if case .array = item { throw .wrongKind(key, want: "a text or a list of texts") }
                texts += try self.texts(item, key)
            }
            return texts
        case .number, .object: throw .wrongKind(key, want: "a text or a list of texts")
        }
    }

    private static func instant(
        _ values: inout [String: [String]],
        _ field: CaseField
    ) throws(RefusalReason) -> UInt64? {
        let flag = field.spec.flag
        guard let texts = values.removeValue(forKey: flag) else { return nil }
        guard let text = texts.first, texts.count == 1, let instant = LedgerTime.instant(text)
        else { throw .unreadableTime(flag, want: "2026-11-23T15:04") }
        return instant
    }

    private static func isClosed(
        _ values: inout [String: [String]]
    ) throws(RefusalReason) -> Bool {
        let flag = CaseField.state.spec.flag
        switch values.removeValue(forKey: flag) {
        case ["closed"]: return true
        case ["open"], nil: return false
        default: throw .wrongKind(flag, want: "open or closed")
        }
    }

    // MARK: Records

    private func records(
        of object: [String: JSONValue],
        id: String
    ) throws(RefusalReason) -> [[ImportedFile.Value]] {
        let key = MediationMap.recordsKey
        guard map.fields == nil, let value = object[key] else { return [] }
        guard case .array(let items) = value, items.count <= ImportLimits.fields else {
            throw .wrongKind(key, want: "a list of at most \(ImportLimits.fields) objects")
        }
        var records: [[ImportedFile.Value]] = []
        for item in items {
            guard case .object(let object) = item else {
                throw .wrongKind(key, want: "a list of objects")
            }
            var values: [ImportedFile.Value] = []
            for flag in object.keys.sorted() {
                let texts = try object[flag].map { value throws(RefusalReason) in
                    try Self.texts(value, "\(key).\(flag)")
                }
                if let texts, !texts.isEmpty { values.append(ImportedFile.Value(flag, texts)) }
            }
            records.append(kept(values, id))
        }
        return records
    }

    /// Says where the record is kept, unless it does so itself.
    private func kept(_ values: [ImportedFile.Value], _ id: String) -> [ImportedFile.Value] {
        let flag = CaseField.heldBy.spec.flag
        guard !values.contains(where: { $0.flag == flag }) else { return values }
        let keeper = String("\(map.source):\(id)".unicodeScalars.prefix(100))
        return values + [ImportedFile.Value(flag, [keeper])]
    }

    // MARK: Dialogue

    /// A dialogue becomes one record of the talks: who spoke, and what was said.
    ///
    /// What was agreed is what the mediator said under the marks of an agreement.
    private func add(
        _ dialogue: MediationMap.Dialogue,
        of object: [String: JSONValue],
        to record: inout ImportRecord
    ) throws(RefusalReason) {
        guard let value = object[dialogue.key] else { return }
        guard case .array(let turns) = value else {
            throw .wrongKind(dialogue.key, want: "a list of turns")
        }
        var lines: [String] = []
        var present: [String] = []
        var agreed: [String] = []
        for turn in turns {
            guard case .object(let turn) = turn else {
                throw .wrongKind(dialogue.key, want: "a list of objects")
            }
            func text(_ key: String) throws(RefusalReason) -> String? {
                try turn[key].map { value throws(RefusalReason) in
                    try Self.texts(value, "\(dialogue.key).\(key)")
                }?.first
            }
            guard let said = try text(dialogue.text) else { continue }
            let name = try text(dialogue.speaker) ?? ""
            let speaker = name == dialogue.mediator ? Self.mediator : name
            lines.append("\(speaker)：\(said)")
            if !present.contains(speaker) { present.append(speaker) }
            if name == dialogue.mediator, let mark = try text(dialogue.mark),
                dialogue.agreement.contains(mark)
            {
                agreed.append(said)
            }
        }
        guard !lines.isEmpty else { return }
        record.file.records.append(
            kept(
                [
                    ImportedFile.Value(
                        CaseField.points.spec.flag,
                        [lines.joined(separator: "\n")]
                    ),
                    ImportedFile.Value(CaseField.present.spec.flag, present),
                ],
                record.externalID
            )
        )
        if !agreed.isEmpty {
            record.file.values.append(
                ImportedFile.Value(CaseField.items.spec.flag, [agreed.joined(separator: "\n")])
            )
        }
    }

    private static let mediator = "调解员"

    // MARK: Fit

    /// Refuses here, where the row is at hand, what would not fit its field later.
    private func check(_ record: ImportRecord) throws(RefusalReason) {
        do {
            _ = try record.openingDraft().compiled()
            for index in record.file.records.indices {
                _ = try record.file.draft(ofRecord: index).compiled()
            }
        } catch {
            throw .field(error.description)
        }
    }
}
