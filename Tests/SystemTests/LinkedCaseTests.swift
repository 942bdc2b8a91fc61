import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct LinkedCaseTests {
    /// An entry about two cases names the heads of both; whoever writes about one of them later
    /// knows all the same what came after it.
    @Test func whatCameAfterALinkIsKnownToWhoeverWritesNext() async throws {
        let town = try Town()
        let city = try await town.found()
        let first = try await town.join("first", "street", "330105013", by: city)
        let second = try await town.join("second", "street", "330105012", by: city)
        let daemon = try await city.start()
        func sync() async throws {
            for site in [first, second, first] {
                let outcome = try await site.run("sync")
                #expect(outcome.code == 0, "\(outcome.errors)")
            }
        }
        func report(_ site: Site) async throws -> String {
            let report = try await site.run("case", "report", "--summary", "堆物", "--json")
            return try #require(report["number"] as? String, "\(report.errors)")
        }
        try await sync()
        let lead = try await report(first)
        let duplicate = try await report(second)
        try await sync()
        #expect(try await second.run("case", "link", duplicate, lead, "--reason", "同一事").code == 0)
        try await sync()
        // Whoever has to answer is asked, and nobody else.
        let asked = try await first.run("conflicts", "--json")
        #expect(asked.output.contains(#""reason":"unanswered-link""#), "\(asked.output)")
        #expect(asked.output.contains("linli case confirm-link \(lead) --link"))
        #expect(asked.output.split(separator: "\n").count == 2)
        #expect(try await first.run("case", "confirm-link", lead).code == 0)
        #expect(try await first.run("conflicts").output.isEmpty)
        // What is merged leads nothing.
        let third = try await report(first)
        let refused = try await first.run("case", "link", third, duplicate, "--reason", "同")
        #expect(refused.code == 1 && refused.errors.contains(lead), "\(refused.errors)")
        #expect(try await first.run("case", "register", lead, "--category", "02").code == 0)
        #expect(
            try await first.run("case", "offer", lead, "--to", "330105012", "--reason", "属地").code
                == 0
        )
        try await sync()
        let take = try await second.run("case", "take", lead, "--json")
        #expect(take.code == 0 && take["holder"] as? String == "330105012", "\(take.errors)")
        #expect(await daemon.stop() == 0)
    }

    /// Each link was good where it was said; together they leave nobody with the matter.
    @Test func aRingOfMergingsIsNamedByTheDoctor() async throws {
        let town = try Town()
        let city = try await town.found()
        let district = try await town.join("district", "district", "330105", by: city)
        let daemon = try await city.start()
        #expect(try await district.run("sync").code == 0)
        var numbers: [String] = []
        for _ in 0..<3 {
            let report = try await city.run(
                "case",
                "report",
                "--summary",
                "堆物",
                "--scope",
                "330105013",
                "--json"
            )
            numbers.append(try #require(report["number"] as? String, "\(report.errors)"))
        }
        #expect(try await district.run("sync").code == 0)
        func link(_ site: Site, _ duplicate: Int, _ lead: Int) async throws {
            let outcome = try await site.run(
                "case",
                "link",
                numbers[duplicate],
                numbers[lead],
                "--reason",
                "同一事"
            )
            #expect(outcome.code == 0, "\(outcome.errors)")
        }
        try await link(city, 0, 1)
        try await link(city, 1, 2)
        try await link(district, 2, 0)
        #expect(try await district.run("sync").code == 0)
        let outcome = try await district.run("doctor", "--json")
        #expect(outcome.output.contains("stray-merging"), "\(outcome.output)")
        let list = try await district.run("cases", "--stage", "merged", "--count")
        #expect(list.output == "3\n")
        let links = try await district.run("show", numbers[2], "--json")["links"]
        let entry = (links as? [[String: Any]])?.first { $0["kind"] as? String == "duplicate-of" }
        let undone = try await district.run(
            "case",
            "unlink",
            numbers[2],
            "--link",
            try #require(entry?["entry"] as? String),
            "--reason",
            "误并"
        )
        #expect(undone.code == 0, "\(undone.errors)")
        #expect(!(try await district.run("doctor", "--json")).output.contains("stray-merging"))
        #expect(await daemon.stop() == 0)
    }
}
