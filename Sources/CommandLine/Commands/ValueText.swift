internal import Cases
internal import Encoding
internal import Ledger

extension Output {
    /// A value of a field for a reader: codes with their names, instants in the ledger's time.
    func value(_ value: CBORValue?, of spec: FieldSpec?) -> String {
        switch (value, spec?.type) {
        case (nil, _): text("(此处不存)", "(not held here)")
        case (.text(let code)?, .code(let list)?):
            name(code, in: list) == code ? code : "\(code) \(name(code, in: list))"
        case (.text(let value)?, _): value
        case (.unsigned(let instant)?, .instant?): time(instant)
        case (.unsigned(let number)?, _): String(number)
        case (.bool(let flag)?, _): flag ? text("是", "yes") : text("否", "no")
        case (.array(let items)?, _):
            items.map { self.value($0, of: spec) }.joined(separator: text("、", ", "))
        case (.null?, _), (.negative?, _), (.bytes?, _), (.map?, _):
            text("(另一种值)", "(a value of another kind)")
        }
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
    func verdict(_ verdict: EntryVerdict) -> String {
        switch verdict {
        case .effective: text("有效", "in effect")
        case .inadmissible(.notOpened): text("不适用: 案件未开", "inadmissible: case not open")
        case .inadmissible(.stage(let stage)):
            text("不适用: \(stage.label.zh)", "inadmissible: \(stage.label.en)")
        case .inadmissible(.notImported):
            text("不适用: 非导入案件", "inadmissible: not an imported case")
        case .noRight(let right):
            text("无权限: \(Self.chinese(right))", "no right: \(CommandError.text(right))")
        case .forged: text("签名无效", "bad signature")
        case .needsVersion(let version): text("需要版本 \(version)", "needs version \(version)")
        case .malformed: text("格式错误", "malformed")
        case .waiting: text("等待前序条目", "waiting for earlier entries")
        }
    }

    private static func chinese(_ right: RightVerdict) -> String {
        switch right {
        case .allowed: "有权"
        case .noGrant: "密钥未获授权"
        case .outsideScope: "超出管辖范围"
        case .notPermitted: "该级别或岗位不得为之"
        case .notPersonal: "须由本人密钥签署"
        case .contested: "权限已终止"
        case .ratified: "权限终止后所写, 已获上级追认"
        case .refused: "权限终止后所写, 已被上级驳回"
        }
    }
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
            case nil, .null, .negative, .bytes, .map: .null
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
        }
    }
}

extension CaseField {
    /// A field's name in machine output; `field-` and its number for one of a newer version.
    static func name(of id: UInt64) -> String {
        CaseField(rawValue: id)?.spec.flag ?? "field-\(id)"
    }
}
