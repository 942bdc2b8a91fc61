import Cases
import Crypto
import Encoding
import Ledger
import Testing

/// A registered case that both logs know.
private func registered() throws -> World {
    var world = World()
    try world.write(.report)
    try world.write(.register)
    world.syncAll()
    return world
}

@Test func concurrentCategoriesStandBesideEachOtherUntilAnAmendmentThatKnewBoth() throws {
    var world = try registered()
    let here = try world.write(.amend, [.category: .text("0402")], seconds: 100)
    let there = try world.write(.amend, [.category: .text("0503")], in: 1, seconds: 90)
    var view = try #require(world.fold().view)
    let conflict = try #require(view.conflicts.first)
    #expect(view.conflicts.count == 1 && conflict.register == CaseField.category.rawValue)
    #expect(conflict.writes.map(\.value) == [.text("0402"), .text("0503")])
    #expect(conflict.writes.map(\.entry) == [here.hash, there.hash])
    #expect(conflict.owner == view.holder)
    // Five working days: written on a Monday at 18:01, it ends on the next Monday at 24:00.
    #expect(LedgerTime.text(conflict.answerBy) == "2026-12-01T00:00:00")
    #expect(view.text(.category) == "0402")

    world.syncAll()
    // The settling node's clock is a day behind, which must not matter.
    try world.write(.amend, [.category: .text("0503")], in: 1, seconds: -86_400)
    view = try #require(world.fold().view)
    #expect(view.conflicts.isEmpty && view.text(.category) == "0503")
}

@Test func equalConcurrentValuesAreNoConflict() throws {
    var world = try registered()
    try world.write(.amend, [.category: .text("0402")], seconds: 5)
    try world.write(.amend, [.category: .text("0402")], in: 1, seconds: 6)
    let view = try #require(world.fold().view)
    #expect(view.conflicts.isEmpty)
    #expect(view.registers.first { $0.id == 49 }?.writes.count == 2)
}

@Test func aConcurrentClosingIsContestedAndTheCaseCountsAsOpen() throws {
    var world = try registered()
    try world.write(.accept)
    world.syncAll()
    try world.write(.close, seconds: 10)
    try world.write(.mediate, in: 1, seconds: 5)
    var view = try #require(world.fold().view)
    #expect(view.stage == .mediating)
    #expect(view.conflicts.map(\.register) == [CaseField.stage.rawValue])
    #expect(view.conflicts.first?.writes.map(\.value) == [.text("closed"), .text("mediating")])
    #expect(view.deadlines.allSatisfy { !$0.hasEnded })

    var confirmed = world
    confirmed.syncAll()
    try confirmed.write(.close, in: 1, seconds: 20)
    view = try #require(confirmed.fold().view)
    #expect(view.stage == .closed && view.conflicts.isEmpty)
    #expect(view.number(.closedAt) == World.start + 20_000)

    world.syncAll()
    try world.write(.agree, seconds: 30)
    view = try #require(world.fold().view)
    #expect(view.stage == .agreed && view.conflicts.isEmpty)
}

@Test func twoConcurrentClosingsWithDifferentOutcomesConflictInTheOutcomeOnly() throws {
    var world = try registered()
    try world.write(.accept)
    world.syncAll()
    try world.write(.close, [.outcome: .text("11")], seconds: 10)
    try world.write(.close, [.outcome: .text("52")], in: 1, seconds: 8)
    let view = try #require(world.fold().view)
    #expect(view.stage == .closed)
    #expect(view.conflicts.map(\.register) == [CaseField.outcome.rawValue])
    #expect(view.number(.closedAt) == World.start + 8_000)
}

@Test func theEarliestMilestoneHoldsAndAnAmendmentThatKnewItReplacesIt() throws {
    var world = try registered()
    try world.write(.respond, seconds: 40)
    try world.write(.respond, in: 1, seconds: 30)
    world.syncAll()
    try world.write(.respond, seconds: 20)
    try world.write(.respond, seconds: 90)
    #expect(world.fold().view?.number(.respondedAt) == World.start + 20_000)
    #expect(world.fold().view?.conflicts.isEmpty == true)
    try world.write(.amend, [.respondedAt: .unsigned(World.start + 70_000)], seconds: 100)
    #expect(world.fold().view?.number(.respondedAt) == World.start + 70_000)
    // Another that did not know the amendment keeps its own beside it.
    try world.write(.respond, in: 1, seconds: 10)
    let register = try #require(world.fold().view?.registers.first { $0.id == 5 })
    #expect(register.writes.count == 2)
    #expect(register.shown == .unsigned(World.start + 10_000))
}

