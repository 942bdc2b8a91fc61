import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct WatchTests {
    /// A case that was reported so many seconds ago.
    private func reported(_ site: Site, secondsAgo seconds: Int) async throws -> String {
        let at = Int(Date().timeIntervalSince1970) - seconds
        let report = try await site.run(
            "case",
            "report",
            "--summary",
            "夜市音响扰民",
            "--scope",
            "330105013",
            "--at",
            "\(at * 1000)",
            "--json"
        )
        return try #require(report["number"] as? String, "\(report.errors)")
    }

    @Test func withoutATerminalEveryChangeIsALine() async throws {
        let town = try Town()
        let city = try await town.found()
        let old = try await reported(city, secondsAgo: 3600)
        let log = town.path("watch")
        let watch = try Linli.start(["watch", "--home", city.path], output: log)
        func lines() -> [String] {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").map(String.init)
        }
        func says(_ words: String...) async -> Bool {
            await eventually { lines().contains { line in words.allSatisfy(line.contains) } }
        }
        let errors = { (try? String(contentsOfFile: log + ".err", encoding: .utf8)) ?? "" }
        #expect(await eventually { errors().contains("1 cases open, 1 overdue") })
        // Three seconds before the minute for accepting it is over.
        let new = try await reported(city, secondsAgo: 57)
        #expect(await says("new", new, "夜市音响扰民"))
        #expect(await says("overdue", new, "accept"))
        #expect(try await city.run("case", "register", new, "--category", "02").code == 0)
        #expect(await says("stage", new, "registered"))
        #expect(
            try await city.run("case", "offer", new, "--to", "330105014", "--reason", "属地").code
                == 0
        )
        #expect(await says("offer", new))
        #expect(try await city.run("case", "void", new, "--reason", "误录").code == 0)
        #expect(await says("ended", new, "voided"))
        #expect(!lines().contains { $0.contains(old) })
        #expect(lines().allSatisfy { !$0.contains("\u{1b}") })
        watch.signal(SIGINT)
        await watch.ended()
        #expect(watch.code == 0)
    }

    @Test func itEndsAfterItsTimeAndItsEventsAreObjects() async throws {
        let town = try Town()
        let city = try await town.found()
        let log = town.path("watch")
        let watch = try Linli.start(
            ["watch", "--home", city.path, "--json", "--for", "3s"],
            output: log
        )
        #expect(
            await eventually {
                (try? String(contentsOfFile: log + ".err", encoding: .utf8))?.isEmpty == false
            }
        )
        let number = try await reported(city, secondsAgo: 0)
        await watch.ended()
        #expect(watch.code == 0)
        let line = try String(contentsOfFile: log, encoding: .utf8)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["event"] as? String == "new" && object?["number"] as? String == number)
    }

    @Test(arguments: ["0s", "10", "x", "1d", "-1s", "25h"])
    func aWrongTimeIsRefused(time: String) async throws {
        let town = try Town()
        let city = try await town.found()
        let outcome = try await city.run("watch", "--for", time)
        #expect(outcome.code == 64 && outcome.errors.hasPrefix("linli: error: --for"))
    }

    static let tmux = ["/usr/bin/tmux", "/usr/local/bin/tmux"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// skipped: there is no tmux to give the program a terminal.
    @Test(.enabled(if: WatchTests.tmux != nil), arguments: [SIGINT, SIGTERM])
    func onATerminalItDrawsAndGivesTheScreenBack(signal: Int32) async throws {
        let town = try Town()
        let city = try await town.found()
        for seconds in [3600, 30, 0] { _ = try await reported(city, secondsAgo: seconds) }
        let terminal = try Terminal(town, try #require(Self.tmux), columns: 100, lines: 12)
        let program = try #require(Linli.path)
        try await terminal.run(
            "echo before; bash -c 'echo $$ >\(town.path("pid")); exec \(program) watch --lang zh"
                + " --home \(city.path)'; echo left with $?"
        )
        #expect(await eventually { (try? await terminal.screen())?.contains("未结 3") ?? false })
        let screen = try await terminal.screen()
        let rows = screen.split(separator: "\n").filter { $0.contains("330105013-") }
        #expect(rows.count == 3 && !screen.contains("before"))
        // The one that is over stands first, with the sign of what is over.
        #expect(rows[0].hasPrefix("-00:59:") && rows[0].contains("夜市音响扰民"))
        #expect(rows[1].hasPrefix("00:00:"))
        try await terminal.resize(columns: 60, lines: 5)
        #expect(
            await eventually {
                let lines = (try? await terminal.screen())?.split(separator: "\n") ?? []
                return lines.count <= 5 && lines.contains { $0.contains("另有 1 件") }
            }
        )
        let text = try String(contentsOfFile: town.path("pid"), encoding: .utf8)
        let id = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(id, signal)
        #expect(
            await eventually {
                let screen = (try? await terminal.screen()) ?? ""
                return screen.contains("left with 0") && !screen.contains("未结")
            }
        )
        try await terminal.close()
    }

    /// What Ctrl-Z and fg send to a program on a terminal.
    ///
    /// skipped: there is no tmux to give the program a terminal.
    @Test(.enabled(if: WatchTests.tmux != nil))
    func aStoppedListGivesTheScreenBackAndTakesItAgain() async throws {
        let town = try Town()
        let city = try await town.found()
        _ = try await reported(city, secondsAgo: 30)
        let terminal = try Terminal(town, try #require(Self.tmux), columns: 100, lines: 12)
        let program = try #require(Linli.path)
        try await terminal.run(
            "echo before; bash -c 'echo $$ >\(town.path("pid")); exec \(program) watch --lang zh"
                + " --home \(city.path)'; echo left with $?"
        )
        func shows(_ text: String, not absent: String) async -> Bool {
            await eventually {
                let screen = (try? await terminal.screen()) ?? ""
                return screen.contains(text) && !screen.contains(absent)
            }
        }
        #expect(await shows("未结 1", not: "before"))
        let text = try String(contentsOfFile: town.path("pid"), encoding: .utf8)
        let id = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(id, SIGTSTP)
        #expect(await shows("before", not: "未结"))
        let state = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        #expect(state.contains(") T "), "\(state)")
        kill(id, SIGCONT)
        #expect(await shows("未结 1", not: "before"))
        kill(id, SIGINT)
        #expect(await shows("left with 0", not: "未结"))
        try await terminal.close()
    }
}

