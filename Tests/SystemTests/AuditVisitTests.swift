import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct AuditVisitTests {
    private static let verifier = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Protocol/audit.py").standardized.path

    private func good(_ site: Site, _ words: String...) async throws {
        let outcome = try await Linli.run(words + ["--home", site.path], in: site.town.directory)
        #expect(outcome.code == 0, "\(words): \(outcome.errors)")
    }

    private func copy(_ site: Site, as name: String) throws -> Site {
        let copy = Site(site.town, name, site.endpoint)
        try FileManager.default.copyItem(atPath: site.path, toPath: copy.path)
        return copy
    }

    private func audit(_ site: Site, _ state: String, _ flags: String...) async throws
        -> Linli.Outcome
    {
        try await Linli.run(
            ["audit", "--state", site.town.path(state), "--home", site.path] + flags,
            in: site.town.directory
        )
    }

    private func found(_ outcome: Linli.Outcome) -> [String] {
        let findings = outcome["findings"] as? [[String: Any]] ?? []
        return findings.filter { $0["gravity"] as? String == "alarm" }
            .compactMap { $0["what"] as? String }
    }

    private func python(_ path: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-B", Self.verifier, path]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The proofs in a directory, each checked by two programs that share no code.
    private func proofs(_ town: Town, _ directory: String) async throws -> Int {
        let path = town.path(directory)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names {
            let file = path + "/" + name
            #expect(try await Linli.run(["audit", "fork", file], in: town.directory).code == 0)
            #expect(try python(file) == 0)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let changed = town.path("changed")
            try Data(text.replacing("size=", with: "size=1").utf8)
                .write(to: URL(filePath: changed))
            #expect(try await Linli.run(["audit", "fork", changed], in: town.directory).code == 1)
            #expect(try python(changed) == 1)
        }
        return names.count
    }

    @Test func anHonestLogGrowsAndOneThatIsNotHeardOfIsStale() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        try await good(street, "sync")
        let first = try await audit(city, "state", "--json", "--max-age", "1d")
        #expect(first.code == 0 && first["new"] as? Int == 2, "\(first.output) \(first.errors)")
        #expect(first["completeAsOf"] as? Int != nil)
        try await good(street, "case", "report", "--summary", "占道")
        try await good(street, "sync")
        let second = try await audit(city, "state", "--json")
        #expect(second.code == 0 && second["new"] as? Int == 0, "\(second.output)")
        #expect(second["grownBy"] as? Int == 1, "\(second.output)")
        #expect(try python(town.path("state")) == 0)
        let said = try await audit(city, "state", "--lang", "en")
        #expect(said.code == 0 && said.output.contains("complete as of"), "\(said.output)")
        // Heard of, but too long ago; and one that never was.
        let stale = try await audit(city, "state", "--max-age", "0m", "--json")
        #expect(stale.code == 1 && found(stale) == ["stale"], "\(stale.output)")
        _ = try await town.join("other", "street", "330105014", by: city)
        let never = try await audit(city, "state", "--json")
        #expect(never.code == 0 && never.output.contains("never-heard"), "\(never.output)")
        #expect(never["completeAsOf"] as? Int == nil)
        let wanted = try await audit(city, "state", "--max-age", "1d", "--json")
        #expect(wanted.code == 1 && found(wanted) == ["never-heard"], "\(wanted.output)")
        #expect(await daemon.stop() == 0)

        let comparison = try await Linli.run(
            ["audit", "compare", city.path, street.path, "--json"],
            in: town.directory
        )
        #expect(comparison.code == 0, "\(comparison.output) \(comparison.errors)")
        let relations = (comparison["logs"] as? [[String: Any]] ?? [])
            .compactMap { $0["relation"] as? String }
        // The city enrolled another since.
        #expect(relations.sorted() == ["ahead", "same"], "\(comparison.output)")
        let (bundle, export) = (town.path("all.bundle"), town.path("export"))
        try await good(street, "bundle", "write", bundle)
        try await good(street, "export", export)
        for other in [bundle, export] {
            let outcome = try await Linli.run(
                ["audit", "compare", city.path, other],
                in: town.directory
            )
            #expect(outcome.code == 0, "\(other): \(outcome.output) \(outcome.errors)")
        }
    }

    @Test func aDroppedDayAndARewrittenLogAreSeenOnTheNextVisit() async throws {
        let town = try Town()
        let city = try await town.found()
        try await good(city, "case", "report", "--scope", "3301", "--summary", "一")
        let old = try copy(city, as: "old")
        try await good(city, "case", "report", "--scope", "3301", "--summary", "二")
        #expect(try await audit(city, "state").code == 0)
        let state = try Data(contentsOf: URL(filePath: town.path("state")))

        // Its operator puts back yesterday, with fence and keys.
        let shorter = try await audit(old, "state", "--forks", town.path("forks"), "--json")
        #expect(shorter.code == 1 && found(shorter) == ["log-shorter"], "\(shorter.output)")
        #expect(try Data(contentsOf: URL(filePath: town.path("state"))) == state)
        #expect(try await proofs(town, "forks") == 0)

        // And goes on from there with another day.
        for summary in ["丙", "丁"] {
            try await good(old, "case", "report", "--scope", "3301", "--summary", summary)
        }
        let other = try await audit(old, "state", "--forks", town.path("forks"), "--json")
        #expect(other.code == 1 && found(other) == ["log-rewritten"], "\(other.output)")
        #expect(try await proofs(town, "forks") == 1)
        #expect(try Data(contentsOf: URL(filePath: town.path("state"))) == state)
        #expect(try await audit(city, "state").code == 0)
    }

    /// Of equal size, and one longer than the other.
    @Test(arguments: [1, 3])
    func twoHistoriesShownToTwoPeersAreProven(count: Int) async throws {
        let town = try Town()
        let city = try await town.found()
        let other = try await town.join("other", "street", "330105014", by: city)
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        try await good(other, "sync")
        try await good(street, "sync")
        let second = try copy(street, as: "second")
        try await good(street, "case", "report", "--summary", "甲")
        try await good(street, "sync")
        #expect(await daemon.stop() == 0)
        for number in 0..<count {
            try await good(second, "case", "report", "--summary", "乙\(number)")
        }
        let bundle = town.path("second.bundle")
        try await good(second, "bundle", "write", bundle)
        try await good(other, "bundle", "read", bundle)

        #expect(try await audit(city, "state").code == 0)
        let visit = try await audit(other, "state", "--forks", town.path("forks"), "--json")
        #expect(visit.code == 1 && found(visit).contains("log-rewritten"), "\(visit.output)")
        #expect(try await proofs(town, "forks") == 1)
        for pair in [[city.path, other.path], [bundle, city.path], [street.path, bundle]] {
            let outcome = try await Linli.run(
                ["audit", "compare"] + pair + ["--forks", town.path("compared"), "--json"],
                in: town.directory
            )
            #expect(outcome.code == 1, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("contradicts"), "\(outcome.output)")
        }
        #expect(try await proofs(town, "compared") > 0)
    }

    @Test func aStateThatIsNoneIsNotUsedAndNotWrittenOver() async throws {
        let town = try Town()
        let city = try await town.found()
        #expect(try await city.run("audit").code == 64)
        #expect(try await audit(city, "state").code == 0)
        let state = URL(filePath: town.path("state"))
        let text = try String(contentsOf: state, encoding: .utf8)
        for changed in [text + "\n", text.replacing("log=", with: "log= "), ""] {
            try Data(changed.utf8).write(to: state)
            #expect(try await audit(city, "state").code == 2)
            #expect(try String(contentsOf: state, encoding: .utf8) == changed)
        }
        let foreign = try await town.found("foreign")
        try Data(text.utf8).write(to: state)
        let refused = try await audit(foreign, "state")
        #expect(refused.code == 2 && refused.errors.contains("of ledger"), "\(refused.errors)")
        let pair = [city.path, foreign.path]
        #expect(try await Linli.run(["audit", "compare"] + pair, in: town.directory).code == 2)
        let missing = town.path("none")
        #expect(try await Linli.run(["audit", "fork", missing], in: town.directory).code == 2)
        #expect(!FileManager.default.fileExists(atPath: town.path("state.next")))
    }
}
