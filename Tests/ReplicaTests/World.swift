import Crypto
import Encoding
import Ledger
import Replica
import Replication
import TestSupport

/// Machines with stores of their own, on a network and a clock that follow from a seed.
final class World {
    final class Node {
        let number: Int
        let store: MemoryStore
        var machine: ReplicaMachine
        var notices: [Notice] = []
        var evidence: [ForkEvidence] = []
        var stops: [StopReason] = []
        var lastCommit: UInt64 = 0

        init(_ number: Int, _ store: MemoryStore, _ machine: ReplicaMachine) {
            self.number = number
            self.store = store
            self.machine = machine
        }
    }

    /// One end of a connection.
    struct End {
        let node: Int
        let other: SessionID
        /// When the last frame sent from here arrives; the next arrives no earlier.
        var lastArrival: UInt64
    }

    struct Due {
        let time: UInt64
        let order: UInt64
        let action: () -> Void
    }

    let city: City
    private(set) var nodes: [Node] = []
    var generator: SeededGenerator
    var now: UInt64 = 0
    /// Pairs of nodes that can not reach each other.
    var blocked: Set<[Int]> = []
    /// Longest delay of a frame and of storage, in milliseconds.
    var delay: UInt64 = 20
    private(set) var ends: [SessionID: End] = [:]
    /// Bytes of every hello and number of other frames sent.
    private(set) var hellos: [Int] = []
    private(set) var otherFrames = 0
    private(set) var entriesSent = 0
    /// When each frame was sent in which session, with its hash.
    private(set) var transcript: [String] = []

    private var queue: [Due] = []
    private var lastOrder: UInt64 = 0
    private var lastSession: UInt64 = 0

    init(_ city: City, seed: UInt64, knowsRoster: Bool = true) throws {
        self.city = city
        generator = SeededGenerator(seed: seed)
        for number in city.offices.indices {
            let store = try city.store(number, knowsRoster: knowsRoster)
            nodes.append(Node(number, store, machine(store)))
            scheduleTick(number)
        }
    }

    private func machine(_ store: MemoryStore) -> ReplicaMachine {
        ReplicaMachine(
            configuration: ReplicaConfiguration(
                ledger: city.ledger,
                log: store.ownLog,
                instance: generator.next(),
                seed: generator.next(),
                foldVersion: 1
            ),
            heads: store.heads,
            roster: store.roster
        )
    }

    /// Tells a node whom to dial.
    func configure(_ node: Int, peers: [Int]) {
        let addresses = peers.map { peer in
            let office = city.offices[peer]
            return PeerAddress(endpoint: office.endpoint, key: office.tls.publicKey)
        }
        tell(node, .configured(peers: addresses))
    }

    func write(_ node: Int, _ drafts: [EntryDraft]) throws {
        let append = try nodes[node].store.write(drafts)
        tell(node, .appended(append))
        let isRoster = drafts.contains { RosterOperation.isRoster($0.operation) }
        if isRoster { tell(node, .rosterChanged(nodes[node].store.roster)) }
    }

    /// Stops a node and starts it anew with what its store holds.
    func restart(_ node: Int) {
        for id in ends.keys.sorted() where ends[id]?.node == node { cut(id) }
        nodes[node].machine = machine(nodes[node].store)
        nodes[node].lastCommit = now
    }

    /// Breaks the connection that this session stands on.
    func cut(_ id: SessionID) {
        guard let end = ends.removeValue(forKey: id) else { return }
        let other = ends.removeValue(forKey: end.other)
        tell(end.node, .disconnected(id, reason: "cut"))
        if let other { tell(other.node, .disconnected(end.other, reason: "cut")) }
    }

    func connect(_ from: Int, _ to: Int, dialed: PeerAddress?) {
        let ours = SessionID(lastSession + 1)
        let theirs = SessionID(lastSession + 2)
        lastSession += 2
        ends[ours] = End(node: from, other: theirs, lastArrival: now)
        ends[theirs] = End(node: to, other: ours, lastArrival: now)
        let (dialer, dialedKey) = (city.offices[from], city.offices[to])
        tell(from, .connected(ours, key: dialedKey.tls.publicKey, dialed: dialed))
        tell(to, .connected(theirs, key: dialer.tls.publicKey, dialed: nil))
    }

    var frontiers: Set<Digest> { Set(nodes.map(\.machine.frontier)) }

    /// Whether everybody holds the same and has nothing under way.
    var hasConverged: Bool {
        frontiers.count == 1 && nodes.allSatisfy(\.machine.isSettled)
    }

    /// Runs until `isDone` or for so many milliseconds; says whether it was done.
    @discardableResult
    func run(milliseconds: UInt64, until isDone: () -> Bool = { false }) -> Bool {
        let end = now + milliseconds
        while !isDone() {
            guard let index = queue.indices.min(by: { isSooner(queue[$0], queue[$1]) }),
                queue[index].time <= end
            else {
                now = end
                return isDone()
            }
            let due = queue.remove(at: index)
            now = max(now, due.time)
            due.action()
        }
        return true
    }

