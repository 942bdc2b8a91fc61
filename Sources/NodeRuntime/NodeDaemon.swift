internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import Replica
internal import Replication
internal import Storage
internal import TransparencyLog
internal import Transport

/// A running node: performs what its ``ReplicaMachine`` commands, and answers commands over the
/// home's socket.
///
/// The machine decides; this actor only carries out, in the order given. Storage has a queue of
/// its own, each connection too.
package actor NodeDaemon {
    /// How often the machine is told that time passed.
    static let tickMilliseconds = 250
    /// How often the nodes heard of are written down; one not heard of before, at once.
    static let heardMilliseconds: UInt64 = 60_000
    /// How often to look whether what was redacted can be destroyed.
    static let destroyingMilliseconds: UInt64 = 5_000
    /// How often it is looked whether openings are to be recorded.
    static let openingsMilliseconds: UInt64 = 60_000
    /// How long an acknowledgement waits for the first peer to say that it holds the entries.
    static let holderMilliseconds: UInt64 = 100
    /// How often refusals are written down: a flood of them must not keep the disk busy.
    static let refusalsMilliseconds: UInt64 = 2_000
    /// Most jobs for storage that wait; the machine's own limits keep well below it.
    static let jobsMax = 4096
    /// Signatures checked between two looks at what else there is to do.
    static let signatureChunk = 2048

    let keeper: KeeperActor
    let home: Home
    let identity: Store.Identity
    var tlsIdentity: TransportIdentity
    let log: @Sendable (String) -> Void
    let explain: @Sendable (any Error) -> RemoteError

    var machine: ReplicaMachine
    var outboxes: [SessionID: Outbox] = [:]
    var lastSession: UInt64 = 0
    var jobs: [StorageJob] = []
    var isWorking = false
    var isViewStale = true
    var isChecking = false
    /// Since when signatures wait to be checked.
    private var uncheckedSince: UInt64?
    var unchecked: UInt64
    var heard: Set<Digest> = []
    /// Nodes heard of since this process began.
    var known: Set<Digest> = []
    /// Packages of bundles that storage was given.
    var offered: [RequestID: OfferedPackage] = [:]
    /// Who waits for what peers answer to a challenge.
    var challenges: [UInt64: CheckedContinuation<[ChallengeAnswer], Never>] = [:]
    var lastChallenge: UInt64 = 0
    var refusals = RefusalLedger()
    var nextHeard: UInt64 = 0
    var nextDestroying: UInt64 = 0
    var nextRefusals: UInt64 = 0
    private var lastWrite: UInt64 = 0
    private var nextOpenings: UInt64 = 0
    var isDropping = false
    var carriedAfter: Int64 = -1
    var isStopped = false

    var listener: Listener?
    private var control: ControlServer?
    private var ticker: Task<Void, Never>?
    let admitted = AdmittedKeys()

    /// Takes over a home's writer.
    ///
    /// - Parameters:
    ///   - keeper: of the home.
    ///   - log: is given each line of the node's log.
    ///   - explain: says to a command what went wrong, with exit code and hint.
    /// - Throws: ``HomeError``, ``StoreError``, and errors of the TLS key.
    package init(
        _ keeper: sending Keeper,
        log: @escaping @Sendable (String) -> Void,
        explain: @escaping @Sendable (any Error) -> RemoteError
    ) async throws {
        let home = keeper.home
        let identity = keeper.identity
        unchecked = keeper.store.uncheckedCount
        let actor = KeeperActor(keeper)
        self.keeper = actor
        self.home = home
        self.identity = identity
        self.log = log
        self.explain = explain
        tlsIdentity = try TransportIdentity(key: home.signingKey(.tls))
        let roster = await actor.roster
        machine = ReplicaMachine(
            configuration: ReplicaConfiguration(
                ledger: identity.ledger,
                log: identity.log,
                instance: SystemSource.randomNumber(),
                seed: SystemSource.randomNumber(),
                foldVersion: SubjectFold.version
            ),
            heads: try await actor.heads(),
            roster: roster,
            scopes: await actor.scopes,
            presences: try await actor.presences(),
            cosigned: try await actor.cosigned()
        )
        admitted.take(roster)
    }

    /// Listens, dials and serves until ``stop()``.
    ///
    /// - Parameter isListening: false for a round of `linli sync`, which only dials.
    /// - Throws: what binding the port or the home's socket throws.
    package func start(isListening: Bool) throws {
        if isListening {
            if let text = home.configuration.listen {
                guard let endpoint = Endpoint(text) else {
                    throw HomeError.configuration(
                        path: home.path + "/config.json",
                        reason: "listen is \"\(text)\", want host:port"
                    )
                }
                try listen(on: endpoint)
            }
            control = try ControlServer(path: home.socketPath) { [weak self] question in
                await self?.answer(question) ?? []
            }
        }
        handle(.configured(peers: configuredPeers()))
        ticker = Task { [weak self] in
            while !Task.isCancelled {
                await self?.tick()
                try? await Task.sleep(for: .milliseconds(Self.tickMilliseconds))
            }
        }
    }

    /// Ends all sessions, finishes what is being written, and lets the home go.
    package func stop() async {
        guard !isStopped else { return }
        isStopped = true
        ticker?.cancel()
        listener?.stop()
        control?.stop()
        handle(.stopped)
        while isWorking || isChecking { try? await Task.sleep(for: .milliseconds(5)) }
        try? await keeper.keepRefusals(refusals.take())
        try? await keeper.keepHeard(heard.sorted(), at: SystemSource.wallMilliseconds())
        _ = try? await keeper.destroyRedacted()
        for outbox in outboxes.values { outbox.finish() }
        outboxes = [:]
        note("node", "stopped")
    }

    /// Waits until every session has compared and nothing is on its way, in either direction:
    /// the peers then hold what this node holds.
    ///
    /// - Returns: false if that was not so within `seconds`, or no peer was reached.
    package func settle(seconds: UInt64) async -> Bool {
        let end = SystemSource.monotonicMilliseconds() + seconds * 1000
        while SystemSource.monotonicMilliseconds() < end {
            try? await Task.sleep(for: .milliseconds(20))
            let status = machine.status
            let isQuiet = status.isSettled && jobs.isEmpty && !isWorking
            let areInStep = status.sessions.allSatisfy { $0.hasCompared && $0.logsBehind == 0 }
            if isQuiet, areInStep, !status.sessions.isEmpty, unchecked == 0 { return true }
        }
        return false
    }

    /// Why the node at a dialed endpoint has not compared with this one; nil if it has.
    package func failure(at endpoint: String) -> String? {
        let status = machine.status
        guard let dial = status.dials.first(where: { $0.endpoint == endpoint }) else {
            return "too many endpoints"
        }
        // It may have answered by another of its endpoints.
        let hasMet = status.sessions.contains { session in
            session.hasCompared && session.peer != nil && session.peer == dial.log
        }
        return hasMet ? nil : dial.lastError ?? "no answer"
    }

    /// Live peers known to hold all of the own log.
    private var holders: Int {
        machine.status.logs.first { $0.log == identity.log }?.holders ?? 0
    }

    /// Gives a connected peer the moment it needs to say that it holds what was just written.
    ///
    /// Peers say so at once, but at most once a second; in a row of writes nobody waits for them.
    private func waitForHolder() async {
        let now = SystemSource.monotonicMilliseconds()
        let isAlone = now - lastWrite >= Limits.announceMilliseconds
        lastWrite = now
        guard isAlone else { return }
        let end = now + Self.holderMilliseconds
        while holders == 0, machine.status.sessions.contains(where: \.hasCompared),
            SystemSource.monotonicMilliseconds() < end
        {
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    /// How the node stands.
    package func report() async throws -> StatusReport { try await keeper.report(machine.status) }

    /// Tells the machine something and performs what it commands.
    func handle(_ event: ReplicaEvent) {
        let commands = machine.handle(
            event,
            now: SystemSource.monotonicMilliseconds(),
            wall: SystemSource.wallMilliseconds()
        )
        for command in commands { perform(command) }
    }

    func note(_ subsystem: String, _ text: String, level: String = "info") {
        log("\(LogTime.text(SystemSource.wallMilliseconds())) \(level) \(subsystem) \(text)")
    }

    private func listen(on endpoint: Endpoint) throws {
        let listener = try Listener(
            on: endpoint,
            identity: tlsIdentity,
            admit: { [admitted] key in admitted.contains(key) },
            report: { [weak self] event in Task { await self?.reported(event) } },
            accepted: { [weak self] connection in
                Task { await self?.connected(connection, dialed: nil) }
            }
        )
        self.listener = listener
        note("net", "listening endpoint=\(listener.endpoint)")
    }

    private func reported(_ event: TransportEvent) {
        switch event {
        case .accepted(let remote, let key):
            note("net", "accepted remote=\(remote) key=\(key.hash.short)")
        case .refused(let remote, let reason):
            note("net", "refused remote=\(remote) reason=\"\(reason)\"", level: "warn")
            refusals.add(peer: remote.host, reason: reason.description)
        case .paused(let reason):
            note("net", "paused reason=\"\(reason)\"", level: "error")
        }
    }

    private func configuredPeers() -> [PeerAddress] {
        home.configuration.peers.map { peer in
            let key = peer.key.flatMap { Bytes32(hex: $0) }.flatMap { try? PublicKey($0) }
            return PeerAddress(endpoint: peer.endpoint, key: key)
        }
    }

    private func tick() {
        let now = SystemSource.monotonicMilliseconds()
        handle(.tick)
        heard.formUnion(machine.status.sessions.filter(\.hasCompared).compactMap(\.peer))
        if now >= nextRefusals, !refusals.isEmpty {
            nextRefusals = now + Self.refusalsMilliseconds
            enqueue(.keepRefusals(refusals.take()))
        }
        if !heard.isEmpty, now >= nextHeard || !heard.isSubset(of: known) {
            nextHeard = now + Self.heardMilliseconds
            known.formUnion(heard)
            enqueue(.heard(heard.sorted()))
            heard = []
        }
        if now >= nextDestroying {
            nextDestroying = now + Self.destroyingMilliseconds
            enqueue(.destroyRedacted)
        }
        if now >= nextOpenings {
            nextOpenings = now + Self.openingsMilliseconds
            enqueue(.recordOpenings)
            Task { await dropSomeCarried() }
        }
        if isViewStale, machine.isSettled, jobs.isEmpty {
            isViewStale = false
            enqueue(.viewDigest)
        }
        if unchecked == 0 { uncheckedSince = nil }
        if unchecked > 0, jobs.isEmpty {
            let since = uncheckedSince ?? now
            uncheckedSince = since
            if machine.isSettled || now - since >= Limits.uncheckedMilliseconds {
                Task { await checkSignatures() }
            }
        }
    }

    private func answer(_ question: [UInt8]) async -> [UInt8] {
        guard let request = ControlRequest(decoding: question) else {
            let error = RemoteError(code: 2, message: "the daemon is of another version")
            return ControlReply.failed(error).encoded
        }
        do {
            return try await answer(request).encoded
        } catch AppendError.moved {
            return ControlReply.moved.encoded
        } catch {
            return ControlReply.failed(explain(error)).encoded
        }
    }

    private func written(
        _ items: [AppendItem],
        signed: SignedProposal?
    ) async throws -> ControlReply {
        let outcomes = try await append(items, signed: signed)
        if items.count <= Limits.liveEntries { await waitForHolder() }
        return .written(HomeWriter.Receipt(outcomes: outcomes, holders: holders))
    }

    private func answer(_ request: ControlRequest) async throws -> ControlReply {
        switch request {
        case .append(let items):
            return try await written(items, signed: nil)
        case .appendSigned(let items, let signed):
            return try await written(items, signed: signed)
        case .propose(let items, let author):
            return .proposed(try await propose(items, author: author))
        case .status: return .text(try await report().json)
        case .checkpoint:
            let note = try await keeper.checkpoint().note.bytes
            return .text(String(decoding: note, as: UTF8.self))
        case .bundle(let bundle): return .offered(await take(bundle))
        case .scopes(let scopes, let seconds):
            let change = try await setScopes(scopes)
            if change.wanted > 0 { _ = await settle(seconds: min(seconds, 600)) }
            return .text(change.json)
        case .sync(let seconds):
            handle(.compareNow)
            let isSettled = await settle(seconds: min(seconds, 600))
            guard isSettled else {
                throw RemoteError(
                    code: 2,
                    message: "not settled with any peer within \(seconds) s",
                    hint: "linli peers shows who was reached"
                )
            }
            return .text(try await report().json)
        }
    }
}
