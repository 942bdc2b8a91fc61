import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

/// Entries pushed along few links, and announced on the others.
@Suite struct SpreadingTests {
    private let city: City
    private let bench: Bench
    private let source: MemoryStore
    private let log: Digest

    init() throws {
        city = try City(7)
        bench = try Bench(city, 2)
        source = try city.store(3)
        log = city.log(3)
    }

    /// The one entry of the log as a push that has the signature only.
    private func shortPush(of store: MemoryStore) throws -> Push {
        let held = try #require(store.logs[log])
        let note = try #require(held.note)
        let signature = try #require(
            SignedCheckpoint.onlySignature(of: note, logKey: city.offices[3].log.publicKey)
        )
        #expect(signature.count == 64)
        let first = held.range.size - 1
        return Push(log: log, first: first, entries: held.entries.suffix(1), note: signature)
    }

    private func announcement(of store: MemoryStore) -> Announcement {
        let head = store.head(log)
        return Announcement(log: log, size: head.size, root: head.root)
    }

    private func grafts(_ id: SessionID) -> [[Digest]] {
        (bench.sent[id] ?? []).compactMap { if case .graft(let logs) = $0 { logs } else { nil } }
    }

    private func pushes(_ id: SessionID) -> [Push] {
        (bench.sent[id] ?? []).compactMap { if case .push(let push) = $0 { push } else { nil } }
    }

    private func announcements(_ id: SessionID) -> [Announcement] {
        (bench.sent[id] ?? []).flatMap { message -> [Announcement] in
            if case .announce(let rows) = message { rows } else { [] }
        }
    }

    private func prunes(_ id: SessionID) -> Int {
        (bench.sent[id] ?? []).count { $0 == .prune }
    }

    @Test func aPushWithTheSignatureOnlyIsTakenAndAcknowledged() throws {
        let id = bench.meet(1, as: 3, heads: [])
        bench.say(id, .push(try shortPush(of: source)))
        #expect(bench.store.size(log) == 1)
        #expect(bench.store.logs[log]?.note == source.logs[log]?.note)
        #expect(announcements(id) == [announcement(of: source)])
        #expect(bench.machine.holders(of: log) == 1)
        #expect(grafts(id).isEmpty)
    }

    @Test func theSignatureOnlyIsPushed() throws {
        let id = bench.meet(1, as: 1, heads: [])
        bench.tell(.appended(try bench.store.write([report()])))
        #expect(pushes(id).map(\.isShort) == [true])
    }

    @Test func aSignatureOverAnotherTreeIsAHintAndNobodyIsBlamed() throws {
        let id = bench.meet(1, as: 4, heads: [])
        var push = try shortPush(of: source)
        push.note[0] ^= 1
        bench.say(id, .push(push))
        #expect(bench.store.size(log) == 0)
        #expect(!bench.closed.contains(id))
        #expect(grafts(id) == [[log]])
        bench.say(id, .heads(Heads(kind: .news, heads: [source.head(log)])))
        bench.serve(id, from: source)
        #expect(bench.store.size(log) == 1)
    }

    @Test func aPushOfAnotherHistoryShowsTheFork() throws {
        let id = bench.meet(1, as: 3, heads: [source.head(log)])
        bench.serve(id, from: source)
        let other = try city.store(3)
        _ = try other.write([report(50)])
        let ours = try city.store(3)
        _ = try ours.write([report()])
        bench.say(id, .push(try shortPush(of: ours)))
        #expect(bench.store.size(log) == 2)
        let twin = bench.meet(2, as: 4, heads: [])
        bench.say(twin, .push(try shortPush(of: other)))
        #expect(grafts(twin) == [[log]])
        bench.say(twin, .heads(Heads(kind: .news, heads: [other.head(log)])))
        #expect(bench.evidence.map(\.log) == [log])
        #expect(!bench.closed.contains(twin))
    }

    @Test func whatIsAnnouncedAndDoesNotComeIsAskedForAndPulled() throws {
        let id = bench.meet(1, as: 4, heads: [])
        bench.polite = [id]
        bench.say(id, .announce([announcement(of: source)]))
        #expect(!bench.machine.isSettled)
        bench.pass(milliseconds: 250)
        #expect(grafts(id).isEmpty)
        bench.pass(milliseconds: 1_000)
        #expect(grafts(id) == [[log]])
        bench.say(id, .heads(Heads(kind: .news, heads: [source.head(log)])))
        bench.serve(id, from: source)
        #expect(bench.store.size(log) == 1)
    }

    @Test func whatComesInTimeIsNotAskedFor() throws {
        let ids = [bench.meet(1, as: 4, heads: []), bench.meet(2, as: 3, heads: [])]
        bench.polite = ids
        bench.say(ids[0], .announce([announcement(of: source)]))
        bench.say(ids[1], .push(try shortPush(of: source)))
        bench.pass(milliseconds: 5_000)
        #expect(ids.flatMap(grafts).isEmpty)
        // It said that it has it.
        #expect(pushes(ids[0]).isEmpty)
        #expect(announcements(ids[0]).isEmpty)
    }

    @Test func anAnnouncementThatNobodyBearsOutIsAskedForLessAndLess() throws {
        let id = bench.meet(1, as: 4, heads: [])
        bench.polite = [id]
        bench.say(id, .announce([Announcement(log: log, size: .max, root: .zero)]))
        bench.pass(milliseconds: 60_000)
        #expect(5...7 ~= grafts(id).count)
        #expect(bench.machine.isSettled || bench.machine.status.sessions.isEmpty)
    }

    @Test func aLinkThatBringsWhatIsHeldIsPrunedAndThenAnnouncedOn() throws {
        let numbers = [0, 1, 4, 5]
        let ids = numbers.enumerated().map { index, number in
            bench.meet(UInt64(index + 1), as: number, heads: [])
        }
        bench.polite = ids
        let push = try shortPush(of: source)
        for id in ids { bench.say(id, .push(push)) }
        // The first brought it; the others need not have.
        #expect(ids.map(prunes) == [0, 1, 1, 1])
        bench.pass(milliseconds: 2_000)
        bench.tell(.appended(try bench.store.write([report()])))
        #expect(ids.map { pushes($0).count { $0.log == city.log(2) } } == [1, 0, 0, 0])
        bench.pass(milliseconds: 1_000)
        let told = ids.map { announcements($0).count { $0.log == shortened(city.log(2)) } }
        #expect(told == [0, 1, 1, 1])
        // Who lacks it makes the link eager again.
        bench.say(ids[2], .graft([city.log(2)]))
        let head = bench.store.head(city.log(2))
        #expect(bench.sent[ids[2]]?.last == .heads(Heads(kind: .news, heads: [head])))
        bench.pass(milliseconds: 2_000)
        bench.tell(.appended(try bench.store.write([report()])))
        #expect(ids.map { pushes($0).count { $0.log == city.log(2) } } == [2, 0, 1, 0])
    }

    @Test func aNodeWithFewPeersPrunesNobody() throws {
        let ids = [0, 1, 4].enumerated().map { index, number in
            bench.meet(UInt64(index + 1), as: number, heads: [])
        }
        let push = try shortPush(of: source)
        for id in ids { bench.say(id, .push(push)) }
        #expect(ids.map(prunes) == [0, 0, 0])
    }
}
