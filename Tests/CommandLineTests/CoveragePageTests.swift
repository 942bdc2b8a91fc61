import CommandLine
import Foundation
import Testing

/// `docs/coverage.md`: every practice has a row, and every command in it is there.
struct CoveragePageTests {
    private let rows: [[String]]

    init() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/coverage.md")
        rows = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
            .map { line in
                line.split(separator: "|", omittingEmptySubsequences: false)
                    .map { $0.trimmingCharacters(in: .whitespaces) }
            }.filter { $0.count == 7 && Int($0[1]) != nil }
    }

    private func quoted(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    @Test func everyPracticeHasOneRowThatSaysHow() {
        #expect(rows.compactMap { Int($0[1]) } == Array(1...27))
        for row in rows {
            #expect(!quoted(row[3]).isEmpty && !quoted(row[4]).isEmpty, "\(row[1])")
            #expect(!quoted(row[5]).isEmpty, "\(row[1])")
            for cell in row {
                #expect(!cell.lowercased().contains("planned") && !cell.contains("计划"), "\(row[1])")
            }
        }
    }

    @Test func everyCommandOfThePageIsThereWithItsFlags() throws {
        for row in rows {
            var flags: Set<String> = []
            var named: Set<String> = []
            for text in quoted(row[3]) + quoted(row[4]) {
                let words = text.split(separator: " ").map(String.init)
                if words.first == "linli" {
                    let command = Program.commands.first { $0.words == Array(words.dropFirst()) }
                    let found = try #require(command, "row \(row[1]): \(text)")
                    flags.formUnion(found.flags.map(\.name))
                } else {
                    named.formUnion(
                        words.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }
                    )
                }
            }
            for flag in named.sorted() { #expect(flags.contains(flag), "row \(row[1]): --\(flag)") }
        }
    }

    @Test func everyTestAndTranscriptOfThePageIsThere() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        var sources = ""
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        where path.hasSuffix(".swift") && !path.hasSuffix("CoveragePageTests.swift") {
            let file = folder.appending(path: path)
            sources += path + "\n" + (try String(contentsOf: file, encoding: .utf8))
        }
        for row in rows {
            for name in quoted(row[5]) {
                if name.hasPrefix("transcripts/") {
                    let file = folder.appending(path: "SystemTests/\(name).txt")
                    #expect(FileManager.default.fileExists(atPath: file.path), "\(name)")
                } else {
                    let isThere =
                        sources.contains("func \(name)(") || sources.contains("\(name).swift")
                        || sources.contains("struct \(name) ")
                    #expect(isThere, "row \(row[1]): \(name)")
                }
            }
        }
    }
}
