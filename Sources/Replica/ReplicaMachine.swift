package import Crypto
internal import Encoding
package import Ledger
package import Replication
package import TransparencyLog

/// What a node is, to its peers.
package struct ReplicaConfiguration: Hashable, Sendable {
    /// The ledger.
    package let ledger: Digest
    /// The node's own log.
    package let log: Digest
    /// Drawn at random for each run of the process.
    package let instance: UInt64
    /// Random; all choices and jitter of the machine follow from it.
    package let seed: UInt64
    /// Version of the rules by which views are folded.
    package let foldVersion: UInt64

    /// Takes all fields.
    package init(
        ledger: Digest,
        log: Digest,
        instance: UInt64,
        seed: UInt64,
        foldVersion: UInt64
    ) {
        self.ledger = ledger
        self.log = log
        self.instance = instance
        self.seed = seed
        self.foldVersion = foldVersion
    }
}

/// A whole node without I/O: sessions, comparison, pulls, serving, live entries and dialing.
///
/// Events go in, commands come out, to be performed in order. It reads no clock, socket, disk or
/// random source. What a peer does wrong closes that peer's session and nothing else; all state
/// is bounded by ``Limits`` and the number of logs in the roster.
///
/// - Source: `Protocol/replication.md`.
package struct ReplicaMachine {
    /// What the node is.
    package let configuration: ReplicaConfiguration
    let verifier: PackageVerifier

    // What is held.
    var logs: [Digest: LogState] = [:]
    var view: FoldedView?
    var isOwnLogClosed = false
    /// The frontier's digest, until something is committed.
    var frontierCache: Digest?

    // The roster, and what is looked up in it often.
    var roster: Roster
    var ranks: [Digest: Int] = [:]
    var districts: [Digest: String] = [:]
    /// Logs by what announcements call them; none that shares its name with another.
    var announcedLogs: [UInt32: Digest] = [:]

    /// Proofs of forks that no entry held says yet, by log.
    var unwritten: [Digest: UnwrittenFork] = [:]
    /// How far searches came whose sessions ended, by the root that was looked for.
    var searches: [Digest: HistorySearch] = [:]

    // Peers.
    var sessions: [SessionID: Session] = [:]
    var dials: [String: Dial] = [:]
    var configured: [PeerAddress] = []

    // Questions to storage.
    var reads: [RequestID: ServedPull] = [:]
    var commits: [RequestID: PendingCommit] = [:]
    var comparisons: [RequestID: Comparison] = [:]
    var lastRequest: UInt64 = 0

    // Parts beside the log.
    var scopes: PartScopes
    var search = PartSearch()
    var partReads: [RequestID: ServedParts] = [:]
    var partStores: [RequestID: [WantedPart]] = [:]
    var challenges: [UInt64: Challenge] = [:]

    // What nodes say of themselves.
    var presences: [Digest: SignedPresence] = [:]
    var nextPresence: UInt64 = 0

    // Witnesses.
    /// The newest cosigned checkpoints of the logs that have witnesses.
    var witnessed: [Digest: Witnessing] = [:]
    var nextStable: UInt64 = 0

    /// The session that was served last when a commit made room.
    var lastResumed = SessionID(0)

    var generator: SplitMix64
    var now: UInt64 = 0
    var wall: UInt64 = 0
    var commands: [ReplicaCommand] = []

    /// Starts with what storage holds.
    ///
    /// `heads` has each log once; that of the own log comes with a checkpoint of exactly its size,
    /// since only signed heads can be pulled. The roster must name at least the founder. `scopes`
    /// says whose parts are stored, `presences` and `cosigned` what was kept of others.
    package init(
        configuration: ReplicaConfiguration,
        heads: [LogHead],
        roster: Roster,
        scopes: PartScopes = .everything,
        presences: [SignedPresence] = [],
        cosigned: [CosignedCheckpoint] = []
    ) {
        self.configuration = configuration
        self.roster = roster
        self.scopes = scopes
        for presence in presences {
            if let claim = presence.claim { self.presences[claim.log] = presence }
        }
        verifier = PackageVerifier(ledger: configuration.ledger)
        generator = SplitMix64(state: configuration.seed)
        for head in heads { logs[head.log] = LogState(head, verifier: verifier) }
        indexRoster()
        refreshDials()
        takeKept(cosigned)
        commands = []
    }

    /// Takes an event and says what is to be done.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: monotonic milliseconds.
    ///   - wall: UTC milliseconds since 1970.
    /// - Returns: commands, to be performed in order.
    package mutating func handle(
        _ event: ReplicaEvent,
        now: UInt64,
        wall: UInt64
    ) -> [ReplicaCommand] {
        self.now = max(self.now, now)
        self.wall = wall
        switch event {
        case .connected(let id, let key, let dialed): connected(id, key: key, dialed: dialed)
        case .received(let id, let frame): received(id, frame: frame)
        case .oversized(let id, let bytes): close(id, .limit, "frame of \(bytes) bytes")
        case .disconnected(let id, let reason): disconnected(id, reason: reason)
        case .dialFailed(let address, let reason): dialFailed(address, reason: reason)
        case .read(let request, let answer): read(request, answer)
        case .committed(let request): committed(request)
        case .commitFailed(let request, let reason): commitFailed(request, reason: reason)
        case .missing(let request, let parts): missing(request, parts)
        case .partsRead(let request, let parts): partsRead(request, parts)
        case .partsProven(let request, let proofs): partsProven(request, proofs)
        case .partsStored(let request, let isStored): partsStored(request, isStored)
        case .scopesChanged(let scopes): scopesChanged(scopes)
        case .challenge(let number, let nonce, let parts):
            challenge(number, nonce: nonce, parts)
        case .presenceSigned(let presence): presenceSigned(presence)
        case .stable(let signed): stable(signed)
        case .cosigned(let signed, let cosignature): cosigned(signed, cosignature)
        case .compared(let request, let range): compared(request, range: range)
        case .forkProven(let proof): take(proof, from: nil)
        case .appended(let append): appended(append)
        case .rosterChanged(let roster): rosterChanged(roster)
        case .configured(let peers):
            configured = peers
            refreshDials()
            limitConnections(keeping: nil)
        case .compareNow: compareNow()
        case .viewChanged(let frontier, let digest):
            view = FoldedView(frontier: frontier, digest: digest)
        case .ownLogClosed(let isClosed):
            isOwnLogClosed = isClosed
            fillAll()
        case .tick: ticked()
        case .stopped: stopped()
        }
        let result = commands
        commands = []
        return result
    }

    /// Digest of everything that is committed.
    package var frontier: Digest {
        frontierCache ?? frontierDigest(positions(logs.keys))
    }

    /// Whether every session has compared, and nothing is being pulled, committed or dialed.
    package var isSettled: Bool {
        sessions.values.allSatisfy {
            $0.hasCompared && $0.awaited.isEmpty && $0.slots.isEmpty && !isExpecting($0)
        }
            && commits.isEmpty && comparisons.isEmpty && (sessions.isEmpty || search.isIdle)
            && dials.values.allSatisfy { $0.dialing == nil }
    }
}

