internal import Cases
internal import Encoding
internal import Ledger

extension Output {
    /// A value of a field for a reader: codes with their names, instants in the ledger's time.
    func value(_ value: CBORValue?, of spec: FieldSpec?, isRedacted: Bool = false) -> String {
        guard let value else {
            return isRedacted ? text("(已脱敏)", "(redacted)") : text("(此处不存)", "(not held here)")
        }
        return spec.map { text($0.display(value)) } ?? text("(另一种值)", "(a value of another kind)")
    }

    /// The name of a code; the code itself if the list does not have it.
    func name(_ code: String, in list: CodeList) -> String {
        list[code].map { text($0.label) } ?? code
    }

    /// Date and time of day in the ledger's time, such as `2026-11-23 15:04:05`.
    func time(_ instant: UInt64) -> String {
        LedgerTime.text(instant).replacing("T", with: " ")
    }

    /// The same to the minute.
    func minute(_ instant: UInt64) -> String { String(time(instant).dropLast(3)) }

    /// A field's label; its number for a field of a newer version.
    func label(ofField id: UInt64) -> String {
        CaseField(rawValue: id).map { text($0.spec.label) } ?? text("字段 \(id)", "field \(id)")
    }

    /// What became of an entry.
    func verdict(_ verdict: EntryVerdict) -> String { text(verdict.label) }
}

extension JSON {
    /// A value of an entry as machine output has it; null where its part is not held.
    init(_ value: CBORValue?) {
        self =
            switch value {
            case .text(let text): .text(text)
            case .unsigned(let number): .count(number)
            case .bool(let flag): .bool(flag)
            case .array(let items): .array(items.map { JSON($0) })
            case .bytes(let bytes): .text(hex(bytes))
            case nil, .null, .negative, .map: .null
            }
    }
}

extension EntryVerdict {
    /// Its name in machine output.
    var code: String {
        switch self {
        case .effective: "effective"
        case .inadmissible: "inadmissible"
        case .noRight: "no-right"
        case .forged: "forged"
        case .needsVersion: "needs-version"
        case .malformed: "malformed"
        case .waiting: "waiting"
        case .proposed: "proposed"
        case .ratified: "ratified"
        }
    }
}

extension CaseField {
    /// A field's name in machine output; `field-` and its number for one of a newer version.
    static func name(of id: UInt64) -> String {
        CaseField(rawValue: id)?.spec.flag ?? "field-\(id)"
    }
}
