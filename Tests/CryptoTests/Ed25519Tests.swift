import Crypto
import Encoding
import Foundation
import TestSupport
import Testing

@Suite struct Ed25519Tests {
    // RFC 8032 section 7.1, tests 1 to 3.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc6"
                + "1e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e45"
                + "8f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae"
                + "67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ])
    func signaturesAreThoseOfTheStandard(
        seed: String,
        publicKey: String,
        message: String,
        signature: String
    ) throws {
        let key = try SigningKey(seed: try #require(Bytes32(hex: seed)))
        let message = try #require(unhex(message))
        #expect(key.publicKey.bytes.description == publicKey)
        #expect(key.publicKey.hash == sha256(key.publicKey.bytes.bytes))
        #expect(hex(try key.sign(message)) == signature)
        #expect(key.publicKey.verifies(try key.sign(message), of: message))
    }

    @Test func aSignatureAlteredInAnyBitDoesNotVerify() throws {
        let key = try SigningKey(seed: sha256([1]))
        let message: [UInt8] = [1, 2, 3]
        let signature = try key.sign(message)
        for bit in 0..<8 * signature.count {
            var altered = signature
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.verifies(altered, of: message), "bit \(bit)")
        }
        #expect(!key.publicKey.verifies(signature, of: message + [0]))
        #expect(!key.publicKey.verifies(signature, of: []))
        #expect(!key.publicKey.verifies(signature + [0], of: message))
        #expect(!key.publicKey.verifies(signature.dropLast(), of: message))
        #expect(!key.publicKey.verifies([], of: message))
    }

    // S and S plus the group's order give the same point; only the smaller is the signature.
    @Test func aSignatureHasNoSecondForm() throws {
        let order = try #require(
            unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        )
        let key = try SigningKey(seed: sha256([1]))
        let signature = try key.sign([])
        var second = signature
        var carry = 0
        for index in 0..<32 {
            carry += Int(signature[32 + index]) + Int(order[index])
            second[32 + index] = UInt8(truncatingIfNeeded: carry)
            carry >>= 8
        }
        #expect(key.publicKey.verifies(signature, of: []))
        #expect(!key.publicKey.verifies(second, of: []))
    }

    // The eight points of small order, and each of them with its sign bit turned.
    @Test(arguments: [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    ])
    func aKeyOfSmallOrderIsRefused(text: String) throws {
        var bytes = try #require(unhex(text))
        for _ in 0..<2 {
            let error = #expect(throws: CryptoError.self) { try PublicKey(Bytes32(bytes, at: 0)) }
            #expect(error?.description == "Ed25519 public key is of small order")
            bytes[31] ^= 0x80
        }
    }

    // All y from the field's prime 2^255 - 19 up to 2^255 - 1.
    @Test(arguments: 0xed...0xff as ClosedRange<UInt8>)
    func aKeyNotInCanonicalFormIsRefused(lowest: UInt8) {
        for highest: UInt8 in [0x7f, 0xff] {
            let bytes = [lowest] + [UInt8](repeating: 0xff, count: 30) + [highest]
            let error = #expect(throws: CryptoError.self) { try PublicKey(Bytes32(bytes, at: 0)) }
            #expect(error?.description == "Ed25519 public key is not in canonical form")
        }
    }

    @Test func theLargestCanonicalFormsAreTaken() throws {
        for change in [(0, 0xeb), (1, 0xfe), (30, 0xfe), (31, 0x7e)] as [(Int, UInt8)] {
            var bytes = [UInt8](repeating: 0xff, count: 31) + [0x7f]
            bytes[change.0] = change.1
            #expect(try PublicKey(Bytes32(bytes, at: 0)).bytes.bytes == bytes)
        }
    }

    private struct Wycheproof: Decodable {
        struct Group: Decodable {
            struct PublicKey: Decodable { let pk: String }
            struct Test: Decodable {
                let tcId: Int
                let msg: String
                let sig: String
                let result: String
            }
            let publicKey: PublicKey
            let tests: [Test]
        }
        let numberOfTests: Int
        let testGroups: [Group]
    }

    @Test(
        .enabled(if: SharedVectors.has("wycheproof"), "skipped: ../shared/vectors is absent")
    )
    func wycheproofVectorsAreJudgedAsElsewhere() throws {
        let vectors = try JSONDecoder().decode(
            Wycheproof.self,
            from: SharedVectors.data("wycheproof/ed25519_test.json")
        )
        var judged = 0
        for group in vectors.testGroups {
            let bytes = try #require(Bytes32(hex: group.publicKey.pk))
            let key = try? PublicKey(bytes)
            for test in group.tests {
                let message = try #require(unhex(test.msg))
                let signature = try #require(unhex(test.sig))
                let isGood = key?.verifies(signature, of: message) ?? false
                #expect(isGood == (test.result == "valid"), "test \(test.tcId)")
                judged += 1
            }
        }
        #expect(judged == vectors.numberOfTests)
        #expect(judged == 151)
    }
}
