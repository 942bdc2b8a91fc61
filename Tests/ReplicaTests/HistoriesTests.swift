import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

/// Logs with more than two histories.
@Suite struct HistoriesTests {
    private let city: City
    private let log: Digest

    init() throws {
        city = try City(7)
        log = city.log(3)
    }

    /// A store of office 3 with these entries of one history, each number another report.
    private func history(_ numbers: [Int]) throws -> MemoryStore {
        let store = try city.store(3)
        for number in numbers { _ = try store.write([report(number)]) }
        return store
    }

    /// Meets an office that holds a history, and gives what it asks for.
    private func meet(_ bench: Bench, _ number: Int, _ store: MemoryStore) -> SessionID {
        let id = bench.meet(UInt64(number), as: number, heads: [store.head(log)])
        bench.serve(id, from: store)
        bench.polite.append(id)
        return id
    }

    /// Lets the machine write down what it can prove.
    private func write(_ bench: Bench) throws {
        let before = bench.written.count
        bench.pass(milliseconds: Limits.forkLateMilliseconds + 1_000)
        for proof in bench.written.dropFirst(before) {
            bench.tell(.appended(try bench.store.write([.fork(roster: city.subject, proof)])))
            bench.tell(.rosterChanged(bench.store.roster))
        }
    }

    private func tell(_ bench: Bench, _ id: SessionID, _ store: MemoryStore) {
        bench.say(id, .heads(Heads(kind: .news, heads: [store.head(log)])))
        bench.serve(id, from: store)
    }

    private func branches(_ bench: Bench) -> [MemoryStore.Log] {
        bench.store.logs.values.filter { $0.branch?.log == log }
            .sorted {
                ($0.branch?.base ?? 0, $0.range.size) < ($1.branch?.base ?? 0, $1.range.size)
            }
    }

    @Test func aHistoryThatLeavesAFurtherOneIsHeldFromThere() throws {
        // All have an opening entry before these.
        let common = Array(0..<20)
        let first = try history(common + Array(100..<130))
        let second = try history(common + Array(200..<215))
        let third = try history(common + Array(200..<205) + Array(300..<360))
        let fourth = try history(Array(common.prefix(9)) + Array(400..<403))
        let bench = try Bench(city, 2)
        _ = meet(bench, 1, first)
        let two = meet(bench, 4, second)
        try write(bench)
        #expect(bench.store.roster.forks[log]?.size == 21)
        tell(bench, two, second)
        let three = meet(bench, 5, third)
        #expect(branches(bench).map(\.branch?.base) == [21, 26])
        #expect(branches(bench).map(\.range.size) == [36, 86])
        // One entry says it for all of these.
        try write(bench)
        #expect(bench.written.count == 1)
        // A history that leaves earlier takes effect from more.
        let four = meet(bench, 6, fourth)
        try write(bench)
        #expect(bench.written.count == 2)
        #expect(bench.store.roster.forks[log]?.size == 10)
        tell(bench, four, fourth)
        #expect(branches(bench).map(\.branch?.base) == [10, 21, 26])
        // All of them grow on, each behind itself.
        _ = try third.write([report(7)])
        tell(bench, three, third)
        #expect(branches(bench).map(\.range.size) == [13, 36, 87])
        // The test answers no summaries, which come with time; nobody did anything wrong.
        for id in [two, three, four] {
            #expect(bench.bye(id) == nil || bench.bye(id) == .stalled)
        }
    }

    @Test func historiesWithoutACommonEntryHaveAnEmptyPrefix() throws {
        let first = try history([1, 2, 3])
        let other = try city.store(3)
        var entries = other.logs[log]?.entries ?? []
        let strange = try history([5, 6, 7]).logs[log]?.entries ?? []
        entries = Array(strange.dropFirst())
        try other.adopt(entries, log: log, key: city.offices[3].log)
        let bench = try Bench(city, 2)
        _ = meet(bench, 1, first)
        let two = meet(bench, 4, other)
        try write(bench)
        #expect(bench.store.roster.forks[log]?.size == 0)
        tell(bench, two, other)
        #expect(branches(bench).map(\.range.size) == [3])
        #expect(branches(bench).map(\.branch?.base) == [0])
        #expect(bench.closed.isEmpty)
    }

    @Test func noMoreHistoriesAreHeldThanMayBe() throws {
        let bench = try Bench(city, 2)
        _ = meet(bench, 1, try history([1]))
        let id = meet(bench, 4, try history([2]))
        try write(bench)
        for number in 0...(Limits.branches + 4) {
            tell(bench, id, try history([10 + number]))
            bench.pass(milliseconds: 2_000)
        }
        #expect(branches(bench).count == Limits.branches)
        #expect(
            bench.notices.contains { notice in
                if case .historiesFull(log, _) = notice { true } else { false }
            }
        )
        #expect(bench.closed.isEmpty)
    }
}
