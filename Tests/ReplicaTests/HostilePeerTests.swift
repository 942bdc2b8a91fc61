import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

/// What a hostile peer says instead of the honest package.
enum Lie: CaseIterable {
    case otherLeaf, otherHeader, otherPart, partTooMany
    case otherProof, noProof, longProof
    case tooManyEntries
    case otherLog, otherPlace, twice
    case goneUnasked, divergedWithoutProof, divergedOnSameRoot
    case forgedNote, noteBeyondSize, noteOfOtherLog
    case secondHello, headsUnasked, summaryUnasked, pongUnasked
    case garbage, tooManyHeads, tooManyHeadsInParts, frameTooLong
    case tooManyPulls, pingFlood, summaryFlood

    var reason: ByeReason {
        switch self {
        case .otherLeaf, .otherHeader, .otherPart, .partTooMany, .otherProof, .noProof, .longProof,
            .divergedWithoutProof, .divergedOnSameRoot, .forgedNote:
            .badPackage
        case .tooManyEntries, .tooManyHeads, .tooManyHeadsInParts, .frameTooLong, .tooManyPulls,
            .pingFlood, .summaryFlood:
            .limit
        case .otherLog, .otherPlace, .twice, .goneUnasked, .secondHello, .headsUnasked,
            .summaryUnasked, .pongUnasked:
            .outOfTurn
        case .noteBeyondSize, .noteOfOtherLog, .garbage: .malformed
        }
    }
}

@Suite struct HostilePeerTests {
    private let city: City
    /// Holds everything; its own log is the one that is pulled.
    private let source: MemoryStore
    private let log: Digest

    init() throws {
        city = try City(4)
        source = try city.store(3)
        log = city.log(3)
        _ = try source.write((0..<299).map { _ in report() })
    }

    @Test(arguments: Lie.allCases)
    func aLieEndsItsSessionOnceAndAnotherSessionServesTheLog(lie: Lie) throws {
        let bench = try Bench(city, 2)
        // Ten entries are held already, so that a first pull names its root.
        let opening = try first(10)
        let honest = bench.meet(1, as: 0, heads: [opening.head(log)])
        bench.serve(honest, from: opening)
        #expect(bench.store.size(log) == 10)
        let hostile = bench.meet(2, as: 1, heads: [source.head(log)])
        bench.say(honest, .heads(Heads(kind: .news, heads: [source.head(log)])))
        let pull = try #require(bench.pulls(hostile).first)
        #expect(pull.root != nil)
        #expect(bench.pulls(honest).count == 1)

        try tell(lie, bench, hostile, pull)
        #expect(bench.bye(hostile) == lie.reason)
        #expect(bench.refusals(hostile) == 1)
        #expect(bench.store.forged.isEmpty)

        bench.serve(honest, from: source)
        #expect(bench.store.size(log) == 300)
        #expect(!bench.closed.contains(honest))
        #expect(bench.machine.isSettled)
        // What still comes in a closed session is passed over.
        let count = bench.notices.count
        bench.say(hostile, .ping(1))
        #expect(bench.notices.count == count)
    }

    /// A store with the first entries of the log, as its key signed them then.
    private func first(_ count: Int) throws -> MemoryStore {
        let store = try city.store(1)
        let entries = Array((source.logs[log]?.entries ?? []).prefix(count))
        try store.adopt(entries, log: log, key: city.offices[3].log)
        return store
    }

    private func tell(_ lie: Lie, _ bench: Bench, _ id: SessionID, _ pull: Pull) throws {
        guard case .package(var package) = Bench.answer(to: pull, from: source) else {
            throw FixtureError.scope
        }
        let gone = { Message.gone(Gone(log: pull.log, first: pull.first, reason: $0)) }
        func change(_ change: (inout Entry) -> Void) -> Message {
            change(&package.entries[7])
            return .package(package)
        }
        switch lie {
        case .otherLeaf, .otherHeader, .otherPart, .partTooMany, .otherProof, .noProof, .longProof,
            .tooManyEntries, .otherLog, .otherPlace:
            alter(&package, lie)
            bench.say(id, .package(package))
        case .twice:
            bench.say(id, .package(package))
            bench.say(id, .package(package))
        case .goneUnasked:
            bench.say(id, .gone(Gone(log: city.log(0), first: 0, reason: .notHeld)))
        case .divergedWithoutProof: bench.say(id, gone(.diverged(root: .zero, proof: [.zero])))
        case .divergedOnSameRoot:
            let root = try #require(pull.root)
            let state = try #require(source.logs[log])
            let proof = try consistencyProof(from: pull.first, to: pull.target, source: state)
            bench.say(id, gone(.diverged(root: root, proof: proof)))
        default: try misbehave(lie, bench, id)
        }
    }

