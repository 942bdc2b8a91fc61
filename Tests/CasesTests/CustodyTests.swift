import Cases
import Encoding
import Ledger
import Testing

// Rows of the table of real conflicts that are about who has to act. Offices: street A, street B,
// their district, another district's street C, the city.

private let (streetA, streetB, district, streetC, city) = (0, 1, 2, 3, 4)
private let codes = ["330113002", "330113003", "330113", "330105013", "3301"]

/// A case that street A has accepted and everybody knows.
private func accepted() throws -> World {
    var world = World(offices: codes)
    try world.write([.report, .register, .accept])
    world.syncAll()
    return world
}

@Test func theHolderStaysUntilAnOfferIsTaken() throws {
    var world = try accepted()
    let offer = try world.write(.offer, to: codes[streetB], seconds: 100)
    world.syncAll()
    var view = try world.view()
    #expect(view.holder.code == codes[streetA] && view.custody.offers.map(\.entry) == [offer.hash])
    #expect(view.custody.offers[0].to.code == codes[streetB] && !view.custody.offers[0].isReturn)
    // Nobody else takes it, and it can not be offered twice.
    let foreign = try world.write(.take, in: streetC)
    #expect(world.verdict(foreign) == .noRight(.outsideScope))
    let second = try world.write(.offer, to: codes[streetC])
    #expect(world.verdict(second) == .inadmissible(.offerPending))
    try world.write(.take, in: streetB, seconds: 200)
    view = try world.view()
    #expect(view.holder.code == codes[streetB] && view.custody.cameFrom?.code == codes[streetA])
    #expect(view.custody.hops == 1 && view.custody.offers.isEmpty && view.conflicts.isEmpty)
    #expect(view.stage == .accepted && view.custody.waited == 100_000)
    // The clocks go on as they started.
    #expect(view.deadlines.first?.start == World.start)
    // Who had it acts no more; who has it does.
    world.syncAll()
    let late = try world.write(.dispatch)
    #expect(world.verdict(late) == .inadmissible(.notHolder))
    let now = try world.write(.dispatch, in: streetB)
    #expect(world.verdict(now) == .effective)
}

@Test func aCaseGoesBackOnlyToWhomItCameFromAndOnlyIfTheyTakeIt() throws {
    var world = try accepted()
    try world.write(.offer, to: codes[streetB])
    world.syncAll()
    try world.write(.take, in: streetB)
    let elsewhere = try world.write(.giveBack, in: streetB, to: codes[streetC])
    #expect(world.verdict(elsewhere) == .inadmissible(.notFromThere))
    try world.write(.giveBack, in: streetB, to: codes[streetA])
    world.syncAll()
    var view = try world.view()
    #expect(view.holder.code == codes[streetB] && view.custody.offers[0].isReturn)
    try world.write(.take)
    view = try world.view()
    #expect(view.holder.code == codes[streetA])
    #expect(view.custody.hops == 2 && view.custody.returns == 1)
}

@Test func anExpiredOfferMayStillBeTaken() throws {
    var world = try accepted()
    try world.write(.offer, [.answerBy: .unsigned(World.start)], to: codes[streetB])
    world.syncAll()
    let take = try world.write(.take, in: streetB, seconds: 90 * 86_400)
    #expect(world.verdict(take) == .effective)
}

@Test func concurrentCloseAndHandOver() throws {
    var world = try accepted()
    try world.write(.offer, to: codes[streetB])
    world.syncAll()
    try world.write(.close, seconds: 50)
    // The taking office's clock is a day behind, which must not matter.
    try world.write(.take, in: streetB, seconds: -86_400)
    var view = try world.view()
    #expect(view.holder.code == codes[streetB] && view.stage == .accepted)
    #expect(view.conflicts.map(\.register) == [CaseField.stage.rawValue])
    #expect(view.conflicts[0].writes.map(\.value) == [.text("closed"), .text("accepted")])
    #expect(view.conflicts[0].owner.code == codes[streetB])
    #expect(view.deadlines.allSatisfy { !$0.hasEnded })
    world.syncAll()

    var confirmed = world
    try confirmed.write(.close, in: streetB, seconds: 60)
    view = try confirmed.view()
    #expect(view.stage == .closed && view.conflicts.isEmpty)
    // Who has it may also say that the other's closing stands; who had it may not.
    var settled = world
    let former = try settled.write(.settle, [.stage: .text("closed")])
    #expect(settled.verdict(former) == .inadmissible(.notHolder))
    try settled.write(.settle, [.stage: .text("closed")], in: streetB)
    view = try settled.view()
    #expect(view.stage == .closed && view.conflicts.isEmpty)

    try world.write(.dispatch, in: streetB, seconds: 70)
    view = try world.view()
    #expect(view.stage == .dispatched && view.conflicts.isEmpty)
}

