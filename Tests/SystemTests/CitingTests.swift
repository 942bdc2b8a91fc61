import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct CitingTests {
    /// Deadlines follow from policies, in whatever order a verifier comes upon them.
    @Test func verifyRefoldsByThePoliciesOfTheLedger() async throws {
        let town = try Town()
        let city = try await town.found()
        try await city.write(1)
        let set = try await city.run(
            "policy",
            "profile",
            "--profile-code",
            "fast",
            "--clock-row",
            "accept=2m",
            "--valid-from",
            "2020-01-01T00:00",
            "--default",
            "true"
        )
        #expect(set.code == 0, "\(set.errors)")
        try await city.write(1)
        let verdict = try await city.run("verify")
        #expect(verdict.code == 0, "\(verdict.output)")
    }

    @Test func aReportIsMadeAgainElsewhereAndLaterToTheByte() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemons = [try await city.start(), try await street.start()]
        #expect(await eventually { agree([city, street], entries: 3) })
        _ = try street.report(5, in: "330105013")
        #expect(await eventually { agree([city, street], entries: 8) })
        let saved = town.path("saved")
        let now = "2030-01-01T00:00"
        #expect(try await city.run("frontier", "save", "-o", saved, "--now", now).code == 0)
        let report = try await city.run("report", "--json", "--now", now)
        let held = try await street.run("frontier", "show", saved)
        #expect(held.code == 0, "\(held.output)")

        // What comes later changes nothing of what was cited.
        _ = try city.report(2, in: "330105013")
        let policy = try await city.run(
            "policy",
            "profile",
            "--profile-code",
            "fast",
            "--clock-row",
            "accept=2m",
            "--valid-from",
            "2020-01-01T00:00",
            "--default",
            "true"
        )
        #expect(policy.code == 0, "\(policy.errors)")
        #expect(await eventually { agree([city, street], entries: 11) })
        for site in [city, street] {
            let again = try await site.run("report", "--json", "--as-of", saved)
            #expect(again.output == report.output, "\(again.errors)")
        }
        let lists = [
            try await city.run("cases", "--json", "--as-of", saved),
            try await street.run("cases", "--json", "--as-of", saved),
        ]
        #expect(lists[0].output == lists[1].output)
        #expect(lists[0].output.split(separator: "\n").count == 6)
        #expect(lists[0].output.contains(#""asOf":true,"absentParts":0"#))
        for daemon in daemons { #expect(await daemon.stop() == 0) }
        // Nothing is left of what was made again.
        let left = try FileManager.default.contentsOfDirectory(atPath: street.path)
        #expect(!left.contains { $0.hasPrefix("as-of") }, "\(left)")
    }

    @Test func aFrontierThatCanNotBeHadIsRefusedWithTheReason() async throws {
        let town = try Town()
        let city = try await town.found()
        let other = try await town.found("other")
        let street = try await town.join("street", "street", "330105013", by: city)
        try await city.write(2)
        let saved = town.path("saved")
        #expect(try await city.run("frontier", "save", "-o", saved).code == 0)
        let text = try String(contentsOfFile: saved, encoding: .utf8)

        let behind = try await street.run("cases", "--as-of", saved)
        #expect(behind.code == 2 && behind.errors.contains("this home 0"), "\(behind.errors)")
        #expect(try await street.run("frontier", "show", saved).code == 1)
        let foreign = try await other.run("stats", "--as-of", saved)
        #expect(foreign.code == 2 && foreign.errors.contains("of ledger"), "\(foreign.errors)")
        #expect(try await other.run("frontier", "show", saved).code == 1)

        func refused(_ changed: String, _ code: Int32, _ reason: String) async throws {
            let file = town.path("changed")
            try Data(changed.utf8).write(to: URL(filePath: file))
            let outcome = try await city.run("report", "--as-of", file)
            #expect(outcome.code == code && outcome.errors.contains(reason), "\(outcome.errors)")
        }
        try await refused("", 1, "no saved frontier")
        try await refused(text.replacing(" 4 ", with: " 5 "), 1, "it was changed")
        try await refused(text + "more\n", 1, "line")
        try await refused(String(repeating: "a", count: 2 << 20), 1, "bytes")
        let absent = try await city.run("report", "--as-of", town.path("absent"))
        #expect(absent.code == 2)
        let exists = try await city.run("frontier", "save", "-o", saved)
        #expect(exists.code == 64)
        let time = try await city.run("report", "--as-of", saved, "--now", "soon")
        #expect(time.code == 64)
    }
}
