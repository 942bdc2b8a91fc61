package import Crypto

/// An entry at its place in an accepted log, ready to be judged and folded.
package struct PlacedEntry: Hashable, Sendable {
    /// The log it stands in.
    package let log: Digest
    /// Its index there.
    package let sequence: UInt64
    /// SHA-256 of its header.
    package let hash: Digest
    /// Key hash of its author, from the leaf.
    package let author: Digest
    /// What it says.
    package let header: Header
    /// Clear bytes of each part, nil where this node does not hold them or they are redacted.
    package var parts: [[UInt8]?]
    /// Whether its author's signature was checked and found bad; such an entry has no effect.
    package let isForged: Bool
    /// In which of a log's histories it stands, by ``Histories/path(_:to:)``.
    package var path: [Digest]

    /// Places an entry.
    package init(
        log: Digest,
        sequence: UInt64,
        hash: Digest,
        author: Digest,
        header: Header,
        parts: [[UInt8]?],
        isForged: Bool = false,
        path: [Digest] = []
    ) {
        self.log = log
        self.sequence = sequence
        self.hash = hash
        self.author = author
        self.header = header
        self.parts = parts
        self.isForged = isForged
        self.path = path
    }
}

/// Whether the key that signed an entry had the right to.
///
/// A function of the set of roster entries, never of the order in which they arrived.
///
/// - Source: `Protocol/roster.md` section 6.
package enum RightVerdict: Hashable, Sendable {
    /// Some grant of the key allows it.
    case allowed
    /// No grant names the key.
    case noGrant
    /// Grants of the key cover none of the subject's scopes.
    case outsideScope
    /// No grant of the key allows this operation.
    case notPermitted
    /// A person's key has to sign it, and the node's service key did.
    case notPersonal
    /// Written beyond the place to which an ended right was accepted; kept until an office above
    /// ratifies or refuses it.
    case contested
    /// Contested, and an office above gave it effect: where any of these entries stands, each of
    /// which can name other subjects.
    case ratified(by: [Digest])
    /// Contested, and an office above denied it effect for good.
    case refused
}

extension PlacedEntry {
    /// Places an entry whose header was read.
    package init(
        _ entry: Entry,
        header: Header,
        hash: Digest,
        place: Place,
        isForged: Bool = false,
        path: [Digest] = []
    ) {
        self.init(
            log: place.log,
            sequence: place.sequence,
            hash: hash,
            author: entry.author,
            header: header,
            parts: entry.parts.map { $0?.bytes },
            isForged: isForged,
            path: path
        )
    }
}
