import Foundation
import Testing

/// Places, successions and aliases by whole command lines.
@Suite(.enabled(if: BuiltProgram.isPresent))
struct PlaceCommandTests {
    private static let divisions = """
        level,code,code12,name,parent_code,kind,is_township_unit
        city,3301,330100000000,杭州市,,地级市,1
        district,330105,330105000000,拱墅区,3301,市辖区,1
        street,330105013,330105013000,武林街道,330105,街道,1
        street,330105014,330105014000,长庆街道,330105,街道,1
        street,330105401,330105401000,某开发区,330105,类似乡级单位,0

        """
    private static let successions = """
        level,old_code,old_name,new_codes,new_names,basis
        district,330103,下城区,330105,拱墅区,diff
        street,330103002,武林街道,330105013,武林街道,derived
        district,330104,江干区,330102|330114,上城区|钱塘区,diff

        """
    private static let places = """
        code,level,name,parent,households
        330105013001,village,武林社区,330105013,
        330105013001-01,grid,第一网格,330105013001,396
        330105013001000003,building,丽发新城3幢,330105013001-01,48
        330105013001000004,楼栋,丽发新城4幢,330105013001-01,

        """

    /// Imports and gives the summary.
    @discardableResult
    private func importing(
        _ program: BuiltProgram,
        _ text: String,
        _ flags: String...
    ) throws -> (code: Int32, counts: [String: Any], remarks: String) {
        let path = try program.file("table.csv", text)
        let result = try program.run(list: ["place", "import", path, "--json"] + flags)
        return (result.code, try result.objects().first ?? [:], result.remarks)
    }

    private func importAll(_ program: BuiltProgram) throws {
        for (text, flags) in [
            (Self.divisions, ["--format", "divisions", "--table", "2023"]),
            (Self.successions, ["--format", "successions", "--table", "2021"]),
            (Self.places, ["--format", "places"]),
        ] {
            let path = try program.file("table.csv", text)
            let result = try program.run(list: ["place", "import", path] + flags)
            try #require(result.code == 0, "\(result.remarks)")
        }
    }

    private func entries(_ program: BuiltProgram) throws -> Int? {
        try program.run("status", "--json").objects().first?["entries"] as? Int
    }

    private func report(_ program: BuiltProgram, _ words: String...) throws -> String {
        let line = ["case", "report", "--summary", "s", "--json"] + words
        let result = try program.run(list: line)
        return try #require(try result.objects().first?["id"] as? String, "\(result.remarks)")
    }

    private func ids(_ program: BuiltProgram, _ words: String...) throws -> Set<String> {
        let objects = try program.run(list: ["cases", "--json"] + words).objects()
        return Set(objects.compactMap { $0["id"] as? String })
    }

