import Crypto
import Encoding
import TransparencyLog

/// A tree with every perfect subtree in memory, and beside it the definition of its root.
struct MemoryTree: NodeSource {
    struct NoSuchNode: Error {}

    let leafHashes: [Digest]
    private var levels: [[Digest]]

    /// Leaf number n is the eight bytes of n.
    init(leafCount: Int) {
        let hasher = TreeHasher()
        leafHashes = (0..<UInt64(leafCount)).map { hasher.leafHash(bigEndianBytes($0)) }
        levels = [leafHashes]
        while let below = levels.last, below.count > 1 {
            levels.append(
                (0..<below.count / 2).map { hasher.nodeHash(below[2 * $0], below[2 * $0 + 1]) }
            )
        }
    }

    func node(level: Int, index: UInt64) throws -> Digest {
        guard level < levels.count, index < UInt64(levels[level].count) else {
            throw NoSuchNode()
        }
        return levels[level][Int(index)]
    }

    /// MTH as RFC 6962 section 2.1 defines it, with a hash function of its own.
    func naiveRoot(_ leaves: Range<Int>) -> Digest {
        switch leaves.count {
        case 0: return sha256([])
        case 1: return leafHashes[leaves.lowerBound]
        default:
            let (left, right) = Self.split(leaves)
            return sha256([1] + naiveRoot(left).bytes + naiveRoot(right).bytes)
        }
    }

    /// PATH as RFC 6962 section 2.1.1 defines it.
    func naivePath(to index: Int, in leaves: Range<Int>) -> [Digest] {
        guard leaves.count > 1 else { return [] }
        let (left, right) = Self.split(leaves)
        return left.contains(index)
            ? naivePath(to: index, in: left) + [naiveRoot(right)]
            : naivePath(to: index, in: right) + [naiveRoot(left)]
    }

    /// SUBPROOF as RFC 6962 section 2.1.2 defines it, of the leaves below `old`.
    func naiveConsistency(_ old: Int, in leaves: Range<Int>, known: Bool) -> [Digest] {
        guard old < leaves.upperBound else { return known ? [] : [naiveRoot(leaves)] }
        let (left, right) = Self.split(leaves)
        return old <= left.upperBound
            ? naiveConsistency(old, in: left, known: known) + [naiveRoot(right)]
            : naiveConsistency(old, in: right, known: false) + [naiveRoot(left)]
    }

    private static func split(_ leaves: Range<Int>) -> (left: Range<Int>, right: Range<Int>) {
        var count = 1
        while 2 * count < leaves.count { count *= 2 }
        let middle = leaves.lowerBound + count
        return (leaves.lowerBound..<middle, middle..<leaves.upperBound)
    }
}
