internal import Audit
internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import NodeRuntime
internal import Storage

extension Program {
    /// What an auditor does from one visit to the next.
    static let auditVisitCommands: [Command] = [
        Command(
            "audit",
            flags: [
                Command.Flag(
                    "state",
                    "FILE",
                    Label("审计员自己的状态文件", "required; the auditor's own file, made if it is not there")
                ),
                Command.Flag(
                    "max-age",
                    "TIME",
                    Label(
                        "各节点最久多长时间无消息 (如 1d)",
                        "how long ago each node may have been heard of, such as 1d"
                    )
                ),
                forks,
            ],
            group: .audit,
            Label(
                "核验全部, 并与上次所见比对: 日志不得缩短或改写",
                "verifies all, and that no log is shorter or another than on the last visit"
            ),
            run: AuditVisitCommands.audit
        ),
        Command(
            "audit compare",
            ["A", "B"],
            flags: [forks],
            group: .audit,
            Label(
                "比对两处所存 (节点目录、数据包或导出)",
                "compares what two homes, bundles or exports hold"
            ),
            run: AuditVisitCommands.compare
        ),
        Command(
            "audit fork",
            ["FILE"],
            group: .audit,
            Label("离线核验一份分叉证据", "checks a proof of a fork offline, without a home"),
            run: AuditVisitCommands.fork
        ),
    ]

    private static let forks = Command.Flag(
        "forks",
        "DIR",
        Label("分叉证据写入的目录", "the directory to which proofs of forks are written")
    )
}

/// `audit`, `audit compare` and `audit fork`.
enum AuditVisitCommands {
    static func audit(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        let path = try call.required("state")
        let maxAge = try call["max-age"].map { try CaseSelection.duration($0) }
        let file = try AuditStateFile(path)
        var isDone = false
        defer { if !isDone { file.abandon() } }
        let text = try readAuditFile(path, max: AuditMemory.bytesMax)
        // Signed before the database is opened, so that what it vouches for is there to be read.
        let own = try? HomeWriter(home).checkpoint()
        let store = try call.openStore()
        guard let ledger = store.identity?.ledger else { throw home.absence() }
        let memory = try text.map(remembered)
        if let memory, memory.ledger != ledger {
            throw CommandError(
                .unknown,
                "the state is of ledger \(memory.ledger.short), the home of \(ledger.short)",
                hint: "use another state file for another ledger"
            )
        }
        let report = Store.verify(
            VerifyJob(
                databasePath: home.databasePath,
                fencePath: home.isRestored ? nil : home.fencePath,
                ownLog: home.isRestored ? nil : try home.logKey().hash,
                scratchDirectory: home.scratchDirectory,
                threads: ProcessInfo.processInfo.activeProcessorCount
            )
        )
        let now = UInt64(Date.now.timeIntervalSince1970 * 1_000)
        var visit = try AuditVisit(
            store,
            own: own,
            memory: memory ?? AuditMemory(ledger: ledger),
            now: now,
            maxAge: maxAge
        )
        visit.add(report)
        if let reason = report.reason {
            throw CommandError(.unknown, "the home could not be verified: \(reason)")
        }
        let files = try write(visit.forks, call)
        let code: ExitCode = visit.findings.count(.alarm) == 0 ? .good : .bad
        say(visit, code, files, store, call)
        try file.replace(visit.memory.text)
        isDone = true
        return code
    }

    private static func remembered(_ text: String) throws(CommandError) -> AuditMemory {
        do { return try AuditMemory(text: text) } catch {
            throw CommandError(
                .unknown,
                "the state can not be used: \(error)",
                hint: "take a copy of it; a new file remembers nothing of earlier visits"
            )
        }
    }

