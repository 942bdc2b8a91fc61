package import Crypto
internal import Encoding

/// Why a proof was not made or not accepted.
package enum ProofError: Error, Hashable, Sendable {
    /// The first number is not one that a tree of the second's size can prove something about.
    case outOfRange(UInt64, of: UInt64)
    /// The proof has this many hashes and the sizes want another number.
    case length(Int, want: UInt64)
    /// The hashes do not lead to the root given for this size.
    case wrongRoot(size: UInt64)
    /// Two roots were given for one size: no proof can join them.
    case forked(size: UInt64)
}

extension ProofError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .outOfRange(let number, let size):
            "nothing to prove about \(number) in a tree of \(size) leaves"
        case .length(let count, let want): "proof has \(count) hashes, want \(want)"
        case .wrongRoot(let size): "proof does not lead to the root given for size \(size)"
        case .forked(let size): "two different roots are given for size \(size)"
        }
    }
}

/// Checks that the leaf with `leafHash` stands at `index` in the tree of `size` and `root`.
///
/// - Throws: ``ProofError`` otherwise.
/// - Source: RFC 9162 section 2.1.3.2; transparency-dev/merkle `proof/verify.go`.
package func verifyInclusion(
    leafHash: Digest,
    index: UInt64,
    size: UInt64,
    proof: [Digest],
    root: Digest,
    hasher: TreeHasher = TreeHasher()
) throws(ProofError) {
    guard index < size else { throw .outOfRange(index, of: size) }
    let path = Path(index: index, size: size)
    guard proof.count == path.inner + path.border else {
        throw .length(proof.count, want: UInt64(path.inner + path.border))
    }
    let inner = path.fold(proof[..<path.inner], into: leafHash, from: index, hasher)
    let computed = path.foldBorder(proof[path.inner...], into: inner, hasher)
    guard computed == root else { throw .wrongRoot(size: size) }
}

/// Checks that the tree of `size` and `root` extends that of `oldSize` and `oldRoot`.
///
/// - Throws: ``ProofError`` otherwise, and always for an `oldSize` of zero: a proof from the empty
///   tree says nothing.
/// - Source: RFC 9162 section 2.1.4.2; transparency-dev/merkle `proof/verify.go`.
package func verifyConsistency(
    from oldSize: UInt64,
    root oldRoot: Digest,
    to size: UInt64,
    root: Digest,
    proof: [Digest],
    hasher: TreeHasher = TreeHasher()
) throws(ProofError) {
    guard oldSize > 0, oldSize <= size else { throw .outOfRange(oldSize, of: size) }
    if oldSize == size {
        guard proof.isEmpty else { throw .length(proof.count, want: 0) }
        guard oldRoot == root else { throw .forked(size: size) }
        return
    }
    // The path of the old tree's last leaf, from the largest perfect subtree that ends with it.
    let path = Path(index: oldSize - 1, size: size)
    let shift = oldSize.trailingZeroBitCount
    let inner = path.inner - shift
    let isPerfect = oldSize.nonzeroBitCount == 1
    let start = isPerfect ? 0 : 1
    guard proof.count == start + inner + path.border else {
        throw .length(proof.count, want: UInt64(start + inner + path.border))
    }
    let seed = isPerfect ? oldRoot : proof[0]
    let index = (oldSize - 1) >> UInt64(shift)
    let innerProof = proof[start..<start + inner]
    let borderProof = proof[(start + inner)...]

    let oldInner = path.foldLeft(innerProof, into: seed, from: index, hasher)
    guard path.foldBorder(borderProof, into: oldInner, hasher) == oldRoot else {
        throw .wrongRoot(size: oldSize)
    }
    let newInner = path.fold(innerProof, into: seed, from: index, hasher)
    guard path.foldBorder(borderProof, into: newInner, hasher) == root else {
        throw .wrongRoot(size: size)
    }
}

/// The way from a leaf to the root, in two stretches.
private struct Path {
    /// Levels below the node where the ways of this leaf and the tree's last leaf meet.
    let inner: Int

    /// Left siblings above them: from there on, the way is the tree's right border.
    let border: Int

    init(index: UInt64, size: UInt64) {
        inner = 64 - (index ^ (size - 1)).leadingZeroBitCount
        border = (index >> UInt64(inner)).nonzeroBitCount
    }

    func fold(
        _ proof: ArraySlice<Digest>,
        into seed: Digest,
        from index: UInt64,
        _ hasher: TreeHasher
    ) -> Digest {
        var hash = seed
        for (level, sibling) in proof.enumerated() {
            let isRight = index >> UInt64(level) & 1 == 1
            hash = isRight ? hasher.nodeHash(sibling, hash) : hasher.nodeHash(hash, sibling)
        }
        return hash
    }

    // What is right of the old tree's last leaf was not in the old tree.
    func foldLeft(
        _ proof: ArraySlice<Digest>,
        into seed: Digest,
        from index: UInt64,
        _ hasher: TreeHasher
    ) -> Digest {
        var hash = seed
        for (level, sibling) in proof.enumerated() where index >> UInt64(level) & 1 == 1 {
            hash = hasher.nodeHash(sibling, hash)
        }
        return hash
    }

    func foldBorder(
        _ proof: ArraySlice<Digest>,
        into seed: Digest,
        _ hasher: TreeHasher
    ) -> Digest {
        proof.reduce(seed) { hasher.nodeHash($1, $0) }
    }
}
