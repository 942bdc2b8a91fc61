import Crypto
import Encoding
import Testing
import TransparencyLog

/// Quorums of witnesses over a proof, with cosignatures as C2SP has them.
struct EvidencePolicyTests {
    private let log: SigningKey
    private let author: SigningKey
    private let witnesses: [SigningKey]

    init() throws {
        func key(_ number: UInt8) throws -> SigningKey {
            try SigningKey(seed: Bytes32([UInt8](repeating: number, count: 32), at: 0))
        }
        log = try key(1)
        author = try key(2)
        witnesses = try (10..<14).map(key)
    }

    private func proof(by cosigners: [SigningKey], time: UInt64 = 1_767_139_200) throws
        -> SigsumProof
    {
        let leaf = try Leaf.sign(message: sha256([7]), key: author)
        let root = TreeHasher().leafHash(leaf.bytes)
        let signed = try SignedCheckpoint.sign(size: 1, root: root, with: log)
        let message = Array("cosignature/v1\ntime \(time)\n".utf8) + signed.checkpoint.text
        return try #require(
            SigsumProof(
                leaf: leaf,
                index: 0,
                path: [],
                signed: signed,
                cosignatures: try cosigners.map { witness in
                    .init(
                        keyHash: witness.publicKey.hash,
                        time: time,
                        signature: try witness.sign(message)
                    )
                }
            )
        )
    }

    private func text(_ end: String) -> String {
        "log \(hex(log.publicKey.bytes.bytes)) https://example.org # ours\n"
            + witnesses.enumerated().map { number, key in
                "witness w\(number) \(hex(key.publicKey.bytes.bytes))\n"
            }.joined() + end
    }

    @Test func aQuorumWantsSoManyGoodCosignatures() throws {
        let policy = try SigsumPolicy(text: text("group g 3 w0 w1 w2 w3\nquorum g\n"))
        #expect(policy.logs == [log.publicKey])
        #expect(policy.isMet(by: try proof(by: Array(witnesses[0..<3]))))
        #expect(policy.isMet(by: try proof(by: witnesses)))
        #expect(!policy.isMet(by: try proof(by: Array(witnesses[1..<3]))))
        #expect(!policy.isMet(by: try proof(by: [author, log, witnesses[0]])))
        // One that is good for another time is none.
        let good = try proof(by: witnesses)
        let moved = good.text.replacing(" 1767139200 ", with: " 1767139201 ")
        let late = try SigsumProof(text: moved)
        #expect(late != good && !policy.isMet(by: late))
        let again = try SigsumProof(text: good.text)
        #expect(again == good)
        let free = try SigsumPolicy(text: text("quorum none\n"))
        #expect(free.isMet(by: try proof(by: [])))
        let nested = try SigsumPolicy(
            text: text("group a any w0 w1\ngroup b all w2 w3\ngroup c 2 a b\nquorum c\n")
        )
        #expect(nested.isMet(by: try proof(by: Array(witnesses[1...]))))
        #expect(!nested.isMet(by: try proof(by: Array(witnesses[..<3]))))
    }

    @Test(arguments: [
        "", "quorum w9\n", "quorum none\nquorum none\n", "group g 5 w0 w1\nquorum g\n",
        "group g 0 w0\nquorum g\n", "group g any w0\ngroup h any w0\nquorum h\n",
        "group w0 any w1\nquorum w0\n", "group g any\nquorum g\n", "log 12\nquorum none\n",
        "witness w0 \(String(repeating: "0", count: 64))\nquorum none\n", "trust me\nquorum none\n",
        "witness none d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\nquorum none\n",
    ])
    func whatIsNoPolicyIsRefused(end: String) {
        #expect(throws: SigsumPolicyError.self) { try SigsumPolicy(text: text(end)) }
    }

    @Test func aProofIsReadInItsOnlyForm() throws {
        let text = try proof(by: witnesses).text
        for changed in [
            text + "\n", text.replacing("version=2", with: "version=1"), String(text.dropLast()),
            text.replacing("size=1", with: "size=01"), text.replacing("size=1", with: "size=0"),
            text.replacing("\n\n", with: "\n"), text.uppercased(), text + "leaf_index=0\n",
            text.replacing("size=1", with: "size=18446744073709551616"),
            text.replacing("cosignature=", with: "cosignature= "),
        ] {
            #expect(throws: SigsumProofError.self) { try SigsumProof(text: changed) }
        }
    }
}
