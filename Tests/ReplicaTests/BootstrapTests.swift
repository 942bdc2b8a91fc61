import Crypto
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

/// A node that has joined and knows nobody but by its configuration.
@Suite struct BootstrapTests {
    private let city: City
    private let founder: MemoryStore
    private let bench: Bench

    init() throws {
        city = try City(4)
        founder = try city.store(0)
        bench = try Bench(city, 1, knowsRoster: false)
    }

    /// Meets the peer whose key the configuration names, and gives it the founder's first entries.
    private func meet(_ key: PublicKey, entries count: Int) throws -> SessionID {
        let id = SessionID(1)
        let address = PeerAddress(endpoint: "configured:7001", key: key)
        bench.tell(.configured(peers: [address]))
        bench.tell(.connected(id, key: key, dialed: address))
        bench.say(id, .hello(bench.hello(3)))
        bench.say(id, .heads(Heads(kind: .last, heads: [founder.head(city.log(0))])))
        let pull = try #require(bench.pulls(id).first)
        var some = pull
        some.count = count
        bench.say(id, Bench.answer(to: some, from: founder))
        bench.tell(.rosterChanged(bench.store.roster))
        #expect(bench.store.size(city.log(0)) == UInt64(count))
        return id
    }

    // Its own grant came, and that of the peer stands further on in a log that is still pulled.
    @Test func thePeerStaysUntilTheLogsThatCouldNameItAreHeld() throws {
        let id = try meet(city.offices[3].tls.publicKey, entries: 2)
        #expect(bench.store.roster.member(log: city.log(1)) != nil)
        #expect(bench.store.roster.member(log: city.log(3)) == nil)
        #expect(bench.bye(id) == nil)
        bench.say(id, Bench.answer(to: try #require(bench.pulls(id).last), from: founder))
        bench.tell(.rosterChanged(bench.store.roster))
        #expect(bench.store.roster.member(log: city.log(3)) != nil)
        #expect(bench.bye(id) == nil)
    }

    @Test func aStrangerGoesWhenTheyAreHeldAndDoNotNameIt() throws {
        let id = try meet(try SigningKey(seed: sha256([9])).publicKey, entries: 2)
        #expect(bench.bye(id) == nil)
        bench.say(id, Bench.answer(to: try #require(bench.pulls(id).last), from: founder))
        bench.tell(.rosterChanged(bench.store.roster))
        #expect(bench.store.size(city.log(0)) == 4)
        #expect(bench.bye(id) == .notMember)
    }
}

/// A member that passes entries on without their parts.
@Suite struct WithheldPartTests {
    @Test func anEntryWithoutAPartIsTakenFromSomebodyElse() throws {
        let city = try City(4)
        let source = try city.store(3)
        _ = try source.write([report()])
        let log = city.log(3)
        let bench = try Bench(city, 2)
        let hostile = bench.meet(1, as: 1, heads: [source.head(log)])
        let honest = bench.meet(2, as: 0, heads: [source.head(log)])
        let pull = try #require(bench.pulls(hostile).first)
        guard case .package(var package) = Bench.answer(to: pull, from: source) else {
            throw FixtureError.scope
        }
        package.entries[1].parts = [nil]
        bench.say(hostile, .package(package))
        #expect(bench.bye(hostile) == .badPackage)
        bench.serve(honest, from: source)
        #expect(bench.store.logs[log]?.entries.last?.parts.first != .some(nil))
        #expect(bench.store.size(log) == 2)
    }

    @Test func aPushWithoutAPartEndsItsSession() throws {
        let city = try City(4)
        let source = try city.store(3)
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 3, heads: [source.head(city.log(3))])
        bench.serve(id, from: source)
        _ = try source.write([report()])
        var entry = try #require(source.logs[city.log(3)]?.entries.last)
        entry.parts = [nil]
        let note = source.head(city.log(3)).note
        bench.say(id, .push(Push(log: city.log(3), first: 1, entries: [entry], note: note)))
        #expect(bench.bye(id) == .badPackage)
        #expect(bench.store.size(city.log(3)) == 1)
    }
}
