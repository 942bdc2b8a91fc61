import Crypto
import Encoding
import Testing

@Suite struct HPKETests {
    private let key: SealKey
    private let sealed: HPKESealed
    private let info = Array("linli".utf8)
    private let text = Array("张三".utf8)

    init() throws {
        key = try SealKey(seed: sha256([1]))
        sealed = try HPKE.seal(
            text,
            to: key.publicKey,
            info: info,
            data: [1, 2],
            random: sha256([2])
        )
    }

    // Keys, info, text and data of RFC 9180 appendix A.1.1, whose key encapsulation is this suite's;
    // there with AES-128-GCM. The ciphertext is that of pyhpke 0.6, which gives that of the appendix
    // for AES-128-GCM.
    @Test func theSuiteGivesWhatOthersGive() throws {
        let random = try #require(
            Bytes32(hex: "7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234")
        )
        let secret = try #require(
            Bytes32(hex: "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
        )
        let recipient = try SealKey(seed: secret)
        #expect(
            recipient.publicKey.description
                == "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"
        )
        let info = Array("Ode on a Grecian Urn".utf8)
        let text = Array("Beauty is truth, truth beauty".utf8)
        let data = Array("Count-0".utf8)
        let sealed = try HPKE.seal(
            text,
            to: recipient.publicKey,
            info: info,
            data: data,
            random: random
        )
        #expect(
            sealed.encapsulated.description
                == "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
        )
        #expect(
            hex(sealed.ciphertext)
                == "090b7dc225419f7da9e8b460becfbb96a26c7964d79b8010d397fa838530a32a"
                + "397b14f5776db19ff5e57734e0"
        )
        #expect(try HPKE.open(sealed, with: recipient, info: info, data: data) == text)
    }

    // Sealed by pyhpke, and opened by Python's cryptography 48 too.
    @Test func whatOthersSealedOpens() throws {
        let secret = try #require(
            Bytes32(hex: "95fe8f32f2036438e7f4c0e9157d5f7d730bc04618e1dd569084f67d3919d1fe")
        )
        let encapsulated = try #require(
            Bytes32(hex: "41852320ff367495fa522c94cb83af391e4e89018392725bbf2098dd931bc424")
        )
        let ciphertext = try #require(unhex("6b9971eaa2cde18d4dda659423ee6b9aa9da89b05d6f"))
        let sealed = HPKESealed(encapsulated: encapsulated, ciphertext: ciphertext)
        #expect(try HPKE.open(sealed, with: SealKey(seed: secret), info: info) == text)
    }

    @Test func whatWasSealedOpens() throws {
        #expect(try HPKE.open(sealed, with: key, info: info, data: [1, 2]) == text)
        let empty = try HPKE.seal([], to: key.publicKey, info: [], random: sha256([3]))
        #expect(empty.ciphertext.count == AES256GCM.tagCount)
        #expect(try HPKE.open(empty, with: key, info: []) == [])
    }

    @Test func anotherKeyInfoOrDataDoesNotOpenIt() throws {
        let other = try SealKey(seed: sha256([9]))
        #expect(throws: CryptoError.self) {
            try HPKE.open(sealed, with: other, info: info, data: [1, 2])
        }
        #expect(throws: CryptoError.self) {
            try HPKE.open(sealed, with: key, info: info + [0], data: [1, 2])
        }
        #expect(throws: CryptoError.self) {
            try HPKE.open(sealed, with: key, info: info, data: [1])
        }
    }

    @Test(arguments: 0..<22) func noByteCanBeAltered(_ index: Int) throws {
        var ciphertext = sealed.ciphertext
        ciphertext[index] ^= 1
        let altered = HPKESealed(encapsulated: sealed.encapsulated, ciphertext: ciphertext)
        #expect(throws: CryptoError.self) {
            try HPKE.open(altered, with: key, info: info, data: [1, 2])
        }
        let short = HPKESealed(
            encapsulated: sealed.encapsulated,
            ciphertext: Array(sealed.ciphertext[..<index])
        )
        #expect(throws: CryptoError.self) {
            try HPKE.open(short, with: key, info: info, data: [1, 2])
        }
    }

    // Points of small order, of RFC 7748 section 6.1 and "Taming the many EdDSAs": all keys share
    // zero bytes with them.
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]) func aKeyWithWhichNothingIsSharedIsRefused(_ digits: String) throws {
        let point = try #require(Bytes32(hex: digits))
        #expect(throws: CryptoError.self) {
            try HPKE.seal(text, to: point, info: info, random: sha256([2]))
        }
        let sealed = HPKESealed(encapsulated: point, ciphertext: sealed.ciphertext)
        #expect(throws: CryptoError.self) {
            try HPKE.open(sealed, with: key, info: info, data: [1, 2])
        }
    }
}
