import Crypto
import Ledger
import Replica
import Replication
import Testing

/// Whoever holds entries without a note of their tree learns it from those who have one.
@Suite struct AdoptedNoteTests {
    private let city: City
    private let source: MemoryStore
    private let log: Digest

    init() throws {
        city = try City(4)
        source = try city.store(3)
        log = city.log(3)
        _ = try source.write((0..<299).map { _ in report() })
    }

    /// The first entries of the log, as its key signed them then, at office 1.
    private func first(_ count: Int) throws -> MemoryStore {
        let store = try city.store(1)
        let entries = Array((source.logs[log]?.entries ?? []).prefix(count))
        try store.adopt(entries, log: log, key: city.offices[3].log)
        return store
    }

    /// A machine that got 256 entries on the way to 300 when its peer went.
    private func halfway() throws -> Bench {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 0, heads: [source.head(log)])
        let pull = try #require(bench.pulls(id).first)
        bench.say(id, Bench.answer(to: pull, from: source))
        #expect(bench.store.size(log) == 256)
        bench.tell(.disconnected(id, reason: "cut"))
        return bench
    }

    /// The note that a third peer is told with the log.
    private func told(_ bench: Bench) -> [UInt8]? {
        let id = bench.connect(9, as: 3)
        bench.say(id, .hello(bench.hello(3)))
        bench.say(id, .summary(Summary(isAnswer: true, districts: [])))
        let heads = (bench.sent[id] ?? []).flatMap { message in
            if case .heads(let heads) = message { heads.heads } else { [Head]() }
        }
        return heads.last { $0.log == log }?.note
    }

    @Test(arguments: [256, 100]) func aHeadOfTheSameTreeGivesItsNote(size: Int) throws {
        let bench = try halfway()
        let other = try first(size)
        let id = bench.meet(2, as: 1, heads: [other.head(log)])
        #expect(bench.bye(id) == nil)
        #expect(told(bench) == other.head(log).note)
    }

    @Test func aNoteThatTheLogKeyDidNotSignIsNotTakenUp() throws {
        let bench = try halfway()
        let other = try first(256)
        var head = other.head(log)
        let lines = String(decoding: try first(255).head(log).note, as: UTF8.self)
            .split(separator: "\n\n")
        let text = String(decoding: head.note, as: UTF8.self).split(separator: "\n\n")
        head.note = Array("\(text[0])\n\n\(lines[1])".utf8)
        let id = bench.meet(2, as: 1, heads: [head])
        #expect(bench.bye(id) == .badPackage)
        #expect(told(bench) == [])
    }
}
