import Cases
import Encoding
import Ledger
import Testing

// Rows of the table of real conflicts that are about talks, fields, clocks and what was sent twice.

private func mediating() throws -> World {
    var world = World()
    try world.write([.report, .register, .accept, .mediate])
    world.syncAll()
    return world
}

@Test func anAgreementMadeWhileAnotherNodeRecordsARefusal() throws {
    for isSigned in [true, false] {
        var world = try mediating()
        try world.write(.agree, [.allSigned: .bool(isSigned)], seconds: 50)
        try world.write(.end, [.endReason: .text("refused")], in: 1, seconds: 90)
        var view = try world.view()
        #expect(view.stage == .agreed)
        #expect(view.conflicts.map(\.reason) == (isSigned ? [] : [.refusedAgreement]))
        // It stays a conflict while the agreement is carried out by who does not know of it.
        try world.write(.perform, seconds: 100)
        view = try world.view()
        #expect(view.stage == .performing)
        #expect(view.conflicts.map(\.reason) == (isSigned ? [] : [.refusedAgreement]))
        // Who knows both settles it: a refusal after it is a breach, or new talks are opened.
        world.syncAll()
        try world.write(.breach, seconds: 110)
        #expect(try world.view().conflicts.isEmpty)
        try world.write(.mediate, seconds: 120)
        #expect(try world.view().stage == .mediating)
    }
}

@Test func aRefusalThatKnewTheAgreementIsNotOne() throws {
    var world = try mediating()
    try world.write(.agree)
    world.syncAll()
    let end = try world.write(.end, in: 1)
    #expect(world.verdict(end) == .inadmissible(.stage(.agreed)))
    #expect(try world.view().conflicts.isEmpty)
}

@Test func newTalksHaveTheirOwnTerm() throws {
    let day = 86_400
    var world = try mediating()
    try world.write(.agree, seconds: 10 * day)
    try world.write(.perform, seconds: 11 * day)
    try world.write(.mediate, seconds: 40 * day)
    let view = try world.view()
    let talks = try #require(view.deadlines.first { $0.clock == .mediation })
    #expect(talks.start == World.start + UInt64(40 * day) * 1000 && talks.state == .open)
}

@Test func whoHasAnInterestDoesNotRecordTheAgreement() throws {
    var world = World()
    try world.write([.report, .register, .accept])
    try world.write(.mediate, [.interest: .text("declared")]) { $0.actor = "M-1" }
    let own = try world.write(.agree) { $0.actor = "M-1" }
    let other = try world.write(.agree) { $0.actor = "M-2" }
    #expect(world.verdict(own) == .inadmissible(.interest))
    #expect(world.verdict(other) == .effective)
    // Nor does who dispatched a case appraise it.
    world = World()
    try world.write([.report, .register, .accept])
    try world.write(.dispatch) { $0.actor = "D-1" }
    try world.write([.arrive, .close])
    let same = try world.write(.appraise) { $0.actor = "D-1" }
    #expect(world.verdict(same) == .inadmissible(.sameHand))
}

@Test func aCourtIsAskedWithinThirtyDays() throws {
    for (days, verdict) in [(30, EntryVerdict.effective), (41, .inadmissible(.tooLate))] {
        var world = try mediating()
        try world.write(.agree)
        let apply = try world.write(.apply, seconds: days * 86_400)
        #expect(world.verdict(apply) == verdict)
    }
}

@Test func concurrentEditsOfTheCategory() throws {
    for (second, counted) in [("0202", "02"), ("0402", "99")] {
        var world = try mediating()
        try world.write(.amend, [.category: .text("0201")], seconds: 200)
        try world.write(.amend, [.category: .text(second)], in: 1, seconds: 100)
        var view = try world.view()
        #expect(view.conflicts.map(\.register) == [CaseField.category.rawValue])
        #expect(view.registers.first { $0.id == 49 }?.writes.count == 2)
        #expect(view.text(.category) == "0201" && view.countedCategory == counted)
        world.syncAll()
        // Settled by who amends, or chooses, knowing both.
        var chosen = world
        try world.write(.amend, [.category: .text("0501")])
        view = try world.view()
        #expect(view.conflicts.isEmpty && view.countedCategory == "0501")
        let settle = try chosen.write(.settle, [.category: .text(second)])
        #expect(chosen.verdict(settle) == .effective)
        #expect(try chosen.view().countedCategory == second)
        let again = try chosen.write(.settle, [.category: .text(second)])
        #expect(chosen.verdict(again) == .inadmissible(.nothingToSettle))
    }
}

@Test func theSameOperationIsSentTwice() throws {
    let world = try mediating()
    #expect(world.fold(world.entries + world.entries) == world.fold())
}

@Test func oneAuthorForksItsOwnChain() throws {
    var world = try mediating()
    var restored = world
    try world.write(.agree)
    let lost = try restored.write(.end, seconds: 1)
    let folded = world.fold(world.entries + [lost])
    // Both are kept, neither has effect.
    #expect(folded.history.count == 6 && folded.view?.stage == .mediating)
    #expect(folded.history.filter { $0.verdict == .noRight(.contested) }.count == 2)
    #expect(folded.view?.counts.withoutRight == 2)
}

@Test func anAddressIsRecodedLater() throws {
    // The code stands as it was given, with the version of its table; history is not rewritten.
    var world = World(offices: ["330103002"])
    let given: [CaseField: CBORValue] = [
        .address: .text("330103002001"), .codeTable: .text("nbs-2020"),
    ]
    try world.write(.report, given)
    let before = try world.view()
    _ = try world.open(.succeedCode, [.oldCode: .text("330103002")])
    world.syncAll()
    #expect(try world.view() == before)
    #expect(before.text(.address) == "330103002001" && before.text(.codeTable) == "nbs-2020")
    #expect(before.scope == Scope("330103002"))
}

@Test func differentMappingsOfOneAliasStandBesideEachOther() throws {
    // An alias is a subject of its own; two that did not know of each other are both in force.
    var world = World()
    try world.write(.aliasPlace, [.alias: .text("丽发新城A2区"), .placeCode: .text("330113002001")])
    let other = try world.open(.aliasPlace, [.alias: .text("丽发新城A2区")], in: 1)
    #expect(try world.view().stage == .inForce && world.view(about: other).stage == .inForce)
    // Corrected or retired by who knows better.
    world.syncAll()
    try world.write(.retirePlace, in: 1, about: [other])
    #expect(try world.view(about: other).stage == .repealed)
}

@Test func statisticsThatDifferAreExplainedByWhatTheyRestOn() throws {
    // An analysis names the frontier of the logs that it saw; so does every report.
    var world = World()
    let frontier = CBORValue.bytes([UInt8](repeating: 7, count: 32))
    try world.write(.analyse, [.frontier: frontier])
    #expect(try world.view()[.frontier] == frontier)
}
