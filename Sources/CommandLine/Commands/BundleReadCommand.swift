internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Replication
internal import Storage

extension BundleCommands {
    static func read(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        guard let ledger = try call.openStore().identity?.ledger else {
            throw HomeError.notJoined(home.path)
        }
        let source = try BundleSource(call.arguments[0], directory: home.path)
        let output = call.output
        let progress: (UInt64, UInt64) -> Void = { done, total in
            output.progress("\(done)/\(total)")
        }
        let result: ReadBundle
        if let client = try ControlClient(path: home.socketPath) {
            var reading = BundleReading(
                source,
                ledger: ledger,
                into: .daemon(client),
                progress: progress
            )
            result = try await reading.run()
        } else {
            let daemon = try await Running.daemon(home, output, isQuiet: true)
            var reading = BundleReading(
                source,
                ledger: ledger,
                into: .direct(daemon),
                progress: progress
            )
            do {
                result = try await reading.run()
                await daemon.finishChecking { count in
                    output.progress(
                        output.text("验签 \(count)", "checking \(count) signatures")
                    )
                }
            } catch {
                await daemon.stop()
                throw error
            }
            await daemon.stop()
        }
        output.progress("", isLast: output.isErrorTerminal)
        if let header = result.header, header.ledger != ledger { throw otherLedger(header) }
        let store = try call.openStore()
        print(result, store, call)
        if let failure = result.failure {
            throw CommandError(
                .unknown,
                "entries were not stored: \(failure)",
                hint: "what was taken stays; read the bundle again"
            )
        }
        if let reason = Keeper.stopReason(home, store) {
            throw CommandError(
                .bad,
                "read, but this node must not write: \(reason)",
                hint: "linli status; keep the home as it is and ask the office above"
            )
        }
        return result.isGood ? .good : .bad
    }

    private static func print(_ result: ReadBundle, _ store: Store, _ call: Invocation) {
        let output = call.output
        guard !call.isJSON else { return output.line(json(result, store).line) }
        output.line(
            output.text(
                "读入 \(result.taken) 条新条目, 包内 \(result.entries) 条; "
                    + "现有 \(store.entryCount) 条, 前沿 \(store.frontier.short)",
                "took \(result.taken) new entries of \(result.entries) in the bundle; "
                    + "held are \(store.entryCount), frontier \(store.frontier.short)"
            )
        )
        for line in remarks(result, store, output) { output.remark(Output.printable(line)) }
    }

    /// One line for everything that did not come through.
    private static func remarks(
        _ result: ReadBundle,
        _ store: Store,
        _ output: Output
    ) -> [String] {
        var lines: [String] = []
        if let offset = result.brokenAt {
            lines.append(
                output.text(
                    "数据包在第 \(offset) 字节处中断; 完整的部分已读入, 请重新拷贝",
                    "the bundle is cut off at byte \(offset); what is whole was taken, copy it again"
                )
            )
        }
        lines += result.badFrames.map {
            output.text("数据包损坏: \($0)", "the bundle is damaged: \($0)")
        }
        lines += result.unnamed.sorted().map {
            output.text("名册中没有的日志, 未读入: \($0)", "refused, not in the roster: log \($0)")
        }
        lines += result.gaps.sorted { $0.key < $1.key }.map { log, size in
            output.text(
                "\(store.nodeName(log)): 中间缺条目, 本节点只有 \(size) 条; 需要更早的数据包",
                "\(store.nodeName(log)): entries before these are missing, \(size) are held;"
                    + " read an earlier bundle first"
            )
        }
        lines += result.refused.sorted { $0.key < $1.key }.map { log, reason in
            output.text(
                "\(store.nodeName(log)): 拒绝: \(reason)",
                "\(store.nodeName(log)): refused: \(reason)"
            )
        }
        lines += result.forked.sorted().map { log in
            output.text(
                "分叉: \(store.nodeName(log)) 在包内是另一段历史; 证据已保存",
                "FORK: the bundle has another history of \(store.nodeName(log)); evidence is kept"
            )
        }
        if result.evidence > 0 {
            lines.append(
                output.text(
                    "包内分叉证据 \(result.evidence) 份, 已保存",
                    "proofs of forks in the bundle: \(result.evidence), kept"
                )
            )
        }
        return lines
    }

    private static func json(_ result: ReadBundle, _ store: Store) -> JSON {
        [
            "taken": .count(result.taken),
            "entries": .count(result.entries),
            "whole": .bool(result.isWhole),
            "good": .bool(result.isGood),
            "brokenAt": .count(result.brokenAt),
            "damaged": .array(result.badFrames.map(JSON.text)),
            "unnamed": .array(result.unnamed.sorted().map { .text($0.description) }),
            "gaps": .array(
                result.gaps.sorted { $0.key < $1.key }.map { log, size in
                    ["log": .text(log.description), "held": .count(size)]
                }
            ),
            "refused": .array(
                result.refused.sorted { $0.key < $1.key }.map { log, reason in
                    ["log": .text(log.description), "reason": .text(reason)]
                }
            ),
            "forked": .array(result.forked.sorted().map { .text($0.description) }),
            "evidence": .number(Int64(result.evidence)),
            "held": .count(store.entryCount),
            "frontier": .text(store.frontier.description),
        ]
    }
}
