package import Crypto
package import Ledger
internal import Encoding

/// What two nodes say to each other; one message is one frame.
///
/// - Source: `Protocol/replication.md` section 4.
package enum Message: Hashable, Sendable {
    /// The first message, once in each direction.
    case hello(Hello)
    /// The last message: why the sender closes the session.
    case bye(ByeReason)
    /// One digest for each district, to find where two frontiers differ.
    case summary(Summary)
    /// Heads of logs, as an answer to a summary or as news.
    case heads(Heads)
    /// Asks for entries.
    case pull(Pull)
    /// Answers a pull with entries.
    case package(Package)
    /// Answers a pull that can not be served.
    case gone(Gone)
    /// New entries, unasked.
    case push(Push)
    /// Asks for a pong with the same number.
    case ping(UInt64)
    /// Answers a ping.
    case pong(UInt64)
    /// Whose parts the sender stores; everything, as long as nothing was said.
    case scopes(PartScopes)
    /// Asks for parts.
    case want(Want)
    /// Answers a want.
    case parts(Parts)
    /// Asks for proof that parts are held.
    case prove(Prove)
    /// Answers it.
    case proofs(Proofs)
    /// What nodes said of themselves.
    case presence([SignedPresence])
    /// Shows that a log has two histories.
    case fork(ForkProof)
    /// Logs that grew, for a peer that gets the entries from another.
    case announce([Announcement])
    /// Asks for heads of announced logs whose entries did not come, and for whole entries from now.
    case graft([Digest])
    /// Asks for announcements instead of whole entries, which came from another too.
    case prune
}

/// Who speaks, and what a comparison of frontiers needs.
package struct Hello: Hashable, Sendable {
    /// The version of the protocol that is spoken here.
    package static let currentVersion: UInt64 = 1

    /// The ledger.
    package var ledger: Digest
    /// The sender's own log.
    package var log: Digest
    /// Random number of the running process; two of them for one log are two live nodes.
    package var instance: UInt64
    /// The sender's wall clock, milliseconds since 1970.
    package var wall: UInt64
    /// Digest of what the sender holds.
    package var frontier: Digest
    /// Digest of the view folded from exactly this frontier; zero if there is none.
    package var view: Digest
    /// Version of the rules by which the view is folded.
    package var foldVersion: UInt64
    /// How much the sender holds of the receiver's log.
    package var yourSize: UInt64
    /// The root of that; the empty tree's for size zero.
    package var yourRoot: Digest

    /// Takes all fields.
    package init(
        ledger: Digest,
        log: Digest,
        instance: UInt64,
        wall: UInt64,
        frontier: Digest,
        view: Digest,
        foldVersion: UInt64,
        yourSize: UInt64,
        yourRoot: Digest
    ) {
        self.ledger = ledger
        self.log = log
        self.instance = instance
        self.wall = wall
        self.frontier = frontier
        self.view = view
        self.foldVersion = foldVersion
        self.yourSize = yourSize
        self.yourRoot = yourRoot
    }
}

/// One digest for each district of which the sender holds a log.
package struct Summary: Hashable, Sendable {
    /// Whether it answers an opening summary, and so asks for none itself.
    package var isAnswer: Bool
    /// District codes rising, at most ``Limits/districts``.
    package var districts: [DistrictDigest]

    /// Takes the rows in order.
    package init(isAnswer: Bool, districts: [DistrictDigest]) {
        self.isAnswer = isAnswer
        self.districts = districts
    }
}

/// What the logs of one district amount to.
package struct DistrictDigest: Hashable, Sendable {
    /// Code of city or district, at most 12 bytes.
    package var code: String
    /// As ``frontierDigest(_:)`` over the logs of this district.
    package var digest: Digest

    /// Pairs code and digest.
    package init(code: String, digest: Digest) {
        self.code = code
        self.digest = digest
    }
}

/// Heads of logs.
package struct Heads: Hashable, Sendable {
    /// Why they are sent; the raw value stands on the wire.
    package enum Kind: UInt64, Sendable {
        /// Answers a summary; more follow.
        case more = 0
        /// Ends the answer to a summary.
        case last = 1
        /// News, unasked.
        case news = 2
    }

    /// Why they are sent.
    package var kind: Kind
    /// At most ``Limits/heads``.
    package var heads: [Head]

    /// Takes the heads.
    package init(kind: Kind, heads: [Head]) {
        self.kind = kind
        self.heads = heads
    }
}

/// How much of one log the sender has committed, and the newest checkpoint within that.
package struct Head: Hashable, Sendable {
    /// The log.
    package var log: Digest
    /// Number of entries held.
    package var size: UInt64
    /// Root over them.
    package var root: Digest
    /// Newest signed checkpoint of at most this size; empty if the sender holds none.
    package var note: [UInt8]

    /// Takes all fields.
    package init(log: Digest, size: UInt64, root: Digest, note: [UInt8]) {
        self.log = log
        self.size = size
        self.root = root
        self.note = note
    }
}

