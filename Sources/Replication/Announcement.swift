package import Crypto
internal import Encoding

/// That the sender holds so much of a log, in as few bytes as tell logs and roots apart.
///
/// It is a hint: nothing is taken on it but the question for the head.
///
/// - Source: `Protocol/replication.md` section 4.
package struct Announcement: Hashable, Sendable {
    /// Bytes of the log and of the root that stand in it, in this order.
    static let nameBytes = 8

    /// First four bytes of the log.
    package var log: UInt32
    /// First four bytes of the root over what is held.
    package var root: UInt32
    /// Number of entries held.
    package var size: UInt64

    /// Shortens a head.
    package init(log: Digest, size: UInt64, root: Digest) {
        self.init(log: shortened(log), size: size, root: shortened(root))
    }

    /// Takes all fields.
    package init(log: UInt32, size: UInt64, root: UInt32) {
        self.log = log
        self.size = size
        self.root = root
    }
}

/// The first four bytes of a hash.
package func shortened(_ digest: Digest) -> UInt32 {
    digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
}

extension CBORWriter {
    mutating func write(_ rows: [Announcement]) {
        array(2 * rows.count)
        for row in rows {
            bytes(bigEndianBytes(UInt64(row.log) << 32 | UInt64(row.root)))
            unsigned(row.size)
        }
    }
}

extension CBORReader {
    mutating func announcements() throws -> [Announcement] {
        let count = try array(max: 2 * Limits.heads)
        guard count > 0, count.isMultiple(of: 2) else {
            throw MessageError.malformed("announcements")
        }
        var rows: [Announcement] = []
        for _ in 0..<count / 2 {
            let name = try bytes(max: Announcement.nameBytes)
            guard name.count == Announcement.nameBytes else {
                throw MessageError.malformed("announcement")
            }
            let word = name.reduce(0) { $0 << 8 | UInt64($1) }
            rows.append(
                Announcement(
                    log: UInt32(truncatingIfNeeded: word >> 32),
                    size: try unsigned(),
                    root: UInt32(truncatingIfNeeded: word)
                )
            )
        }
        return rows
    }
}
