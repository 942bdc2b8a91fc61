import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct ReportTests {
    /// A city and a street in step, with a case of the street that both hold.
    private func pair(_ town: Town) async throws -> (city: Site, street: Site, daemon: Daemon) {
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        #expect(try await street.run("sync").code == 0)
        return (city, street, daemon)
    }

    private func reported(_ site: Site, _ place: String) async throws -> String {
        let report = try await site.run(
            "case",
            "report",
            "--summary",
            "漏水",
            "--place",
            place,
            "--channel",
            "03",
            "--scope",
            "330105013",
            "--json"
        )
        return try #require(report["id"] as? String, "\(report.errors)")
    }

    @Test func twoNodesInStepPrintTheSameBytes() async throws {
        let town = try Town()
        let (city, street, daemon) = try await pair(town)
        for place in ["文三路553号", "文三路553号301室", "桥下"] {
            let id = try await reported(street, place)
            let steps: [[String]] = [
                ["register", id, "--category", "0201"], ["accept", id],
                ["mediate", id, "--consent", "true", "--interest", "none"],
                ["agree", id, "--form", "written", "--item", "修好;上门;2026-11-30"],
                ["close", id, "--outcome", "11"],
                ["evaluate", id, "--rating", "5"],
            ]
            for step in steps {
                let outcome = try await Linli.run(
                    ["case"] + step + ["--home", street.path],
                    in: town.directory
                )
                #expect(outcome.code == 0, "\(step): \(outcome.errors)")
            }
        }
        _ = try await city.run("case", "report", "--summary", "噪声", "--scope", "330105")
        #expect(try await street.run("sync").code == 0)
        for extra in [["--by", "street"], ["--by", "month", "--json"], ["--lang", "zh"]] {
            var outputs: [String] = []
            for site in [city, street] {
                let words = ["report", "--now", "2026-12-31", "--home", site.path] + extra
                let outcome = try await Linli.run(words, in: town.directory)
                #expect(outcome.code == 0, "\(outcome.errors)")
                #expect(
                    outcome.errors.contains(extra == ["--lang", "zh"] ? "完整性" : "completeness")
                )
                outputs.append(outcome.output)
            }
            #expect(outputs[0] == outputs[1] && !outputs[0].isEmpty)
        }
        let report = try await city.run("report", "--street", "330105013", "--json")
        let total = try #require(report["total"] as? [String: [String: Any]])
        let rate = try #require(total["volume"]?["closeRate"] as? [String: Int])
        #expect(rate == ["part": 3, "whole": 3, "permille": 1000])
        let repeats = try #require(total["afterwards"]?["repeatByAddress"] as? [String: Int])
        #expect(repeats == ["part": 1, "whole": 2, "permille": 500])
        let success = try #require(total["mediation"]?["mediationSuccess"] as? [String: Int])
        #expect(success["part"] == 3 && success["whole"] == 3)
        #expect(await daemon.stop() == 0)
    }

    @Test(arguments: [
        ["--by", "planet"], ["--now", "soon"], ["--scope", "1"], ["--since", "x"], ["extra"],
    ])
    func wrongFlagsOfAReportAreRefused(words: [String]) async throws {
        let town = try Town()
        let city = try await town.found()
        let outcome = try await Linli.run(
            ["report", "--home", city.path] + words,
            in: town.directory
        )
        #expect(outcome.code == 64 && outcome.errors.hasPrefix("linli: error: "))
        #expect(outcome.output.isEmpty)
    }

    @Test func theCommandThatAConflictNamesSettlesIt() async throws {
        let town = try Town()
        let (city, street, daemon) = try await pair(town)
        let id = try await reported(street, "桥下")
        #expect(try await street.run("case", "register", id, "--category", "0201").code == 0)
        #expect(try await street.run("sync").code == 0)
        // Neither knows of the other's.
        #expect(try await city.run("case", "amend", id, "--category", "0299").code == 0)
        #expect(try await street.run("case", "amend", id, "--category", "0504").code == 0)
        #expect(try await street.run("sync").code == 0)
        let listed = try await city.run("conflicts", "--json")
        let line = try #require(listed.output.split(separator: "\n").first)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        )
        #expect(object["reason"] as? String == "values")
        #expect(object["owner"] as? String == "330105013")
        let commands = try #require(object["settle"] as? [String])
        #expect(
            Set(commands.compactMap { $0.split(separator: " ").dropFirst(5).first }) == [
                "0299", "0504",
            ]
        )
        let shown = try await city.run("conflicts")
        for command in commands { #expect(shown.output.contains("settle: " + command)) }
        for (filter, count) in [
            (["--owner", "330105"], 2), (["--owner", "330106"], 1), (["--overdue"], 1),
        ] {
            let found = try await Linli.run(
                ["conflicts", "--json", "--home", city.path] + filter,
                in: town.directory
            )
            #expect(found.output.split(separator: "\n").count == count, "\(filter)")
        }
        let words = try #require(commands.first).replacing("…", with: "核实")
            .split(separator: " ").map(String.init)
        let settled = try await Linli.run(
            Array(words.dropFirst()) + ["--home", street.path],
            in: town.directory
        )
        #expect(settled.code == 0, "\(settled.errors)")
        #expect(
            try await street.run("conflicts", "--json").output.split(separator: "\n").count == 1
        )
        #expect(await daemon.stop() == 0)
    }

    @Test func aSuspendedCaseIsOverdueOnlyIfItWasBefore() async throws {
        let town = try Town()
        let city = try await town.found()
        func accepted(daysAgo days: Double) async throws -> String {
            let id = try await reported(city, "桥下")
            #expect(try await city.run("case", "register", id, "--category", "02").code == 0)
            let at = Int((Date().timeIntervalSince1970 - days * 86_400) * 1000)
            let accept = try await city.run(
                "case",
                "accept",
                id,
                "--profile",
                "normal",
                "--at",
                "\(at)"
            )
            #expect(accept.code == 0, "\(accept.errors)")
            let suspend = try await city.run("case", "suspend", id, "--suspension", "01")
            #expect(suspend.code == 0, "\(suspend.errors)")
            return id
        }
        let old = try await accepted(daysAgo: 90)
        _ = try await accepted(daysAgo: 1)
        let overdue = try await city.run("cases", "--overdue")
        #expect(overdue.output.split(separator: "\n").count == 2)
        #expect(overdue.output.contains(old.prefix(8)) && overdue.output.contains("suspended"))
        #expect(try await city.run("cases", "--due-within", "300d", "--count").output == "1\n")
        let report = try await city.run("report", "--json")
        let total = try #require(report["total"] as? [String: [String: Any]])
        #expect((total["volume"]?["overdueOpen"] as? [String: Int])?["part"] == 1)
    }

    @Test func anOfferShowsUntilItIsAnswered() async throws {
        let town = try Town()
        let city = try await town.found()
        let id = try await reported(city, "桥下")
        let offer = try await city.run(
            "case",
            "offer",
            id,
            "--to",
            "330105014",
            "--reason",
            "属地",
            "--answer-by",
            "2020-01-01"
        )
        #expect(offer.code == 0, "\(offer.errors)")
        let listed = try await city.run("cases", "--offered-to", "330105014", "--overdue")
        #expect(listed.output.contains("offered(late)→330105014"))
        let lines = try await city.run("cases", "--json").output.split(separator: "\n")
        let object = try JSONSerialization.jsonObject(with: Data(try #require(lines.first).utf8))
        #expect((object as? [String: Any])?["offeredTo"] as? String == "330105014")
        #expect(try await city.run("case", "withdraw", id).code == 0)
        let after = try await city.run("cases", "--offered-to", "330105014", "--count")
        #expect(after.output == "0\n")
    }
}