@Test func aHandOverLeavesAStageThatMovedOnMeanwhileAlone() throws {
    var world = World(offices: codes)
    try world.write([.report, .register, .accept, .suspend])
    try world.write(.offer, to: codes[streetB])
    world.syncAll()
    try world.write(.resume, seconds: 10)
    try world.write(.take, in: streetB, seconds: 20)
    let view = try world.view()
    #expect(view.stage == .accepted && view.conflicts.isEmpty)
    #expect(view.holder.code == codes[streetB])
    // Refused by the unit here, taken there: it is not with the unit any more.
    world = try accepted()
    try world.write([.dispatch])
    try world.write(.offer, to: codes[streetB])
    world.syncAll()
    try world.write(.refuse)
    try world.write(.take, in: streetB)
    #expect(try world.view().stage == .accepted)
    // Suspended here, taken there, and resumed by whoever has it now.
    world = try accepted()
    try world.write(.offer, to: codes[streetB])
    world.syncAll()
    try world.write(.suspend)
    try world.write(.take, in: streetB)
    #expect(try world.view().stage == .suspended)
    world.syncAll()
    try world.write(.resume, in: streetB)
    #expect(try world.view().stage == .accepted)
}

@Test func twoStreetsAcceptTheSameOfferedCase() throws {
    // Two desks of one street offer it at once, to two others that both take it.
    var world = World(offices: [codes[streetA], codes[streetA], codes[streetB], codes[streetC]])
    try world.write([.report, .register, .accept])
    world.syncAll()
    let second = try world.write(.offer, in: 0, to: codes[streetC], seconds: 20)
    let first = try world.write(.offer, in: 1, to: codes[streetB], seconds: 10)
    var view = try world.view()
    #expect(view.custody.offers.map(\.entry) == [first.hash, second.hash])
    #expect(view.custody.offers.map(\.isSuperseded) == [false, true])

    // Who knows both can not take the later one.
    var known = world
    known.syncAll()
    let superseded = try known.write(.take, [.offer: .bytes(second.hash.bytes)], in: 3)
    #expect(known.verdict(superseded) == .inadmissible(.offerSuperseded))
    try known.write(.take, [.offer: .bytes(first.hash.bytes)], in: 2)
    #expect(try known.view().holder.code == codes[streetB])

    // Who does not, does: two take it, the first offer counts, and the office above both settles.
    world.sync(from: 0, to: 3)
    world.sync(from: 1, to: 2)
    try world.write(.take, in: 3, seconds: 30)
    try world.write(.take, in: 2, seconds: 40)
    view = try world.view()
    #expect(view.holder.code == codes[streetB])
    let conflict = try #require(view.conflicts.first { $0.register == CaseField.holder.rawValue })
    #expect(conflict.owner.code == codes[city] && conflict.reason == .values)
    #expect(Set(conflict.writes.compactMap(\.value)) == [.text(codes[1]), .text(codes[3])])

    world.syncAll()
    let own = try world.write(.settle, in: 3, to: codes[streetC])
    #expect(world.verdict(own) == .inadmissible(.notAbove))
    world.offices[0] = Scope(codes[city])
    try world.write(.settle, in: 0, to: codes[streetC])
    view = try world.view()
    #expect(view.holder.code == codes[streetC] && view.conflicts.isEmpty)
}

@Test func anOfferThatDidNotKnowOfAHandOverCanNotBeTakenAfterIt() throws {
    var world = World(offices: [codes[streetA], codes[streetA], codes[streetB], codes[streetC]])
    try world.write([.report, .register, .accept])
    world.syncAll()
    try world.write(.offer, in: 0, to: codes[streetB], seconds: 20)
    let other = try world.write(.offer, in: 1, to: codes[streetC], seconds: 10)
    world.sync(from: 0, to: 2)
    try world.write(.take, in: 2)
    world.syncAll()
    let late = try world.write(.take, [.offer: .bytes(other.hash.bytes)], in: 3)
    #expect(world.verdict(late) == .inadmissible(.offerSuperseded))
    #expect(try world.view().custody.offers.map(\.isSuperseded) == [true])
    // It does not stand in the way of who has it now.
    let onward = try world.write(.offer, in: 2, to: codes[streetC])
    #expect(world.verdict(onward) == .effective)
    #expect(try world.view().custody.offers.map(\.entry) == [onward.hash])
}

@Test func twoDepartmentsEachSayNotOurs() throws {
    var world = try accepted()
    for office in [streetB, streetC] {
        try world.write(.offer, to: codes[office])
        world.syncAll()
        try world.write(.reject, [.rejection: .text("01")], in: office, seconds: office)
        world.syncAll()
    }
    var view = try world.view()
    let conflict = try #require(view.conflicts.first)
    #expect(conflict.reason == .disputedCustody && conflict.owner.code == codes[city])
    #expect(conflict.writes.count == 2 && view.holder.code == codes[streetA])
    #expect(view.custody.rejections == 2)

    // The office above assigns it, over all that are concerned, and that beats rejections which
    // it did not know.
    let narrow = try world.write(.assign, in: district, to: codes[streetC])
    #expect(world.verdict(narrow) == .inadmissible(.notAbove))
    try world.write(.assign, in: city, to: codes[streetC])
    view = try world.view()
    #expect(view.holder.code == codes[streetC] && view.conflicts.isEmpty)
}

