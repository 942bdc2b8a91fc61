import Foundation
import Testing

private let hash = String(repeating: "cd", count: 32)

@Suite(.enabled(if: BuiltProgram.isPresent))
struct CouncilCommandTests {
    private func convened(_ program: BuiltProgram) throws -> String {
        try program.opened(
            "council",
            "convene",
            "--topic",
            "楼道<b>堆物</b>",
            "--facilitator",
            "C-7",
            "--neutrality",
            "declared",
            "--disclosure",
            "住在本幢",
            "--people",
            "23"
        )
    }

    private func record(_ program: BuiltProgram, _ id: String) throws -> [String: Any] {
        let shown = try program.good("show", id, "--json").objects().first
        return try #require(shown?["council"] as? [String: Any])
    }

    @Test func proposalsAreNamedByOrdinalOrByTheFirstDigits() throws {
        try BuiltProgram.withHome { program in
            let id = try convened(program)
            for text in ["清理并建棚", "修灯"] {
                try program.good("council", "propose", id, "--proposal", text, "--proposer", "01")
            }
            try program.good("council", "propose", id, "--proposal", "清理", "--from", "P1")
            let first = try #require(
                (try record(program, id)["proposals"] as? [[String: Any]])?.first?["entry"]
                    as? String
            )
            try program.good(
                "council",
                "propose",
                id,
                "--proposal",
                "建棚",
                "--from",
                String(first.prefix(8))
            )
            try program.good(
                "council",
                "propose",
                id,
                "--proposal",
                "先清后建",
                "--from",
                "P3",
                "--from",
                "p4"
            )
            try program.good(
                "council",
                "vote",
                id,
                "--about",
                "P5",
                "--for",
                "20",
                "--against",
                "2"
            )
            try program.good(
                "council",
                "vote",
                id,
                "--about",
                "P5",
                "--for",
                "21",
                "--against",
                "2"
            )
            let proposals = try #require(try record(program, id)["proposals"] as? [[String: Any]])
            #expect(
                proposals.map { $0["origin"] as? String }
                    == ["brought", "brought", "split", "split", "merged"]
            )
            #expect(proposals[4]["ancestors"] as? [String] == ["P1", "P3", "P4"])
            #expect(proposals[0]["superseded"] as? Bool == true)
            let tallies = try #require(proposals[4]["tallies"] as? [[String: Any]])
            #expect(tallies.map { $0["for"] as? Int } == [21])
            try program.good(
                "council",
                "resolve",
                id,
                "--decision",
                "先清后建",
                "--about",
                "P5",
                "--unit",
                "物业",
                "--due",
                "2026-01-01"
            )
            try program.good("council", "follow", id, "--text", "清理完毕", "--proof", hash)
            #expect(try record(program, id)["overdue"] as? Bool == true)
            let text = try program.good("council", "minutes", id).output
            for words in [
                "# 议事会纪要", "促动师声明与议题有利害关系：住在本幢", "由 P3, P4 合并",
                "溯源 P1", "已被 P3, P4 取代", "采纳", "逾期未落实", hash, "视图前沿：",
                "&lt;b&gt;堆物",
            ] {
                #expect(text.contains(words), "\(words)")
            }
            let html = try program.good("council", "minutes", id, "--format", "html").output
            #expect(html.contains("<p class=\"warning\">促动师声明") && !html.contains("<b>"))
            let shown = try program.good("show", id, "--lang", "zh").output
            #expect(shown.contains("! 促动师声明") && shown.contains("先清后建"))
            try program.good("council", "fulfil", id, "--text", "完工", "--proof", hash)
            #expect(try record(program, id)["overdue"] as? Bool == false)
        }
    }

    @Test func wrongInputToCouncilsIsRefusedAndAppendsNothing() throws {
        try BuiltProgram.withHome { program in
            let id = try convened(program)
            let other = try program.opened("case", "report", "--summary", "x")
            try program.good("council", "propose", id, "--proposal", "甲")
            try program.refuses([
                (64, ["council", "convene", "--topic", "x", "--facilitator", "C"], "--neutrality"),
                (
                    64,
                    [
                        "council", "convene", "--topic", "x", "--facilitator", "C",
                        "--neutrality", "so-so",
                    ], "no code"
                ),
                (64, ["council", "propose", id], "--proposal is missing"),
                (64, ["council", "propose", id, "--proposal", ""], "--proposal is empty"),
                (1, ["council", "propose", id, "--proposal", "x", "--from", "P2"], "one of: P1"),
                (1, ["council", "propose", id, "--proposal", "x", "--from", "zzzz"], "names 0"),
                (
                    64,
                    ["council", "propose", id, "--proposal", "x", "--from", "P1", "--from", "p1"],
                    "twice"
                ),
                (
                    64, ["council", "propose", id, "--proposal", "x", "--proposer", "me"],
                    "no code"
                ),
                (1, ["council", "propose", other, "--proposal", "x"], "is a case, not a council"),
                (
                    64, ["council", "vote", id, "--for", "1", "--against", "0"],
                    "--about is missing"
                ),
                (
                    64, ["council", "vote", id, "--about", "P1", "--for", "1"],
                    "--against is missing"
                ),
                (
                    64, ["council", "vote", id, "--about", "P1", "--for", "-1", "--against", "0"],
                    "no whole number"
                ),
                (
                    1, ["council", "vote", id, "--about", "P9", "--for", "1", "--against", "0"],
                    "names 0 proposals"
                ),
                (64, ["council", "resolve", id], "--decision is missing"),
                (1, ["council", "resolve", id, "--decision", "x", "--about", "P0"], "names 0"),
                (64, ["council", "resolve", id, "--decision", "x", "--due", "soon"], "is no time"),
                (1, ["council", "follow", id, "--text", "x"], "not admissible"),
                (1, ["council", "fulfil", id, "--text", "x"], "not admissible"),
                (64, ["council", "fulfil", id, "--text", "x", "--proof", "zz"], "no hash"),
                (64, ["council", "minutes"], "COUNCIL is missing"),
                (1, ["council", "minutes", other], "is a case, not a council"),
                (64, ["council", "minutes", id, "--format", "json"], "want one of md, html"),
                (64, ["council", "minutes", id, "--json"], "minutes are md or html"),
                (64, ["council", "adjourn", id], "has no verb"),
            ])
        }
    }
}

