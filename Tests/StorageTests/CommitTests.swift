import Cases
import Crypto
import Encoding
import Ledger
import LedgerFixtures
import Replication
import TestSupport
import Testing
import TransparencyLog

@testable import Storage

/// A city, a district, two streets, and cases that several of them write about.
private struct World {
    let city: Office
    let district: Office
    let street: Office
    let reader: Office
    var paper: PaperLedger
    var grants: [Digest: Digest] = [:]
    var subjects: [SubjectID] = []

    init() throws {
        city = try Office(1, .city, "3301")
        district = try Office(2, .district, "330105")
        street = try Office(3, .street, "330105013")
        reader = try Office(4, .street, "330105014")
        paper = try PaperLedger(city: city)
        grants[district.id] = try paper.enrol(district, by: city)
        grants[street.id] = try paper.enrol(street, by: district)
        grants[reader.id] = try paper.enrol(reader, by: district)
        for number in 0..<3 {
            let opening = try paper.write(report("案件\(number)", in: street.scope), by: street)
            let subject = opening.header.subjects[0]
            subjects.append(subject)
            let register = try paper.write(
                draft(.register, subject, [.category: "0201"]),
                by: street
            )
            try paper.write(
                draft(.register, subject, [.category: "0101"]),
                by: district,
                after: [opening]
            )
            try paper.write(draft(.accept, subject), by: city, after: [register])
            try paper.write(note("再看", about: subject), by: street)
        }
    }

    var all: [Office] { [city, district, street] }

    /// A store that holds nothing of it yet.
    func desk() throws -> Desk { try Desk.invited(reader, to: paper) }
}

@Test(arguments: 0..<12 as Range<UInt64>)
func theViewIsTheSameInWhateverOrderPackagesCome(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var world = try World()
    // A remark whose author did not sign it, and a right that ends among the entries.
    let forged = try note("假", about: world.subjects[0])
    try world.paper.write(forged, by: world.street, isForged: true)
    let street = try #require(world.grants[world.street.id])
    try world.paper.end([street], by: world.district, cuts: [(world.street, 8)])

    let plain = try world.desk()
    try plain.commit(world.paper, world.all)
    let expected = try plain.picture()
    #expect(expected.rows.count == 3 && expected.unchecked == 0)

    let desk = try world.desk()
    var offices = world.all.flatMap { office in
        Array(repeating: office, count: world.paper.logs[office.id, default: []].count)
    }
    offices.shuffle(using: &generator)
    while let office = offices.popLast() {
        let entries = world.paper.logs[office.id, default: []]
        let start = Int(desk.store.log(office.id)?.size ?? 0)
        let count = Int.random(in: 1...4, using: &generator)
        guard start < entries.count else { continue }
        let package = try desk.package(
            Array(entries[start..<min(entries.count, start + count)]),
            of: office,
            ledger: world.paper.ledger,
            checksSignatures: Bool.random(using: &generator)
        )
        _ = try desk.store.commit([package])
        if Int.random(in: 0..<4, using: &generator) == 0 { try desk.store.keepBucketDigests() }
        if Int.random(in: 0..<6, using: &generator) == 0 { try desk.checkSignatures() }
        if Int.random(in: 0..<6, using: &generator) == 0 { try desk.reopen() }
    }
    offices = world.all
    try desk.commit(world.paper, world.all)
    try desk.checkSignatures()
    let picture = try desk.picture()
    #expect(picture.frontier == expected.frontier)
    #expect(picture.view == expected.view)
    #expect(picture.rows == expected.rows)
    #expect(picture.grants == expected.grants)
    #expect(picture.unchecked == 0)
    try desk.reopen()
    #expect(try desk.picture() == picture)
}

