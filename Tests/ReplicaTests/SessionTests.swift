import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

@Suite struct SessionTests {
    private let city: City

    init() throws {
        city = try City(4)
    }

    @Test func greetingsThatDoNotFitAreRefused() throws {
        let bench = try Bench(city, 2)
        var hello = bench.hello(1)
        hello.ledger = .zero
        let foreign = bench.connect(1, as: 1)
        bench.say(foreign, .hello(hello))
        #expect(bench.bye(foreign) == .wrongLedger)

        let mistaken = bench.connect(2, as: 1)
        bench.say(mistaken, .hello(bench.hello(3)))
        #expect(bench.bye(mistaken) == .wrongLog)

        let newer = bench.connect(3, as: 1)
        bench.tell(.received(newer, frame: [0x83, 0x01, 0x02, 0x00]))
        #expect(bench.bye(newer) == .version)

        let stranger = SessionID(4)
        let key = try Office(50).tls.publicKey
        bench.tell(.connected(stranger, key: key, dialed: nil))
        #expect(bench.bye(stranger) == .notMember)
        for id in [foreign, mistaken, newer, stranger] { #expect(bench.refusals(id) == 1) }
    }

    @Test func aConfiguredKeyIsWelcomeUntilTheOwnGrantIsSeen() throws {
        let bench = try Bench(city, 2, knowsRoster: false)
        let key = try Office(50).tls.publicKey
        let address = PeerAddress(endpoint: "new:1", key: key)
        bench.tell(.configured(peers: [address]))
        bench.pass(milliseconds: 250)
        #expect(bench.dials == [address])
        let id = SessionID(1)
        bench.tell(.connected(id, key: key, dialed: address))
        var hello = bench.hello(1)
        hello.log = try Office(50).keys.log.hash
        bench.say(id, .hello(hello))
        #expect(!bench.closed.contains(id))
        // It can not pass for a member that has another key.
        let second = SessionID(2)
        bench.tell(.connected(second, key: key, dialed: address))
        bench.say(second, .hello(bench.hello(0)))
        #expect(bench.bye(second) == .wrongLog)
        // Once the logs that grant rights are held, they name whoever may be its peer.
        let enrolled = try Bench(city, 2)
        let district = try city.store(1)
        let known = enrolled.meet(4, as: 1, heads: [district.head(city.log(1))])
        enrolled.serve(known, from: district)
        enrolled.tell(.configured(peers: [address]))
        let third = SessionID(3)
        enrolled.tell(.connected(third, key: key, dialed: address))
        #expect(enrolled.bye(third) == .notMember)
    }

    @Test func aTwinStopsTheNodeAndOurselvesDoNot() throws {
        let bench = try Bench(city, 2, instance: 77)
        var hello = bench.hello(2)
        hello.instance = 77
        let mirror = bench.connect(1, as: 2)
        bench.say(mirror, .hello(hello))
        #expect(bench.bye(mirror) == .sameLog)
        #expect(bench.stops.isEmpty)
        hello.instance = 78
        let twin = bench.connect(2, as: 2)
        bench.say(twin, .hello(hello))
        #expect(bench.bye(twin) == .sameLog)
        #expect(bench.stops == [.twin])
        #expect(bench.notices.contains(.twin(twin)))
        #expect(bench.refusals(twin) == 0)
    }

    @Test func anotherMemberThatNamesOurLogStopsNothing() throws {
        for dialed in [nil, PeerAddress(endpoint: city.offices[1].endpoint)] {
            let bench = try Bench(city, 2, instance: 77)
            if let dialed { bench.tell(.configured(peers: [dialed])) }
            let liar = bench.connect(1, as: 1, dialed: dialed)
            bench.say(liar, .hello(bench.hello(2)))
            #expect(bench.bye(liar) == .wrongLog)
            #expect(bench.stops.isEmpty)
            // Nor is its endpoint taken for our own, which is never dialed again.
            guard let dialed else { continue }
            bench.pass(milliseconds: 2_000)
            #expect(bench.dials.contains(dialed))
        }
    }

    // Whoever may enrol nodes can write a grant that pairs our log with a TLS key of its own.
    @Test func aGrantThatPairsOurLogWithAnotherKeyStopsNothing() throws {
        let bench = try Bench(city, 2)
        let (victim, thief) = (city.offices[2], try Office(50))
        let district = try city.store(1)
        let keys = NodeKeys(
            log: victim.keys.log,
            service: thief.keys.service,
            witness: thief.keys.witness,
            seal: thief.keys.seal,
            tls: thief.keys.tls,
            successor: thief.keys.successor
        )
        _ = try district.write([city.grant(of: keys, in: victim.scope)])
        let id = bench.meet(1, as: 1, heads: [district.head(city.log(1))])
        bench.serve(id, from: district)
        bench.tell(.rosterChanged(bench.store.roster))
        #expect(bench.store.roster.members(tls: thief.keys.tls).map(\.log) == [city.log(2)])
        let liar = SessionID(2)
        bench.tell(.connected(liar, key: thief.keys.tls, dialed: nil))
        bench.say(liar, .hello(bench.hello(2)))
        #expect(bench.bye(liar) == .wrongLog)
        #expect(bench.stops.isEmpty)
    }

    @Test func whoeverIsConfiguredCanNotPassForUsBeforeOurGrantIsSeen() throws {
        let bench = try Bench(city, 2, knowsRoster: false)
        let key = try Office(50).tls.publicKey
        let address = PeerAddress(endpoint: "new:1", key: key)
        bench.tell(.configured(peers: [address]))
        let id = SessionID(1)
        bench.tell(.connected(id, key: key, dialed: address))
        bench.say(id, .hello(bench.hello(2)))
        #expect(bench.bye(id) == .wrongLog)
        #expect(bench.stops.isEmpty)
    }

    @Test func whoClaimsMoreThanWasSignedIsNoHolder() throws {
        let bench = try Bench(city, 2)
        let own = city.log(2)
        let id = bench.meet(1, as: 1, heads: [])
        func tell(_ head: Head) {
            bench.say(id, .heads(Heads(kind: .news, heads: [head])))
        }
        bench.tell(.appended(try bench.store.write([report()])))
        #expect(bench.machine.holders(of: own) == 0)
        let honest = bench.store.head(own)
        for size in [honest.size, honest.size + 1, .max] {
            tell(Head(log: own, size: size, root: .zero, note: []))
            #expect(bench.machine.holders(of: own) == 0)
        }
        tell(honest)
        #expect(bench.machine.holders(of: own) == 1)
        #expect(bench.machine.status.logs.first { $0.log == own }?.holders == 1)
        // What it held then says nothing of what is written now.
        bench.tell(.appended(try bench.store.write([report()])))
        #expect(bench.machine.holders(of: own) == 0)
        #expect(!bench.closed.contains(id))
    }

    @Test func ofTwoSessionsBothSidesKeepTheSame() throws {
        let (small, large) = city.log(2) < city.log(1) ? (2, 1) : (1, 2)
        for (number, peer) in [(small, large), (large, small)] {
            for isDialedFirst in [true, false] {
                let bench = try Bench(city, number)
                let address = PeerAddress(endpoint: city.offices[peer].endpoint)
                for (session, isDialed) in [(UInt64(1), isDialedFirst), (2, !isDialedFirst)] {
                    let id = bench.connect(session, as: peer, dialed: isDialed ? address : nil)
                    bench.say(id, .hello(bench.hello(peer)))
                }
                // The smaller log's dial stays.
                let kept = SessionID((number == small) == isDialedFirst ? 1 : 2)
                let dropped = SessionID(3 - kept.number)
                #expect(!bench.closed.contains(kept))
                #expect(bench.bye(dropped) == .duplicate)
            }
        }
    }

    @Test func aNewSessionTakesThePlaceOfALostOne() throws {
        let bench = try Bench(city, 2)
        let old = bench.meet(1, as: 1, heads: [])
        let new = bench.meet(2, as: 1, heads: [])
        #expect(bench.bye(old) == .duplicate)
        #expect(!bench.closed.contains(new))
    }

    @Test func aFrameThatIsTooLongIsToldToThePeer() throws {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 1, heads: [])
        bench.tell(.oversized(id, bytes: 1 << 21))
        #expect(bench.bye(id) == .limit)
        #expect(bench.refusals(id) == 1)
    }

