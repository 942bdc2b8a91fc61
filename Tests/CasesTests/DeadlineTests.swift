import Cases
import Encoding
import Ledger
import Testing

private func view(
    profile: String?,
    _ steps: [(CaseOperation, Int)],
    values: [CaseField: CBORValue] = [:]
) throws -> SubjectView {
    var world = World()
    try world.write(.report)
    for (operation, seconds) in steps {
        var own = values.filter { operation.has($0.key) }
        if operation == .accept, let profile { own[.profile] = .text(profile) }
        try world.write(operation, own, seconds: seconds)
    }
    return try #require(world.fold().view)
}

private let begun: [(CaseOperation, Int)] = [(.register, 10), (.accept, 60)]

@Test func theHangzhouClocksStartAtTheReport() throws {
    let early = try view(profile: nil, [])
    #expect(early.profile == "hz-1-3-10")
    #expect(early.deadlines.map(\.clock) == [.accept, .respond, .arrive])
    #expect(early.deadlines.map(\.state) == [.open, .open, .open])
    #expect(early.deadlines.map { $0.due - World.start } == [60_000, 180_000, 600_000])
    #expect(
        !early.isOverdue(now: World.start + 60_000) && early.isOverdue(now: World.start + 60_001)
    )
    #expect(!early.wasOverdue)

    let met = try view(profile: "hz-1-3-10", begun + [(.dispatch, 180), (.arrive, 600)])
    #expect(met.deadlines.map(\.state) == [.met, .met, .met])
    #expect(!met.isOverdue(now: .max) && !met.wasOverdue)

    let late: [(CaseOperation, Int)] = [(.register, 10), (.accept, 61), (.dispatch, 181)]
    let missed = try view(profile: "hz-1-3-10", late + [(.arrive, 601), (.close, 900)])
    #expect(missed.deadlines.map(\.state) == [.missed, .missed, .missed])
    #expect(missed.wasOverdue && !missed.isOverdue(now: .max))

    let skipped = try view(profile: "hz-1-3-10", begun + [(.close, 900)])
    #expect(skipped.deadlines.map(\.state) == [.met, .notMeasured, .notMeasured])
    #expect(!skipped.wasOverdue)
}

@Test func theWulinClocksRespondArriveAndFeedBack() throws {
    let steps = begun + [(.respond, 59), (.dispatch, 61), (.arrive, 301)]
    let open = try view(profile: "wulin-1-5-30", steps)
    #expect(open.deadlines.map(\.clock) == [.respond, .arrive, .feedback])
    #expect(open.deadlines.map(\.state) == [.met, .missed, .open])
    let fedBack = try view(profile: "wulin-1-5-30", steps + [(.feedback, 1800), (.close, 1801)])
    #expect(fedBack.deadlines.map(\.state) == [.met, .missed, .met])
    let closed = try view(profile: "wulin-1-5-30", steps + [(.close, 1801)])
    #expect(closed.deadlines.map(\.state) == [.met, .missed, .notMeasured])
}

@Test func withoutClocksOnlyTheCasesOwnTermCounts() throws {
    let due = CBORValue.unsigned(World.start + 3_600_000)
    let steps = begun + [(.dispatch, 100)]
    let open = try view(profile: "none", steps, values: [.due: due])
    #expect(open.deadlines.map(\.clock) == [.due] && open.deadlines.map(\.state) == [.open])
    #expect(open.deadlines.first?.start == World.start + 100_000)
    let closing: [(CaseOperation, Int)] = [(.arrive, 200), (.close, 3601)]
    let closed = try view(profile: "none", steps + closing, values: [.due: due])
    #expect(closed.deadlines.map(\.state) == [.missed] && closed.wasOverdue)
    #expect(try view(profile: "none", begun).deadlines.isEmpty)
}

@Test func anActEnteredLaterCountsWhenItHappened() throws {
    var world = World()
    try world.write(.report)
    try world.write(.register)
    try world.write(.accept, [.at: .unsigned(World.start + 50_000)], seconds: 4000)
    #expect(world.fold().view?.deadlines.first?.state == .met)
}

