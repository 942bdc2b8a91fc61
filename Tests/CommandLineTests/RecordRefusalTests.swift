import Foundation
import Testing

/// Ten wrong inputs for each family of records: a clear error, its exit code, nothing written.
@Suite(.enabled(if: BuiltProgram.isPresent))
struct RecordRefusalTests {
    private func check(
        _ program: BuiltProgram,
        _ rows: [(Int32, [String])],
        at place: SourceLocation = #_sourceLocation
    ) throws {
        func entries() throws -> Int? {
            try program.run("status", "--json").objects().first?["entries"] as? Int
        }
        #expect(rows.count >= 10, sourceLocation: place)
        let before = try entries()
        try #require(before != nil)
        for (code, words) in rows {
            let result = try program.run(list: words)
            #expect(result.code == code, "\(words): \(result.remarks)", sourceLocation: place)
            #expect(
                result.remarks.contains("linli: error: "),
                "\(words)",
                sourceLocation: place
            )
            #expect(result.output.isEmpty, "\(words)", sourceLocation: place)
        }
        #expect(try entries() == before, sourceLocation: place)
    }

    private func write(_ program: BuiltProgram, _ words: String...) throws -> String {
        let result = try program.run(list: words + ["--json"])
        return try #require(try result.objects().first?["id"] as? String, "\(result.remarks)")
    }

    @Test func places() throws {
        try BuiltProgram.withHome { program in
            let village = try write(
                program,
                "place",
                "record",
                "--place-code",
                "330105013001",
                "--place-level",
                "village",
                "--name",
                "武林社区"
            )
            let alias = try write(
                program,
                "place",
                "alias",
                "--alias",
                "老市场",
                "--place-code",
                "330105013001"
            )
            let long = String(repeating: "x", count: 101)
            let record = ["place", "record", "--place-level", "village", "--name", "x"]
            let succeed = ["place", "succeed", "--valid-from", "2021-01-01"]
            try check(
                program,
                [
                    (64, ["place", "record", "--place-code", "330105013002"]),
                    (64, record + ["--place-code", "abc"]),
                    (1, record + ["--place-code", "330105013001"]),
                    (1, record + ["--place-code", "440100001001"]),
                    (
                        64,
                        [
                            "place", "record", "--place-code", "330105013002", "--place-level",
                            "villag",
                            "--name", "x",
                        ]
                    ),
                    (
                        64,
                        [
                            "place", "record", "--place-code", "330105013002", "--place-level",
                            "village",
                            "--name", long,
                        ]
                    ),
                    (64, ["place", "amend", village]),
                    (64, ["place", "amend", village, "--households", "many"]),
                    (64, ["place", "retire", village]),
                    (1, ["place", "retire", "ffffffff", "--reason", "x"]),
                    (64, ["place", "alias", "--alias", "无", "--place-code", "330105013001"]),
                    (1, ["place", "alias", "--alias", "老市场", "--place-code", "330105013001"]),
                    (64, succeed + ["--old-code", "33010", "--new-code", "330105"]),
                    (
                        64,
                        succeed + [
                            "--old-code", "330103", "--new-code", "330105", "--new-code",
                            "330105",
                        ]
                    ),
                    (
                        64,
                        succeed + [
                            "--old-code", "330103", "--new-code", "330105", "--scope", "330105",
                        ]
                    ),
                    (1, succeed + ["--old-code", "440103", "--new-code", "440105"]),
                    (64, ["place", "list", "--form", "street"]),
                    (64, ["place", "list", "--place-level", "sity"]),
                    (64, ["place", "import", "/nowhere"]),
                    (64, ["place", "import", "/nowhere", "--format", "xml"]),
                    (64, ["place", "import", "/nowhere", "--format", "divisions"]),
                    (
                        64,
                        ["place", "import", "/nowhere", "--format", "divisions", "--table", "V 1"]
                    ),
                    (
                        2,
                        ["place", "import", "/nowhere", "--format", "divisions", "--table", "2023"]
                    ),
                    (1, ["alert", "show", alias]),
                ]
            )
        }
    }

    @Test func policies() throws {
        try BuiltProgram.withHome { program in
            let id = try write(
                program,
                "policy",
                "profile",
                "--profile-code",
                "night",
                "--clock-row",
                "accept=1m",
                "--valid-from",
                "2027-01-01"
            )
            let profile = [
                "policy", "profile", "--profile-code", "x", "--valid-from", "2027-01-01",
            ]
            let calendar = ["policy", "calendar", "--year", "2026"]
            try check(
                program,
                [
                    (64, profile), (64, profile + ["--clock-row", "accept"]),
                    (64, profile + ["--clock-row", "fly=1m"]),
                    (64, profile + ["--clock-row", "accept=0m"]),
                    (64, profile + ["--clock-row", "accept=1m", "--clock-row", "accept=2m"]),
                    (64, profile + ["--clock-row", "accept=1m", "--default", "perhaps"]),
                    (
                        64,
                        [
                            "policy", "profile", "--profile-code", "X Y", "--clock-row",
                            "accept=1m",
                            "--valid-from", "2027-01-01",
                        ]
                    ),
                    (
                        64,
                        [
                            "policy", "profile", "--profile-code", "x", "--clock-row", "accept=1m",
                            "--valid-from", "soon",
                        ]
                    ),
                    (1, profile + ["--clock-row", "accept=1m", "--scope", "4401"]),
                    (64, ["policy", "calendar"]), (64, calendar + ["--holiday", "20261301"]),
                    (64, calendar + ["--holiday", "20270101"]),
                    (64, calendar + ["--workday", "20261009"]),
                    (64, calendar + ["--holiday", "20261001", "--holiday", "20261001"]),
                    (2, ["policy", "calendar", "--file", "/nowhere"]),
                    (64, ["policy", "repeal", id]), (64, ["policy", "show"]),
                    (64, ["policy", "show", "33"]), (64, ["policy", "list", "--form", "grids"]),
                ]
            )
        }
    }

    @Test func alerts() throws {
        try BuiltProgram.withHome { program in
            let id = try write(
                program,
                "alert",
                "raise",
                "--alert-kind",
                "crowd",
                "--source",
                "cam",
                "--external-id",
                "1"
            )
            let raise = ["alert", "raise", "--alert-kind", "crowd", "--source", "cam"]
            try check(
                program,
                [
                    (64, raise), (1, raise + ["--external-id", "1"]),
                    (64, ["alert", "raise", "--source", "cam", "--external-id", "2"]),
                    (
                        64,
                        [
                            "alert", "raise", "--alert-kind", "crowds!", "--source", "cam",
                            "--external-id", "2",
                        ]
                    ),
                    (
                        64,
                        [
                            "alert", "raise", "--alert-kind", "crowd", "--source", "Cam 1",
                            "--external-id", "2",
                        ]
                    ),
                    (64, raise + ["--external-id", "2", "--score", "high"]),
                    (64, raise + ["--external-id", "2", "--expires", "soon"]),
                    (
                        64,
                        raise + [
                            "--external-id", "2", "--occurred", "2026-01-02", "--expires",
                            "2026-01-01",
                        ]
                    ),
                    (64, raise + ["--external-id", "2", "--reading", "13800138000"]),
                    (1, raise + ["--external-id", "2", "--scope", "4401"]),
                    (64, ["alert", "dismiss", id]), (1, ["alert", "confirm", "ffffffff"]),
                    (2, ["alert", "intake", "/nowhere"]), (64, ["alert", "intake"]),
                    (64, ["alert", "list", "--alert-kind", "crowdy"]),
                    (1, ["case", "report", "--summary", "x", "--alert", "ffffffff"]),
                    (64, ["case", "report", "--summary", "x", "--alert", "f"]),
                ]
            )
        }
    }

    @Test func dwellings() throws {
        try BuiltProgram.withHome { program in
            let id = try write(
                program,
                "dwelling",
                "register",
                "--address",
                "330105013001000003",
                "--people",
                "2"
            )
            try check(
                program,
                [
                    (64, ["dwelling", "register", "--people", "2"]),
                    (64, ["dwelling", "register", "--address", "330105013001000004"]),
                    (64, ["dwelling", "register", "--address", "13800138000", "--people", "2"]),
                    (
                        64,
                        [
                            "dwelling", "register", "--address", "330105013001000004", "--people",
                            "two",
                        ]
                    ),
                    (
                        1,
                        [
                            "dwelling", "register", "--address", "330105013001000003", "--people",
                            "2",
                        ]
                    ),
                    (
                        64,
                        [
                            "dwelling", "register", "--address", String(repeating: "1", count: 65),
                            "--people", "2",
                        ]
                    ),
                    (64, ["dwelling", "check-in", id]),
                    (64, ["dwelling", "check-in", id, "--people", "-1"]),
                    (
                        64,
                        ["dwelling", "check-in", id, "--people", "1", "--occurred", "2090-01-01"]
                    ),
                    (64, ["dwelling", "check-in", id, "--people", "1", "--text", "13800138000"]),
                    (1, ["dwelling", "check-out", "ffffffff", "--people", "1"]),
                    (64, ["dwelling", "mismatch", id]),
                    (64, ["dwelling", "match", id, "--text", "x"]),
                    (64, ["dwelling", "list", "--form", "place"]),
                    (64, ["dwelling", "list", "--limit", "many"]),
                ]
            )
        }
    }

    @Test func organisations() throws {
        try BuiltProgram.withHome { program in
            let id = try write(
                program,
                "organisation",
                "record",
                "--name",
                "武林调委会",
                "--organisation-kind",
                "mediation"
            )
            let record = ["organisation", "record", "--organisation-kind", "mediation"]
            try check(
                program,
                [
                    (64, record), (64, ["organisation", "record", "--name", "x"]),
                    (64, record + ["--name", ""]),
                    (64, record + ["--name", String(repeating: "x", count: 101)]),
                    (
                        64,
                        [
                            "organisation", "record", "--name", "x", "--organisation-kind",
                            "mediatio",
                        ]
                    ),
                    (64, record + ["--name", "x", "--people", "many"]),
                    (64, record + ["--name", "致电13800138000"]),
                    (64, record + ["--name", "x", "--scope", "33"]),
                    (1, record + ["--name", "x", "--scope", "4401"]),
                    (64, ["organisation", "amend", id]), (64, ["organisation", "close", id]),
                    (1, ["organisation", "close", "ffffffff", "--reason", "x"]),
                    (64, ["organisation", "list", "--organisation-kind", "windo"]),
                ]
            )
        }
    }

    @Test func listsOfEveryKindEndWithWhatTheyRestOn() throws {
        try BuiltProgram.withHome { program in
            _ = try write(
                program,
                "organisation",
                "record",
                "--name",
                "武林调委会",
                "--organisation-kind",
                "mediation",
                "--scope",
                "330105013"
            )
            _ = try write(
                program,
                "activity",
                "record",
                "--activity-kind",
                "patrol",
                "--topic",
                "夜巡"
            )
            for kind in [
                "council", "covenant", "alert", "dwelling", "place", "organisation", "activity",
                "analysis", "policy",
            ] {
                let list = try program.run(kind, "list", "--json")
                #expect(list.code == 0, "\(kind): \(list.remarks)")
                #expect(try list.objects().last?["completeness"] != nil, "\(kind)")
                let table = try program.run(kind, "list", "--lang", "zh", "--limit", "1")
                #expect(table.remarks.contains("完整性"), "\(kind)")
            }
            func count(_ flags: String...) throws -> Int {
                try program.run(list: ["organisation", "list", "--json"] + flags).objects().count
                    - 1
            }
            #expect(try count() == 1 && count("--scope", "330105") == 1)
            #expect(try count("--scope", "330106") == 0 && count("--open") == 1)
            #expect(try count("--organisation-kind", "调解组织") == 1)
            #expect(try count("--organisation-kind", "window") == 0)
            #expect(try count("--since", "2020-01-01") == 1 && count("--until", "2020-01-01") == 0)
            #expect(try count("--limit", "0") == 0)
        }
    }
}
