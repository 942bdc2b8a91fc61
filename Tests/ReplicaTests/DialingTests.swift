import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing

@Suite struct DialingTests {
    @Test func failedDialsAreRepeatedEverMoreRarelyUpToAMinute() throws {
        let bench = try Bench(City(2), 1)
        let address = PeerAddress(endpoint: "away:1")
        bench.tell(.configured(peers: [address]))
        var waits: [UInt64] = []
        for _ in 0..<12 {
            let start = bench.now
            let count = bench.dials.count
            while bench.dials.count == count { bench.pass(milliseconds: 250) }
            waits.append(bench.now - start)
            bench.tell(.dialFailed(address, reason: "refused"))
        }
        for (attempt, wait) in waits.dropFirst().enumerated() {
            let most = min(1_000 << UInt64(attempt), Limits.backoffMaxMilliseconds)
            #expect(wait >= most / 2 && wait <= most + 250, "attempt \(attempt): \(wait) ms")
        }
        #expect(bench.machine.status.dials.first?.attempts == 12)
        #expect(bench.machine.status.dials.first?.lastError == "refused")
    }

    @Test func aDialWithoutAnswerCountsAsFailed() throws {
        let bench = try Bench(City(2), 1)
        bench.tell(.configured(peers: [PeerAddress(endpoint: "away:1")]))
        bench.pass(milliseconds: 29_000)
        #expect(bench.dials.count == 1)
        #expect(!bench.machine.isSettled)
        bench.pass(milliseconds: 3_000)
        #expect(bench.dials.count == 2)
    }

    @Test func aPeerWithASessionIsNotDialed() throws {
        let city = try City(3)
        let bench = try Bench(city, 1)
        let address = PeerAddress(endpoint: "a:1")
        bench.tell(.configured(peers: [address]))
        bench.pass(milliseconds: 250)
        let id = bench.connect(1, as: 0, dialed: address)
        bench.say(id, .hello(bench.hello(0)))
        bench.pass(milliseconds: 5_000)
        #expect(bench.dials.count == 1)
        // A session that lived lets the first attempts follow soon.
        bench.pass(milliseconds: 6_000)
        bench.tell(.disconnected(id, reason: "gone"))
        bench.pass(milliseconds: 1_250)
        #expect(bench.dials.count == 2)
        #expect(bench.machine.status.dials.first?.attempts == 0)
    }

    @Test func theOwnDistrictComesFirstButIsNotAnIsland() throws {
        let city = try City(40, endpoints: true)
        let bench = try Bench(city, 2)
        bench.pass(milliseconds: 250)
        #expect(bench.dials.count == Limits.dialedConnections)
        let near = bench.dials.filter { address in
            city.offices.contains {
                $0.endpoint == address.endpoint
                    && $0.scope.district == city.offices[2].scope.district
            }
        }
        #expect(near.count == Limits.districtConnections)
        #expect(bench.dials.allSatisfy { $0.endpoint != city.offices[2].endpoint })
        bench.pass(milliseconds: 20_000)
        #expect(bench.dials.count == Limits.dialedConnections)
    }

    @Test func aNewcomerTakesThePlaceOfOneOfTwelve() throws {
        let city = try City(40, endpoints: true)
        let bench = try Bench(city, 2)
        let peers = (3...16).map { ($0, SessionID(UInt64($0))) }
        var gone: Set<SessionID> = []
        for (number, id) in peers {
            _ = bench.meet(id.number, as: number, heads: [])
            #expect(!bench.closed.contains(id))
            #expect(bench.closed.isSuperset(of: gone))
            gone = bench.closed
            let counted = bench.machine.status.sessions.count(where: \.isCounted)
            #expect(counted == min(Limits.connections, number - 2))
        }
        #expect(gone.count == 2)
        #expect(gone.allSatisfy { bench.bye($0) == .tooManySessions })
    }

    @Test func whoNobodyElseCanReachAndWhoIsConfiguredIsNotCounted() throws {
        let hidden = try City(20)
        let bench = try Bench(hidden, 2)
        for number in 3...18 { _ = bench.meet(UInt64(number), as: number, heads: []) }
        #expect(bench.closed.isEmpty)
        let city = try City(40, endpoints: true)
        let other = try Bench(city, 2)
        let addresses = (3...18).map { PeerAddress(endpoint: city.offices[$0].endpoint) }
        other.tell(.configured(peers: addresses))
        for number in 3...18 { _ = other.meet(UInt64(number), as: number, heads: []) }
        #expect(other.closed.isEmpty)
    }
}
