internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

/// `status`, `peers` and `roster`: how the node stands, with whom it speaks, who belongs.
enum StatusCommands {
    static func status(_ call: Invocation) async throws -> ExitCode {
        let report = try report(call)
        guard !call.isJSON else {
            call.output.line(report.json)
            return .good
        }
        let output = call.output
        output.line(output.strong(report.node.name) + "  \(report.node.level) \(report.node.scope)")
        output.table([
            [output.text("台账", "ledger"), report.ledger],
            [output.text("前沿", "frontier"), report.frontier],
            [output.text("视图", "view"), report.view],
            [
                output.text("条目", "entries"),
                "\(report.entries), \(output.text("案件", "cases")) \(report.cases), "
                    + "\(output.text("冲突", "conflicts")) \(report.conflicts)",
            ],
            [
                output.text("守护进程", "daemon"),
                report.node.isRunning
                    ? output.text("运行中", "running") : output.text("未运行", "not running"),
            ],
        ])
        output.line()
        output.table(
            [
                [
                    output.text("节点", "node"), output.text("代码", "code"),
                    output.text("条目", "entries"),
                    output.text("已验签", "checked"), output.text("持有者", "holders"),
                ]
            ]
                + report.logs.map { log in
                    [
                        log.node + (log.hasEnded ? output.text(" (已终止)", " (ended)") : ""),
                        log.scope, log.target.map { "\(log.size)→\($0)" } ?? "\(log.size)",
                        "\(log.checked)", log.holders.map(String.init) ?? "-",
                    ]
                }
        )
        warn(report, output)
        return .good
    }

    static func peers(_ call: Invocation) async throws -> ExitCode {
        let report = try report(call)
        var peers = report.peers
        if let endpoint = call["add"] {
            _ = try Founding.endpoint(endpoint, flag: "add")
            if !peers.contains(where: { $0.endpoint == endpoint }) {
                peers.append(.configured(endpoint, node: nil))
            }
            var home = try call.home()
            try home.remember(HomeConfiguration.Peer(endpoint: endpoint, key: nil))
            call.output.remark(
                call.output.text("守护进程重启后生效", "taken up when the daemon starts next")
            )
        }
        guard !call.isJSON else {
            for peer in peers { call.output.line(json(peer).line) }
            return .good
        }
        let output = call.output
        output.table(
            [
                [
                    output.text("节点", "node"), output.text("地址", "endpoint"),
                    output.text("状态", "state"),
                    output.text("时钟差", "skew"), output.text("往返", "round trip"), "",
                ]
            ]
                + peers.map { peer in
                    [
                        peer.node ?? "-", peer.endpoint ?? "-",
                        peer.isConnected
                            ? output.text("已连接", "connected") : output.text("未连接", "not connected"),
                        peer.skewMilliseconds.map { "\($0) ms" } ?? "-",
                        peer.roundTripMilliseconds.map { "\($0) ms" } ?? "-",
                        peer.lastError ?? "",
                    ]
                }
        )
        for fork in report.forks { output.remark(explained(fork, output)) }
        return .good
    }

    /// What the daemon says, or without one what the database holds.
    private static func report(_ call: Invocation) throws -> StatusReport {
        let home = try call.home()
        if let client = try ControlClient(path: home.socketPath) {
            let reply = try ControlReply.ask(client, .status)
            guard case .text(let json) = reply, let report = StatusReport(json: json) else {
                throw CommandError(.unknown, "the daemon answered another question")
            }
            return report
        }
        let store = try call.openStore()
        let reason = Keeper.stopReason(home, store)?.description
        return try StatusReport(store, home.configuration, nil, stopReason: reason)
    }

    private static func warn(_ report: StatusReport, _ output: Output) {
        let basis = report.completeness
        output.remark(
            output.text(
                "完整性: 15 分钟内听到 \(basis.heard)/\(basis.nodes) 个节点; 未验签 \(basis.unchecked)",
                "completeness: heard \(basis.heard) of \(basis.nodes) nodes in 15 min; "
                    + "signatures unchecked: \(basis.unchecked)"
            )
        )
        if let scopes = basis.scopes {
            let codes = scopes.joined(separator: " ")
            output.remark(
                output.text(
                    "只存辖区 \(codes) 的内容, 其余未存于本节点",
                    "contents of \(codes.isEmpty ? "no place" : codes) only, others not held here"
                )
            )
        }
        if basis.missingParts > 0 {
            output.remark(
                output.text(
                    "缺内容 \(basis.missingParts) 份, 正向各节点索取",
                    "parts missing: \(basis.missingParts), every peer is asked for them"
                )
            )
        }
        if !report.node.isEnrolled {
            output.remark(
                output.text(
                    "本节点尚未看到自己的入网条目, 请先同步。",
                    "this node has not yet seen the entry that enrols it: linli sync"
                )
            )
        }
        if let reason = report.node.stopReason { output.remark("NOT WRITING: \(reason)") }
        for fork in report.forks { output.remark(explained(fork, output)) }
        if report.refused > 0 {
            output.remark(
                output.text(
                    "被拒绝的来讯: \(report.refused) (linli refused)",
                    "refused from peers: \(report.refused) (linli refused)"
                )
            )
        }
    }

    /// What is known of a forked log, and what to do.
    static func explained(_ fork: StatusReport.Fork, _ output: Output) -> String {
        let sizes = fork.histories.map(String.init).joined(separator: ", ")
        guard let common = fork.common else {
            return output.text(
                "分叉: \(fork.node) 的日志有两段历史, 共同部分尚未确定; 保持连接, 节点会自行写入分叉条目",
                "FORK: the log of \(fork.node) has two histories, and no entry says yet up to where"
                    + " they are the same; keep the nodes connected, one of them writes it"
            )
        }
        let held = output.text(
            "分叉: \(fork.node) 的日志自第 \(common) 条起有 \(fork.histories.count) 段历史 (\(sizes) 条)",
            "FORK: the log of \(fork.node) has \(fork.histories.count) histories from entry"
                + " \(common) on (of \(sizes) entries)"
        )
        guard fork.contested > 0 else { return held }
        return held
            + output.text(
                "; 其后 \(fork.contested) 条待上级处理: linli roster --contested",
                "; \(fork.contested) entries beyond wait for an office above:"
                    + " linli roster --contested"
            )
    }

    private static func json(_ peer: StatusReport.Peer) -> JSON {
        [
            "node": .optional(peer.node), "endpoint": .optional(peer.endpoint),
            "connected": .bool(peer.isConnected),
            "skewMilliseconds": peer.skewMilliseconds.map(JSON.number) ?? .null,
            "roundTripMilliseconds": .count(peer.roundTripMilliseconds),
            "logsBehind": peer.logsBehind.map { .number(Int64($0)) } ?? .null,
            "lastError": .optional(peer.lastError),
        ]
    }
}
