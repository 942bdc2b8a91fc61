import Crypto
import Encoding
import LedgerFixtures
import TestSupport
import Testing

@testable import Ledger

// MARK: Policy

@Test func aPolicyWantsAPersonFromTheSizesThatItNames() throws {
    var world = try StaffedCity()
    let other = try Office(8, .street, "330105014")
    try world.paper.enrol(other, by: world.district)
    func write(_ cuts: [(Office, UInt64)], by office: Office, _ code: String) throws {
        let area = try #require(Scope(code))
        let rows = cuts.map { LogPosition(log: $0.0.id, size: $0.1, root: .zero) }
        try world.paper.write(
            .policy(roster: world.paper.subject, area: area, cuts: rows),
            by: office
        )
    }
    func verdict(_ office: Office, at sequence: UInt64, _ isPersonal: Bool) throws -> RightVerdict {
        try world.verdict(
            office.service,
            in: office,
            at: sequence,
            isPersonal: isPersonal,
            of: office.scope.code
        )
    }
    #expect(try verdict(world.street, at: 0, true) == .allowed)
    try write([(world.street, 5)], by: world.district, "330105")
    #expect(try verdict(world.street, at: 4, true) == .allowed)
    #expect(try verdict(world.street, at: 5, true) == .notPersonal)
    #expect(try verdict(world.street, at: 5, false) == .allowed)
    #expect(try verdict(other, at: 0, true) == .notPersonal)
    #expect(try world.verdict(world.mediator.key, at: 7, isPersonal: true) == .allowed)
    // The founder is not bound by what an office below it wrote, nor a street by another's.
    #expect(try verdict(world.city, at: 9, true) == .allowed)
    // Several combine by the smallest; a street may write none.
    try write([(world.street, 3)], by: world.city, "330105013")
    #expect(try verdict(world.street, at: 3, true) == .notPersonal)
    #expect(try verdict(world.street, at: 2, true) == .allowed)
    try write([], by: world.street, "330105013")
    #expect(try verdict(world.street, at: 2, true) == .allowed)
    try write([], by: world.district, "330106")
    #expect(world.paper.roster.policies.count == 2)
}

@Test func underAPolicyAnOfficeGrantsAndEndsByAPersonAndKeepsItsOwnStaff() throws {
    var world = try StaffedCity()
    let admin = try Person("9")
    try world.paper.enrol(admin, [.districtAdmin], "330105", at: world.district)
    let area = try #require(Scope("330105"))
    let now = LogPosition(
        log: world.district.id,
        size: world.paper.size(world.district) + 1,
        root: .zero
    )
    #expect(world.paper.roster.staff.count == 3)
    let before = try world.paper.enrol(Office(10, .street, "330105014"), by: world.district)
    // The policy stands at the size that it names: what comes from there on is bound.
    try world.paper.write(
        .policy(roster: world.paper.subject, area: area, cuts: [now]),
        by: world.district
    )
    let after = try world.paper.enrol(Office(11, .street, "330105015"), by: world.district)
    let office = try Office(12, .street, "330105016")
    let draft = EntryDraft.grant(
        roster: world.paper.subject,
        request: office.request,
        isConfirmed: true
    )
    let personal = try world.paper.write(draft, by: admin, at: world.district).hash
    let colleague = try world.paper.enrol(
        Person("10"),
        [.windowClerk],
        "330105",
        at: world.district
    )
    try world.paper.end([world.streetGrant], by: world.district, cuts: [])
    var roster = world.paper.roster
    #expect(roster.grant(before) != nil && roster.grant(after) == nil)
    #expect(roster.grant(personal)?.parent != nil && roster.staffGrant(colleague) != nil)
    #expect(roster.grant(world.streetGrant)?.hasEnded == false)
    try world.paper.write(
        world.paper.ending([world.streetGrant], []),
        by: admin,
        at: world.district
    )
    roster = world.paper.roster
    #expect(roster.grant(world.streetGrant)?.hasEnded == true)
}

// MARK: Ratification

