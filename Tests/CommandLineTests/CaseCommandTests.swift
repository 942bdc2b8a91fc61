import Foundation
import Testing

/// Whole command lines against a home, as a person or a script gives them.
@Suite(.enabled(if: BuiltProgram.isPresent))
struct CaseCommandTests {
    /// Reports a case and gives its id.
    private func report(_ program: BuiltProgram, _ summary: String) throws -> String {
        let result = try program.run("case", "report", "--summary", summary, "--json")
        return try #require(try result.objects().first?["id"] as? String)
    }

    @Test func aCaseGoesFromReportToClosing() throws {
        try BuiltProgram.withHome { program in
            let id = try report(program, "楼上漏水")
            let steps: [([String], String)] = [
                (["register", "--category", "0201"], "registered"), (["accept"], "accepted"),
                (["dispatch", "--unit", "物业"], "dispatched"), (["arrive"], "on-scene"),
                (["mediate", "--consent", "true", "--interest", "none"], "mediating"),
                (["agree", "--form", "written"], "agreed"),
                (["close", "--outcome", "11"], "closed"),
            ]
            for (index, (words, stage)) in steps.enumerated() {
                let line = ["case", words[0], id, "--json"] + words.dropFirst()
                let result = try program.run(list: line)
                let written = try #require(try result.objects().first)
                #expect(written["stage"] as? String == stage, "\(result.remarks)")
                #expect(written["sequence"] as? Int == index + 2)
                #expect(written["holders"] as? Int == 0)
            }
            let shown = try #require(try program.run("show", id, "--json").objects().first)
            #expect(shown["stage"] as? String == "closed")
            let fields = try #require(shown["fields"] as? [String: Any])
            #expect(fields["category"] as? String == "0201")
            #expect(fields["consent"] as? Bool == true)
            let history = try program.run("history", id, "--json").objects()
            #expect(history.dropLast().allSatisfy { $0["verdict"] as? String == "effective" })
            #expect(history.count == 9)
            #expect(history.last?["completeness"] != nil)
        }
    }

    /// What stays in the write-ahead log has to be recovered by every later command.
    @Test func aWriteEndsInTheDatabaseItself() throws {
        try BuiltProgram.withHome { program in
            let id = try report(program, "楼上漏水")
            #expect(try program.run("case", "note", id, "--text", "已联系").code == 0)
            let log = program.home + "/ledger.db-wal"
            let size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
            #expect(size ?? 0 == 0)
        }
    }

    @Test func whatIsNotAdmissibleIsRefusedWithWhatIs() throws {
        try BuiltProgram.withHome { program in
            let id = try report(program, "楼道堆物")
            let result = try program.run("case", "dispatch", id, "--unit", "物业")
            #expect(result.code == 1)
            #expect(result.output.isEmpty)
            #expect(result.remarks.contains("linli: error: not admissible"))
            #expect(result.remarks.contains("hint: admissible now: register"))
            #expect(try program.run("history", id, "--json").objects().count == 2)
        }
    }

    @Test func aPersonsNumberIsNotWrittenUnlessItIsAskedFor() throws {
        try BuiltProgram.withHome { program in
            let refused = try program.run("case", "report", "--summary", "致电13800138000")
            #expect(refused.code == 64)
            #expect(!refused.remarks.contains("138"))
            #expect(try program.run("cases", "--count").output == "0\n")
            let written = try program.run(
                "case",
                "report",
                "--summary",
                "致电13800138000",
                "--allow-personal"
            )
            #expect(written.code == 0)
            #expect(try program.run("cases", "--count").output == "1\n")
        }
    }

