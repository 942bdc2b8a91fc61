import Foundation
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt))
struct CaseFileTests {
    private func fileText(_ site: Site, _ id: String) async throws -> [Substring] {
        let outcome = try await site.run("case", "file", id)
        try #require(outcome.code == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n")
    }

    @Test func twoNodesPrintTheSameFileWithBothValuesThatContradictEachOther() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        func good(_ site: Site, _ words: String...) async throws -> Linli.Outcome {
            let all = words + ["--home", site.path]
            let outcome = try await Linli.run(all, in: town.directory)
            try #require(outcome.code == 0, "\(words): \(outcome.errors)")
            return outcome
        }
        func meet() async throws {
            let daemon = try await city.start()
            for _ in 0..<2 { _ = try await good(street, "sync", "--peer", city.endpoint) }
            _ = await daemon.stop()
        }
        try await meet()
        let report = try await good(street, "case", "report", "--summary", "占道", "--json")
        let id = try #require(report["id"] as? String)
        _ = try await good(street, "case", "register", id, "--category", "0202")
        _ = try await good(street, "case", "accept", id)
        _ = try await good(
            street,
            "case",
            "mediate",
            id,
            "--organisation",
            "武林调委会",
            "--interest",
            "none"
        )
        try await meet()
        // Neither knows of the other's correction.
        _ = try await good(street, "case", "amend", id, "--organisation", "甲调委会")
        _ = try await good(city, "case", "amend", id, "--organisation", "乙调委会")
        try await meet()
        let papers = [try await fileText(city, id), try await fileText(street, id)]
        for paper in papers {
            let row = try #require(paper.first { $0.contains("**调解组织**") })
            #expect(row.contains("〔记载不一〕"))
            #expect(row.contains("甲调委会（street，") && row.contains("乙调委会（city，"))
            #expect(paper.contains { $0.contains("矛盾的记载尚未裁定") })
        }
        // All but the time and what was heard is the same, the frontier with it.
        func timeless(_ paper: [Substring]) -> [Substring] {
            paper.filter { !$0.contains("截至") && !$0.contains("完整性") }
        }
        #expect(timeless(papers[0]) == timeless(papers[1]))
        #expect(timeless(papers[0]).contains { $0.hasPrefix("- 视图前沿：") })
        _ = try await good(
            street,
            "case",
            "amend",
            id,
            "--organisation",
            "武林街道调委会",
            "--reason",
            "核实"
        )
        let settled = try await fileText(street, id)
        #expect(!settled.contains { $0.contains("〔记载不一〕") })
    }
}