    @Test func sessionsBeyondTheLimitAreTurnedAway() throws {
        let bench = try Bench(city, 2)
        for number in 1...UInt64(Limits.sessions) { _ = bench.connect(number, as: 1) }
        #expect(bench.closed.isEmpty)
        let id = bench.connect(100, as: 3)
        #expect(bench.bye(id) == .tooManySessions)
    }

    @Test func anEndedMemberIsShownOut() throws {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 1, heads: [])
        let other = bench.meet(2, as: 0, heads: [])
        let founder = try city.store(0)
        let append = try founder.write([city.end(of: 1)])
        let log = city.log(0)
        bench.say(
            other,
            .push(
                Push(
                    log: log,
                    first: append.first,
                    entries: append.entries,
                    note: founder.head(log).note
                )
            )
        )
        #expect(bench.store.size(log) == 5)
        bench.tell(.rosterChanged(bench.store.roster))
        #expect(bench.bye(id) == .notMember)
        #expect(!bench.closed.contains(other))
        let again = bench.connect(3, as: 1)
        #expect(bench.bye(again) == .notMember)
    }

    @Test func headsOfLogsNotInTheRosterWaitForIt() throws {
        let bench = try Bench(city, 2)
        let full = try City(6)
        let late = try full.store(5)
        let founder = try full.store(0)
        // The larger city has the same founder and four more grants, in another ledger's roster
        // only if its founding entry differs; here it is the same entry.
        #expect(full.ledger == city.ledger)
        let id = bench.meet(1, as: 0, heads: [late.head(full.log(5))])
        #expect(bench.pulls(id).isEmpty)
        let log = city.log(0)
        bench.say(id, .heads(Heads(kind: .news, heads: [founder.head(log)])))
        bench.serve(id, from: founder)
        #expect(bench.store.size(log) == 6)
        bench.tell(.rosterChanged(bench.store.roster))
        #expect(bench.pulls(id).last?.log == full.log(5))
    }

    @Test func aByeIsOneNoticeAndSkewAnother() throws {
        let bench = try Bench(city, 2)
        let id = bench.connect(1, as: 1)
        var hello = bench.hello(1)
        hello.wall = Bench.wall + 700_000
        bench.say(id, .hello(hello))
        #expect(
            bench.notices.contains(.skew(id, peer: city.log(1), milliseconds: 700_000))
        )
        #expect(bench.machine.status.sessions.first?.skew == 700_000)
        bench.say(id, .bye(.badPackage))
        #expect(bench.notices.last == .byeReceived(id, peer: city.log(1), .badPackage))
        #expect(bench.machine.status.sessions.isEmpty)
    }

    /// A greeting that was on its way for 2 s is no clock that is 2 s slow.
    @Test func aSkewIsWithoutTheTimeThatTheGreetingTook() throws {
        let bench = try Bench(city, 2)
        let id = bench.connect(1, as: 1)
        var hello = bench.hello(1)
        hello.wall = Bench.wall - 2_000
        bench.say(id, .hello(hello))
        bench.say(id, .heads(Heads(kind: .last, heads: [])))
        #expect(bench.machine.status.sessions.first?.skew == -2_000)
        bench.pass(milliseconds: 30_000)
        guard case .ping(let number)? = bench.sent[id]?.last else {
            Issue.record("no ping")
            return
        }
        bench.now += 4_000
        bench.say(id, .pong(number))
        #expect(bench.machine.status.sessions.first?.skew == 0)
    }

    @Test func differentViewsOfEqualFrontiersAreAFinding() throws {
        let bench = try Bench(city, 2)
        bench.tell(.viewChanged(frontier: bench.machine.frontier, view: sha256([1])))
        let id = bench.connect(1, as: 1)
        guard case .hello(let ours)? = bench.sent[id]?.first else {
            Issue.record("no hello")
            return
        }
        #expect(ours.view == sha256([1]))
        var hello = bench.hello(1)
        hello.frontier = bench.machine.frontier
        hello.view = sha256([2])
        bench.say(id, .hello(hello))
        #expect(bench.notices.contains(.viewsDiffer(id, peer: city.log(1))))
        // A view that lags behind the logs is not told.
        bench.tell(.appended(try bench.store.write([report()])))
        let second = bench.connect(2, as: 0)
        guard case .hello(let later)? = bench.sent[second]?.first else {
            Issue.record("no hello")
            return
        }
        #expect(later.view == .zero)
    }

    @Test func aQuietSessionIsPingedAndComparedAgain() throws {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 1, heads: [])
        bench.pass(milliseconds: 30_000)
        guard case .ping(let number)? = bench.sent[id]?.last else {
            Issue.record("no ping")
            return
        }
        bench.now += 7
        bench.say(id, .pong(number))
        #expect(bench.machine.status.sessions.first?.roundTrip == 7)
        let summaries = {
            (bench.sent[id] ?? []).count { if case .summary = $0 { true } else { false } }
        }
        #expect(summaries() == 1)
        bench.pass(milliseconds: 45_000)
        #expect(summaries() == 2)
        #expect(!bench.closed.contains(id))
    }

    @Test func anOperatorCanHaveAllComparedAtOnce() throws {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 1, heads: [])
        #expect(bench.machine.isSettled)
        bench.tell(.compareNow)
        #expect(!bench.machine.isSettled)
        guard case .summary(let summary)? = bench.sent[id]?.last else {
            Issue.record("no summary")
            return
        }
        #expect(!summary.isAnswer)
        bench.say(id, .heads(Heads(kind: .last, heads: [])))
        #expect(bench.machine.isSettled)
    }

    @Test func stoppingSaysByeToEverybody() throws {
        let bench = try Bench(city, 2)
        let first = bench.meet(1, as: 1, heads: [])
        let second = bench.connect(2, as: 0)
        bench.tell(.stopped)
        #expect(bench.bye(first) == .done)
        #expect(bench.bye(second) == .done)
    }

    @Test func storageThatCanNotCommitIsAskedAgainLater() throws {
        let bench = try Bench(city, 2)
        let source = try city.store(3)
        _ = try source.write((0..<999).map { _ in report() })
        let log = city.log(3)
        bench.store.failures = 1
        let id = bench.meet(1, as: 3, heads: [source.head(log)])
        bench.serve(id, from: source)
        #expect(bench.store.size(log) == 0)
        #expect(!bench.closed.contains(id))
        bench.pass(milliseconds: 11_000)
        bench.say(id, .heads(Heads(kind: .last, heads: [source.head(log)])))
        bench.serve(id, from: source)
        #expect(bench.store.size(log) == 1_000)
    }
}
