import Cases
import Encoding
import Ledger
import Testing

private let day: UInt64 = 86_400_000

private func texts(_ items: String...) -> CBORValue { .array(items.map { .text($0) }) }

private func mediating(_ more: [CaseField: CBORValue] = [:]) throws -> World {
    var world = World()
    try world.write(.report)
    try world.write(.register, [.scale: .text("01"), .people: .unsigned(2)])
    try world.write(.accept)
    let opening: [CaseField: CBORValue] = [
        .organisation: .text("南苑街道调委会"), .consent: .bool(true), .interest: .text("none"),
    ]
    try world.write(.mediate, opening.merging(more) { $1 })
    return world
}

/// The values of a written agreement that lacks nothing.
private let written: [CaseField: CBORValue] = [
    .form: .text("written"), .facts: .text("楼上漏水"),
    .item: texts("赔偿 500 元;转账;2026-11-30", "修好水管;自行;2026-12-10"),
    .itemTerms: .array([.unsigned(term("2026-11-30")), .unsigned(term("2026-12-10"))]),
    .effective: .unsigned(World.start), .allSigned: .bool(true),
    .signatures: texts("甲方", "乙方", "调解员"), .seal: .text("NY-1"),
]

private func term(_ text: String) -> UInt64 { LedgerTime.instant(text) ?? 0 }

private func file(_ world: World) throws -> MediationFile {
    try #require(MediationFile(world.fold()))
}

private func lacks(_ world: World, now: UInt64 = World.start) throws -> [String] {
    try file(world).missing(now: now).map { lack in
        lack.kind.rawValue + (lack.item.map { " \($0)" } ?? "")
    }
}

struct MediationFileTests {
    @Test func aFileThatHasEverythingLacksNothing() throws {
        var world = try mediating()
        try world.write(.session, [.points: .text("甲说;乙说"), .present: texts("甲", "乙")])
        try world.write(.agree, written)
        for item in 1...2 {
            try world.write(.perform, [.itemNumber: .unsigned(UInt64(item)), .done: .bool(true)])
        }
        try world.write(
            .close,
            [.outcome: .text("11"), .way: .text("01"), .replied: .bool(true)]
        )
        try world.write(.visit, [.visitResult: .text("performed")])
        #expect(try lacks(world, now: World.start + 400 * day) == [])
    }

