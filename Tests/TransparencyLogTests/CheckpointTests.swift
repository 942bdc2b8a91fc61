import Crypto
import Encoding
import Testing
import TransparencyLog

@Suite struct CheckpointTests {
    private let key: SigningKey
    private let root = sha256([9])

    init() throws {
        key = try SigningKey(seed: sha256([0]))
    }

    @Test(arguments: [1, 7, 1_000_000, .max] as [UInt64])
    func whatALogSignsVerifies(size: UInt64) throws {
        let signed = try SignedCheckpoint.sign(size: size, root: root, with: key)
        let read = try SignedCheckpoint.verify(signed.note.bytes, logKey: key.publicKey)
        #expect(read == signed)
        #expect(read.checkpoint == Checkpoint(log: key.publicKey.hash, size: size, root: root))
        #expect(read.checkpoint.origin == "sigsum.org/v1/tree/\(key.publicKey.hash)")
    }

    @Test func theEmptyLogIsSigned() throws {
        let signed = try SignedCheckpoint.sign(size: 0, root: TreeHasher.emptyRoot, with: key)
        let text = """
            sigsum.org/v1/tree/\(key.publicKey.hash)
            0
            47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

            """
        #expect(signed.note.text == Array(text.utf8))
        #expect(throws: Never.self) {
            try SignedCheckpoint.verify(signed.note.bytes, logKey: key.publicKey)
        }
    }

    @Test func anEmptyLogHasNoOtherRoot() async {
        await #expect(processExitsWith: .failure) {
            _ = Checkpoint(log: .zero, size: 0, root: .zero)
        }
    }

    @Test func aCheckpointAlteredInAnyByteIsRefused() throws {
        let bytes = try SignedCheckpoint.sign(size: 10, root: root, with: key).note.bytes
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1
            #expect(throws: CheckpointError.self, "byte \(index)") {
                try SignedCheckpoint.verify(altered, logKey: key.publicKey)
            }
        }
    }

    @Test func linesOfOtherKeysAreCarriedAlong() throws {
        let note = try SignedCheckpoint.sign(size: 10, root: root, with: key).note
        let name = VerifierKey(log: key.publicKey).name
        let others = [
            try #require(NoteSignature(name: "witness", keyID: 1, payload: [1])),
            // The log's name with the id of another key or type.
            try #require(NoteSignature(name: name, keyID: 1, payload: [2])),
        ]
        let more = try Note(text: note.text, signatures: others + note.signatures)
        let read = try SignedCheckpoint.verify(more.bytes, logKey: key.publicKey)
        #expect(read.note.signatures == others + note.signatures)
        let only = try Note(text: note.text, signatures: others)
        #expect(throws: CheckpointError.notSigned) {
            try SignedCheckpoint.verify(only, logKey: key.publicKey)
        }
    }

    @Test func oneBadLineOfTheLogRejectsTheNote() throws {
        let note = try SignedCheckpoint.sign(size: 10, root: root, with: key).note
        let good = try #require(note.signatures.first)
        for payload in [good.payload.reversed(), good.payload + [0], [1]] as [[UInt8]] {
            let bad = try #require(
                NoteSignature(name: good.name, keyID: good.keyID, payload: payload)
            )
            for lines in [[bad], [good, bad], [bad, good]] {
                let mixed = try Note(text: note.text, signatures: lines)
                #expect(throws: CheckpointError.wrongSignature) {
                    try SignedCheckpoint.verify(mixed, logKey: key.publicKey)
                }
            }
        }
    }

    @Test func aCheckpointOfAnotherLogIsRefused() throws {
        let other = try SigningKey(seed: sha256([1]))
        let note = try SignedCheckpoint.sign(size: 10, root: root, with: other).note
        #expect(
            throws: CheckpointError.wrongOrigin(
                Checkpoint.origin(of: other.publicKey.hash),
                want: Checkpoint.origin(of: key.publicKey.hash)
            )
        ) { try SignedCheckpoint.verify(note, logKey: key.publicKey) }
    }

    private static let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

    @Test(arguments: [
        "o\n1\n\(hash)\n",
        "go.sum database tree\n18446744073709551615\n\(hash)\n",
        "\(String(repeating: "o", count: 255))\n0\n\(hash)\n",
    ])
    func aCheckpointReadsAndWritesTheSameText(text: String) {
        #expect(Checkpoint(text: Array(text.utf8))?.text == Array(text.utf8))
    }

    @Test(arguments: [
        "",
        "o\n1\n",
        "o\n1\n\(hash)",
        "o\n1\n\(hash)\n\n",
        "o\n1\n\(hash)\nextension\n",
        "\n1\n\(hash)\n",
        "\(String(repeating: "o", count: 256))\n1\n\(hash)\n",
        "街\n1\n\(hash)\n",
        "o\u{7f}\n1\n\(hash)\n",
        "o\n\n\(hash)\n",
        "o\n01\n\(hash)\n",
        "o\n+1\n\(hash)\n",
        "o\n-1\n\(hash)\n",
        "o\n 1\n\(hash)\n",
        "o\n1.0\n\(hash)\n",
        "o\n0x1\n\(hash)\n",
        "o\n18446744073709551616\n\(hash)\n",
        "o\n1\n\(hash) \n",
        "o\n1\n\(hash.dropLast())\n",
        "o\n1\n\(hash.dropLast(2))V=\n",
        "o\n1\n\(hash.dropLast(4))\n",
        "o\n1\nAAAA\(hash)\n",
        "o\n1\n\n",
        "o\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
    ])
    func whatIsNoCheckpointIsRefused(text: String) {
        #expect(Checkpoint(text: Array(text.utf8)) == nil)
    }

    @Test func aSignedTextThatIsNoCheckpointIsRefused() throws {
        let verifier = VerifierKey(log: key.publicKey)
        let text = Array("\(verifier.name)\n1\n\(Self.hash)\nextension\n".utf8)
        let line = try #require(
            NoteSignature(name: verifier.name, keyID: verifier.keyID, payload: key.sign(text))
        )
        let note = try Note(text: text, signatures: [line])
        #expect(throws: CheckpointError.malformed) {
            try SignedCheckpoint.verify(note.bytes, logKey: key.publicKey)
        }
        #expect(throws: CheckpointError.note(.noSignatures)) {
            try SignedCheckpoint.verify(text, logKey: key.publicKey)
        }
    }
}
