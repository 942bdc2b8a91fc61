internal import Foundation
internal import NodeRuntime
internal import Storage

/// The program `linli`: finds the command, runs it, and turns what it throws into an error with a
/// hint and an exit code.
package struct Program: Sendable {
    /// Every command, in the order of the help.
    package static let commands: [Command] =
        nodeCommands + keyCommands + staffCommands + authorityCommands + caseCommands
        + recordCommands
        + viewCommands + auditCommands + evidenceCommands + auditVisitCommands + witnessCommands
        + frontierCommands + bundleCommands + backupCommands

    /// Runs one command line.
    ///
    /// - Parameters:
    ///   - words: the command line, the program's name first.
    ///   - environment: of the process.
    /// - Returns: the exit code.
    package static func run(_ words: [String], environment: [String: String]) async -> Int32 {
        // Whatever a node writes is for its owner, unless a command says otherwise.
        umask(0o077)
        // A reader or peer that goes away is an error of one write, not the end of the process.
        _ = signal(SIGPIPE, SIG_IGN)
        var output = Output(language: Output.language(ofLocale: environment))
        do {
            let words = asked(flagsBehind(Array(words.dropFirst())))
            if let family = FamilyHelp.family(words) {
                let flags = words.dropFirst().filter { $0 != "--help" }
                let parsed = try Parsed(flags, of: FamilyHelp.command(family))
                FamilyHelp(try language(parsed).map(Output.init) ?? output, family).print()
                return ExitCode.good.rawValue
            }
            guard let command = try find(words) else {
                Help(output).printOverview()
                return words.isEmpty ? ExitCode.usage.rawValue : ExitCode.good.rawValue
            }
            let parsed = try Parsed(words.dropFirst(command.words.count), of: command)
            if let language = try language(parsed) { output = Output(language: language) }
            if parsed.values["help"] != nil {
                Help(output).printCommand(command)
                FamilyHelp(output, command.words[0]).print(beside: command)
                return ExitCode.good.rawValue
            }
            try parsed.checkArguments(of: command)
            let invocation = Invocation(
                arguments: parsed.arguments,
                values: parsed.values,
                environment: environment,
                program: "linli " + command.words.joined(separator: " "),
                output: output
            )
            return try await command.run(invocation).rawValue
        } catch {
            let failure = CommandError(explaining: error)
            output.report(failure)
            return failure.code.rawValue
        }
    }

    /// The language that is asked for by a flag.
    private static func language(_ parsed: Parsed) throws(CommandError) -> Output.Language? {
        guard let text = parsed.values["lang"]?.last else { return nil }
        guard let language = Output.Language(rawValue: text) else {
            throw CommandError(.usage, "--lang is \"\(text)\", want zh or en")
        }
        return language
    }

    private static let helpWords = ["help", "--help", "-h"]

    /// `--as FILE COMMAND …` as `COMMAND … --as FILE`: flags that every command has, and who
    /// signs, may stand before it.
    private static func flagsBehind(_ words: [String]) -> [String] {
        let flags = Command.commonFlags.filter { $0.name != "help" } + Command.Flag.signing
        var rest = words[...]
        var leading: [String] = []
        while let word = rest.first, word.hasPrefix("--"),
            let flag = flags.first(where: {
                word == "--" + $0.name || $0.value != nil && word.hasPrefix("--\($0.name)=")
            })
        {
            let count = flag.value == nil || word.contains("=") ? 1 : 2
            guard rest.count > count else { return words }
            leading += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        // What stands behind a literal `--` is no flag any more.
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest[..<end] + leading + rest[end...]
    }

    /// `help COMMAND` as what it means, `COMMAND --help`.
    private static func asked(_ words: [String]) -> [String] {
        guard words.count > 1, let first = words.first, helpWords.contains(first) else {
            return words
        }
        return words.dropFirst() + ["--help"]
    }

    /// The command that the first words name; nil if help is asked for.
    private static func find(_ words: [String]) throws(CommandError) -> Command? {
        guard let first = words.first, !helpWords.contains(first) else { return nil }
        let found = commands.filter { words.starts(with: $0.words) }
            .max { $0.words.count < $1.words.count }
        if let found { return found }
        let family = commands.filter { $0.words.first == first }
        guard family.isEmpty else {
            let verbs = family.compactMap { $0.words.dropFirst().first }.joined(separator: " ")
            throw CommandError(
                .usage,
                words.count > 1 && !words[1].hasPrefix("-")
                    ? "\(first) has no verb \"\(words[1])\"" : "\(first) wants a verb",
                hint: "one of: \(verbs)"
            )
        }
        throw CommandError(.usage, "there is no command \"\(first)\"", hint: "linli help")
    }
}

/// Flags and arguments of a command line, told apart.
private struct Parsed {
    var values: [String: [String]] = [:]
    var arguments: [String] = []

    init(_ words: some Sequence<String>, of command: Command) throws(CommandError) {
        let flags = Command.commonFlags + command.flags
        var rest = Array(words)[...]
        var isLiteral = false
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") || word == "-o", !isLiteral else {
                arguments.append(word)
                continue
            }
            if word == "--" {
                isLiteral = true
                continue
            }
            let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = word == "-o" ? "output" : String(pair[0].dropFirst(2))
            guard let flag = flags.first(where: { $0.name == name }) else {
                throw CommandError(
                    .usage,
                    "\(command.words.joined(separator: " ")) has no flag --\(name)",
                    hint: "linli \(command.words.joined(separator: " ")) --help"
                )
            }
            guard flag.value != nil else {
                guard pair.count == 1 else {
                    throw CommandError(.usage, "--\(name) takes no value")
                }
                values[name] = [""]
                continue
            }
            guard let value = pair.count == 2 ? String(pair[1]) : rest.popFirst() else {
                throw CommandError(.usage, "--\(name) wants a value")
            }
            guard flag.isRepeated || values[name] == nil else {
                throw CommandError(.usage, "--\(name) is given twice")
            }
            values[name, default: []].append(value)
        }
    }

    func checkArguments(of command: Command) throws(CommandError) {
        let required = command.arguments.filter { !$0.hasPrefix("[") }.count
        let hint = "linli \(command.words.joined(separator: " ")) --help"
        guard arguments.count >= required else {
            let missing = command.arguments[arguments.count]
            throw CommandError(.usage, "\(missing) is missing", hint: hint)
        }
        guard arguments.count <= command.arguments.count else {
            throw CommandError(.usage, "one argument too many", hint: hint)
        }
    }
}
