import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct WitnessTests {
    /// A city whose four other nodes witness all logs, each a running process; and a case.
    private final class Scene {
        let town: Town
        let city: Site
        var streets: [Site] = []
        var daemons: [Daemon] = []
        var number = ""

        init() async throws {
            town = try Town()
            city = try await town.found()
            daemons.append(try await city.start())
            for index in 1...4 {
                let street = try await town.join(
                    "street-\(index)",
                    "street",
                    "33010501\(index)",
                    by: city
                )
                streets.append(street)
                daemons.append(try await street.start())
            }
            let report = try await streets[0].run(
                "case",
                "report",
                "--summary",
                "夜市音响扰民",
                "--json"
            )
            number = try #require(report["number"] as? String, "\(report.errors)")
            let named = try await Linli.run(
                ["witness", "name", "--scope", "3301", "--home", city.path]
                    + (1...4).flatMap { ["--node", "street-\($0)"] },
                in: town.directory
            )
            #expect(named.code == 0, "\(named.errors)")
        }

        /// Waits until at the city a quorum vouches for all of these nodes' logs.
        func vouched(_ names: Set<String>) async throws -> [String: [String: Any]] {
            var rows: [String: [String: Any]] = [:]
            for _ in 0..<300 {
                let list = try await city.run("witness", "list", "--json")
                for line in list.output.split(separator: "\n") {
                    let row = try JSONSerialization.jsonObject(with: Data(line.utf8))
                    guard let row = row as? [String: Any], let name = row["node"] as? String else {
                        continue
                    }
                    rows[name] = row
                }
                let isDone = names.allSatisfy {
                    rows[$0]?["vouched"] as? Int == rows[$0]?["size"] as? Int
                }
                if isDone { return rows }
                try await Task.sleep(for: .milliseconds(200))
            }
            Issue.record("no quorum: \(rows)")
            return rows
        }

        func stop() async { for daemon in daemons { _ = await daemon.stop() } }
    }

    @Test(.timeLimit(.minutes(3)))
    func aQuorumVouchesForEachLogAndStandsInTheEvidence() async throws {
        let scene = try await Scene()
        let rows = try await scene.vouched(["city", "street-1", "street-2"])
        #expect(rows["street-1"]?["quorum"] as? Int == 3)
        #expect((rows["street-1"]?["witnesses"] as? [Any])?.count == 3)
        #expect((rows["city"]?["witnesses"] as? [Any])?.count == 4)
        let town = scene.town
        let made = try await scene.city.run(
            "prove",
            scene.number,
            "-o",
            town.path("evidence"),
            "--disclose",
            "all"
        )
        #expect(made.code == 0, "\(made.errors)")
        let policy = try await scene.city.run(
            "witness",
            "policy",
            "--log",
            "city",
            "--log",
            "street-1"
        )
        #expect(policy.output.contains("group witnesses 3 w-"))
        try policy.output.write(toFile: town.path("trusted"), atomically: true, encoding: .utf8)
        await scene.stop()
        func check() async throws -> Linli.Outcome {
            try await Linli.run(
                ["check", town.path("evidence"), "--policy", town.path("trusted"), "--json"],
                in: town.directory
            )
        }
        let good = try await check()
        #expect(good.code == 0, "\(good.errors) \(good.output)")
        let entries = town.path("evidence/entries")
        let names = try FileManager.default.contentsOfDirectory(atPath: entries).sorted()
        #expect(names.count >= 4)
        for name in names {
            let proof = try String(contentsOfFile: "\(entries)/\(name)/proof", encoding: .utf8)
            #expect(proof.split(separator: "\n").count { $0.hasPrefix("cosignature=") } >= 3)
        }
        try checkBySigsum(scene, names)
        // Of the three that a street's log has, none can be missing.
        for name in names {
            let path = "\(entries)/\(name)/proof"
            var lines = try String(contentsOfFile: path, encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false)
            while lines.count(where: { $0.hasPrefix("cosignature=") }) > 2 {
                lines.remove(at: try #require(lines.firstIndex { $0.hasPrefix("cosignature=") }))
            }
            try lines.joined(separator: "\n").write(
                toFile: path,
                atomically: true,
                encoding: .utf8
            )
        }
        let few = try await check()
        #expect(few.code == 1)
        #expect(few.output.contains("too few witnesses of the policy cosigned"))
    }

    private func checkBySigsum(_ scene: Scene, _ names: [String]) throws {
        guard let tool = ForeignTools.sigsumVerify else {
            return print("skipped: sigsum-verify is not installed")
        }
        let root = scene.town.path("evidence")
        for name in names {
            let leaf = try Data(
                contentsOf: URL(filePath: "\(root)/entries/\(name)/leaf")
            )
            let author = leaf.suffix(32).map { String(format: "%02x", $0) }.joined()
            for (policy, want) in [("policy", 0), ("../trusted", 0), ("../trusted-of-4", 1)] {
                if want == 1 {
                    let text = try String(
                        contentsOfFile: scene.town.path("trusted"),
                        encoding: .utf8
                    ).replacingOccurrences(of: "group witnesses 3", with: "group witnesses 4")
                    try text.write(
                        toFile: scene.town.path("trusted-of-4"),
                        atomically: true,
                        encoding: .utf8
                    )
                }
                let process = Process()
                process.executableURL = URL(filePath: "/bin/sh")
                process.currentDirectoryURL = URL(filePath: root)
                process.arguments = [
                    "-c",
                    "\(tool) -k keys/\(author).pub -p \(policy) entries/\(name)/proof"
                        + " < entries/\(name)/header 2>/dev/null",
                ]
                try process.run()
                process.waitUntilExit()
                let proof = try String(
                    contentsOfFile: "\(root)/entries/\(name)/proof",
                    encoding: .utf8
                )
                let count = proof.split(separator: "\n").count { $0.hasPrefix("cosignature=") }
                let isGood = want == 0 || count == 4
                #expect((process.terminationStatus == 0) == isGood, "\(name) by \(policy)")
            }
        }
    }

    @Test func wrongNamesChangeNothing() async throws {
        let town = try Town()
        let city = try await town.found()
        let before = try await city.run("status", "--json")["size"] as? Int
        let words: [([String], Int32, String)] = [
            ([], 64, "0 witnesses, want 4 to 7"),
            (["--node", "city"], 64, "1 witnesses"),
            (["--node", "nobody"], 1, "no node is called"),
            (["--node", "city", "--node", "city"], 64, "twice"),
            (["--none", "--node", "city"], 64, "--none goes with no witness"),
            (["--outside", "nothing"], 64, "not name+id+key"),
            (["--scope", "33"], 64, "want 4, 6, 9 or 12"),
        ]
        for (flags, code, message) in words {
            let outcome = try await Linli.run(
                ["witness", "name", "--home", city.path] + flags,
                in: town.directory
            )
            #expect(outcome.code == code, "\(flags)")
            #expect(outcome.errors.contains(message), "\(flags): \(outcome.errors)")
        }
        let none = try await city.run("witness", "policy")
        #expect(none.code == 1)
        #expect(none.errors.contains("has no witnesses"))
        #expect(try await city.run("status", "--json")["size"] as? Int == before)
    }
}