@Test func timesAtTheEndOfTheWorldDoNotTrap() throws {
    var world = World()
    try world.write(.report) { $0.time = .max }
    try world.write(.amend, [.category: .text("99")])
    let view = try #require(world.fold().view)
    #expect(view.deadlines.map(\.due) == [.max, .max, .max])
    #expect(!view.encoded.isEmpty)
}

// MARK: Imports

private func imported(_ records: [[CaseField: CBORValue]]) throws -> SubjectView {
    var world = World()
    for record in records { try world.write(.takeOver, record) }
    return try #require(world.fold().view)
}

private let opened = World.start - 86_400_000

@Test func anOpenRecordWithoutTargetIsTakenOver() throws {
    let view = try imported([[.reportedAt: .unsigned(opened)]])
    #expect(view.isImported && view.stage == .reported && view.profile == "none")
    #expect(view.number(.reportedAt) == opened)
    #expect(view.flags == [.noTarget, .missingSummary] && view.deadlines.isEmpty)
}

@Test func aClosedRecordIsHeldAgainstItsTarget() throws {
    var record: [CaseField: CBORValue] = [
        .reportedAt: .unsigned(opened), .closedAt: .unsigned(opened + 500),
        .target: .unsigned(opened + 500), .state: .text("closed"), .summary: .text("pothole"),
        .claim: .text("ontime"),
    ]
    var view = try imported([record])
    #expect(view.stage == .closed && view.flags.isEmpty)
    #expect(view.deadlines.map(\.state) == [.met])
    record[.claim] = .text("overdue")
    view = try imported([record])
    #expect(view.flags == [.claimedOverdue, .claimContradicted])
    record[.closedAt] = .unsigned(opened + 501)
    view = try imported([record])
    #expect(view.flags == [.claimedOverdue] && view.wasOverdue)
    record[.closedAt] = .unsigned(opened - 1)
    view = try imported([record])
    #expect(view.flags == [.closedBeforeOpened, .claimedOverdue, .claimContradicted])
    record[.closedAt] = nil
    view = try imported([record])
    #expect(view.flags == [.noClosingTime, .claimedOverdue])
    #expect(view.deadlines.map(\.state) == [.notMeasured])
}

@Test func aLaterImportBringsTheNewerState() throws {
    let open: [CaseField: CBORValue] = [
        .reportedAt: .unsigned(opened), .summary: .text("pothole"), .target: .unsigned(opened + 9),
    ]
    let closing: [CaseField: CBORValue] = [
        .reportedAt: .unsigned(opened + 1), .closedAt: .unsigned(opened + 5),
        .state: .text("closed"), .resolution: .text("filled"),
    ]
    var view = try imported([open, closing])
    #expect(view.stage == .closed && view.number(.reportedAt) == opened + 1)
    #expect(view.text(.summary) == "pothole" && view.text(.resolution) == "filled")
    #expect(view.deadlines.map(\.state) == [.met])
    view = try imported([open, closing, open])
    #expect(view.stage == .reported && view[.closedAt] == nil)
    #expect(view.deadlines.map(\.state) == [.open])
}

@Test func anImportAboutACaseOfOurOwnHasNoEffect() throws {
    var world = World()
    try world.write(.report)
    let entry = try world.write(.takeOver)
    #expect(world.fold().history.last?.entry == entry)
    #expect(world.fold().history.last?.verdict == .inadmissible(.notImported))
}

@Test func aMissingPartIsNotAMissingSummary() throws {
    var world = World()
    try world.write(.takeOver, [.summary: .text("pothole")])
    let bare = world.entries.map { entry in
        PlacedEntry(
            log: entry.log,
            sequence: entry.sequence,
            hash: entry.hash,
            author: entry.author,
            header: entry.header,
            parts: entry.parts.map { _ in nil }
        )
    }
    let view = try #require(world.fold(bare).view)
    #expect(view.text(.summary) == nil && view.flags == [.noTarget])
}