@Test func anOfficeAboveRatifiesOrRefusesByRange() throws {
    var world = try StaffedCity()
    try world.paper.end([world.streetGrant], by: world.district, cuts: [(world.street, 2)])
    #expect(try world.verdict(world.mediator.key, at: 4) == .contested)
    let first = try world.mark(true, 3..<6, by: world.district)
    let second = try world.mark(true, 4..<5, by: world.district)
    #expect(try world.verdict(world.mediator.key, at: 2) == .contested)
    #expect(try world.verdict(world.mediator.key, at: 3) == .ratified(by: [first]))
    #expect(try world.verdict(world.street.service, at: 3) == .ratified(by: [first]))
    #expect(
        try world.verdict(world.mediator.key, at: 4) == .ratified(by: [first, second].sorted())
    )
    #expect(try world.verdict(world.mediator.key, at: 6) == .contested)
    // Final against the same office, whichever came first; a strictly higher one can lift it.
    try world.mark(false, 3..<5, by: world.district)
    #expect(try world.verdict(world.mediator.key, at: 3) == .refused)
    #expect(try world.verdict(world.mediator.key, at: 5) == .ratified(by: [first]))
    let lifted = try world.mark(true, 4..<5, by: world.city)
    #expect(try world.verdict(world.mediator.key, at: 3) == .refused)
    #expect(try world.verdict(world.mediator.key, at: 4) == .ratified(by: [lifted]))
    try world.mark(false, 4..<5, by: world.city)
    #expect(try world.verdict(world.mediator.key, at: 4) == .refused)
}

@Test func nobodyElseRatifies() throws {
    var world = try StaffedCity()
    let rival = try Office(7, .district, "330106")
    try world.paper.enrol(rival, by: world.city)
    try world.paper.end([world.streetGrant], by: world.district, cuts: [(world.street, 2)])
    try world.mark(true, 2..<9, by: rival)
    try world.mark(true, 2..<9, by: world.street)
    #expect(try world.verdict(world.mediator.key, at: 4) == .contested)
    // A mark of what has not ended says nothing, and is told to be without effect.
    let vain = try world.mark(true, 0..<9, of: world.district, by: world.city)
    let operation = try #require(
        world.paper.entries.first { $0.hash == vain }
            .flatMap { RosterOperation($0, ledger: world.paper.ledger) }
    )
    #expect(!world.paper.roster.isInEffect(operation, at: vain))
}

@Test func aNodeRatifiesWhatItsPeopleWroteButNothingAheadOfItself() throws {
    var world = try StaffedCity()
    try world.paper.end([world.mediatorGrant], by: world.street, cuts: [(world.street, 2)])
    try world.paper.fill(world.street, to: 5)
    let good = try world.mark(true, 2..<4, by: world.street)
    try world.mark(true, 4..<90, by: world.street)
    #expect(try world.verdict(world.mediator.key, at: 3) == .ratified(by: [good]))
    #expect(try world.verdict(world.mediator.key, at: 4) == .contested)
}

// MARK: Succession

private func signed(
    _ succession: Succession,
    _ paper: PaperLedger,
    by seed: String = "recovery",
    index: UInt64 = 0
) throws -> EntryDraft {
    let key = try SigningKey(seed: sha256(Array(seed.utf8)))
    let signature = RecoverySignature(index: index, signature: try key.sign(succession.message))
    return .succeed(
        roster: paper.subject,
        succession,
        signatures: [signature],
        name: "new",
        endpoint: nil
    )
}

@Test func recoveryKeysPutANodeInTheFoundersPlace() throws {
    var world = try StaffedCity()
    let heir = try Office(40, .city, "3301")
    let size = world.paper.size(world.city)
    let succession = Succession(
        ledger: world.paper.ledger,
        scope: heir.scope,
        keys: heir.keys,
        ended: [world.paper.ledger],
        cuts: [LogPosition(log: world.city.id, size: size, root: .zero)]
    )
    #expect(Succession(body: succession.body) == succession)
    for (seed, index) in [("thief", UInt64(0)), ("recovery", 1)] {
        try world.paper.write(
            signed(succession, world.paper, by: seed, index: index),
            by: world.street
        )
    }
    #expect(world.paper.roster.grant(succession.hash) == nil)
    let carrier = try world.paper.write(signed(succession, world.paper), by: world.street)
    try world.paper.write(
        .open(roster: world.paper.subject, enrolment: succession.hash, keys: heir.keys),
        by: heir
    )
    var roster = world.paper.roster
    #expect(roster.grant(succession.hash)?.level == .city)
    #expect(roster.member(log: heir.id)?.hash == succession.hash)
    #expect(roster.grant(world.paper.ledger)?.cuts == [world.city.id: size])
    #expect(roster.grant(world.districtGrant)?.hasEnded == false)
    #expect(
        roster.isInEffect(
            try #require(
                RosterOperation(carrier, ledger: world.paper.ledger)
            ),
            at: carrier.hash
        )
    )
    // The heir enrols, ends what the founder enrolled, and ratifies what the founder wrote beyond.
    let late = try world.paper.enrol(Office(41, .district, "330107"), by: world.city)
    #expect(world.paper.roster.grant(late) == nil)
    let new = try world.paper.enrol(Office(42, .district, "330108"), by: heir)
    try world.paper.end([world.districtGrant], by: heir, cuts: [(world.district, 1)])
    let mark = try world.mark(true, size..<size + 1, of: world.city, by: heir)
    roster = world.paper.roster
    #expect(roster.grant(new) != nil && roster.grant(world.districtGrant)?.hasEnded == true)
    #expect(
        try world.verdict(world.city.service, in: world.city, at: size) == .ratified(by: [mark])
    )
}