    @Test func eachThingThatTheLawWantsIsMissedByItself() throws {
        var world = try mediating([.consent: .bool(false)])
        try world.write(.agree, [.form: .text("written")])
        #expect(
            try lacks(world) == [
                "consent", "session-record", "items", "facts", "effective", "signatures",
                "mediator-signature", "seal", "visit", "reply", "outcome", "way",
            ]
        )
        world = try mediating([.interest: .text("declared")])
        try world.write(.agree, [.form: .text("oral")])
        #expect(
            try lacks(world) == [
                "interest-disclosure", "session-record", "oral-content", "effective", "visit",
                "reply", "outcome", "way",
            ]
        )
        for lack in FileLack.Kind.allCases {
            let label = try #require(lack.rawValue.first)
            #expect(label.isLowercase)
        }
    }

    @Test func aSimpleOralMatterNeedsOnlyMatterAndResult() throws {
        var world = try mediating()
        try world.write(
            .agree,
            [.form: .text("oral"), .items: .text("握手言和"), .effective: .unsigned(World.start)]
        )
        try world.write(.perform, [.itemNumber: .unsigned(1), .done: .bool(true)])
        #expect(try lacks(world).contains("session-record"))
        try world.write(
            .close,
            [
                .outcome: .text("12"), .way: .text("01"), .replied: .bool(true),
                .resolution: .text("当场和解"),
            ]
        )
        try world.write(.visit, [.visitResult: .text("satisfied")])
        #expect(try lacks(world) == [])
        #expect(try file(world).isOral)
    }

    @Test func talksThatFailedNeedTheRemediesAndNoAgreement() throws {
        var world = try mediating()
        try world.write(.session, [.points: .text("谈不拢")])
        try world.write(.end, [.endReason: .text("failed"), .remediesTold: .bool(false)])
        let failed = try file(world)
        #expect(failed.hasFailed && !failed.hasAgreement && failed.items.isEmpty)
        #expect(try lacks(world) == ["remedies-told", "reply", "outcome", "way"])
        // New talks that end in an agreement count instead.
        try world.write(.mediate, [.consent: .bool(true), .interest: .text("none")])
        try world.write(.agree, written)
        #expect(try file(world).hasAgreement && !file(world).hasFailed)
        #expect(try file(world).openings.count == 2)
    }

    @Test func aCaseThatNeverCameToTalksWantsOnlyWhatAnyCaseWants() throws {
        var world = World()
        try world.write(.report)
        #expect(try lacks(world) == ["registration", "reply", "outcome", "way"])
        #expect(try !file(world).isMediation)
    }

    @Test func itemsAreDoneOnTimeOrLateAndOverdueAsOfNow() throws {
        var world = try mediating()
        try world.write(.agree, written)
        let before = term("2026-11-30T12:00")
        var items = try file(world).items
        #expect(items.map { $0.state(now: before) } == [.open, .open])
        // A term that is a day ends with it.
        #expect(items[0].due == term("2026-11-30T23:59:59") + 999)
        #expect(items.map { $0.state(now: term("2026-12-01")) } == [.overdue, .open])
        #expect(items[0].columns?.content == "赔偿 500 元" && items[0].columns?.way == "转账")
        try world.write(
            .perform,
            [
                .itemNumber: .unsigned(1), .done: .bool(false), .paid: .unsigned(20_000),
                .at: .unsigned(term("2026-11-29")),
            ]
        )
        try world.write(
            .perform,
            [
                .itemNumber: .unsigned(1), .done: .bool(true), .paid: .unsigned(30_000),
                .at: .unsigned(term("2026-11-30T20:00")),
            ]
        )
        try world.write(
            .perform,
            [
                .itemNumber: .unsigned(2), .done: .bool(true),
                .at: .unsigned(term("2026-12-11")),
            ]
        )
        items = try file(world).items
        #expect(items.map { $0.state(now: before) } == [.onTime, .late])
        #expect(items[0].paid == 50_000 && items[0].acts.count == 2)
        #expect(items[0].doneAt == term("2026-11-30T20:00"))
        // Taken back, it is not done any more.
        try world.write(.perform, [.itemNumber: .unsigned(2), .done: .bool(false)])
        #expect(try file(world).items[1].state(now: term("2027-01-01")) == .overdue)
        #expect(try lacks(world, now: term("2027-01-01")).contains("performance 2"))
    }

    @Test func anotherAgreementBeginsItsPerformanceAnew() throws {
        var world = try mediating()
        try world.write(.agree, written)
        try world.write(.perform, [.itemNumber: .unsigned(1), .done: .bool(true)])
        try world.write(.breach, [.itemNumber: .unsigned(2), .action: .text("督促")])
        try world.write(.mediate)
        try world.write(.agree, written.merging([.item: texts("重做;自行;")]) { $1 })
        let file = try file(world)
        #expect(file.formerAgreements.count == 1 && file.breaches.count == 1)
        #expect(file.items.first?.acts.isEmpty == true && file.items.first?.doneAt == nil)
    }

    @Test func theThirtyDaysForTheCourtAreCountedAsOfNow() throws {
        var world = try mediating()
        #expect(try file(world).confirmationDaysLeft(now: World.start) == nil)
        try world.write(.agree, written)
        let due = try #require(try file(world).confirmationTerm?.due)
        #expect(try file(world).confirmationDaysLeft(now: due) == 0)
        #expect(try file(world).confirmationDaysLeft(now: due - 1) == 1)
        #expect(try file(world).confirmationDaysLeft(now: due - 10 * day) == 10)
        #expect(try file(world).confirmationDaysLeft(now: due + day) == 0)
        try world.write(.apply, [.court: .text("临平区人民法院")])
        #expect(try file(world).confirmationDaysLeft(now: World.start) == nil)
    }

    @Test func whatContradictsItselfStandsWithWhoSaidIt() throws {
        var world = try mediating()
        world.syncAll()
        try world.write(.amend, [.organisation: .text("甲调委会")], seconds: 5)
        try world.write(.amend, [.organisation: .text("乙调委会")], in: 1, seconds: 6)
        let value = try file(world)[.organisation]
        #expect(value.isContradictory)
        #expect(value.said.map(\.held.text) == ["乙调委会", "甲调委会"])
        #expect(value.said.map(\.writer?.log) == [world.logs[1], world.logs[0]])
        #expect(try lacks(world).contains("conflict"))
    }

    @Test func whatIsNotHeldIsToldFromWhatNobodySaid() throws {
        var world = try mediating([.disclosure: .text("无")])
        try world.write(.session, [.points: .text("甲说")])
        try world.write(.agree, written)
        let erased = world.entries.map { entry in
            PlacedEntry(
                log: entry.log,
                sequence: entry.sequence,
                hash: entry.hash,
                author: entry.author,
                header: entry.header,
                parts: entry.parts.map { _ in nil }
            )
        }
        let file = try #require(MediationFile(world.fold(erased)))
        #expect(file[.summary].held == .notHeld && file[.disclosure].held == .notHeld)
        #expect(file[.grid].held == .unsaid && file[.consent].held.flag == true)
        #expect(file.sessions.map { $0[.points] } == [.notHeld])
        #expect(file.sessions.map { $0[.venue] } == [.unsaid])
        #expect(file.items.map(\.text) == [.notHeld, .notHeld])
        // Erasing a text does not undo that it was recorded.
        let lacks = file.missing(now: World.start).map(\.kind)
        #expect(!lacks.contains(.facts) && !lacks.contains(.session) && !lacks.contains(.seal))
        #expect(!lacks.contains(.items) && !lacks.contains(.mediatorSignature))
    }

    @Test func aRecordThatWasTakenOverNeverCountsAsAnAct() throws {
        var world = World()
        try world.write(
            .takeOver,
            [
                .state: .text("closed"), .items: .text("和解"),
                .reportedAt: .unsigned(World.start),
            ]
        )
        try world.write(
            .takeOverRecord,
            [.heldBy: .text("archive:7"), .points: .text("甲说"), .present: texts("甲")]
        )
        try world.write(
            .takeOverRecord,
            [.heldBy: .text("archive:7"), .itemNumber: .unsigned(1), .done: .bool(true)]
        )
        try world.write(.takeOverRecord, [.heldBy: .text("archive:7"), .action: .text("督促")])
        let file = try file(world)
        #expect(file.isMediation && file.hasAgreement && file.openings.isEmpty)
        #expect(file.sessions.map(\.isTakenOver) == [true])
        #expect(file.items.map { $0.state(now: World.start) } == [.done])
        #expect(file.breaches.count == 1)
        #expect(file.view.stage == .closed && file.view[.mediatedAt] == nil)
    }

    @Test func everyOrderOfTheEntriesGivesTheSameFile() throws {
        var world = try mediating()
        world.syncAll()
        try world.write(.session, [.points: .text("一")], seconds: 3)
        try world.write(.session, [.points: .text("二")], in: 1, seconds: 2)
        world.syncAll()
        try world.write(.agree, written)
        let wanted = try file(world)
        for shift in world.entries.indices {
            let turned = Array(world.entries[shift...] + world.entries[..<shift])
            #expect(MediationFile(world.fold(turned)) == wanted)
        }
        #expect(wanted.sessions.map { $0[.points].text } == ["二", "一"])
    }

    @Test func otherKindsHaveNoFile() throws {
        var world = World()
        try world.write(
            .adopt,
            [.name: .text("公约"), .rules: texts("无违建"), .adoptedBy: .text("居民会议")]
        )
        #expect(MediationFile(world.fold()) == nil)
        #expect(CouncilRecord(world.fold()) == nil)
    }
}
