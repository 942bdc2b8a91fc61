import Crypto
import Encoding
import Ledger
import Replica
import Replication
import TransparencyLog

/// What a hostile member does beside, or instead of, what the program says.
///
/// Behind it runs the machine that ships, so that its lies come at the right moments.
protocol Hostility {
    /// The frames that are sent instead of a message.
    mutating func frames(for message: Message, _ dice: inout Dice) -> [[UInt8]]

    /// Messages that nothing asked for, once a tick in each session.
    mutating func unasked(_ node: SimulatedNode, _ dice: inout Dice) -> [[UInt8]]

    /// What it writes to its log when it is its turn; nil for what everybody writes.
    mutating func writes(
        _ node: SimulatedNode,
        _ world: World
    ) -> [WriteItem]?
}

extension Hostility {
    mutating func frames(for message: Message, _ dice: inout Dice) -> [[UInt8]] {
        [message.encoded]
    }

    mutating func unasked(_ node: SimulatedNode, _ dice: inout Dice) -> [[UInt8]] { [] }

    mutating func writes(_ node: SimulatedNode, _ world: World) -> [WriteItem]? { nil }
}

extension HostileKind {
    var hostility: any Hostility {
        switch self {
        case .fork: ForkHostility()
        case .wrongRoot: WrongRootHostility()
        case .badAuthor: BadAuthorHostility()
        case .replayedLeaf: ReplayedLeafHostility()
        case .withheldParts: WithheldPartsHostility()
        case .forgedGrant: ForgedGrantHostility()
        case .oversize: OversizeHostility()
        case .outOfTurn: OutOfTurnHostility()
        case .malformed: MalformedHostility()
        case .flood: FloodHostility()
        case .diskFiller: DiskFillerHostility()
        case .silent: SilentHostility()
        case .stale: StaleHostility()
        case .boaster: BoasterHostility()
        }
    }
}

/// Two processes with one home that stop for nothing; see ``World/settle()``.
struct ForkHostility: Hostility {}

/// Packages that are not of the tree that was signed.
struct WrongRootHostility: Hostility {
    mutating func frames(for message: Message, _ dice: inout Dice) -> [[UInt8]] {
        guard case .package(var package) = message, dice.chance(60) else {
            return [message.encoded]
        }
        let index = dice.count(0...package.entries.count - 1)
        let entry = package.entries[index]
        switch dice.count(0...4) {
        case 0: package.proof.append(.zero)
        case 1: package.proof = package.proof.map { _ in .zero }
        case 2:
            // A leaf that fits its header, and stands in no signed tree.
            var leaf = entry.leaf
            leaf[40] ^= 1
            package.entries[index] = Entry(header: entry.header, leaf: leaf, parts: entry.parts)
        case 3: package.entries.swapAt(0, index)
        default: package.entries.append(entry)
        }
        return [Message.package(package).encoded]
    }
}

/// Its log key vouches for leaves that its service key did not sign.
struct BadAuthorHostility: Hostility {
    mutating func writes(_ node: SimulatedNode, _ world: World) -> [WriteItem]? {
        guard world.dice.chance(60) else { return nil }
        var item = WriteItem(Workload.report(node.office.scope, text: "forged"))
        item.isJudged = false
        item.spoiling = { entry in
            var leaf = entry.leaf
            leaf[40] ^= 1
            return Entry(header: entry.header, leaf: leaf, parts: entry.parts)
        }
        return [item]
    }
}

/// Takes another log's entry into its own, with its author's good signature.
struct ReplayedLeafHostility: Hostility {
    mutating func writes(_ node: SimulatedNode, _ world: World) -> [WriteItem]? {
        let others = node.disk.store.logs.sorted { $0.key < $1.key }
            .filter { $0.key != node.office.id }.flatMap(\.value.entries)
        guard let stolen = world.dice.pick(others) else { return nil }
        var item = WriteItem(Workload.report(node.office.scope, text: "replayed"))
        item.isJudged = false
        item.spoiling = { _ in stolen.entry }
        return [item]
    }
}

