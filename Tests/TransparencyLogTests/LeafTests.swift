import Crypto
import Encoding
import Testing
import TransparencyLog

@Suite struct LeafTests {
    private let key: SigningKey
    private let message = sha256([1])

    init() throws {
        key = try SigningKey(seed: sha256([0]))
    }

    @Test func aLeafIsTheAuthorsSignatureOverTheChecksum() throws {
        let leaf = try Leaf.sign(message: message, key: key)
        #expect(leaf.bytes.count == Leaf.count)
        #expect(leaf.verifies(message: message, key: key.publicKey))
        // The same by the words of the specification.
        let checksum = sha256(message.bytes)
        let signature = try key.sign(Array("sigsum.org/v1/tree-leaf".utf8) + [0] + checksum.bytes)
        let keyHash = sha256(key.publicKey.bytes.bytes)
        #expect(leaf.bytes == checksum.bytes + signature + keyHash.bytes)
    }

    @Test func aLeafReadsWhatItWrites() throws {
        let leaf = try Leaf.sign(message: message, key: key)
        #expect(Leaf(leaf.bytes) == leaf)
    }

    @Test(arguments: [0, 127, 129])
    func anyOtherCountOfBytesIsRefused(count: Int) {
        #expect(Leaf([UInt8](repeating: 0, count: count)) == nil)
    }

    @Test func aLeafAlteredInAnyByteDoesNotVerify() throws {
        let bytes = try Leaf.sign(message: message, key: key).bytes
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1
            let leaf = try #require(Leaf(altered))
            #expect(!leaf.verifies(message: message, key: key.publicKey), "byte \(index)")
        }
    }

    @Test func aLeafVerifiesForNoOtherMessageAndNoOtherKey() throws {
        let leaf = try Leaf.sign(message: message, key: key)
        let other = try SigningKey(seed: sha256([2]))
        #expect(!leaf.verifies(message: sha256([3]), key: key.publicKey))
        #expect(!leaf.verifies(message: message, key: other.publicKey))
    }
}
