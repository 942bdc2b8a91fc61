import Foundation
import Testing

/// Practices of a centre from the first word to the figure, by whole command lines.
@Suite(.enabled(if: BuiltProgram.isPresent))
struct PracticeTests {
    private static let street = "330105013"

    /// Runs a command that has to succeed, and gives its first object.
    @discardableResult
    private func done(_ program: BuiltProgram, _ words: String...) throws -> [String: Any] {
        let result = try program.run(list: words + ["--json"])
        try #require(result.code == 0, "\(words): \(result.remarks)")
        return try result.objects().first ?? [:]
    }

    private func number(_ object: [String: Any]) throws -> String {
        try #require(object["number"] as? String)
    }

    private func figure(_ program: BuiltProgram, _ key: String) throws -> Any? {
        let total = try done(program, "report")["total"] as? [String: Any]
        return (total?["records"] as? [String: Any])?[key]
    }

    private func raise(_ program: BuiltProgram, _ kind: String, _ id: String) throws -> String {
        try number(
            try done(
                program,
                "alert",
                "raise",
                "--alert-kind",
                kind,
                "--source",
                "camera",
                "--external-id",
                id,
                "--score",
                "93",
                "--threshold",
                "80",
                "--scope",
                Self.street
            )
        )
    }

    @Test func aCrowdIsSeenToOnTheSpotAndCountedAsConfirmedOrNot() throws {
        try BuiltProgram.withHome { program in
            let real = try raise(program, "crowd", "c1")
            let false_ = try raise(program, "crowd", "c2")
            _ = try raise(program, "crowd", "c3")
            try done(program, "alert", "visit", real, "--text", "步行街限流")
            try done(program, "alert", "confirm", real, "--text", "已疏导")
            try done(program, "alert", "visit", false_)
            let missing = try program.run("alert", "dismiss", false_)
            #expect(missing.code == 64, "a reason is wanted")
            try done(program, "alert", "dismiss", false_, "--reason", "演出散场, 已知")
            let late = try program.run("alert", "confirm", false_)
            #expect(late.code == 1 && late.remarks.contains("not admissible"))
            let case_ = try done(
                program,
                "case",
                "report",
                "--alert",
                real,
                "--summary",
                "人流拥挤"
            )
            let shown = try done(program, "alert", "show", real)
            #expect(shown["stage"] as? String == "confirmed")
            let cases = try #require(shown["cases"] as? [[String: Any]])
            #expect(cases.map { $0["number"] as? String } == [case_["number"] as? String])
            let confirmed = try #require(try figure(program, "alertsConfirmed") as? [String: Any])
            #expect(confirmed["part"] as? Int == 1 && confirmed["whole"] as? Int == 2)
            #expect(try figure(program, "alertsOpen") as? Int == 1)
            #expect(try figure(program, "alerts") as? [String: Int] == ["crowd": 3])
            let visits = try #require(try figure(program, "alertToVisit") as? [String: Any])
            #expect(visits["count"] as? Int == 2)
        }
    }

    /// What a camera saw stays where it is; the ledger has its hash and who keeps it.
    @Test(arguments: ["falling", "fire"])
    func whatACameraSawIsNamedByItsHashAlone(kind: String) throws {
        try BuiltProgram.withHome { program in
            let alert = try raise(program, kind, "x1")
            let report = try done(
                program,
                "case",
                "report",
                "--alert",
                alert,
                "--summary",
                "摄像头预警"
            )
            let number = try number(report)
            let video = try program.file("video", "not really a film, but bytes of their own")
            let hash = String(repeating: "5a", count: 32)
            for wrong in [String(hash.dropLast()), hash + "00", "zz" + hash.dropFirst(2), video] {
                let refused = try program.run(
                    "case",
                    "evidence",
                    number,
                    "--evidence",
                    wrong,
                    "--held-by",
                    "物业"
                )
                #expect(refused.code == 64, "\(wrong)")
            }
            try done(
                program,
                "case",
                "evidence",
                number,
                "--evidence",
                hash,
                "--held-by",
                "物业监控室"
            )
            try done(program, "alert", "confirm", alert)
            let history = try program.run("history", number, "--values", "--json")
            #expect(history.output.contains(hash) && history.output.contains("物业监控室"))
            #expect(try figure(program, "alerts") as? [String: Int] == [kind: 1])
            let stored = try Data(contentsOf: URL(filePath: program.home + "/ledger.db"))
            #expect(stored.range(of: Data("bytes of their own".utf8)) == nil)
            #expect(try program.run("verify").code == 0)
        }
    }

