import Foundation
import Ledger
import NodeRuntime
import Storage
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt))
struct AuthorityTests {
    private let town: Town

    init() throws { town = try Town() }

    /// A person's key file, encrypted under the passphrase if one is given, enrolled at a site.
    private func person(
        _ number: String,
        _ roles: String,
        at site: Site,
        passphrase: String? = nil,
        by superior: String? = nil
    ) async throws -> String {
        let file = town.path("\(site.name)-\(number)-\(UUID().uuidString.prefix(4)).pem")
        let secret = passphrase == nil ? [] : ["--passphrase-fd", "0"]
        let made = try await Linli.run(
            ["staff", "key", file, "--number", number] + secret,
            input: passphrase.map { $0 + "\n" },
            in: town.directory
        )
        try #require(made.code == 0, "\(made.errors)")
        let by = superior.map { ["--as", $0] } ?? []
        let added = try await Linli.run(
            ["staff", "add", file + ".request", "--roles", roles, "--home", site.path] + by,
            in: town.directory
        )
        try #require(added.code == 0, "\(added.errors)")
        return file
    }

    private func report(_ site: Site, as file: String, passphrase: String? = nil) async throws
        -> Linli.Outcome
    {
        let secret = passphrase == nil ? [] : ["--passphrase-fd", "0"]
        return try await Linli.run(
            ["--as", file, "case", "report", "--summary", "楼道堆物", "--home", site.path, "--json"]
                + secret,
            input: passphrase.map { $0 + "\n" },
            in: town.directory
        )
    }

