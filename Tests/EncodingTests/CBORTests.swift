import Encoding
import TestSupport
import Testing

@Suite struct CBORTests {
    // The examples of RFC 8949 appendix A that are in our subset.
    @Test(
        arguments: [
            ("00", .unsigned(0)), ("01", .unsigned(1)), ("0a", .unsigned(10)),
            ("17", .unsigned(23)), ("1818", .unsigned(24)), ("1819", .unsigned(25)),
            ("1864", .unsigned(100)), ("1903e8", .unsigned(1000)),
            ("1a000f4240", .unsigned(1_000_000)),
            ("1b000000e8d4a51000", .unsigned(1_000_000_000_000)),
            ("1bffffffffffffffff", .unsigned(.max)), ("3bffffffffffffffff", .negative(.max)),
            ("20", .negative(0)), ("29", .negative(9)), ("3863", .negative(99)),
            ("3903e7", .negative(999)), ("f4", .bool(false)), ("f5", .bool(true)), ("f6", .null),
            ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])), ("60", .text("")),
            ("6161", .text("a")), ("6449455446", .text("IETF")), ("62225c", .text("\"\\")),
            ("62c3bc", .text("\u{fc}")), ("63e6b0b4", .text("\u{6c34}")),
            ("64f0908591", .text("\u{10151}")), ("80", .array([])),
            ("83010203", .array([.unsigned(1), .unsigned(2), .unsigned(3)])),
            (
                "8301820203820405",
                .array([
                    .unsigned(1), .array([.unsigned(2), .unsigned(3)]),
                    .array([.unsigned(4), .unsigned(5)]),
                ])
            ),
            (
                "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
                .array((1...25).map { .unsigned($0) })
            ),
            ("a0", .map([])),
            ("a201020304", .map([CBORPair(1, .unsigned(2)), CBORPair(3, .unsigned(4))])),
        ] as [(String, CBORValue)]
    )
    func examplesOfTheStandardReadAndWriteTheSame(text: String, value: CBORValue) throws {
        let bytes = try #require(unhex(text))
        #expect(try CBORValue(decoding: bytes) == value)
        #expect(value.encoded == bytes)
    }

    // The rest of appendix A: floats, tags, simple values, indefinite lengths, other map keys.
    @Test(arguments: [
        "f90000", "f93c00", "fa47c35000", "fb3ff199999999999a", "f97e00", "f7", "f0", "f818",
        "f8ff", "c249010000000000000000", "c11a514b67b0", "d818456449455446", "5f42010243030405ff",
        "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff", "83018202039f0405ff",
        "bf61610161629f0203ffff", "a26161016162820203", "f8f4", "f8f6", "ff",
    ])
    func examplesOutsideTheSubsetAreRefused(text: String) throws {
        let bytes = try #require(unhex(text))
        #expect(throws: CBORError.self) { try CBORValue(decoding: bytes) }
    }

    @Test func randomValuesReadAsTheyWereWritten() throws {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<2_000 {
            let value = randomValue(depth: CBORValue.depthMax, using: &random)
            #expect(try CBORValue(decoding: value.encoded) == value)
        }
    }

    // Goal: whatever bytes are accepted, they are the only ones of their value.
    @Test func whateverIsReadIsWrittenBackUnchanged() {
        var random = SeededGenerator(seed: 3)
        var read = 0
        for _ in 0..<5_000 {
            var bytes = randomValue(depth: 4, using: &random).encoded
            let index = Int.random(in: bytes.indices, using: &random)
            bytes[index] = UInt8.random(in: 0...255, using: &random)
            guard let value = try? CBORValue(decoding: bytes) else { continue }
            read += 1
            #expect(value.encoded == bytes)
        }
        #expect(read > 500)
    }

    @Test func everyTruncationIsRefused() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let bytes = randomValue(depth: 4, using: &random).encoded
            for count in bytes.indices.prefix(300) {
                #expect(throws: CBORError.self) {
                    try CBORValue(decoding: Array(bytes[..<count]))
                }
            }
            #expect(throws: CBORError.trailing(1)) { try CBORValue(decoding: bytes + [0]) }
        }
    }

    // Each argument in every form longer than its own, in each major type that has one.
    @Test(arguments: 0...5 as ClosedRange<UInt8>)
    func aLongerFormOfAnIntegerOrLengthIsRefused(major: UInt8) {
        let type = major << 5
        let longer: [[UInt8]] = [
            [24, 0], [24, 23], [25, 0, 0], [25, 0, 23], [25, 0, 255], [26, 0, 0, 0, 0],
            [26, 0, 0, 255, 255], [27, 0, 0, 0, 0, 0, 0, 0, 0],
            [27, 0, 0, 0, 0, 255, 255, 255, 255],
        ]
        for head in longer {
            let bytes = [type | head[0]] + head[1...] + [UInt8](repeating: 0, count: 300)
            #expect(throws: CBORError.notDeterministic(offset: 0)) {
                var reader = CBORReader(bytes)
                _ = try reader.value()
            }
        }
    }

    @Test(arguments: 0...7 as ClosedRange<UInt8>)
    func reservedAndIndefiniteHeadsAreRefused(major: UInt8) {
        for short: UInt8 in 28...31 {
            #expect(throws: CBORError.self) {
                try CBORValue(decoding: [major << 5 | short, 0, 0xff])
            }
        }
    }

    @Test(arguments: ["a200000000", "a201000000", "a218180017f6"])
    func keysThatDoNotRiseAreRefused(text: String) throws {
        let bytes = try #require(unhex(text))
        #expect(throws: CBORError.notDeterministic(offset: bytes[1] == 0x18 ? 4 : 3)) {
            try CBORValue(decoding: bytes)
        }
    }

    @Test(arguments: ["61ff", "62c080", "63eda080", "62e282", "64f4908080"])
    func textThatIsNotUTF8IsRefused(text: String) throws {
        let bytes = try #require(unhex(text))
        #expect(throws: CBORError.notDeterministic(offset: 0)) {
            try CBORValue(decoding: bytes)
        }
    }

    // A reader that made room for what these claim would end the process.
    @Test(arguments: 2...5 as ClosedRange<UInt8>)
    func aLengthBeyondTheInputIsRefused(major: UInt8) {
        let type = major << 5
        let claims: [[UInt8]] = [
            [24, 255], [25, 255, 255], [26, 255, 255, 255, 255],
            [27, 127, 255, 255, 255, 255, 255, 255, 255],
            [27, 255, 255, 255, 255, 255, 255, 255, 255],
        ]
        for claim in claims {
            let bytes = [type | claim[0]] + claim[1...] + [0, 0, 0]
            #expect(throws: CBORError.tooLarge(limit: bytes.count)) {
                try CBORValue(decoding: bytes)
            }
        }
    }

    @Test func nestingIsReadToItsLimitAndNoDeeper() throws {
        let deepest = [UInt8](repeating: 0x81, count: CBORValue.depthMax - 1)
        #expect(try CBORValue(decoding: deepest + [0]).encoded == deepest + [0])
        #expect(throws: CBORError.tooLarge(limit: CBORValue.depthMax)) {
            try CBORValue(decoding: deepest + [0x81, 0])
        }
        #expect(throws: CBORError.tooLarge(limit: CBORValue.depthMax)) {
            try CBORValue(decoding: [UInt8](repeating: 0x81, count: 100_000))
        }
    }

    // The letter as one scalar, and as a letter with an accent: equal strings, two encodings.
    @Test func valuesAreEqualExactlyWhenTheirEncodingsAre() {
        let one = CBORValue.text("\u{e9}")
        let two = CBORValue.text("e\u{301}")
        #expect(one != two)
        #expect(CBORValue.map([CBORPair(0, one)]) != .map([CBORPair(0, two)]))
        var random = SeededGenerator(seed: 6)
        let values = (0..<100).map { _ in randomValue(depth: 2, using: &random) }
        for left in values {
            for right in values {
                #expect((left == right) == (left.encoded == right.encoded))
            }
        }
    }

    private func randomValue(depth: Int, using random: inout SeededGenerator) -> CBORValue {
        let number = random.next() >> UInt64.random(in: 0..<64, using: &random)
        let count = Int.random(in: 0...4, using: &random)
        switch Int.random(in: 0..<(depth > 1 ? 8 : 6), using: &random) {
        case 0: return .unsigned(number)
        case 1: return .negative(number)
        case 2: return .bytes(random.bytes(Int.random(in: 0...300, using: &random)))
        case 3:
            let scalars = "a\u{e9}\u{6c34}\u{10151}\0\n"
            return .text(
                String(
                    (0..<count * 8).compactMap { _ in
                        scalars.randomElement(using: &random)
                    }
                )
            )
        case 4: return .bool(number.isMultiple(of: 2))
        case 5: return .null
        case 6:
            return .array((0..<count).map { _ in randomValue(depth: depth - 1, using: &random) })
        default:
            let keys = Set(
                (0..<count).map { _ in
                    random.next() >> UInt64.random(in: 0..<64, using: &random)
                }
            )
            return .map(
                keys.sorted().map {
                    CBORPair($0, randomValue(depth: depth - 1, using: &random))
                }
            )
        }
    }
}