/// Leaves out the parts of what it passes on, and gives others when it is asked for them.
struct WithheldPartsHostility: Hostility {
    mutating func frames(for message: Message, _ dice: inout Dice) -> [[UInt8]] {
        switch message {
        case .package(var package) where dice.chance(70):
            package.entries = package.entries.map(Self.bare)
            return [Message.package(package).encoded]
        case .push(var push) where dice.chance(70):
            push.entries = push.entries.map(Self.bare)
            return [Message.push(push).encoded]
        case .parts(var answer) where dice.chance(50):
            let isLie = dice.chance(50)
            answer.parts = answer.parts.map { part in
                guard let part, isLie else { return nil }
                return Part(salt: part.salt, bytes: part.bytes + [0])
            }
            return [Message.parts(answer).encoded]
        default: return [message.encoded]
        }
    }

    private static func bare(_ entry: Entry) -> Entry {
        Entry(header: entry.header, leaf: entry.leaf, parts: entry.parts.map { _ in nil })
    }
}

/// Gives itself the city, ends others' rights, and reports in places it has no right to.
struct ForgedGrantHostility: Hostility {
    mutating func writes(_ node: SimulatedNode, _ world: World) -> [WriteItem]? {
        let city = world.city
        let other = world.dice.pick(city.offices) ?? city.offices[0]
        let draft: EntryDraft
        switch world.dice.count(0...3) {
        case _ where node.disk.store.own.size.isMultiple(of: 3):
            // Another's log is to be forked from its beginning.
            let note = node.disk.store.logs[other.id]?.note ?? []
            draft = .fork(
                roster: city.subject,
                ForkProof(
                    logKey: other.log.publicKey,
                    common: CompactRange(),
                    ForkProof.Branch(leaf: sha256([1]), note: note, proof: []),
                    ForkProof.Branch(leaf: sha256([2]), note: note, proof: [])
                )
            )
        case 0:
            draft = .grant(
                roster: city.subject,
                request: EnrolmentRequest(
                    name: "usurper",
                    level: .district,
                    scope: other.scope.district,
                    endpoint: nil,
                    keys: node.office.keys
                ),
                isConfirmed: true
            )
        case 1:
            draft = .end(
                roster: city.subject,
                grants: [city.grantHash(of: other) ?? city.ledger],
                cuts: [],
                reason: "no"
            )
        case 2:
            guard let subject = world.dice.pick(node.disk.store.subjects) else { return nil }
            draft = Workload.note(subject, text: "outside")
        default: draft = Workload.report(city.offices[0].scope, text: "outside")
        }
        var item = WriteItem(draft)
        item.isJudged = false
        return [item]
    }
}

/// Frames longer than any may be.
struct OversizeHostility: Hostility {
    mutating func unasked(_ node: SimulatedNode, _ dice: inout Dice) -> [[UInt8]] {
        guard dice.chance(10) else { return [] }
        return [[UInt8](repeating: 0x82, count: Limits.frameBytes + dice.count(1...2))]
    }
}

/// Messages that are sound and not wanted.
struct OutOfTurnHostility: Hostility {
    mutating func unasked(_ node: SimulatedNode, _ dice: inout Dice) -> [[UInt8]] {
        guard dice.chance(15) else { return [] }
        let log = node.office.id
        let message: Message
        switch dice.count(0...5) {
        case 0: message = .pong(dice.next())
        case 1: message = .heads(Heads(kind: .last, heads: []))
        case 2: message = .summary(Summary(isAnswer: true, districts: []))
        case 3: message = .gone(Gone(log: log, first: 0, reason: .notHeld))
        case 4:
            let entries = (node.disk.store.own.entries.prefix(2)).map(\.entry)
            message = .package(Package(log: log, first: 0, entries: entries, proof: []))
        default:
            message = .pull(
                Pull(log: log, first: 0, count: 1, target: 1 << 40, targetRoot: log, root: nil)
            )
        }
        return [message.encoded]
    }
}

