internal import Cases

extension Program {
    static let codesCommand = Command(
        "codes",
        ["[FIELD]"],
        group: .view,
        Label("代码表,如 linli codes category", "lists of codes, such as linli codes category")
    ) { invocation in
        let output = invocation.output
        guard let name = invocation.arguments.first else {
            let head = [output.text("字段", "field"), output.text("代码表", "list"), ""]
            let rows = codeFields.map { [$0.spec.flag, $0.list.name, output.text($0.spec.label)] }
            if invocation.isJSON {
                for (spec, list) in codeFields {
                    let json: JSON = [
                        "field": .text(spec.flag), "list": .text(list.name),
                        "codes": .number(Int64(list.codes.count)),
                    ]
                    output.line(json.line)
                }
            } else {
                output.table([head] + rows)
                output.line()
                output.line(
                    output.text(
                        "linli codes justice: GB/T 31000 与人民调解类别的对照",
                        "linli codes justice: GB/T 31000 beside the categories of mediation"
                    )
                )
            }
            return .good
        }
        guard name != JusticeCodes.name else {
            JusticeCodes(output).print(isJSON: invocation.isJSON)
            return .good
        }
        let found = codeFields.first { $0.spec.flag == name || $0.list.name == name }
        guard let list = found?.list else {
            let names = codeFields.map(\.spec.flag).joined(separator: ", ")
            throw CommandError(.usage, "no field \"\(name)\" has codes", hint: "one of: \(names)")
        }
        if invocation.isJSON {
            for code in list.codes {
                let json: JSON = [
                    "code": .text(code.code), "zh": .text(code.label.zh),
                    "en": .text(code.label.en),
                ]
                output.line(json.line)
            }
        } else {
            output.table(list.codes.map { [$0.code, $0.label.zh, $0.label.en] })
        }
        return .good
    }

    /// The fields that hold a code, in the order of the table.
    private static let codeFields: [(spec: FieldSpec, list: CodeList)] =
        FieldTable.all.compactMap { spec in
            guard case .code(let list) = spec.type else { return nil }
            return (spec, list)
        }
}