@Test func aPackageOutOfPlaceChangesNothingAndSpoilsItsWholeTransaction() throws {
    let world = try World()
    let desk = try world.desk()
    try desk.commit(world.paper, [world.city, world.district])
    let entries = world.paper.logs[world.street.id, default: []]
    let ledger = world.paper.ledger
    let first = try desk.package(Array(entries[..<2]), of: world.street, ledger: ledger)
    let second = try desk.package(
        Array(entries[2...]),
        of: world.street,
        ledger: ledger,
        after: first.range
    )
    let before = try desk.picture()
    #expect(throws: StoreError.outOfPlace(log: world.street.id, got: 2, want: 0)) {
        try desk.store.commit([second])
    }
    #expect(throws: StoreError.outOfPlace(log: world.street.id, got: 0, want: 2)) {
        try desk.store.commit([first, first])
    }
    #expect(try desk.picture() == before)
    _ = try desk.store.commit([first, second])
    #expect(desk.store.log(world.street.id)?.size == UInt64(entries.count))
    #expect(throws: StoreError.self) { try desk.store.commit([second]) }
    let plain = try world.desk()
    try plain.commit(world.paper, world.all)
    let view = try plain.store.viewDigest()
    #expect(try desk.store.viewDigest() == view)
}

@Test func theEndOfARightTakesEffectFromEntriesThatWereFoldedBefore() throws {
    var world = try World()
    let desk = try world.desk()
    try desk.commit(world.paper, world.all)
    #expect(try desk.picture().rows.count == 3)
    let street = try #require(world.grants[world.street.id])
    try world.paper.end([street], by: world.city, cuts: [(world.street, 3)])
    try desk.commit(world.paper, [world.city])
    // Only what the first three entries of the street report is left.
    #expect(try desk.picture().rows.count == 1)
    try world.paper.enrol(world.street, by: world.district)
    try desk.commit(world.paper, [world.district])
    #expect(try desk.picture().rows.count == 3)
}

@Test func aForgedEntryLosesItsEffectOnceItIsChecked() throws {
    var world = try World()
    let subject = world.subjects[0]
    let close = try draft(.close, subject, [.outcome: "11"])
    let accept = try #require(world.paper.entries.last { $0.log == world.city.id })
    try world.paper.write(close, by: world.city, after: [], isForged: true)
    #expect(accept.header.operation == "case.accept")
    let desk = try world.desk()
    try desk.commit(world.paper, world.all, checksSignatures: false)
    #expect(desk.store.uncheckedCount > 0)
    let provisional = try desk.store.viewDigest()
    try desk.checkSignatures()
    #expect(desk.store.uncheckedCount == 0)
    #expect(try desk.store.viewDigest() != provisional)
    let verdicts = try desk.store.folded(subject).history.map(\.verdict)
    #expect(verdicts.filter { $0 == .forged }.count == 1)
}

/// A node that holds the log key but not the service key tries to enrol a friend, at a moment
/// when other nodes do not know the service key yet.
@Test func aForgedGrantHasNoEffectEvenIfItCameBeforeItsAuthorWasKnown() throws {
    let city = try Office(1, .city, "3301")
    let district = try Office(2, .district, "330105")
    let friend = try Office(9, .street, "330105013")
    var paper = try PaperLedger(city: city)
    try paper.write(
        .grant(roster: paper.subject, request: friend.request, isConfirmed: true),
        by: district,
        isForged: true
    )
    let desk = try Desk.invited(friend, to: paper)
    try desk.commit(paper, [district])
    try desk.checkSignatures()
    try paper.enrol(district, by: city)
    try desk.commit(paper, [city])
    #expect(desk.store.roster.member(log: friend.id) == nil)
    try desk.checkSignatures()
    #expect(desk.store.uncheckedCount == 0)
    #expect(desk.store.roster.member(log: friend.id) == nil)
    try desk.reopen()
    #expect(desk.store.roster.member(log: friend.id) == nil)
}

/// As above for an entry about a case, which may have effect only until it is checked.
@Test func entriesWhoseAuthorBecomesKnownLaterAreCheckedThen() throws {
    let city = try Office(1, .city, "3301")
    let street = try Office(2, .street, "330105013")
    let fresh = try Office(3, .street, "330105013", log: street)
    var paper = try PaperLedger(city: city)
    let opening = try paper.write(report("真", in: street.scope), by: street)
    try paper.enrol(street, by: city)
    let subject = opening.header.subjects[0]
    try paper.write(note("假", about: subject), by: fresh, in: street, isForged: true)
    let desk = try Desk.invited(try Office(4, .street, "330105014"), to: paper)
    try desk.commit(paper, [city, street])
    try desk.checkSignatures()
    #expect(try desk.store.folded(subject).history.last?.verdict == .noRight(.noGrant))
    // The street is enrolled with another service key beside its log key.
    try paper.enrol(fresh, by: city)
    try desk.commit(paper, [city])
    try desk.checkSignatures()
    #expect(try desk.store.folded(subject).history.last?.verdict == .forged)
}

