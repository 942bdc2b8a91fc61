package import Crypto
package import Encoding
package import Ledger
package import Replication
package import TransparencyLog

/// Names a session; the runtime numbers them and never uses a number again.
package struct SessionID: Hashable, Comparable, Sendable {
    /// The number.
    package let number: UInt64

    /// Wraps a number.
    package init(_ number: UInt64) { self.number = number }

    package static func < (left: SessionID, right: SessionID) -> Bool {
        left.number < right.number
    }
}

/// Names a question to storage: a read, a commit or a comparison.
///
/// Never used again.
package struct RequestID: Hashable, Comparable, Sendable {
    /// The number.
    package let number: UInt64

    /// Wraps a number.
    package init(_ number: UInt64) { self.number = number }

    package static func < (left: RequestID, right: RequestID) -> Bool {
        left.number < right.number
    }
}

/// Where a node can be reached.
package struct PeerAddress: Hashable, Sendable {
    /// `host:port`.
    package let endpoint: String
    /// The TLS key the node there must prove; nil to accept any member's.
    package let key: PublicKey?

    /// Pairs endpoint and key.
    package init(endpoint: String, key: PublicKey? = nil) {
        self.endpoint = endpoint
        self.key = key
    }
}

/// How much of a log storage holds, or of a further history of it, when the node starts.
package struct LogHead: Hashable, Sendable {
    /// The log; of a further history, its key.
    package let log: Digest
    /// Of a further history, where it leaves another.
    package let branch: BranchPlace?
    /// Its tree.
    package let range: CompactRange
    /// The newest checkpoint note of at most this size, if one is held.
    package let note: [UInt8]?

    /// Takes all fields.
    package init(
        log: Digest,
        branch: BranchPlace? = nil,
        range: CompactRange,
        note: [UInt8]?
    ) {
        self.log = log
        self.branch = branch
        self.range = range
        self.note = note
    }
}

/// Entries of the node's own log that are committed, fenced, signed and released.
package struct OwnAppend: Hashable, Sendable {
    /// Index of the first entry.
    package let first: UInt64
    /// The entries; may be left empty if there are more than ``Limits/liveEntries``.
    package let entries: [Entry]
    /// The log's tree with them.
    package let range: CompactRange
    /// The checkpoint of exactly this size.
    package let checkpoint: SignedCheckpoint

    /// Takes all fields.
    package init(
        first: UInt64,
        entries: [Entry],
        range: CompactRange,
        checkpoint: SignedCheckpoint
    ) {
        self.first = first
        self.entries = entries
        self.range = range
        self.checkpoint = checkpoint
    }
}

/// What storage found for a read.
package enum ReadAnswer: Hashable, Sendable {
    /// Entries from the first wanted, at least one, and the consistency proof from their end to
    /// the target (empty if that is the target).
    case entries([Entry], proof: [Digest])
    /// The root at the first entry is another than the reader's: that root, and the consistency
    /// proof from there to the target.
    case diverged(root: Digest, proof: [Digest])
    /// The log is not held up to the target.
    case notHeld
}

/// What happened outside, told to ``ReplicaMachine/handle(_:now:wall:)``.
package enum ReplicaEvent: Sendable {
    /// A connection is up and the peer has proven its TLS key; `dialed` if this node opened it.
    case connected(SessionID, key: PublicKey, dialed: PeerAddress?)
    /// A whole frame came in, without its length.
    case received(SessionID, frame: [UInt8])
    /// The peer announced a frame longer than may be; none of it was read, and nothing follows.
    case oversized(SessionID, bytes: Int)
    /// The connection is gone; not told for sessions that a command closed.
    case disconnected(SessionID, reason: String)
    /// A dial did not lead to a connection.
    case dialFailed(PeerAddress, reason: String)
    /// Answers ``ReplicaCommand/read(_:_:)``.
    case read(RequestID, ReadAnswer)
    /// Answers ``ReplicaCommand/commit(_:_:from:)``: durable from now on.
    case committed(RequestID)
    /// Answers ``ReplicaCommand/commit(_:_:from:)``: nothing of it is kept. Packages of the same
    /// log that were handed over after it can not be committed either.
    case commitFailed(RequestID, reason: String)
    /// Answers ``ReplicaCommand/findMissing(_:after:)``: at most ``Limits/soughtParts``, always in
    /// the same order; none if there are no more.
    case missing(RequestID, [WantedPart])
    /// Answers ``ReplicaCommand/readParts(_:_:)``: in the order asked, nil for what is not held;
    /// at least one, and fewer only where they would fill a frame.
    case partsRead(RequestID, [Part?])
    /// Answers ``ReplicaCommand/proveParts(_:_:)``: for each part, in order.
    case partsProven(RequestID, [Digest?])
    /// Answers ``ReplicaCommand/storeParts(_:_:)``: whether they are durable from now on.
    case partsStored(RequestID, Bool)
    /// The node stores the parts of other places than before.
    case scopesChanged(PartScopes)
    /// Every live peer is to prove that it holds these parts, at most ``Limits/wantedParts``;
    /// answered by ``ReplicaCommand/challenged(_:_:)`` with the same number. The nonce is fresh.
    case challenge(UInt64, nonce: Bytes32, [WantedPart])
    /// Answers ``ReplicaCommand/signPresence``.
    case presenceSigned(SignedPresence)
    /// Answers ``ReplicaCommand/stabilize(size:)``.
    case stable(SignedCheckpoint)
    /// Answers ``ReplicaCommand/cosign(_:)``, or brings what somebody outside said.
    case cosigned(SignedCheckpoint, Cosignature)
    /// Answers ``ReplicaCommand/compare(_:log:size:)``: the tree of that size; nil if it is
    /// smaller.
    case compared(RequestID, range: CompactRange?)
    /// Answers ``ReplicaCommand/proveFork(_:)``: durable from now on.
    case forkProven(ForkProof)
    /// The node wrote to its own log.
    case appended(OwnAppend)
    /// Entries that were committed changed the roster.
    case rosterChanged(Roster)
    /// The configured peers, instead of those before.
    case configured(peers: [PeerAddress])
    /// An operator wants a comparison with every peer at once, whatever the timers say.
    case compareNow
    /// A view was folded from the frontier with this digest; zero while parts are absent, since
    /// views are compared only between nodes that hold the same.
    case viewChanged(frontier: Digest, view: Digest)
    /// Nothing writes to the own log any more, so it may be pulled back from peers; or it may be
    /// written again.
    case ownLogClosed(Bool)
    /// Time passed: at least once a second, four times is better.
    case tick
    /// The node stops: all sessions end.
    case stopped
}
