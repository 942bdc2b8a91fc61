internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Replication
internal import Storage
internal import TransparencyLog

extension Program {
    /// Commands that carry logs in a file.
    package static let bundleCommands: [Command] = [
        Command(
            "bundle write",
            ["FILE"],
            flags: [
                Command.Flag(
                    "since",
                    "STATUS",
                    Label(
                        "只写对方还没有的: 对方 linli status --json 的输出",
                        "only what its node lacks: the output of linli status --json there"
                    )
                ),
                Command.Flag(
                    "for",
                    "BUNDLE",
                    Label("只写对方还没有的: 对方写的数据包", "only what the writer of this bundle lacks")
                ),
                Command.Flag(
                    "log",
                    "NODE",
                    isRepeated: true,
                    Label("只写这些节点的日志", "only the logs of these nodes")
                ),
                Command.Flag(
                    "scope",
                    "CODE",
                    Label("只写此区划及其上级的日志", "only logs of this place and of those above it")
                ),
            ],
            group: .audit,
            Label("把日志写进一个文件(U 盘同步、新节点、审计)", "logs in a file, for a USB stick or an auditor"),
            run: BundleCommands.write
        ),
        Command(
            "bundle read",
            ["FILE"],
            group: .audit,
            Label("读入文件里的日志并逐条核验; - 为标准输入", "take and check the logs in a file; - is stdin"),
            run: BundleCommands.read
        ),
    ]
}

/// `bundle write` and `bundle read`.
enum BundleCommands {
    static func write(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        var store = try call.openStore()
        let selection = try selection(call, store)
        var checkpoint: SignedCheckpoint?
        if let reason = Keeper.stopReason(home, store) {
            call.output.remark(
                call.output.text(
                    "本节点停止写入, 数据包不含自己的日志: \(reason)",
                    "this node must not write, its own log is left out: \(reason)"
                )
            )
        } else {
            // Signed before the database is read, so that what it vouches for is there.
            checkpoint = try HomeWriter(home).checkpoint()
            store = try call.openStore()
        }
        let written = try writeBundle(
            store,
            selection,
            ownCheckpoint: checkpoint,
            to: call.arguments[0]
        ) { done, total in call.output.progress("\(done)/\(total)") }
        call.output.progress("", isLast: call.output.isErrorTerminal)
        say(written, store, call)
        return .good
    }

    private static func selection(
        _ call: Invocation,
        _ store: Store
    ) throws -> BundleSelection {
        guard call["since"] == nil || call["for"] == nil else {
            throw CommandError(.usage, "--since and --for say the same thing; give one")
        }
        let roster = store.roster
        var logs = Set(roster.members.map(\.log))
        let named = call.all("log")
        if !named.isEmpty {
            logs = Set(try named.map { try Enrolling.member(named: $0, roster).log })
        }
        if let code = call["scope"] {
            guard let scope = Scope(code) else {
                throw CommandError(.usage, "--scope is \"\(code)\", want 4, 6, 9 or 12 digits")
            }
            let near = roster.members.filter {
                scope.covers($0.scope) || $0.scope.covers(scope)
            }
            logs.formIntersection(near.map(\.log))
        }
        var selection = BundleSelection(logs: logs)
        if let path = call["since"] { selection.held = try positions(status: path) }
        if let path = call["for"] { selection.held = try positions(bundle: path, store, call) }
        return selection
    }

    /// What a node holds, as its `status --json` said.
    private static func positions(status path: String) throws -> [Digest: LogPosition] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(.unknown, "can not read \(path)")
        }
        guard let report = StatusReport(json: String(decoding: data, as: UTF8.self)) else {
            throw CommandError(
                .usage,
                "\(path) is not the output of linli status --json",
                hint: "linli status --json > FILE, at the node that the bundle is for"
            )
        }
        var held: [Digest: LogPosition] = [:]
        for row in report.logs {
            guard let log = Bytes32(hex: row.log), let root = Bytes32(hex: row.root) else {
                continue
            }
            held[log] = LogPosition(log: log, size: row.size, root: root)
        }
        return held
    }

    /// What the writer of a bundle held, as its heads say.
    private static func positions(
        bundle path: String,
        _ store: Store,
        _ call: Invocation
    ) throws -> [Digest: LogPosition] {
        let source = try BundleSource(path, directory: try call.home().path)
        var reader = BundleReader()
        var held: [Digest: LogPosition] = [:]
        while !reader.isPastHeads {
            guard case .frame(let frame) = try source.next() else {
                throw CommandError(.bad, "\(path) is cut off")
            }
            switch try reader.read(frame) {
            case .header(let header) where header.ledger != store.identity?.ledger:
                throw otherLedger(header)
            case .heads(let heads):
                for head in heads {
                    held[head.log] = LogPosition(log: head.log, size: head.size, root: head.root)
                }
            default: break
            }
        }
        return held
    }

    static func otherLedger(_ header: BundleHeader) -> CommandError {
        CommandError(
            .bad,
            "the bundle is of ledger \(header.ledger.short), which is not this home's",
            hint: "nothing was taken; linli status shows the ledger"
        )
    }

    private static func say(_ written: WrittenBundle, _ store: Store, _ call: Invocation) {
        let output = call.output
        func names(_ logs: [Digest]) -> String {
            logs.map { store.nodeName($0) }.joined(separator: ", ")
        }
        if call.isJSON {
            let json: JSON = [
                "entries": .count(written.entries),
                "logs": .number(Int64(written.logs)),
                "bytes": .count(written.bytes),
                "evidence": .number(Int64(written.evidence)),
                "unvouched": .array(written.unvouched.map { .text($0.description) }),
                "otherHistories": .array(written.otherHistories.map { .text($0.description) }),
                "frontier": .text(store.frontier.description),
            ]
            output.line(json.line)
        } else {
            output.line(
                output.text(
                    "已写入 \(written.entries) 条, \(written.logs) 本日志, \(written.bytes) 字节",
                    "wrote \(written.entries) entries of \(written.logs) logs, \(written.bytes) bytes"
                )
            )
        }
        if !written.unvouched.isEmpty {
            output.remark(
                output.text(
                    "没有检查点, 未写入: \(names(written.unvouched))",
                    "left out, no checkpoint is held: \(names(written.unvouched))"
                )
            )
        }
        if !written.otherHistories.isEmpty {
            output.remark(
                output.text(
                    "对方持有另一段历史: \(names(written.otherHistories))",
                    "the reader holds another history: \(names(written.otherHistories))"
                )
            )
        }
        output.remark(
            output.text(
                "数据包含有案件内容, 可能涉及个人: 像案卷一样保管 (权限 0600; U 盘多半不支持权限)。",
                "the bundle has what is written in cases and may name people: keep it as you keep"
                    + " their files (mode 0600, which most USB sticks do not know)"
            )
        )
    }
}
