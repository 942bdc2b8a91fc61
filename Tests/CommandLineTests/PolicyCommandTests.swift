import Foundation
import Testing

/// Deadline profiles and calendars by whole command lines.
@Suite(.enabled(if: BuiltProgram.isPresent))
struct PolicyCommandTests {
    private func good(_ program: BuiltProgram, _ words: String...) throws -> [[String: Any]] {
        let result = try program.run(list: words + ["--json"])
        try #require(result.code == 0, "\(result.remarks)")
        return try result.objects()
    }

    private func profile(_ program: BuiltProgram, of id: String) throws -> String? {
        try good(program, "show", id).first?["profile"] as? String
    }

    @Test func aDefaultHoldsFromItsBeginningOnInItsPlace() throws {
        try BuiltProgram.withHome { program in
            let first = try good(
                program,
                "case",
                "report",
                "--summary",
                "x",
                "--scope",
                "330105013",
                "--at",
                "2026-01-02"
            )
            let old = try #require(first.first?["id"] as? String)
            let written = try program.run(
                "policy",
                "profile",
                "--profile-code",
                "night",
                "--clock-row",
                "accept=1m",
                "--clock-row",
                "arrive=7m",
                "--valid-from",
                "2026-02-01",
                "--default",
                "true",
                "--scope",
                "330105"
            )
            #expect(written.code == 0)
            #expect(written.remarks.contains("--valid-from lies in the past"))
            #expect(try profile(program, of: old) == "hz-1-3-10")
            let second = try good(
                program,
                "case",
                "report",
                "--summary",
                "x",
                "--scope",
                "330105013",
                "--at",
                "2026-02-02"
            )
            let new = try #require(second.first?["id"] as? String)
            #expect(try profile(program, of: new) == "night")
            let shown = try good(program, "policy", "show", "330105013")
            let night = try #require(shown.first { $0["profile"] as? String == "night" })
            #expect(night["default"] as? Bool == true && night["scope"] as? String == "330105")
            #expect(night["clocks"] as? [String] == ["accept=1m", "arrive=7m"])
            let before = try good(program, "policy", "show", "330105013", "--at", "2026-01-15")
            #expect(before.first { $0["profile"] as? String == "night" } == nil)
            let fallback = before.first { $0["default"] as? Bool == true }
            #expect(fallback?["profile"] as? String == "hz-1-3-10")
            let elsewhere = try good(program, "policy", "show", "330106")
            #expect(elsewhere.first { $0["profile"] as? String == "night" } == nil)
            let list = try good(program, "policy", "list", "--form", "profile")
            #expect(list.first?["code"] as? String == "night")
        }
    }

    @Test func aProfileThatNobodyKnowsIsRefused() throws {
        try BuiltProgram.withHome { program in
            _ = try good(
                program,
                "policy",
                "profile",
                "--profile-code",
                "night-shift",
                "--clock-row",
                "accept=1m",
                "--valid-from",
                "2020-01-01",
                "--scope",
                "330105"
            )
            func report(_ profile: String, _ scope: String) throws -> BuiltProgram.Result {
                try program.run(
                    "case",
                    "report",
                    "--summary",
                    "x",
                    "--scope",
                    scope,
                    "--profile",
                    profile,
                    "--json"
                )
            }
            let known = try report("night-shift", "330105013")
            #expect(known.code == 0)
            #expect(try report("petition", "330106").code == 0)
            let near = try report("night-shif", "330105013")
            #expect(near.code == 64 && near.remarks.contains("nearest: night-shift"))
            #expect(try report("night-shift", "330106").code == 64, "it holds elsewhere")
            let id = try #require(try known.objects().first?["id"] as? String)
            #expect(try program.run("case", "register", id, "--category", "0201").code == 0)
            #expect(try program.run("case", "accept", id, "--profile", "fast").code == 64)
            #expect(try program.run("case", "accept", id, "--profile", "urgent").code == 0)
            #expect(try program.run("cases", "--count").output == "2\n")
        }
    }

    @Test func aCalendarIsReadFromAFile() throws {
        try BuiltProgram.withHome { program in
            let path = try program.file(
                "2026.txt",
                "# 国办\n20261001 off\n20261002 放假 # 国庆\n\n20261010 work\n"
            )
            let written = try program.run("policy", "calendar", "--file", path)
            #expect(written.code == 0, "\(written.remarks)")
            let shown = try good(program, "policy", "show", "3301")
            let year = try #require(shown.first { $0["calendar"] as? Int == 2026 })
            #expect(year["holidays"] as? Int == 2 && year["workdays"] as? Int == 1)
            let again = try program.run(
                "policy",
                "calendar",
                "--year",
                "2027",
                "--holiday",
                "20270101",
                "--holiday",
                "20270102"
            )
            #expect(again.code == 0, "\(again.remarks)")
            let list = try good(program, "policy", "list", "--form", "calendar")
            #expect(Set(list.compactMap { $0["code"] as? String }) == ["2026", "2027"])
            for text in [
                "20261001 perhaps\n", "20261001\n", "20261301 off\n",
                "20261001 off\n20270101 off\n",
                "", "20261001 work\n", "20261001 off\n20261001 off\n",
            ] {
                let path = try program.file("bad.txt", text)
                let result = try program.run("policy", "calendar", "--file", path)
                #expect(result.code == 64, "\(text): \(result.remarks)")
            }
            let all = try good(program, "policy", "list")
            #expect(all.count == 3)
        }
    }
}
