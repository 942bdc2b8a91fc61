internal import Dispatch
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

/// `run` and `sync`: the node itself, for long or for one round.
enum Running {
    static func run(_ call: Invocation) async throws -> ExitCode {
        let home = try call.home()
        // Caught from here on, so that a node that is told to stop while it starts does so in order.
        let termination = TerminationSignal()
        let daemon = try await daemon(home, call.output)
        try await daemon.start(isListening: true)
        await termination.wait()
        await daemon.stop()
        return .good
    }

    static func sync(_ call: Invocation) async throws -> ExitCode {
        var home = try call.home()
        let seconds = UInt64(try call.number("timeout", in: 1...600, or: 60))
        if let client = try ControlClient(path: home.socketPath) {
            guard call["peer"] == nil else {
                throw CommandError(
                    .usage,
                    "--peer can not be given while the daemon runs",
                    hint: "linli peers --add HOST:PORT, and start the daemon again"
                )
            }
            let reply = try ControlReply.ask(client, .sync(seconds: seconds))
            return try print(reply, call)
        }
        if let peer = call["peer"] {
            _ = try Founding.endpoint(peer, flag: "peer")
            home.alsoDial(peer)
        }
        guard try !home.configuration.peers.isEmpty || hasEndpoints(call) else {
            throw CommandError(.unknown, "no peer is known", hint: "give --peer HOST:PORT")
        }
        let daemon = try await daemon(home, call.output, isQuiet: true)
        try await daemon.start(isListening: false)
        let isSettled = await daemon.settle(seconds: seconds)
        let report = try await daemon.report()
        var failure: String?
        if let peer = call["peer"] { failure = await daemon.failure(at: peer) }
        await daemon.stop()
        guard isSettled else {
            var reasons = Set(report.peers.compactMap(\.lastError)).sorted()
            if reasons.contains("closed by the peer") {
                reasons.append("a peer closes at once whose right has ended, or it does not know")
            }
            throw CommandError(
                .unknown,
                "not settled with any peer within \(seconds) s",
                hint: reasons.isEmpty ? "give --peer HOST:PORT" : reasons.joined(separator: "; ")
            )
        }
        // That the node must not write is more urgent, whoever gave proof of it.
        if let failure, let peer = call["peer"], report.node.stopReason == nil {
            throw CommandError(
                .unknown,
                "in step with others, but not with \(peer): \(failure)",
                hint: "look at the address, and whether that node runs and admits this one"
            )
        }
        return try print(.text(report.json), call)
    }

    /// Whether the roster says where another node can be reached.
    private static func hasEndpoints(_ call: Invocation) throws -> Bool {
        let store = try call.openStore()
        return store.roster.members.contains {
            $0.log != store.identity?.log && $0.endpoint != nil && !$0.hasEnded
        }
    }

    private static func print(_ reply: ControlReply, _ call: Invocation) throws -> ExitCode {
        guard case .text(let json) = reply, let report = StatusReport(json: json) else {
            throw CommandError(.unknown, "the daemon answered another question")
        }
        if let reason = report.node.stopReason {
            throw CommandError(
                .bad,
                "synchronised, but this node must not write: \(reason)",
                hint: "linli status; keep the home as it is and ask the office above"
            )
        }
        if call.isJSON {
            call.output.line(json)
        } else {
            call.output.line(
                call.output.text(
                    "已同步: \(report.entries) 条, 前沿 \(report.frontier.prefix(16))",
                    "in step: \(report.entries) entries, frontier \(report.frontier.prefix(16))"
                )
            )
        }
        return .good
    }

    private static func daemon(
        _ home: Home,
        _ output: Output,
        isQuiet: Bool = false
    ) async throws -> NodeDaemon {
        try await NodeDaemon(
            try Keeper(home),
            log: { if !isQuiet { output.remark($0) } },
            explain: { error in
                let failure = CommandError(explaining: error)
                return RemoteError(
                    code: UInt64(failure.code.rawValue),
                    index: (error as? AppendError)?.index,
                    message: failure.message,
                    hint: failure.hint
                )
            }
        )
    }

}

/// SIGTERM and SIGINT, which do not end the process any more once this is made.
private struct TerminationSignal {
    private let signals: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.signals = signals
        sources = [SIGTERM, SIGINT].map { number in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }

    /// Waits until one has come.
    func wait() async {
        for await _ in signals { break }
        for source in sources { source.cancel() }
    }
}
