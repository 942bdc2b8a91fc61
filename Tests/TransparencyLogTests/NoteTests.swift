import Crypto
import Encoding
import TestSupport
import Testing
import TransparencyLog

@Suite struct NoteTests {
    private static let line = "\u{2014} name AAAAAAE=\n"

    @Test(arguments: [
        "text\n\n" + line,
        "\n\n" + line,
        "two\n\nparts\n\n" + line + line,
        "\u{2014} name AAAAAAE=\n\n" + line,
        "text\n\n\u{2014} 街道.example AAAAAAE=\n",
    ])
    func aNoteReadsAndWritesTheSameBytes(text: String) throws {
        let bytes = Array(text.utf8)
        let note = try Note(bytes)
        #expect(note.bytes == bytes)
        #expect(try Note(text: note.text, signatures: note.signatures) == note)
        #expect(note.signatures.last?.payload == [1])
    }

    @Test(
        arguments: [
            ("", .notText),
            ("text\n\n" + line.dropLast(), .notText),
            ("te\txt\n\n" + line, .notText),
            ("text\r\n\r\n" + line, .notText),
            ("text\n" + line, .noSignatures),
            ("text\n\n", .notSignature(line: 1)),
            ("text\n\n\n", .notSignature(line: 1)),
            ("text\n\n" + line + "\n", .notSignature(line: 1)),
            ("text\n\n" + line + "more\n", .notSignature(line: 2)),
            ("text\n\n- name AAAAAAE=\n", .notSignature(line: 1)),
            ("text\n\n\u{2013} name AAAAAAE=\n", .notSignature(line: 1)),
            ("text\n\n\u{2014}name AAAAAAE=\n", .notSignature(line: 1)),
            ("text\n\n\u{2014}  AAAAAAE=\n", .notSignature(line: 1)),
            ("text\n\n\u{2014} name\n", .notSignature(line: 1)),
            ("text\n\n\u{2014} name \n", .notSignature(line: 1)),
            ("text\n\n\u{2014} na+me AAAAAAE=\n", .notSignature(line: 1)),
            ("text\n\n\u{2014} na\u{3000}me AAAAAAE=\n", .notSignature(line: 1)),
            ("text\n\n\u{2014} name  AAAAAAE=\n", .notSignature(line: 1)),
            ("text\n\n\u{2014} name AAAAAAE= \n", .notSignature(line: 1)),
            ("text\n\n\u{2014} name AAAAAAE\n", .notSignature(line: 1)),
            ("text\n\n\u{2014} name AAAAAAF=\n", .notSignature(line: 1)),
            ("text\n\n\u{2014} name AAAAAA==\n", .notSignature(line: 1)),
        ] as [(String, NoteError)]
    )
    func whatIsNoNoteIsRefused(text: String, error: NoteError) {
        #expect(throws: error) { try Note(Array(text.utf8)) }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x80]] {
            #expect(throws: NoteError.notText) {
                try Note(bytes + Array("text\n\n\(Self.line)".utf8))
            }
        }
    }

    @Test func aHundredLinesAreReadAndNoMore() throws {
        let head = "text\n\n"
        let most = head + String(repeating: Self.line, count: Note.signaturesMax)
        #expect(try Note(Array(most.utf8)).signatures.count == 100)
        #expect(throws: NoteError.tooManySignatures(101)) {
            try Note(Array((most + Self.line).utf8))
        }
    }

    @Test func sixtyFourKibibytesAreReadAndNoMore() throws {
        let rest = "\n\n" + Self.line
        let most = String(repeating: "a", count: Note.bytesMax - rest.utf8.count) + rest
        #expect(try Note(Array(most.utf8)).bytes.count == 65_536)
        #expect(throws: NoteError.tooLarge(65_537)) { try Note(Array(("a" + most).utf8)) }
        let signature = try #require(NoteSignature(name: "name", keyID: 0, payload: [1]))
        let text = [UInt8](repeating: 10, count: Note.bytesMax)
        #expect(throws: NoteError.tooLarge(65_536 + rest.utf8.count - 1)) {
            try Note(text: text, signatures: [signature])
        }
    }

    @Test func aNoteIsNotMadeOfWhatItCouldNotBeReadFrom() throws {
        let signature = try #require(NoteSignature(name: "name", keyID: 0, payload: [1]))
        #expect(throws: NoteError.notText) { try Note(text: [], signatures: [signature]) }
        #expect(throws: NoteError.notText) { try Note(text: [65], signatures: [signature]) }
        #expect(throws: NoteError.notText) { try Note(text: [7, 10], signatures: [signature]) }
        #expect(throws: NoteError.noSignatures) { try Note(text: [10], signatures: []) }
        #expect(NoteSignature(name: "", keyID: 0, payload: [1]) == nil)
        #expect(NoteSignature(name: "a b", keyID: 0, payload: [1]) == nil)
        #expect(NoteSignature(name: "a\nb", keyID: 0, payload: [1]) == nil)
        #expect(NoteSignature(name: "a", keyID: 0, payload: []) == nil)
    }

    // Goal: no input crashes the parser, and what it takes it writes back. Method: seeded edits.
    @Test func whateverIsReadIsWrittenBackUnchanged() throws {
        var random = SeededGenerator(seed: 7)
        let start = Array("two\n\nparts\n\n\(Self.line)\(Self.line)".utf8)
        var read = 0
        for _ in 0..<2_000 {
            var bytes = start
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(bytes[index], at: index)
                default: bytes[index] = UInt8.random(in: 0...255, using: &random)
                }
            }
            guard let note = try? Note(bytes) else { continue }
            read += 1
            #expect(note.bytes == bytes)
        }
        #expect(read > 100)
    }
}
