import Cases
import Encoding
import Ledger
import Testing

// Rows of the table of real conflicts that are about two cases: street A has case 0, street B
// case 1. A link names first which is the duplicate, then which leads.

private let codes = ["330113002", "330113003", "330113", "330105013"]

/// Two cases in two streets, accepted and known to everybody.
private func twoCases() throws -> World {
    var world = World(offices: codes)
    try world.write([.report, .register, .accept])
    _ = try world.open(in: 1)
    world.syncAll()
    return world
}

private func stages(_ world: World) throws -> [Stage] {
    [try world.view(about: 0).stage, try world.view(about: 1).stage]
}

@Test func theSameEventIsRegisteredInTwoStreets() throws {
    var world = try twoCases()
    let link = try world.write(.link, about: [0, 1], to: codes[1])
    // Proposed: both stay.
    #expect(world.verdict(link, about: 0) == .effective)
    #expect(world.verdict(link, about: 1) == .proposed)
    #expect(try stages(world) == [.accepted, .reported])
    #expect(try world.view(about: 0).links.map(\.isAgreed) == [false])
    #expect(try world.view(about: 1).links.map(\.kind) == [.leads])
    #expect(try world.view(about: 1).counts.proposed == 1)
    // Who proposed it can not agree for the other side.
    let own = try world.write(.confirmLink, about: [0, 1])
    #expect(world.verdict(own) == .inadmissible(.ownLink))
    #expect(try stages(world) == [.accepted, .reported])
    world.syncAll()
    // Nor can a third.
    let third = try world.write(.confirmLink, in: 3, about: [0, 1])
    #expect(world.verdict(third) == .proposed && world.verdict(third, about: 1) == .proposed)
    try world.write(.confirmLink, in: 1, about: [0, 1])
    #expect(try stages(world) == [.merged, .reported])
    #expect(try world.view(about: 0).links.map(\.kind) == [.duplicateOf])
    for about in 0...1 { #expect(try world.view(about: about).links.map(\.isAgreed) == [true]) }
    // What is written on the duplicate stays readable; work on it does not go on.
    world.syncAll()
    let note = try world.write(.note)
    let work = try world.write(.dispatch)
    #expect(world.verdict(note) == .effective)
    #expect(world.verdict(work) == .inadmissible(.stage(.merged)))
    // Unlinked, by either side, it goes on where it was.
    for office in [0, 1] {
        var undone = world
        undone.syncAll()
        let unlink = try undone.write(.unlink, in: office, about: [0, 1])
        #expect(undone.verdict(unlink, about: 0) == .effective)
        #expect(undone.verdict(unlink, about: 1) == .effective)
        #expect(try stages(undone) == [.accepted, .reported])
        for about in 0...1 { #expect(try undone.view(about: about).links.isEmpty) }
    }
}

@Test func aLinkThatTheLeadProposedIsConfirmedByTheDuplicate() throws {
    var world = try twoCases()
    try world.write(.link, in: 1, about: [0, 1], to: codes[0])
    world.syncAll()
    #expect(try stages(world) == [.accepted, .reported])
    try world.write(.confirmLink, about: [0, 1])
    #expect(try stages(world) == [.merged, .reported])
    world.syncAll()
    // Who proposed it takes it back on both sides.
    try world.write(.unlink, in: 1, about: [0, 1])
    #expect(try stages(world) == [.accepted, .reported])
}

@Test func anOfficeAboveLinksForBothSides() throws {
    var world = try twoCases()
    let link = try world.write(.link, in: 2, about: [1, 0], to: codes[0])
    #expect(world.verdict(link, about: 1) == .effective)
    #expect(try stages(world) == [.accepted, .merged])
}

@Test func whoHadTheCaseBeforeOnlyProposes() throws {
    var world = try twoCases()
    try world.write(.offer, to: codes[3])
    world.syncAll()
    try world.write(.take, in: 3)
    world.syncAll()
    let link = try world.write(.link, about: [0, 1], to: codes[1])
    #expect(world.verdict(link) == .proposed)
    world.syncAll()
    try world.write(.confirmLink, in: 1, about: [0, 1])
    #expect(try stages(world) == [.accepted, .reported])
    try world.write(.confirmLink, in: 3, about: [0, 1])
    #expect(try world.view(about: 0).stage == .merged)
}

@Test func mergedBothWaysLeavesExactlyOneOpen() throws {
    var world = try twoCases()
    try world.write(.link, in: 0, about: [0, 1], to: codes[1])
    try world.write(.link, in: 1, about: [1, 0], to: codes[0])
    world.syncAll()
    let links = world.entries.suffix(2).map { CBORValue.bytes($0.hash.bytes) }
    try world.write(.confirmLink, [.link: links[0]], in: 1, about: [0, 1])
    try world.write(.confirmLink, [.link: links[1]], in: 0, about: [1, 0])
    let open = world.subjects[0] < world.subjects[1] ? 0 : 1
    let stages = try stages(world)
    #expect(stages[1 - open] == .merged && stages[open] == [.accepted, .reported][open])
    let conflict = try #require(try world.view(about: open).conflicts.first)
    #expect(conflict.reason == .mergedBothWays && conflict.writes.count == 2)
    #expect(try world.view(about: 1 - open).conflicts.isEmpty)
    // Work on the one that stays open goes on.
    world.syncAll()
    let office = open
    let work = try world.write(open == 0 ? .dispatch : .register, in: office, about: [open])
    #expect(world.verdict(work, about: open) == .effective)
    #expect(try world.view(about: open).conflicts.isEmpty)
}

@Test func aWithdrawnLinkAndItsConfirmationMeetWithoutMerging() throws {
    var world = try twoCases()
    try world.write(.link, about: [0, 1], to: codes[1])
    world.syncAll()
    try world.write(.unlink, about: [0, 1])
    try world.write(.confirmLink, in: 1, about: [0, 1])
    #expect(try stages(world) == [.accepted, .reported])
    #expect(try world.view().links.isEmpty && world.view().conflicts.isEmpty)
}

@Test func workThatDidNotKnowOfAMergingContestsIt() throws {
    var world = try twoCases()
    try world.write(.link, about: [0, 1], to: codes[1])
    world.syncAll()
    try world.write(.confirmLink, in: 1, about: [0, 1])
    try world.write(.dispatch)
    let view = try world.view()
    #expect(view.stage == .dispatched)
    #expect(
        Set(view.conflicts[0].writes.compactMap(\.value)) == [.text("merged"), .text("dispatched")]
    )
    world.syncAll()
    var merged = world
    try merged.write(.settle, [.stage: .text("merged")])
    #expect(try merged.view().stage == .merged && merged.view().conflicts.isEmpty)
    // What was done meanwhile is there again once the link is gone.
    try merged.write(.unlink, about: [0, 1])
    #expect(try merged.view().stage == .dispatched)
    try world.write(.arrive)
    #expect(try world.view().stage == .onScene && world.view().conflicts.isEmpty)
}

@Test func aMergedCaseIsNotMergedAgain() throws {
    var world = try twoCases()
    let third = try world.open(in: 2, at: "330113002")
    world.syncAll()
    try world.write(.link, in: 2, about: [0, 1], to: codes[1])
    let again = try world.write(.link, in: 2, about: [0, third], to: codes[0])
    #expect(world.verdict(again) == .inadmissible(.stage(.merged)))
    // But another may be merged into it.
    let into = try world.write(.link, in: 2, about: [third, 0], to: codes[0])
    #expect(world.verdict(into) == .effective && world.verdict(into, about: third) == .effective)
    #expect(try world.view(about: third).stage == .merged)
}

@Test func theCitizenReportsAgainWhileItIsInHand() throws {
    var world = try twoCases()
    let second = try world.open(.report, [.profile: .text("wulin-1-5-30")])
    #expect(try world.view(about: second).deadlines.count == 3)
    // Another office's word does not stop this one's clocks.
    world.syncAll()
    try world.write(.relate, [.relation: .text("repeat")], in: 3, about: [second, 0])
    #expect(try world.view(about: second).deadlines.count == 3)
    #expect(try world.view(about: second).links.map(\.isAgreed) == [false])
    try world.write(.relate, [.relation: .text("repeat")], about: [second, 0])
    let view = try world.view(about: second)
    #expect(view.profile == "none" && view.deadlines.isEmpty && view.stage == .reported)
    #expect(view.links.allSatisfy { $0.kind == .related("repeat", isFirst: true) })
    let lead = try world.view()
    #expect(lead.deadlines.count == 3 && lead.stage == .accepted)
    // A relation that is confirmed merges nothing.
    world.syncAll()
    let first = try #require(view.links.first { !$0.isAgreed }?.entry)
    try world.write(.confirmLink, [.link: .bytes(first.bytes)], about: [second, 0])
    #expect(try world.view(about: second).stage == .reported)
    #expect(try world.view(about: second).links.map(\.isAgreed) == [true, true])
}

@Test func anEndedKeyCanNotEvenPropose() throws {
    var world = try twoCases()
    let link = try world.write(.link, in: 1, about: [0, 1], to: codes[0])
    let plain = world.authority
    let authority = Authority { entry, scopes, right in
        let verdict = plain.verdict(entry, scopes, right)
        return entry == link && verdict == .allowed ? .contested : verdict
    } standing: { entry in
        entry == link ? .contested : .allowed
    }
    for about in 0...1 {
        let history = world.fold(about: about, authority: authority).history
        #expect(history.last { $0.entry == link }?.verdict == .noRight(.contested))
    }
}

@Test func aLinkThatWasRatifiedTwiceIsTakenBackAtOnce() throws {
    var world = World(logCount: 4)
    try world.write(.report)
    _ = try world.open(in: 1)
    world.syncAll()
    let link = try world.write(.link, in: 1, about: [0, 1], to: codes[1])
    for log in [2, 3] { world.sync(from: 1, to: log) }
    var ratifications: [PlacedEntry] = []
    for log in [2, 3] {
        var header = world.header("grant.ratify", in: log, about: [0, 1])
        header.subjects.append(SubjectID(openedIn: .zero, at: 0))
        ratifications.append(world.append(header, parts: [], to: log))
    }
    let marks = RightVerdict.ratified(by: ratifications.map(\.hash))
    let authority = Authority { entry, _, _ in entry.hash == link.hash ? marks : .allowed }
    world.syncAll()
    var view = try #require(world.fold(authority: authority).view)
    #expect(view.stage == .merged && view.links.map(\.entry) == [link.hash])
    try world.write(.unlink, [.link: .bytes(link.hash.bytes)], about: [0, 1])
    view = try #require(world.fold(authority: authority).view)
    #expect(view.stage == .reported && view.links.isEmpty)
}
