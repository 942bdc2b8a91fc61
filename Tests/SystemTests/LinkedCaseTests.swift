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
        #expect(try await first.run("case", "confirm-link", lead).code == 0)
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
}
