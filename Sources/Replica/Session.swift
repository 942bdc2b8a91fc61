import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

/// One connection to a peer.
///
///     connected ─hello─▶ live ─bye, loss, fault─▶ removed
struct Session {
    let id: SessionID
    let key: PublicKey
    let dialed: PeerAddress?
    let since: UInt64
    /// Where this session stands among those that get entries whole; random.
    let pushOrder: UInt64

    /// The peer's log: by its TLS key, else by its hello.
    var peer: Digest?
    /// The peer's greeting; nil until it came, and while it is nil nothing else is taken.
    var hello: Hello?
    var skew: Int64 = 0

    // Comparing.
    /// Summaries that were sent and not answered by heads yet; true for an opening one.
    var awaited: [Bool] = []
    /// Heads received of the answer that is under way.
    var answeredHeads = 0
    var hasCompared = false
    var nextCompare: UInt64 = 0
    /// What the peer says it holds of each log; a claim.
    var told: [Digest: Told] = [:]

    // Pulling.
    /// Heads beyond what this node has, of logs in the roster or not known yet.
    var heads: [Digest: Head] = [:]
    var noteBytes = 0
    var hasDroppedHeads = false
    /// Logs that this session pulls, in the order in which it began.
    var pulling: [Digest] = []
    var slots: [Slot] = []
    /// Logs of which the peer holds another history, and for which it was looked for which.
    var refused: Set<Digest> = []
    /// The newest signed heads of such histories that were not looked at yet.
    var unplaced: [Digest: SignedCheckpoint] = [:]
    /// The search for where such a history leaves those that are held.
    var search: HistorySearch?
    /// Which history of a log the peer's head was of last.
    var follows: [Digest: Digest] = [:]
    /// Logs of which a proof of a fork was sent.
    var shownForks: Set<Digest> = []

    /// What the peer announced and did not come yet, by log of the roster.
    var hints: [Digest: Hint] = [:]
    /// What was announced of logs that the roster does not name yet; at most ``Limits/heads``.
    var unnamed: [Announcement] = []
    /// Sizes of such logs of which entries were pushed; as many at most.
    var unnamedPushes: [Digest: UInt64] = [:]
    var lastGraft: UInt64 = 0

    // Serving.
    var servedReads = 0
    /// Logs to announce by their heads with notes: nobody pushes what they grew by.
    var news: Set<Digest> = []
    /// Logs to announce in few bytes, unless the peer announces them first.
    var announced: Set<Digest> = []
    /// Those that it sent, or wrote, and wants to know to be held.
    var acknowledged: Set<Digest> = []
    /// How much the peer was told last to be held of a log.
    var said: [Digest: UInt64] = [:]
    /// Whether the peer gets new entries whole.
    var isEager = false
    var lastPrune: UInt64 = 0
    var lastNews: UInt64 = 0
    var pushedBytes = 0
    var pushesSince: UInt64 = 0

    // Parts.
    /// Whose parts the peer stores.
    var scopes = PartScopes.everything
    /// Wants that were sent and not answered.
    var wants: [Want] = []
    /// Challenges that were sent and not answered: the number in the session, and by whom asked.
    var proving: [(number: UInt64, challenge: UInt64, count: Int)] = []
    var lastQuestion: UInt64 = 0
    var servedWants = 0
    /// Whether the peer was told that a part is not held here.
    var askedInVain = false

    // Presences.
    /// Logs whose newest presence the peer is to be told.
    var presenceNews: Set<Digest> = []
    var lastPresences: UInt64 = 0
    var windowPresences = 0

    // Cosigned checkpoints.
    /// Logs of whose checkpoints the peer is to be told.
    var cosignedNews: Set<Digest> = []
    /// What the peer is known to have, for each log of the roster.
    var cosignedTold: [Digest: CosignedTold] = [:]
    var lastCosigned: UInt64 = 0
    var windowCosigned = 0

    // Time.
    var lastSent: UInt64
    var lastReceived: UInt64
    var lastProgress: UInt64
    /// Since when the peer owes an answer without having sent any.
    var owedSince: UInt64?
    var ping: Ping?
    var roundTrip: UInt64?
    /// The shortest so far, which waited least for anything but the way.
    var leastRoundTrip: UInt64?
    var windowStart: UInt64
    var windowRequests = 0