/// A window of a terminal multiplexer with a server of its own.
private struct Terminal {
    private let town: Town
    private let path: String
    private let name = "linli-\(UUID().uuidString.prefix(8))"

    init(_ town: Town, _ path: String, columns: Int, lines: Int) throws {
        self.town = town
        self.path = path
        size = (columns, lines)
    }

    private let size: (columns: Int, lines: Int)

    func run(_ script: String) async throws {
        _ = try await tmux([
            "-u", "new-session", "-d", "-x", "\(size.columns)", "-y", "\(size.lines)",
            "/bin/bash -c '\(script.replacing("'", with: "'\\''")); sleep 30'",
        ])
    }

    func screen() async throws -> String { try await tmux(["capture-pane", "-p"]) }

    func resize(columns: Int, lines: Int) async throws {
        _ = try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(lines)"])
    }

    func close() async throws { _ = try await tmux(["kill-server"]) }

    private func tmux(_ words: [String]) async throws -> String {
        let output = town.path(UUID().uuidString)
        // Its server goes on, and would keep open what the end of a process is told by.
        let script = """
            for file in /proc/$$/fd/*; do
                number=${file##*/}; [ "$number" -gt 2 ] && eval "exec $number>&-"
            done
            exec "$@"
            """
        let process = try ChildProcess(
            "/bin/bash",
            ["-c", script, "tmux", path, "-L", name] + words,
            output: output
        )
        await process.ended()
        return (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    }
}
