package import Crypto
internal import Encoding

/// Gives the nodes of a stored tree.
package protocol NodeSource {
    /// The root of the perfect subtree over leaves `index << level ..< (index + 1) << level`.
    ///
    /// - Throws: if the tree does not hold all of these leaves, or what storage throws.
    func node(level: Int, index: UInt64) throws -> Digest
}

/// Proves that a leaf stands at `index` in the tree of the first `size` leaves.
///
/// The hashes go from leaf to root, at most 64. Reads at most 2 nodes a level.
///
/// - Throws: ``ProofError/outOfRange(_:of:)`` unless `index < size`, and what `source` throws.
/// - Source: RFC 9162 section 2.1.3.1.
package func inclusionProof(
    index: UInt64,
    size: UInt64,
    source: some NodeSource,
    hasher: TreeHasher = TreeHasher()
) throws -> [Digest] {
    guard index < size else { throw ProofError.outOfRange(index, of: size) }
    var start: UInt64 = 0
    var count = size
    var proof: [Digest] = []
    while count > 1 {
        let left = leftCount(count)
        if index - start < left {
            proof.append(try root(from: start + left, count - left, source, hasher))
            count = left
        } else {
            proof.append(try root(from: start, left, source, hasher))
            start += left
            count -= left
        }
    }
    return proof.reversed()
}

/// Proves that the tree of the first `size` leaves extends that of the first `oldSize`.
///
/// At most 65 hashes, none for equal sizes. Reads at most 2 nodes a level.
///
/// - Throws: ``ProofError/outOfRange(_:of:)`` unless `0 < oldSize <= size`, and what `source`
///   throws. Every tree extends the empty one, so that there is nothing to prove.
/// - Source: RFC 9162 section 2.1.4.1.
package func consistencyProof(
    from oldSize: UInt64,
    to size: UInt64,
    source: some NodeSource,
    hasher: TreeHasher = TreeHasher()
) throws -> [Digest] {
    guard oldSize > 0, oldSize <= size else { throw ProofError.outOfRange(oldSize, of: size) }
    var start: UInt64 = 0
    var count = size
    var proof: [Digest] = []
    // Ends at the node that both trees have and whose right edge is the old tree's.
    while oldSize - start != count {
        let left = leftCount(count)
        if oldSize - start <= left {
            proof.append(try root(from: start + left, count - left, source, hasher))
            count = left
        } else {
            proof.append(try root(from: start, left, source, hasher))
            start += left
            count -= left
        }
    }
    // If that node is the whole old tree, the verifier has it: it is the old root.
    if start > 0 { proof.append(try root(from: start, count, source, hasher)) }
    return proof.reversed()
}

/// The root over `count` leaves from `start`, which is a multiple of the left subtree's leaves.
private func root(
    from start: UInt64,
    _ count: UInt64,
    _ source: some NodeSource,
    _ hasher: TreeHasher
) throws -> Digest {
    if count.nonzeroBitCount == 1 {
        let level = count.trailingZeroBitCount
        return try source.node(level: level, index: start >> UInt64(level))
    }
    let left = leftCount(count)
    return hasher.nodeHash(
        try root(from: start, left, source, hasher),
        try root(from: start + left, count - left, source, hasher)
    )
}

/// The largest power of two below `count`, which is at least 2.
private func leftCount(_ count: UInt64) -> UInt64 {
    1 << UInt64(63 - (count - 1).leadingZeroBitCount)
}
