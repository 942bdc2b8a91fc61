package import Cases
internal import Ledger

/// What the table says of one operation, in words: for help and for the page of operations.
package struct OperationHelp {
    /// The operation.
    package let operation: CaseOperation
    private let command: Command

    /// Nil for an operation without a command of its own.
    package init?(_ operation: CaseOperation) {
        let words = [operation.kind.rawValue, operation.verb]
        guard let command = Program.commands.first(where: { $0.words == words }) else { return nil }
        self.operation = operation
        self.command = command
    }

    /// How it is called, such as `case offer CASE`.
    package var call: String { (command.words + command.arguments).joined(separator: " ") }

    /// Who may sign it.
    package func roles(_ language: KeyPath<Label, String>) -> String {
        var text = Self.roles(operation.right, language)
        let others = operation.rightIn.sorted { $0.key.rawValue < $1.key.rawValue }
        for (stage, right) in others {
            text += "; \(stage.label[keyPath: language]): \(Self.roles(right, language))"
        }
        if operation.isHolders {
            text += Label(" (责任单位或其上级)", " (of who has to act, or above)")[keyPath: language]
        }
        if operation.right.isPersonal {
            text +=
                Label(" (须本人密钥,若规则要求)", " (a person's key, where policy asks for it)")[
                    keyPath: language
                ]
        }
        return text
    }

    private static func roles(_ right: Right, _ language: KeyPath<Label, String>) -> String {
        right.roles.sorted()
            .map { Label($0.chinese, $0.word)[keyPath: language] }
            .joined(separator: " ")
    }

    /// In which stages it is admissible, and to which it leads.
    package func stages(_ language: KeyPath<Label, String>) -> String {
        let family = Stage.families.first { $0.contains(where: operation.stages.contains) } ?? []
        let found = family.filter(operation.stages.contains)
        let missing = family.filter { !operation.stages.contains($0) }
        func names(_ stages: [Stage]) -> String {
            stages.map { $0.label[keyPath: language] }.joined(separator: " ")
        }
        var text =
            if operation.opens {
                Label("新开", "opens one")[keyPath: language]
            } else if missing.isEmpty {
                Label("各阶段", "every stage")[keyPath: language]
            } else if family.count > 3, missing.count < 3 {
                Label("各阶段,除 ", "every stage but ")[keyPath: language] + names(missing)
            } else {
                names(found)
            }
        if let stage = operation.leadsTo { text += " → " + stage.label[keyPath: language] }
        if operation.act == .resume {
            text += " → " + Label("挂起前的阶段", "the stage before")[keyPath: language]
        }
        return text
    }

    /// Flags that can not be left out.
    package var required: [String] {
        flags.filter { $0.help.en.hasPrefix("required") }.map(Self.spelled)
    }

    /// The other flags of its own; nil for too many to list.
    package var optional: [String]? {
        let names = flags.filter { !$0.help.en.hasPrefix("required") }.map(Self.spelled)
        return names.count > Self.listedMax ? nil : names
    }

    private static let listedMax = 40

    /// Flags that every operation has.
    package static let shared: Set<String> = ["actor", "allow-personal", "at"]

    /// Its own flags, without the twins that read from a file.
    private var flags: [Command.Flag] {
        let signing = Set(Command.Flag.signing.map(\.name))
        return command.flags.filter { flag in
            !Self.shared.contains(flag.name) && !signing.contains(flag.name)
                && !(flag.name.hasSuffix("-file")
                    && command.flags.contains { $0.name + "-file" == flag.name })
                && CaseField.areFound.allSatisfy { $0.spec.flag != flag.name }
        }
    }

    private static func spelled(_ flag: Command.Flag) -> String {
        "--\(flag.name)" + (flag.isRepeated ? "…" : "")
    }
}

extension CaseField {
    /// Found by what stands open, and only chosen by a flag.
    static let areFound: [CaseField] = [.offer, .link]
}

/// Prints the commands of one family, such as `linli help case`.
struct FamilyHelp {
    private let output: Output
    private let family: String

    /// Nil unless these words ask for the help of a family, which is no command itself.
    static func family(_ words: [String]) -> String? {
        guard let first = words.first, words.contains("--help"),
            words.count < 2 || words[1].hasPrefix("-"),
            !Program.commands.contains(where: { $0.words == [first] }),
            Program.commands.contains(where: { $0.words.first == first })
        else { return nil }
        return first
    }

    /// The command that its flags are read for, which does nothing.
    static func command(_ family: String) -> Command {
        Command(family, group: .cases, Label("", "")) { _ in .good }
    }

    init(_ output: Output, _ family: String) {
        self.output = output
        self.family = family
    }

    /// After the help of a command that a family is named by, the rest of the family.
    func print(beside command: Command) {
        guard command.words.count == 1,
            Program.commands.contains(where: { $0.words.first == family && $0.words.count > 1 })
        else { return }
        output.line()
        print()
    }

    func print() {
        let commands = Program.commands.filter { $0.words.first == family && $0.words.count > 1 }
        output.line("linli \(family) VERB [--flags]")
        let kind = SubjectKind(rawValue: family)
        if let kind { output.line(output.text(kind.label)) }
        for command in commands {
            output.line()
            let name = (command.words + command.arguments).joined(separator: " ")
            output.line(output.strong(name) + "  " + output.text(command.help))
            let operation = kind.flatMap { CaseOperation.verb(command.words[1], $0) }
            if let help = operation.flatMap(OperationHelp.init) { printTable(help) }
        }
        output.line()
        output.line(
            output.text(
                "各参数的含义与代码: linli \(family) VERB --help",
                "what each flag takes: linli \(family) VERB --help"
            ) + (kind == nil ? "" : output.text("; 各操作另有 ", "; all also have ") + Self.shared)
        )
    }

    private static let shared = "--at --actor --allow-personal --as"

    private func printTable(_ help: OperationHelp) {
        let language = output.language == .zh ? \Label.zh : \Label.en
        let rows = [
            [output.text("岗位", "who"), help.roles(language)],
            [output.text("阶段", "when"), help.stages(language)],
            [output.text("必填", "required"), help.required.joined(separator: " ")],
            [
                output.text("可选", "optional"),
                help.optional?.joined(separator: " ")
                    ?? output.text("任何可更正的字段", "every field that can be corrected"),
            ],
        ]
        for row in output.aligned(rows.filter { !$0[1].isEmpty }) { output.line("    " + row) }
    }
}
