@testable import CommandLine
import TestSupport
import Testing

@Suite struct CSVReaderTests {
    /// Every row as its fields, or as the reason it was refused.
    private func read(_ bytes: [UInt8], chunk: Int = .max) -> [Result<[String?], RefusedRow>] {
        var reader = CSVReader()
        var rows: [Result<[String?], RefusedRow>] = []
        func drain() {
            while let row = reader.next() {
                rows.append(row.map { row in (0..<row.count).map(row.text(at:)) })
            }
        }
        for piece in pieces(of: bytes, size: chunk) {
            reader.received(piece)
            drain()
        }
        reader.finish()
        drain()
        return rows
    }

    private func lines(_ text: String) -> [Int] {
        var reader = CSVReader()
        reader.received(Array(text.utf8))
        reader.finish()
        var lines: [Int] = []
        while let row = reader.next() {
            switch row {
            case .success(let row): lines.append(row.line)
            case .failure(let refused): lines.append(refused.line)
            }
        }
        return lines
    }

    @Test(arguments: [
        ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
        ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        ("\u{feff}a,b\n", [["a", "b"]]),
        ("a,\n,b\n,\n", [["a", ""], ["", "b"], ["", ""]]),
        ("\"a,b\",\"\"\n", [["a,b", ""]]),
        ("\"say \"\"no\"\"\",\"\"\"\"\n", [["say \"no\"", "\""]]),
        ("\"one\ntwo\r\nthree\",x\r\n", [["one\ntwo\r\nthree", "x"]]),
        ("\n\r\na\n\n", [["a"]]),
        ("5\" pipe,a \"b\"\nx,y", [["5\" pipe", "a \"b\""], ["x", "y"]]),
        ("\"\"\n", [[""]]),
        ("邻里,\"新，旧\"\n", [["邻里", "新，旧"]]),
        ("", []), ("\u{feff}", []),
    ])
    func rowsOfOrdinaryFiles(text: String, want: [[String]]) {
        for chunk in [1, 2, 3, 7, .max] {
            #expect(read(Array(text.utf8), chunk: chunk) == want.map { .success($0) })
        }
    }

    /// Any table, written with quotes where they are needed or just so, comes back as it was.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func whatIsWrittenIsRead(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let signs = ["a", "邻", "\"", ",", "\n", "\r\n", " ", "\r"]
        var table: [[String]] = []
        var text = ""
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let row = (0..<Int.random(in: 2...6, using: &random)).map { _ in
                (0..<Int.random(in: 0...6, using: &random))
                    .map { _ in signs[Int.random(in: 0..<signs.count, using: &random)] }.joined()
            }
            table.append(row)
            let end = Bool.random(using: &random) ? "\n" : "\r\n"
            text += row.map { quoted($0, using: &random) }.joined(separator: ",") + end
        }
        let want = table.map { row -> Result<[String?], RefusedRow> in .success(row) }
        for chunk in [1, 5, 64, .max] {
            #expect(read(Array(text.utf8), chunk: chunk) == want, "seed \(seed)")
        }
    }

    private func quoted(_ field: String, using random: inout SeededGenerator) -> String {
        let special = field.utf8.contains { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }
        guard special || Bool.random(using: &random) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    @Test func lineNumbersAreThoseWhereRowsStart() {
        #expect(lines("h\n\"a\n\nb\"\n\nc\r\nd") == [1, 2, 6, 7])
        #expect(lines("\n\nx\n\"y\n") == [3, 4])
    }

    @Test func textAfterAClosingQuoteRefusesItsRowOnly() {
        let rows = read(Array("a,\"b\"c,d\nx,y\n".utf8))
        let original = Array("a,\"b\"c,d".utf8)
        let want = RefusedRow(line: 1, reason: .textAfterQuote(field: 2), original: original)
        #expect(rows == [.failure(want), .success(["x", "y"])])
    }

    @Test func aQuoteThatIsNeverClosedRefusesTheRest() {
        let rows = read(Array("a,b\nc,\"d\ne,f\n".utf8))
        let original = Array("c,\"d\ne,f\n".utf8)
        let want = RefusedRow(line: 2, reason: .unclosedQuote, original: original)
        #expect(rows == [.success(["a", "b"]), .failure(want)])
    }

    @Test(arguments: [1024, 1025])
    func numberOfFieldsIsBounded(count: Int) {
        let row = Array(repeating: "x", count: count).joined(separator: ",")
        let rows = read(Array("\(row)\na,b\n".utf8))
        #expect(rows.last == .success(["a", "b"]))
        switch rows[0] {
        case .success(let fields): #expect(fields.count == 1024 && count == 1024)
        case .failure(let refused): #expect(refused.reason == .tooManyFields && count == 1025)
        }
    }

    /// The rest of a long row is passed over with its quotes followed: a text that looks like
    /// rows stays text.
    @Test(arguments: [4096, 1 << 16, .max])
    func aLongRowIsRefusedAndNothingInItIsTakenForARow(chunk: Int) throws {
        let limit = ImportLimits.recordBytes
        let inner = String(repeating: "forged,row\n", count: limit / 11 + 9)
        let rows = read(Array("h,i\n\"\(inner)\",z\nx,y\n".utf8), chunk: chunk)
        try #require(rows.count == 3)
        #expect(rows[0] == .success(["h", "i"]) && rows[2] == .success(["x", "y"]))
        guard case .failure(let refused) = rows[1] else {
            Issue.record("the long row was taken")
            return
        }
        #expect(refused.line == 2 && refused.reason == .tooLong)
        #expect(refused.original == Array("\"\(inner)".utf8.prefix(limit)))
    }

    @Test func aRowOfExactlyTheLimitIsTaken() {
        let limit = ImportLimits.recordBytes
        for (length, isTaken) in [(limit, true), (limit + 1, false)] {
            let bytes = Array(repeating: UInt8(ascii: "x"), count: length) + Array("\r\ny\n".utf8)
            let rows = read(bytes, chunk: 100_000)
            #expect(rows.count == 2 && rows[1] == .success(["y"]))
            #expect((try? rows[0].get()) != nil || !isTaken)
            #expect((try? rows[0].get()) == nil || isTaken)
        }
    }

    @Test func textThatIsNotUTF8IsNil() {
        #expect(read([0x61, 0x2c, 0xff, 0x0a]) == [.success(["a", nil])])
    }
}

/// `bytes` cut into pieces of `size`.
func pieces(of bytes: [UInt8], size: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: min(size, max(1, bytes.count))).map { start in
        Array(bytes[start..<min(bytes.count, start + min(size, bytes.count))])
    }
}

/// All that `reader` makes of `bytes`, given in chunks.
func outcomes(
    _ format: ImportReader.Format,
    _ bytes: [UInt8],
    chunk: Int = 1 << 16
) throws -> [ImportReader.Outcome] {
    var reader = ImportReader(format)
    var outcomes: [ImportReader.Outcome] = []
    for piece in pieces(of: bytes, size: chunk) { outcomes += try reader.received(piece) }
    return outcomes + (try reader.finished())
}