@Test func anErasedAmendmentLeavesItsRegisterEmptyInsteadOfShowingTheOlderValue() throws {
    var world = try registered()
    let amended = try world.write(.amend, [.summary: .text("楼下漏水")])
    #expect(world.fold().view?.text(.summary) == "楼下漏水")
    let erased = world.entries.map { entry in
        PlacedEntry(
            log: entry.log,
            sequence: entry.sequence,
            hash: entry.hash,
            author: entry.author,
            header: entry.header,
            parts: entry == amended ? entry.parts.map { _ in nil } : entry.parts
        )
    }
    let view = try #require(world.fold(erased).view)
    #expect(view[.summary] == nil)
    #expect(view.registers.contains { $0.id == 36 && $0.writes.count == 1 })
}

@Test func organisationsInvolvedAddUp() throws {
    var world = try registered()
    try world.write(.amend, [.involved: .text("物业公司")])
    try world.write(.amend, [.involved: .text("自来水公司")], in: 1)
    try world.write(.amend, [.involved: .text("物业公司")], seconds: 1)
    let register = try #require(world.fold().view?.registers.first { $0.id == 53 })
    #expect(register.writes.count == 3)
    guard case .array(let values)? = register.shown else {
        Issue.record("no set")
        return
    }
    #expect(Set(values) == [.text("物业公司"), .text("自来水公司")])
    #expect(world.fold().view?.conflicts.isEmpty == true)
}

private let redacting = ["330113002", "330113", "330113003"]

/// A street's case whose registration is to be redacted, known to street, district and a neighbour.
private func redactable() throws -> (world: World, named: CBORValue, value: CBORValue) {
    var world = World(offices: redacting)
    try world.write(.report)
    let entry = try world.write(.register, [.name: .text("甲某与乙某")])
    world.syncAll()
    return (world, .array([.bytes(entry.hash.bytes)]), .text("甲某与乙某"))
}

@Test func redactionAgainstAnEditOfTheSameField() throws {
    var (world, named, value) = try redactable()
    #expect(try world.view()[.name] == value)
    // The district corrects the name while the street redacts the entry that gave it.
    let redact = try world.write(.redact, [.redacted: named])
    try world.write(.amend, [.name: .text("丙某")], in: 1)
    #expect(try world.view()[.name] == .text("丙某"))
    world.syncAll()
    let approve = try world.write(.approveRedaction, in: 1)
    #expect(world.verdict(approve) == .effective)
    let view = try world.view()
    // What the entry said is gone for ever, the later value is one of its own.
    #expect(view.redactions.map(\.entry) == [redact.hash])
    #expect(view.redactions[0].approvals.map(\.entry) == [approve.hash])
    let writes = view.registers.first { $0.id == CaseField.name.rawValue }?.writes ?? []
    #expect(writes.map(\.value) == [.text("丙某")])
    for judged in world.fold().history where judged.entry.header.operation == "case.register" {
        #expect(judged.entry.parts.allSatisfy { $0 == nil })
    }
    // No stage, custody, right or deadline is another for it, and nothing of it was needed.
    var without = world.entries
    let index = try #require(without.firstIndex { $0.header.operation == "case.register" })
    without[index] = without[index].held(parts: without[index].parts.map { _ in nil })
    #expect(world.fold(without).view?.encoded == view.encoded)
    #expect(view.stage == .registered && view.holder.code == redacting[0])
}

@Test func onlyAnotherPersonUnderAWiderScopeLetsPartsBeDestroyed() throws {
    var (world, named, value) = try redactable()
    let beside = try world.write(.redact, [.redacted: named], in: 2)
    #expect(world.verdict(beside) == .noRight(.outsideScope))
    let redact = try world.write(.redact, [.redacted: named])
    #expect(try world.view()[.name] == nil)
    world.syncAll()
    let own = try world.write(.approveRedaction)
    #expect(world.verdict(own) == .inadmissible(.notAbove))
    // Refused from above, it is shown again; taken back by who asked, likewise.
    for office in [0, 1] {
        var refused = world
        try refused.write(.refuseRedaction, in: office)
        #expect(try refused.view()[.name] == value && refused.view().redactions.isEmpty)
        refused.syncAll()
        let late = try refused.write(
            .approveRedaction,
            [.redaction: .bytes(redact.hash.bytes)],
            in: 1
        )
        #expect(refused.verdict(late) == .inadmissible(.noRedaction))
    }
    // Approved and refused apart: it may be destroyed somewhere, so it is shown nowhere.
    var apart = world
    try apart.write(.refuseRedaction)
    try apart.write(.approveRedaction, in: 1)
    apart.syncAll()
    #expect(try apart.view()[.name] == nil && apart.view().redactions.count == 1)
    // An office above can not approve what it asked for itself.
    var above = try redactable().world
    try above.write(.redact, [.redacted: named], in: 1)
    let same = try above.write(.approveRedaction, in: 1)
    #expect(above.verdict(same) == .inadmissible(.sameHand))
    // Entries of other cases, and those that nobody here knew, can not be named.
    let foreign = try world.write(.redact, [.redacted: .array([.bytes(sha256([9]).bytes)])])
    #expect(world.verdict(foreign) == .inadmissible(.noSuchEntry))
}
