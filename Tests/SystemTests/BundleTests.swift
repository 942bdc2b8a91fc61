import Foundation
import NodeRuntime
import Storage
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct BundleTests {
    /// How often the plug is pulled; `LINLI_LONG=1` for the long run.
    private static let rounds =
        ProcessInfo.processInfo.environment["LINLI_LONG"] == nil ? 4 : 16

    @Test func aReadingThatIsKilledIsCompletedByReadingAgain() async throws {
        var generator = SeededGenerator(seed: 51)
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        try await city.write(6_000)
        let file = town.path("all.bundle")
        #expect(try await city.run("bundle", "write", file).code == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        var sizes: [Int] = [1]
        var cutOff = 0
        for round in 0..<Self.rounds {
            let process = try Linli.start(
                ["bundle", "read", file, "--home", street.path],
                output: town.path("read-\(round)")
            )
            let pause = Int.random(in: 20...400, using: &generator)
            try await Task.sleep(for: .milliseconds(pause))
            process.signal(SIGKILL)
            await process.ended()
            cutOff += process.code == 0 ? 0 : 1
            sizes.append(try #require(try await street.run("status", "--json")["entries"] as? Int))
        }
        #expect(cutOff > 0)
        // What was committed stayed, and in whole packages.
        #expect(sizes == sizes.sorted())
        #expect(sizes.allSatisfy { $0 == 6_003 || ($0 - 1).isMultiple(of: 256) }, "\(sizes)")
        let read = try await street.run("bundle", "read", file, "--json")
        #expect(read.code == 0 && read["good"] as? Bool == true, "\(read.errors)")
        let verified = try await street.run("verify", "--json")
        #expect(verified.code == 0 && verified["verdict"] as? String == "good")
        #expect(verified["entries"] as? Int == 6_003)
        #expect(verified["provisional"] as? Bool == false)
    }

    @Test func twoReadersAtOnceAndADaemonTakeEveryEntryOnceAndPassItOn() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let other = try await town.join("other", "street", "330105014", by: city)
        let cityDaemon = try await city.start()
        let daemon = try await street.start()
        #expect(await eventually { agree([city, street], entries: 4) })
        // What the other wrote comes to the street on a stick, and from there to the city live.
        #expect(try await other.run("sync").code == 0)
        #expect(await eventually { agree([city, street], entries: 5) })
        let heard = try street.status().completeness.heard
        try await other.write(2_000)
        let file = town.path("other.bundle")
        #expect(try await other.run("bundle", "write", file, "--log", "other").code == 0)
        async let first = street.run("bundle", "read", file, "--json")
        async let second = street.run("bundle", "read", "-", "--json", inputFile: file)
        let both = try await [first, second]
        for outcome in both { #expect(outcome.code == 0, "\(outcome.errors)") }
        #expect(both.reduce(0) { $0 + ($1["taken"] as? Int ?? 0) } == 2_000)
        #expect(await eventually { agree([city, street], entries: 2_005) })
        #expect(try street.status().completeness.heard == heard)
        for running in [daemon, cityDaemon] { #expect(await running.stop() == 0) }
        #expect(try await street.run("verify").code == 0)
    }

    @Test func anAuditorWithoutNetworkReadsAndVerifies() async throws {
        let town = try Town()
        let city = try await town.found()
        let auditor = try await town.join("auditor", "auditor", "3301", by: city)
        try await city.write(50)
        let file = town.path("city.bundle")
        #expect(try await city.run("bundle", "write", file).code == 0)
        #expect(try await city.run("bundle", "write", file).code == 1, "never over another file")
        let read = try await auditor.run("bundle", "read", file)
        #expect(read.code == 0, "\(read.errors)")
        #expect(try await auditor.run("verify").code == 0)
        // Only what is new: by what the auditor's node says it holds.
        try await city.write(7)
        let status = town.path("status.json")
        let held = try await auditor.run("status", "--json").output
        try Data(held.utf8).write(to: URL(filePath: status))
        let news = town.path("news.bundle")
        let written = try await city.run("bundle", "write", news, "--since", status, "--json")
        #expect(written["entries"] as? Int == 7, "\(written.errors)")
        #expect(try await auditor.run("bundle", "read", news, "--json")["taken"] as? Int == 7)
        let mine = town.path("auditor.bundle")
        #expect(try await auditor.run("bundle", "write", mine).code == 0)
        let none = try await city.run("bundle", "write", news + "2", "--for", mine, "--json")
        #expect(none["entries"] as? Int == 0)

        let cut = town.path("cut.bundle")
        try Data(contentsOf: URL(filePath: file)).dropLast(3).write(to: URL(filePath: cut))
        let short = try await auditor.run("bundle", "read", cut)
        #expect(short.code == 1 && short.errors.contains("cut off"))
        #expect(try await auditor.run("bundle", "read", town.path("none")).code == 2)
        #expect(try await auditor.run("bundle", "read", status).code == 1)
    }
}

extension Site {
    /// Writes cases without a daemon.
    func write(_ count: Int) async throws {
        let home = try Home(path: path)
        let code = home.configuration.scope
        let writer = try HomeWriter(home)
        for start in stride(from: 0, to: count, by: 500) {
            let items = try (start..<min(count, start + 500)).map {
                try reported("案件 \($0)", in: code)
            }
            _ = try writer.append(items)
        }
    }

    /// Runs a command that reads a file from standard input.
    func run(_ words: String..., inputFile: String) async throws -> Linli.Outcome {
        let name = town.path(UUID().uuidString)
        let process = try Linli.start(
            words + ["--home", path],
            output: name,
            input: inputFile
        )
        await process.ended()
        return Linli.Outcome(
            code: process.code,
            output: (try? String(contentsOfFile: name, encoding: .utf8)) ?? "",
            errors: (try? String(contentsOfFile: name + ".err", encoding: .utf8)) ?? ""
        )
    }
}
