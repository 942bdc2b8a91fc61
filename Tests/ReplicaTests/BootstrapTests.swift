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

    // The peer says at once that it holds what this node wrote, and not again for a minute.
    @Test func whatIsAnnouncedBeforeTheRosterCountsOnceItIsHere() throws {
        let id = try meet(city.offices[3].tls.publicKey, entries: 1)
        let own = bench.store.head(city.log(1))
        bench.say(id, .announce([Announcement(log: own.log, size: own.size, root: own.root)]))
        #expect(bench.machine.holders(of: own.log) == 0)
        bench.say(id, Bench.answer(to: try #require(bench.pulls(id).last), from: founder))
        bench.tell(.rosterChanged(bench.store.roster))
        #expect(bench.machine.holders(of: own.log) == 1)
    }

    // A neighbour's first entry is pushed before the grant that names it is here.
    @Test func whatIsPushedBeforeTheRosterIsAskedForOnceItIsHere() throws {
        let id = try meet(city.offices[3].tls.publicKey, entries: 1)
        let other = try city.store(2)
        let log = city.log(2)
        let note = try #require(other.logs[log]?.note)
        let signature = try #require(
            SignedCheckpoint.onlySignature(of: note, logKey: city.offices[2].log.publicKey)
        )
        let push = Push(
            log: log,
            first: 0,
            entries: other.logs[log]?.entries ?? [],
            note: signature
        )
        bench.say(id, .push(push))
        #expect(bench.store.size(log) == 0)
        bench.say(id, Bench.answer(to: try #require(bench.pulls(id).last), from: founder))
        bench.tell(.rosterChanged(bench.store.roster))
        #expect((bench.sent[id] ?? []).contains(.graft([log])))
        bench.say(id, .heads(Heads(kind: .news, heads: [other.head(log)])))
        bench.say(id, Bench.answer(to: try #require(bench.pulls(id).last), from: other))
        #expect(bench.store.size(log) == 1)
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