/// Bytes that are no message, and messages with some bytes changed.
struct MalformedHostility: Hostility {
    mutating func frames(for message: Message, _ dice: inout Dice) -> [[UInt8]] {
        var frame = message.encoded
        guard dice.chance(10), !frame.isEmpty else { return [frame] }
        for _ in 0..<dice.count(1...3) {
            frame[dice.count(0...frame.count - 1)] ^= UInt8(dice.count(1...255))
        }
        return [frame]
    }

    mutating func unasked(_ node: SimulatedNode, _ dice: inout Dice) -> [[UInt8]] {
        guard dice.chance(5) else { return [] }
        return [(0..<dice.count(0...60)).map { _ in UInt8(dice.count(0...255)) }]
    }
}

/// Everything several times, and questions without end.
struct FloodHostility: Hostility {
    mutating func frames(for message: Message, _ dice: inout Dice) -> [[UInt8]] {
        switch message {
        case .push, .heads, .ping, .announce, .graft, .prune:
            [[UInt8]](repeating: message.encoded, count: dice.count(1...4))
        default: [message.encoded]
        }
    }

    mutating func unasked(_ node: SimulatedNode, _ dice: inout Dice) -> [[UInt8]] {
        guard dice.chance(20) else { return [] }
        switch dice.count(0...3) {
        case 0:
            return (0..<dice.count(1...60)).map { _ in Message.ping(dice.next()).encoded }
        case 1:
            let summary = Message.summary(Summary(isAnswer: false, districts: []))
            return [[UInt8]](repeating: summary.encoded, count: dice.count(1...10))
        case 2:
            let log = node.office.id
            let size = max(1, node.disk.store.own.size)
            let pull = Message.pull(
                Pull(log: log, first: 0, count: 1, target: size, targetRoot: log, root: nil)
            )
            return [[UInt8]](repeating: pull.encoded, count: dice.count(1...20))
        default:
            let heads = (0..<400).map { _ in
                Head(
                    log: sha256(bigEndianBytes(dice.next())),
                    size: dice.next(),
                    root: .zero,
                    note: [UInt8](repeating: 0x41, count: 200)
                )
            }
            return [Message.heads(Heads(kind: .news, heads: heads)).encoded]
        }
    }
}

/// Cases with as much text as a part may hold.
struct DiskFillerHostility: Hostility {
    private var left = 3

    mutating func writes(_ node: SimulatedNode, _ world: World) -> [WriteItem]? {
        guard left > 0 else { return nil }
        left -= 1
        var draft = Workload.report(node.office.scope, text: "full")
        draft.parts.append([UInt8](repeating: 0x40, count: 300_000))
        var item = WriteItem(draft)
        item.isJudged = false
        return [item]
    }
}

/// Says what it holds and does not hand it out.
struct SilentHostility: Hostility {
    mutating func frames(for message: Message, _ dice: inout Dice) -> [[UInt8]] {
        switch message {
        case .package, .gone: []
        default: [message.encoded]
        }
    }
}

/// Remembers the first head of each log and tells no other.
struct StaleHostility: Hostility {
    private var first: [Digest: Head] = [:]

    mutating func frames(for message: Message, _ dice: inout Dice) -> [[UInt8]] {
        guard case .heads(var heads) = message else { return [message.encoded] }
        for index in heads.heads.indices {
            let head = heads.heads[index]
            if let old = first[head.log] {
                heads.heads[index] = old
            } else if !head.note.isEmpty {
                first[head.log] = head
            }
        }
        return [Message.heads(heads).encoded]
    }
}

/// Says that it holds more of the peer's log than there is.
struct BoasterHostility: Hostility {
    mutating func frames(for message: Message, _ dice: inout Dice) -> [[UInt8]] {
        switch message {
        case .hello(var hello):
            hello.yourSize += dice.number(0...5)
            if dice.chance(50) { hello.yourRoot = .zero }
            hello.frontier = .zero
            return [Message.hello(hello).encoded]
        case .heads(var heads):
            for index in heads.heads.indices where dice.chance(30) {
                heads.heads[index].size += 5
                heads.heads[index].root = .zero
            }
            return [Message.heads(heads).encoded]
        default: return [message.encoded]
        }
    }
}
