import Encoding
import TestSupport
import Testing

@Suite struct TextTests {
    // RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func base64IsThatOfTheStandard(clear: String, encoded: String) {
        #expect(base64(Array(clear.utf8)) == encoded)
        #expect(unbase64(encoded) == Array(clear.utf8))
    }

    @Test func base64UsesTheStandardAlphabet() {
        #expect(base64([0xfb, 0xff, 0xbf]) == "+/+/")
        #expect(unbase64("-_-_") == nil)
    }

    @Test(arguments: [
        "Zg", "Zg=", "Z===", "====", "=", "Zg==Zg==", "Z=g=", "=Zg=", "Zh==", "Zm9=", " Zg==",
        "Zg==\n", "Zm9v\n", "Zm 9", "Zm9vZ", "Zm9\u{fffd}", "Zm9\0", "\u{212a}g==",
    ])
    func base64InAnyOtherFormIsRefused(text: String) {
        #expect(unbase64(text) == nil)
    }

    // RFC 4648 section 10, in lowercase.
    @Test func hexIsThatOfTheStandard() {
        #expect(hex(Array("foobar".utf8)) == "666f6f626172")
        #expect(hex([]).isEmpty)
        #expect(unhex("666F6f626172") == Array("foobar".utf8))
        #expect(unhex("") == [])
    }

    @Test(arguments: ["0", "0g", "0x", " 00", "00 ", "-1", "\u{ff10}\u{ff10}", "0\u{301}0"])
    func whatIsNotHexIsRefused(text: String) {
        #expect(unhex(text) == nil)
    }

    @Test func randomBytesReadAsTheyWereWritten() {
        var random = SeededGenerator(seed: 5)
        for count in 0..<100 {
            let bytes = random.bytes(count)
            #expect(unhex(hex(bytes)) == bytes)
            #expect(unbase64(base64(bytes)) == bytes)
        }
    }

    @Test func bigEndianPutsTheHighestByteFirst() {
        #expect(bigEndianBytes(0x0102_0304_0506_0708) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(bigEndianBytes(.max) == [UInt8](repeating: 255, count: 8))
    }
}