    private func writers(_ site: Site, of outcome: Linli.Outcome) async throws -> [String] {
        let id = try #require(outcome["id"] as? String)
        let history = try await site.run("history", id, "--json").output
        return try history.split(separator: "\n").filter { $0.contains("verdict") }.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let row = try #require(object as? [String: Any])
            let verdict = row["verdict"] as? String ?? "-"
            return "\(row["staff"] as? String ?? "-") \(row["actor"] as? String ?? "-") \(verdict)"
        }
    }

    private func size(_ site: Site) throws -> UInt64 {
        let store = try Store(path: site.path + "/ledger.db", mode: .readOnly)
        return store.identity.flatMap { store.log($0.log)?.size } ?? 0
    }

    @Test func aPersonSignsWithAndWithoutADaemonUntilItsRightEnds() async throws {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let lead = try await person("1", "street-lead", at: city)
        for site in [city] {
            let mediator = try await person("12", "mediator,window-clerk", at: site, by: lead)
            let alone = try await report(site, as: mediator)
            #expect(alone.code == 0, "\(alone.errors)")
            #expect(try await writers(site, of: alone) == ["12 - effective"])
            let daemon = try await site.start()
            let live = try await report(site, as: mediator)
            #expect(live.code == 0, "\(live.errors)")
            #expect(try await writers(site, of: live) == ["12 - effective"])
            let claimed = try await site.run(
                "case",
                "report",
                "--summary",
                "x",
                "--actor",
                "12",
                "--json"
            )
            #expect(try await writers(site, of: claimed) == ["- 12 effective"])
            let id = try #require(claimed["id"] as? String)
            #expect(try await site.run("history", id).output.contains("/12 (claimed)"))
            let other = try #require(live["id"] as? String)
            #expect(try await site.run("history", other).output.contains("\(site.name)/12 "))
            let list = try await site.run("staff", "list", "--json").output
            #expect(list.contains("\"number\":\"12\"") && list.contains("window-clerk"))

            let ended = try await site.run("staff", "end", "12", "--reason", "离岗")
            #expect(ended.code == 0, "\(ended.errors)")
            let before = try size(site)
            let late = try await report(site, as: mediator)
            #expect(late.code == 1 && late.errors.contains("has ended"), "\(late.errors)")
            #expect(try size(site) == before)
            #expect(try await site.run("staff", "end", "12").code == 1)
            #expect(await daemon.stop() == 0)
        }
        let foreign = try await report(street, as: lead)
        #expect(foreign.code != 0)
        #expect(try await city.run("verify").code == 0)
        let export = town.path("export")
        try await Linli.good("export", export, "--home", city.path, in: town.directory)
        let authors = try Data(contentsOf: URL(filePath: export + "/authors"))
        #expect(authors.count == 3 * 32)
    }

    @Test func aWrongPassphraseOrAnOpenKeyFileWritesNothing() async throws {
        let city = try await town.found()
        let file = try await person("7", "dispatcher", at: city, passphrase: "开门")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("BEGIN ENCRYPTED PRIVATE KEY"))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let before = try size(city)
        let wrong = try await report(city, as: file, passphrase: "关门")
        #expect(wrong.code == 1 && wrong.errors.contains("does not open"), "\(wrong.errors)")
        // No terminal and no descriptor: it says so and does not wait.
        let none = try await report(city, as: file)
        #expect(none.code == 64 && none.errors.contains("--passphrase-fd"), "\(none.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let open = try await report(city, as: file, passphrase: "开门")
        #expect(open.code == 2 && open.errors.contains("0644"), "\(open.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        #expect(try size(city) == before)
        let good = try await report(city, as: file, passphrase: "开门")
        #expect(good.code == 0, "\(good.errors)")
        #expect(try size(city) == before + 1)
        for words in [
            ["staff", "add", file + ".request", "--roles", "emperor"],
            ["staff", "add", file + ".request", "--roles", "mediator", "--scope", "33"],
            ["staff", "add", file + ".request"], ["staff", "key", town.path("x")],
            ["staff", "key", town.path("x"), "--number", "张三"],
            ["case", "report", "--summary", "x", "--as", file, "--actor", "7"],
            ["case", "report", "--summary", "x", "--passphrase-fd", "0"],
        ] {
            let outcome = try await Linli.run(
                words + (words[1] == "key" ? [] : ["--home", city.path]),
                input: "开门\n",
                in: town.directory
            )
            #expect(outcome.code == 64 || outcome.code == 2, "\(words): \(outcome.errors)")
        }
        #expect(
            try await city.run("staff", "add", file + ".request", "--roles", "dispatcher").code == 1
        )
        #expect(try size(city) == before + 1)
    }

    @Test func manyPersonsWriteAtOnceAndNothingIsLost() async throws {
        let city = try await town.found()
        let files = [
            try await person("1", "window-clerk", at: city),
            try await person("2", "window-clerk", at: city),
            try await person("3", "window-clerk", at: city),
        ]
        let before = try size(city)
        for isRunning in [true, false] {
            let daemon = isRunning ? try await city.start() : nil
            let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for index in 0..<9 {
                    group.addTask { try await report(city, as: files[index % 3]).code }
                }
                for _ in 0..<3 {
                    group.addTask {
                        try await city.run("case", "report", "--summary", "y").code
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes == [Int32](repeating: 0, count: 12))
            if let daemon { #expect(await daemon.stop() == 0) }
        }
        #expect(try size(city) == before + 24)
        let verified = try await city.run("verify")
        #expect(verified.code == 0, "\(verified.output)")
    }

    @Test func aNodeChangesItsKeysUnderALivePeer() async throws {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let above = try await city.start()
        var below = try await street.start()
        #expect(await eventually { agree([city, street], entries: 3) })
        let mediator = try await person("12", "mediator,window-clerk", at: street)
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
        let signed = try await report(street, as: mediator)
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
        let recovery = town.path("recovery.pem")
        try FileManager.default.moveItem(atPath: city.path + "/recovery.key", toPath: recovery)
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
        let succeeded = try await street.run(
            "succeed",
            request,
            "--recovery",
            recovery,
            "--end-founder",
            "-o",
            invitation
        )
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

    @Test func entriesBeyondAnEndAreRatifiedOrRefusedAndPoliciesWantPersons() async throws {
        let city = try await town.found()
        let mediator = try await person("12", "mediator,window-clerk", at: city)
        #expect(try await report(city, as: mediator).code == 0)
        let cut = try size(city) - 1
        let ended = try await city.run("staff", "end", "12", "--size", "\(cut)")
        #expect(ended.code == 0, "\(ended.errors)")
        let listed = try await city.run("roster", "--contested", "--json").output
        #expect(
            listed.contains("\"number\":\"12\"") && listed.contains("\"state\":\"contested\""),
            "\(listed)"
        )
        #expect(listed.contains("\"from\":\(cut)") && listed.contains("\"to\":\(cut)"))
        for (code, words) in [
            (64, ["ratify", "city"]), (64, ["ratify", "city", "--from", "0", "--to", "99"]),
            (1, ["ratify", "city", "--from", "0", "--to", "0"]),
            (64, ["ratify", "city", "--from", "2", "--to", "1"]),
            (1, ["ratify", "nobody", "--from", "0", "--to", "1"]),
        ] as [(Int32, [String])] {
            let outcome = try await Linli.run(words + ["--home", city.path], in: town.directory)
            #expect(outcome.code == code, "\(words): \(outcome.errors)")
        }
        let ratified = try await city.run(
            "ratify",
            "city",
            "--from",
            "\(cut)",
            "--to",
            "\(cut)",
            "--json"
        )
        #expect(ratified.code == 0, "\(ratified.errors)")
        #expect(ratified["subjects"] as? String == "1")
        let after = try await city.run("roster", "--contested", "--json").output
        #expect(after.contains("\"state\":\"ratified\""), "\(after)")
        let refused = try await city.run("refuse", "city", "--from", "\(cut)", "--to", "\(cut)")
        #expect(refused.code == 0, "\(refused.errors)")
        #expect(
            try await city.run("roster", "--contested", "--json").output
                .contains("\"state\":\"refused\"")
        )

        let admin = try await person("9", "district-admin", at: city)
        #expect(try await city.run("policy").code == 0)
        let fresh = try await town.initialize("fresh", "district", "330105")
        let request = fresh.path + "/request.txt"
        let byNode = try await city.run("enrol", request)
        #expect(byNode.code == 1 && byNode.errors.contains("a person has to sign"))
        let byPerson = try await city.run("enrol", request, "--as", admin)
        #expect(byPerson.code == 0, "\(byPerson.errors)")
        #expect(try await city.run("roster").output.contains("a person's key"))
        let verified = try await city.run("verify")
        #expect(verified.code == 0, "\(verified.output)")
    }
}
