package import Crypto
package import Ledger
package import TransparencyLog

/// Entries that stand in a signed tree right after those already held, ready to be committed.
///
/// Only ``PackageVerifier`` makes one.
package struct VerifiedPackage: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// Index of the first entry: the size of the log before them.
    package let first: UInt64
    /// At least one entry.
    package let entries: [VerifiedEntry]
    /// The log's tree with these entries.
    package let range: CompactRange
    /// Root over it.
    package let root: Digest
    /// Subtrees that these entries complete, at the stored levels above the leaves: 8, 16 and so
    /// on, in the order of completion.
    package let nodes: [TreeNode]
    /// The checkpoint that was locked onto, of this size or a larger one.
    package let checkpoint: SignedCheckpoint
    /// From ``range`` to ``checkpoint``; empty if this package reaches it.
    package let proof: [Digest]
    /// Where these entries are of a further history of the log, how that leaves another.
    package var branch: BranchPlace?

    /// Whether the log now is exactly as the checkpoint says, so that its note is the one to keep
    /// and to pass on.
    package var reachesCheckpoint: Bool { range.size == checkpoint.checkpoint.size }

    /// Sequences of entries whose author did not sign them: kept, without effect.
    package var forged: [UInt64] {
        entries.indices.filter { entries[$0].signature == .forged }.map { first + UInt64($0) }
    }
}

/// One entry of a verified package.
package struct VerifiedEntry: Hashable, Sendable {
    /// As it came.
    package let entry: Entry
    /// SHA-256 of its header.
    package let hash: Digest
    /// The header, or why the entry has no effect: malformed, or contradicting its place.
    package let header: Result<Header, HeaderError>
    /// What is known of the author's signature.
    package let signature: SignatureVerdict
}

/// What is known of an author's signature.
package enum SignatureVerdict: Hashable, Sendable {
    /// The author's key, as the roster names it, signed the entry.
    case good
    /// It did not: the entry is kept, has no effect and is a finding.
    case forged
    /// Not looked at, or the roster does not name the author. To be checked before effect.
    case unchecked
}

/// The root of a perfect subtree.
package struct TreeNode: Hashable, Sendable {
    /// Binary logarithm of its leaves.
    package let level: Int
    /// Place among the subtrees of this level.
    package let index: UInt64
    /// Its root.
    package let hash: Digest

    /// Takes all fields.
    package init(level: Int, index: UInt64, hash: Digest) {
        self.level = level
        self.index = index
        self.hash = hash
    }
}
