import Foundation
import NodeRuntime
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt))
struct ForkTests {
    /// As Nodes/README.md says: a home was copied, and both copies wrote.
    @Test func aCopiedHomeForksAndTheStreetGoesOnWithANewKey() async throws {
        let town = try Town()
        let city = try await town.found()
        let district = try await town.join("district", "district", "330105", by: city)
        let cityDaemon = try await city.start()
        let districtDaemon = try await district.start()
        let neighbour = try await town.join("neighbour", "street", "330105014", by: district)
        let neighbourDaemon = try await neighbour.start()
        let street = try await town.join("street", "street", "330105013", by: district)
        #expect(try await street.run("sync").code == 0)
        #expect(try await street.run("case", "report", "--summary", "共同").code == 0)
        let copy = try Self.copy(of: street, as: "copy", in: town)
        for summary in ["甲一", "甲二"] {
            #expect(try await street.run("case", "report", "--summary", summary).code == 0)
        }
        for summary in ["乙一", "乙二", "乙三"] {
            #expect(try await copy.run("case", "report", "--summary", summary).code == 0)
        }
        let peers = [city, district, neighbour]
        let first = try await street.start()
        #expect(await eventually { agree(peers + [street]) })
        #expect(await first.stop() == 0)
        let second = try await copy.start()
        // One of them writes it down, all hold both histories, and nothing beyond has effect.
        let isForked = await eventually(seconds: 60) {
            (peers + [copy]).allSatisfy { Self.isForked($0, contested: 5) }
                && agree(peers + [copy])
        }
        #expect(isForked, "\(peers.map { try? $0.status().forks })")
        #expect(try city.status().cases == 1)
        #expect(try neighbour.status().forks.first?.common == 2)
        let refused = try await copy.run("case", "report", "--summary", "丙")
        #expect(refused.code == 2, "\(refused.errors)")
        for words in [["status"], ["peers"]] {
            let told = try await Linli.run(
                words + ["--home", neighbour.path],
                in: town.directory
            )
            #expect(told.errors.contains("FORK") && told.errors.contains("roster --contested"))
        }
        let doctor = try await neighbour.run("doctor")
        #expect(doctor.code == 1 && doctor.output.contains("forked from entry 2 on"))
        #expect(try await neighbour.run("verify").code == 0)
        #expect(await second.stop() == 0)

        // The district takes what the street wrote, and not what the copy did.
        try await Self.settle(street, at: district)
        #expect(await eventually { Self.agreeOn(peers, cases: 3, contested: 0) })
        for site in peers {
            let verified = try await site.run("verify")
            #expect(verified.code == 0, "\(verified.output)")
        }
        let fresh = try await town.join("fresh", "street", "330105013", by: district)
        let third = try await fresh.start()
        #expect(await eventually(seconds: 60) { agree(peers + [fresh]) })
        #expect(try await fresh.run("case", "report", "--summary", "新").code == 0)
        #expect(
            await eventually(seconds: 120) { Self.agreeOn(peers + [fresh], cases: 4, contested: 0) }
        )
        let history = try await city.run("cases", "--json").output
        #expect(history.contains("甲二") && history.contains("新") && !history.contains("乙"))
        // What was cited with both histories is made again elsewhere, to the byte.
        let saved = town.path("frontier")
        try Data(try await city.run("frontier", "save").output.utf8)
            .write(to: URL(filePath: saved))
        let cited = try await city.run("cases", "--json", "--as-of", saved)
        #expect(cited.code == 0 && cited.output.contains("甲二"), "\(cited.errors)")
        let again = try await fresh.run("cases", "--json", "--as-of", saved)
        #expect(again.output == cited.output, "\(again.errors)")
        // The old home keeps what it has, and learns the rest.
        let old = try await street.start()
        #expect(await eventually(seconds: 60) { agree(peers + [fresh, street]) })
        #expect(try await street.run("case", "report", "--summary", "丁").code == 2)
        let rotated = try await street.run("rotate")
        #expect(rotated.code == 1 && rotated.errors.contains("linli init"), "\(rotated.errors)")
        // Whoever starts again, or was killed, still has both, and a round of sync ends.
        await neighbourDaemon.kill9()
        #expect(try await neighbour.run("sync").code == 0)
        let restarted = try await neighbour.start()
        #expect(await eventually(seconds: 60) { agree(peers + [fresh, street]) })
        #expect(try await neighbour.run("verify").code == 0)
        for daemon in [old, third, restarted, districtDaemon, cityDaemon] {
            #expect(await daemon.stop() == 0)
        }
    }

    /// A home beside the first, at a port of its own.
    private static func copy(of site: Site, as name: String, in town: Town) throws -> Site {
        let copy = Site(town, name, try freeEndpoint())
        try FileManager.default.copyItem(atPath: site.path, toPath: copy.path)
        let config = copy.path + "/config.json"
        let text = try String(contentsOfFile: config, encoding: .utf8)
        try text.replacing(site.endpoint, with: copy.endpoint)
            .write(toFile: config, atomically: true, encoding: .utf8)
        return copy
    }

    private static func isForked(_ site: Site, contested: Int) -> Bool {
        guard let fork = try? site.status().forks.first else { return false }
        return fork.histories.count == 2 && fork.contested == contested
    }

    private static func agreeOn(_ sites: [Site], cases: Int, contested: Int) -> Bool {
        agree(sites)
            && sites.allSatisfy { site in
                (try? site.status().cases) == cases && isForked(site, contested: contested)
            }
    }

    /// Ratifies the history of the two entries and refuses that of the three.
    private static func settle(_ street: Site, at district: Site) async throws {
        let listed = try await district.run("roster", "--contested", "--json").output
        let rows = try listed.split(separator: "\n").map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            )
        }
        #expect(rows.count == 2)
        let unclear = try await district.run(
            "ratify",
            "street",
            "--from",
            "2",
            "--to",
            "3",
            "--reason",
            "r"
        )
        #expect(unclear.code == 64 && unclear.errors.contains("--entry"), "\(unclear.errors)")
        for row in rows {
            let entry = try #require(row["entry"] as? String)
            let (from, to) = (row["from"] as? Int ?? 0, row["to"] as? Int ?? 0)
            let done = try await district.run(
                to - from == 1 ? "ratify" : "refuse",
                "street",
                "--from",
                "\(from)",
                "--to",
                "\(to)",
                "--entry",
                String(entry.prefix(8)),
                "--reason",
                "两份目录"
            )
            #expect(done.code == 0, "\(done.errors)")
        }
    }
}
