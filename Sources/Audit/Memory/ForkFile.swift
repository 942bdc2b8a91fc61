package import Crypto
internal import Encoding
internal import TransparencyLog

/// Two signed checkpoints of one log that contradict each other, in a file that proves it by itself.
///
/// Nobody who has not the log's key can make one.
///
/// - Source: `Protocol/audit.md` section 3.
package struct ForkFile: Hashable, Sendable {
    /// One of the two histories.
    package struct Branch: Hashable, Sendable {
        /// Root of its first entries.
        package let root: Digest
        /// A checkpoint of it.
        package let head: SeenCheckpoint
        /// That these entries are the head's first; empty if they are all of them.
        package let path: [Digest]

        /// Takes all fields.
        package init(root: Digest, head: SeenCheckpoint, path: [Digest] = []) {
            self.root = root
            self.head = head
            self.path = path
        }
    }

    /// Most bytes of a file.
    package static let bytesMax = 32 * 1024
    /// Most hashes of a path.
    package static let pathMax = 65

    /// The log's key.
    package let logKey: PublicKey
    /// A size at which the two differ, not the first one.
    package let size: UInt64
    /// Rising by root.
    package let branches: [Branch]

    /// Pairs two histories; nil unless they prove a fork.
    package init?(size: UInt64, _ one: Branch, _ other: Branch) {
        logKey = one.head.logKey
        self.size = size
        branches = [one, other].sorted { $0.root < $1.root }
        guard isProven else { return nil }
    }

    /// The log.
    package var log: Digest { logKey.hash }

    private var isProven: Bool {
        size > 0 && branches[0].root < branches[1].root
            && branches.allSatisfy { branch in
                branch.head.logKey == logKey && branch.path.count <= Self.pathMax
                    && (try? verifyConsistency(
                        from: size,
                        root: branch.root,
                        to: branch.head.checkpoint.size,
                        root: branch.head.checkpoint.root,
                        proof: branch.path,
                        hasher: TreeHasher()
                    )) != nil
            }
    }

    /// The text, as it stands in a file.
    package var text: String {
        var lines = [
            "format=linli/fork/v1", "log=\(hex(logKey.bytes.bytes))", "size=\(size)",
        ]
        for branch in branches {
            lines += ["root=\(branch.root)", "head=\(branch.head.words)"]
            lines += branch.path.map { "path=\($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads a text in its only form and checks all that it claims.
    ///
    /// - Throws: ``AuditFileError``.
    package init(text: String) throws(AuditFileError) {
        guard text.utf8.count <= Self.bytesMax else { throw AuditFileError("the file is too long") }
        var lines = try AuditLines(text)
        guard try lines.value("format") == "linli/fork/v1" else {
            throw AuditFileError("the file is no proof of a fork of version 1")
        }
        logKey = try AuditLines.key(lines.value("log"))
        guard let size = UInt64(try lines.value("size")), size < 1 << 62 else {
            throw AuditFileError("the size is no number")
        }
        self.size = size
        var branches: [Branch] = []
        for _ in 0..<2 {
            let root = try lines.digest("root")
            let head = try SeenCheckpoint(logKey: logKey, words: lines.words("head"))
            var path: [Digest] = []
            while lines.begins("path"), path.count < Self.pathMax {
                path.append(try lines.digest("path"))
            }
            branches.append(Branch(root: root, head: head, path: path))
        }
        self.branches = branches
        guard lines.isAtEnd, Array(self.text.utf8) == Array(text.utf8) else {
            throw AuditFileError("the file is not in its only form")
        }
        guard isProven else {
            throw AuditFileError("the two checkpoints do not contradict each other")
        }
    }
}
