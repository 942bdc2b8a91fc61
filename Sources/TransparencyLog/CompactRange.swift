package import Crypto
internal import Encoding

/// What is kept of a tree to append to it: the roots of its perfect subtrees.
///
/// At most 64 hashes for any number of leaves; an append costs two hashes on average.
///
/// - Source: transparency-dev/merkle `docs/compact_ranges.md`.
package struct CompactRange: Hashable, Sendable {
    /// Number of leaves.
    package private(set) var size: UInt64

    /// One root for each bit set in ``size``, that of the largest subtree first.
    package private(set) var peaks: [Digest]

    /// The range without leaves.
    package init() {
        size = 0
        peaks = []
    }

    /// Takes up a range that was stored; nil unless there is one peak for each bit set in `size`.
    package init?(size: UInt64, peaks: [Digest]) {
        guard peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Reads the peaks of the first `size` leaves of a stored tree.
    package init(size: UInt64, source: some NodeSource) throws {
        self.init()
        for level in (0..<64).reversed() where size >> UInt64(level) & 1 == 1 {
            peaks.append(try source.node(level: level, index: self.size >> UInt64(level)))
            self.size += 1 << UInt64(level)
        }
    }

    /// Appends one leaf, given by its hash.
    ///
    /// `completed` is told each perfect subtree that now is full, by level, index in its level
    /// and root, lowest level first; the leaf itself is that of level 0.
    ///
    /// - Precondition: fewer than 2^64 - 1 leaves.
    package mutating func append(
        _ leafHash: Digest,
        hasher: TreeHasher,
        completed: (_ level: Int, _ index: UInt64, _ root: Digest) -> Void = { _, _, _ in }
    ) {
        precondition(size < .max, "the tree is full")
        var root = leafHash
        completed(0, size, root)
        for level in 0..<size.trailingOneBitCount {
            root = hasher.nodeHash(peaks.removeLast(), root)
            completed(level + 1, size >> UInt64(level + 1), root)
        }
        peaks.append(root)
        size += 1
    }

    /// The root over all leaves.
    package func root(hasher: TreeHasher) -> Digest {
        guard var root = peaks.last else { return TreeHasher.emptyRoot }
        for peak in peaks.dropLast().reversed() { root = hasher.nodeHash(peak, root) }
        return root
    }
}

extension UInt64 {
    fileprivate var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}