    init(
        id: SessionID,
        key: PublicKey,
        dialed: PeerAddress?,
        peer: Digest?,
        pushOrder: UInt64,
        now: UInt64
    ) {
        self.id = id
        self.key = key
        self.dialed = dialed
        self.peer = peer
        self.pushOrder = pushOrder
        since = now
        lastSent = now
        lastReceived = now
        lastProgress = now
        windowStart = now
    }

    var isLive: Bool { hello != nil }

    /// Whether the peer owes heads, a package, a refusal, parts or proofs.
    var isOwed: Bool {
        !awaited.isEmpty || slots.contains { $0.package == nil } || !wants.isEmpty
            || !proving.isEmpty
    }

    /// Notes that something was asked for.
    mutating func asked(now: UInt64) {
        if owedSince == nil { owedSince = now }
    }

    /// Notes that something that was asked for came.
    mutating func progressed(now: UInt64) {
        lastProgress = now
        owedSince = isOwed ? now : nil
    }

    /// Whether the peer says that it holds as much of a log, or more; good for saving traffic.
    func claims(_ size: UInt64, of log: Digest) -> Bool { told[log]?.size ?? 0 >= size }

    /// Whether the peer has told exactly what is held here of a log and the log's key has signed.
    ///
    /// A larger size is a claim that nothing here bears out, and would hold for ever.
    func holds(_ state: LogState, of log: Digest) -> Bool {
        guard let told = told[log], let signed = state.claim, signed.size == state.size else {
            return false
        }
        return told.size == state.size && told.root == shortened(signed.root)
    }

    mutating func forgetHead(_ log: Digest) {
        if let head = heads.removeValue(forKey: log) { noteBytes -= head.note.count }
    }

    /// Counts a ping or an opening summary; false if there were too many.
    mutating func allowsSmallRequest(now: UInt64) -> Bool {
        openWindow(now: now)
        windowRequests += 1
        return windowRequests <= Limits.smallRequests
    }

    /// Counts presences; false if there were too many.
    mutating func allowsPresences(_ count: Int, now: UInt64) -> Bool {
        openWindow(now: now)
        windowPresences += count
        return windowPresences <= Limits.presencesReceived
    }

    /// Counts cosigned checkpoints; false if there were too many.
    mutating func allowsCosigned(_ count: Int, now: UInt64) -> Bool {
        openWindow(now: now)
        windowCosigned += count
        return windowCosigned <= Limits.cosignedReceived
    }

    private mutating func openWindow(now: UInt64) {
        guard now - windowStart >= Limits.smallRequestsMilliseconds else { return }
        windowStart = now
        windowRequests = 0
        windowPresences = 0
        windowCosigned = 0
    }
}

/// How much of a log a peer says it holds, and the beginning of the root over that.
///
/// Nobody can prove either, so four bytes of the root are as good as all.
struct Told: Equatable {
    let size: UInt64
    let root: UInt32

    init(_ head: Head) {
        size = head.size
        root = shortened(head.root)
    }

    init(_ state: LogState) {
        size = state.size
        root = shortened(state.root)
    }

    init(_ row: Announcement) {
        size = row.size
        root = row.root
    }
}

/// An announcement whose entries did not come yet.
struct Hint {
    var size: UInt64
    /// When its head is asked for.
    var due: UInt64
    var attempts: UInt64 = 0
    /// Whether it contradicts what is held of that size, and is no wait for entries.
    var isContradiction = false
}

/// One pull that was sent.
struct Slot {
    /// The log, or a further history by its key.
    let log: Digest
    /// The log as the peer is asked for it.
    let wire: Digest
    /// It asks how far two histories are the same, and brings nothing to keep.
    var isSearch = false
    let first: UInt64
    let count: Int
    /// The root that was sent along, on which the peer may answer that it holds another log.
    let root: Digest?
    /// The answer, until it can be verified.
    var package: Package?
    /// The log is pulled no more; the answer is passed over.
    var isAbandoned = false
}

/// A ping that was sent.
struct Ping {
    let number: UInt64
    let sent: UInt64
}

/// An endpoint and what became of dialing it.
struct Dial {
    let address: PeerAddress
    var isConfigured: Bool
    /// The log of the node there: from the roster, or as it said last.
    var log: Digest?
    var attempts = 0
    var next: UInt64 = 0
    /// Since when a dial is under way.
    var dialing: UInt64?
    var session: SessionID?
    var lastError: String?
}

/// The machine's random numbers: SplitMix64 from the seed it was given.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// One of `least` to `most`, both included; near enough to even for timers.
    mutating func number(from least: UInt64, to most: UInt64) -> UInt64 {
        least + next() % (most - least + 1)
    }
}
