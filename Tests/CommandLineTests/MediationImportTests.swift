import Foundation
import Testing

@testable import CommandLine

/// Records of our own invention.
private let records = """
    {"external-id": "M-1", "state": "closed", "name": "晒被纠纷", "category": "02", \
    "reported-at": "2025-03-01T09:00", "closed-at": "2025-03-09", "channel": "04", \
    "summary": "楼上滴水打湿被褥", "involved": ["住户甲", "住户乙"], "organisation": "某调委会", \
    "mediator": ["T-3", "T-4"], "consent": true, "interest": "none", "amount": 30000, \
    "form": "written", "facts": "确有滴水", "item": ["赔偿 300 元;现金;2025-03-10", "加装接水盘;自行;"], \
    "item-term": ["2025-03-10", "0"], "effective": "2025-03-02", "signature": ["甲", "乙", "调解员"], \
    "all-signed": true, "seal": "X-1", "outcome": "11", "way": "01", "replied": true, \
    "visited-at": "2025-04-01", "visit-result": "performed", \
    "records": [{"points": "甲:被子湿了\\n乙:不是我", "present": ["甲", "乙"], "venue": "居委会", \
    "at": "2025-03-01T14:00"}, {"points": "各让一步"}, \
    {"item-number": 1, "done": true, "paid": 30000, "at": "2025-03-05"}, \
    {"item-number": 2, "done": true, "at": "2025-03-08"}]}
    {"external-id": 2, "summary": "只有一句"}

    """

private let map = """
    {"source": "talks", "fields": {"external-id": "no", "summary": "story", "involved": "who",
     "source-category": "kind"}, "constants": {"state": "closed"},
     "codes": {"category": {"key": "kind", "values": {"邻里": "02"}}},
     "dialogue": {"key": "talk", "speaker": "by", "text": "said", "mediator": "M", "mark": "step",
                  "agreement": ["agreed"]}}
    """

private let talk = """
    {"no": 7, "kind": "邻里", "story": "占道", "who": ["甲", "乙"], "other": [1],
     "talk": [{"by": "M", "said": "怎么回事?", "step": "ask"}, {"by": "甲", "said": "他占道"},
              {"by": "M", "said": "乙把车移走", "step": "agreed"}, {"by": "乙", "said": "同意"}]}
    """.replacing("\n", with: " ")

@Suite(.enabled(if: BuiltProgram.isPresent))
struct MediationImportTests {
    private func taking(
        _ program: BuiltProgram,
        _ text: String,
        _ flags: String...
    ) throws -> (code: Int32, counts: [Int], remarks: String) {
        let result = try program.run(
            list: ["import", "--format", "mediation", "--json", "-"] + flags,
            input: text
        )
        let json = try result.objects().first ?? [:]
        let names = ["taken", "updated", "skipped", "refused"]
        return (result.code, names.map { json[$0] as? Int ?? 0 }, result.remarks)
    }

