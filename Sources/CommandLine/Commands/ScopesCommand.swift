internal import Cases
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    static let scopesCommand = Command(
        "scopes",
        flags: [
            Command.Flag("add", "CODES", Label("也存这些辖区的内容", "store contents of these places too")),
            Command.Flag("drop", "CODES", Label("不再存这些辖区的内容", "store those of these no more")),
            Command.Flag("only", "CODES", Label("只存这些辖区的内容", "store those of these only")),
            Command.Flag("all", Label("存全部内容", "store all contents")),
            Command.Flag(
                "timeout",
                "SECONDS",
                Label("最长等待各节点", "longest wait for peers, 60 if not given")
            ),
        ],
        group: .node,
        Label("本节点存哪些辖区的内容", "whose contents this node stores"),
        run: ScopesCommand.run
    )
}

/// `scopes`: whose parts the node stores; headers and leaves of all logs are at every node.
enum ScopesCommand {
    static let join = Command.Flag(
        "scopes",
        "CODES",
        Label("只存这些辖区的内容, 逗号分隔", "store contents of these places only, with commas between")
    )

    static func run(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let store = try call.openStore()
        guard let wanted = try wanted(call, store.scopes) else { return try show(store, call) }
        let seconds = UInt64(try call.number("timeout", in: 1...600, or: 60))
        if let client = try ControlClient(path: home.socketPath) {
            let reply = try ControlReply.ask(client, .scopes(wanted, seconds: seconds))
            guard case .text(let json) = reply, let change = ScopesChange(json: json) else {
                throw CommandError(.unknown, "the daemon answered another question")
            }
            return report(change, call)
        }
        let daemon = try await Running.daemon(home, call.output, isQuiet: true)
        try await daemon.start(isListening: false)
        do {
            // Who is to prove something has to be met first; without peers nothing is dropped.
            _ = await daemon.settle(seconds: seconds)
            let change = try await daemon.setScopes(wanted)
            _ = change.wanted > 0 ? await daemon.settle(seconds: seconds) : true
            await daemon.stop()
            return report(change, call)
        } catch {
            await daemon.stop()
            throw error
        }
    }

    /// The scopes that the flags ask for; nil if they ask for none.
    private static func wanted(_ call: Invocation, _ now: PartScopes) throws -> PartScopes? {
        let given = ["add", "drop", "only", "all"].filter { call.has($0) }
        guard given.count <= 1 else {
            throw CommandError(.usage, "--\(given[0]) and --\(given[1]) contradict each other")
        }
        guard let flag = given.first else { return nil }
        if flag == "all" { return .everything }
        let codes = try scopes(call[flag] ?? "", flag: flag)
        switch flag {
        case "only": return try checked(codes)
        case "add": return try now.scopes.map { try checked($0 + codes) } ?? .everything
        default:
            guard let held = now.scopes else {
                throw CommandError(
                    .usage,
                    "everything is stored, so there is no place to drop",
                    hint: "linli scopes --only CODES names what is kept"
                )
            }
            if let code = codes.first(where: { !held.contains($0) }) {
                throw CommandError(
                    .usage,
                    "\(code) is none of the scopes: \(held.map(\.code).joined(separator: " "))"
                )
            }
            return try checked(held.filter { !codes.contains($0) })
        }
    }

    /// Reads codes with commas between them.
    static func scopes(_ text: String, flag: String) throws -> [Scope] {
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        return try words.map { word in
            guard let scope = Scope(word.trimmingCharacters(in: .whitespaces)) else {
                throw CommandError(
                    .usage,
                    "--\(flag): \"\(word)\" is no code of 4, 6, 9 or 12 digits"
                )
            }
            return scope
        }
    }

    static func checked(_ scopes: [Scope]) throws -> PartScopes {
        guard let checked = PartScopes(scopes) else {
            throw CommandError(.usage, "more than \(PartScopes.countMax) places")
        }
        return checked
    }

    private static func show(_ store: Store, _ call: Invocation) throws -> ExitCode {
        let absent = try store.absentCounts()
        let output = call.output
        if call.isJSON {
            let json: JSON = [
                "scopes": list(store.scopes), "notHeld": .count(absent.notHeld),
                "missing": .count(absent.missing), "redacted": .count(absent.redacted),
            ]
            output.line(json.line)
            return .good
        }
        output.line(name(store.scopes, output))
        output.line(
            output.text(
                "未存于本节点 \(absent.notHeld) 份, 应存而缺 \(absent.missing) 份, 已脱敏 \(absent.redacted) 份",
                "not held here \(absent.notHeld) parts, missing \(absent.missing), redacted"
                    + " \(absent.redacted)"
            )
        )
        return .good
    }

    private static func report(_ change: ScopesChange, _ call: Invocation) -> ExitCode {
        let output = call.output
        guard !call.isJSON else {
            output.line(change.json)
            return .good
        }
        let scopes = change.scopes.flatMap { PartScopes($0.compactMap { Scope($0) }) }
        output.line(name(scopes ?? .everything, output))
        output.line(
            output.text(
                "已删除 \(change.dropped) 份, 正在索取 \(change.wanted) 份",
                "\(change.dropped) parts destroyed, \(change.wanted) asked for"
            )
        )
        return .good
    }

    private static func list(_ scopes: PartScopes) -> JSON {
        scopes.scopes.map { list in .array(list.map { .text($0.code) }) } ?? .null
    }

    private static func name(_ scopes: PartScopes, _ output: Output) -> String {
        guard let list = scopes.scopes else { return output.text("存全部内容", "stores everything") }
        let codes = list.map(\.code).joined(separator: " ")
        return output.text(
            "只存 \(codes.isEmpty ? "本节点所写" : codes) 的内容",
            "stores contents of \(codes.isEmpty ? "what it wrote" : codes) only"
        )
    }
}

extension CaseRow {
    /// What the case is about, in a list; that it is not held here, where nothing is known of it.
    func said(_ output: Output) -> String {
        if let summary { return summary }
        if absentParts > 0 { return output.text("〔未存于本节点〕", "[not held here]") }
        // Nobody opens a case without saying what happened; a record can come without it.
        let isImported = flags.contains(SubjectView.ImportFlag.missingSummary.rawValue)
        return isImported ? "" : output.text("〔密封或已脱敏〕", "[sealed or redacted]")
    }
}