/// The frontier and digest of the view that the runtime told last.
struct FoldedView {
    let frontier: Digest
    let digest: Digest
}

/// A pull of a peer that storage is reading for.
struct ServedPull {
    let session: SessionID
    let first: UInt64
    let log: Digest
    let count: Int
}

extension ReplicaMachine {
    var ownLog: LogState { logs[configuration.log] ?? LogState() }

    func positions(_ ids: some Sequence<Digest>) -> [LogPosition] {
        ids.compactMap { id in
            logs[id].flatMap { state in
                guard state.isHeld else { return nil }
                return LogPosition(log: state.branch?.log ?? id, size: state.size, root: state.root)
            }
        }
    }

    /// Whether a head is asked for; after two questions without an answer it no longer counts.
    func isExpecting(_ session: Session) -> Bool {
        session.hints.contains { log, hint in
            hint.attempts < 2 && hint.size > logs[log]?.verified.size ?? 0
        }
    }

    mutating func nextRequest() -> RequestID {
        lastRequest += 1
        return RequestID(lastRequest)
    }

    mutating func notice(_ notice: Notice) { commands.append(.notice(notice)) }

    mutating func send(_ id: SessionID, _ message: Message) {
        send(id, frame: message.encoded)
    }

    mutating func send(_ id: SessionID, frame: [UInt8]) {
        precondition(frame.count <= Limits.frameBytes, "a frame of our own is within the limit")
        sessions[id]?.lastSent = now
        commands.append(.send(id, frame: frame))
    }

