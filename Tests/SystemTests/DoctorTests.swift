import Foundation
import NodeRuntime
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct DoctorTests {
    @Test func aHealthyTownHasNoFindingsAndABrokenHomeNamesThem() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let absent = try await town.initialize("absent", "street", "330105014")
        let cityDaemon = try await city.start()
        let daemon = try await street.start()
        #expect(await eventually { agree([city, street], entries: 3) })
        #expect(await eventually { await codes(street) == [] })
        let healthy = try await street.run("doctor", "--lang", "zh")
        #expect(healthy.code == 0 && healthy.output == "一切正常\n")

        // A node that was enrolled and never came.
        #expect(
            try await city.run("enrol", absent.path + "/request.txt", "-o", town.path("i")).code
                == 0
        )
        #expect(await eventually { await codes(city).contains("never-opened") })
        #expect(await cityDaemon.stop() == 0)

        let key = street.path + "/keys/log.pem"
        try setMode(0o644, key)
        #expect(await codes(street).contains("loose-mode"))
        try setMode(0o600, key)
        #expect(await daemon.stop() == 0)
        #expect(await codes(street).contains("daemon-absent"))

        let fence = street.path + "/fence"
        let bytes = try Data(contentsOf: URL(filePath: fence))
        try FileManager.default.removeItem(atPath: fence)
        #expect(await codes(street).contains("fence-missing"))
        try Data(repeating: 1, count: bytes.count).write(to: URL(filePath: fence))
        try setMode(0o600, fence)
        #expect(await codes(street).contains("fence-unreadable"))
        try bytes.write(to: URL(filePath: fence))
        try setMode(0o600, fence)

        let stopped = street.path + "/stopped"
        try Data("another live node uses this node's keys\n".utf8)
            .write(to: URL(filePath: stopped))
        #expect(await codes(street).contains("stopped"))
        try FileManager.default.removeItem(atPath: stopped)

        let database = street.path + "/ledger.db"
        var pages = try Data(contentsOf: URL(filePath: database))
        let middle = pages.count / 2
        pages.replaceSubrange(middle..<middle + 4096, with: Data(repeating: 0xa5, count: 4096))
        try pages.write(to: URL(filePath: database))
        #expect(await codes(street).contains("database-damaged"))
    }

    @Test func anOlderDatabaseIsNamedBesideTheStepThatHelps() async throws {
        let town = try Town()
        let city = try await town.found()
        let database = city.path + "/ledger.db"
        let older = try Data(contentsOf: URL(filePath: database))
        try await city.write(3)
        for file in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: database + file)
        }
        try older.write(to: URL(filePath: database))
        let outcome = try await city.run("doctor", "--json")
        #expect(outcome.code == 1)
        let line = try #require(
            outcome.output.split(separator: "\n").first { $0.contains("fence-behind") }
        )
        #expect(line.contains(#""gravity":"alarm""#) && line.contains("linli sync"))
    }

    private func codes(_ site: Site) async -> [String] {
        guard let outcome = try? await site.run("doctor", "--json"), outcome.code < 2 else {
            return ["could not tell"]
        }
        return outcome.output.split(separator: "\n").compactMap { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
            return (object as? [String: Any])?["code"] as? String
        }
    }

    private func setMode(_ mode: Int, _ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}