    private func alter(_ package: inout Package, _ lie: Lie) {
        let entry = package.entries[7]
        var leaf = entry.leaf
        leaf[50] ^= 1
        var header = entry.header
        header[20] ^= 1
        switch lie {
        case .otherLeaf:
            package.entries[7] = Entry(header: entry.header, leaf: leaf, parts: entry.parts)
        case .otherHeader:
            package.entries[7] = Entry(header: header, leaf: entry.leaf, parts: entry.parts)
        case .otherPart: package.entries[7].parts = [Part(salt: .zero, bytes: [1])]
        case .partTooMany: package.entries[7].parts.append(nil)
        case .otherProof: package.proof[0] = .zero
        case .noProof: package.proof = []
        case .longProof: package.proof.append(.zero)
        case .tooManyEntries: package.entries.append(entry)
        case .otherLog: package.log = city.log(0)
        case .otherPlace: package.first += 1
        default: break
        }
    }

    private func misbehave(_ lie: Lie, _ bench: Bench, _ id: SessionID) throws {
        var head = source.head(log)
        let heads = { bench.say(id, .heads(Heads(kind: .news, heads: [$0]))) }
        switch lie {
        case .forgedNote:
            // Looked at when it would be pulled: the head is of a log that nobody pulls yet.
            let note = try SignedCheckpoint.sign(size: 9, root: .zero, with: city.offices[1].log)
            let text = Checkpoint(log: city.log(0), size: 9, root: .zero).text
            let bytes = text + [0x0a] + note.note.bytes.drop { $0 != 0xe2 }
            let forged = String(decoding: bytes, as: UTF8.self)
                .replacing(city.log(1).description, with: city.log(0).description)
            heads(Head(log: city.log(0), size: 9, root: .zero, note: Array(forged.utf8)))
        case .noteBeyondSize:
            head.size -= 1
            heads(head)
        case .noteOfOtherLog:
            head.log = city.log(0)
            heads(head)
        case .secondHello: bench.say(id, .hello(bench.hello(1)))
        case .headsUnasked: bench.say(id, .heads(Heads(kind: .last, heads: [])))
        case .summaryUnasked: bench.say(id, .summary(Summary(isAnswer: true, districts: [])))
        case .pongUnasked: bench.say(id, .pong(4))
        case .garbage: bench.tell(.received(id, frame: [0x82, 0x00]))
        case .tooManyHeads:
            let many = [Head](repeating: head, count: Limits.heads + 1)
            bench.say(id, .heads(Heads(kind: .news, heads: many)))
        case .tooManyHeadsInParts:
            bench.say(id, .summary(Summary(isAnswer: false, districts: [])))
            head.note = []
            let half = [Head](repeating: head, count: Limits.heads / 2 + 1)
            for _ in 0..<2 { bench.say(id, .heads(Heads(kind: .more, heads: half))) }
        case .frameTooLong:
            bench.tell(.received(id, frame: [UInt8](repeating: 0, count: Limits.frameBytes + 1)))
        case .tooManyPulls:
            bench.isStorageSlow = true
            let own = bench.store.ownLog
            let pull = Pull(log: own, first: 0, count: 1, target: 1, targetRoot: .zero, root: nil)
            for _ in 0...Limits.servedReads { bench.say(id, .pull(pull)) }
            bench.isStorageSlow = false
            bench.answerWaiting()
        case .pingFlood: for _ in 0...Limits.smallRequests { bench.say(id, .ping(1)) }
        case .summaryFlood:
            for _ in 0...Limits.smallRequests {
                bench.say(id, .summary(Summary(isAnswer: false, districts: [])))
            }
        default: Issue.record("no such lie: \(lie)")
        }
    }

    @Test func aPeerThatNeverAnswersIsGivenUpAfterHalfAMinute() throws {
        let bench = try Bench(city, 2)
        let hostile = bench.meet(1, as: 1, heads: [source.head(log)])
        let honest = bench.meet(2, as: 0, heads: [source.head(log)])
        #expect(bench.pulls(hostile).count == 2)
        #expect(bench.pulls(honest).isEmpty)
        bench.pass(milliseconds: 29_000)
        #expect(bench.bye(hostile) == nil)
        bench.pass(milliseconds: 2_000)
        #expect(bench.bye(hostile) == .stalled)
        #expect(bench.refusals(hostile) == 1)
        bench.serve(honest, from: source)
        #expect(bench.store.size(log) == 300)
    }

