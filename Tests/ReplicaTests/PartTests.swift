import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

/// Entries that come without parts, and parts that come later.
@Suite struct PartTests {
    private let city: City
    private let source: MemoryStore
    private let log: Digest
    private let bench: Bench

    init() throws {
        city = try City(5)
        source = try city.store(3)
        log = city.log(3)
        _ = try source.write([report()])
        bench = try Bench(city, 2)
    }

    private func bare(_ package: Package) -> Package {
        var package = package
        package.entries[1].parts = [nil]
        return package
    }

    /// Gives the log to the machine without the part of its report.
    private func meetWithoutPart() throws -> SessionID {
        let id = bench.meet(1, as: 1, heads: [source.head(log)])
        let pull = try #require(bench.pulls(id).first)
        guard case .package(let package) = Bench.answer(to: pull, from: source) else {
            throw FixtureError.scope
        }
        bench.say(id, .package(bare(package)))
        return id
    }

    private func wants(_ id: SessionID) -> [Want] {
        (bench.sent[id] ?? []).compactMap { if case .want(let want) = $0 { want } else { nil } }
    }

    private var part: Part? { bench.store.logs[log]?.entries[1].parts[0] }

    @Test func whatWasLeftOutIsAskedOfOneAfterTheOther() throws {
        let first = try meetWithoutPart()
        #expect(bench.bye(first) == nil)
        #expect(bench.store.size(log) == 2)
        let want = try #require(wants(first).last)
        #expect(want.parts == [source.name(log, 1)])
        #expect(!bench.machine.isSettled)
        bench.say(first, .parts(Parts(number: want.number, parts: [nil])))
        #expect(part == nil)
        let second = bench.meet(2, as: 0, heads: [])
        bench.pass(milliseconds: 2_000)
        // The first may be asked again before the second is.
        if wants(second).isEmpty {
            let again = try #require(wants(first).last)
            bench.say(first, .parts(Parts(number: again.number, parts: [nil])))
        }
        let again = try #require(wants(second).last)
        bench.say(second, .parts(Parts(number: again.number, parts: [source.part(again.parts[0])])))
        #expect(part == source.logs[log]?.entries[1].parts[0])
        #expect(bench.bye(second) == nil)
    }

    @Test func anotherPartEndsTheSessionAndIsAskedOfTheNext() throws {
        let second = bench.meet(2, as: 0, heads: [])
        let first = try meetWithoutPart()
        let (asked, other) = wants(first).isEmpty ? (second, first) : (first, second)
        let want = try #require(wants(asked).last)
        let lie = Part(salt: .zero, bytes: [1])
        bench.say(asked, .parts(Parts(number: want.number, parts: [lie])))
        #expect(bench.bye(asked) == .badPackage)
        #expect(part == nil)
        bench.pass(milliseconds: 250)
        let again = try #require(wants(other).last)
        bench.say(other, .parts(Parts(number: again.number, parts: [source.part(again.parts[0])])))
        #expect(part != nil)
    }

    @Test func silenceAboutAPartIsAStall() throws {
        let first = try meetWithoutPart()
        #expect(wants(first).count == 1)
        bench.polite = [first]
        bench.pass(milliseconds: Limits.stallMilliseconds + 1_000)
        #expect(bench.bye(first) == .stalled)
    }

    @Test func partsThatNobodyAskedForEndTheSession() throws {
        let id = bench.meet(1, as: 1, heads: [])
        bench.say(id, .parts(Parts(number: 1, parts: [nil])))
        #expect(bench.bye(id) == .outOfTurn)
        let other = bench.meet(2, as: 0, heads: [])
        bench.say(other, .proofs(Proofs(number: 1, proofs: [nil])))
        #expect(bench.bye(other) == .outOfTurn)
    }

    @Test func aPartThatNoNodeGoesWithoutMustCome() throws {
        let founder = try city.store(0)
        let bench = try Bench(city, 2, knowsRoster: false)
        let log = city.log(0)
        let id = bench.meet(1, as: 0, heads: [founder.head(log)])
        let pull = try #require(bench.pulls(id).first)
        guard case .package(var package) = Bench.answer(to: pull, from: founder) else {
            throw FixtureError.scope
        }
        package.entries[1].parts = [nil]
        bench.say(id, .package(package))
        #expect(bench.bye(id) == .badPackage)
        #expect(bench.store.size(log) == 0)
    }

    @Test func partsAreGivenAndRefusedPlainly() throws {
        let id = bench.meet(1, as: 1, heads: [source.head(log)])
        bench.serve(id, from: source)
        let held = try #require(bench.store.name(log, 1))
        let unknown = WantedPart(id: held.id, commitment: .zero)
        bench.say(id, .want(Want(number: 9, parts: [held, unknown])))
        #expect(bench.sent[id]?.last == .parts(Parts(number: 9, parts: [source.part(held), nil])))
        let nonce = sha256([9])
        bench.say(id, .prove(Prove(number: 10, nonce: nonce, parts: [unknown, held])))
        let proof = try #require(source.part(held)).proof(
            nonce: nonce,
            holder: city.log(2),
            SHA256Hasher()
        )
        #expect(bench.sent[id]?.last == .proofs(Proofs(number: 10, proofs: [nil, proof])))
    }

    @Test func tooManyQuestionsAtOnceEndTheSession() throws {
        bench.isStorageSlow = true
        let id = bench.meet(1, as: 1, heads: [])
        let name = WantedPart(id: PartID(log: log, sequence: 0, part: 0), commitment: .zero)
        for number in 0...UInt64(Limits.servedWants) {
            #expect(bench.bye(id) == nil)
            bench.say(id, .want(Want(number: number, parts: [name])))
        }
        #expect(bench.bye(id) == .limit)
    }

    @Test func whoStoresSomePlacesGetsNewsInsteadOfWholeEntries() throws {
        let id = bench.meet(1, as: 1, heads: [])
        let scopes = try #require(Scope("330106").flatMap { PartScopes([$0]) })
        bench.say(id, .scopes(scopes))
        let append = try bench.store.write([report()])
        bench.tell(.appended(append))
        bench.pass(milliseconds: 1_000)
        let pushes = (bench.sent[id] ?? []).count { if case .push = $0 { true } else { false } }
        #expect(pushes == 0)
        let head = bench.store.head(city.log(2))
        bench.isStorageSlow = true
        bench.say(
            id,
            .pull(
                Pull(
                    log: head.log,
                    first: 1,
                    count: 1,
                    target: 2,
                    targetRoot: head.root,
                    root: nil
                )
            )
        )
        let scoped = bench.waiting.contains { command in
            if case .read(_, let read) = command { read.scopes == scopes } else { false }
        }
        #expect(scoped)
    }

    @Test func aChallengeGathersWhatEveryPeerAnswers() throws {
        let ids = [bench.meet(1, as: 1, heads: []), bench.meet(2, as: 0, heads: [])]
        let name = WantedPart(id: PartID(log: log, sequence: 1, part: 0), commitment: .zero)
        bench.tell(.challenge(5, nonce: sha256([1]), [name]))
        guard case .prove(let prove)? = bench.sent[ids[0]]?.last else {
            Issue.record("nothing was asked")
            return
        }
        bench.say(ids[0], .proofs(Proofs(number: prove.number, proofs: [.zero])))
        #expect(bench.challenged[5] == nil)
        bench.tell(.disconnected(ids[1], reason: "cut"))
        #expect(bench.challenged[5] == [ChallengeAnswer(log: city.log(1), proofs: [.zero])])
    }
}
