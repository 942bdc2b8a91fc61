package import Crypto
internal import Encoding
package import TransparencyLog

/// A checkpoint with the log key's signature, as the files of an auditor hold it.
///
/// - Source: `Protocol/audit.md` section 1.
package struct SeenCheckpoint: Hashable, Sendable {
    /// The log's key.
    package let logKey: PublicKey
    /// What it signed.
    package let checkpoint: Checkpoint
    /// Its signature over the checkpoint's text, 64 bytes.
    package let signature: [UInt8]

    /// The log.
    package var log: Digest { logKey.hash }

    /// Takes the log's line out of a note.
    package init(_ signed: SignedCheckpoint) {
        let verifier = VerifierKey(log: signed.logKey)
        guard let line = signed.note.signatures.first(where: verifier.claims) else {
            preconditionFailure("a signed checkpoint has its log's line")
        }
        logKey = signed.logKey
        checkpoint = signed.checkpoint
        signature = line.payload
    }

    /// Size, root and signature, parted by spaces.
    package var words: String { "\(checkpoint.size) \(checkpoint.root) \(hex(signature))" }

    /// Reads what ``words`` gives and checks the signature.
    ///
    /// - Throws: ``AuditFileError``.
    package init(
        logKey: PublicKey,
        words: [Substring],
        hasher: TreeHasher = TreeHasher()
    ) throws(AuditFileError) {
        guard words.count == 3, let size = UInt64(words[0]), String(size) == words[0],
            size < 1 << 62, let root = Digest(hex: String(words[1])),
            let signature = unhex(String(words[2])), signature.count == 64,
            size > 0 || root == TreeHasher.emptyRoot
        else { throw AuditFileError("a checkpoint is not size, root and signature") }
        let checkpoint = Checkpoint(log: logKey.hash, size: size, root: root)
        guard logKey.verifies(signature, of: checkpoint.text) else {
            throw AuditFileError("the log's key did not sign a checkpoint of size \(size)")
        }
        self.logKey = logKey
        self.checkpoint = checkpoint
        self.signature = signature
    }
}

/// A file of an auditor is not what it should be.
package struct AuditFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Takes `key=value` lines in a fixed order.
struct AuditLines {
    private var lines: ArraySlice<Substring>

    init(_ text: String) throws(AuditFileError) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.last == "" else { throw AuditFileError("the file ends within a line") }
        lines.removeLast()
    }

    var isAtEnd: Bool { lines.isEmpty }

    func begins(_ key: String) -> Bool { lines.first?.hasPrefix(key + "=") ?? false }

    mutating func value(_ key: String) throws(AuditFileError) -> Substring {
        guard begins(key), let line = lines.popFirst() else {
            throw AuditFileError("the file lacks the line \(key)")
        }
        return line.dropFirst(key.utf8.count + 1)
    }

    mutating func words(_ key: String) throws(AuditFileError) -> [Substring] {
        try value(key).split(separator: " ", omittingEmptySubsequences: false)
    }

    mutating func digest(_ key: String) throws(AuditFileError) -> Digest {
        guard let digest = Digest(hex: String(try value(key))) else {
            throw AuditFileError("the line \(key) is not of 64 digits")
        }
        return digest
    }

    static func key(_ word: Substring) throws(AuditFileError) -> PublicKey {
        guard let bytes = Bytes32(hex: String(word)), let key = try? PublicKey(bytes) else {
            throw AuditFileError("a log's key is none")
        }
        return key
    }
}
