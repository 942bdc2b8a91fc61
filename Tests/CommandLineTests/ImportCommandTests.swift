import Foundation
import Testing

@Suite(.enabled(if: BuiltProgram.isPresent))
struct ImportCommandTests {
    private static let map = """
        {"source": "city", "timeZone": "Asia/Shanghai", "timeFormat": "yyyy-MM-dd HH:mm",
         "columns": {"externalID": "id", "openedAt": "opened", "closedAt": "closed",
                     "state": {"column": "state", "closedValues": ["done"]},
                     "summary": "text", "closingNote": "note", "scope": "street"}}
        """
    private static let head = "id,opened,closed,state,text,note,street\n"

    private func importing(
        _ program: BuiltProgram,
        _ rows: String,
        _ flags: String...
    ) throws -> (code: Int32, counts: [String: Any], remarks: String) {
        let map = try program.file("map.json", Self.map)
        let result = try program.run(
            list: ["import", "--format", "csv", "--map", map, "--json", "-"] + flags,
            input: Self.head + rows
        )
        return (result.code, try result.objects().first ?? [:], result.remarks)
    }

    private func expect(
        _ got: (code: Int32, counts: [String: Any], remarks: String),
        _ wanted: [String: Int],
        code: Int32 = 0,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(got.code == code, "\(got.remarks)", sourceLocation: place)
        for name in ["taken", "updated", "skipped", "inHand", "refused"] {
            let count = got.counts[name] as? Int
            #expect(count == wanted[name] ?? 0, "\(name)", sourceLocation: place)
        }
    }

    private static let twoOpen = """
        a1,2026-01-02 08:00,,open,漏水,,
        a2,2026-01-03 08:00,,open,占道,,330113002

        """

    @Test func recordsAreTakenOnceAndUpdatedWhenTheirStateChanges() throws {
        try BuiltProgram.withHome { program in
            expect(try importing(program, Self.twoOpen), ["taken": 2])
            expect(try importing(program, Self.twoOpen), ["skipped": 2])
            let closed = "a1,2026-01-02 08:00,2026-01-04 09:00,done,漏水,已修,\n"
            expect(try importing(program, closed), ["updated": 1])
            expect(try importing(program, closed), ["skipped": 1])
            let cases = try program.run("cases", "--json").objects()
            let first = try #require(cases.first { $0["external"] as? String == "city:a1" })
            #expect(first["stage"] as? String == "closed")
            #expect(first["closedAt"] as? Int == 1_767_488_400_000)
            #expect(first["reportedAt"] as? Int == 1_767_312_000_000)
            let id = try #require(first["id"] as? String)
            let shown = try #require(try program.run("show", id, "--json").objects().first)
            let fields = try #require(shown["fields"] as? [String: Any])
            #expect(fields["resolution"] as? String == "已修")
            #expect(fields["summary"] as? String == "漏水")
        }
    }

    @Test func rowsWithAPersonsNumberAreTakenAndCounted() throws {
        try BuiltProgram.withHome { program in
            let rows = Self.twoOpen + "a3,2026-01-02 08:00,,open,打 13800138000,,\n"
            let first = try importing(program, rows)
            expect(first, ["taken": 3])
            #expect(first.counts["personal"] as? Int == 1)
            // What is only compared is not written, and not counted.
            #expect(try importing(program, rows).counts["personal"] as? Int == 0)
        }
    }

    @Test func anImportThatEndsEarlySaysHowFarItCame() throws {
        try BuiltProgram.withHome { program in
            let text = String(repeating: "漏水", count: 100)
            let rows = (0..<2_000).map { "r\($0),2026-01-02 08:00,,open,\(text),,\n" }.joined()
            let words = [
                "import", "--format", "csv", "--map", try program.file("map.json", Self.map),
                "--batch", "100", "--json",
                try program.file("rows.csv", Self.head + rows),
            ]
            let full = try program.run(list: words, fileBlocks: 4_000)
            #expect(full.code == 2, "\(full.remarks)")
            let taken = try #require(try full.objects().first?["taken"] as? Int)
            #expect(taken > 0 && taken < 2_000)
            #expect(full.remarks.contains(": \(taken) taken, 0 updated)"), "\(full.remarks)")
            #expect(full.remarks.contains("hint: free space on the disk"))
            #expect(full.remarks.contains("import the file again: rows that were taken"))
            let again = try #require(try program.run(list: words).objects().first)
            #expect(again["taken"] as? Int == 2_000 - taken)
            #expect(again["skipped"] as? Int == taken)
        }
    }