@Test func aSuccessionThatEndedDoesNotComeBackInAnotherLog() throws {
    var world = try StaffedCity()
    let first = try Office(40, .city, "3301")
    let second = try Office(41, .city, "3301")
    let one = Succession(ledger: world.paper.ledger, scope: first.scope, keys: first.keys)
    let two = Succession(
        ledger: world.paper.ledger,
        scope: second.scope,
        keys: second.keys,
        ended: [one.hash]
    )
    try world.paper.write(signed(one, world.paper), by: world.street)
    try world.paper.write(signed(two, world.paper), by: world.district)
    try world.paper.write(signed(one, world.paper), by: world.district)
    let roster = world.paper.roster
    #expect(roster.grants.count { $0.level == .city } == 3)
    #expect(roster.grant(one.hash)?.cuts == [:])
    #expect(roster.grant(two.hash)?.hasEnded == false)
    #expect(roster.grant(world.paper.ledger)?.hasEnded == false)
    // Signed for another ledger, it says nothing here.
    let foreign = Succession(ledger: .zero, scope: first.scope, keys: first.keys)
    let entry = try world.paper.write(signed(foreign, world.paper), by: world.street)
    #expect(RosterOperation(entry, ledger: world.paper.ledger) == nil)
}

@Test func theFoundersOwnKeysAreChangedByRecovery() throws {
    var world = try StaffedCity()
    let fresh = try Office(40, .city, "3301", log: world.city)
    let size = world.paper.size(world.city)
    let succession = Succession(
        ledger: world.paper.ledger,
        scope: fresh.scope,
        keys: fresh.keys,
        ended: [world.paper.ledger],
        cuts: [LogPosition(log: world.city.id, size: size, root: .zero)]
    )
    try world.paper.write(signed(succession, world.paper), by: world.district)
    #expect(world.paper.roster.member(log: world.city.id)?.hash == succession.hash)
    let grant = try world.paper.enrol(Office(42, .district, "330108"), by: fresh)
    let old = try world.paper.enrol(Office(43, .district, "330109"), by: world.city)
    #expect(world.paper.roster.grant(grant) != nil && world.paper.roster.grant(old) == nil)
}

// MARK: Sets

/// Random sets of every operation by every kind of author: whatever the order, one roster.
@Test(arguments: 0..<60 as Range<UInt64>)
func everyRosterOperationIsAFunctionOfTheSet(seed: UInt64) throws {
    let world = try RandomAuthority(seed: seed)
    var generator = SeededGenerator(seed: seed + 1_000)
    let expected = world.paper.roster
    #expect(expected.holdings.count > 1)
    for _ in 0..<6 {
        let shuffled = Roster(
            ledger: world.paper.ledger,
            entries: world.paper.entries.shuffled(using: &generator)
        )
        #expect(shuffled.grants == expected.grants)
        #expect(shuffled.staff == expected.staff)
        #expect(shuffled.policies == expected.policies)
        #expect(shuffled.holdings == expected.holdings)
    }
    for person in expected.staff {
        let parent = try #require(
            expected.holdings.first { $0.grant == person.parent && $0.log == person.log }
        )
        #expect(parent.rank < person.rank && person.place.sequence < parent.limit)
        #expect(parent.scope.covers(person.scope))
        #expect(Set(person.roles).isSubset(of: person.level.roles))
    }
}

/// The sets of the test above are no idle ones: every kind of right and of verdict occurs.
@Test func theRandomSetsReachEveryVerdict() throws {
    var seen: Set<String> = []
    for seed in 0..<60 as Range<UInt64> {
        let world = try RandomAuthority(seed: seed)
        let roster = world.paper.roster
        for holding in roster.holdings {
            seen.insert("level \(holding.level) rank \(min(holding.rank, 3))")
            for sequence in 0..<20 as Range<UInt64> {
                let verdict = roster.verdict(
                    author: holding.author,
                    log: holding.log,
                    sequence: sequence,
                    right: Right(roles: [.mediator], isPersonal: true),
                    scopes: [world.offices[2].scope]
                )
                if case .ratified = verdict {
                    seen.insert("ratified")
                } else {
                    seen.insert("\(verdict)")
                }
            }
        }
    }
    let wanted = [
        "allowed", "contested", "ratified", "refused", "notPersonal", "notPermitted",
        "outsideScope", "level city rank 0", "level city rank 1", "level city rank 2",
        "level district rank 1", "level street rank 2", "level street rank 1",
    ]
    #expect(Set(wanted).subtracting(seen) == [])
}