/// Asks for entries `first ..< first + count` with a proof to the tree of `target` entries.
package struct Pull: Hashable, Sendable {
    /// The log.
    package var log: Digest
    /// First entry wanted.
    package var first: UInt64
    /// Most entries wanted, 1 to ``Limits/packageEntries``; `first + count <= target`.
    package var count: Int
    /// Size of the checkpoint that the receiver has locked onto.
    package var target: UInt64
    /// Root of that checkpoint, which says of which history of the log.
    package var targetRoot: Digest
    /// Root of what the receiver holds below `first`, in the first pull after locking on; by it
    /// the sender sees whether both hold the same log.
    package var root: Digest?

    /// Takes all fields.
    package init(
        log: Digest,
        first: UInt64,
        count: Int,
        target: UInt64,
        targetRoot: Digest,
        root: Digest?
    ) {
        self.log = log
        self.first = first
        self.count = count
        self.target = target
        self.targetRoot = targetRoot
        self.root = root
    }
}

/// Entries of one log with the proof that they stand in the tree that was asked about.
package struct Package: Hashable, Sendable {
    /// The log.
    package var log: Digest
    /// Index of the first entry.
    package var first: UInt64
    /// At least one and at most as many as were asked for; fewer where the frame is full.
    package var entries: [Entry]
    /// From the tree that ends with these entries to the target; empty if that is the same.
    package var proof: [Digest]

    /// Takes all fields.
    package init(log: Digest, first: UInt64, entries: [Entry], proof: [Digest]) {
        self.log = log
        self.first = first
        self.entries = entries
        self.proof = proof
    }
}

/// Why a pull is not answered by entries.
package struct Gone: Hashable, Sendable {
    /// The reason.
    package enum Reason: Hashable, Sendable {
        /// The sender does not hold the log up to the target, any more or at all.
        case notHeld
        /// The sender holds another log: its root at the place of the pull, with the proof from
        /// there to the target.
        case diverged(root: Digest, proof: [Digest])
    }

    /// The log.
    package var log: Digest
    /// `first` of the pull.
    package var first: UInt64
    /// The reason.
    package var reason: Reason

    /// Takes all fields.
    package init(log: Digest, first: UInt64, reason: Reason) {
        self.log = log
        self.first = first
        self.reason = reason
    }
}

/// New entries, up to the size of the checkpoint that comes with them.
package struct Push: Hashable, Sendable {
    /// The log.
    package var log: Digest
    /// Index of the first entry.
    package var first: UInt64
    /// 1 to ``Limits/liveEntries`` entries.
    package var entries: [Entry]
    /// Signed checkpoint of the size that the entries end at, or the 64 bytes of the log key's
    /// signature alone, where size, root and key give the rest.
    package var note: [UInt8]

    /// Whether it has the signature only.
    package var isShort: Bool { note.count == Limits.signatureBytes }

    /// Takes all fields.
    package init(log: Digest, first: UInt64, entries: [Entry], note: [UInt8]) {
        self.log = log
        self.first = first
        self.entries = entries
        self.note = note
    }
}

/// Why a session is closed, as the peer is told; the raw value stands on the wire.
package enum ByeReason: UInt64, CaseIterable, Sendable {
    /// The node stops or needs the session no more.
    case done = 0
    /// A node of another ledger.
    case wrongLedger = 1
    /// Another version of the protocol.
    case version = 2
    /// A frame that is no message.
    case malformed = 3
    /// A message that nothing asked for or that comes at the wrong time.
    case outOfTurn = 4
    /// Too many or too much of something.
    case limit = 5
    /// Entries, proof or checkpoint do not hold.
    case badPackage = 6
    /// There is another session with this node.
    case duplicate = 7
    /// The roster does not name the peer, or its right has ended.
    case notMember = 8
    /// An answer did not come in time.
    case stalled = 9
    /// The peer says it is another log than its TLS key belongs to.
    case wrongLog = 10
    /// The peer is this node itself, or a second one with its keys.
    case sameLog = 11
    /// The node has as many sessions as it takes.
    case tooManySessions = 12
}

extension ByeReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .done: "done"
        case .wrongLedger: "wrong-ledger"
        case .version: "version"
        case .malformed: "malformed"
        case .outOfTurn: "out-of-turn"
        case .limit: "limit"
        case .badPackage: "bad-package"
        case .duplicate: "duplicate"
        case .notMember: "not-member"
        case .stalled: "stalled"
        case .wrongLog: "wrong-log"
        case .sameLog: "same-log"
        case .tooManySessions: "too-many-sessions"
        }
    }
}