    @Test func aPeerThatSendsEntryByEntryLosesTheLogToAnother() throws {
        let bench = try Bench(city, 2)
        let hostile = bench.meet(1, as: 1, heads: [source.head(log)])
        let honest = bench.meet(2, as: 0, heads: [source.head(log)])
        bench.polite = [hostile, honest]
        var answered = 0
        for _ in 0..<4 {
            let pull = try #require(
                bench.pulls(hostile).filter { $0.first < 256 }.dropFirst(answered).first
            )
            answered += 1
            var one = pull
            one.count = 1
            bench.say(hostile, Bench.answer(to: one, from: source))
            bench.pass(milliseconds: 20_000)
        }
        #expect(bench.pulls(honest).first?.first == bench.store.size(log))
        bench.serve(honest, from: source)
        #expect(bench.store.size(log) == 300)
        #expect(!bench.closed.contains(honest))
    }

    @Test func aPeerThatSaysNothingAtAllIsClosed() throws {
        let bench = try Bench(city, 2)
        let id = bench.connect(1, as: 1)
        bench.say(id, .ping(1))
        #expect(bench.bye(id) == .outOfTurn)
        let silent = bench.connect(2, as: 1)
        bench.pass(milliseconds: 10_000)
        #expect(bench.bye(silent) == .stalled)
    }

    @Test func aPushWithAForgedSignatureIsKeptWithoutEffect() throws {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 3, heads: [])
        let honest = try city.store(3)
        let entry = try #require(honest.logs[log]?.entries[0])
        var leaf = entry.leaf
        leaf[40] ^= 1
        // The log's key vouches for a leaf that its author did not sign.
        let liar = try city.store(3)
        let forged = Entry(header: entry.header, leaf: leaf, parts: entry.parts)
        try liar.adopt([forged], log: log, key: city.offices[3].log)
        let note = liar.head(log).note
        bench.say(id, .push(Push(log: log, first: 0, entries: [forged], note: note)))
        #expect(bench.store.forged == [Place(log: log, sequence: 0)])
        #expect(bench.notices.contains(.forged(log: log, sequences: [0], peer: log)))
        #expect(!bench.closed.contains(id))
    }

    @Test func aPushOutOfPlaceIsAHintToPull() throws {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 3, heads: [])
        let last = try #require(source.logs[log]?.entries.last)
        let note = source.head(log).note
        bench.say(id, .push(Push(log: log, first: 299, entries: [last], note: note)))
        #expect(bench.pulls(id).map(\.first) == [0, 256])
        bench.serve(id, from: source)
        #expect(bench.store.size(log) == 300)
    }

    @Test func aPushThatDoesNotLeadToItsCheckpointIsPulledAndThenRefused() throws {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 3, heads: [])
        let entry = try #require(source.logs[log]?.entries[1])
        let honest = try city.store(3)
        let note = honest.head(log).note
        let push = Push(log: log, first: 0, entries: [entry], note: note)
        bench.say(id, .push(push))
        #expect(bench.pulls(id).count == 1)
        bench.say(id, .package(Package(log: log, first: 0, entries: [entry], proof: [])))
        #expect(bench.bye(id) == .badPackage)
    }

    @Test func whatIsRememberedOfAPeerIsBounded() throws {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 1, heads: [])
        let note = [UInt8](repeating: 0x40, count: Limits.noteBytes)
        for round in 0..<20 {
            let heads = (0..<200).map { index in
                let log = sha256(bigEndianBytes(UInt64(round * 1_000 + index)))
                return Head(log: log, size: 1, root: .zero, note: note)
            }
            bench.say(id, .heads(Heads(kind: .news, heads: heads)))
        }
        let most = Limits.rememberedNoteBytes / Limits.noteBytes
        #expect(bench.notices.contains(.headsDropped(id, count: most)))
        #expect(!bench.closed.contains(id))
        #expect(bench.pulls(id).isEmpty)
    }

    @Test func noMoreIsHandedToStorageThanItCanTake() throws {
        let bench = try Bench(city, 2)
        let big = try city.store(3)
        _ = try big.write((0..<4_000).map { _ in report() })
        let id = bench.meet(1, as: 3, heads: [big.head(log)])
        bench.isStorageSlow = true
        bench.serve(id, from: big)
        #expect(bench.waiting.count == Limits.pendingCommits)
        #expect(bench.pulls(id).count == Limits.pendingCommits + Limits.pulls)
        // A peer that waits for us owes us nothing.
        bench.pass(milliseconds: 40_000)
        #expect(!bench.closed.contains(id))
        bench.isStorageSlow = false
        bench.answerWaiting()
        #expect(bench.store.size(log) == UInt64(Limits.pulls + Limits.pendingCommits) * 256)
    }
}
