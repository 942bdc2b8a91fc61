import Foundation
import NodeRuntime
import TestSupport
import Testing

/// Many real processes that are killed at random while cases are written.
///
/// `Tests/soak` runs it for long: `LINLI_SOAK_MINUTES`, `LINLI_SOAK_NODES`, `LINLI_SOAK_SEED`.
@Suite(.enabled(if: Linli.isBuilt, "skipped: the program linli was not built beside the tests"))
struct SoakTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let nodes = max(3, environment["LINLI_SOAK_NODES"].flatMap { Int($0) } ?? 5)
    private static let seconds =
        environment["LINLI_SOAK_MINUTES"].flatMap { Double($0) }.map { $0 * 60 } ?? 30
    private static let seed = environment["LINLI_SOAK_SEED"].flatMap { UInt64($0) } ?? 1
    /// Most that a process may have resident at once.
    private static let mostKiB = 200 * 1_024

    @Test func allAgreeAfterRandomKillsAndNothingAcknowledgedIsLost() async throws {
        let soak = try await Soak(nodes: Self.nodes, seed: Self.seed)
        try await soak.run(seconds: Self.seconds)
        let begin = Date()
        try await soak.startAll()
        let sites = soak.sites
        #expect(await eventually(seconds: 240) { agree(sites) })
        let healing = Date().timeIntervalSince(begin)
        for site in sites {
            let missing = try site.missing(soak.acknowledged)
            #expect(missing.isEmpty, "\(site.name) misses \(missing.count)")
            let report = try site.status()
            #expect(report.node.stopReason == nil, "\(site.name)")
            #expect(report.forks.isEmpty, "\(site.name)")
        }
        #expect(soak.acknowledged.count > sites.count)
        soak.measure()
        soak.report(healing: healing)
        for (name, kib) in soak.memory { #expect(kib < Self.mostKiB, "\(name): \(kib) KiB") }
        await soak.stopAll()
        // The largest and the smallest are looked at entry by entry.
        for site in [sites[0], sites[sites.count - 1]] {
            let verified = try await site.run("verify")
            #expect(verified.code == 0, "\(verified.output)")
        }
    }
}

/// The nodes, and what was done to them.
private final class Soak {
    private struct Node {
        let site: Site
        let code: String
        var daemon: Daemon?
        var startAt = Date.distantPast
    }

    private var generator: SeededGenerator
    private var nodes: [Node] = []
    private(set) var acknowledged: [Acknowledged] = []
    private(set) var kills = 0
    private var unanswered = 0
    /// The most that any process of a node had resident, in KiB.
    private(set) var memory: [(name: String, kib: Int)] = []
    private let seconds = Date()
    private let seed: UInt64

    var sites: [Site] { nodes.map(\.site) }

    /// A city, a district for every eight nodes, and streets.
    init(nodes count: Int, seed: UInt64) async throws {
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        let town = try Town()
        let city = try await town.found()
        nodes = [Node(site: city, code: "3301")]
        let districts = max(1, count / 8)
        for number in 0..<districts {
            let code = "3301\(10 + number)"
            let site = try await town.join("d\(number)", "district", code, by: city)
            nodes.append(Node(site: site, code: code))
        }
        for number in 0..<count - districts - 1 {
            let code = nodes[1 + number % districts].code + "\(100 + number)"
            let site = try await town.join("s\(number)", "street", code, by: city)
            nodes.append(Node(site: site, code: code))
        }
        memory = nodes.map { ($0.site.name, 0) }
        try await startAll()
        let sites = sites
        guard await eventually(seconds: 120, { agree(sites) }) else {
            throw Linli.Failure.notReady("all nodes")
        }
    }

    func startAll() async throws {
        for index in nodes.indices where nodes[index].daemon == nil {
            nodes[index].daemon = try await nodes[index].site.start()
        }
    }

    func stopAll() async {
        for node in nodes { _ = await node.daemon?.stop() }
    }

    /// Writes, kills and starts again, as the seed says.
    func run(seconds: Double) async throws {
        let end = Date(timeIntervalSinceNow: seconds)
        var turn = 0
        while Date() < end {
            turn += 1
            if turn % 50 == 0 { measure() }
            for index in nodes.indices
            where nodes[index].daemon == nil && nodes[index].startAt < Date() {
                nodes[index].daemon = try await nodes[index].site.start()
            }
            let index = Int.random(in: nodes.indices, using: &generator)
            guard let daemon = nodes[index].daemon else { continue }
            if Int.random(in: 0..<40, using: &generator) == 0 {
                measure()
                // In the middle of a write, as often as not.
                let site = nodes[index].site
                let code = nodes[index].code
                async let written = Task { try? site.report(3, in: code) }.value
                try await Task.sleep(
                    for: .milliseconds(Int.random(in: 0...30, using: &generator))
                )
                await daemon.kill9()
                let answered = await written
                if answered == nil { unanswered += 1 }
                acknowledged += answered ?? []
                kills += 1
                nodes[index].daemon = nil
                let wait = Double.random(in: 0.2...8, using: &generator)
                nodes[index].startAt = Date(timeIntervalSinceNow: wait)
            } else {
                do {
                    let count = Int.random(in: 1...3, using: &generator)
                    acknowledged += try nodes[index].site.report(count, in: nodes[index].code)
                } catch {
                    unanswered += 1
                }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...120, using: &generator)))
        }
    }

    /// Notes the most that each process had resident so far.
    func measure() {
        for (index, node) in nodes.enumerated() {
            guard let kib = node.daemon?.process.mostResidentKiB else { continue }
            memory[index].kib = max(memory[index].kib, kib)
        }
    }

    func report(healing: Double) {
        let most = memory.map(\.kib).max() ?? 0
        let mean = memory.map(\.kib).reduce(0, +) / max(1, memory.count)
        print(
            "soak: seed \(seed), \(nodes.count) nodes, \(Int(Date().timeIntervalSince(seconds))) s,"
                + " \(acknowledged.count) entries acknowledged, \(unanswered) writes unanswered,"
                + " \(kills) kills, all equal after \(String(format: "%.1f", healing)) s"
        )
        print("soak: most resident: \(most) KiB, mean of all \(mean) KiB")
        print("soak: " + memory.map { "\($0.name) \($0.kib)" }.joined(separator: ", ") + " (KiB)")
    }
}
