import Crypto
import Foundation
import Ledger
import NodeRuntime
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt))
struct KeyChangeTests {
    private let town: Town

    init() throws { town = try Town() }

    @Test func aNodeChangesItsKeysUnderALivePeer() async throws {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let above = try await city.start()
        var below = try await street.start()
        #expect(await eventually { agree([city, street], entries: 3) })
        let mediator = try await street.person("12", "mediator,window-clerk")
        #expect(await eventually { agree([city, street], entries: 4) })
        let old = try Home(path: street.path).publicKeys()
        let rotated = try await street.run("rotate")
        #expect(rotated.code == 0, "\(rotated.errors)")
        #expect(try Home(path: street.path).publicKeys() == old)
        let again = try await street.run("rotate")
        #expect(again.code == 0 && again.output == rotated.output)
        let enrolled = try await city.run("enrol", street.path + "/rotation.txt")
        #expect(enrolled.code == 0, "\(enrolled.errors)")
        // The node changes over by itself, and goes on under the new keys.
        #expect(await eventually { below.lines("keys changed") == 1 })
        let new = try Home(path: street.path).publicKeys()
        #expect(new.log == old.log && new.successor == old.successor)
        #expect(new.service != old.service && new.tls != old.tls && new.seal != old.seal)
        #expect(!FileManager.default.fileExists(atPath: street.path + "/keys/next"))
        #expect(try street.report(1, in: "330105013").count == 1)
        #expect(await eventually { agree([city, street]) })
        // The old keys end; the peer takes the node under its new ones.
        let ended = try await city.run("end", "street")
        #expect(ended.code == 0, "\(ended.errors)")
        #expect(try street.report(1, in: "330105013").count == 1)
        #expect(await eventually { agree([city, street]) })
        let signed = try await street.report(as: mediator)
        #expect(signed.code == 0, "\(signed.errors)")
        #expect(await below.stop() == 0)
        below = try await street.start()
        #expect(try street.report(1, in: "330105013").count == 1)
        #expect(await eventually { agree([city, street]) })
        let roster = try await city.run("roster", "--json").output
        #expect(roster.contains("\"ended\":true") && roster.contains("\"name\":\"street\""))
        #expect(try city.status().logs.first { $0.node == "street" }?.hasEnded == false)
        #expect(await below.stop() == 0)
        #expect(await above.stop() == 0)
        for site in [city, street] {
            let verified = try await site.run("verify")
            #expect(verified.code == 0, "\(site.name): \(verified.output)")
        }
        let export = town.path("export")
        try await Linli.good("export", export, "--home", street.path, in: town.directory)
        let authors = try Data(contentsOf: URL(filePath: export + "/authors"))
        #expect(authors.count == 3 * 32)
    }

    @Test func takingUpNewKeysGoesOnWhereACrashCutItOff() async throws {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let first = try await city.start()
        #expect(try await street.run("rotate").code == 1)
        #expect(try await street.run("sync", "--peer", city.endpoint).code == 0)
        #expect(await first.stop() == 0)
        #expect(try await street.run("rotate").code == 0)
        let home = try Home(path: street.path)
        let next = try #require(try home.nextKeys())
        let wanted = street.path + "/rotation.txt"
        #expect(try await city.run("enrol", wanted).code == 0)
        // As a crash after the second of four files leaves it.
        for name in ["service", "witness"] {
            let file = "\(street.path)/keys/\(name).pem"
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.moveItem(
                atPath: "\(street.path)/keys/next/\(name).pem",
                toPath: file
            )
        }
        #expect(try home.nextKeys() == next)
        let daemon = try await city.start()
        let synced = try await street.run("sync", "--peer", city.endpoint)
        #expect(synced.code == 0, "\(synced.errors)")
        #expect(try home.publicKeys() == next)
        #expect(try home.nextKeys() == nil)
        #expect(await daemon.stop() == 0)
    }

