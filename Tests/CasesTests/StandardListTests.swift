import Cases
import Foundation
import Testing

/// The code lists of GB/T 31000-2015 as read off its pages, kept outside the project.
private let standard = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("../shared/data/gbt31000_codes.csv")

// skipped: where the file of the lists is not there
@Test(.enabled(if: FileManager.default.fileExists(atPath: standard.path)))
func theTablesHoldTheListsOfTheStandardToTheLetter() throws {
    let rows = try String(contentsOf: standard, encoding: .utf8)
        .split(whereSeparator: \.isNewline)
        .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    for (name, list) in [("事件类型", CodeList.eventTypes), ("事件规模", .eventScales)] {
        let wanted = rows.filter { $0[0] == name }.map { "\($0[1]) \($0[2])" }
        #expect(wanted.count > 2)
        #expect(list.codes.map { "\($0.code) \($0.label.zh)" } == wanted)
    }
}
