import Crypto
import Encoding
import TestSupport
import Testing
import TransparencyLog

@Suite struct VerifierKeyTests {
    // The note and key of the example in golang.org/x/mod/sumdb/note.
    @Test func aNoteThatGoSignedIsReadAndVerified() throws {
        let key = try VerifierKey(
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        )
        let note = try Note(
            Array(
                """
                If you think cryptography is the answer to your problem,
                then you don't know what your problem is.

                \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuG\
                UgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

                """.utf8
            )
        )
        #expect(note.signatures.count == 1)
        let signature = try #require(note.signatures.first)
        #expect(key.name == "PeterNeumann")
        #expect(key.type == .ed25519)
        #expect(key.keyID == 0xc74f_20a3)
        #expect(key.claims(signature))
        #expect(key.key.verifies(signature.payload, of: note.text))
    }

    @Test(arguments: [
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN",
    ])
    func aKeyWritesTheTextItWasReadFrom(text: String) throws {
        #expect(try VerifierKey(text).text == text)
    }

    @Test func theIDDependsOnTheType() throws {
        let key = try SigningKey(seed: sha256([0])).publicKey
        let log = try #require(VerifierKey(name: "name", type: .ed25519, key: key))
        let witness = try #require(VerifierKey(name: "name", type: .cosignature, key: key))
        #expect(log.keyID != witness.keyID)
        #expect(try VerifierKey(witness.text) == witness)
        #expect(VerifierKey(name: "a name", type: .ed25519, key: key) == nil)
        #expect(VerifierKey(log: key).name == "sigsum.org/v1/tree/\(key.hash)")
    }

    private static let text =
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

    @Test(
        arguments: [
            ("", .malformed),
            ("example.com/foo+530d903a", .malformed),
            ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformed),
            ("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformed),
            (text.dropLast(4) + "", .malformed),
            (text + "AAAA", .malformed),
            (text + "\n", .malformed),
            ("example.com/foo+530d903a+", .malformed),
            (
                "example.com/foo+530d903a+/+kyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                .unknownType(255)
            ),
            (
                "example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                .unknownType(6)
            ),
            ("example.com/fox+530d903a" + text.suffix(45), .wrongID(want: "")),
            ("example.com/foo+530D903A" + text.suffix(45), .wrongID(want: "530d903a")),
            ("example.com/foo+530d903b" + text.suffix(45), .wrongID(want: "530d903a")),
        ] as [(String, VerifierKeyError)]
    )
    func whatIsNoVerifierKeyIsRefused(text: String, error: VerifierKeyError) {
        let thrown = #expect(throws: VerifierKeyError.self) { try VerifierKey(text) }
        if case .wrongID(want: "") = error {
            #expect(thrown?.description.hasPrefix("verifier key's id is not that") == true)
        } else {
            #expect(thrown == error)
        }
    }

    @Test func aKeyThatIsRefusedElsewhereIsRefusedHere() {
        let body = base64([1, 1] + [UInt8](repeating: 0, count: 31))
        let thrown = #expect(throws: VerifierKeyError.self) {
            try VerifierKey("name+00000000+\(body)")
        }
        #expect(thrown?.description.contains("small order") == true)
    }

    // A real checkpoint with a signature of unknown type and a witness's cosignature.
    @Test(.enabled(if: SharedVectors.has("notes"), "skipped: ../shared/vectors is absent"))
    func aCosignedCheckpointOfAnotherProgramIsRead() throws {
        let key = try VerifierKey(
            "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN"
        )
        let bytes = Array(try SharedVectors.data("notes/sunlight-checkpoint.txt"))
        let note = try Note(bytes)
        #expect(note.bytes == bytes)
        #expect(note.signatures.map(\.name) == ["rome2026h1.example.org", "witness.example.org"])
        let checkpoint = try #require(Checkpoint(text: note.text))
        #expect(checkpoint.origin == "rome2026h1.example.org")
        #expect(checkpoint.size == 300)
        #expect(checkpoint.text == note.text)
        let line = try #require(note.signatures.first(where: key.claims))
        let signed = Array("cosignature/v1\ntime 1767139200\n".utf8) + note.text
        #expect(Array(line.payload[..<8]) == bigEndianBytes(1_767_139_200))
        #expect(key.key.verifies(Array(line.payload[8...]), of: signed))
    }
}
