internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Replication
internal import Storage

extension Program {
    /// Commands that fix what a list or report rested on, so that it can be cited.
    static let frontierCommands: [Command] = [
        Command(
            "frontier save",
            flags: [.documentOutput, Command.Flag.viewing[1]],
            group: .audit,
            Label("存下当前前沿, 供引用与重算", "what the view rests on now, to cite it and make it again")
        ) { invocation in
            let store = try invocation.openStore()
            let basis = try Basis(store)
            guard !basis.isProvisional else {
                throw CommandError(
                    .unknown,
                    "the view is provisional: signatures are still to be checked",
                    hint: "let the daemon finish, or linli sync"
                )
            }
            guard let ledger = store.identity?.ledger else { throw try invocation.home().absence() }
            let saved = SavedFrontier(
                ledger: ledger,
                foldVersion: SubjectFold.version,
                now: try invocation.now() ?? basis.now,
                positions: store.trees.map {
                    LogPosition(log: $0.log, size: $0.size, root: $0.root)
                }
            )
            try invocation.deliver(saved.text)
            return .good
        },
        Command(
            "frontier show",
            ["[FILE]"],
            group: .audit,
            Label(
                "所存前沿含哪些日志, 本节点是否都有",
                "which logs a saved frontier has, and whether they are held here"
            )
        ) { try FrontierPage($0).run() },
    ]
}

/// `linli frontier show`.
private struct FrontierPage {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> ExitCode {
        let store = try invocation.openStore()
        guard let ledger = store.identity?.ledger else { throw try invocation.home().absence() }
        let saved = try invocation.arguments.first.map { try invocation.savedFrontier($0) }
        let shown =
            saved
            ?? SavedFrontier(
                ledger: ledger,
                foldVersion: SubjectFold.version,
                now: SystemSource.wallMilliseconds(),
                positions: store.trees.map {
                    LogPosition(log: $0.log, size: $0.size, root: $0.root)
                }
            )
        let rows = try shown.positions.map { ($0, try State($0, store)) }
        let output = invocation.output
        if invocation.isJSON {
            output.line(json(shown, rows, store).line)
        } else {
            output.table(
                [
                    [
                        output.text("节点", "node"), output.text("条目", "entries"),
                        output.text("根", "root"), output.text("本节点", "here"),
                    ]
                ]
                    + rows.map { position, state in
                        [
                            store.nodeName(position.log), String(position.size),
                            position.root.short, output.text(state.label),
                        ]
                    }
            )
            output.line(
                output.text(
                    "前沿 \(shown.digest), 归并规则版本 \(shown.foldVersion), 时间 \(output.time(shown.now)) (UTC+8)",
                    "frontier \(shown.digest), fold version \(shown.foldVersion), now"
                        + " \(output.time(shown.now)) (UTC+8)"
                )
            )
        }
        guard shown.ledger == ledger else {
            output.remark(
                output.text(
                    "属于另一账本 \(shown.ledger.short)",
                    "it is of another ledger, \(shown.ledger.short)"
                )
            )
            return .bad
        }
        return rows.allSatisfy { $0.1 == .held } ? .good : .bad
    }

    /// How a log of the frontier stands here.
    private enum State: String {
        case held
        case behind
        case otherHistory

        init(_ position: LogPosition, _ store: Store) throws {
            let roots = try store.trees.filter { $0.log == position.log }
                .compactMap { try store.root(of: $0.id, size: position.size) }
            self = roots.contains(position.root) ? .held : roots.isEmpty ? .behind : .otherHistory
        }

        var label: Label {
            switch self {
            case .held: Label("有", "held")
            case .behind: Label("不全", "behind")
            case .otherHistory: Label("另一段历史", "another history")
            }
        }
    }

    private func json(
        _ saved: SavedFrontier,
        _ rows: [(LogPosition, State)],
        _ store: Store
    ) -> JSON {
        [
            "ledger": .text(saved.ledger.description),
            "frontier": .text(saved.digest.description),
            "foldVersion": .count(saved.foldVersion),
            "now": .count(saved.now),
            "logs": .array(
                rows.map { position, state in
                    [
                        "node": .text(store.nodeName(position.log)),
                        "log": .text(position.log.description),
                        "size": .count(position.size),
                        "root": .text(position.root.description),
                        "here": .text(state.rawValue),
                    ]
                }
            ),
        ]
    }
}