    @Test func activitiesAreRecordedListedAndCountedByKind() throws {
        try BuiltProgram.withHome { program in
            try done(
                program,
                "organisation",
                "record",
                "--name",
                "武林大妈",
                "--organisation-kind",
                "volunteers",
                "--people",
                "300",
                "--scope",
                Self.street
            )
            for (kind, topic) in [("training", "大讲堂"), ("patrol", "夜巡"), ("patrol", "晨巡")] {
                try done(
                    program,
                    "activity",
                    "record",
                    "--activity-kind",
                    kind,
                    "--topic",
                    topic,
                    "--people",
                    "12",
                    "--unit",
                    "武林大妈",
                    "--occurred",
                    "2026-11-20T19:00",
                    "--scope",
                    Self.street
                )
            }
            let wrong = try program.run(
                "activity",
                "record",
                "--activity-kind",
                "trainings",
                "--topic",
                "x"
            )
            #expect(wrong.code == 64 && wrong.remarks.contains("training"))
            let listed = try program.run("activity", "list", "--activity-kind", "patrol", "--json")
            #expect(try listed.objects().dropLast().count == 2)
            #expect(listed.output.contains("夜巡") && !listed.output.contains("大讲堂"))
            let elsewhere = try program.run("activity", "list", "--scope", "330106", "--json")
            #expect(try elsewhere.objects().count == 1)
            #expect(
                try figure(program, "activities") as? [String: Int] == ["patrol": 2, "training": 1]
            )
        }
    }

    @Test func breachesOfACovenantAreCountedInTheirPeriod() throws {
        try BuiltProgram.withHome { program in
            let covenant = try number(
                try done(
                    program,
                    "covenant",
                    "adopt",
                    "--name",
                    "四无三不公约",
                    "--edition",
                    "1",
                    "--rule",
                    "无乱停",
                    "--rule",
                    "无堆物",
                    "--adopted-by",
                    "居民会议",
                    "--scope",
                    Self.street
                )
            )
            for time in ["2026-10-01", "2026-11-01", "2026-11-02"] {
                try done(
                    program,
                    "covenant",
                    "breach",
                    covenant,
                    "--rule-number",
                    "2",
                    "--at",
                    time
                )
            }
            #expect(try figure(program, "breaches") as? Int == 3)
            let report = try done(
                program,
                "report",
                "--since",
                "2026-11-01",
                "--until",
                "2026-11-02"
            )
            let total = try #require(report["total"] as? [String: Any])
            let records = try #require(total["records"] as? [String: Any])
            #expect(records["breaches"] as? Int == 1 && records["covenants"] as? Int == 1)
        }
    }

    /// A period was reported; what came in afterwards is named, with both values.
    @Test func whatCameInAfterAReportIsRestated() throws {
        try BuiltProgram.withHome { program in
            let period = ["--until", "2026-11-01"]
            func report(_ at: String) throws {
                try done(program, "case", "report", "--summary", "甲", "--at", at)
            }
            try report("2026-10-30")
            let saved = program.folder.appending(path: "saved").path
            #expect(try program.run("frontier", "save", "-o", saved).code == 0)
            func restated() throws -> [[String: Any]] {
                let result = try program.run(
                    list: ["report", "--json", "--restated", saved] + period
                )
                return try #require(result.objects().first?["restated"] as? [[String: Any]])
            }
            #expect(try restated().isEmpty)
            try report("2026-11-05")
            #expect(try restated().isEmpty, "it is of another period")
            try report("2026-10-31")
            let changes = try restated()
            let cases = try #require(changes.first { $0["figure"] as? String == "cases" })
            #expect(cases["before"] as? Int == 1 && cases["after"] as? Int == 2)
            #expect(changes.contains { $0["figure"] as? String == "overdueEver" })
            let page = try program.run(
                list: ["report", "--restated", saved, "--lang", "en"] + period
            )
            #expect(page.output.contains("restated") && page.output.contains("  -  all cases  1\n"))
            let again = try program.run(list: ["report", "--as-of", saved, "--json"] + period)
            #expect(!again.output.contains("restated"))
            #expect(try program.run("report", "--restated", saved + "x").code == 2)
        }
    }
}
