package import Cases

/// One command of the program: what it is called, what it takes and what it does.
///
/// Parsing, `--help` and the list of commands all follow from these values.
package struct Command: Sendable {
    /// One flag of a command.
    package struct Flag: Sendable {
        /// Without the hyphens.
        package let name: String
        /// What stands for the value in help; nil for a flag without one.
        package let value: String?
        /// One line of help.
        package let help: Label
        /// Whether it may be given more than once.
        package let isRepeated: Bool

        /// A flag without a value.
        package init(_ name: String, _ help: Label) {
            self.name = name
            value = nil
            self.help = help
            isRepeated = false
        }

        /// A flag with a value, which `value` stands for in help.
        package init(_ name: String, _ value: String, isRepeated: Bool = false, _ help: Label) {
            self.name = name
            self.value = value
            self.help = help
            self.isRepeated = isRepeated
        }
    }

    /// What a command with sub-commands is listed under.
    package enum Group: CaseIterable, Sendable {
        case node, cases, community, view, audit
    }

    /// One or two words, such as `case report`.
    package let words: [String]
    /// Names of the arguments without flag, in order; one in brackets may be left out.
    package let arguments: [String]
    /// Flags beside those that every command has.
    package let flags: [Flag]
    /// Where it is listed.
    package let group: Group
    /// One line of help.
    package let help: Label
    /// Does it; the exit code is 0 unless it throws or says otherwise.
    package let run: @Sendable (Invocation) async throws -> ExitCode

    /// Describes a command.
    package init(
        _ words: String,
        _ arguments: [String] = [],
        flags: [Flag] = [],
        group: Group,
        _ help: Label,
        run: @escaping @Sendable (Invocation) async throws -> ExitCode
    ) {
        self.words = words.split(separator: " ").map(String.init)
        self.arguments = arguments
        self.flags = flags
        self.group = group
        self.help = help
        self.run = run
    }

    /// The same command with more flags.
    package func adding(_ more: [Flag]) -> Command {
        Command(
            words.joined(separator: " "),
            arguments,
            flags: flags + more,
            group: group,
            help,
            run: run
        )
    }

    /// Flags that every command has.
    package static let commonFlags = [
        Flag("home", "DIR", Label("节点目录(或 LINLI_HOME)", "the node's home (or LINLI_HOME)")),
        .homePassphrase,
        Flag("json", Label("输出 JSON", "print JSON")),
        Flag("lang", "zh|en", Label("输出语言", "language of the output")),
        Flag("help", Label("显示帮助", "show this help")),
    ]
}

/// How a command ended.
package enum ExitCode: Int32, Sendable {
    /// Good.
    case good = 0
    /// The answer is bad: not found, refused, not verified.
    case bad = 1
    /// The program could not tell: input, output or network failed.
    case unknown = 2
    /// The command line is wrong.
    case usage = 64
}

/// Why a command ended without its result, for a person: what is wrong, then what to do.
package struct CommandError: Error, Hashable, Sendable {
    /// Exit code.
    package let code: ExitCode
    /// What was got and what was wanted; lowercase, no full stop, no case content.
    package let message: String
    /// What to do next.
    package let hint: String?

    /// Takes all three.
    package init(_ code: ExitCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}
