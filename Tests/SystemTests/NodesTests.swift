import Foundation
import NodeRuntime
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct NodesTests {
    @Test func aCityADistrictAndTwoStreetsComeToHoldTheSame() async throws {
        let town = try Town()
        let city = try await town.found()
        let district = try await town.join("district", "district", "330105", by: city)
        let cityDaemon = try await city.start()
        let districtDaemon = try await district.start()
        // The district knows its right only from the city; then it enrols streets.
        #expect(await eventually { agree([city, district], entries: 3) })
        let first = try await town.join("first", "street", "330105013", by: district)
        let second = try await town.join("second", "street", "330105014", by: district)
        let firstDaemon = try await first.start()
        #expect(await eventually { agree([city, district, first], entries: 6) })
        let report = try await first.run("case", "report", "--summary", "漏水", "--json")
        #expect(report.code == 0 && report["id"] as? String != nil)

        // The second street only ever syncs, without a daemon.
        let sync = try await second.run("sync", "--json")
        #expect(sync.code == 0, "\(sync.errors)")
        _ = try await second.run("case", "report", "--summary", "噪声")
        #expect(try await second.run("sync").code == 0)
        #expect(await eventually { agree([city, district, first], entries: 9) })
        let offline = try await second.run("sync", "--json")
        let status = try city.status()
        #expect(offline["frontier"] as? String == status.frontier)
        #expect(offline["view"] as? String == status.view)
        #expect(offline["cases"] as? Int == 2)

        for site in [city, district, first, second] { try checkModes(of: site) }
        for daemon in [firstDaemon, districtDaemon, cityDaemon] {
            #expect(await daemon.stop() == 0)
            #expect(daemon.errors.contains("stopped"))
        }
    }

    /// Nothing in a home is for anyone but its owner.
    private func checkModes(of site: Site) throws {
        let manager = FileManager.default
        for name in try manager.subpathsOfDirectory(atPath: site.path) + ["."] {
            let attributes = try manager.attributesOfItem(atPath: site.path + "/" + name)
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(site.name)/\(name) has mode \(String(mode, radix: 8))")
        }
    }

    @Test func aHomeHasOneDaemonAndALockedHomeIsAClearError() async throws {
        let town = try Town()
        let city = try await town.found()
        let daemon = try await city.start()
        let second = try await city.run("run")
        #expect(second.code == 2)
        #expect(second.errors.contains("another process is writing to the home"))
        #expect(second.errors.contains("hint:"))
        // Commands go through the daemon all the same.
        #expect(try await city.run("case", "report", "--summary", "漏水").code == 0)
        #expect(try city.status().entries == 2)
        #expect(await daemon.stop() == 0)
        #expect(try await city.run("case", "report", "--summary", "漏水").code == 0)
        let status = try await city.run("status", "--json")
        #expect(status["entries"] as? Int == 3)
    }

    @Test func aDaemonThatIsToldToStopAtOnceStopsInOrder() async throws {
        let town = try Town()
        let city = try await town.found()
        for _ in 0..<3 {
            let daemon = try Daemon(city)
            #expect(await eventually { daemon.errors.contains("listening") })
            #expect(await daemon.stop() == 0)
        }
    }

    @Test func aTakenPortIsAClearError() async throws {
        let town = try Town()
        let city = try await town.found()
        let daemon = try await city.start()
        let path = town.path("other")
        _ = try await Linli.good(
            "found",
            path,
            "--name",
            "other",
            "--scope",
            "3302",
            "--listen",
            city.endpoint,
            in: town.directory
        )
        let other = Site(town, "other", city.endpoint)
        let outcome = try await other.run("run")
        #expect(outcome.code == 2 && outcome.errors.contains("in use"), "\(outcome.errors)")
        #expect(await daemon.stop() == 0)
    }

    @Test func enrollingAgainGivesTheSameInvitationAndWritesNothing() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.initialize("street", "street", "330105013")
        let request = street.path + "/request.txt"
        let first = try await city.run("enrol", request, "--json", "-o", town.path("one"))
        let second = try await city.run("enrol", request, "--json", "-o", town.path("two"))
        #expect(first.code == 0 && second.code == 0)
        #expect(first.output.replacing("one", with: "two") == second.output)
        let letters = try ["one", "two"].map {
            try String(contentsOfFile: town.path($0), encoding: .utf8)
        }
        #expect(letters[0] == letters[1])
        #expect(try await city.run("status", "--json")["entries"] as? Int == 2)
        #expect(try await street.run("join", town.path("one")).code == 0)
        let again = try await street.run("join", town.path("two"))
        #expect(again.code == 1 && again.errors.contains("belongs to a ledger already"))
        #expect(try await street.run("sync", "--timeout", "1").code == 2)
        let daemon = try await city.start()
        #expect(try await street.run("sync").code == 0)
        #expect(await daemon.stop() == 0)
    }

    @Test func theFoundersRightIsNotEnded() async throws {
        let town = try Town()
        let city = try await town.found()
        let outcome = try await city.run("end", "city")
        #expect(outcome.code == 1 && outcome.errors.contains("founder"))
        #expect(try await city.run("status", "--json")["entries"] as? Int == 1)
    }

    @Test func anEndedNodeCanNoLongerWriteNorSync() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        #expect(try await street.run("sync").code == 0)
        #expect(try await street.run("case", "report", "--summary", "一").code == 0)
        #expect(try await street.run("sync").code == 0)
        #expect(try await city.run("end", "street").code == 0)
        let twice = try await city.run("end", "street")
        #expect(twice.code == 1 && twice.errors.contains("ended already"))
        // It learns of its end at the last, writes into its own log, and nobody takes it.
        #expect(try await street.run("case", "report", "--summary", "二").code == 0)
        let sync = try await street.run("sync", "--timeout", "2")
        #expect(sync.code == 2)
        #expect(try city.status().cases == 1)
        #expect(await daemon.stop() == 0)
    }

    @Test func aPeerThatIsAskedForIsDialedOnceAndItsFailureIsSaid() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let config = try String(contentsOfFile: street.path + "/config.json", encoding: .utf8)
        let daemon = try await city.start()
        let nobody = try freeEndpoint()
        let failed = try await street.run("sync", "--peer", nobody)
        #expect(failed.code == 2, "\(failed.errors)")
        let said = "in step with others, but not with \(nobody): connect failed"
        #expect(failed.errors.contains(said))
        #expect(try await street.run("sync", "--peer", city.endpoint).code == 0)
        // By another name for the same node.
        let name = city.endpoint.replacing("127.0.0.1", with: "localhost")
        #expect(name != city.endpoint)
        #expect(try await street.run("sync", "--peer", name).code == 0)
        let after = try String(contentsOfFile: street.path + "/config.json", encoding: .utf8)
        #expect(after == config)
        #expect(await daemon.stop() == 0)
    }

    /// As Nodes/README.md says.
    @Test func aRestoredCopyTakesBackWhatItHadSentAndWritesOn() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        #expect(try await street.run("sync").code == 0)
        let copy = town.path("copy")
        try FileManager.default.copyItem(atPath: street.path, toPath: copy)
        #expect(try await street.run("case", "report", "--summary", "一").code == 0)
        #expect(try await street.run("sync").code == 0)
        try FileManager.default.removeItem(atPath: street.path)
        try FileManager.default.moveItem(atPath: copy, toPath: street.path)
        let met = try await street.run("sync", "--peer", city.endpoint)
        #expect(met.code == 1 && met.errors.contains("more than it"), "\(met.errors)")
        #expect(try await street.run("status", "--json")["entries"] as? Int == 4)
        let own = try await street.start()
        #expect(try await street.run("case", "report", "--summary", "二").code == 0)
        #expect(await eventually { (try? city.status().entries) == 5 })
        #expect(try city.status().forks.isEmpty)
        #expect(await own.stop() == 0)
        #expect(await daemon.stop() == 0)
    }

    @Test func aPeerThatIsAddedIsListedAtOnce() async throws {
        let town = try Town()
        let city = try await town.found()
        func endpoints(_ outcome: Linli.Outcome) throws -> [String] {
            try outcome.output.split(separator: "\n").map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return try #require((object as? [String: Any])?["endpoint"] as? String)
            }
        }
        #expect(try endpoints(await city.run("peers", "--json", "--add", "a:1")) == ["a:1"])
        #expect(try endpoints(await city.run("peers", "--json")) == ["a:1"])
        let daemon = try await city.start()
        let added = try endpoints(await city.run("peers", "--json", "--add", "b:1"))
        #expect(added.contains("b:1"))
        #expect(await daemon.stop() == 0)
        #expect(try endpoints(await city.run("peers", "--json")) == ["a:1", "b:1"])
    }
}
