import Foundation
import Testing

extension BuiltProgram {
    /// Opens a subject and gives its id.
    func opened(_ words: String...) throws -> String {
        let result = try run(list: words + ["--json"])
        try #require(result.code == 0, "\(result.remarks)")
        return try #require(try result.objects().first?["id"] as? String)
    }

    /// Runs a command that must succeed.
    @discardableResult
    func good(_ words: String...) throws -> Result {
        let result = try run(list: words)
        try #require(result.code == 0, "\(words): \(result.remarks)")
        return result
    }

    /// How many entries the home holds.
    func entryCount() throws -> Int {
        try #require(try good("status", "--json").objects().first?["entries"] as? Int)
    }

    /// Runs command lines that must be refused, each with its code, and appends nothing by them.
    func refuses(
        _ rows: [(code: Int32, words: [String], about: String)],
        at place: SourceLocation = #_sourceLocation
    ) throws {
        let before = try entryCount()
        for row in rows {
            let result = try run(list: row.words)
            let line = row.words.joined(separator: " ")
            #expect(result.code == row.code, "\(line): \(result.remarks)", sourceLocation: place)
            #expect(result.remarks.contains("linli: error: "), "\(line)", sourceLocation: place)
            #expect(
                result.remarks.contains(row.about),
                "\(line): \(result.remarks)",
                sourceLocation: place
            )
            #expect(result.output.isEmpty, "\(line)", sourceLocation: place)
        }
        #expect(try entryCount() == before, sourceLocation: place)
    }
}

private let hash = String(repeating: "ab", count: 32)

@Suite(.enabled(if: BuiltProgram.isPresent))
struct CaseFileCommandTests {
    /// A mediation up to its written agreement.
    private func agreed(_ program: BuiltProgram) throws -> String {
        let id = try program.opened(
            "case",
            "report",
            "--summary",
            "<script>alert(1)</script> **漏水**",
            "--channel",
            "01"
        )
        try program.good("case", "register", id, "--category", "0201", "--name", "漏水纠纷")
        try program.good("case", "accept", id)
        try program.good(
            "case",
            "mediate",
            id,
            "--organisation",
            "武林街道调委会",
            "--mediator",
            "TJ-1",
            "--consent",
            "true",
            "--interest",
            "none"
        )
        try program.good("case", "session", id, "--points", "甲|乙", "--present", "甲")
        try program.good(
            "case",
            "agree",
            id,
            "--form",
            "written",
            "--item",
            "赔偿 500 元;转账;2026-01-31",
            "--item",
            "修好水管;自行;2099-01-31",
            "--facts",
            "漏水",
            "--effective",
            "2026-01-01",
            "--signature",
            "甲",
            "--signature",
            "乙",
            "--signature",
            "调解员",
            "--all-signed",
            "true",
            "--seal",
            "WL-1",
            "--document",
            hash
        )
        return id
    }