    @Test func textCanComeFromAFileOrStandardInput() throws {
        try BuiltProgram.withHome { program in
            let path = try program.file("text", "第一行\n第二行\n")
            _ = try program.run("case", "report", "--summary-file", path)
            _ = try program.run("case", "report", "--summary-file", "-", input: "来自管道\n")
            let cases = try program.run("cases", "--json").objects().dropLast()
            #expect(
                Set(cases.map { $0["summary"] as? String }) == ["第一行\n第二行", "来自管道"]
            )
            let both = try program.run(
                "case",
                "report",
                "--summary",
                "x",
                "--summary-file",
                path
            )
            #expect(both.code == 64)
        }
    }

    @Test(arguments: [
        ["case", "report"], ["case", "report", "--summary", ""],
        ["case", "report", "--summary", "x", "--channel", "99"],
        ["case", "report", "--summary", "x", "--scope", "12345"],
        ["case", "report", "--summary", "x", "--actor", "张三"],
        ["case", "report", "--summary", "x", "--urgent", "maybe"],
        ["case", "fly"], ["case"], ["cases", "--stage", "gone"], ["cases", "--since", "yesterday"],
        ["cases", "--street", "3301"], ["cases", "--scope", "3301", "--street", "330113002"],
        ["cases", "--flag", "none"], ["cases", "--due-within", "soon"], ["cases", "--limit", "-1"],
        ["show"], ["show", "abc"], ["codes", "nothing"], ["cases", "--lang", "fr"],
        ["import", "x"], ["import", "--format", "xml", "x"], ["import", "--format", "csv", "x"],
        ["import", "--format", "open311", "--source", "A", "x"],
    ])
    func aWrongCommandLineEndsWith64(words: [String]) throws {
        try BuiltProgram.withHome { program in
            let result = try program.run(list: words)
            #expect(result.code == 64, "\(result.remarks)")
            #expect(result.remarks.hasPrefix("linli: error: "))
            #expect(result.output.isEmpty)
        }
    }

    @Test func whatIsNotThereEndsWithOne() throws {
        try BuiltProgram.withHome { program in
            let shown = try program.run("show", "abcd")
            #expect(shown.code == 1)
            let accepted = try program.run("case", "accept", "330113-20260101-0000-1")
            #expect(accepted.code == 1)
        }
    }

    @Test func listsAreNarrowedAndEndWithWhatTheyRestOn() throws {
        try BuiltProgram.withHome { program in
            let first = try report(program, "甲")
            _ = try program.run("case", "report", "--summary", "乙", "--scope", "330113002")
            _ = try program.run("case", "register", first, "--category", "0201")
            func count(_ flags: String...) throws -> String {
                try program.run(list: ["cases", "--count"] + flags).output
            }
            #expect(try count("--stage", "reported") == "1\n")
            #expect(try count("--stage", "reported", "--stage", "已登记") == "2\n")
            #expect(try count("--street", "330113002") == "1\n")
            #expect(try count("--district", "330113") == "1\n")
            #expect(try count("--scope", "3301") == "2\n")
            #expect(try count("--category", "02") == "1\n")
            #expect(try count("--category", "邻里纠纷") == "1\n")
            #expect(try count("--open") == "2\n")
            #expect(try count("--conflicts") == "0\n")
            #expect(try count("--due-within", "1d") == "2\n")
            #expect(try count("--until", "2020-01-01") == "0\n")
            let list = try program.run("cases", "--lang", "zh")
            #expect(list.output.contains("已登记"))
            #expect(list.remarks.contains("完整性: 15 分钟内听到 1/1 个节点"))
            let basis = try program.run("cases", "--json").objects().last?["completeness"]
            let completeness = try #require(basis as? [String: Any])
            #expect(completeness["provisional"] as? Bool == false)
            #expect((completeness["frontier"] as? String)?.utf8.count == 64)
            let stats = try #require(try program.run("stats", "--json").objects().first)
            #expect(stats["cases"] as? Int == 2)
            #expect(stats["byStage"] as? [String: Int] == ["registered": 1, "reported": 1])
        }
    }

    @Test func whatIsNoTextIsRefusedWhileItsAuthorIsThere() throws {
        try BuiltProgram.withHome { program in
            let id = try report(program, "楼上漏水")
            for text in ["", " ", "\u{3000}\n", "a\u{1b}[2Jb", "a\r\nb", "a\u{7f}", "a\u{85}b"] {
                let typed = try program.run("case", "note", id, "--text", text)
                #expect(typed.code == 64 && typed.remarks.contains("--text"), "\(typed.remarks)")
                let file = try program.run("case", "note", id, "--text-file", "-", input: text)
                #expect(file.code == 64, "\(file.remarks)")
            }
            #expect(try program.run("case", "note", id, "--text", "一\n\t二").code == 0)
            #expect(try program.run("history", id, "--json").objects().count == 3)
        }
    }

    @Test func aPersonsNumberIsAskedForAgainInEveryText() throws {
        try BuiltProgram.withHome { program in
            let number = "13800138000"
            let folder = program.folder.path
            let lines = [
                ["case", "report", "--summary", "找 \(number)"],
                ["end", "one", "--reason", "电话 \(number)"],
                ["init", folder + "/a", "--name", number, "--scope", "330105"]
                    + ["--level", "district"],
                ["found", folder + "/b", "--name", number, "--scope", "3301"],
            ]
            for line in lines {
                let refused = try program.run(list: line)
                #expect(refused.code == 64, "\(line): \(refused.remarks)")
                #expect(refused.remarks.contains("seems to hold a mobile telephone number"))
                let allowed = try program.run(list: line + ["--allow-personal"])
                // There is no node to end; the text is not what is wrong.
                #expect(allowed.code == (line[0] == "end" ? 1 : 0), "\(allowed.remarks)")
                #expect(allowed.remarks.contains("written as asked"))
            }
            // Nothing ever takes it out of a header.
            for flag in ["--actor", "--code-table"] {
                let line = ["case", "report", "--summary", "漏水", flag, number]
                let refused = try program.run(list: line + ["--allow-personal"])
                let isNumber = refused.remarks.contains("seems to hold a mobile telephone number")
                #expect(refused.code == 64 && isNumber, "\(line): \(refused.remarks)")
            }
        }
    }
}
