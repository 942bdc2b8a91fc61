internal import Cases

extension Program {
    /// `linli KIND VERB` for every operation of the table, and the import.
    static let caseCommands: [Command] =
        CaseOperation.all.filter(\.isTyped).map(command) + [importCommand]
        + documentCommands

    private static func command(_ operation: CaseOperation) -> Command {
        Command(
            "\(operation.kind.rawValue) \(operation.verb)",
            arguments(operation),
            flags: operation.fields.flatMap(Self.flags) + OperationChecks.flags(operation)
                + placeFlags(operation) + Sealing.flags(operation)
                + authorFlags.filter { $0.name != "allow-personal" || operation.kind != .dwelling },
            group: operation.kind == .case ? .cases : .community,
            OperationChecks.help(operation)
        ) { try OperationWrite(operation, $0).run() }
    }

    private static func arguments(_ operation: CaseOperation) -> [String] {
        if operation.opens { return [] }
        switch operation.act {
        case .link: return ["DUPLICATE", "LEAD"]
        case .relate: return ["CASE", "OTHER"]
        default: return [operation.kind.rawValue.uppercased()]
        }
    }

    private static func placeFlags(_ operation: CaseOperation) -> [Command.Flag] {
        var flags: [Command.Flag] = []
        if operation.opens {
            flags.append(
                Command.Flag(
                    "scope",
                    "CODE",
                    Label("所在地代码,默认为本节点的", "its place; the node's own if left out")
                )
            )
        }
        if operation == .archive { flags.append(SubjectChecks.incompleteFlag) }
        switch operation.act {
        case .offer, .assign:
            flags.append(
                Command.Flag(
                    "to",
                    "CODE",
                    operation == .escalate
                        ? Label("上级代码,默认为所属区县", "the office above; the district if left out")
                        : Label("必填。接收地代码", "required; the place that is to take it")
                )
            )
        case .assist:
            flags.append(
                Command.Flag("to", "CODE", Label("必填。协办地代码", "required; the place that is to help"))
            )
        case .settle:
            flags.append(
                Command.Flag("to", "CODE", Label("裁定的责任地代码", "the place that is to act"))
            )
        default: break
        }
        return flags
    }

    private static let authorFlags: [Command.Flag] =
        [
            .actor,
            FreeText.allowPersonal,
        ] + Command.Flag.signing

    /// A field's flag; free text can also come from a file, so that it stays out of the list of
    /// processes and the shell's history.
    private static func flags(_ use: CaseOperation.Use) -> [Command.Flag] {
        let spec = use.field.spec
        var help = spec.help
        if use.isRequired, !OperationText.areFound.contains(use.field) {
            help = Label("必填。" + help.zh, "required; " + help.en)
        }
        if case .code(let list) = spec.type {
            help = Label(
                "\(help.zh): \(listed(list, spec, \.zh))",
                "\(help.en): \(listed(list, spec, \.en))"
            )
        }
        let isList = spec.type.itemsMax != nil
        let flag = Command.Flag(spec.flag, spec.type.placeholder, isRepeated: isList, help)
        guard spec.isSealable else { return [flag] }
        let from = Label(
            isList ? "取自文件或标准输入,每行一项" : "取自文件或标准输入",
            isList ? "from a file or standard input, one a line" : "from a file or standard input"
        )
        let file = Command.Flag(
            spec.flag + "-file",
            "PATH|-",
            spec.isPersonal
                ? Label("密封。\(help.zh);\(from.zh)", "sealed. \(help.en); \(from.en)")
                : Label("\(spec.label.zh)\(from.zh)", "\(spec.label.en) \(from.en)")
        )
        // Persons' data stay out of the list of processes and the shell's history.
        return spec.isPersonal ? [file] : [flag, file]
    }

    /// Most codes that a line of help lists.
    private static let listedMax = 20

    private static func listed(
        _ list: CodeList,
        _ spec: FieldSpec,
        _ language: KeyPath<Label, String>
    ) -> String {
        guard list.codes.count <= listedMax else { return "linli codes \(spec.flag)" }
        return list.codes.map { code in
            let name = code.label[keyPath: language]
            return name == code.code ? name : "\(code.code) \(name)"
        }.joined(separator: "; ")
    }
}

extension FieldType {
    /// What stands for a value in help.
    fileprivate var placeholder: String {
        switch self {
        case .code: "CODE"
        case .text, .texts: "TEXT"
        case .instant, .instants: "TIME"
        case .count: "N"
        case .identifier, .identifiers: "WORD"
        case .flag: "true|false"
        case .digest, .digests: "HASH"
        case .subject: "ID"
        case .dates: "DAY"
        case .grids: "ROW"
        case .clocks: "CLOCK"
        }
    }
}