    @Test func aLostFounderIsSucceededByItsRecoveryKey() async throws {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        // The recovery key, put away under a passphrase.
        let recovery = town.path("recovery.pem")
        let key = try SigningKey(pem: KeyFile.read(city.path + "/recovery.key"))
        let secret = Array("recovery".utf8)
        try KeyFile.create(recovery, key.pem(passphrase: secret, random: sha256([1])))
        let daemon = try await city.start()
        #expect(try await street.run("sync", "--peer", city.endpoint).code == 0)
        await daemon.kill9()
        try FileManager.default.removeItem(atPath: city.path)

        let endpoint = try freeEndpoint()
        let heirPath = town.path("heir")
        try await Linli.good(
            "init",
            heirPath,
            "--name",
            "heir",
            "--scope",
            "3301",
            "--level",
            "city",
            "--listen",
            endpoint,
            in: town.directory
        )
        let heir = Site(town, "heir", endpoint)
        let request = heirPath + "/request.txt"
        let invitation = town.path("heir.invitation")
        let thief = town.path("thief.pem")
        try await Linli.good("staff", "key", thief, "--number", "1", in: town.directory)
        for (code, words) in [
            (64, ["succeed", request]), (1, ["succeed", request, "--recovery", thief]),
            (2, ["succeed", request, "--recovery", town.path("none")]),
            (1, ["succeed", street.path + "/request.txt", "--recovery", recovery]),
            (1, ["enrol", request]),
        ] as [(Int32, [String])] {
            let outcome = try await Linli.run(
                words + ["--home", street.path],
                in: town.directory
            )
            #expect(outcome.code == code, "\(words): \(outcome.errors)")
        }
        func succeed(_ passphrase: String) async throws -> Linli.Outcome {
            try await street.run(
                "succeed",
                request,
                "--recovery",
                recovery,
                "--end-founder",
                "-o",
                invitation,
                "--passphrase-fd",
                "0",
                input: passphrase + "\n"
            )
        }
        let size = try street.size()
        #expect(try await succeed("guessed").code == 1)
        #expect(try street.size() == size)
        let succeeded = try await succeed("recovery")
        #expect(succeeded.code == 0, "\(succeeded.errors)")
        try await Linli.good("join", invitation, "--home", heirPath, in: town.directory)
        let carrier = try await street.start()
        let synced = try await heir.run("sync", "--peer", street.endpoint)
        #expect(synced.code == 0, "\(synced.errors)")
        // The new founder enrols a district and everyone agrees.
        let district = try await town.join("district", "district", "330105", by: heir)
        let above = try await heir.start()
        let between = try await district.start()
        #expect(await eventually { agree([heir, street, district]) })
        #expect(try street.status().logs.first { $0.node == "city" }?.hasEnded == true)
        #expect(try street.report(1, in: "330105013").count == 1)
        #expect(await eventually { agree([heir, street, district]) })
        for daemon in [carrier, above, between] { #expect(await daemon.stop() == 0) }
        for site in [heir, street, district] {
            let verified = try await site.run("verify")
            #expect(verified.code == 0, "\(site.name): \(verified.output)")
        }
    }

    @Test func theFounderChangesItsKeysByItsRecoveryKey() async throws {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let above = try await city.start()
        let below = try await street.start()
        #expect(await eventually { agree([city, street], entries: 3) })
        let recovery = city.path + "/recovery.key"
        let old = try Home(path: city.path).publicKeys()
        #expect(try await city.run("rotate").code == 0)
        let request = city.path + "/rotation.txt"
        #expect(try await city.run("enrol", request).code == 1)
        let succeeded = try await city.run(
            "succeed",
            request,
            "--recovery",
            recovery,
            "--end-founder"
        )
        #expect(succeeded.code == 0, "\(succeeded.errors)")
        #expect(await eventually { above.lines("keys changed") == 1 })
        #expect(try Home(path: city.path).publicKeys().service != old.service)
        #expect(try city.report(1, in: "330105013").count == 1)
        #expect(await eventually { agree([city, street], entries: 5) })
        let ended = try await city.run("end", "street")
        #expect(ended.code == 0, "\(ended.errors)")
        #expect(await below.stop() == 0)
        #expect(await above.stop() == 0)
        for site in [city, street] {
            let verified = try await site.run("verify")
            #expect(verified.code == 0, "\(site.name): \(verified.output)")
        }
    }
}
