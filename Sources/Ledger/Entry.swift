package import Crypto
internal import Encoding

/// One entry as it is stored and sent: header bytes, leaf bytes, and the parts this node holds.
///
/// Nothing is proven about it; see ``check(hasher:)`` and the log's tree.
package struct Entry: Hashable, Sendable {
    /// The header as its author encoded it, kept to the byte.
    package let header: [UInt8]
    /// The 128-byte tree leaf.
    package let leaf: [UInt8]
    /// One for each commitment in the header; nil where the bytes are not held.
    package var parts: [Part?]

    /// Bytes of a leaf.
    package static let leafCount = 128

    /// Puts the three together unchecked.
    package init(header: [UInt8], leaf: [UInt8], parts: [Part?]) {
        self.header = header
        self.leaf = leaf
        self.parts = parts
    }

    /// SHA-256 of the header: the entry hash, and the message of the leaf.
    package func hash(_ hasher: SHA256Hasher) -> Digest { hasher.hash(header) }

    /// Bytes of header, leaf, and of the parts that are held.
    package var byteCount: Int {
        header.count + leaf.count + parts.reduce(0) { $0 + ($1?.bytes.count ?? 0) }
    }

    /// The checksum, SHA-256 of the entry hash, that stands first in the leaf.
    package var checksum: Digest { Digest(leaf, at: 0) }

    /// The author's key hash, which stands last in the leaf.
    package var author: Digest { Digest(leaf, at: 96) }
}

/// Why an entry that was handed over is not the one that stands in the log.
package enum EntryError: Error, Hashable, Sendable {
    /// The leaf is not of 128 bytes.
    case leafLength(Int)
    /// The header is longer than any may be.
    case headerLength(Int)
    /// The header does not hash to the leaf's checksum.
    case checksum
    /// The number of parts is another than the header's number of commitments.
    case partCount(got: Int, want: Int)
    /// A part does not match its commitment.
    case commitment(part: Int)
    /// Header, leaf and parts together exceed ``Part/entryBytesMax``.
    case tooLong(Int)
}

extension EntryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .leafLength(let count): "leaf has \(count) bytes, want \(Entry.leafCount)"
        case .headerLength(let count): "header has \(count) bytes, want at most \(Header.bytesMax)"
        case .checksum: "header does not hash to the leaf's checksum"
        case .partCount(let got, let want): "entry comes with \(got) parts, header names \(want)"
        case .commitment(let part): "part \(part) does not match its commitment in the header"
        case .tooLong(let count): "entry has \(count) bytes, want at most \(Part.entryBytesMax)"
        }
    }
}

extension Entry {
    /// Checks header against leaf, and the parts that are there against the header.
    ///
    /// A header that can not be read is no error here: it is a verdict on the entry, which its
    /// log has accepted all the same. Such an entry has no parts.
    ///
    /// - Returns: the header, or the reason why it has no effect.
    package func check(
        _ hasher: SHA256Hasher
    ) throws(EntryError) -> Result<Header, HeaderError> {
        guard leaf.count == Self.leafCount else { throw .leafLength(leaf.count) }
        guard header.count <= Header.bytesMax else { throw .headerLength(header.count) }
        guard byteCount <= Part.entryBytesMax else { throw .tooLong(byteCount) }
        guard hasher.hash(hash(hasher).bytes) == checksum else { throw .checksum }
        let parsed = Result { () throws(HeaderError) in try Header(decoding: header) }
        let commitments = (try? parsed.get().parts) ?? []
        guard parts.count == commitments.count else {
            throw .partCount(got: parts.count, want: commitments.count)
        }
        for (index, part) in parts.enumerated() {
            guard let part else { continue }
            guard part.commitment(hasher) == commitments[index] else {
                throw .commitment(part: index)
            }
        }
        return parsed
    }
}
