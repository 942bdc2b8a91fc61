import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

/// One machine with a store that answers at once, and sessions in which the test speaks.
final class Bench {
    let city: City
    let store: MemoryStore
    var machine: ReplicaMachine
    var now: UInt64 = 1_000_000
    private(set) var sent: [SessionID: [Message]] = [:]
    private(set) var closed: Set<SessionID> = []
    private(set) var notices: [Notice] = []
    private(set) var evidence: [ForkEvidence] = []
    private(set) var kept: [ForkProof] = []
    private(set) var written: [ForkProof] = []
    private(set) var stops: [StopReason] = []
    private(set) var dials: [PeerAddress] = []
    /// While true, what storage is asked is not answered.
    var isStorageSlow = false
    /// Sessions in which pings are answered while time passes.
    var polite: [SessionID] = []
    /// Sizes at which the machine asked for a stable checkpoint.
    private(set) var stabilized: [UInt64] = []
    /// What it was to cosign, and what to keep.
    private(set) var toCosign: [SignedCheckpoint] = []
    private(set) var cosignedKept: [[CosignedCheckpoint]] = []
    private(set) var presencesKept: [SignedPresence] = []
    private(set) var challenged: [UInt64: [ChallengeAnswer]] = [:]
    private var answered: [SessionID: UInt64] = [:]
    private(set) var waiting: [ReplicaCommand] = []
    private var isAnswering = false
    private var served: [SessionID: Int] = [:]

    static let wall: UInt64 = 1_800_000_000_000

    /// A machine for office `number`.
    init(
        _ city: City,
        _ number: Int,
        instance: UInt64 = 77,
        knowsRoster: Bool = true
    ) throws {
        self.city = city
        store = try city.store(number, knowsRoster: knowsRoster)
        machine = ReplicaMachine(
            configuration: ReplicaConfiguration(
                ledger: city.ledger,
                log: store.ownLog,
                instance: instance,
                seed: 5,
                foldVersion: 1
            ),
            heads: store.heads,
            roster: store.roster
        )
    }

    func tell(_ event: ReplicaEvent) {
        for command in machine.handle(event, now: now, wall: Self.wall) {
            switch command {
            case .send(let id, let frame):
                guard let message = try? Message(decoding: frame) else {
                    Issue.record("a frame that is no message")
                    continue
                }
                sent[id, default: []].append(message)
            case .close(let id): closed.insert(id)
            case .keepEvidence(let item): evidence.append(item)
            case .keepFork(let proof): kept.append(proof)
            case .writeFork(let proof): written.append(proof)
            case .stopWriting(let reason): stops.append(reason)
            case .dial(let address): dials.append(address)
            case .notice(let notice): notices.append(notice)
            case .keepPresences(let presences): presencesKept += presences
            case .challenged(let number, let answers): challenged[number] = answers
            case .signPresence: break
            case .stabilize(let size): stabilized.append(size)
            case .cosign(let signed): toCosign.append(signed)
            case .keepCosigned(_, let cosigned): cosignedKept.append(cosigned)
            case .read, .commit, .compare, .proveFork, .findMissing, .readParts, .storeParts,
                .proveParts:
                waiting.append(command)
            }
        }
        if !isStorageSlow { answerWaiting() }
    }

    /// Lets storage answer what waits.
    func answerWaiting() {
        guard !isAnswering else { return }
        isAnswering = true
        while !waiting.isEmpty { answer(waiting.removeFirst()) }
        isAnswering = false
    }

    private func answer(_ command: ReplicaCommand) {
        switch command {
        case .read(let request, let read): tell(.read(request, store.read(read)))
        case .commit(let request, let package, _):
            tell(
                store.commit(package)
                    ? .committed(request) : .commitFailed(request, reason: "refused")
            )
        case .compare(let request, let log, let size):
            tell(.compared(request, range: store.tree(log, size: size)))
        case .proveFork(let parting):
            if let proof = try? store.proveFork(parting) { tell(.forkProven(proof)) }
        case .findMissing(let request, let last):
            tell(.missing(request, store.missingParts(after: last)))
        case .readParts(let request, let names):
            tell(.partsRead(request, names.map(store.part)))
        case .proveParts(let request, let prove):
            tell(.partsProven(request, store.proofs(prove)))
        case .storeParts(let request, let found):
            store.keep(found)
            tell(.partsStored(request, true))
        default: break
        }
    }

