import Encoding
import TestSupport
import Testing

@Suite struct Bytes32Tests {
    @Test func orderIsThatOfTheHexadecimalText() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            let left = Bytes32(random.bytes(32), at: 0)
            let right = Bytes32(random.bytes(32), at: 0)
            #expect((left < right) == (left.description < right.description))
        }
    }

    @Test(arguments: 0..<32)
    func orderLooksAtEveryByte(index: Int) {
        var bytes = [UInt8](repeating: 7, count: 32)
        let less = Bytes32(bytes, at: 0)
        bytes[index] = 0xff
        let more = Bytes32(bytes, at: 0)
        #expect(less < more)
        #expect(!(more < less))
        #expect(!(less < less))
    }

    @Test(arguments: [0, 31, 33])
    func anyOtherCountIsRefused(count: Int) {
        #expect(Bytes32([UInt8](repeating: 1, count: count)) == nil)
        #expect(Bytes32(hex: String(repeating: "01", count: count)) == nil)
    }

    @Test func bytesAndTextReadAsTheyWereWritten() {
        let bytes = Array(1...32 as ClosedRange<UInt8>)
        let value = Bytes32([0] + bytes + [0], at: 1)
        var longer: [UInt8] = [9]
        value.append(to: &longer)
        #expect(value.bytes == bytes)
        #expect(longer == [9] + bytes)
        #expect(Bytes32(bytes) == value)
        #expect(Bytes32(hex: value.description) == value)
        #expect(value.short == "01020304")
        #expect(Bytes32.zero.bytes == [UInt8](repeating: 0, count: 32))
    }
}