    private func file(_ program: BuiltProgram, _ external: String) throws -> [String: Any] {
        for row in try program.good("cases", "--json", "--limit", "500").objects().dropLast() {
            let id = try #require(row["id"] as? String)
            let file = try #require(
                try program.good("case", "file", id, "--json").objects().first
            )
            let shown = try #require(try program.good("show", id, "--json").objects().first)
            let fields = try #require(shown["fields"] as? [String: Any])
            if fields["external-id"] as? String == external { return file }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    @Test func aRecordBecomesAWholeFileOnceAndLacksNothing() throws {
        try BuiltProgram.withHome { program in
            let first = try taking(program, records, "--source", "archive")
            #expect(first.code == 0 && first.counts == [2, 0, 0, 0], "\(first.remarks)")
            let count = try program.entryCount()
            #expect(count == 1 + 2 + 4)
            let again = try taking(program, records, "--source", "archive")
            #expect(again.counts == [0, 0, 2, 0])
            #expect(try program.entryCount() == count)
            let file = try file(program, "M-1")
            #expect((file["missing"] as? [[String: Any]])?.isEmpty == true)
            #expect(file["stage"] as? String == "closed" && file["imported"] as? Bool == true)
            let sessions = try #require(file["sessions"] as? [[String: Any]])
            #expect(sessions.map { $0["takenOver"] as? Bool } == [true, true])
            let items = try #require(file["items"] as? [[String: Any]])
            #expect(items.map { $0["state"] as? String } == ["on-time", "done"])
            // Nobody here did what the record tells.
            let entries = try #require(file["entries"] as? [[String: Any]])
            let operations = Set(entries.compactMap { $0["operation"] as? String })
            #expect(operations == ["case.import", "mediation.import"])
            let text = try program.good("case", "file", try #require(file["id"] as? String)).output
            #expect(text.contains("接收自 archive，来源编号 M-1，非本处所办"))
            #expect(text.contains("〔接收自 archive:M-1，非本处所为〕"))
        }
    }

    @Test func aRecordThatComesLaterIsAddedToItsCase() throws {
        try BuiltProgram.withHome { program in
            let one = #"{"external-id": "1", "records": [{"points": "一"}]}"#
            let two = #"{"external-id": "1", "records": [{"points": "一"}, {"points": "二"}]}"#
            _ = try taking(program, one, "--source", "a")
            let before = try program.entryCount()
            #expect(try taking(program, two, "--source", "a").counts == [0, 0, 1, 0])
            #expect(try program.entryCount() == before + 1)
            #expect((try file(program, "1")["sessions"] as? [Any])?.count == 2)
        }
    }

    @Test func aDialogueIsReadByAMap() throws {
        try BuiltProgram.withHome { program in
            let path = try program.file("map.json", map)
            #expect(try taking(program, talk, "--map", path).counts == [1, 0, 0, 0])
            let file = try file(program, "7")
            let session = (file["sessions"] as? [[String: Any]])?.first?["values"]
            let values = try #require(session as? [String: Any])
            #expect(values["points"] as? String == "调解员：怎么回事?\n甲：他占道\n调解员：乙把车移走\n乙：同意")
            #expect(values["present"] as? [String] == ["调解员", "甲", "乙"])
            let items = try #require(file["items"] as? [[String: Any]])
            #expect(items.map { $0["text"] as? String } == ["乙把车移走"])
            let missing = try #require(file["missing"] as? [[String: Any]])
            // What the source does not say is not made up.
            #expect(missing.count > 8)
            #expect(!missing.contains { $0["kind"] as? String == "registration" })
        }
    }

    @Test func rowsThatDoNotFitAreRefusedWithTheReasonAndAppendNothing() throws {
        try BuiltProgram.withHome { program in
            let before = try program.entryCount()
            let rows: [(String, String)] = [
                ("7", "not a JSON object"), (#"{"summary": "x"}"#, "external-id is empty"),
                (#"{"external-id": ""}"#, "external-id is empty"),
                (#"{"external-id": "1", "colour": "red"}"#, "no field --colour"),
                (#"{"external-id": "1", "state": "gone"}"#, "want open or closed"),
                (#"{"external-id": "1", "category": "88"}"#, "--category has no code"),
                (#"{"external-id": "1", "reported-at": "soon"}"#, "not a time"),
                (#"{"external-id": "1", "amount": 1.5}"#, "another kind"),
                (#"{"external-id": "1", "form": ["oral", "written"]}"#, "--form"),
                (#"{"external-id": "1", "scope": "33"}"#, "9 digits"),
                (#"{"external-id": "1", "records": {}}"#, "list"),
                (#"{"external-id": "1", "records": [{"points": "x", "name": "y"}]}"#, "--name"),
                (#"{"external-id": "1", "item-number": 1}"#, "--item-number"),
                (#"{"external-id": "1", "consent": "yes"}"#, "neither true nor false"),
            ]
            for (index, (row, reason)) in rows.enumerated() {
                let kept = program.folder.appending(path: "refused-\(index)").path
                let result = try taking(program, row, "--source", "a", "--refused", kept)
                #expect(result.code == 1 && result.counts == [0, 0, 0, 1], "\(row)")
                let text = try String(contentsOfFile: kept, encoding: .utf8)
                #expect(text.contains(reason) && text.contains(row), "\(text)")
            }
            let path = try program.file("map.json", map)
            let wrong = try program.file(
                "wrong.json",
                #"{"source": "x", "fields": {"colour": "c"}}"#
            )
            let flags = [
                [], ["--source", "A B"], ["--map", path, "--source", "a"], ["--map", wrong],
            ]
            for flags in flags {
                let words = ["import", "--format", "mediation", "-"] + flags
                #expect(try program.run(list: words, input: records).code == 64, "\(flags)")
            }
            #expect(try program.entryCount() == before)
        }
    }

    // skipped: where the file is not beside the package.
    @Test(.enabled(if: SharedData.isPresent, "skipped: ../shared/data is not there"))
    func theNinetySevenMediationsAreTakenWhole() throws {
        try BuiltProgram.withHome { program in
            let text = String(
                decoding: try SharedData.unpacked("promediconv_cases.jsonl.gz"),
                as: UTF8.self
            )
            let map = try program.file(
                "map.json",
                String(decoding: try SharedData.map("promediconv"), as: UTF8.self)
            )
            #expect(try taking(program, text, "--map", map).counts == [97, 0, 0, 0])
            #expect(try taking(program, text, "--map", map).counts == [0, 0, 97, 0])
            #expect(try program.entryCount() == 1 + 97 * 2)
            let cases = try program.good("cases", "--json", "--limit", "500").objects().dropLast()
            #expect(cases.count == 97)
            for id in cases.compactMap({ $0["id"] as? String }) {
                let json = try program.good("case", "file", id, "--json").objects().first
                let file = try #require(json)
                #expect(file["stage"] as? String == "closed")
                #expect((file["sessions"] as? [Any])?.count == 1)
                #expect((file["items"] as? [Any])?.count == 1)
            }
            let name = try #require(cases.first?["id"] as? String)
            let page = try program.good("case", "file", name, "--format", "html").output
            #expect(page.contains("调解工作记录") && page.contains("promediconv"))
        }
    }
}
