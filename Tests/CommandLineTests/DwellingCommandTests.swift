import Foundation
import Testing

/// Tenancy: counts by dwelling, never names.
@Suite(.enabled(if: BuiltProgram.isPresent))
struct DwellingCommandTests {
    private func day(_ ago: Int) -> String {
        let date = Date(timeIntervalSinceNow: -Double(ago) * 86_400)
        let formatter = DateFormatter()
        formatter.timeZone = TimeZone(secondsFromGMT: 8 * 3600)
        formatter.dateFormat = "yyyy-MM-dd"
        return formatter.string(from: date)
    }

    @Test func countsFollowFromWhatWasRegistered() throws {
        try BuiltProgram.withHome { program in
            func write(_ words: String...) throws {
                let result = try program.run(list: ["dwelling"] + words)
                try #require(result.code == 0, "\(result.remarks)")
            }
            func rows(_ flags: String...) throws -> [[String: Any]] {
                try program.run(list: ["dwelling", "list", "--json"] + flags).objects()
            }
            try write(
                "register",
                "--address",
                "330105013001000003",
                "--people",
                "3",
                "--scope",
                "330105013"
            )
            let number = try #require(try rows().first?["number"] as? String)
            func count() throws -> Int? { try rows().first?["registered"] as? Int }
            #expect(try count() == 3)
            try write("check-in", number, "--people", "2", "--occurred", day(40))
            try write("check-in", number, "--people", "1", "--occurred", day(1))
            try write("check-in", number, "--people", "1")
            #expect(try count() == 7)
            try write("check-out", number, "--people", "2")
            #expect(try count() == 5)
            let row = try #require(try rows().first)
            #expect(row["late"] as? Int == 1 && row["dated"] as? Int == 2)
            #expect(row["registrations"] as? Int == 4 && row["mismatch"] as? Bool == false)
            try write("mismatch", number, "--text", "多一人", "--people", "6")
            #expect(try count() == 6)
            try write("mismatch", number, "--text", "仍不符")
            #expect(try rows("--mismatch").count == 3)
            try write("match", number, "--people", "4")
            #expect(try count() == 4 && rows("--mismatch").count == 1)
            try write(
                "register",
                "--address",
                "330105014001000001",
                "--people",
                "8",
                "--scope",
                "330105014001"
            )
            let all = try rows()
            let streets = all.filter { $0["street"] != nil }
            #expect(streets.map { $0["street"] as? String } == ["330105013", "330105014"])
            #expect(streets.map { $0["registered"] as? Int } == [4, 8])
            #expect(streets.map { $0["registrations"] as? Int } == [4, 1])
            #expect(try rows("--scope", "330105014").count == 3)
            let excess = try program.run("dwelling", "check-out", number, "--people", "9")
            #expect(excess.code == 0 && excess.remarks.contains("4 are registered there"))
            try write("remove", number, "--reason", "不再出租")
            #expect(try rows("--open").count == 3)
            let shown = try program.run("show", number, "--json").objects().first
            #expect(shown?["registered"] as? Int == 0)
        }
    }

    /// Three working days by the ledger's calendar: days off do not count.
    @Test func theCalendarDecidesWhatIsLate() throws {
        try BuiltProgram.withHome { program in
            let days = (0..<12).map { day($0).replacing("-", with: "") }
            for year in Set(days.map { $0.prefix(4) }).sorted() {
                let text = days.filter { $0.hasPrefix(year) }.map { "\($0) off\n" }.joined()
                let path = try program.file("\(year).txt", text)
                #expect(try program.run("policy", "calendar", "--file", path).code == 0)
            }
            let written = try program.run(
                "dwelling",
                "register",
                "--address",
                "330105013001000003",
                "--people",
                "1",
                "--json"
            )
            let id = try #require(try written.objects().first?["id"] as? String)
            let checkedIn = try program.run(
                "dwelling",
                "check-in",
                id,
                "--people",
                "1",
                "--occurred",
                day(9)
            )
            #expect(checkedIn.code == 0)
            let row = try program.run("dwelling", "list", "--json").objects().first
            #expect(row?["late"] as? Int == 0 && row?["estimated"] as? Bool == false)
        }
    }

    @Test func personsNumbersAreNeverWritten() throws {
        try BuiltProgram.withHome { program in
            let written = try program.run(
                "dwelling",
                "register",
                "--address",
                "330105013001000003",
                "--people",
                "1",
                "--json"
            )
            let id = try #require(try written.objects().first?["id"] as? String)
            for text in ["电话13800138000", "身份证11010519491231002X"] {
                for verb in ["check-in", "match", "mismatch"] {
                    let line = ["dwelling", verb, id, "--people", "1", "--text", text]
                    #expect(try program.run(list: line).code == 64)
                    #expect(try program.run(list: line + ["--allow-personal"]).code == 64)
                }
            }
            #expect(try program.run("history", id, "--json").objects().count == 2)
            let help = try program.run("dwelling", "check-in", "--help").output
            #expect(help.contains("no names") && !help.contains("allow-personal"))
        }
    }
}
