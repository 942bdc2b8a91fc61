import Cases
import Crypto
import Encoding
import Foundation
import Ledger
import LedgerFixtures
import Testing

@testable import Storage

/// Whose parts a store keeps, and what becomes of each.
@Suite struct ScopesTests {
    private let city: Office
    private let north: Office
    private let south: Office
    private var paper: PaperLedger
    private let desk: Desk
    private let case1: PlacedEntry

    /// A southern street that stores what is its own, and a case of the northern one.
    init() throws {
        city = try Office(1, .city, "3301")
        north = try Office(2, .street, "330105013")
        south = try Office(3, .street, "330105014")
        paper = try PaperLedger(city: city)
        for office in [north, south] {
            let grant = try paper.enrol(office, by: city)
            try paper.write(
                .open(roster: paper.subject, enrolment: grant, keys: office.keys),
                by: office
            )
        }
        case1 = try paper.write(try report("秘密的话", in: north.scope), by: north)
        desk = try Desk.invited(south, to: paper)
        _ = try desk.store.setScopes(try #require(PartScopes([south.scope])))
        try desk.commit(paper, [city, south, north])
    }

    private func name(_ entry: PlacedEntry, _ part: Int = 0) -> WantedPart {
        WantedPart(
            id: PartID(log: entry.log, sequence: entry.sequence, part: part),
            commitment: entry.header.parts[part]
        )
    }

    private func part(_ entry: PlacedEntry) throws -> Part {
        try #require(paper.logs[entry.log]?[Int(entry.sequence)].parts[0])
    }

    @Test func whatLiesOutsideIsKnownAndNotHeld() throws {
        #expect(try desk.store.partState(name(case1)) == .notHeld)
        #expect(try desk.store.missingParts(after: nil, max: 9).isEmpty)
        #expect(try !desk.store.holdsAllParts())
        let row = try #require(try desk.store.cases(CaseFilter()).first?.row)
        #expect(row.summary == nil && row.absentParts == 1 && row.stage == "reported")
        // What is not missing is not stored, whoever brings it.
        #expect(try desk.store.keepParts([(name(case1), try part(case1))]) == 0)
        // The roster is at every node, and so is what the node writes itself.
        let own = try desk.append(report("本街", in: south.scope))
        #expect(own.entries[0].parts.allSatisfy { $0 != nil })
        #expect(try desk.store.absentCounts().notHeld == 1)
    }

    @Test func aCaseThatIsOfferedHereIsWantedWhole() throws {
        var paper = paper
        var offer = try draft(.offer, case1.header.subjects[0], [.reason: "属南街"])
        offer.to = south.scope
        try paper.write(offer, by: north)
        try desk.commit(paper, [north])
        #expect(try desk.store.partState(name(case1)) == .missing)
        #expect(try desk.store.missingParts(after: nil, max: 9) == [name(case1)])
        #expect(try desk.store.missingParts(after: name(case1), max: 9).isEmpty)
        let lie = Part(salt: .zero, bytes: [1])
        #expect(try desk.store.keepParts([(name(case1), lie)]) == 0)
        #expect(try desk.store.keepParts([(name(case1), try part(case1))]) == 1)
        #expect(try desk.store.partState(name(case1)) == .present)
        let row = try #require(try desk.store.cases(CaseFilter()).first?.row)
        #expect(row.summary == "秘密的话" && row.absentParts == 0)
        #expect(try desk.store.holdsAllParts())
    }

    @Test func aRedactedPartIsNeverAskedForNorStored() throws {
        let row = try #require(try desk.store.partRow(name(case1)))
        try desk.store.database.run(
            "UPDATE part_absent SET state = 3 WHERE position = ?",
            [.integer(row)]
        )
        _ = try desk.store.setScopes(.everything)
        #expect(try desk.store.partState(name(case1)) == .redacted)
        #expect(try desk.store.missingParts(after: nil, max: 9).isEmpty)
        #expect(try desk.store.keepParts([(name(case1), try part(case1))]) == 0)
        try desk.store.insert(try part(case1), at: row)
        #expect(try desk.store.part(name(case1)) == nil)
        #expect(try desk.store.holdsAllParts())
    }

    @Test func whatIsDroppedLeavesNothingBehind() throws {
        _ = try desk.store.setScopes(.everything)
        #expect(try desk.store.keepParts([(name(case1), try part(case1))]) == 1)
        let whole = try desk.store.viewDigest()
        let scopes = try #require(PartScopes([south.scope]))
        #expect(try desk.store.partsOutside(scopes, after: nil, max: 9) == [name(case1)])
        // Nobody proved to hold it.
        #expect(throws: StoreError.unproven) { try desk.store.setScopes(scopes) }
        #expect(try desk.store.partState(name(case1)) == .present)
        #expect(try desk.store.viewDigest() == whole)
        #expect(try desk.store.setScopes(scopes, droppingAtMost: 1).dropped == 1)
        try desk.store.freeSpace()
        #expect(try desk.store.viewDigest() != whole)
        for suffix in ["", "-wal"] {
            let bytes = FileManager.default.contents(atPath: desk.path + suffix) ?? Data()
            #expect(bytes.range(of: Data("秘密的话".utf8)) == nil)
        }
        try desk.reopen()
        #expect(desk.store.scopes == scopes)
    }

    @Test func nobodyElsesProofServes() throws {
        _ = try desk.store.setScopes(.everything)
        _ = try desk.store.keepParts([(name(case1), try part(case1))])
        func proof(_ nonce: UInt8, _ log: Digest) throws -> Digest? {
            try desk.store.proofs([name(case1)], nonce: sha256([nonce]), holder: log)[0]
        }
        let proofs = [try proof(1, city.id), try proof(1, north.id), try proof(2, city.id)]
        #expect(Set(proofs.compactMap { $0 }).count == 3)
    }
}
