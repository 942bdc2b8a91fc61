import Foundation
import Testing

/// Alerts of machines by whole command lines.
@Suite(.enabled(if: BuiltProgram.isPresent))
struct AlertCommandTests {
    private static let good = """
        {"source":"elec","id":"e1","kind":"elder-power","model":"m1","score":93,"threshold":80,\
        "reading":"夜间用电骤降","place":"丽发新城3幢","scope":"330105013",\
        "occurred":"2026-01-24T08:00:00+08:00","expires":"2026-01-24T20:00:00+08:00"}
        {"source":"lift","id":7,"kind":"elevator","address":"330105013001000003"}

        {"source":"crowd","id":"c1","kind":"人流密集","scope":"330105013"}

        """
    private static let bad = [
        "not json", "[1]", #"{"source":"lift","kind":"elevator"}"#,
        #"{"source":"Lift!","id":"1","kind":"elevator"}"#, #"{"source":"lift","id":"1"}"#,
        #"{"source":"lift","id":"1","kind":"elevatr"}"#,
        #"{"source":"lift","id":"1","kind":"elevator","score":1.5}"#,
        #"{"source":"lift","id":"1","kind":"elevator","score":-1}"#,
        #"{"source":"lift","id":"1","kind":"elevator","phone":"x"}"#,
        #"{"source":"lift","id":"1","kind":"elevator","reading":"电话13800138000"}"#,
        #"{"source":"lift","id":"1","kind":"elevator","expires":"tomorrow"}"#,
        #"{"source":"lift","id":"1","kind":"elevator","place":"a\u001b[2Jb"}"#,
        #"{"source":"lift","id":"1","kind":"elevator","address":"13800138000"}"#,
        #"{"source":"lift","id":"1","kind":"elevator","occurred":2000,"expires":1000}"#,
        #"{"source":"lift","id":"1","kind":"elevator","scope":"12"}"#,
        #"{"source":"lift","id":"1","kind":"elevator","scope":"440100001"}"#,
    ]

    private func intake(
        _ program: BuiltProgram,
        _ text: String,
        _ flags: String...
    ) throws -> (code: Int32, counts: [String: Any]) {
        let words = ["alert", "intake", "-", "--json"] + flags
        let result = try program.run(list: words, input: text)
        return (result.code, try result.objects().first ?? [:])
    }

    private func list(_ program: BuiltProgram, _ flags: String...) throws -> [[String: Any]] {
        try program.run(list: ["alert", "list", "--json"] + flags).objects().dropLast()
    }

    @Test func alertsAreTakenOnceBySourceAndId() throws {
        try BuiltProgram.withHome { program in
            let first = try intake(program, Self.good)
            #expect(first.code == 0 && first.counts["taken"] as? Int == 3)
            let twice = try intake(program, Self.good + Self.good)
            #expect(twice.code == 0 && twice.counts["taken"] as? Int == 0)
            #expect(twice.counts["skipped"] as? Int == 6)
            let alerts = try list(program)
            #expect(
                Set(alerts.compactMap { $0["code"] as? String }) == [
                    "elec:e1", "lift:7", "crowd:c1",
                ]
            )
            let lift = try #require(alerts.first { $0["sort"] as? String == "elevator" })
            #expect(lift["scope"] as? String == "330105013001", "where its address lies")
            #expect(try list(program, "--alert-kind", "独居老人用电").count == 1)
            let expired = try list(program, "--expired")
            #expect(expired.map { $0["code"] as? String } == ["elec:e1"])
            #expect(expired.first?["over"] as? Bool == true)
            #expect(try list(program, "--scope", "330105013001").count == 1)
            #expect(try list(program, "--until", "2020-01-01").isEmpty)
            // By hand it is the same alert.
            let raised = try program.run(
                "alert",
                "raise",
                "--alert-kind",
                "elevator",
                "--source",
                "lift",
                "--external-id",
                "7"
            )
            #expect(raised.code == 1 && raised.remarks.contains("recorded already"))
        }
    }

    @Test func dirtyLinesAreKeptWithLineAndReasonAndOthersTaken() throws {
        try BuiltProgram.withHome { program in
            let path = program.folder.appending(path: "refused.txt").path
            let text = Self.good + Self.bad.joined(separator: "\n")
            let got = try intake(program, text, "--refused", path)
            #expect(got.code == 1 && got.counts["taken"] as? Int == 3)
            #expect(got.counts["refused"] as? Int == Self.bad.count)
            let refused = try String(contentsOfFile: path, encoding: .utf8)
            for (index, line) in Self.bad.enumerated() {
                #expect(refused.contains("# line \(index + 5): "), "\(line)")
            }
            #expect(refused.contains("kind has no code elevatr, nearest: elevator"))
            #expect(refused.contains("reading seems to hold a mobile telephone number"))
            #expect(refused.contains("440100001 lies outside"))
            #expect(try list(program).count == 3)
            #expect(try intake(program, Self.good, "--refused", path).code == 64)
        }
    }

    @Test func anAlertIsLinkedToItsCasesAndConcluded() throws {
        try BuiltProgram.withHome { program in
            _ = try intake(program, Self.good)
            let lift = try #require(try list(program, "--alert-kind", "elevator").first)
            let number = try #require(lift["number"] as? String)
            let id = try #require(lift["id"] as? String)
            let report = try program.run(
                "case",
                "report",
                "--alert",
                number,
                "--summary",
                "电梯困人",
                "--scope",
                "330105013",
                "--json"
            )
            #expect(report.code == 0, "\(report.remarks)")
            let caseID = try #require(try report.objects().first?["id"] as? String)
            let shown = try #require(try program.run("show", caseID, "--json").objects().first)
            #expect(shown["profile"] as? String == "elevator-urban")
            let fields = try #require(shown["fields"] as? [String: Any])
            #expect(fields["alert"] as? String == id && fields["channel"] as? String == "08")
            #expect(fields["address"] as? String == "330105013001000003")
            let deadlines = try #require(shown["deadlines"] as? [[String: Any]])
            let start = try #require(deadlines.first?["start"] as? Int)
            #expect(deadlines.first?["due"] as? Int == start + 30 * 60_000)
            let rural = try program.run(
                "case",
                "report",
                "--alert",
                String(id.prefix(8)),
                "--summary",
                "又困",
                "--profile",
                "elevator-rural",
                "--json"
            )
            #expect(rural.code == 0)
            let page = try program.run("alert", "show", number, "--json").objects().first
            let cases = try #require(page?["cases"] as? [[String: Any]])
            #expect(Set(cases.compactMap { $0["id"] as? String }).contains(caseID))
            #expect(cases.count == 2 && page?["expired"] as? Bool == false)
            #expect(try program.run("alert", "visit", number, "--text", "已到").code == 0)
            #expect(try program.run("alert", "confirm", number).code == 0)
            #expect(try program.run("alert", "dismiss", number, "--reason", "x").code == 1)
            let old = try #require(try list(program, "--expired").first?["number"] as? String)
            #expect(try program.run("alert", "dismiss", old, "--reason", "误报").code == 0)
            #expect(try list(program, "--expired").isEmpty)
            #expect(try list(program, "--open").count == 1)
            #expect(try program.run("alert", "show", caseID).code == 1)
        }
    }
}
