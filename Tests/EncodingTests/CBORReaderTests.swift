import Encoding
import Testing

/// The reader as decoders of a known shape use it.
@Suite struct CBORReaderTests {
    @Test func aKnownShapeIsReadItemByItem() throws {
        var writer = CBORWriter(capacity: 64)
        writer.map(3)
        writer.unsigned(0)
        writer.bytes(Bytes32.zero)
        writer.unsigned(1)
        writer.text("\u{6c34}")
        writer.unsigned(2)
        writer.array(2)
        writer.null()
        writer.raw([0xf5])
        var reader = CBORReader(writer.bytes)
        #expect(try reader.map(max: 3) == 3)
        #expect(try reader.key(after: nil) == 0)
        #expect(try reader.bytes32() == .zero)
        #expect(try reader.key(after: 0) == 1)
        #expect(try reader.text(max: 3) == "\u{6c34}")
        #expect(try reader.key(after: 1) == 2)
        #expect(try reader.array(max: 2) == 2)
        let isNull = reader.null()
        let isNullAgain = reader.null()
        #expect(isNull && !isNullAgain)
        #expect(try reader.bool())
        #expect(throws: Never.self) { try reader.finish() }
    }

    @Test func anotherTypeThanWantedIsRefusedWhereItStands() {
        var reader = CBORReader([0x00])
        #expect(throws: CBORError.unexpectedType(offset: 0)) { try reader.bytes(max: 9) }
        #expect(throws: CBORError.unexpectedType(offset: 0)) { try reader.text(max: 9) }
        #expect(throws: CBORError.unexpectedType(offset: 0)) { try reader.array(max: 9) }
        #expect(throws: CBORError.unexpectedType(offset: 0)) { try reader.map(max: 9) }
        #expect(throws: CBORError.unexpectedType(offset: 0)) { try reader.bool() }
        #expect(throws: CBORError.trailing(1)) { try reader.finish() }
        #expect(reader.offset == 0)
        var short = CBORReader([0x41, 0x00])
        #expect(throws: CBORError.unexpectedType(offset: 0)) { try short.bytes32() }
    }

    @Test func aCallersLimitIsKept() throws {
        var reader = CBORReader([0x43, 1, 2, 3])
        #expect(throws: CBORError.tooLarge(limit: 2)) { try reader.bytes(max: 2) }
        var again = CBORReader([0x43, 1, 2, 3])
        #expect(try again.bytes(max: 3) == [1, 2, 3])
        #expect(again.isAtEnd)
        #expect(throws: CBORError.truncated) { try again.unsigned() }
        #expect(throws: CBORError.truncated) { try again.bool() }
    }

    @Test func aRawValueIsItsBytes() throws {
        var reader = CBORReader([0x82, 0x18, 0x18, 0x40, 0xf6])
        #expect(try reader.rawValue() == [0x82, 0x18, 0x18, 0x40])
        #expect(reader.offset == 4)
    }

    @Test func aMapGivesTheValueUnderAKey() {
        let map = CBORValue.map([CBORPair(1, .null), CBORPair(7, .bool(true))])
        #expect(map[7] == .bool(true))
        #expect(map[2] == nil)
        #expect(CBORValue.null[1] == nil)
    }
}
