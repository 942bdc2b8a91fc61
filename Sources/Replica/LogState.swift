import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

/// What the machine knows of one log, or of one further history of it.
struct LogState {
    /// Of a further history, where it leaves another.
    var branch: BranchPlace?
    /// What storage holds.
    var committed: CompactRange
    /// Root over it.
    var root: Digest
    /// The newest note of at most the committed size, with what it says.
    var claim: Claim?
    /// The committed entries and those that are handed over to be.
    var verified: CompactRange
    /// The newest note whose signature was checked, of any size.
    var newestNote: [UInt8] = []
    /// Who pulls it, and to where.
    var pull: LogPull?
    /// Before then it is not pulled again, after storage could not commit.
    var retryAt: UInt64 = 0
    /// When somebody was asked last for its head.
    var askedAt: UInt64?
    /// An earlier position that storage confirmed last, so as not to ask again.
    var compared: LogPosition?
    /// Roots of other branches for which evidence was kept.
    var contradictions: Set<Digest> = []

    /// An empty log.
    init() {
        committed = CompactRange()
        verified = committed
        root = TreeHasher.emptyRoot
    }

    /// A log as storage holds it; a note beyond that is not used.
    init(_ head: LogHead, verifier: PackageVerifier) {
        branch = head.branch
        committed = head.range
        verified = committed
        root = verifier.root(of: head.range)
        newestNote = head.note ?? []
        if let claim = Claim(log: head.branch?.log ?? head.log, note: newestNote),
            claim.size <= committed.size,
            newestNote.count <= Limits.noteBytes
        {
            self.claim = claim
        }
    }

    /// An empty further history.
    init(_ branch: BranchPlace, range: CompactRange) {
        self.branch = branch
        committed = range
        verified = range
        root = branch.root
    }

    var size: UInt64 { committed.size }

    /// Whether anything of it is held, or of a further history what it has for itself.
    var isHeld: Bool { committed.size > branch?.base ?? 0 }

    /// What is told to peers.
    func head(_ key: Digest) -> Head {
        Head(log: branch?.log ?? key, size: size, root: root, note: claim?.note ?? [])
    }
}

/// A log that one session pulls.
struct LogPull {
    let session: SessionID
    /// Where to, its signature checked.
    let target: SignedCheckpoint
    /// When it began, and with how many entries.
    let since: UInt64
    let start: UInt64
    /// First entry that was not asked for yet.
    var next: UInt64
}

/// What a note says, its signature not checked.
struct Claim {
    let size: UInt64
    let root: Digest
    let note: [UInt8]

    /// Nil for bytes that are no checkpoint of `log`.
    init?(log: Digest, note bytes: [UInt8]) {
        guard let note = try? Note(bytes), let checkpoint = Checkpoint(text: note.text),
            checkpoint.origin == Checkpoint.origin(of: log)
        else { return nil }
        size = checkpoint.size
        root = checkpoint.root
        self.note = bytes
    }

    init(_ checkpoint: SignedCheckpoint) {
        size = checkpoint.checkpoint.size
        root = checkpoint.checkpoint.root
        note = checkpoint.note.bytes
    }
}

/// A package that storage is committing.
struct PendingCommit {
    let log: Digest
    let range: CompactRange
    let root: Digest
    /// The checkpoint, if the package reaches it.
    let claim: Claim?
    /// Whether parts of its entries were left out.
    let lacksParts: Bool
    /// The entries to pass on whole; nil if there are too many, parts were left out, or they do
    /// not reach a checkpoint.
    let live: Package?
    let source: SessionID
}

/// A question to storage about an earlier tree.
struct Comparison {
    let session: SessionID
    let log: Digest
    /// What a peer claims of that size; nil if the session's search asks.
    let claim: Claim?
    /// Whether the peer only passed it on, and need not hold that history.
    var isHearsay = false
}
