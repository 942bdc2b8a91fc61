package import Crypto
internal import Encoding
package import TransparencyLog

/// Two checkpoints of one log that no tree can join, as they were kept.
package struct KeptEvidence: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// One note.
    package let left: [UInt8]
    /// The other.
    package let right: [UInt8]
}

extension Store {
    /// The tree over the first `size` entries of a log; nil if fewer are held.
    package func tree(of log: Digest, size: UInt64) throws -> CompactRange? {
        guard let state = statesByLog[log], size <= state.size else { return nil }
        if size == state.size { return state.range }
        return try CompactRange(size: size, source: nodes(state))
    }

    /// The newest proofs of forks, at most `limit` of them, by log.
    package func keptEvidence(limit: Int) throws -> [KeptEvidence] {
        try database.rows(
            "SELECT log, left_note, right_note FROM evidence ORDER BY log, number DESC LIMIT ?",
            [.integer(Int64(limit))]
        ) { row in
            KeptEvidence(log: try row.digest(0), left: row.blob(1), right: row.blob(2))
        }
    }
}
