package import Crypto

/// What a node is doing, for `status` and `peers`.
package struct ReplicaStatus: Hashable, Sendable {
    /// Digest of what is held.
    package let frontier: Digest
    /// Live and greeting sessions by number.
    package let sessions: [SessionStatus]
    /// Endpoints by name.
    package let dials: [DialStatus]
    /// Logs that are held or being pulled, by id.
    package let logs: [LogStatus]
    /// Packages handed over and not committed yet.
    package let pendingCommits: Int
    /// Whether every session has compared, nothing is being pulled, committed or dialed.
    package let isSettled: Bool
}

/// One session.
package struct SessionStatus: Hashable, Sendable {
    /// Its name.
    package let id: SessionID
    /// The peer's log; nil before its hello.
    package let peer: Digest?
    /// Whether this node opened it.
    package let isDialed: Bool
    /// Whether it is live and counts towards the connections that a node keeps at most.
    package let isCounted: Bool
    /// Monotonic milliseconds when it was connected.
    package let since: UInt64
    /// How far the peer's clock is ahead of ours, in milliseconds.
    package let skew: Int64
    /// Last round trip, in milliseconds.
    package let roundTrip: UInt64?
    /// Whether both have told their heads, where they differ.
    package let hasCompared: Bool
    /// Pulls that are not answered or not verified yet.
    package let pulls: Int
    /// Logs of which the peer is not known to hold as much as this node does.
    package let logsBehind: Int
    /// Monotonic milliseconds when the peer last sent something useful.
    package let lastProgress: UInt64
}

/// One endpoint that is dialed.
package struct DialStatus: Hashable, Sendable {
    /// `host:port`.
    package let endpoint: String
    /// The log of the node there: as the roster or its hello says.
    package let log: Digest?
    /// Whether it is configured, not only named by the roster.
    package let isConfigured: Bool
    /// Failed attempts since the last session that lived.
    package let attempts: Int
    /// Monotonic milliseconds before which it is not dialed.
    package let next: UInt64
    /// Whether there is a session or a dial under way.
    package let isBusy: Bool
    /// Why the last attempt failed.
    package let lastError: String?
}

/// One log.
package struct LogStatus: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// Committed entries.
    package let size: UInt64
    /// Entries verified, committed or about to be.
    package let verified: UInt64
    /// Size that is being pulled to.
    package let target: UInt64?
    /// The session that pulls it.
    package let source: SessionID?
    /// Live sessions whose peer says it holds exactly this, up to what the log's key has signed.
    package let holders: Int
}
