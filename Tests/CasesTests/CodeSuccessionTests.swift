import Cases
import Ledger
import TestSupport
import Testing

private func scope(_ code: String) throws -> Scope { try #require(Scope(code)) }

/// A row from `old > new new @table =instant`.
private func row(_ text: String) throws -> SuccessionRow {
    var words = text.split(separator: " ").map(String.init)[...]
    let old = try scope(words.removeFirst())
    var new: [Scope] = []
    var table = "2021"
    var effective: UInt64?
    for word in words {
        switch word.first {
        case "@": table = String(word.dropFirst())
        case "=": effective = UInt64(word.dropFirst())
        case ">": continue
        default: new.append(try scope(word))
        }
    }
    return try SuccessionRow(old: old, new: new, effective: effective, basis: "test", table: table)
}

private func table(_ rows: [String]) throws -> CodeSuccession {
    try CodeSuccession(try rows.map(row))
}

/// Outcome, codes and candidates in one line.
private func line(_ resolution: CodeSuccession.Resolution) -> String {
    let codes = resolution.codes.map(\.code).joined(separator: "|")
    let candidates = resolution.candidates.map(\.code).joined(separator: "|")
    return "\(resolution.outcome.rawValue) \(codes)" + (candidates.isEmpty ? "" : " ?\(candidates)")
}

/// Districts of 2021 with a street that went each way.
private let hangzhou = [
    "330103 > 330105", "330103002 > 330105013", "330104 > 330102 330114",
    "330104005 > 330102011", "330104009 > 330114002",
]

@Suite struct CodeSuccessionTests {
    @Test(arguments: [
        ("330105013", "current 330105013"),  // never succeeded
        ("330103002", "succeeded 330105013"),
        ("330103", "succeeded 330105"),
        ("330104", "split 330102|330114"),
        ("330104005", "succeeded 330102011"),
        ("330104009", "succeeded 330114002"),
        ("330104777", "unresolved 330104777 ?330102|330114"),
        ("330103777", "coarser 330105"),
        ("330103002005", "coarser 330105013"),
        ("330104005001", "coarser 330102011"),
        ("330104777001", "unresolved 330104777001 ?330102|330114"),
        ("330103777001", "coarser 330105"),
        ("330103002000", "succeeded 330105013"),  // padded with zeros
        ("330104000000", "split 330102|330114"),
        ("330106002000", "current 330106002000"),
        ("3301", "current 3301"),
    ])
    func codesOfHangzhou(code: String, want: String) throws {
        let resolution = try table(hangzhou).resolve(scope(code))
        #expect(line(resolution) == want)
        // The order of the rows does not show.
        #expect(try table(hangzhou.reversed()).resolve(scope(code)) == resolution)
    }

    @Test func aWayIsFollowedToItsEnd() throws {
        let rows = try table([
            "330125 > 330184 @1994", "330184 > 330110 @2001", "330110 > 330110 330113 @2021",
            "330110001 > 330113001 @2021", "330110005 > 330110005 @2021",
        ])
        #expect(line(rows.resolve(try scope("330125"))) == "split 330110|330113")
        #expect(rows.resolve(try scope("330125")).rows.map(\.table) == ["2021", "1994", "2001"])
        #expect(line(rows.resolve(try scope("330125"), at: .table("2001"))) == "succeeded 330110")
        #expect(line(rows.resolve(try scope("330125"), at: .table("1990"))) == "current 330125")
        #expect(line(rows.resolve(try scope("330110001"))) == "succeeded 330113001")
        // A row that says that the street stays, and a street of which none does.
        #expect(line(rows.resolve(try scope("330110005"))) == "current 330110005")
        #expect(
            line(rows.resolve(try scope("330110006"))) == "unresolved 330110006 ?330110|330113"
        )
        // What is coarser already takes no side in a later split.
        #expect(line(rows.resolve(try scope("330125009"))) == "unresolved 330110 ?330110|330113")
    }

    @Test func anInstantChoosesTheRowsInEffect() throws {
        let rows = try table(["330103 > 330105 =1000", "330107 > 330105"])
        #expect(line(rows.resolve(try scope("330103"), at: .instant(999))) == "current 330103")
        #expect(line(rows.resolve(try scope("330103"), at: .instant(1000))) == "succeeded 330105")
        // Without a date a row counts as ever since.
        #expect(line(rows.resolve(try scope("330107"), at: .instant(0))) == "succeeded 330105")
    }

    @Test func aCodeThatCameBackIsNotRetiredByItsOlderRow() throws {
        let rows = try table(["330101 > 330102 @1990", "330102 > 330101 @2000"])
        #expect(line(rows.resolve(try scope("330101"))) == "current 330101")
        #expect(line(rows.resolve(try scope("330101"), at: .table("1990"))) == "succeeded 330102")
        #expect(line(rows.resolve(try scope("330102"))) == "succeeded 330101")
        #expect(rows.resolve(try scope("330101"), given: "1990").rows.isEmpty)
        let reused = try table(["330101 > 330102 @1990", "330101 > 330105 @2010"])
        #expect(line(reused.resolve(try scope("330101"))) == "succeeded 330102")
        #expect(line(reused.resolve(try scope("330101"), given: "2000")) == "succeeded 330105")
    }

    @Test func whatGoesRoundIsReportedAndStays() throws {
        let pair = try table(["330101 > 330102", "330102 > 330101"])
        #expect(line(pair.resolve(try scope("330101"))) == "cyclic 330101 ?330101|330102")
        let branch = try table(["330101 > 330102 330105", "330102 > 330101"])
        #expect(line(branch.resolve(try scope("330101"))) == "cyclic 330101 ?330101|330102")
        // A way longer than any succession is.
        let length = CodeSuccession.longestWay
        let long = try table((0...length).map { "33\(1000 + $0) > 33\(1001 + $0)" })
        #expect(line(long.resolve(try scope("331001"))) == "succeeded 33\(1001 + length)")
        #expect(long.resolve(try scope("331000")).outcome == .cyclic)
    }

    @Test func wideSplitsAreBounded() throws {
        // Each of 64 parts is split into 64 more.
        var rows: [String] = []
        let parts = (0..<64).map { "33\(1000 + $0)" }
        rows.append("330101 > " + parts.joined(separator: " "))
        for part in parts {
            rows.append("\(part) > " + (100..<164).map { "\(part)\($0)" }.joined(separator: " "))
        }
        let resolution = try table(rows).resolve(scope("330101"))
        #expect(resolution.outcome == .cyclic && resolution.codes.map(\.code) == ["330101"])
    }

    @Test func rowsThatSayNothingClearAreRefused() throws {
        func fault(_ text: String) -> SuccessionError? {
            do { _ = try row(text) } catch { return error as? SuccessionError }
            return nil
        }
        let code = try scope("330103")
        let next = try scope("330105")
        #expect(fault("330103 >") == .noSuccessor(code))
        #expect(fault("330103 > 330105 330105") == .successorTwice(code, next))
        let many = (0..<65).map { "33\(1000 + $0)" }.joined(separator: " ")
        #expect(fault("330103 > \(many)") == .tooManySuccessors(code))
        #expect(throws: SuccessionError.repeated(code)) {
            try table(["330103 > 330105", "330104 > 330102", "330103 > 330102"])
        }
        #expect(try CodeSuccession([]).resolve(code).outcome == .current)
    }

    /// Any table ends, gives the same in any order of rows, and never names a code twice.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func anyTableResolves(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let codes =
            try ["3301", "330101", "330102", "330103", "330101001", "330102001"]
            .map(scope) + [scope("330102001000"), scope("330101001001")]
        var rows: [SuccessionRow] = []
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            let old = try #require(codes.randomElement(using: &generator))
            let new = codes.shuffled(using: &generator)
                .prefix(Int.random(in: 1...3, using: &generator))
            let row = try SuccessionRow(
                old: old,
                new: Array(new),
                effective: Bool.random(using: &generator)
                    ? UInt64.random(in: 0...3, using: &generator) : nil,
                basis: "",
                table: "\(Int.random(in: 1...3, using: &generator))"
            )
            let key = { (row: SuccessionRow) in (row.table, row.effective ?? 0) }
            if !rows.contains(where: { $0.old == old && key($0) == key(row) }) { rows.append(row) }
        }
        let table = try CodeSuccession(rows)
        let shuffled = try CodeSuccession(rows.shuffled(using: &generator))
        for code in codes {
            for time: CodeSuccession.Time in [.newest, .instant(1), .table("2")] {
                let found = table.resolve(code, at: time)
                #expect(shuffled.resolve(code, at: time) == found)
                #expect(!found.codes.isEmpty && found.codes == Set(found.codes).sorted())
                #expect((found.codes.count > 1) ? found.outcome != .succeeded : true)
            }
        }
    }
}
