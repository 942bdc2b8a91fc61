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

    @Test func aPersonSignsWithAndWithoutADaemonUntilItsRightEnds() async throws {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let lead = try await city.person("1", "street-lead")
        for site in [city] {
            let mediator = try await site.person("12", "mediator,window-clerk", by: lead)
            let alone = try await site.report(as: mediator)
            #expect(alone.code == 0, "\(alone.errors)")
            #expect(try await site.writers(of: alone) == ["12 - effective"])
            let daemon = try await site.start()
            let live = try await site.report(as: mediator)
            #expect(live.code == 0, "\(live.errors)")
            #expect(try await site.writers(of: live) == ["12 - effective"])
            let claimed = try await site.run(
                "case",
                "report",
                "--summary",
                "x",
                "--actor",
                "12",
                "--json"
            )
            #expect(try await site.writers(of: claimed) == ["- 12 effective"])
            let id = try #require(claimed["id"] as? String)
            #expect(try await site.run("history", id).output.contains("/12 (claimed)"))
            let other = try #require(live["id"] as? String)
            #expect(try await site.run("history", other).output.contains("\(site.name)/12 "))
            let list = try await site.run("staff", "list", "--json").output
            #expect(list.contains("\"number\":\"12\"") && list.contains("window-clerk"))

            let ended = try await site.run("staff", "end", "12", "--reason", "离岗")
            #expect(ended.code == 0, "\(ended.errors)")
            let before = try site.size()
            let late = try await site.report(as: mediator)
            #expect(late.code == 1 && late.errors.contains("has ended"), "\(late.errors)")
            #expect(try site.size() == before)
            #expect(try await site.run("staff", "end", "12").code == 1)
            #expect(await daemon.stop() == 0)
        }
        let foreign = try await street.report(as: lead)
        #expect(foreign.code != 0)
        #expect(try await city.run("verify").code == 0)
        let export = town.path("export")
        try await Linli.good("export", export, "--home", city.path, in: town.directory)
        let authors = try Data(contentsOf: URL(filePath: export + "/authors"))
        #expect(authors.count == 3 * 32)
    }

    @Test func aWrongPassphraseOrAnOpenKeyFileWritesNothing() async throws {
        let city = try await town.found()
        let file = try await city.person("7", "dispatcher", passphrase: "开门")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("BEGIN ENCRYPTED PRIVATE KEY"))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let before = try city.size()
        let wrong = try await city.report(as: file, passphrase: "关门")
        #expect(wrong.code == 1 && wrong.errors.contains("does not open"), "\(wrong.errors)")
        // No terminal and no descriptor: it says so and does not wait.
        let none = try await city.report(as: file)
        #expect(none.code == 64 && none.errors.contains("--passphrase-fd"), "\(none.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let open = try await city.report(as: file, passphrase: "开门")
        #expect(open.code == 2 && open.errors.contains("0644"), "\(open.errors)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        #expect(try city.size() == before)
        let good = try await city.report(as: file, passphrase: "开门")
        #expect(good.code == 0, "\(good.errors)")
        #expect(try city.size() == before + 1)
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
        #expect(try city.size() == before + 1)
    }

    @Test func manyPersonsWriteAtOnceAndNothingIsLost() async throws {
        let city = try await town.found()
        let files = [
            try await city.person("1", "window-clerk"),
            try await city.person("2", "window-clerk"),
            try await city.person("3", "window-clerk"),
        ]
        let before = try city.size()
        for isRunning in [true, false] {
            let daemon = isRunning ? try await city.start() : nil
            let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
                for index in 0..<9 {
                    group.addTask { try await city.report(as: files[index % 3]).code }
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
        #expect(try city.size() == before + 24)
        let verified = try await city.run("verify")
        #expect(verified.code == 0, "\(verified.output)")
    }

    @Test func theOfficeAboveEndsAPersonAndWhatItWroteLater() async throws {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let above = try await city.start()
        let below = try await street.start()
        #expect(await eventually { agree([city, street], entries: 3) })
        let clerk = try await street.person("5", "window-clerk")
        let first = try await street.report(as: clerk)
        let second = try await street.report(as: clerk)
        #expect(first.code == 0 && second.code == 0)
        #expect(await eventually { agree([city, street], entries: 6) })
        // The street's log: opening, the person, two reports.
        let ended = try await city.run("staff", "end", "5", "--node", "street", "--size", "3")
        #expect(ended.code == 0, "\(ended.errors)")
        #expect(await eventually { agree([city, street], entries: 7) })
        #expect(try street.status().cases == 1)
        #expect(try await street.report(as: clerk).code == 1)
        #expect(try await street.run("staff", "end", "5").code == 1)
        let all = try await city.run("staff", "list", "--all", "--json").output
        #expect(all.contains("\"ended\":true") && all.contains("\"size\":3"), "\(all)")
        // The street stands above its own people, and the city above both has the last word.
        let mark = ["street", "--from", "3", "--to", "3"]
        let own = try await Linli.run(
            ["ratify"] + mark + ["--home", street.path],
            in: town.directory
        )
        let refused = try await Linli.run(
            ["refuse"] + mark + ["--home", city.path],
            in: town.directory
        )
        #expect(own.code == 0, "\(own.errors)")
        #expect(refused.code == 0, "\(refused.errors)")
        #expect(await eventually { agree([city, street], entries: 9) })
        let listed = try await street.run("roster", "--contested", "--json").output
        #expect(listed.contains("\"state\":\"refused\""), "\(listed)")
        #expect(await below.stop() == 0)
        #expect(await above.stop() == 0)
        let verified = try await city.run("verify")
        #expect(verified.code == 0, "\(verified.output)")
    }

    @Test func entriesBeyondAnEndAreRatifiedOrRefusedAndPoliciesWantPersons() async throws {
        let city = try await town.found()
        let mediator = try await city.person("12", "mediator,window-clerk")
        #expect(try await city.report(as: mediator).code == 0)
        let cut = try city.size() - 1
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

        let admin = try await city.person("9", "district-admin")
        #expect(try await city.run("policy", "signing").code == 0)
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