@Suite(.enabled(if: BuiltProgram.isPresent))
struct CovenantCommandTests {
    private func adopted(_ program: BuiltProgram) throws -> String {
        try program.opened(
            "covenant",
            "adopt",
            "--name",
            "蔡马公约",
            "--rule",
            "无保笼",
            "--rule",
            "无违建",
            "--rule",
            "电动车不上楼",
            "--adopted-by",
            "业主大会"
        )
    }

    @Test func aCovenantShowsItsEditionsAndBreaches() throws {
        try BuiltProgram.withHome { program in
            let id = try adopted(program)
            for place in ["3-2-501", "3-2-501", "1-1-101"] {
                try program.good("covenant", "breach", id, "--rule-number", "3", "--address", place)
            }
            try program.good(
                "covenant",
                "revise",
                id,
                "--rule",
                "无保笼",
                "--edition",
                "2",
                "--adopted-by",
                "居民会议"
            )
            let other = try program.opened("case", "report", "--summary", "电动车上楼")
            try program.good("case", "relate", other, id, "--relation", "caused-by")
            let shown = try program.good("show", id, "--lang", "zh").output
            for words in [
                "第1版（已被取代）", "第2版（现行）", "由 居民会议 通过", "同一地址再次违反",
                "3-2-501", "电动车不上楼", "相关案件", "电动车上楼",
            ] {
                #expect(shown.contains(words), "\(words)")
            }
            let json = try program.good("show", id, "--json").objects().first
            let covenant = try #require(json?["covenant"] as? [String: Any])
            let rules = try #require(covenant["byRule"] as? [[String: Any]])
            #expect(rules.map { $0["count"] as? Int } == [3])
            #expect(rules.map { $0["addresses"] as? Int } == [2])
            #expect(covenant["cases"] as? [String] == [other])
        }
    }

    @Test func wrongInputToCovenantsIsRefusedAndAppendsNothing() throws {
        try BuiltProgram.withHome { program in
            let id = try adopted(program)
            let other = try program.opened("case", "report", "--summary", "x")
            try program.refuses([
                (
                    64, ["covenant", "adopt", "--rule", "x", "--adopted-by", "y"],
                    "--name is missing"
                ),
                (
                    64, ["covenant", "adopt", "--name", "x", "--adopted-by", "y"],
                    "--rule is missing"
                ),
                (
                    64, ["covenant", "adopt", "--name", "x", "--rule", "y"],
                    "--adopted-by is missing"
                ),
                (
                    64,
                    [
                        "covenant", "adopt", "--name", "x", "--rule", "", "--adopted-by", "y",
                    ], "--rule is empty"
                ),
                (64, ["covenant", "breach", id], "--rule-number is missing"),
                (64, ["covenant", "breach", id, "--rule-number", "0"], "rules count from 1"),
                (1, ["covenant", "breach", id, "--rule-number", "4"], "the covenant has 3 rules"),
                (64, ["covenant", "breach", id, "--rule-number", "三"], "no whole number"),
                (1, ["covenant", "breach", other, "--rule-number", "1"], "not a covenant"),
                (1, ["covenant", "breach", "abcd", "--rule-number", "1"], "nothing called"),
                (
                    1,
                    [
                        "covenant", "revise", id, "--rule", "x", "--edition", "1", "--adopted-by",
                        "y",
                    ], "edition 1 is adopted already"
                ),
                (
                    64, ["covenant", "revise", id, "--rule", "x", "--adopted-by", "y"],
                    "--edition is missing"
                ),
                (64, ["covenant", "repeal", id], "--reason is missing"),
                (64, ["covenant", "break", id], "has no verb"),
            ])
        }
    }
}
