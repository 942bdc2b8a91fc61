internal import Cases
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    static let watchCommand = Command(
        "watch",
        flags: CaseSelection.placeFlags + [
            Command.Flag(
                "for",
                "10s|5m",
                Label("到时结束,默认直到中断", "ends after this time; until it is interrupted if left out")
            )
        ],
        group: .view,
        Label(
            "未结案件与倒计时,持续刷新;非终端时逐行输出变化",
            "open cases with their clocks, live; a line for each change where there is no terminal"
        )
    ) { try await WatchCommand($0).run() }
}

/// `linli watch`.
private struct WatchCommand {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() async throws -> ExitCode {
        let output = invocation.output
        let end = try invocation["for"].map {
            SystemSource.wallMilliseconds() + (try Self.time($0))
        }
        var filter = try CaseSelection(invocation).filter(now: 0)
        filter.isOpen = true
        let isScreen = output.isTerminal && !invocation.isJSON
        let events = WatchEvents(
            everyMilliseconds: isScreen ? 1000 : 500,
            isSuspendable: isScreen
        )
        let store = try invocation.openStore()
        _ = try CasePlaces(invocation, store, widening: &filter)
        if isScreen {
            let screen = WatchScreen(store, filter, output)
            screen.open()
            // However this ends, the terminal is given back as it was.
            defer { screen.close() }
            try await follow(events, until: end, suspend: screen.suspend) {
                try screen.draw(now: $0)
            }
        } else {
            var lines = WatchLines(store, filter, invocation)
            try lines.begin(now: SystemSource.wallMilliseconds())
            try await follow(events, until: end) { try lines.report(now: $0) }
        }
        return .good
    }

    /// Calls `show` at each tick and resize, until it is interrupted or the time is over.
    private func follow(
        _ events: WatchEvents,
        until end: UInt64?,
        suspend: () -> Void = {},
        _ show: (UInt64) throws -> Void
    ) async throws {
        try show(SystemSource.wallMilliseconds())
        for await event in events.stream {
            if event == .interrupt { return }
            if event == .suspend { suspend() }
            let now = SystemSource.wallMilliseconds()
            try show(now)
            if let end, now >= end { return }
        }
    }

    /// Milliseconds of a time such as `10s`, at most a day.
    private static func time(_ text: String) throws(CommandError) -> UInt64 {
        let units: [Character: UInt64] = ["s": 1000, "m": 60_000, "h": 3_600_000]
        guard let unit = text.last.flatMap({ units[$0] }), let number = UInt64(text.dropLast()),
            number > 0, number <= 86_400_000 / unit
        else {
            throw CommandError(.usage, "--for is \"\(text)\", want a time such as 10s, 5m or 2h")
        }
        return number * unit
    }
}

/// What wakes a watcher.
enum WatchEvent: Sendable {
    case tick, resize, suspend, interrupt
}

/// Ticks, and the signals that end, suspend or resize; none of these does so by itself any more.
struct WatchEvents {
    let stream: AsyncStream<WatchEvent>
    private let signals: [any DispatchSourceSignal]
    private let timer: any DispatchSourceTimer

    init(everyMilliseconds interval: Int, isSuspendable: Bool) {
        let (stream, continuation) = AsyncStream.makeStream(of: WatchEvent.self)
        self.stream = stream
        let numbers = [SIGINT, SIGTERM, SIGHUP, SIGWINCH] + (isSuspendable ? [SIGTSTP] : [])
        signals = numbers.map { number in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                switch number {
                case SIGWINCH: continuation.yield(.resize)
                case SIGTSTP: continuation.yield(.suspend)
                default: continuation.yield(.interrupt)
                }
            }
            source.resume()
            return source
        }
        timer = DispatchSource.makeTimerSource()
        timer.schedule(
            deadline: .now() + .milliseconds(interval),
            repeating: .milliseconds(interval)
        )
        timer.setEventHandler { continuation.yield(.tick) }
        timer.resume()
    }
}

extension Store {
    /// Takes up what another process wrote; whether it wrote anything since `mark`.
    func follow(_ mark: inout Int64?) throws -> Bool {
        let current = try changeMark()
        guard current != mark else { return false }
        mark = current
        try load()
        return true
    }
}

extension SubjectView {
    /// The clocks that somebody has to keep and that are not stopped yet, the first to run out
    /// first.
    var running: [Deadline] {
        deadlines.filter { deadline in
            (deadline.state == .open || deadline.state == .paused) && !deadline.clock.isInformation
        }.sorted { ($0.due, $0.clock.rawValue) < ($1.due, $1.clock.rawValue) }
    }
}
