package import Crypto
internal import Encoding

/// A claim about one log: with this many leaves, its tree has this root.
///
/// Proves nothing by itself; a ``SignedCheckpoint`` around it does.
///
/// - Source: C2SP `tlog-checkpoint` v1.0.0, without extension lines.
package struct Checkpoint: Hashable, Sendable {
    /// Most bytes of an origin.
    package static let originBytesMax = 255

    /// Names the log: 1 to 255 printable ASCII characters.
    ///
    /// C2SP allows more of Unicode but recommends a URL, which is ASCII.
    package let origin: String

    /// Number of leaves.
    package let size: UInt64

    /// Root over all of them.
    package let root: Digest

    /// Makes the claim about the log of the key with this hash.
    ///
    /// - Precondition: the root of size zero is ``TreeHasher/emptyRoot``.
    package init(log logKeyHash: Digest, size: UInt64, root: Digest) {
        precondition(size > 0 || root == TreeHasher.emptyRoot, "an empty tree has one root")
        origin = Self.origin(of: logKeyHash)
        self.size = size
        self.root = root
    }

    /// Reads the text of a note; nil unless it is three lines, each in its only form.
    ///
    /// Size zero with another root than the empty tree's is refused.
    package init?(text: [UInt8]) {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard lines.count == 4, lines[3].isEmpty,
            (1...Self.originBytesMax).contains(lines[0].utf8.count),
            lines[0].utf8.allSatisfy({ (0x20...0x7e).contains($0) }),
            // Only the shortest decimal form prints as it was read.
            let size = UInt64(lines[1]), lines[1] == String(size),
            let root = unbase64(lines[2]).flatMap({ Digest($0) }),
            size > 0 || root == TreeHasher.emptyRoot
        else { return nil }
        origin = lines[0]
        self.size = size
        self.root = root
    }

    /// The signed bytes: origin, decimal size and root in base 64, a line each.
    package var text: [UInt8] { Array("\(origin)\n\(size)\n\(base64(root.bytes))\n".utf8) }

    /// The origin of the log whose key has this hash.
    ///
    /// - Source: Sigsum v1, sigsum `doc/log.md`.
    package static func origin(of logKeyHash: Digest) -> String {
        "sigsum.org/v1/tree/\(logKeyHash)"
    }
}
