import Cases
import Crypto
import Encoding
import Ledger
import LedgerFixtures
import Testing

/// A ledger on paper in which street A's right ended while it went on writing.
private struct Ended {
    var paper: PaperLedger
    let (city, district, streetA, streetB): (Office, Office, Office, Office)
    let subject: SubjectID
    /// What A wrote beyond the end.
    let contested: PlacedEntry
    let note: PlacedEntry

    init() throws {
        city = try Office(1, .city, "3301")
        district = try Office(2, .district, "330113")
        streetA = try Office(3, .street, "330113002")
        streetB = try Office(4, .street, "330113003")
        paper = try PaperLedger(city: city)
        try paper.enrol(district, by: city)
        let right = try paper.enrol(streetA, by: district)
        try paper.enrol(streetB, by: district)
        subject = SubjectID(openedIn: streetA.id, at: paper.size(streetA))
        try Self.write(.report, &paper, subject, by: streetA)
        let size = paper.size(streetA)
        contested = try Self.write(.register, &paper, subject, by: streetA)
        note = try Self.write(.note, &paper, subject, by: streetA)
        try paper.end([right], by: district, cuts: [(streetA, size)])
    }

    @discardableResult
    static func write(
        _ operation: CaseOperation,
        _ paper: inout PaperLedger,
        _ subject: SubjectID,
        by office: Office,
        after: [PlacedEntry] = []
    ) throws -> PlacedEntry {
        var draft = CaseDraft(operation)
        for use in operation.fields where use.isRequired {
            try draft.set(use.field, World.sample(use.field))
        }
        let content = try draft.compiled()
        var entry = EntryDraft(
            operation: operation.name,
            subject: operation.opens ? .opened : .existing(subject),
            fields: content.fields,
            parts: content.parts
        )
        if operation.opens { entry.scope = office.scope }
        return try paper.write(entry, by: office, after: after)
    }

    /// An office marks what A wrote beyond the end, knowing all of it.
    mutating func mark(_ name: String, by office: Office) throws -> PlacedEntry {
        var draft = EntryDraft(
            operation: name,
            subject: .existing(paper.subject),
            fields: [
                CBORPair(0, .bytes(streetA.id.bytes)), CBORPair(1, .unsigned(contested.sequence)),
                CBORPair(2, .unsigned(note.sequence + 1)),
                CBORPair(3, .bytes([UInt8](repeating: 0, count: 32))),
            ],
            parts: [CBORValue.map([CBORPair(2, .text(""))]).encoded]
        )
        draft.further = [subject]
        return try paper.write(draft, by: office, after: [note])
    }

    func fold(_ entries: [PlacedEntry]? = nil) -> FoldedSubject {
        let held = entries ?? paper.entries
        let elsewhere = Set(held.map(\.hash))
        return SubjectFold.fold(
            subject,
            entries: held.filter { $0.header.subjects.contains(subject) },
            isHeldElsewhere: elsewhere.contains,
            authority: Authority(paper.roster),
            policy: .standard
        )
    }

    func verdict(_ entry: PlacedEntry) -> EntryVerdict? {
        fold().history.first { $0.entry.hash == entry.hash }?.verdict
    }
}

@Test func aRevokedKeyKeepsSigningOffline() throws {
    let world = try Ended()
    #expect(world.verdict(world.contested) == .noRight(.contested))
    #expect(world.fold().view?.stage == .reported && world.fold().view?.counts.withoutRight == 2)
    #expect(world.fold().history.count == 3)
}

@Test func whatIsRatifiedTakesEffectWhereTheRatificationStands() throws {
    var world = try Ended()
    // Another office did something first, not knowing of what is contested.
    let first = try #require(world.fold().history.first?.entry)
    let early = try Ended.write(
        .register,
        &world.paper,
        world.subject,
        by: world.city,
        after: [first]
    )
    #expect(world.verdict(early) == .effective)
    let ratification = try world.mark("grant.ratify", by: world.district)
    #expect(world.verdict(ratification) == .effective)
    #expect(world.verdict(world.contested) == .ratified(by: ratification.hash))
    let view = try #require(world.fold().view)
    #expect(view.stage == .registered && view.text(.category) == "0201")
    // Beside what the other wrote meanwhile, which nobody who ratified knew.
    #expect(
        Set(view.registers.first { $0.id == 49 }?.writes.map(\.entry) ?? [])
            == [world.contested.hash, early.hash]
    )
    // Who knows the ratification goes on from there.
    let next = try Ended.write(
        .accept,
        &world.paper,
        world.subject,
        by: world.district,
        after: [world.note]
    )
    #expect(world.verdict(next) == .effective)
}

@Test func whatIsRefusedStaysWithoutEffect() throws {
    var world = try Ended()
    let refusal = try world.mark("grant.refuse", by: world.district)
    #expect(world.verdict(world.contested) == .noRight(.refused))
    #expect(world.verdict(refusal) == .noRight(.notPermitted))
    #expect(world.fold().view?.stage == .reported)
    // Only a strictly higher office ratifies it all the same.
    let ratification = try world.mark("grant.ratify", by: world.city)
    #expect(world.verdict(world.contested) == .ratified(by: ratification.hash))
}

@Test func twoRatificationsStandBesideEachOther() throws {
    var world = try Ended()
    let one = try world.mark("grant.ratify", by: world.city)
    let two = try world.mark("grant.ratify", by: world.district)
    // Each goes on by itself, not knowing of the other.
    let onOne = try Ended.write(
        .accept,
        &world.paper,
        world.subject,
        by: world.city,
        after: [world.note]
    )
    let onTwo = try Ended.write(
        .accept,
        &world.paper,
        world.subject,
        by: world.district,
        after: [world.note]
    )
    for entry in [one, two, onOne, onTwo] { #expect(world.verdict(entry) == .effective) }
    let view = try #require(world.fold().view)
    #expect(view.stage == .accepted && view.conflicts.isEmpty)
    // The category stands once, whoever gave it effect.
    #expect(view.registers.first { $0.id == 49 }?.writes.count == 1)
    // Without one of them the other branch is judged the same.
    for (left, kept) in [([one, onOne], onTwo), ([two, onTwo], onOne)] {
        let some = world.paper.entries.filter { entry in !left.contains(entry) }
        let history = world.fold(some).history
        #expect(history.first { $0.entry == kept }?.verdict == .effective)
    }
    // A third that knew one finds nothing left to do.
    let again = try world.mark("grant.ratify", by: world.city)
    #expect(world.verdict(again) == .noRight(.notPermitted))
}
