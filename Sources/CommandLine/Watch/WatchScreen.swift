internal import Cases
internal import Foundation
internal import Ledger
internal import Storage

/// The open cases on a terminal, redrawn in place.
final class WatchScreen {
    private let store: Store
    private let filter: CaseFilter
    private let output: Output
    private var mark: Int64?
    private var rows: [(row: CaseRow, clock: Deadline?, isDisputed: Bool)] = []
    private var openCount = 0
    private var size = (columns: 80, lines: 24)
    private var mode: termios?

    init(_ store: Store, _ filter: CaseFilter, _ output: Output) {
        self.store = store
        self.filter = filter
        self.output = output
    }

    /// Goes to the terminal's other screen, where nothing that was there before is overwritten.
    func open() {
        var current = termios()
        if unsafe tcgetattr(STDIN_FILENO, &current) == 0 {
            mode = current
            // Typed characters would stand among the rows.
            current.c_lflag &= ~tcflag_t(ECHO)
            _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &current)
        }
        output.paint("\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J")
    }

    /// Comes back.
    func close() {
        output.paint("\u{1b}[?25h\u{1b}[?1049l")
        if var mode { _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &mode) }
    }

    /// Gives the terminal back, stops the process as Ctrl-Z does, and takes the terminal again once
    /// the shell goes on with it.
    func suspend() {
        close()
        // To this thread, which so stops here: sent to the process, it could draw on for a moment.
        _ = raise(SIGSTOP)
        open()
    }

    /// Draws everything for this time.
    func draw(now: UInt64) throws {
        let current = Self.windowSize() ?? size
        let isResized = current != size
        size = current
        if try store.follow(&mark) || isResized { try read(now: now) }
        var narrowed = filter
        narrowed.overdueAt = now
        let overdue = try store.count(narrowed)
        var lines = [head(now: now, overdue: overdue), strong(columnsLine(columnHeads))]
        for row in rows.prefix(max(0, size.lines - 3)) { lines.append(line(row, now: now)) }
        if openCount > rows.count {
            lines.append(
                fit(
                    output.text(
                        "另有 \(openCount - rows.count) 件",
                        "and \(openCount - rows.count) more"
                    ),
                    size.columns
                )
            )
        }
        let kept = lines.prefix(size.lines).map { $0 + "\u{1b}[K" }
        output.paint("\u{1b}[H" + kept.joined(separator: "\r\n") + "\u{1b}[J")
    }

    /// Reads as many cases as the window has lines.
    private func read(now: UInt64) throws {
        var limited = filter
        limited.limit = max(0, size.lines - 3)
        openCount = try store.count(filter)
        let found = try store.casesByDue(limited)
        rows = zip(found, try store.folded(found.map(\.id))).map { found, folded in
            let view = folded.view
            let clock = view?.running.first { $0.due == found.row.dueAt } ?? view?.running.first
            return (found.row, clock, view?.isCustodyDisputed(now: now) ?? false)
        }
    }

    // MARK: Lines

    private func head(now: UInt64, overdue: Int) -> String {
        let place = filter.scope?.code ?? output.text("全部", "everything")
        let text = output.text(
            "邻里 \(place)  未结 \(openCount)  超期 \(overdue)  \(output.time(now))  Ctrl-C 退出",
            "linli \(place)  open \(openCount)  overdue \(overdue)  \(output.time(now))  Ctrl-C ends"
        )
        return strong(fit(text, size.columns))
    }

    private var columnHeads: [String] {
        [
            output.text("剩余", "left"), output.text("时限", "clock"), output.text("案件", "number"),
            output.text("阶段", "stage"), output.text("负责", "holder"), output.text("标记", "marks"),
            output.text("简述", "summary"),
        ]
    }

    /// Columns of the fields but the last, which has what is left.
    private static let widths = [13, 9, 26, 9, 9, 16]

    private func columnsLine(_ texts: [String]) -> String {
        let padded = texts.enumerated().map { index, text in
            index < Self.widths.count ? Output.fit(text, Self.widths[index]) : text
        }
        return fit(padded.joined(separator: " "), size.columns)
    }

    private func line(
        _ row: (row: CaseRow, clock: Deadline?, isDisputed: Bool),
        now: UInt64
    ) -> String {
        let isPaused = row.clock?.state == .paused
        let left = row.clock.map { clock in
            Self.countdown(to: clock.due, now: clock.pausedAt ?? now)
        }
        // What is over is told by the sign of the time that is left.
        let marks = row.row.marks(output, isDisputed: row.isDisputed, now: now)
            .filter { $0 != output.text("超期", "overdue") }
        let text = columnsLine([
            (left ?? "") + (isPaused ? output.text(" 停", " =") : ""),
            row.clock.map { output.text($0.clock.label) } ?? "", row.row.number,
            output.name(row.row.stage, in: .stages), row.row.holder,
            marks.joined(separator: " "), row.row.said(output),
        ])
        guard let clock = row.clock, !isPaused else { return text }
        if clock.isOverdue(now: now) { return "\u{1b}[31m\(text)\u{1b}[0m" }
        return clock.due - min(now, clock.due) < 60_000 ? "\u{1b}[33m\(text)\u{1b}[0m" : text
    }

    /// Hours, minutes and seconds until an instant, or with a sign since it.
    static func countdown(to due: UInt64, now: UInt64) -> String {
        let isOver = now > due
        // What is left is rounded up, so that zero is shown only once it is over.
        let seconds = isOver ? (now - due) / 1000 : (due - now + 999) / 1000
        func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        let days = seconds / 86_400
        return (isOver ? "-" : "") + (days > 0 ? "\(days)d " : "") + clock
    }

    private func fit(_ text: String, _ columns: Int) -> String { Output.fit(text, columns) }

    private func strong(_ text: String) -> String { "\u{1b}[1m\(text)\u{1b}[0m" }

    private static func windowSize() -> (columns: Int, lines: Int)? {
        var size = winsize()
        let code = unsafe withUnsafeMutablePointer(to: &size) { pointer in
            unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), UnsafeMutableRawPointer(pointer))
        }
        guard code == 0, size.ws_row > 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