    @Test func anIdThatAFileRepeatsIsComparedWithWhatWasTakenFirst() throws {
        try BuiltProgram.withHome { program in
            let rows =
                Self.twoOpen + "a1,2026-01-02 08:00,,open,again,,\n"
                + "a2,2026-01-03 08:00,2026-01-04 08:00,done,占道,,330113002\n"
            expect(try importing(program, rows), ["taken": 2, "skipped": 1, "updated": 1])
            #expect(try program.run("cases", "--count").output == "2\n")
        }
    }

    @Test func aCaseThatIsInHandHereIsNotUpdated() throws {
        try BuiltProgram.withHome { program in
            expect(try importing(program, Self.twoOpen), ["taken": 2])
            let cases = try program.run("cases", "--json").objects()
            let first = try #require(cases.first { $0["external"] as? String == "city:a1" })
            let id = try #require(first["id"] as? String)
            #expect(try program.run("case", "register", id, "--category", "0201").code == 0)
            expect(try importing(program, Self.twoOpen), ["skipped": 2])
            let closed = "a1,2026-01-02 08:00,2026-01-04 09:00,done,漏水,,\n"
            expect(try importing(program, closed), ["inHand": 1])
        }
    }

    @Test func rowsThatCanNotBeTakenAreKeptWithTheReason() throws {
        try BuiltProgram.withHome { program in
            let rows =
                Self.twoOpen + "a3,yesterday,,open,坏行,,\n"
                + "a4,2026-01-02 08:00,,open,外地,,440100001\n"
            let path = program.folder.appending(path: "refused.txt").path
            let got = try importing(program, rows, "--refused", path)
            expect(got, ["taken": 2, "refused": 2], code: 1)
            #expect(got.counts["refusedFile"] as? String == path)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains("# line 4: opened is not a time"))
            #expect(text.contains("\na3,yesterday,,open,坏行,,\n"))
            #expect(text.contains("# line 5: 440100001 lies outside"))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let again = try importing(program, Self.twoOpen, "--refused", path)
            #expect(again.code == 64, "an existing file is not written over")
        }
    }

    @Test func noFileIsMadeWhenNothingIsRefused() throws {
        try BuiltProgram.withHome { program in
            expect(try importing(program, Self.twoOpen), ["taken": 2])
            let names = try FileManager.default.contentsOfDirectory(atPath: program.home)
            #expect(!names.contains { $0.hasPrefix("refused") })
        }
    }

    /// Enough cases that two ids begin with the same four digits: 1,100,000 pairs, each with one
    /// chance in 65,536.
    @Test func aNameThatSeveralCasesAnswerToIsRefusedWithAllOfThem() throws {
        try BuiltProgram.withHome { program in
            let rows = (0..<1500).map { "b\($0),2026-01-02 08:00,,open,t\($0),,\n" }.joined()
            expect(try importing(program, rows, "--batch", "400"), ["taken": 1500])
            let ids = try program.run("cases", "--json", "--limit", "2000").objects().dropLast()
                .compactMap { $0["id"] as? String }
            #expect(ids.count == 1500)
            let groups = Dictionary(grouping: ids) { $0.prefix(4) }
            let group = try #require(groups.values.first { (2...10).contains($0.count) })
            let result = try program.run("show", String(group[0].prefix(4)))
            #expect(result.code == 1)
            for id in group { #expect(result.remarks.contains(id.prefix(16))) }
            #expect(try program.run("show", String(group[0].prefix(16))).code == 0)
            let list = try program.run("cases", "--limit", "2")
            #expect(list.remarks.contains("2 of 1500 cases are listed"))
        }
    }
}
