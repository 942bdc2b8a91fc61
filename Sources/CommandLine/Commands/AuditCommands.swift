internal import Audit
internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage
internal import TransparencyLog

extension Program {
    /// Commands that check what is held and hand it to others for checking.
    package static let auditCommands: [Command] = [
        Command(
            "verify",
            flags: [
                Command.Flag(
                    "scratch",
                    "DIR",
                    Label(
                        "重算用的目录, 默认在节点目录",
                        "where to rebuild; in the home if left out and it can be written to"
                    )
                )
            ],
            group: .audit,
            Label(
                "核验全部历史: 哈希、根、签名、权限, 并重算视图",
                "the whole history: every hash, root, signature, right, and the view refolded"
            ),
            run: AuditCommands.verify
        ),
        Command(
            "export",
            ["DIR"],
            flags: [
                Command.Flag(
                    "log",
                    "NODE",
                    Label("哪个节点的日志(默认本节点)", "whose log; this node's if not given")
                )
            ],
            group: .audit,
            Label("导出一本日志, 供他人独立核验", "one log in files that others can check"),
            run: AuditCommands.export
        ),
        Command(
            "export tiles",
            ["DIR"],
            flags: [
                Command.Flag(
                    "log",
                    "NODE",
                    Label("哪个节点的日志(默认本节点)", "whose log; this node's if not given")
                )
            ],
            group: .audit,
            Label(
                "以 C2SP tlog-tiles 格式导出一本日志的树, 供他人的工具审计",
                "the tree of one log as C2SP tiles, for tools of others"
            ),
            run: AuditCommands.exportTiles
        ),
        redactionsCommand, openingsCommand,
    ]
}

/// `verify` and `export`.
enum AuditCommands {
    static func verify(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        guard home.hasDatabase else {
            let failure = CommandError(explaining: home.absence())
            // What was signed and is not there is an answer; a home that is new has none.
            let isLost = home.absence() is KeeperError
            throw CommandError(isLost ? .bad : .unknown, failure.message, hint: failure.hint)
        }
        let job = VerifyJob(
            databasePath: home.databasePath,
            // What a backup held is of keys that this home does not have.
            fencePath: home.isRestored ? nil : home.fencePath,
            ownLog: home.isRestored ? nil : try home.logKey().hash,
            scratchDirectory: call["scratch"] ?? home.scratchDirectory,
            threads: ProcessInfo.processInfo.activeProcessorCount
        )
        let report = Store.verify(job) { progress in
            call.output.progress("\(progress.phase.rawValue) \(progress.done)/\(progress.total)")
        }
        call.output.progress("", isLast: call.output.isErrorTerminal)
        guard !call.isJSON else {
            call.output.line(json(report).line)
            return code(report)
        }
        print(report, call.output)
        sayBasis(report, job.ownLog, try? call.openStore().roster, call.output)
        return code(report)
    }

    private static func code(_ report: VerifyReport) -> ExitCode {
        switch report.verdict {
        // What is stored is whole, and yet no auditor may take one of two histories for the history
        // before an entry says up to where they are the same.
        case .good: return report.openForks.isEmpty ? .good : .bad
        case .bad: return .bad
        case .couldNotTell: return .unknown
        }
    }

    /// Which log is meant, and if it is the home's a checkpoint of it, signed before the database is
    /// opened, so that what it vouches for is there to be read.
    private static func exported(
        _ call: Invocation
    ) throws -> (log: Digest, checkpoint: SignedCheckpoint?) {
        let home = try call.home()
        let named = try call["log"].map { try Enrolling.member(named: $0, call.openStore().roster) }
        let own = try home.logKey().hash
        let log = named?.log ?? own
        return (log, log == own ? try HomeWriter(home).checkpoint() : nil)
    }

    static func exportTiles(_ call: Invocation) async throws -> ExitCode {
        let (log, checkpoint) = try exported(call)
        let target = try NodeRuntime.exportTiles(
            call.openStore(),
            log: log,
            ownCheckpoint: checkpoint,
            to: call.arguments[0]
        )
        guard !call.isJSON else {
            let json: JSON = [
                "log": .text(log.description), "size": .count(target.size),
                "root": .text(target.root.description),
            ]
            call.output.line(json.line)
            return .good
        }
        call.output.line(
            call.output.text(
                "已导出 \(target.size) 条的树, 根 \(target.root)",
                "exported the tree of \(target.size) entries, root \(target.root)"
            )
        )
        return .good
    }

