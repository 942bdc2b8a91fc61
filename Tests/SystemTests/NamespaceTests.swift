import Foundation
import NodeRuntime
import TestSupport
import Testing

/// Real processes on a network that is cut, slow and lossy.
@Suite(
    .enabled(if: Linli.isBuilt, "skipped: the program linli was not built beside the tests"),
    .enabled(
        if: NetworkLab.hindrance == nil,
        "skipped: no network namespaces here: \(NetworkLab.hindrance ?? "")"
    )
)
struct NamespaceTests {
    private static let codes = ["3301", "330105", "330105013", "330105014", "330105015"]

    @Test(.timeLimit(.minutes(2)))
    func fiveNodesAgreeAfterAPartitionAndAPlugThatWasPulled() async throws {
        let lab = try NetworkLab(5)
        let town = try Town()
        let sites = try await Self.sites(town, lab)
        var daemons: [Daemon] = []
        for (number, site) in sites.enumerated() {
            daemons.append(try await site.start(in: lab.namespace(number)))
        }
        #expect(await eventually { agree(sites) })
        do {
            try lab.disturb(delay: "40ms", jitter: "15ms", loss: "3%")
        } catch {
            print("skipped: latency and loss: \(error)")
        }
        var acknowledged = try Self.write(4, at: sites)
        #expect(await eventually { agree(sites) })

        // Two sides go on, each for itself.
        try lab.divide([3, 4])
        let before = try sites[0].status().entries
        acknowledged += try Self.write(6, at: sites)
        let areApart = await eventually(seconds: 10) {
            agree(Array(sites[..<3])) && agree(Array(sites[3...])) && !agree(sites)
        }
        #expect(areApart)
        #expect(try sites[0].status().entries == before + 18)
        #expect(try sites[4].status().entries == before + 12)
        try lab.heal()
        #expect(await eventually(seconds: 60) { agree(sites, entries: before + 30) })

        // A node is cut off, killed, and comes back before its network does.
        try lab.plug(2, false)
        acknowledged += try sites[2].report(3, in: Self.codes[2])
        await daemons[2].kill9()
        daemons[2] = try await sites[2].start(in: lab.namespace(2))
        acknowledged += try sites[0].report(3, in: Self.codes[0])
        try lab.plug(2, true)
        #expect(await eventually(seconds: 60) { agree(sites, entries: before + 36) })
        for site in sites { #expect(try site.missing(acknowledged).isEmpty, "\(site.name)") }
        for daemon in daemons { #expect(await daemon.stop() == 0) }
    }

    private static func sites(_ town: Town, _ lab: NetworkLab) async throws -> [Site] {
        func endpoint(_ number: Int) -> String { "\(lab.address(number)):7433" }
        let city = try await town.found(at: endpoint(0))
        let district = try await town.join(
            "district",
            "district",
            codes[1],
            by: city,
            at: endpoint(1)
        )
        var sites = [city, district]
        for number in 2..<codes.count {
            sites.append(
                try await town.join(
                    "street\(number)",
                    "street",
                    codes[number],
                    by: city,
                    at: endpoint(number)
                )
            )
        }
        return sites
    }

    private static func write(_ count: Int, at sites: [Site]) throws -> [Acknowledged] {
        try zip(sites, codes).flatMap { site, code in try site.report(count, in: code) }
    }
}
