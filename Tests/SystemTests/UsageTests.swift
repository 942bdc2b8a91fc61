import Foundation
import Ledger
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt))
struct UsageTests {
    /// Everything that a refused command might have changed.
    private func picture(_ site: Site) async throws -> [String: Data] {
        var picture: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: site.path)
        where !name.hasPrefix("ledger.db") && name != "lock" {
            picture[name] = FileManager.default.contents(atPath: site.path + "/" + name) ?? Data()
        }
        for word in ["status", "roster"] {
            picture[word] = Data(try await site.run(word, "--json").output.utf8)
        }
        let status = try await site.run("status", "--json")
        picture["status"] = Data("\(status["frontier"] ?? "")\(status["view"] ?? "")".utf8)
        return picture
    }

    @Test func wrongInputToNodeCommandsIsRefusedWithItsCodeAndChangesNothing() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let fresh = try await town.initialize("fresh", "street", "330105014")
        let request = fresh.path + "/request.txt"
        let garbage = town.path("garbage.txt")
        try Data("hello".utf8).write(to: URL(filePath: garbage))
        let letter = try String(contentsOfFile: request, encoding: .utf8)
        let damaged = town.path("damaged.txt")
        let block = try #require(Armor.unwrap(letter, label: "REQUEST"))
        let last = try #require(block.last)
        // The last byte of a signature is at most 16: a fixed one would often be the right one.
        let changed = Armor.wrap(block.dropLast() + [last ^ 1], label: "REQUEST")
        try Data(changed.utf8).write(to: URL(filePath: damaged))
        let invitation = town.path("street.invitation")
        let new = town.path("new")
        let long = town.path(String(repeating: "x", count: 90))

        let rows: [(Int32, [String])] = [
            (64, []), (64, ["fly"]), (64, ["run", "--fly"]), (64, ["run"]),
            (64, ["status", "--home"]), (64, ["status", "extra", "--home", city.path]),
            (64, ["found"]), (64, ["found", new]), (64, ["found", new, "--name", "x"]),
            (64, ["found", new, "--name", "x", "--scope", "330105"]),
            (64, ["found", new, "--name", "x", "--scope", "33"]),
            (64, ["found", new, "--name", "", "--scope", "3301"]),
            (64, ["found", new, "--name", "a\nb", "--scope", "3301"]),
            (64, ["found", new, "--name", String(repeating: "x", count: 300), "--scope", "3301"]),
            (64, ["found", new, "--name", "x", "--scope", "3301", "--listen", "nowhere"]),
            (1, ["found", city.path, "--name", "x", "--scope", "3301"]),
            (64, ["init", new, "--name", "x", "--scope", "330105"]),
            (64, ["init", new, "--name", "x", "--scope", "330105", "--level", "city"]),
            (64, ["init", new, "--name", "x", "--scope", "330105", "--level", "emperor"]),
            (1, ["found", garbage, "--name", "x", "--scope", "3301"]),
            (64, ["found", long, "--name", "x", "--scope", "3301"]),
            (1, ["export", street.path, "--home", city.path]),
            (1, ["init", city.path, "--name", "x", "--scope", "330105", "--level", "street"]),
            (2, ["init", "/nowhere/x", "--name", "x", "--scope", "330105", "--level", "street"]),
            (2, ["run", "--home", town.path("none")]),
            (2, ["run", "--home", fresh.path]), (2, ["status", "--home", fresh.path]),
            (2, ["sync", "--home", fresh.path]), (2, ["roster", "--home", fresh.path]),
            (64, ["enrol", "--home", city.path]),
            (2, ["enrol", town.path("none"), "--home", city.path]),
            (1, ["enrol", garbage, "--home", city.path]),
            (1, ["enrol", damaged, "--home", city.path]),
            (1, ["enrol", invitation, "--home", city.path]),
            (1, ["enrol", request, "--home", city.path, "--fingerprint", "1234"]),
            (2, ["enrol", request, "--home", street.path]),
            (2, ["enrol", request, "--home", fresh.path]),
            (1, ["join", garbage, "--home", fresh.path]),
            (1, ["join", request, "--home", fresh.path]),
            (2, ["join", town.path("none"), "--home", fresh.path]),
            (2, ["join", invitation, "--home", fresh.path]),
            (1, ["join", invitation, "--home", fresh.path, "--fingerprint", "1"]),
            (64, ["join", invitation, "--home", fresh.path, "--peer", "nowhere"]),
            (1, ["join", invitation, "--home", street.path]),
            (64, ["end", "--home", city.path]), (1, ["end", "nobody", "--home", city.path]),
            (64, ["end", "street", "--home", city.path, "--size", "many"]),
            (64, ["end", "street", "--home", city.path, "--size", "99"]),
            (64, ["sync", "--home", city.path, "--timeout", "0"]),
            (64, ["sync", "--home", city.path, "--peer", "nowhere"]),
            (64, ["peers", "--home", city.path, "--add", "nowhere"]),
            (64, ["status", "--home", city.path, "--lang", "fr"]),
            (64, ["init", new, "--name", "x", "--scope", "330105", "--listen", "h:0"]),
            (
                64,
                ["case", "report", "--home", city.path, "--channel", "03", "--summary", "x"]
                    + ["--at", "9999-12-31"]
            ),
        ]
        let before = [try await picture(city), try await picture(street), try await picture(fresh)]
        for (code, words) in rows {
            let outcome = try await Linli.run(words, in: town.directory)
            #expect(outcome.code == code, "\(words): \(outcome.errors)")
            if !words.isEmpty {
                #expect(outcome.errors.contains("linli: error: "), "\(words): \(outcome.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: new), "\(words)")
        }
        let after = [try await picture(city), try await picture(street), try await picture(fresh)]
        for (before, after) in zip(before, after) {
            #expect(Set(before.keys).symmetricDifference(after.keys).isEmpty)
            for name in before.keys { #expect(before[name] == after[name], "\(name)") }
        }
    }

    @Test(arguments: ["export", "end", "run", "init", "case report"])
    func helpOfACommandSaysWhatItDoesAndDoesNotDoIt(command: String) async throws {
        let town = try Town()
        let words = command.split(separator: " ").map(String.init)
        let asked = try await Linli.run(["help"] + words, in: town.directory)
        #expect(asked.code == 0 && asked.errors.isEmpty, "\(asked.errors)")
        #expect(asked.output.hasPrefix("linli \(command)"))
        let flagged = try await Linli.run(words + ["--help"], in: town.directory)
        #expect(flagged.output == asked.output)
    }

    /// A new grant would bring to life what was written beyond the end of the old one.
    @Test func keysThatWereEndedAreNotEnrolledAgain() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.initialize("street", "street", "330105013")
        let request = street.path + "/request.txt"
        #expect(try await city.run("enrol", request, "-o", town.path("first")).code == 0)
        #expect(try await city.run("end", "street").code == 0)
        let before = try await picture(city)
        let again = try await city.run("enrol", request, "-o", town.path("second"))
        #expect(again.code == 1 && again.errors.contains("has ended"))
        #expect(try await picture(city) == before)
    }

    @Test func aLostInvitationIsWrittenAgain() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.initialize("street", "street", "330105013")
        let request = street.path + "/request.txt"
        // Where it can not be written, nothing is done.
        for path in ["/nowhere/x", town.path("")] {
            let nowhere = try await city.run("enrol", request, "-o", path)
            #expect(nowhere.code == 2 && nowhere.errors.contains("nothing was done"))
        }
        #expect(try await city.run("status", "--json")["entries"] as? Int == 1)
        let printed = try await city.run("enrol", request, "--json")
        let letter = try #require(printed["letter"] as? String)
        #expect(Armor.unwrap(letter, label: "INVITATION") != nil)
        #expect(try await city.run("enrol", request, "-o", town.path("again")).code == 0)
        #expect(try await street.run("join", town.path("again")).code == 0)
        #expect(try await city.run("status", "--json")["entries"] as? Int == 2)
    }

    /// Another home with some of the same keys would be two nodes for the rest of the roster.
    @Test func aRequestWithAnotherMembersKeyIsRefused() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let thief = try await town.initialize("thief", "street", "330105013")
        for key in ["log", "service", "witness", "tls"] {
            let copy = try await town.initialize("copy-" + key, "street", "330105013")
            let path = copy.path + "/keys/\(key).pem"
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.copyItem(atPath: street.path + "/keys/\(key).pem", toPath: path)
            let letter = try Requests.letter(of: copy.path)
            let file = town.path("request-" + key)
            try Data(letter.utf8).write(to: URL(filePath: file))
            let outcome = try await city.run("enrol", file)
            #expect(outcome.code == 1 && outcome.errors.contains("belongs to street"), "\(key)")
        }
        #expect(try await city.run("enrol", thief.path + "/request.txt").code == 0)
    }

    /// Where the database was lost, joining again would begin a second history.
    @Test func aHomeThatLostItsDatabaseIsToldToRestore() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let fresh = try await town.initialize("fresh", "street", "330105014")
        for word in ["status", "cases", "roster", "verify", "sync", "run"] {
            let outcome = try await fresh.run(word)
            #expect(outcome.code == 2, "\(word)")
            #expect(outcome.errors.contains("hint: linli join"), "\(word): \(outcome.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: fresh.path + "/ledger.db"))
        try FileManager.default.removeItem(atPath: street.path + "/ledger.db")
        for word in ["status", "cases", "roster", "verify", "sync", "run"] {
            let outcome = try await street.run(word)
            #expect(outcome.code == (word == "verify" ? 1 : 2), "\(word)")
            #expect(outcome.errors.contains("hint: the database was lost"), "\(word)")
        }
        #expect(!FileManager.default.fileExists(atPath: street.path + "/ledger.db"))
    }

    /// The lines of a letter are read by people and signed by nobody.
    @Test func aLetterThatSaysSomethingElseThanItsBlockIsRefused() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.initialize("street", "street", "330105013")
        let file = town.path("letter")
        let request = try String(contentsOfFile: street.path + "/request.txt", encoding: .utf8)
        for (line, lie) in [
            ("name: street", "name: 拱墅区"), ("level: street", "level: auditor"),
            ("scope: 330105013", "scope: 330105014"), ("listen: ", "listen: other"),
            ("fingerprint: ", "fingerprint: 0"),
        ] {
            let changed = request.replacing(line, with: lie)
            #expect(changed != request)
            try Data(changed.utf8).write(to: URL(filePath: file))
            let outcome = try await city.run("enrol", file, "-o", town.path("no"))
            #expect(outcome.code == 1 && outcome.errors.contains("the letter says"), "\(line)")
        }
        #expect(!FileManager.default.fileExists(atPath: town.path("no")))
        #expect(try await city.run("status", "--json")["entries"] as? Int == 1)
        // What is shown before somebody confirms it comes from the signed block.
        let good = try await city.run("enrol", street.path + "/request.txt", "--json")
        for (key, value) in [
            ("name", "street"), ("level", "street"), ("scope", "330105013"),
            ("listen", street.endpoint),
        ] {
            #expect(good[key] as? String == value)
            #expect(good.errors.contains("\(key): \(value)\n"))
        }
        let invitation = try #require(good["letter"] as? String)
        for line in ["ledger: ", "from: ", "fingerprint: "] {
            let changed = invitation.replacing(line, with: line + "1")
            try Data(changed.utf8).write(to: URL(filePath: file))
            let outcome = try await street.run("join", file)
            #expect(outcome.code == 1 && outcome.errors.contains("the letter says"), "\(line)")
        }
        try Data(invitation.utf8).write(to: URL(filePath: file))
        let joined = try await street.run("join", file, "--json")
        #expect(joined.code == 0 && joined["from"] as? String == city.endpoint)
        #expect(joined["founder"] as? String == "city" && joined["scope"] as? String == "3301")
        #expect(joined.errors.contains("founder: city\nscope: 3301\nfingerprint"))
    }

    /// Each with what to do about it.
    @Test func whatGoesWrongWithAHomeComesWithAHint() async throws {
        let town = try Town()
        let city = try await town.found()
        let other = try await town.found("other")
        let config = other.path + "/config.json"
        let text = try String(contentsOfFile: config, encoding: .utf8)
        try Data(text.replacing(other.endpoint, with: city.endpoint).utf8)
            .write(to: URL(filePath: config))
        let daemon = try await city.start()
        let taken = try await other.run("run")
        #expect(taken.code == 2 && taken.errors.contains("hint: another program listens there"))
        #expect(await daemon.stop() == 0)
        try Data("{".utf8).write(to: URL(filePath: config))
        let wrong = try await other.run("status")
        #expect(wrong.code == 2 && wrong.errors.contains("config.json: it is not JSON\nhint: mend"))
        try Data(text.utf8).write(to: URL(filePath: config))
        for key in ["log.pem", "tls.pem"] {
            let file = other.path + "/keys/" + key
            let pem = try Data(contentsOf: URL(filePath: file))
            for content in ["", "nonsense", nil] {
                try FileManager.default.removeItem(atPath: file)
                if let content {
                    try Data(content.utf8).write(to: URL(filePath: file))
                    _ = unsafe chmod(file, 0o600)
                }
                let refused = try await other.run("run")
                #expect(refused.code == 2 && refused.errors.contains("hint: restore the file from"))
                try pem.write(to: URL(filePath: file))
                _ = unsafe chmod(file, 0o600)
            }
        }
    }
}
