import Encoding
import Foundation
import Storage
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct BackupTests {
    private func run(_ site: Site, _ words: [String], passphrase: String? = nil) async throws
        -> Linli.Outcome
    {
        let flags = passphrase == nil ? [] : ["--passphrase-fd", "0"]
        return try await Linli.run(
            words + flags + ["--home", site.path],
            input: passphrase.map { $0 + "\n" },
            in: site.town.directory
        )
    }

    @Test func aLostHomeIsMadeAgainAndGoesOnWithNewKeys() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let cityDaemon = try await city.start()
        let daemon = try await street.start()
        #expect(await eventually { agree([city, street], entries: 3) })
        _ = try street.report(20, in: "330105013")
        let file = town.path("backup")
        // While somebody writes.
        let writing = Task.detached { try street.report(200, in: "330105013") }
        let made = try await run(street, ["backup", file, "--json"], passphrase: "schlüssel")
        #expect(made.code == 0 && made["sealKey"] as? Bool == true, "\(made.errors)")
        let acknowledged = try await writing.value
        let drilled = try await run(street, ["drill", "restore", file], passphrase: "schlüssel")
        #expect(drilled.code == 0 && drilled.errors.contains("0 days old"), "\(drilled.errors)")
        let forgotten = try await run(street, ["drill", "restore", file], passphrase: "falsch")
        #expect(forgotten.code == 1 && forgotten.errors.contains("passphrase"))
        let stranger = try await Town().found()
        let foreign = try await run(stranger, ["drill", "restore", file])
        #expect(foreign.code == 1 && foreign.errors.contains("of ledger"), "\(foreign.errors)")
        #expect(try await run(street, ["drill", "restore"]).code == 0)
        #expect(await eventually { agree([city, street]) })
        let again = try await run(street, ["backup", file, "--no-key"])
        #expect(again.code == 1 && again.errors.contains("exists already"))
        #expect(await daemon.stop() == 0)
        // What a killed drill left goes with the next command that writes.
        let stale = street.path + "/drill-4194303-x"
        try FileManager.default.createDirectory(
            atPath: stale,
            withIntermediateDirectories: false
        )
        #expect(try await street.run("case", "report", "--summary", "甲").code == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: street.path)
        #expect(!left.contains { $0.hasPrefix("drill") || $0.contains("partial") }, "\(left)")

        // No key that signs is in it, and the seal key only under its passphrase.
        let bytes = try Data(contentsOf: URL(filePath: file))
        let blocks = String(decoding: bytes, as: UTF8.self)
        #expect(blocks.components(separatedBy: "BEGIN ENCRYPTED PRIVATE KEY").count == 2)
        #expect(!blocks.contains("BEGIN PRIVATE KEY"))

        // The machine is lost.
        let restored = Site(town, "restored", street.endpoint)
        let wrong = try await run(restored, ["restore", file], passphrase: "falsch")
        #expect(wrong.code == 1 && wrong.errors.contains("passphrase"), "\(wrong.errors)")
        #expect(!FileManager.default.fileExists(atPath: restored.path))
        let good = try await run(restored, ["restore", file], passphrase: "schlüssel")
        #expect(good.code == 0, "\(good.errors)")
        #expect(try await restored.run("cases", "--count").code == 0)
        #expect(try await restored.run("verify").code == 0)
        let early = try await restored.run("case", "report", "--summary", "甲")
        #expect(early.code == 2 && early.errors.contains("made from a backup"), "\(early.errors)")
        #expect(try await restored.run("sync").code == 2)

        // The office above enrols the new keys; what the backup lacked comes back from the peers.
        let invitation = town.path("again.invitation")
        #expect(
            try await city.run("enrol", restored.path + "/request.txt", "-o", invitation).code == 0
        )
        #expect(try await restored.run("join", invitation).code == 0)
        #expect(try await restored.run("sync").code == 0)
        #expect(try restored.missing(acknowledged).isEmpty)
        #expect(try await restored.run("case", "report", "--summary", "甲").code == 0)
        #expect(try await restored.run("sync").code == 0)
        #expect(try await restored.run("verify").code == 0)
        #expect(await cityDaemon.stop() == 0)
    }

    /// What only a backup holds reaches the others from the home that is made of it, and stays in
    /// effect once the old log is ended there.
    @Test func whatReachedNobodyComesToThePeersFromTheBackup() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        var daemon = try await city.start()
        #expect(try await street.run("sync").code == 0)
        #expect(await daemon.stop() == 0)
        let alone = try await street.start()
        let acknowledged = try street.report(2, in: "330105013")
        let file = town.path("backup")
        #expect(try await run(street, ["backup", file], passphrase: "schlüssel").code == 0)
        #expect(await alone.stop() == 0)
        try FileManager.default.removeItem(atPath: street.path)

        let restored = Site(town, "restored", street.endpoint)
        #expect(try await run(restored, ["restore", file], passphrase: "schlüssel").code == 0)
        let invitation = town.path("again.invitation")
        #expect(
            try await city.run("enrol", restored.path + "/request.txt", "-o", invitation).code == 0
        )
        daemon = try await city.start()
        #expect(try await restored.run("join", invitation).code == 0)
        let sync = try await restored.run("sync")
        #expect(sync.code == 0, "\(sync.errors)")
        #expect(try city.missing(acknowledged).isEmpty)
        let health = try await restored.run("doctor", "--json")
        #expect(!health.output.contains("unvouched"), "\(health.output)")
        let stores = try [city, restored].map { site in
            try Store(path: site.path + "/ledger.db", mode: .readOnly)
        }
        let known = stores.compactMap { $0.identity?.log }
        let log = try #require(
            stores[1].logs.map(\.log).first { !known.contains($0) }?.description
        )
        let end = try await city.run("end", log, "--reason", "lost")
        #expect(end.code == 0, "\(end.errors)")
        #expect(try await restored.run("sync").code == 0)
        for site in [city, restored] {
            #expect(try await site.run("cases", "--count").output.hasPrefix("2"), "\(site.name)")
            #expect(try await site.run("verify").code == 0)
        }
        #expect(await daemon.stop() == 0)
    }

    @Test func aHomeIsRestoredUnderThePassphraseOfItsBackup() async throws {
        let town = try Town()
        let city = try await town.found()
        let file = town.path("backup")
        // With a seal key of before, as a change of keys leaves it.
        let other = try await town.initialize("other", "street", "330105013")
        let former = city.path + "/keys/former"
        try FileManager.default.createDirectory(
            atPath: former,
            withIntermediateDirectories: false
        )
        try FileManager.default.copyItem(
            atPath: other.path + "/keys/seal.pem",
            toPath: former + "/seal-00000000.pem"
        )
        #expect(try await run(city, ["backup", file], passphrase: "geheim").code == 0)
        let restored = Site(town, "restored", city.endpoint)
        let words = ["restore", file, "--protect"]
        #expect(try await run(restored, words + ["--no-key"]).code == 64)
        let made = try await run(restored, words, passphrase: "geheim")
        #expect(made.code == 0, "\(made.errors)")
        let listed = try await restored.run("keys", "--json").output
        #expect(!listed.contains(#""encrypted":false"#), "\(listed)")
        let kept = try FileManager.default.contentsOfDirectory(
            atPath: restored.path + "/keys/former"
        )
        #expect(kept.count == 2, "\(kept)")
    }

    @Test func whatIsNoWholeBackupGivesNothing() async throws {
        let town = try Town()
        let city = try await town.found()
        try await city.write(30)
        let file = town.path("backup")
        #expect(try await run(city, ["backup", file, "--no-key"]).code == 0)
        let bytes = try Data(contentsOf: URL(filePath: file))
        let site = Site(town, "restored", city.endpoint)
        func refused(_ data: Data, _ says: String) async throws {
            let path = town.path("other")
            try data.write(to: URL(filePath: path))
            let outcome = try await run(site, ["restore", path, "--no-key"])
            #expect(outcome.code == 1 && outcome.errors.contains(says), "\(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: site.path))
        }
        try await refused(bytes.dropLast(4096), "damaged")
        try await refused(bytes.prefix(100), "damaged")
        try await refused(Data("no database".utf8), "damaged")
        try await refused(Data(contentsOf: URL(filePath: city.path + "/ledger.db")), "no backup")
        // Text of a case is another: SQLite finds nothing wrong, the history does.
        var changed = bytes
        let text = try #require(changed.range(of: Data("案件 7".utf8)))
        changed.replaceSubrange(text, with: Data("案件 8".utf8))
        try await refused(changed, "does not verify")
        #expect(try await run(site, ["restore", town.path("none"), "--no-key"]).code == 2)
        #expect(try await run(city, ["restore", file, "--no-key"]).code == 1, "a home is there")
        let keyless = try await run(city, ["backup", town.path("b"), "--passphrase-fd", "x"])
        #expect(keyless.code == 64)
        #expect(try await run(site, ["restore", file, "--no-key"]).code == 0)
    }
}