    /// Opens a session in which the test speaks for office `number`.
    func connect(_ session: UInt64, as number: Int, dialed: PeerAddress? = nil) -> SessionID {
        let id = SessionID(session)
        tell(.connected(id, key: city.offices[number].tls.publicKey, dialed: dialed))
        return id
    }

    /// A greeting of office `number`, which holds something else than the machine.
    func hello(_ number: Int) -> Hello {
        Hello(
            ledger: city.ledger,
            log: city.log(number),
            instance: 1,
            wall: Self.wall,
            frontier: .zero,
            view: .zero,
            foldVersion: 1,
            yourSize: 0,
            yourRoot: TreeHasher.emptyRoot
        )
    }

    /// Opens a session and greets, and answers the machine's summary with these heads.
    func meet(_ session: UInt64, as number: Int, heads: [Head]) -> SessionID {
        let id = connect(session, as: number)
        say(id, .hello(hello(number)))
        say(id, .heads(Heads(kind: .last, heads: heads)))
        return id
    }

    func say(_ id: SessionID, _ message: Message) {
        tell(.received(id, frame: message.encoded))
    }

    func pass(milliseconds: UInt64) {
        for _ in 0..<(milliseconds / 250) {
            now += 250
            tell(.tick)
            for id in polite {
                guard case .ping(let number)? = sent[id]?.last, answered[id] != number else {
                    continue
                }
                answered[id] = number
                say(id, .pong(number))
            }
        }
    }

    /// The pulls sent in a session so far.
    func pulls(_ id: SessionID) -> [Pull] {
        (sent[id] ?? []).compactMap { message in
            if case .pull(let pull) = message { pull } else { nil }
        }
    }

    /// Answers every pull of a session that is not answered yet, also those that follow.
    func serve(_ id: SessionID, from store: MemoryStore) {
        while served[id, default: 0] < pulls(id).count {
            let pull = pulls(id)[served[id, default: 0]]
            served[id, default: 0] += 1
            say(id, Self.answer(to: pull, from: store))
        }
    }

    static func answer(to pull: Pull, from store: MemoryStore) -> Message {
        let answer = store.read(
            ReadRequest(
                log: pull.log,
                first: pull.first,
                count: pull.count,
                bytes: Limits.packageBytes,
                target: pull.target,
                targetRoot: pull.targetRoot,
                root: pull.root
            )
        )
        switch answer {
        case .entries(let entries, let proof):
            return .package(
                Package(log: pull.log, first: pull.first, entries: entries, proof: proof)
            )
        case .diverged(let root, let proof):
            let reason = Gone.Reason.diverged(root: root, proof: proof)
            return .gone(Gone(log: pull.log, first: pull.first, reason: reason))
        case .notHeld: return .gone(Gone(log: pull.log, first: pull.first, reason: .notHeld))
        }
    }

    /// Why a session was closed, if it was and the peer was told.
    func bye(_ id: SessionID) -> ByeReason? {
        guard closed.contains(id), case .bye(let reason)? = sent[id]?.last else { return nil }
        return reason
    }

    /// How many notices tell that this session was closed.
    func refusals(_ id: SessionID) -> Int {
        notices.count { notice in
            if case .closed(id, _, _, _) = notice { true } else { false }
        }
    }
}

extension MemoryStore {
    /// The head of a log as this store would tell it.
    func head(_ log: Digest) -> Head {
        let size = size(log)
        let root = root(log, size: size) ?? TreeHasher.emptyRoot
        return Head(log: log, size: size, root: root, note: logs[log]?.note ?? [])
    }
}
