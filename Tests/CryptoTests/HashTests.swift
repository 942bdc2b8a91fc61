import Crypto
import Encoding
import Testing

@Suite struct HashTests {
    // FIPS 180-4 examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func sha256IsThatOfTheStandard(message: String, digest: String) {
        #expect(sha256(Array(message.utf8)).description == digest)
    }

    @Test func oneHasherHashesOneMessageAfterAnother() {
        let hasher = SHA256Hasher()
        for count in [0, 1, 55, 56, 63, 64, 65, 200, 0] {
            let message = [UInt8](repeating: 7, count: count)
            #expect(hasher.hash(message) == sha256(message))
        }
    }

    // RFC 4231 test cases 1 to 4. HMAC pads short keys with zeros, so 32 bytes hold them.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(1...25), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
        ] as [([UInt8], [UInt8], String)]
    )
    func hmacIsThatOfTheStandard(key: [UInt8], message: [UInt8], code: String) {
        let padded = key + [UInt8](repeating: 0, count: 32 - key.count)
        #expect(hmacSHA256(key: Bytes32(padded, at: 0), message).description == code)
    }

    @Test func hmacTakesAnEmptyMessage() {
        #expect(
            hmacSHA256(key: .zero, []).description
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        )
    }
}