    func tell(_ number: Int, _ event: ReplicaEvent) {
        let wall = 1_800_000_000_000 + now
        for command in nodes[number].machine.handle(event, now: now, wall: wall) {
            perform(command, at: number)
        }
    }

    private func isSooner(_ left: Due, _ right: Due) -> Bool {
        left.time != right.time ? left.time < right.time : left.order < right.order
    }

    private func later(_ time: UInt64, _ action: @escaping () -> Void) {
        lastOrder += 1
        queue.append(Due(time: time, order: lastOrder, action: action))
    }

    private func someDelay() -> UInt64 { UInt64.random(in: 0...delay, using: &generator) }

    private func scheduleTick(_ node: Int) {
        later(now + 250) { [unowned self] in
            tell(node, .tick)
            scheduleTick(node)
        }
    }

    private func perform(_ command: ReplicaCommand, at number: Int) {
        let node = nodes[number]
        // A node that is restarted loses what storage has not done yet.
        let instance = node.machine.configuration.instance
        switch command {
        case .send(let id, let frame): send(id, frame)
        case .close(let id):
            guard let end = ends.removeValue(forKey: id) else { return }
            // What was sent before still arrives.
            later(end.lastArrival) { [unowned self] in
                guard let other = ends.removeValue(forKey: end.other) else { return }
                tell(other.node, .disconnected(end.other, reason: "closed"))
            }
        case .read(let request, let read):
            let answer = node.store.read(read)
            later(now + someDelay()) { [unowned self] in
                guard node.machine.configuration.instance == instance else { return }
                tell(number, .read(request, answer))
            }
        case .commit(let request, let package, _):
            node.lastCommit = max(node.lastCommit, now + someDelay())
            later(node.lastCommit) { [unowned self] in
                guard node.machine.configuration.instance == instance else { return }
                commit(request, package, at: number)
            }
        case .compare(let request, let log, let size):
            let range = node.store.tree(log, size: size)
            later(now + someDelay()) { [unowned self] in
                guard node.machine.configuration.instance == instance else { return }
                tell(number, .compared(request, range: range))
            }
        case .findMissing(let request, let last):
            tell(number, .missing(request, node.store.missingParts(after: last)))
        case .readParts(let request, let names):
            tell(number, .partsRead(request, names.map(node.store.part)))
        case .proveParts(let request, let prove):
            tell(number, .partsProven(request, node.store.proofs(prove)))
        case .storeParts(let request, let found):
            node.store.keep(found)
            tell(number, .partsStored(request, true))
        case .signPresence, .keepPresences, .challenged, .stabilize, .cosign, .keepCosigned: break
        case .keepEvidence(let evidence): node.evidence.append(evidence)
        case .proveFork(let parting):
            if let proof = try? node.store.proveFork(parting) { tell(number, .forkProven(proof)) }
        case .keepFork, .writeFork: break
        case .stopWriting(let reason): node.stops.append(reason)
        case .dial(let address): dial(address, from: number)
        case .notice(let notice): node.notices.append(notice)
        }
    }

    private func commit(_ request: RequestID, _ package: VerifiedPackage, at number: Int) {
        let store = nodes[number].store
        guard store.commit(package) else {
            return tell(number, .commitFailed(request, reason: "refused"))
        }
        tell(number, .committed(request))
        let isRoster = package.entries.contains {
            guard case .success(let header) = $0.header else { return false }
            return RosterOperation.isRoster(header.operation)
        }
        if isRoster { tell(number, .rosterChanged(store.roster)) }
    }

    private func send(_ id: SessionID, _ frame: [UInt8]) {
        guard let end = ends[id] else { return }
        precondition(frame.count <= Limits.frameBytes, "no frame is too large")
        transcript.append("\(now) \(id.number) \(sha256(frame).short)")
        switch try? Message(decoding: frame) {
        case .hello: hellos.append(frame.count)
        case .package(let package):
            entriesSent += package.entries.count
            otherFrames += 1
        case .push(let push):
            entriesSent += push.entries.count
            otherFrames += 1
        default: otherFrames += 1
        }
        let arrival = max(end.lastArrival, now + someDelay())
        ends[id]?.lastArrival = arrival
        later(arrival) { [unowned self] in
            guard let other = ends[end.other] else { return }
            tell(other.node, .received(end.other, frame: frame))
        }
    }

    private func dial(_ address: PeerAddress, from number: Int) {
        let target = city.offices.firstIndex { $0.endpoint == address.endpoint }
        later(now + someDelay()) { [unowned self] in
            guard let target, !blocked.contains([number, target].sorted()) else {
                return tell(number, .dialFailed(address, reason: "unreachable"))
            }
            connect(number, target, dialed: address)
        }
    }
}