    @Test func aMediationIsPrintedWholeWithWhatItLacks() throws {
        try BuiltProgram.withHome { program in
            let id = try agreed(program)
            try program.good(
                "case",
                "perform",
                id,
                "--item-number",
                "1",
                "--done",
                "true",
                "--paid",
                "50000",
                "--at",
                "2026-01-20"
            )
            try program.good("case", "breach", id, "--item-number", "2", "--action", "电话督促")
            try program.good("case", "consult", id, "--court", "共享法庭", "--guidance", "可申请")
            try program.good("case", "evidence", id, "--evidence", hash, "--held-by", "派出所")
            let text = try program.good("case", "file", id).output
            for words in [
                "# 人民调解卷宗", "## 卷内目录", "一、调解登记表", "三、调解工作记录",
                "四、人民调解协议书", "按期履行", "500.00 元", "未到期", "电话督促",
                "三十日期限", "共享法庭指导", hash, "派出所", "操作清单", "甲\\|乙",
                "&lt;script&gt;", "\\*\\*漏水\\*\\*", "视图前沿：", "归并规则版本：3", "完整性",
                "办结结果代码", "回访记录",
            ] {
                #expect(text.contains(words), "\(words)")
            }
            #expect(!text.contains("<script") && !text.contains("暂定"))
            let page = program.folder.appending(path: "file.html").path
            try program.good("case", "file", id, "--format", "html", "-o", page)
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(html.contains("&lt;script&gt;") && !html.contains("<script"))
            let mode = try FileManager.default.attributesOfItem(atPath: page)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let json = try #require(
                try program.good("case", "file", id, "--format", "json").objects().first
            )
            let items = try #require(json["items"] as? [[String: Any]])
            #expect(items.map { $0["state"] as? String } == ["on-time", "open"])
            #expect(items[0]["paid"] as? Int == 50_000)
            #expect((json["sessions"] as? [Any])?.count == 1)
            #expect((json["entries"] as? [Any])?.count == 10)
            let missing = try #require(json["missing"] as? [[String: Any]])
            #expect(
                missing.map { $0["kind"] as? String } == ["visit", "reply", "outcome", "way"]
            )
            let short = try program.good("case", "file", id, "--json").output
            #expect(try program.run("case", "file", String(id.prefix(8))).code == 0)
            #expect(short.hasPrefix("{\"id\":\"\(id)\""))
        }
    }

    @Test func archivingSaysWhatIsMissingAndGoesOnOnlyWhenToldTo() throws {
        try BuiltProgram.withHome { program in
            let id = try program.opened("case", "report", "--summary", "噪声")
            try program.good("case", "register", id, "--category", "0203")
            try program.good("case", "accept", id)
            try program.good("case", "close", id, "--outcome", "21")
            let before = try program.entryCount()
            let refused = try program.run("case", "archive", id)
            #expect(refused.code == 1 && refused.output.isEmpty)
            #expect(refused.remarks.contains("missing: a reply to the reporter"))
            #expect(refused.remarks.contains("hint: add them, or archive it as it is"))
            #expect(try program.entryCount() == before)
            let archived = try program.run("case", "archive", id, "--incomplete")
            #expect(archived.code == 0 && archived.remarks.contains("missing: "))
            #expect(try program.entryCount() == before + 1)
            // Of what lacks nothing there is nothing to say.
            let other = try program.opened("case", "report", "--summary", "噪声")
            try program.good("case", "register", other, "--category", "0203")
            try program.good("case", "accept", other)
            try program.good(
                "case",
                "close",
                other,
                "--outcome",
                "21",
                "--way",
                "06",
                "--replied",
                "true"
            )
            let whole = try program.run("case", "archive", other)
            #expect(whole.code == 0 && !whole.remarks.contains("missing"))
        }
    }

    @Test func wrongInputToMediationIsRefusedAndAppendsNothing() throws {
        try BuiltProgram.withHome { program in
            let new = try program.opened("case", "report", "--summary", "新")
            let talks = try program.opened("case", "report", "--summary", "谈")
            try program.good("case", "register", talks, "--category", "02")
            try program.good("case", "accept", talks)
            try program.good("case", "mediate", talks, "--interest", "none")
            let id = try agreed(program)
            try program.refuses([
                (1, ["case", "mediate", new, "--interest", "none"], "not admissible"),
                (64, ["case", "mediate", id, "--interest", "perhaps"], "--interest has no code"),
                (64, ["case", "mediate", id, "--consent", "yes"], "neither true nor false"),
                (64, ["case", "mediate", id, "--mediator", ""], "--mediator is empty"),
                (64, ["case", "session", id], "--points is missing"),
                (64, ["case", "session", id, "--points", ""], "--points is empty"),
                (64, ["case", "session", id, "--points", "x", "--next", "soon"], "is no time"),
                (
                    64, ["case", "session", id, "--points", "电话 13812345678"],
                    "a mobile telephone number"
                ),
                (1, ["case", "session", new, "--points", "x"], "not admissible"),
                (64, ["case", "session", id, "--points", "x", "--mode", "secret"], "no code"),
                (1, ["case", "agree", id, "--form", "oral"], "not admissible"),
                (64, ["case", "agree", talks], "--form is missing"),
                (64, ["case", "agree", id, "--form", "sung"], "--form has no code"),
                (
                    64, ["case", "agree", id, "--form", "oral", "--item", "a;b;tomorrow"],
                    "is no time"
                ),
                (64, ["case", "agree", id, "--form", "oral", "--document", "12"], "no hash"),
                (64, ["case", "perform", id, "--done", "true"], "--item-number is missing"),
                (64, ["case", "perform", id, "--item-number", "1"], "--done is missing"),
                (
                    64, ["case", "perform", id, "--item-number", "0", "--done", "true"],
                    "items count from 1"
                ),
                (
                    1, ["case", "perform", id, "--item-number", "3", "--done", "true"],
                    "the agreement has 2 items"
                ),
                (
                    64, ["case", "perform", id, "--item-number", "one", "--done", "true"],
                    "no whole number"
                ),
                (1, ["case", "breach", id, "--item-number", "9", "--action", "x"], "2 items"),
                (64, ["case", "breach", id], "--action is missing"),
                (
                    1, ["case", "end", id, "--end-reason", "failed", "--remedies-told", "true"],
                    "not"
                ),
                (64, ["case", "apply", id], "--court is missing"),
                (1, ["case", "apply", new, "--court", "法院"], "not admissible"),
                (1, ["case", "apply", id, "--court", "法院"], "the thirty days are over"),
                (64, ["case", "decide", id], "--confirmation is missing"),
                (64, ["case", "decide", id, "--confirmation", "maybe"], "no code"),
                (64, ["case", "take-over", id, "--points", "x"], "--held-by is missing"),
                (64, ["case", "file"], "CASE is missing"),
                (64, ["case", "file", id, "--format", "pdf"], "want one of md, html, json"),
                (64, ["case", "file", id, "--format", "md", "--json"], "both given"),
                (1, ["case", "file", "abcd"], "nothing called"),
                (64, ["case", "file", id, "-o", program.home + "/config.json"], "exists"),
                (2, ["case", "file", id, "-o", "/nowhere/x"], "can not create"),
            ])
        }
    }
}
