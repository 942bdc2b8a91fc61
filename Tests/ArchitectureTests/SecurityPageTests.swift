import Foundation
import Testing

/// `docs/security.md`: what is said there is shown by tests that are there.
@Test func everyTestThatThePageOfSecurityNamesIsThere() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/security.md"), encoding: .utf8)
    let tests = root.appending(path: "Tests").path
    let files = try FileManager.default.subpathsOfDirectory(atPath: tests)
        .filter { $0.hasSuffix(".swift") }
    let sources = try files.map { file in
        try String(contentsOfFile: tests + "/" + file, encoding: .utf8)
    }.joined()
    // The last cell of each row but the heads.
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }
    let named = rows.map { row in
        row.split(separator: "|").last.map(String.init).map { cell in
            cell.split(separator: "`").filter { $0.allSatisfy { $0.isLetter } }.map(String.init)
        } ?? []
    }
    let names = zip(rows, named).filter { !$0.0.hasSuffix("| shown by |") }
    #expect(names.count > 20)
    for (row, tests) in names {
        #expect(!tests.isEmpty, "no test shows: \(row)")
        for name in tests { #expect(sources.contains("func \(name)("), "\(name) is no test") }
    }
}
