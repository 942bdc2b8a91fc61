import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct SearchTests {
    @Test func wordsAreFoundInAnyTextOfACaseAndForgottenWithIt() async throws {
        let town = try Town()
        let city = try await town.found()
        let first = try await report(city, "夜市摊位音响扰民, ＫＴＶ Ａｂｃ12 深夜")
        let second = try await report(city, "楼上漏水纠纷")
        #expect(try await city.run("case", "note", second, "--text", "夜间有音乐声").code == 0)

        func found(_ query: String, _ flags: String...) async throws -> [String] {
            let outcome = try await Linli.run(
                ["search", query, "--json", "--home", city.path] + flags,
                in: town.directory
            )
            #expect(outcome.code == 0, "\(query): \(outcome.errors)")
            return outcome.output.split(separator: "\n").compactMap { line in
                let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                return (object as? [String: Any])?["number"] as? String
            }.sorted()
        }
        let both = [first, second].sorted()
        for query in ["夜市", "摊位音响", "ktv", "abc", "ABC12", "音响 夜市", "市"] {
            #expect(try await found(query) == [first], "\(query)")
        }
        #expect(try await found("夜") == both)
        #expect(try await found("音乐") == [second])
        // No phrase goes across what is not written together, nor from one text to another.
        for query in ["音夜", "位音民", "夜市 漏水", "纠纷夜间", "bc12", "没有的"] {
            #expect(try await found(query).isEmpty, "\(query)")
        }
        #expect(try await found("漏水", "--kind", "council").isEmpty)
        #expect(try await found("漏水", "--scope", "330106").isEmpty)
        #expect(try await found("夜", "--limit", "1").count == 1)
        // Quotes and operators of the index's own language are only words.
        for query in ["\"夜市", "夜市*", "NEAR(夜市", "a OR 夜市", "-夜市", "^夜市 AND"] {
            _ = try await found(query)
        }
        #expect(try await city.run("search", "\"!").code == 64)

        // A damaged index, or none, is made again.
        let index = city.path + "/search.db"
        try Data("no database at all, but some text".utf8).write(to: URL(filePath: index))
        #expect(try await found("夜市") == [first])
        try FileManager.default.removeItem(atPath: index)
        #expect(try await found("夜市") == [first])
        #expect(try await city.run("verify").code == 0)
    }

    @Test func sqlReadsTheViewsAndNothingElse() async throws {
        let town = try Town()
        let city = try await town.found()
        let number = try await report(city, "楼上漏水")
        let good = try await city.run("sql", "SELECT number, 1.5 AS x FROM cases;", "--json")
        #expect(good.output.hasPrefix(#"{"number":"\#(number)","x":1.5}"#), "\(good.output)")
        let count = try await city.run("sql", "-", input: "SELECT count(*) FROM cases")
        #expect(count.code == 0 && count.output.hasPrefix("count(*)\n1"), "\(count.errors)")
        #expect(try await city.run("sql").output.contains("cases (id, number"))
        let size = try FileManager.default.attributesOfItem(atPath: city.path + "/ledger.db")
        for query in [
            "DELETE FROM cases", "SELECT header FROM entry", "SELECT sql FROM sqlite_schema",
            "ATTACH '\(town.path("x"))' AS x", "PRAGMA user_version", "VACUUM INTO 'y'",
            "SELECT 1; DROP TABLE entry", "CREATE TABLE x (y)", "", "nonsense",
            "SELECT load_extension('x')", "SELECT * FROM home",
        ] {
            let outcome = try await city.run("sql", query)
            #expect(outcome.code == 64 && outcome.output.isEmpty, "\(query): \(outcome.output)")
        }
        let after = try FileManager.default.attributesOfItem(atPath: city.path + "/ledger.db")
        #expect(size[.size] as? Int == after[.size] as? Int)
        #expect(!FileManager.default.fileExists(atPath: town.path("x")))
    }

    private func report(_ site: Site, _ summary: String) async throws -> String {
        let outcome = try await site.run(
            "case",
            "report",
            "--channel",
            "03",
            "--scope",
            "330105013",
            "--summary",
            summary,
            "--json"
        )
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return try #require((object as? [String: Any])?["number"] as? String, "\(outcome.output)")
    }
}
