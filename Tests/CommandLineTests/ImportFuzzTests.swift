import CommandLine
import TestSupport
import Testing

/// Bytes that nobody meant as a file: nothing traps, the chunks do not matter, and whatever is
/// refused is a part of the file.
@Suite struct ImportFuzzTests {
    private func formats() throws -> [ImportReader.Format] {
        let json = """
            {"source":"s","timeZone":"Asia/Shanghai","timeFormat":"yyyy-MM-dd HH:mm:ss",
             "columns":{"externalID":"a","openedAt":"b","summary":["c","d"]}}
            """
        let source = try #require(SourceCode("s"))
        return [.csv(try ImportMap(json: Array(json.utf8))), .open311(source)]
    }

    private static let csv = """
        a,b,c,d\r\n1,2015-01-01 00:00:00,"x ""y""\nz",邻\r\n2,2015-01-01 00:00:00,,\r\n
        """
    private static let json = """
        [{"service_request_id":"1","requested_datetime":"2015-01-01T00:00:00Z","x":[{"y":"]"}]},
        {"service_request_id":"2","requested_datetime":"2015-01-01T00:00:00Z","z":"\\\\\\""}]
        """

    private func check(_ bytes: [UInt8], seed: UInt64) throws {
        for format in try formats() {
            let whole: [ImportReader.Outcome]
            do {
                whole = try outcomes(format, bytes)
            } catch {
                #expect(error is ImportError)
                continue
            }
            for chunk in [1, 13] {
                #expect(try outcomes(format, bytes, chunk: chunk) == whole, "seed \(seed)")
            }
            let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
            for case .failure(let refused) in whole {
                #expect(1...lines ~= refused.line, "seed \(seed)")
                #expect(refused.original.count <= bytes.count)
            }
        }
    }

    @Test(arguments: 0..<150 as Range<UInt64>)
    func randomBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let noise = random.bytes(Int.random(in: 0...400, using: &random))
        try check(noise, seed: seed)
        try check(Array("a,b,c,d\n".utf8) + noise, seed: seed)
        try check([UInt8(ascii: "[")] + noise, seed: seed)
    }

    /// Only the signs that the formats are made of, so that their states are all visited.
    @Test(arguments: 0..<150 as Range<UInt64>)
    func randomSigns(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let signs = Array("\"\",\n\r[]{}:\\1a ".utf8)
        let noise = (0..<Int.random(in: 0...200, using: &random)).map { _ in
            signs[Int.random(in: 0..<signs.count, using: &random)]
        }
        try check(Array("a,b,c,d\n".utf8) + noise, seed: seed)
        try check([UInt8(ascii: "[")] + noise, seed: seed)
    }

    @Test func everyTruncation() throws {
        for text in [Self.csv, Self.json] {
            let bytes = Array(text.utf8)
            for count in 0...bytes.count { try check(Array(bytes.prefix(count)), seed: 0) }
        }
    }

    @Test(arguments: 0..<150 as Range<UInt64>)
    func changedBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for text in [Self.csv, Self.json] {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
            try check(bytes, seed: seed)
        }
    }
}