    @Test func tablesAreTakenOnceAndWhole() throws {
        try BuiltProgram.withHome { program in
            let first = try importing(
                program,
                Self.divisions,
                "--format",
                "divisions",
                "--table",
                "2023"
            )
            #expect(first.code == 0 && first.counts["taken"] as? Int == 5, "\(first.remarks)")
            let before = try entries(program)
            let again = try importing(
                program,
                Self.divisions,
                "--format",
                "divisions",
                "--table",
                "2023"
            )
            #expect(again.counts["skipped"] as? Int == 5 && again.counts["taken"] as? Int == 0)
            #expect(try entries(program) == before)
            let list = try program.run("place", "list", "--json").objects()
            let wulin = try #require(list.first { $0["code"] as? String == "330105013" })
            #expect(wulin["codeTable"] as? String == "2023")
            #expect(wulin["sort"] as? String == "street" && wulin["parent"] as? String == "330105")
            #expect(
                list.first { $0["code"] as? String == "330105401" }?["sort"] as? String == "area"
            )
            // A newer table corrects names, an older one does not take that back.
            let renamed = Self.divisions.replacing("长庆街道", with: "长庆新街道")
            let newer = try importing(
                program,
                renamed,
                "--format",
                "divisions",
                "--table",
                "2024"
            )
            #expect(newer.counts["updated"] as? Int == 1)
            let older = try importing(
                program,
                Self.divisions,
                "--format",
                "divisions",
                "--table",
                "2023"
            )
            #expect(older.counts["skipped"] as? Int == 5)
            for (text, format) in [(Self.successions, "successions"), (Self.places, "places")] {
                let table = format == "places" ? [] : ["--table", "2021"]
                let path = try program.file("t.csv", text)
                let words = ["place", "import", path, "--format", format, "--json"] + table
                let taken = try program.run(list: words).objects().first
                #expect(taken?["taken"] as? Int == taken?["rows"] as? Int)
                let known = try program.run(list: words).objects().first
                #expect(known?["skipped"] as? Int == taken?["rows"] as? Int)
            }
        }
    }

    @Test func aTableWithAFaultIsRefusedWithItsLine() throws {
        try BuiltProgram.withHome { program in
            try importAll(program)
            let before = try entries(program)
            let rows: [(Int32, String, String, String)] = [
                (
                    64, "divisions", Self.divisions.replacing("330105000000", with: "330105000001"),
                    "line 3"
                ),
                (
                    64, "divisions",
                    Self.divisions + "street,330105013,330105013000,x,330105,x,1\n", "twice"
                ),
                (64, "divisions", "level,code\n", "no column"),
                (
                    64, "successions", Self.successions + "street,330103002,x,330105013,x,y\n",
                    "twice"
                ),
                (
                    1, "successions",
                    "level,old_code,new_codes,basis\nstreet,330103002,330105014,x\n",
                    "another succession"
                ),
                (
                    64, "places", Self.places + "330105013001000003,building,x,330105013001,\n",
                    "line 6"
                ),
                (
                    64, "places", "code,level,name,parent,households\n12,building,x,3301,\n",
                    "line 2"
                ),
                (
                    64, "places",
                    "code,level,name,parent,households\n330105013009,viilage,x,330105013,\n",
                    "village"
                ),
                (
                    1, "places",
                    "code,level,name,parent,households\n330105013009,village,x,330105019,\n",
                    "line 2: no place has the parent's code"
                ),
                (
                    64, "places",
                    "code,level,name,parent,households\n330105013009,village,x,330105013,many\n",
                    "households"
                ),
            ]
            for (code, format, text, message) in rows {
                let got = try importing(program, text, "--format", format, "--table", "2021")
                #expect(got.code == code, "\(message): \(got.remarks)")
                #expect(got.remarks.contains(message), "\(got.remarks)")
                #expect(got.remarks.hasPrefix("linli: error: "))
            }
            #expect(try entries(program) == before)
        }
    }

    @Test func casesUnderRetiredCodesAreListedUnderTheirSuccessors() throws {
        try BuiltProgram.withHome { program in
            let old = try report(program, "--scope", "330103002")
            #expect(try ids(program, "--street", "330105013").isEmpty)
            try importAll(program)
            let new = try report(program, "--scope", "330105013")
            #expect(try ids(program, "--street", "330105013") == [old, new])
            #expect(try ids(program, "--scope", "330105") == [old, new])
            #expect(try ids(program, "--street", "330105013", "--as-recorded") == [new])
            let list = try program.run("cases", "--street", "330105013", "--json").objects()
            #expect(list.last?["codeTable"] as? String == "2021")
            #expect(list.last?["recordedUnder"] as? [String] == ["330103002"])
            let row = try #require(list.first { $0["id"] as? String == old })
            #expect(row["street"] as? String == "330103002", "the code stays as given")
            let text = try program.run("cases", "--street", "330105013")
            #expect(text.remarks.contains("code table 2021; with cases recorded under 330103002"))
            let stats = try #require(
                try program.run("stats", "--street", "330105013", "--json").objects().first
            )
            #expect(stats["cases"] as? Int == 2 && stats["codeTable"] as? String == "2021")
            #expect(stats["byStreet"] as? [String: Int] == ["330105013": 2])
            let asRecorded = try #require(
                try program.run("stats", "--as-recorded", "--json").objects().first
            )
            #expect(asRecorded["codeTable"] is NSNull)
            #expect(asRecorded["byStreet"] as? [String: Int] == ["330105013": 1, "330103002": 1])
            // What a later table still has was not retired by an earlier one.
            let later = try report(program, "--scope", "330103002", "--code-table", "2022")
            let earlier = try report(program, "--scope", "330103002", "--code-table", "2020")
            #expect(try ids(program, "--street", "330105013") == [old, new, earlier])
            #expect(try ids(program, "--street", "330103002").contains(later))
            let byStreet = try #require(try program.run("stats", "--json").objects().first)
            #expect(
                byStreet["byStreet"] as? [String: Int] == ["330105013": 3, "330103002": 1]
            )
            // Whoever still enters a retired code is told; a current one carries its table.
            let told = try program.run("case", "report", "--summary", "x", "--scope", "330103002")
            #expect(told.code == 0 && told.remarks.contains("it is 330105013 now"))
            let shown = try program.run("show", new, "--json").objects().first
            let fields = try #require(shown?["fields"] as? [String: Any])
            #expect(fields["code-table"] as? String == "2023")
        }
    }

    @Test func aCodeIsResolvedWithItsOutcome() throws {
        try BuiltProgram.withHome { program in
            try importAll(program)
            let rows: [(String, [String], String, [String])] = [
                ("330103002", [], "succeeded", ["330105013"]),
                ("330104", [], "split", ["330102", "330114"]),
                ("330105013", [], "current", ["330105013"]),
                ("330103777", [], "coarser", ["330105"]),
                ("330104777", [], "unresolved", ["330104777"]),
                ("330103002", ["--table", "2020"], "current", ["330103002"]),
                ("330103002", ["--given", "2021"], "current", ["330103002"]),
            ]
            for (code, flags, outcome, codes) in rows {
                let words = ["place", "resolve", code, "--json"] + flags
                let got = try #require(try program.run(list: words).objects().first)
                #expect(got["outcome"] as? String == outcome, "\(code)")
                #expect(got["codes"] as? [String] == codes, "\(code)")
            }
            #expect(try program.run("place", "resolve", "12").code == 64)
        }
    }

    @Test func anAliasResolvesTheCasesThatWaitAndConflictsStandUnderBothCodes() throws {
        try BuiltProgram.withHome { program in
            try importAll(program)
            let words = "拱墅区武林街道 丽发新城３号楼2-301"
            let result = try program.run(
                "case",
                "report",
                "--summary",
                "x",
                "--place",
                words,
                "--scope",
                "330105013",
                "--json"
            )
            #expect(result.remarks.contains("canonical: 丽发新城3幢2单元301室"))
            let id = try #require(try result.objects().first?["id"] as? String)
            let canonical = try program.run(
                "case",
                "report",
                "--summary",
                "x",
                "--place",
                "丽发新城9幢",
                "--scope",
                "330105013"
            )
            #expect(!canonical.remarks.contains("not canonical"))
            let street = ["--street", "330105013", "--json"]
            func queue() throws -> [[String: Any]] {
                try program.run(list: ["place", "unresolved"] + street).objects().dropLast()
            }
            #expect(try queue().count == 2)
            let waiting = try #require(try queue().first { $0["id"] as? String == id })
            #expect(waiting["canonical"] as? String == "丽发新城3幢2单元301室")
            let places = waiting["places"] as? [[String: Any]]
            #expect(places?.map { $0["code"] as? String } == ["330105013001000003"])

            func alias(_ text: String, _ code: String) throws -> BuiltProgram.Result {
                try program.run(
                    "place",
                    "alias",
                    "--alias",
                    text,
                    "--place-code",
                    code,
                    "--scope",
                    "330105013",
                    "--json"
                )
            }
            #expect(try alias("丽发新城3幢2单元301", "330105013001000003").code == 0)
            #expect(try queue().map { $0["id"] as? String }.contains(id) == false)
            #expect(try ids(program, "--address", "330105013001000003") == [id])
            #expect(try program.run("place", "aliases").output.contains("conflict") == false)
            #expect(try alias("丽发新城3栋2单元301室", "330105013001000003").code == 1, "known")
            let second = try alias("丽发新城三号楼2单元301室", "330105013001000004")
            #expect(
                second.code == 0 && second.remarks.contains("lead to 330105013001000003 already")
            )
            #expect(try ids(program, "--address", "330105013001000003") == [id])
            #expect(try ids(program, "--address", "330105013001000004") == [id])
            let contested = try #require(try queue().first { $0["id"] as? String == id })
            #expect((contested["aliases"] as? [Any])?.count == 2)
            let listed = try program.run(list: ["place", "aliases"] + street)
            #expect(listed.code == 0)
            let conflict = try #require(
                try listed.objects().first { $0["conflict"] as? String == "alias" }
            )
            #expect(conflict["owner"] as? String == "330105013")
            #expect(
                conflict["codes"] as? [String] == ["330105013001000003", "330105013001000004"]
            )
            let values = conflict["values"] as? [[String: Any]]
            #expect(values?.allSatisfy { $0["recordedBy"] as? String == "一号" } == true)
            let wrong = try #require(try second.objects().first?["id"] as? String)
            #expect(try program.run("place", "retire", wrong, "--reason", "误").code == 0)
            #expect(try ids(program, "--address", "330105013001000004").isEmpty)
            #expect(try queue().count == 1)
        }
    }

    @Test func anUnknownAddressCodeIsWarnedOfAndWritten() throws {
        try BuiltProgram.withHome { program in
            let words = ["case", "report", "--summary", "x", "--address", "330105013001000033"]
            let before = try program.run(list: words)
            #expect(before.code == 0 && !before.remarks.contains("no place has this code"))
            try importAll(program)
            let after = try program.run(list: words)
            #expect(after.code == 0, "\(after.remarks)")
            #expect(after.remarks.contains("nearest: 330105013001000003 丽发新城3幢"))
        }
    }

    /// skipped: where the files are not beside the package.
    @Test(.enabled(if: SharedData.isPresent, "skipped: ../shared/data is not there"))
    func theTablesOfHangzhouAreTaken() throws {
        try BuiltProgram.withHome { program in
            let files: [(String, String, String, Int)] = [
                ("hangzhou_divisions.csv", "divisions", "2023", 210),
                ("hangzhou_code_succession.csv", "successions", "2021", 50),
            ]
            for (file, format, table, count) in files {
                let text = String(decoding: try SharedData.plain(file), as: UTF8.self)
                let path = try program.file(file, text)
                let words = [
                    "place", "import", path, "--format", format, "--table", table, "--json",
                ]
                let first = try #require(try program.run(list: words).objects().first)
                #expect(first["rows"] as? Int == count && first["taken"] as? Int == count)
                let again = try #require(try program.run(list: words).objects().first)
                #expect(again["skipped"] as? Int == count && again["taken"] as? Int == 0)
            }
            func count(_ level: String) throws -> Int {
                let words = ["place", "list", "--place-level", level, "--limit", "1000", "--json"]
                return try program.run(list: words).objects().count - 1
            }
            #expect(try count("street") == 191 && count("district") == 13 && count("area") == 5)
            let resolved = try program.run("place", "resolve", "330103002", "--json").objects()
            #expect(resolved.first?["codes"] as? [String] == ["330105013"])
            #expect(resolved.first?["names"] as? [String] == ["武林街道"])
        }
    }
}
