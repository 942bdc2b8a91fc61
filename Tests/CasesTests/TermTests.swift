import Cases
import Encoding
import Ledger
import Testing

// Suspensions, extensions, and what policies make of clocks.

private let day = 86_400

private func handled(_ profile: String = "normal") throws -> World {
    var world = World()
    try world.write([.report, .register])
    try world.write(.accept, [.profile: .text(profile)])
    world.syncAll()
    return world
}

private func finish(_ world: World) throws -> Deadline {
    try #require(try world.view().deadlines.first { $0.clock == .finish })
}

private func at(_ days: Int) -> UInt64 { World.start + UInt64(days * day) * 1000 }

@Test func aClockStandsStillOnlyForReasonsThatAllowIt() throws {
    for (reason, isPaused) in [("01", true), ("03", true), ("04", false), ("05", false)] {
        var world = try handled()
        let due = try finish(world).due
        try world.write(.suspend, [.suspension: .text(reason)], seconds: 10 * day)
        var clock = try finish(world)
        #expect(clock.state == (isPaused ? .paused : .open) && clock.due == due)
        #expect(clock.isOverdue(now: at(400)) == !isPaused)
        try world.write(.resume, seconds: 17 * day)
        clock = try finish(world)
        #expect(clock.state == .open && clock.due == due + (isPaused ? 7 * 86_400_000 : 0))
    }
}

@Test func concurrentSuspensionsAreCountedOnce() throws {
    var world = try handled()
    let due = try finish(world).due
    try world.write(.suspend, [.suspension: .text("01")], seconds: 10 * day)
    try world.write(.suspend, [.suspension: .text("03")], in: 1, seconds: 12 * day)
    #expect(try finish(world).pausedAt == at(10))
    world.syncAll()
    try world.write(.resume, seconds: 15 * day)
    #expect(try finish(world).due == due + 5 * 86_400_000)
    #expect(try world.view().stage == .accepted)
}

@Test func aHandOverDoesNotEndASuspension() throws {
    var world = try handled()
    let due = try finish(world).due
    try world.write(.suspend, [.suspension: .text("01")], seconds: 10 * day)
    try world.write(.offer, to: "330113003", seconds: 11 * day)
    world.syncAll()
    try world.write(.take, in: 1, seconds: 12 * day)
    #expect(try finish(world).pausedAt == at(10) && world.view().stage == .suspended)
    try world.write(.resume, in: 1, seconds: 14 * day)
    #expect(try finish(world).due == due + 4 * 86_400_000)
    #expect(try world.view().stage == .accepted)
}

@Test func anotherSuspensionGoesBackToWhereItCameFrom() throws {
    var world = try handled()
    try world.write([.suspend, .resume, .mediate, .suspend])
    #expect(try world.view().stage == .suspended)
    try world.write(.resume)
    #expect(try world.view().stage == .mediating)
}

@Test func anExtensionMovesATermAndNeverShortensIt() throws {
    var world = try handled()
    let due = try finish(world).due
    func extend(_ days: Int) -> [CaseField: CBORValue] {
        [.clock: .text("finish"), .newDue: .unsigned(at(days))]
    }
    try world.write(.extend, extend(20), seconds: day)
    #expect(try finish(world).due == due)
    try world.write(.extend, extend(45), seconds: day)
    #expect(try finish(world).due == at(45))
    // A later one that knew it replaces it; of two that did not know each other the longer holds.
    try world.write(.extend, extend(40), seconds: 2 * day)
    #expect(try finish(world).due == at(40))
    try world.write(.extend, extend(60), in: 1, seconds: 3 * day)
    #expect(try finish(world).due == at(60))
    // What stands still after it comes on top, what stood still before is in it.
    try world.write(.suspend, [.suspension: .text("01")], in: 1, seconds: 4 * day)
    try world.write(.resume, in: 1, seconds: 6 * day)
    #expect(try finish(world).due == at(62))
}

