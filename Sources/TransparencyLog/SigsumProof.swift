package import Crypto
internal import Encoding

/// One leaf of a log with all that shows where it stands: a file that other tools check.
///
/// Says nothing yet; see ``verifyInclusion()`` and ``isSigned(by:)``.
///
/// - Source: Sigsum proof version 2, sigsum-go `doc/sigsum-proof.md`.
package struct SigsumProof: Hashable, Sendable {
    /// Most bytes of the text.
    package static let bytesMax = 32 * 1024
    /// Most cosignatures.
    package static let cosignaturesMax = 64
    /// Most hashes of an inclusion proof.
    package static let pathMax = 64

    /// The log's claim that was signed.
    package let checkpoint: Checkpoint
    /// SHA-256 of the log's key.
    package let log: Digest
    /// The log key's signature over the checkpoint's text, 64 bytes.
    package let signature: [UInt8]
    /// Rising by key hash.
    package let cosignatures: [Cosignature]
    /// Key hash and signature of the leaf's author.
    package let author: Digest
    package let authorSignature: [UInt8]
    /// Where the leaf stands.
    package let index: UInt64
    /// From leaf to root.
    package let path: [Digest]

    /// Puts a proof together; nil if the log's line is not among the note's.
    ///
    /// - Parameters:
    ///   - leaf: what is proven.
    ///   - index: where it stands, below the checkpoint's size.
    ///   - path: the inclusion proof.
    ///   - signed: the checkpoint that it leads to.
    ///   - cosignatures: of witnesses, over that checkpoint.
    package init?(
        leaf: Leaf,
        index: UInt64,
        path: [Digest],
        signed: SignedCheckpoint,
        cosignatures: [Cosignature] = []
    ) {
        let verifier = VerifierKey(log: signed.logKey)
        guard let line = signed.note.signatures.first(where: verifier.claims) else { return nil }
        checkpoint = signed.checkpoint
        log = signed.logKey.hash
        signature = line.payload
        self.cosignatures = cosignatures.sorted { $0.keyHash < $1.keyHash }
        author = leaf.keyHash
        authorSignature = leaf.signature
        self.index = index
        self.path = path
    }

    /// The text, as it stands in a file.
    package var text: String {
        var lines = [
            "version=2", "log=\(log)", "leaf=\(author) \(hex(authorSignature))", "",
            "size=\(checkpoint.size)", "root_hash=\(checkpoint.root)",
            "signature=\(hex(signature))",
        ]
        lines += cosignatures.map { "cosignature=\($0.keyHash) \($0.time) \(hex($0.signature))" }
        if checkpoint.size > 1 {
            lines += ["", "leaf_index=\(index)"] + path.map { "node_hash=\($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads a text in its only form.
    ///
    /// - Throws: ``SigsumProofError``.
    package init(text: String) throws(SigsumProofError) {
        guard text.utf8.count <= Self.bytesMax else { throw SigsumProofError("is too long") }
        var reader = LineReader(text)
        try reader.expect("version=2")
        log = try reader.digest("log")
        let words = try reader.words("leaf", count: 2)
        author = try LineReader.digest(words[0])
        authorSignature = try LineReader.signature(words[1])
        try reader.expect("")
        let size = try LineReader.number(reader.words("size", count: 1)[0])
        let root = try reader.digest("root_hash")
        guard size > 0 else { throw SigsumProofError("is of an empty log") }
        checkpoint = Checkpoint(log: log, size: size, root: root)
        signature = try LineReader.signature(reader.words("signature", count: 1)[0])
        var cosignatures: [Cosignature] = []
        while reader.begins("cosignature") {
            let words = try reader.words("cosignature", count: 3)
            cosignatures.append(
                Cosignature(
                    keyHash: try LineReader.digest(words[0]),
                    time: try LineReader.number(words[1]),
                    signature: try LineReader.signature(words[2])
                )
            )
            guard cosignatures.count <= Self.cosignaturesMax else {
                throw SigsumProofError("has more than \(Self.cosignaturesMax) cosignatures")
            }
        }
        self.cosignatures = cosignatures
        var path: [Digest] = []
        var index: UInt64 = 0
        if size > 1 {
            try reader.expect("")
            index = try LineReader.number(reader.words("leaf_index", count: 1)[0])
            while reader.begins("node_hash"), path.count < Self.pathMax {
                path.append(try reader.digest("node_hash"))
            }
        }
        self.path = path
        self.index = index
        guard reader.isAtEnd else { throw SigsumProofError("goes on behind its last line") }
    }

    /// Checks that a leaf stands where the proof says.
    ///
    /// - Throws: ``ProofError``.
    package func verifyInclusion(of leaf: Leaf) throws(ProofError) {
        try TransparencyLog.verifyInclusion(
            leafHash: TreeHasher().leafHash(leaf.bytes),
            index: index,
            size: checkpoint.size,
            proof: path,
            root: checkpoint.root
        )
    }

    /// Whether the log's key signed the checkpoint.
    package func isSigned(by key: PublicKey) -> Bool {
        key.hash == log && key.verifies(signature, of: checkpoint.text)
    }

    /// Whether a witness's key signed one of the cosignatures, and when it says that it did.
    ///
    /// - Returns: seconds since 1970; nil if there is none of this key that is good.
    package func cosigned(by witness: PublicKey) -> UInt64? {
        cosignatures.first { $0.isGood(of: checkpoint, by: witness) }?.time
    }
}

/// A text is no Sigsum proof of version 2.
package struct SigsumProofError: Error, Hashable, Sendable, CustomStringConvertible {
    private let what: String

    init(_ what: String) { self.what = what }

    package var description: String { "the proof \(what)" }
}

/// Takes `key=value` lines in a fixed order.
private struct LineReader {
    private var lines: ArraySlice<Substring>

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    }

    /// Whether only the end of the last line is left.
    var isAtEnd: Bool { lines.count == 1 && lines.first == "" }

    func begins(_ key: String) -> Bool { lines.first?.hasPrefix(key + "=") ?? false }

    mutating func expect(_ line: String) throws(SigsumProofError) {
        guard lines.count > 1, lines.first == line[...] else {
            throw SigsumProofError(line.isEmpty ? "lacks an empty line" : "lacks the line \(line)")
        }
        lines.removeFirst()
    }

    mutating func words(_ key: String, count: Int) throws(SigsumProofError) -> [Substring] {
        guard begins(key), let line = lines.popFirst() else {
            throw SigsumProofError("lacks the line \(key)")
        }
        let words = line.dropFirst(key.utf8.count + 1)
            .split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == count else { throw SigsumProofError("has another form at \(key)") }
        return words
    }

    mutating func digest(_ key: String) throws(SigsumProofError) -> Digest {
        try Self.digest(words(key, count: 1)[0])
    }

    static func digest(_ word: Substring) throws(SigsumProofError) -> Digest {
        guard let digest = Digest(hex: String(word)), digest.description == word else {
            throw SigsumProofError("has a hash that is not of 64 lowercase digits")
        }
        return digest
    }

    static func signature(_ word: Substring) throws(SigsumProofError) -> [UInt8] {
        guard let bytes = unhex(String(word)), bytes.count == 64, hex(bytes) == word else {
            throw SigsumProofError("has a signature that is not of 128 lowercase digits")
        }
        return bytes
    }

    static func number(_ word: Substring) throws(SigsumProofError) -> UInt64 {
        guard let number = UInt64(word), String(number) == word else {
            throw SigsumProofError("has a number that is not decimal")
        }
        return number
    }
}
