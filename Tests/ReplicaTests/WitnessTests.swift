import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

/// A city that names four offices as the witnesses of all logs.
@Suite struct WitnessTests {
    private let city: City
    private let bench: Bench
    private let id: SessionID
    private let other: SessionID

    /// The machine is that of office 2, which is a witness.
    init() throws {
        let city = try City(6)
        self.city = city
        let bench = try Bench(city, 2)
        self.bench = bench
        let draft = EntryDraft.witnesses(
            roster: city.subject,
            area: city.offices[0].scope,
            (1...4).map { .node(city.log($0)) },
            replacing: []
        )
        let sequence = UInt64(city.founderEntries.count)
        let entry = try draft.sealed(
            in: EntryContext(
                ledger: city.ledger,
                place: Place(log: city.log(0), sequence: sequence),
                time: 3,
                after: []
            ),
            salts: [],
            author: city.offices[0].service
        )
        let placed = try (city.founderEntries + [entry.entry]).enumerated().map { index, entry in
            PlacedEntry(
                entry,
                header: try Header(decoding: entry.header),
                hash: sha256(entry.header),
                place: Place(log: city.log(0), sequence: UInt64(index))
            )
        }
        let roster = Roster(ledger: city.ledger, entries: placed)
        #expect(roster.witnesses(of: city.log(5))?.members.count == 4)
        #expect(roster.witnesses(of: city.log(5))?.quorum == 3)
        #expect(roster.witnesses(of: city.log(1))?.members.count == 3)
        bench.tell(.rosterChanged(roster))
        id = bench.meet(1, as: 1, heads: [])
        other = bench.meet(2, as: 0, heads: [])
    }

    private func signed(_ number: Int = 0, size: UInt64, root: Digest) throws -> SignedCheckpoint {
        try SignedCheckpoint.sign(size: size, root: root, with: city.offices[number].log)
    }

    /// The founder's log as this machine holds it.
    private func held() throws -> SignedCheckpoint {
        let range = try #require(bench.store.tree(city.log(0), size: city.founderEntries.count64))
        return try signed(size: range.size, root: range.root(hasher: TreeHasher()))
    }

    private func cosign(_ signed: SignedCheckpoint, _ number: Int) throws -> Cosignature {
        try Cosignature.sign(signed.checkpoint, time: 1_800, with: city.offices[number].witness)
    }

    private func told(_ session: SessionID) -> [CosignedClaim] {
        (bench.sent[session] ?? []).flatMap { message -> [CosignedClaim] in
            if case .cosigned(let claims) = message { claims } else { [] }
        }
    }

    private func claim(
        _ signed: SignedCheckpoint,
        _ cosignatures: [Cosignature] = []
    ) -> CosignedClaim {
        CosignedClaim(CosignedCheckpoint(signed, cosignatures))
    }

    @Test func whatIsHeldIsCosignedOnceAndPassedOn() throws {
        let signed = try held()
        bench.say(id, .cosigned([claim(signed)]))
        bench.pass(milliseconds: 5_000)
        #expect(bench.toCosign == [signed])
        let mine = try cosign(signed, 2)
        bench.tell(.cosigned(signed, mine))
        bench.pass(milliseconds: 2_500)
        #expect(told(other).flatMap(\.cosignatures) == [mine])
        #expect(told(id).flatMap(\.cosignatures) == [mine])
        #expect(bench.cosignedKept.last == [CosignedCheckpoint(signed, [mine])])
        bench.pass(milliseconds: 120_000)
        #expect(bench.toCosign.count == 1)
    }