@Test func theTermOfTalksMovesOnlyIfBothPartiesAgree() throws {
    var world = try handled()
    try world.write(.mediate)
    let term: [CaseField: CBORValue] = [
        .clock: .text("mediation"), .newDue: .unsigned(at(50)),
    ]
    let alone = try world.write(.extend, term)
    #expect(world.verdict(alone) == .inadmissible(.noConsent))
    let agreed = try world.write(.extend, term.merging([.partiesAgree: .bool(true)]) { $1 })
    #expect(world.verdict(agreed) == .effective)
    #expect(try world.view().deadlines.first { $0.clock == .mediation }?.due == at(50))
    let fixed = try world.write(.extend, [.clock: .text("judicial"), .newDue: .unsigned(at(90))])
    #expect(world.verdict(fixed) == .inadmissible(.notExtendable))
}

// MARK: Policies

private func policy(_ world: World, _ numbers: [Int]) throws -> Policy {
    Policy(try numbers.map { try #require(world.fold(about: $0).view) })
}

private func clocks(_ rows: [ProfileClock]) -> CBORValue { .array(rows.map(\.value)) }

@Test func aPolicyAppliesByTheStartOfTheClock() throws {
    var world = World(offices: ["330113002", "330113"])
    let hour: [CaseField: CBORValue] = [
        .profileCode: .text("hz-1-3-10"), .validFrom: .unsigned(World.start),
        .clocks: clocks([ProfileClock(.arrive, .milliseconds(3_600_000))]),
    ]
    try world.write(.report)
    let set = try world.open(.setProfile, hour, in: 1)
    let before = try world.open(in: 0, seconds: -1)
    // The area's own version of the usual profile holds for cases that name none.
    let rules = try policy(world, [set])
    let view = try #require(world.fold(policy: rules).view)
    #expect(view.profile == "hz-1-3-10" && view.deadlines.map(\.clock) == [.arrive])
    #expect(world.fold(about: before, policy: rules).view?.deadlines.count == 3)
    // Repealed, it holds for what started before.
    world.syncAll()
    try world.write(.repealPolicy, in: 1, about: [set], seconds: 100)
    let after = try world.open(in: 0, seconds: 101)
    let later = try policy(world, [set])
    #expect(world.fold(policy: later).view?.deadlines.map(\.clock) == [.arrive])
    #expect(world.fold(about: after, policy: later).view?.deadlines.count == 3)
}

@Test func theNarrowestDefaultHolds() throws {
    var world = World(offices: ["330113002", "330113"])
    try world.write(.report)
    func profile(_ code: String, _ clock: Clock) -> [CaseField: CBORValue] {
        [
            .profileCode: .text(code), .validFrom: .unsigned(0), .isDefault: .bool(true),
            .clocks: clocks([ProfileClock(clock, .workingDays(3))]),
        ]
    }
    let wide = try world.open(.setProfile, profile("wide", .notice), in: 1)
    #expect(world.fold(policy: try policy(world, [wide])).view?.profile == "wide")
    let narrow = try world.open(.setProfile, profile("narrow", .register), in: 0)
    let view = try #require(world.fold(policy: try policy(world, [wide, narrow])).view)
    #expect(view.profile == "narrow" && view.deadlines.map(\.clock) == [.register])
    // Three working days from a Monday: Thursday 24:00, if no calendar says otherwise.
    #expect(LedgerTime.text(view.deadlines[0].due) == "2026-11-27T00:00:00")
    #expect(view.deadlines[0].isEstimated)
    let days: [CaseField: CBORValue] = [
        .year: .unsigned(2026), .holidays: .array([.unsigned(20_261_124)]),
        .workdays: .array([.unsigned(20_261_128)]),
    ]
    let calendar = try world.open(.setCalendar, days, in: 1)
    let rules = try policy(world, [wide, narrow, calendar])
    let moved = try #require(world.fold(policy: rules).view?.deadlines.first)
    #expect(LedgerTime.text(moved.due) == "2026-11-28T00:00:00" && !moved.isEstimated)
}
