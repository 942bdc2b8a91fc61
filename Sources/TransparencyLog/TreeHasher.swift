package import Crypto
internal import Encoding

/// Hashes the leaves and nodes of log trees, with one context and one buffer for all of them.
///
/// The prefix bytes keep a leaf from being passed off as a node. One hasher serves one thread at
/// a time.
///
/// - Source: RFC 9162 section 2.1.1.
package final class TreeHasher {
    /// The root of the tree without leaves: SHA-256 of nothing.
    package static let emptyRoot: Digest = sha256([])

    private let hasher = SHA256Hasher()
    private var buffer: [UInt8] = []

    /// Starts with a context of its own.
    package init() {}

    /// SHA-256 of 0x00 and the bytes of a leaf.
    package func leafHash(_ leafBytes: [UInt8]) -> Digest {
        buffer.removeAll(keepingCapacity: true)
        buffer.append(0)
        buffer.append(contentsOf: leafBytes)
        return hasher.hash(buffer)
    }

    /// SHA-256 of 0x01 and the hashes of both children.
    package func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        buffer.removeAll(keepingCapacity: true)
        buffer.append(1)
        left.append(to: &buffer)
        right.append(to: &buffer)
        return hasher.hash(buffer)
    }
}
