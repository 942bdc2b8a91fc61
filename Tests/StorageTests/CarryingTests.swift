import Cases
import Crypto
import Encoding
import Ledger
import LedgerFixtures
import Testing

@testable import Storage

/// What becomes of sealed parts at a node that only carries them.
@Suite struct CarryingTests {
    private let city: Office
    private let north: Office
    private let south: Office
    private var paper: PaperLedger
    private let sealed: PlacedEntry

    /// A case of the northern street, sealed for it and the city.
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
        var report = try report("漏水", in: north.scope)
        if case .array(let items)? = report.fields.first?.value {
            report.fields[0] = CBORPair(0, .array(items + [.unsigned(43)]))
        }
        report.sealed = SealDraft(
            clear: CBORValue.map([CBORPair(43, .array([.text("赵钱孙")]))]).encoded,
            fields: [43],
            recipients: [north.keys.seal, city.keys.seal]
        )
        sealed = try paper.write(report, by: north)
    }

    private func desk(_ office: Office) throws -> Desk {
        let desk = try Desk.invited(office, to: paper)
        try desk.commit(paper, [city, south, north])
        return desk
    }

    private func name(_ part: Int) -> WantedPart {
        WantedPart(
            id: PartID(log: sealed.log, sequence: sealed.sequence, part: part),
            commitment: sealed.header.parts[part]
        )
    }

    @Test func onlyWhoCarriesForOthersMayDrop() throws {
        let desk = try desk(south)
        let later = sealed.header.time + 1
        #expect(
            try desk.store.carriedParts(before: later, after: -1, max: 9).found
                == [name(1), name(2)]
        )
        #expect(try desk.store.carriedParts(before: later, after: -1, max: 9).next == -1)
        #expect(try desk.store.carriedParts(before: later - 1, after: -1, max: 9).found.isEmpty)
        // One at a time goes on where the last look ended.
        let first = try desk.store.carriedParts(before: later, after: -1, max: 1)
        #expect(first.found == [name(1)])
        let second = try desk.store.carriedParts(before: later, after: first.next, max: 1)
        #expect(second.found == [name(2)])
        for office in [city, north] {
            let other = try self.desk(office)
            let found = try other.store.carriedParts(before: later, after: -1, max: 9).found
            #expect(found.isEmpty, "\(office.name)")
        }
    }

    @Test func noViewChangesAndWhatIsSharedComesBack() throws {
        var paper = paper
        let desk = try desk(south)
        let view = try desk.store.viewDigest()
        #expect(try desk.store.holdsAllParts())
        let held = try #require(try desk.store.part(name(1)))
        let wraps = try #require(try desk.store.part(name(2)))
        #expect(try desk.store.dropCarried([name(1), name(2)]) == 2)
        #expect(try desk.store.dropCarried([name(1), name(2)]) == 0)
        #expect(try desk.store.partState(name(1)) == .notHeld)
        #expect(try desk.store.holdsAllParts())
        #expect(try desk.store.missingParts(after: nil, max: 9).isEmpty)
        #expect(try desk.store.viewDigest() == view)
        let row = try #require(try desk.store.cases(CaseFilter()).first?.row)
        #expect(row.summary == "漏水" && row.absentParts == 0)

        // Wraps for somebody else change nothing.
        func share(with office: Office) throws {
            let place = SealPlace(ledger: paper.ledger, id: name(1).id)
            let wraps = try KeyWraps(
                of: .zero,
                place: place,
                to: [office.keys.seal],
                random: [sha256([1])]
            )
            let draft = EntryDraft(
                operation: "case.share",
                subject: .existing(sealed.header.subjects[0]),
                fields: [WrapField.pair([WrapField(part: 0, entry: sealed.hash)])],
                parts: [wraps.encoded]
            )
            try paper.write(draft, by: north)
            try desk.commit(paper, [north])
        }
        try share(with: city)
        #expect(try desk.store.partState(name(1)) == .notHeld)
        try share(with: south)
        #expect(try desk.store.missingParts(after: nil, max: 9) == [name(1), name(2)])
        #expect(try desk.store.keepParts([(name(1), held), (name(2), wraps)]) == 2)
        #expect(try desk.store.holdsAllParts())
        let later = sealed.header.time + 1_000_000
        #expect(try desk.store.carriedParts(before: later, after: -1, max: 9).found.isEmpty)
    }

    @Test func aTextThatIsAbsentStillCounts() throws {
        let desk = try Desk.invited(south, to: paper)
        _ = try desk.store.setScopes(try #require(PartScopes([south.scope])))
        try desk.commit(paper, [city, south, north])
        #expect(try !desk.store.holdsAllParts())
        let row = try #require(try desk.store.cases(CaseFilter()).first?.row)
        #expect(row.absentParts == 1)
    }
}