    private static func write(_ forks: [ForkFile], _ call: Invocation) throws -> [String] {
        guard let directory = call["forks"], !forks.isEmpty else { return [] }
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: true
        )
        return try forks.map { fork in
            let name = sha256(Array(fork.text.utf8)).short
            let path = "\(directory)/fork-\(fork.log.short)-\(name)"
            try writeAuditFile(path, fork.text)
            return path
        }
    }

    private static func say(
        _ visit: AuditVisit,
        _ code: ExitCode,
        _ files: [String],
        _ store: Store,
        _ call: Invocation
    ) {
        let output = call.output
        let alarms = visit.findings.count(.alarm)
        let warnings = visit.findings.count(.warning)
        guard !call.isJSON else {
            let json: JSON = [
                "verdict": .text(code == .good ? "good" : "bad"),
                "ledger": .text(visit.memory.ledger.description),
                "completeAsOf": .count(visit.completeAsOf),
                "logs": .count(UInt64(visit.logCount)), "new": .count(UInt64(visit.newCount)),
                "grownBy": .count(visit.grownBy), "alarms": .count(UInt64(alarms)),
                "warnings": .count(UInt64(warnings)),
                "forks": .array(files.map(JSON.text)),
                "findings": .array(
                    visit.findings.kept.map { finding in
                        [
                            "what": .text(finding.code.rawValue),
                            "gravity": .text(finding.gravity.rawValue),
                            "log": .optional(finding.log?.description),
                            "entry": .count(finding.sequence),
                            "since": .count(finding.since),
                            "text": .text(output.text(finding.text)),
                            "next": .text(output.text(finding.next)),
                        ]
                    }
                ),
            ]
            return output.line(json.line)
        }
        for finding in visit.findings.kept {
            let place = [
                finding.log.map { store.nodeName($0) },
                finding.sequence.map { output.text("第 \($0) 条", "entry \($0)") },
                finding.since.map { output.time($0) }.map { output.text("自 \($0)", "since \($0)") },
            ].compactMap(\.self).joined(separator: ", ")
            let line =
                "\(finding.gravity.rawValue) \(finding.code.rawValue): "
                + (place.isEmpty ? "" : "\(place): ") + output.text(finding.text)
                + " → \(output.text(finding.next))"
            output.line(Output.printable(line))
        }
        for file in files {
            output.line(Output.printable(output.text("分叉证据: \(file)", "proof of a fork: \(file)")))
        }
        let verdict = output.text(
            code == .good ? "审计通过" : "审计不通过",
            code == .good ? "good" : "BAD"
        )
        let asOf =
            visit.completeAsOf.map {
                output.text("完整截至 \(output.time($0))", "complete as of \(output.time($0))")
            } ?? output.text("有节点从未有消息, 不能说完整", "some node was never heard of: not complete")
        output.line(
            "\(output.strong(verdict)): "
                + output.text(
                    "\(visit.logCount) 本日志 (\(visit.newCount) 本新), 新增 \(visit.grownBy) 条;"
                        + " 警报 \(alarms), 警告 \(warnings); \(asOf)",
                    "\(visit.logCount) logs (\(visit.newCount) new), grown by \(visit.grownBy);"
                        + " \(alarms) alarms, \(warnings) warnings; \(asOf)"
                )
        )
    }

    // MARK: Without a memory

    static func compare(_ call: Invocation) async throws -> ExitCode {
        let one = try trees(call.arguments[0])
        let two = try trees(call.arguments[1])
        if let first = one.ledger, let second = two.ledger, first != second {
            throw CommandError(
                .unknown,
                "the first is of ledger \(first.short), the second of \(second.short)",
                hint: "two ledgers have no log in common"
            )
        }
        let rows = try one.compared(with: two)
        guard rows.contains(where: { one.trees[$0.log] != nil && two.trees[$0.log] != nil }) else {
            throw CommandError(.unknown, "no log is in both")
        }
        let forks = rows.compactMap { row -> ForkFile? in
            if case .contradicts(let proof?) = row.1 { proof } else { nil }
        }
        let isBad = rows.contains { if case .contradicts = $0.1 { true } else { false } }
        let files = try write(forks, call)
        say(rows, isBad, files, call)
        return isBad ? .bad : .good
    }

    /// What stands at a path: a home, an export of one log, or a bundle.
    private static func trees(_ path: String) throws -> AuditedTrees {
        let manager = FileManager.default
        var isDirectory: ObjCBool = false
        guard unsafe manager.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw CommandError(.unknown, "there is no \(path)")
        }
        guard isDirectory.boolValue else { return try AuditedTrees(bundle: path) }
        if manager.fileExists(atPath: path + "/leaves") { return try AuditedTrees(export: path) }
        let home = try Home(path: path)
        guard home.hasDatabase else { throw home.absence() }
        let own = try? HomeWriter(home).checkpoint()
        return try AuditedTrees(
            home: Store(path: home.databasePath, mode: .readOnly),
            own: own
        )
    }

    private static func say(
        _ rows: [(log: Digest, AuditedTrees.Relation)],
        _ isBad: Bool,
        _ files: [String],
        _ call: Invocation
    ) {
        let output = call.output
        let words = rows.map { row -> (String, Label) in
            switch row.1 {
            case .same(let size): ("same", Label("相同, \(size) 条", "same, \(size)"))
            case .behind(let one, let two):
                (
                    "behind",
                    Label("A \(one) 条, 是 B \(two) 条的开头", "A has the first \(one) of B's \(two)")
                )
            case .ahead(let one, let two):
                (
                    "ahead",
                    Label("B \(two) 条, 是 A \(one) 条的开头", "B has the first \(two) of A's \(one)")
                )
            case .contradicts(let proof):
                (
                    "contradicts",
                    proof == nil
                        ? Label("矛盾, 缺签名, 不成证据", "contradict each other, not both signed")
                        : Label("矛盾, 均有其密钥签名", "contradict each other, both signed by its key")
                )
            case .onlyFirst(let size): ("only-a", Label("仅 A 有, \(size) 条", "only in A, \(size)"))
            case .onlySecond(let size): ("only-b", Label("仅 B 有, \(size) 条", "only in B, \(size)"))
            }
        }
        guard !call.isJSON else {
            let json: JSON = [
                "verdict": .text(isBad ? "bad" : "good"),
                "logs": .array(
                    zip(rows, words).map { row, word in
                        [
                            "log": .text(row.log.description), "relation": .text(word.0),
                            "text": .text(output.text(word.1)),
                        ]
                    }
                ),
                "forks": .array(files.map(JSON.text)),
            ]
            return output.line(json.line)
        }
        for (row, word) in zip(rows, words) {
            output.line("\(row.log.short)  \(output.text(word.1))")
        }
        for file in files {
            output.line(Output.printable(output.text("分叉证据: \(file)", "proof of a fork: \(file)")))
        }
        output.line(
            output.strong(
                isBad ? output.text("矛盾", "BAD") : output.text("无矛盾", "good")
            )
        )
    }

    static func fork(_ call: Invocation) async throws -> ExitCode {
        let path = call.arguments[0]
        guard let text = try readAuditFile(path, max: ForkFile.bytesMax) else {
            throw CommandError(.unknown, "there is no \(path)")
        }
        let fork = try ForkFile(text: text)
        let output = call.output
        guard !call.isJSON else {
            let json: JSON = [
                "verdict": .text("proven"), "log": .text(fork.log.description),
                "key": .text(hex(fork.logKey.bytes.bytes)), "size": .count(fork.size),
                "roots": .array(fork.branches.map { .text($0.root.description) }),
            ]
            output.line(json.line)
            return .good
        }
        output.line(
            output.text(
                "证据成立: 日志 \(fork.log) 的密钥签过两段历史, 前 \(fork.size) 条不同",
                "proven: the key of log \(fork.log) signed two histories, which differ within the first"
                    + " \(fork.size) entries"
            )
        )
        return .good
    }
}