@Test func anEntryThatCanNotBeReadIsKeptWithoutEffect() throws {
    var world = try World()
    let desk = try world.desk()
    try desk.commit(world.paper, world.all)
    let before = try desk.picture()
    // An entry of another ledger, and one of another log, at the end of the street's log.
    var other = try PaperLedger(city: Office(7, .city, "3302"))
    try other.write(note("异", about: world.subjects[0]), by: world.street)
    let foreign = try #require(other.logs[world.street.id]?.last)
    let moved = try #require(world.paper.logs[world.city.id]?.last)
    let package = try desk.package(
        [foreign, moved],
        of: world.street,
        ledger: world.paper.ledger
    )
    _ = try desk.store.commit([package])
    #expect(try desk.store.viewDigest() == before.view)
    #expect(try desk.picture().rows == before.rows)
    #expect(desk.store.frontier != before.frontier)
    let held = try desk.store.entries(
        of: world.street.id,
        package.first..<package.first + 2
    )
    #expect(held.map(\.header) == [foreign.header, moved.header])
    try world.paper.enrol(world.street, by: world.district)
    try desk.commit(world.paper, [world.district])
    #expect(try desk.picture().rows == before.rows)
}

/// An auditor may write roster entries; about a case they must not make it unreadable.
@Test func rosterEntriesAboutACaseDoNotTouchIt() throws {
    var world = try World()
    let auditor = try Office(8, .auditor, "3301")
    try world.paper.enrol(auditor, by: world.city)
    let desk = try world.desk()
    try desk.commit(world.paper, world.all)
    let before = try desk.picture()
    for operation in ["log.open", "grant.end", "grant.node"] {
        let draft = EntryDraft(
            operation: operation,
            subject: .existing(world.subjects[0]),
            fields: []
        )
        let known = world.paper.entries.filter { $0.header.subjects == [world.subjects[0]] }
        try world.paper.write(draft, by: auditor, after: known.suffix(1))
    }
    try desk.commit(world.paper, [auditor])
    #expect(try desk.picture().rows == before.rows)
    let verdicts = try desk.store.folded(world.subjects[0]).history
        .filter { $0.entry.log == auditor.id }.map(\.verdict)
    #expect(verdicts == Array(repeating: .noRight(.notPermitted), count: 3))
}

@Test func entriesAreReadInBoundedPieces() throws {
    let world = try World()
    let desk = try world.desk()
    try desk.commit(world.paper, world.all)
    let entries = world.paper.logs[world.street.id, default: []]
    let log = world.street.id
    #expect(try desk.store.entries(of: log, 0..<99) == entries)
    #expect(try desk.store.entries(of: log, 2..<4) == Array(entries[2..<4]))
    #expect(try desk.store.entries(of: log, 50..<60).isEmpty)
    #expect(try desk.store.entries(of: log, 0..<99, byteMax: 1).count == 1)
    let two = entries[0].byteCount + entries[1].byteCount
    #expect(try desk.store.entries(of: log, 0..<99, byteMax: two).count == 2)
    #expect(throws: StoreError.unknownLog(.zero)) { try desk.store.entries(of: .zero, 0..<1) }
}

@Test func refusalsAreCountedAndBounded() throws {
    let desk = try Desk.founding(Office(1, .city, "3301"))
    func refusal(_ peer: String, _ time: UInt64) -> Refusal {
        Refusal(peer: peer, reason: "no key", firstAt: time, lastAt: time, attempts: 1)
    }
    try desk.store.keepRefusals((1...3).map { refusal("10.0.0.1", $0) })
    try desk.store.keepRefusals([refusal("10.0.0.2", 9)])
    let refusals = try desk.store.refusals(limit: 10)
    #expect(refusals.map(\.attempts) == [1, 3])
    #expect(refusals.last?.firstAt == 1 && refusals.last?.lastAt == 3)
}
