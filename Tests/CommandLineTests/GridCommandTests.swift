import Foundation
import Testing

/// 武林街道 drew its 29 grids of 575 households anew as 42 of 396.
@Suite(.enabled(if: BuiltProgram.isPresent))
struct GridCommandTests {
    private func rows(_ count: Int, households: Int) -> String {
        let (each, left) = households.quotientAndRemainder(dividingBy: count)
        return "code,name,households,area\n"
            + (1...count).map { index in
                let code = index < 10 ? "0\(index)" : "\(index)"
                return "\(code),第\(index)网格,\(each + (index <= left ? 1 : 0)),\n"
            }.joined()
    }

    @discardableResult
    private func draw(
        _ program: BuiltProgram,
        _ rows: String,
        _ name: String,
        _ from: String,
        scope: String = "330105013"
    ) throws -> BuiltProgram.Result {
        let path = try program.file("grids.csv", rows)
        return try program.run(
            "place",
            "grids",
            "--rows",
            path,
            "--name",
            name,
            "--valid-from",
            from,
            "--scope",
            scope,
            "--json"
        )
    }

    private func wulin(_ program: BuiltProgram) throws {
        let first = try draw(program, rows(29, households: 16_675), "2019", "2019-01-01")
        try #require(first.code == 0, "\(first.remarks)")
        let second = try draw(program, rows(42, households: 16_632), "2023", "2023-06-01")
        try #require(second.code == 0, "\(second.remarks)")
    }

    private func report(_ program: BuiltProgram, _ at: String, grid: String?) throws {
        let words = [
            "case", "report", "--summary", "s", "--scope", "330105013", "--at", at, "--json",
        ]
        let id = try #require(try program.run(list: words).objects().first?["id"] as? String)
        let flags = grid.map { ["--grid", $0] } ?? []
        let line = ["case", "register", id, "--category", "0201", "--at", at] + flags
        #expect(try program.run(list: line).code == 0)
    }

    @Test func theFiguresOfWulinComeOut() throws {
        try BuiltProgram.withHome { program in
            try wulin(program)
            let result = try program.run("place", "compare", "330105013", "--json")
            let got = try #require(try result.objects().first)
            let from = try #require(got["from"] as? [String: Any])
            let to = try #require(got["to"] as? [String: Any])
            #expect(from["grids"] as? Int == 29 && to["grids"] as? Int == 42)
            #expect(from["householdsPerGrid"] as? String == "575.00")
            #expect(to["householdsPerGrid"] as? String == "396.00")
            #expect((got["added"] as? [String])?.count == 13)
            #expect((got["gone"] as? [String])?.isEmpty == true)
            #expect((got["kept"] as? [String])?.count == 29)
            let back = try program.run(
                "place",
                "compare",
                "330105013",
                "--from",
                "2023",
                "--to",
                "2019",
                "--json"
            )
            #expect((try back.objects().first?["gone"] as? [String])?.count == 13)
            let text = try program.run("place", "compare", "330105013", "--lang", "zh")
            #expect(text.output.contains("575.00") && text.output.contains("396.00"))
            let list = try program.run("place", "list", "--form", "grids", "--json").objects()
            #expect(list.count == 3)
        }
    }

    @Test func loadIsByTheVersionThatIsNamed() throws {
        try BuiltProgram.withHome { program in
            try wulin(program)
            for _ in 0..<3 { try report(program, "2020-05-01", grid: "01") }
            try report(program, "2024-05-01", grid: "第42网格")
            try report(program, "2024-05-02", grid: nil)
            func load(_ flags: String...) throws -> (rows: [[String: Any]], sum: [String: Any]) {
                let words = ["place", "load", "330105013", "--json"] + flags
                let objects = try program.run(list: words).objects().dropLast()
                return (Array(objects.dropLast()), try #require(objects.last))
            }
            let now = try load()
            #expect(now.sum["version"] as? String == "2023" && now.sum["cases"] as? Int == 5)
            #expect(now.rows.count == 42 && now.sum["elsewhere"] as? Int == 0)
            #expect(now.sum["withoutGrid"] as? Int == 1)
            #expect(now.rows.last?["cases"] as? Int == 1, "a grid may be called by its name")
            let before = try load("--version", "2019")
            #expect(before.rows.count == 29 && before.rows.first?["cases"] as? Int == 3)
            #expect(before.rows.first?["per100Households"] as? String == "0.52")  // 3 of 575
            #expect(before.sum["elsewhere"] as? Int == 1)
            let old = try load("--until", "2021-01-01")
            #expect(old.sum["version"] as? String == "2019" && old.sum["cases"] as? Int == 3)
        }
    }

    /// A case whose address is in a building is counted in the grid that the building lies in.
    @Test func anAddressLeadsToItsGrid() throws {
        try BuiltProgram.withHome { program in
            try wulin(program)
            for (code, level, parent) in [
                ("330105013001", "village", "330105013"),
                ("330105013001000003", "building", "07"),
            ] {
                let written = try program.run(
                    "place",
                    "record",
                    "--place-code",
                    code,
                    "--place-level",
                    level,
                    "--name",
                    code,
                    "--parent",
                    parent
                )
                #expect(written.code == 0, "\(written.remarks)")
            }
            let reported = try program.run(
                "case",
                "report",
                "--summary",
                "s",
                "--scope",
                "330105013",
                "--address",
                "330105013001000003"
            )
            #expect(reported.code == 0)
            let objects = try program.run("place", "load", "330105013", "--json").objects()
            let seven = objects.first { $0["grid"] as? String == "07" }
            #expect(seven?["cases"] as? Int == 1)
        }
    }

    @Test func gridsThatCanNotBeAreRefused() throws {
        try BuiltProgram.withHome { program in
            try wulin(program)
            let before = try program.run("status", "--json").objects().first?["entries"] as? Int
            let good = rows(2, households: 10)
            let results = [
                (try draw(program, good, "x", "2025-01-01", scope: "330105"), Int32(64)),
                (try draw(program, good + "01,again,,\n", "x", "2025-01-01"), 64),
                (try draw(program, "code,name\n1,x\n", "x", "2025-01-01"), 64),
                (try draw(program, "code,name,households,area\n", "x", "2025-01-01"), 64),
                (try draw(program, good, "2023", "2025-01-01"), 1),
                (try draw(program, good, "x", "soon"), 64),
                (
                    try program.run(
                        "place",
                        "grids",
                        "--rows",
                        "/nowhere",
                        "--valid-from",
                        "2025-01-01",
                        "--scope",
                        "330105013"
                    ), 2
                ),
                (try program.run("place", "compare", "330105014"), 1),
                (try program.run("place", "compare", "330105"), 64),
                (try program.run("place", "load", "330105013", "--version", "2000"), 1),
            ]
            for (index, (result, code)) in results.enumerated() {
                #expect(result.code == code, "\(index): \(result.remarks)")
                #expect(result.remarks.contains("linli: error: "), "\(index)")
            }
            let after = try program.run("status", "--json").objects().first?["entries"] as? Int
            #expect(before == after && before != nil)
        }
    }
}
