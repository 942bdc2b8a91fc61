import Foundation
import NodeRuntime
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct RecordsTests {
    /// Lines of JSON that a command prints.
    private func objects(_ site: Site, _ words: [String]) async throws -> [[String: Any]] {
        let outcome = try await Linli.run(
            words + ["--json", "--home", site.path],
            in: site.town.directory
        )
        guard outcome.code == 0 else {
            throw Linli.Failure.code(outcome.code, words, outcome.errors)
        }
        return try outcome.output.split(separator: "\n").map { line in
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(value as? [String: Any])
        }
    }

    private func objects(_ site: Site, _ words: String...) async throws -> [[String: Any]] {
        try await objects(site, words)
    }

    private func file(_ town: Town, _ name: String, _ text: String) throws -> String {
        let path = town.path(name)
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// The district sets a default; the street's older case keeps its deadlines, the newer one has
    /// the new ones, at both nodes and in one view.
    @Test func aChangedDefaultReachesNewCasesOnBothNodes() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        #expect(try await street.run("sync").code == 0)
        let place = ["--scope", "330105013"]
        let old = try await objects(
            street,
            ["case", "report", "--summary", "旧", "--at", "2026-01-01"] + place
        )
        let written = try await objects(
            city,
            ["policy", "profile", "--profile-code", "night", "--clock-row", "accept=9m"]
                + ["--valid-from", "2026-02-01", "--default", "true", "--scope", "330105"]
        )
        // The street does not know of it yet.
        let new = try await objects(
            street,
            ["case", "report", "--summary", "新", "--at", "2026-02-02"] + place
        )
        let ids = [old, new].map { $0.first?["id"] as? String ?? "" }
        #expect(
            try await objects(street, "show", ids[1]).first?["profile"] as? String == "hz-1-3-10"
        )
        #expect(try await street.run("sync").code == 0)
        #expect(try await street.run("sync").code == 0)
        for site in [city, street] {
            let before = try #require(try await objects(site, "show", ids[0]).first)
            #expect(before["profile"] as? String == "hz-1-3-10", "\(site.name)")
            let after = try #require(try await objects(site, "show", ids[1]).first)
            #expect(after["profile"] as? String == "night", "\(site.name)")
            let rows = try await objects(site, "cases")
            let row = try #require(rows.first { $0["id"] as? String == ids[1] })
            let due = try #require(row["dueAt"] as? Int)
            #expect(due - (row["reportedAt"] as? Int ?? 0) == 9 * 60_000, "\(site.name)")
        }
        let status = try await objects(street, "status").first
        #expect(status?["view"] as? String == (try city.status()).view)
        #expect(status?["frontier"] as? String == (try city.status()).frontier)
        let profile = try #require(written.first?["id"] as? String)
        #expect(try await city.run("policy", "repeal", profile, "--reason", "期满").code == 0)
        #expect(try await street.run("sync").code == 0)
        let kept = try await objects(street, "show", ids[1]).first
        #expect(kept?["profile"] as? String == "night", "it held when the case was reported")
        #expect(await daemon.stop() == 0)
    }

    /// Two nodes take in one feed, and say of one text what it means: an alert is there once where
    /// the other had it before, and two aliases stand beside each other.
    @Test func alertsAndAliasesOfTwoNodesComeTogether() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        #expect(try await street.run("sync").code == 0)
        let places = try file(
            town,
            "places.csv",
            """
            code,level,name,parent,households
            330105013001,village,武林社区,330105013,
            330105013001000003,building,丽发新城3幢,330105013001,48
            330105013001000004,building,丽发新城4幢,330105013001,40

            """
        )
        let divisions = try file(
            town,
            "divisions.csv",
            """
            level,code,code12,name,parent_code,kind,is_township_unit
            city,3301,330100000000,杭州市,,地级市,1
            district,330105,330105000000,拱墅区,3301,市辖区,1
            street,330105013,330105013000,武林街道,330105,街道,1

            """
        )
        let feed = try file(
            town,
            "feed.jsonl",
            #"{"source":"lift","id":"1","kind":"elevator","scope":"330105013"}"# + "\n"
        )
        let table = ["--format", "divisions", "--table", "2023"]
        #expect(try await objects(city, ["place", "import", divisions] + table).count == 1)
        // Only an office above imports what lies beyond the street.
        #expect(
            try await street.run(
                "place",
                "import",
                divisions,
                "--format",
                "divisions",
                "--table",
                "2023"
            ).code == 1
        )
        #expect(try await street.run("sync").code == 0)
        #expect(
            try await objects(street, "place", "import", places, "--format", "places").count == 1
        )
        #expect(try await objects(street, "alert", "intake", feed).first?["taken"] as? Int == 1)
        let words = ["--place", "丽发新城3号楼", "--scope", "330105013"]
        let report = try await objects(street, ["case", "report", "--summary", "x"] + words)
        let id = try #require(report.first?["id"] as? String)
        #expect(try await street.run("sync").code == 0)

        // The city has seen neither the home's reference nor the file: the view says it.
        let again = try await objects(city, "alert", "intake", feed)
        #expect(again.first?["taken"] as? Int == 0 && again.first?["skipped"] as? Int == 1)
        let known = try await objects(city, "place", "import", places, "--format", "places")
        #expect(known.first?["taken"] as? Int == 0 && known.first?["skipped"] as? Int == 3)

        // Neither knows of the other's alias.
        for (site, code) in [(city, "330105013001000004"), (street, "330105013001000003")] {
            let alias = ["place", "alias", "--alias", "丽发新城3幢", "--place-code", code]
            #expect(try await objects(site, alias + ["--scope", "330105013"]).count == 1)
        }
        #expect(try await street.run("sync").code == 0)
        #expect(try await street.run("sync").code == 0)
        for site in [city, street] {
            let listed = try await objects(site, "place", "aliases", "--street", "330105013")
            let conflict = try #require(listed.first { $0["conflict"] as? String == "alias" })
            #expect(conflict["owner"] as? String == "330105013")
            let values = try #require(conflict["values"] as? [[String: Any]])
            #expect(
                Set(values.compactMap { $0["recordedBy"] as? String }) == ["city", "street"]
            )
            for code in ["330105013001000003", "330105013001000004"] {
                let cases = try await objects(site, "cases", "--address", code)
                #expect(cases.first?["id"] as? String == id, "\(site.name) \(code)")
            }
            let queue = try await objects(site, "place", "unresolved")
            #expect(queue.first?["id"] as? String == id)
        }
        #expect(
            try city.status().view == (try await objects(street, "status").first?["view"])
                as? String
        )
        // It stands with everything else that somebody has to settle, and one command does.
        let found = try await objects(street, "conflicts", "--owner", "330105013")
        let dispute = try #require(found.first { $0["reason"] as? String == "alias-codes" })
        let commands = try #require(dispute["settle"] as? [String])
        #expect(commands.count == 2 && dispute["overdue"] as? Bool == false)
        #expect(try await objects(street, "conflicts", "--owner", "330106").count == 1)
        let retire = commands[0].split(separator: " ").dropFirst().map(String.init).dropLast()
        #expect(try await objects(street, retire + ["误记"]).count == 1, "\(commands[0])")
        #expect(try await objects(street, "conflicts").count == 1)
        #expect(await daemon.stop() == 0)
    }

    /// A district can not file another district's cases under a code of its own.
    @Test func aSuccessionBeyondItsAuthorsPlaceIsRefused() async throws {
        let town = try Town()
        let city = try await town.found()
        let district = try await town.join("district", "district", "330105", by: city)
        let daemon = try await city.start()
        #expect(try await district.run("sync").code == 0)
        let before = try await objects(district, "status").first?["entries"] as? Int
        let succeed = ["place", "succeed", "--valid-from", "2021-01-01", "--old-code", "330106"]
        for flags in [["--new-code", "330105"], ["--new-code", "330105", "--scope", "330105"]] {
            let outcome = try await Linli.run(
                succeed + flags + ["--home", district.path],
                in: town.directory
            )
            #expect(outcome.code == (flags.count == 2 ? 1 : 64), "\(outcome.errors)")
        }
        let after = try await objects(district, "status").first?["entries"] as? Int
        #expect(before == after && before != nil)
        #expect(await daemon.stop() == 0)
    }
}