    @Test func aQuorumStaysUntilALargerOneHasOne() throws {
        let signed = try held()
        let three = try [1, 2, 3].map { try cosign(signed, $0) }
        bench.say(id, .cosigned([claim(signed, three)]))
        let larger = try self.signed(size: signed.checkpoint.size + 9, root: sha256([1]))
        bench.say(id, .cosigned([claim(larger, [try cosign(larger, 1)])]))
        #expect(
            bench.cosignedKept.last
                == [
                    CosignedCheckpoint(signed, three),
                    CosignedCheckpoint(larger, [try cosign(larger, 1)]),
                ]
        )
        // Not all of the larger is held, so this witness has nothing to say of it.
        bench.pass(milliseconds: 5_000)
        #expect(bench.toCosign.isEmpty)
        bench.say(id, .cosigned([claim(larger, try [3, 4].map { try cosign(larger, $0) })]))
        let last = try #require(bench.cosignedKept.last)
        #expect(last.map(\.checkpoint) == [larger.checkpoint])
        #expect(last[0].cosignatures.count == 3)
        // What is older is no news.
        let before = bench.cosignedKept.count
        bench.say(id, .cosigned([claim(signed, [try cosign(signed, 4)])]))
        #expect(bench.cosignedKept.count == before)
    }

    @Test func cosignaturesOfOthersAndBadOnesArePassedOver() throws {
        let signed = try held()
        let bad = Cosignature(
            keyHash: try cosign(signed, 3).keyHash,
            time: 1_801,
            signature: try cosign(signed, 3).signature
        )
        bench.say(id, .cosigned([claim(signed, [try cosign(signed, 5), bad])]))
        #expect(bench.cosignedKept.last == [CosignedCheckpoint(signed)])
        #expect(bench.bye(id) == nil)
    }

    @Test func aCheckpointThatItsLogDidNotSignEndsTheSession() throws {
        let signed = try held()
        let forged = CosignedClaim(
            log: city.log(1),
            size: signed.checkpoint.size,
            root: signed.checkpoint.root,
            signature: signed.signature,
            cosignatures: []
        )
        bench.say(id, .cosigned([forged]))
        #expect(bench.bye(id) == .badPackage)
        #expect(bench.cosignedKept.isEmpty)
    }

    @Test func anotherTreeThanOursIsAForkAndIsNotCosigned() throws {
        let good = try held()
        let forged = try signed(size: good.checkpoint.size, root: sha256([2]))
        bench.say(id, .cosigned([claim(forged)]))
        #expect(bench.evidence.map(\.size) == [good.checkpoint.size])
    }

    @Test func theOwnLogAsksOnceAMinuteAndOnlyWhenItGrew() throws {
        bench.pass(milliseconds: 1_000)
        let size = bench.store.head(city.log(2)).size
        #expect(bench.stabilized == [size])
        let own = try signed(2, size: size, root: bench.store.head(city.log(2)).root)
        bench.tell(.stable(own))
        bench.polite = [id, other]
        bench.pass(milliseconds: 180_000)
        #expect(bench.stabilized == [size])
        #expect(told(id).filter { $0.log == city.log(2) }.map(\.size) == [size])
    }

    @Test func tooManyEndTheSession() throws {
        let one = claim(try held())
        for _ in 0..<17 { bench.say(id, .cosigned(Array(repeating: one, count: 64))) }
        #expect(bench.bye(id) == .limit)
    }

    @Test(
        arguments: [
            (size: 6, root: 6, remembered: nil, WitnessGuard.Verdict.free),
            (size: 6, root: 6, remembered: (4, 4), .free),
            (size: 6, root: 6, remembered: (6, 6), .free),
            (size: 6, root: 6, remembered: (8, 8), .behind),
            (size: 6, root: 6, remembered: (4, 5), .contradicted),
            (size: 6, root: 7, remembered: nil, .notHeld),
            (size: 11, root: 11, remembered: nil, .notHeld),
        ] as [(size: UInt64, root: UInt8, remembered: (UInt64, UInt8)?, WitnessGuard.Verdict)]
    )
    func whatWasCosignedIsExtended(
        size: UInt64,
        root: UInt8,
        remembered: (UInt64, UInt8)?,
        want: WitnessGuard.Verdict
    ) {
        let checkpoint = Checkpoint(log: city.log(0), size: size, root: sha256([root]))
        let verdict = WitnessGuard.verdict(
            checkpoint,
            remembered: remembered.map { OwnLogGuard.Mark(size: $0.0, root: sha256([$0.1])) },
            rootAt: { $0 <= 10 ? sha256([UInt8($0)]) : nil }
        )
        #expect(verdict == want)
    }
}

extension Array {
    fileprivate var count64: UInt64 { UInt64(count) }
}
