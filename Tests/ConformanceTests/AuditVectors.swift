import Audit
import Crypto
import Encoding
import Ledger
import TransparencyLog

/// State files and proofs of forks of an auditor, and what may be wrong with one.
enum AuditVectors {
    static func all() throws -> [VectorFile] { try states() + forks() }

    static func isGood(_ file: VectorFile) throws -> Bool {
        let text = String(validating: try file.bytes("file"), as: UTF8.self) ?? ""
        return file.kind == "fork"
            ? (try? ForkFile(text: text)) != nil : (try? AuditMemory(text: text)) != nil
    }

    /// Leaf number n is its name; another history has other names from a place on.
    private struct Tree: NodeSource {
        let hashes: [Digest]

        init(_ count: Int, another from: Int = .max) {
            hashes = (0..<count).map { index in
                TreeHasher().leafHash([UInt8(index), index >= from ? 1 : 0])
            }
        }

        func node(level: Int, index: UInt64) throws -> Digest {
            let start = Int(index) << level
            return root(start..<start + 1 << level)
        }

        private func root(_ leaves: Range<Int>) -> Digest {
            guard leaves.count > 1 else { return hashes[leaves.lowerBound] }
            let middle = leaves.lowerBound + leaves.count / 2
            return TreeHasher().nodeHash(
                root(leaves.lowerBound..<middle),
                root(middle..<leaves.upperBound)
            )
        }

        func root(_ size: UInt64) throws -> Digest {
            try CompactRange(size: size, source: self).root(hasher: TreeHasher())
        }

        func branch(_ size: UInt64, _ key: SigningKey) throws -> ForkFile.Branch {
            let last = UInt64(hashes.count)
            return ForkFile.Branch(
                root: try root(size),
                head: SeenCheckpoint(try .sign(size: last, root: root(last), with: key)),
                path: try consistencyProof(
                    from: size,
                    to: last,
                    source: self,
                    hasher: TreeHasher()
                )
            )
        }
    }

    private static func key(_ name: String) throws -> SigningKey {
        try SigningKey(seed: sha256(Array(name.utf8)))
    }

    private static func vector(_ name: String, _ what: String, _ isGood: Bool, _ text: String)
        -> VectorFile
    {
        VectorFile("audit/\(name)", what: what, expect: isGood ? "good" : "bad")
            .with("file", Array(text.utf8))
    }

    private static func states() throws -> [VectorFile] {
        let rows = try [("a", 3), ("b", 7)].map { name, size in
            let root = try Tree(size).root(UInt64(size))
            let signed = try SignedCheckpoint.sign(
                size: UInt64(size),
                root: root,
                with: key(name)
            )
            return AuditMemory.Row(SeenCheckpoint(signed), at: 1_767_225_600_000)
        }
        let ledger = sha256(Array("ledger".utf8))
        let good = AuditMemory(ledger: ledger, rows: rows).text
        var swapped = good.split(separator: "\n").map(String.init)
        swapped.swapAt(2, 3)
        return [
            vector("state_good", "two logs", true, good),
            vector("state_no_logs", "nothing seen", true, AuditMemory(ledger: ledger).text),
            vector(
                "state_unsorted",
                "the logs do not rise",
                false,
                swapped.joined(separator: "\n") + "\n"
            ),
            vector(
                "state_size",
                "a size that was not signed",
                false,
                good.replacing(" 7 ", with: " 8 ")
            ),
            vector(
                "state_leading_zero",
                "a number begins with zero",
                false,
                good.replacing(" 1767", with: " 01767")
            ),
            vector(
                "state_upper_case",
                "a hash in upper case",
                false,
                good.replacing("\(ledger)", with: "\(ledger)".uppercased())
            ),
            vector("state_without_end", "cut at its end", false, String(good.dropLast())),
            vector(
                "state_version",
                "of another version",
                false,
                good.replacing("/v1", with: "/v2")
            ),
        ]
    }

    private static func forks() throws -> [VectorFile] {
        let key = try key("a")
        func fork(_ one: Tree, _ two: Tree, _ size: UInt64) throws -> ForkFile? {
            ForkFile(size: size, try one.branch(size, key), try two.branch(size, key))
        }
        guard let equal = try fork(Tree(5), Tree(5, another: 3), 5),
            let other = try fork(Tree(6), Tree(11, another: 2), 6)
        else { throw VectorFile.Missing(name: "fork") }
        let text = other.text
        let roots = other.branches.map { "root=\($0.root)" }
        // One history that goes on is no fork, whatever is said of it.
        let (short, long) = (try Tree(6).branch(6, key), try Tree(11).branch(6, key))
        let same = """
            format=linli/fork/v1
            log=\(hex(key.publicKey.bytes.bytes))
            size=6
            root=\(short.root)
            head=\(short.head.words)
            root=\(long.root)
            head=\(long.head.words)
            \(long.path.map { "path=\($0)" }.joined(separator: "\n"))

            """
        return [
            vector("fork_equal_size", "two roots of one size", true, equal.text),
            vector("fork_other_size", "no start of a larger one", true, text),
            vector("fork_grown", "one history that goes on", false, same),
            vector(
                "fork_root",
                "a root that leads nowhere",
                false,
                text.replacing(roots[1], with: "root=\(String(repeating: "f", count: 64))")
            ),
            vector(
                "fork_size",
                "another size",
                false,
                text.replacing("\nsize=6", with: "\nsize=5")
            ),
            vector(
                "fork_key",
                "a key that signed neither",
                false,
                text.replacing(
                    hex(key.publicKey.bytes.bytes),
                    with: hex(try Self.key("b").publicKey.bytes.bytes)
                )
            ),
            vector("fork_longer", "a line behind the end", false, text + "\n"),
            vector(
                "fork_plus",
                "a number has a sign",
                false,
                text.replacing("size=", with: "size=+")
            ),
        ]
    }
}