@Test func anAssignmentBeatsRejectionsThatItDidNotKnow() throws {
    var world = try accepted()
    try world.write(.assign, in: city, to: codes[streetC])
    for office in [streetB, district] {
        try world.write(.offer, to: codes[office])
        world.sync(from: streetA, to: office)
        try world.write(.reject, in: office)
        world.sync(from: office, to: streetA)
    }
    let view = try world.view()
    #expect(view.holder.code == codes[streetC] && view.conflicts.isEmpty)
    #expect(view.custody.rejections == 2)
}

@Test func anOfferWithoutAnAnswerIsDisputedAfterFiveWorkingDays() throws {
    var world = try accepted()
    try world.write(.offer, to: codes[streetB], seconds: 1)
    let offer = try #require(try world.view().custody.offers.first)
    #expect(LedgerTime.text(offer.answerBy) == "2026-11-25T00:00:00")
    #expect(LedgerTime.text(offer.disputedFrom) == "2026-12-01T00:00:00")
}

@Test func disputedBetweenPoliceAndStreet() throws {
    // It stays with the first receiver until both have signed: the offer and its taking.
    var world = World(offices: [codes[streetA], codes[streetA]])
    world.roles[1] = [.departmentOfficer]
    try world.write(.report, [.channel: .text("01")])
    try world.write([.register, .accept])
    let offer = try world.write(.offer, [.receipt: .text("110-7")], to: codes[streetA])
    #expect(try world.view().holder.code == codes[streetA])
    #expect(try world.view().custody.hops == 0)
    world.syncAll()
    try world.write(.take, [.offer: .bytes(offer.hash.bytes)], in: 1)
    #expect(try world.view().custody.hops == 1)
    world.syncAll()
    // A referral leaves the ledger: the case ends here, and the answer is recorded.
    try world.write(.refer, [.referredTo: .text("police")])
    try world.write(.answer)
    #expect(try world.view().stage == .referred)
    try world.write(.takeBack)
    #expect(try world.view().stage == .accepted)
}

@Test func anOfficeHelpsUntilEitherSideEndsIt() throws {
    var world = World(offices: [codes[streetA], codes[streetB], codes[streetC]])
    try world.write([.report, .register, .accept])
    world.syncAll()
    // Nobody but the holder asks for help, and nobody else may work on the case.
    let early = try world.write(.feedback, in: 1)
    #expect(world.verdict(early) == .noRight(.outsideScope))
    let asked = try world.write(.assist, in: 1, to: codes[streetC])
    #expect(world.verdict(asked) == .noRight(.outsideScope))
    let help = try world.write(.assist, to: codes[streetB])
    world.syncAll()
    let view = try world.view()
    #expect(view.holder.code == codes[streetA] && view.custody.hops == 0)
    #expect(view.custody.assistances.map(\.to.code) == [codes[streetB]])
    #expect(view.conflicts.isEmpty && view.custody.offers.isEmpty)
    // Who helps works on it, and does not hold it.
    let work = try world.write(.feedback, in: 1)
    #expect(world.verdict(work) == .effective)
    let close = try world.write(.close, in: 1)
    #expect(world.verdict(close) == .inadmissible(.notHolder))
    world.syncAll()
    // Help that was asked for twice stands until both are ended; each side ends its own or all.
    var apart = world
    let second = try apart.write(.assist, to: codes[streetC])
    let ended = try apart.write(.release, [.assistance: .bytes(help.hash.bytes)], in: 1)
    apart.syncAll()
    #expect(apart.verdict(second) == .effective && apart.verdict(ended) == .effective)
    #expect(try apart.view().custody.assistances.map(\.to.code) == [codes[streetC]])
    let foreign = try apart.write(.release, [.assistance: .bytes(second.hash.bytes)], in: 1)
    #expect(apart.verdict(foreign) == .inadmissible(.notHolder))
    let twice = try apart.write(.release, [.assistance: .bytes(help.hash.bytes)])
    #expect(apart.verdict(twice) == .inadmissible(.noAssistance))
    try apart.write(.release, [.assistance: .bytes(second.hash.bytes)])
    #expect(try apart.view().custody.assistances.isEmpty)
    // It outlives a change of hands, which the help is for.
    try world.write(.offer, to: codes[streetC])
    world.syncAll()
    try world.write(.take, in: 2)
    #expect(try world.view().custody.assistances.count == 1)
}
