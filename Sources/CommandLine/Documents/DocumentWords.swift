internal import Cases
internal import Crypto
internal import Encoding
internal import Storage

/// How values of a file are said in a document: with who said them where they contradict each
/// other, and with a mark where nothing is held.
struct DocumentWords {
    let store: Store
    let output: Output

    /// What stands where a value was written and is not held here, or is sealed: papers are copied.
    var notHeld: String { output.text("〔此处不存或密封〕", "〔not held here, or sealed〕") }
    /// What stands where nobody said anything.
    var unsaid: String { output.text("〔未载〕", "〔not recorded〕") }

    /// A field's label; sums are said in yuan.
    func label(_ field: CaseField) -> String {
        switch field {
        case .amount: output.text("涉及金额", "amount")
        case .paid: output.text("已付金额", "paid")
        default: output.text(field.spec.label)
        }
    }

    /// A label with its value, for a form.
    func row(_ value: FiledValue) -> Document.Row {
        Document.Row(label(value.field), text(value))
    }

    /// Rows of those that somebody said something of, or that a form always has.
    func rows(_ values: [FiledValue], always: Set<CaseField>) -> [Document.Row] {
        values.filter { $0.isSaid || always.contains($0.field) }.map(row)
    }

    /// Rows of what one entry says of these fields.
    func rows(_ act: FiledAct, _ fields: [CaseField]) -> [Document.Row] {
        fields.filter { act[$0] != .unsaid }.map { field in
            Document.Row(label(field), text(act[field], of: field))
        }
    }

    /// What was said; if it contradicts itself, all of it with who said it.
    func text(_ value: FiledValue) -> String {
        guard value.isContradictory else { return text(value.held, of: value.field) }
        let head = output.text("〔记载不一〕", "〔contradictory〕")
        return
            ([head]
            + value.said.map { said in
                let who = said.writer.map(name) ?? said.entry.short
                return "· " + text(said.held, of: value.field)
                    + output.text(
                        "（\(who)，\(output.minute(said.time))）",
                        " (\(who), \(output.minute(said.time)))"
                    )
            }).joined(separator: "\n")
    }

    /// What is held of a value of a field.
    func text(_ held: Held, of field: CaseField) -> String {
        switch held {
        case .unsaid: unsaid
        case .notHeld: notHeld
        case .value(.unsigned(let fen)) where field == .amount || field == .paid: money(fen)
        case .value(.unsigned(let time)) where field.spec.type == .instant: day(time)
        case .value(.array(let items)) where Self.isLong(field):
            items.enumerated().map { index, item in
                "\(index + 1). " + output.text(field.spec.display(item))
            }.joined(separator: "\n")
        case .value(.text(let code)) where Self.isWord(code, field):
            // A word for a code means nothing to who reads the paper.
            field.spec.type.name(of: code).map(output.text) ?? code
        case .value(let value): output.text(field.spec.display(value))
        }
    }

    private static func isWord(_ code: String, _ field: CaseField) -> Bool {
        guard case .code = field.spec.type, let first = code.utf8.first else { return false }
        return first >= UInt8(ascii: "a")
    }

    /// Lists whose items are sentences.
    private static func isLong(_ field: CaseField) -> Bool { field == .item || field == .rules }

    /// An instant to the minute; a whole day as a date.
    func day(_ instant: UInt64) -> String {
        let text = output.minute(instant)
        return text.hasSuffix(" 00:00") ? String(text.dropLast(6)) : text
    }

    /// The last instant of a day as the date.
    func end(_ instant: UInt64) -> String {
        let text = output.time(instant)
        return text.hasSuffix(" 23:59:59") ? String(text.dropLast(9)) : output.minute(instant)
    }

    /// Fen as yuan.
    func money(_ fen: UInt64) -> String {
        var yuan = String(fen / 100)
        var index = yuan.count - 3
        while index > 0 {
            yuan.insert(",", at: yuan.index(yuan.startIndex, offsetBy: index))
            index -= 3
        }
        let rest = fen % 100
        let amount = "\(yuan).\(rest < 10 ? "0" : "")\(rest)"
        return output.text("\(amount) 元", "¥\(amount)")
    }

    /// Who wrote an entry: the node, the person whose key signed it, and what the node only says.
    func name(_ writer: EntryWriter) -> String {
        let name = store.authorName(writer.author, in: writer.log)
        guard let actor = writer.actor else { return name }
        return name + "/\(actor)" + output.text("（自称）", " (claimed)")
    }

    /// Who recorded an act and when, as a document puts it below.
    func recorded(_ act: FiledAct) -> String {
        var text = output.text(
            "\(name(act.writer))，\(output.minute(act.at))，条目 \(act.entry.short)",
            "\(name(act.writer)), \(output.minute(act.at)), entry \(act.entry.short)"
        )
        if let entered = act.enteredAt {
            text += output.text(
                "（\(output.minute(entered)) 补录）",
                " (entered \(output.minute(entered)))"
            )
        }
        if act.isTakenOver {
            let keeper = act[.heldBy].text ?? act[.source].text
            text += output.text(
                "〔接收自 \(keeper ?? "其他卷宗")，非本处所为〕",
                " 〔taken over from \(keeper ?? "another file"), not done here〕"
            )
        }
        return text
    }
}

extension Basis {
    /// What a document ends with: frontier, version of the fold, now, completeness.
    func documentLines(_ output: Output) -> [String] {
        [
            output.text("视图前沿：\(frontier)", "frontier: \(frontier)"),
            output.text(
                "归并规则版本：\(SubjectFold.version)；截至：\(output.time(now))（UTC+8）",
                "fold version: \(SubjectFold.version); now: \(output.time(now)) (UTC+8)"
            ),
        ] + lines(output).dropLast()
    }

    /// The same for a program.
    var documentJSON: JSON { json.adding("foldVersion", .count(SubjectFold.version)) }
}

extension FieldType {
    /// The name of a code, if it is one of the field's.
    fileprivate func name(of code: String) -> Label? {
        if case .code(let list) = self { list[code]?.label } else { nil }
    }
}
