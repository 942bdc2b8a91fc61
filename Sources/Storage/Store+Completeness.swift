package import Crypto
internal import Encoding
package import Ledger
internal import Replication

/// How much of the ledger a list can be based on; every list ends with it.
package struct Completeness: Hashable, Sendable {
    /// A node that was not heard of lately.
    package struct Missing: Hashable, Sendable {
        /// Its log.
        package let log: Digest
        /// Its name.
        package let name: String
        /// When it was last heard of; nil for never.
        package let since: UInt64?
    }

    /// The time it was computed for, milliseconds since 1970.
    package let now: UInt64
    /// Nodes of the roster whose right has not ended, this one among them.
    package let nodes: Int
    /// How many of them were heard of within ``window``.
    package let heard: Int
    /// The others, the longest missing first.
    package let missing: [Missing]
    /// Entries whose authors' signatures are not checked yet; while there are any, nothing that
    /// was listed may be cited.
    package let unchecked: UInt64
    /// Whose parts are stored here; of others only what headers say is listed.
    package let scopes: PartScopes
    /// Parts that should be held here and nobody gave yet.
    package let missingParts: UInt64

    /// How long a node counts as heard of, in milliseconds.
    package static let window: UInt64 = 15 * 60_000
}

extension Store {
    /// What a list made at `now` can be based on.
    package func completeness(now: UInt64) throws -> Completeness {
        let times = try heardTimes()
        let members = roster.members.filter { !$0.hasEnded }
        let missing = members.filter { member in
            guard member.log != identity?.log else { return false }
            guard let at = times[member.log] else { return true }
            return at + Completeness.window < now
        }
        return Completeness(
            now: now,
            nodes: members.count,
            heard: members.count - missing.count,
            missing: missing.map {
                Completeness.Missing(log: $0.log, name: $0.name, since: times[$0.log])
            }.sorted { ($0.since ?? 0, $0.log) < ($1.since ?? 0, $1.log) },
            unchecked: uncheckedCount,
            scopes: scopes,
            missingParts: try missingCount()
        )
    }

    /// When each node was last heard of, milliseconds since 1970, by log.
    package func heardTimes() throws -> [Digest: UInt64] {
        var times: [Digest: UInt64] = [:]
        try database.scan("SELECT log, at FROM heard") { row in
            times[try row.digest(0)] = row.count(1)
            return true
        }
        // What a node said of itself counts wherever it came from, a session with it no less.
        for kept in try presences() {
            times[kept.claim.log] = max(times[kept.claim.log] ?? 0, kept.heardAt)
        }
        return times
    }

    /// Keeps that these nodes were heard of at `time`.
    package func keepHeard(_ logs: [Digest], at time: UInt64) throws {
        try database.transaction {
            for log in logs {
                try database.run(
                    """
                    INSERT INTO heard (log, at) VALUES (?, ?)
                    ON CONFLICT (log) DO UPDATE SET at = max(at, excluded.at)
                    """,
                    [.digest(log), .count(time)]
                )
            }
        }
    }
}