    /// `milliseconds`, shortened or prolonged at random by up to a quarter.
    mutating func jittered(_ milliseconds: UInt64) -> UInt64 {
        let quarter = milliseconds / 4
        return generator.number(from: milliseconds - quarter, to: milliseconds + quarter)
    }

    /// Takes up a roster: which logs there are, in which order, and in which district.
    mutating func indexRoster() {
        ranks = [:]
        districts = [:]
        for (rank, member) in roster.members.enumerated() {
            ranks[member.log] = rank
            districts[member.log] = member.scope.district.code
        }
        announcedLogs = Dictionary(ranks.keys.map { (shortened($0), $0) }) { _, _ in .zero }
        announcedLogs = announcedLogs.filter { $0.value != .zero }
        for (key, state) in logs {
            guard let log = state.branch?.log else { continue }
            ranks[key] = ranks[log]
            districts[key] = districts[log]
        }
    }

    /// The log that is meant by its own id or by the key of a further history.
    func realLog(_ key: Digest) -> Digest { logs[key]?.branch?.log ?? key }

    mutating func rosterChanged(_ roster: Roster) {
        let forks = self.roster.forks
        self.roster = roster
        indexRoster()
        if roster.forks != forks { forksChanged() }
        for id in sessions.keys.sorted() {
            guard let session = sessions[id], !isWelcome(session.key, dialed: session.dialed)
            else { continue }
            close(id, .notMember, "right ended")
        }
        // Heads of logs that the roster did not name before say what the peers hold.
        for id in sessions.keys.sorted() {
            for (log, head) in sessions[id]?.heads ?? [:] where ranks[log] != nil {
                guard sessions[id]?.claims(head.size, of: log) == false else { continue }
                sessions[id]?.told[log] = Told(head)
            }
        }
        retakeOwnHeads()
        takeUnnamed()
        refreshDials()
        limitConnections(keeping: nil)
        fillAll()
    }

    /// Whether the roster names the key, or the configuration for this very address does.
    ///
    /// The configuration counts only until this node has seen its own grant and the logs in which
    /// the peer's could stand: an invitation is not signed, and one that was changed on the way
    /// must not keep a stranger in for ever.
    func isWelcome(_ key: PublicKey, dialed: PeerAddress?) -> Bool {
        if !roster.members(tls: key).isEmpty { return true }
        return dialed?.key == key && !roster.grants.contains { $0.keys.tls == key }
            && (roster.member(log: configuration.log) == nil || !holdsGrantingLogs)
    }

    /// Whether all of each log that may grant rights to nodes is held, as far as is known here.
    private var holdsGrantingLogs: Bool {
        roster.grants.allSatisfy { grant in
            guard grant.level <= .district, !grant.hasEnded else { return true }
            guard let state = logs[grant.log], state.size > 0, state.pull == nil else {
                return false
            }
            let known = Claim(log: grant.log, note: state.newestNote)?.size ?? 0
            return known <= state.size
        }
    }
}