    static func export(_ call: Invocation) async throws -> ExitCode {
        let (log, checkpoint) = try exported(call)
        let exported = try exportLog(
            call.openStore(),
            log: log,
            ownCheckpoint: checkpoint,
            to: call.arguments[0]
        )
        let size = exported.checkpoint.size
        guard !call.isJSON else {
            call.output.line(
                JSON.object([
                    .init(key: "log", value: .text(log.description)),
                    .init(key: "size", value: .count(size)),
                    .init(key: "root", value: .text(exported.checkpoint.root.description)),
                    .init(key: "parts", value: .count(exported.parts)),
                    .init(key: "absentParts", value: .count(exported.absentParts)),
                ]).line
            )
            return .good
        }
        call.output.line(
            call.output.text(
                "已导出 \(size) 条, 根 \(exported.checkpoint.root)",
                "exported \(size) entries, root \(exported.checkpoint.root)"
            )
        )
        return .good
    }

    private static func print(_ report: VerifyReport, _ output: Output) {
        for finding in report.findings {
            output.line(Output.printable(finding.description))
        }
        let kept = report.findings.count
        let left = report.errorCount + report.noteCount - kept
        if left > 0 { output.line(output.text("另有 \(left) 条", "and \(left) more")) }
        if let reason = report.reason { output.line(Output.printable(reason)) }
        let counts =
            "\(report.entries) \(output.text("条", "entries")), \(report.logs.count) "
            + "\(output.text("本日志", "logs")), \(report.signatures) "
            + output.text("个签名", "signatures")
        let verdict =
            switch report.verdict {
            case .good where !report.openForks.isEmpty:
                output.text("日志分叉", "FORKED") + ": \(report.openForks.count)"
            case .good:
                output.text("核验通过", "good")
                    + (report.isProvisional ? output.text(" (暂定)", " (provisional)") : "")
            case .bad: output.text("核验不通过", "BAD") + ": \(report.errorCount)"
            case .couldNotTell: output.text("无法判断", "could not tell")
            }
        output.line("\(output.strong(verdict)): \(counts)")
    }

    /// Up to where each log's own key vouches for what is held; the home's own log is vouched for
    /// whenever somebody asks for it.
    private static func sayBasis(
        _ report: VerifyReport,
        _ own: Digest?,
        _ roster: Roster?,
        _ output: Output
    ) {
        output.remark(
            output.text("以各日志的检查点为限, 完整至: ", "complete as of the checkpoints of each log:")
        )
        for log in report.logs {
            let name = roster?.member(log: log.log)?.name ?? log.log.short
            let vouched = log.log == own ? log.size : log.vouchedSize ?? 0
            output.remark(
                Output.printable("  \(name) \(vouched)/\(log.size)")
                    + (log.log == own ? output.text(" (本节点)", " (this node)") : "")
            )
        }
    }

    private static func json(_ report: VerifyReport) -> JSON {
        [
            "verdict": .text(
                code(report) == .bad ? VerifyReport.Verdict.bad.rawValue : report.verdict.rawValue
            ),
            "forked": .array(report.forkedLogs.sorted().map { .text($0.description) }),
            "openForks": .array(report.openForks.sorted().map { .text($0.description) }),
            "entries": .count(report.entries),
            "signatures": .count(report.signatures),
            "provisional": .bool(report.isProvisional),
            "reason": .optional(report.reason),
            "logs": .array(
                report.logs.map { log in
                    [
                        "log": .text(log.log.description), "size": .count(log.size),
                        "root": .text(log.root.description), "vouched": .count(log.vouchedSize),
                    ]
                }
            ),
            "errors": .number(Int64(report.errorCount)),
            "notes": .number(Int64(report.noteCount)),
            "findings": .array(
                report.findings.map { finding in
                    [
                        "gravity": .text(finding.gravity.rawValue),
                        "kind": .text(finding.kind.rawValue),
                        "log": .optional(finding.log?.description),
                        "sequence": .count(finding.sequence), "text": .text(finding.text),
                    ]
                }
            ),
        ]
    }
}
