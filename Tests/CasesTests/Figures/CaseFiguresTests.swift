import Cases
import Encoding
import Ledger
import Testing

/// One case written step by step, folded and counted.
private func figures(
    _ steps: [(CaseOperation, Int, [CaseField: CBORValue])],
    report: [CaseField: CBORValue] = [:],
    isRepeat: Bool? = nil,
    now: Int = 1_000_000
) throws -> CaseFigures {
    var world = World()
    try world.write(.report, report)
    for (operation, seconds, values) in steps {
        try world.write(operation, values, seconds: seconds)
    }
    let folded = world.fold()
    for judged in folded.history { #expect(judged.verdict == .effective) }
    var figures = CaseFigures()
    figures.count(
        folded,
        isRepeat: isRepeat,
        now: World.start + UInt64(now) * 1000,
        policy: .standard
    )
    return figures
}

private let accepted: [(CaseOperation, Int, [CaseField: CBORValue])] = [
    (.register, 10, [:]), (.accept, 60, [:]),
]

@Test func clocksAreCountedByTheirLimitAndTheirProfile() throws {
    let steps = accepted + [(.dispatch, 181, [.unit: .text("巡防")]), (.arrive, 600, [:])]
    let figures = try figures(steps + [(.close, 900, [:])])
    #expect(figures.receive1.share == Share(1, of: 1))
    #expect(figures.respond3.share == Share(0, of: 1) && figures.respond3.missed == 1)
    #expect(figures.arrive10.share == Share(1, of: 1))
    #expect(figures.feedback30.isEmpty)
    #expect(figures.profiles["hz-1-3-10"]?[.respond]?.missed == 1)
    #expect(figures.units["巡防"]?[.arrive]?.met == 1 && figures.units["巡防"]?[.accept] == nil)
    #expect(figures.steps[.arrived]?.median == 600 && figures.steps[.closed]?.median == 900)
    #expect(figures.overdueOpen == 0 && figures.overdueEver == 1)
    #expect(figures.closeRate == Share(1, of: 1))
}

@Test func aStepThatNeverCameIsNotMeasuredAndAnOpenOneIsOverdue() throws {
    let closed = try figures(accepted + [(.close, 100, [:])])
    #expect(closed.respond3.notMeasured == 1 && closed.respond3.share == Share(0, of: 0))
    let open = try figures(accepted)
    #expect(open.respond3.open == 1 && open.respond3.overdue == 1)
    #expect(open.overdueOpen == 1 && open.overdueEver == 1 && open.closeRate == Share(0, of: 1))
    let early = try figures(accepted, now: 100)
    #expect(early.respond3.open == 1 && early.respond3.overdue == 0 && early.overdueEver == 0)
}

@Test func successIsOfTheTalksThatEnded() throws {
    let talks = accepted + [(.mediate, 100, [:])]
    let running = try figures(talks).mediation
    #expect(running.opened == 1 && running.success == Share(0, of: 0))
    #expect(running.rate == Share(1, of: 1))
    let ended: [CaseField: CBORValue] = [
        .endReason: .text("refused"), .remediesTold: .bool(true),
    ]
    let twice = talks + [(.end, 200, ended), (.mediate, 300, [:]), (.agree, 400, [:])]
    let agreed = try figures(twice).mediation
    #expect(agreed.opened == 2 && agreed.success == Share(1, of: 2) && agreed.refused == 1)
    let cut = try figures(talks + [(.close, 200, [.outcome: .text("32")])])
    #expect(cut.mediation.success == Share(0, of: 1) && cut.refused == 1)
}

@Test func itemsAreHeldAgainstTheirTerms() throws {
    let start = World.start
    func terms(_ seconds: [UInt64]) -> CBORValue {
        .array(seconds.map { .unsigned($0 == 0 ? 0 : start + $0 * 1000) })
    }
    let talks = accepted + [(.mediate, 100, [:])]
    let agreement: [CaseField: CBORValue] = [
        .item: .array(["一", "二", "三", "四"].map(CBORValue.text)),
        .itemTerms: terms([1000, 1000, 5000, 0]),
    ]
    func done(_ item: UInt64) -> [CaseField: CBORValue] {
        [.itemNumber: .unsigned(item), .done: .bool(true)]
    }
    let steps =
        talks + [
            (.agree, 200, agreement), (.perform, 900, done(1)), (.perform, 1100, done(2)),
        ]
    // The first in time, the second late, the third not due yet, the fourth without a term.
    let early = try figures(steps, now: 2000).mediation
    #expect(early.performance == Share(1, of: 2) && early.itemsWithoutTerm == 1)
    #expect(try figures(steps, now: 6000).mediation.performance == Share(1, of: 3))
    let whole: [CaseField: CBORValue] = [.term: .unsigned(start + 1_000_000)]
    let single = talks + [(.agree, 200, whole), (.perform, 300, done(1))]
    #expect(try figures(single, now: 400).mediation.performance == Share(1, of: 1))
}

@Test func aReopeningCountsForThirtyDays() throws {
    let month = 30 * 86_400
    let closed = accepted + [(.close, 100, [:])]
    #expect(try figures(closed).reopened == Share(0, of: 1))
    #expect(try figures(closed + [(.reopen, 100 + month, [:])]).reopened == Share(1, of: 1))
    let again = closed + [(.reopen, 101 + month, [:]), (.close, 102 + month, [:])]
    #expect(try figures(again).reopened == Share(0, of: 2))
}

@Test func satisfactionIsOfThoseWhoAnswered() throws {
    let closed = accepted + [(.close, 100, [:])]
    let silent = try figures(closed)
    #expect(silent.responded == Share(0, of: 1) && silent.satisfied == Share(0, of: 0))
    let rated = try figures(closed + [(.evaluate, 200, [.rating: .unsigned(4)])])
    #expect(rated.responded == Share(1, of: 1) && rated.satisfied == Share(1, of: 1))
    let poor = try figures(closed + [(.evaluate, 200, [.rating: .unsigned(3)])])
    #expect(poor.satisfied == Share(0, of: 1))
}

@Test func voidedCasesAreInNoRate() throws {
    let figures = try figures([(.void, 10, [.reason: .text("误录")])])
    #expect(figures.cases == 1 && figures.voided == 1)
    #expect(figures.closeRate == Share() && figures.duplicates == Share())
    #expect(figures.mediation.rate == Share())
}

@Test func cardsAndDemandsAreCounted() throws {
    let due = CBORValue.unsigned(World.start + 500_000)
    let card: [CaseField: CBORValue] = [.card: .text("red"), .demandDue: due]
    let supervised = accepted + [(.supervise, 100, card)]
    #expect(try figures(supervised, now: 400).custody.rectified == Share())
    #expect(try figures(supervised, now: 600).custody.rectified == Share(0, of: 1))
    let righted = supervised + [(.rectify, 500, [.text: .text("已整改")])]
    let figures = try figures(righted).custody
    #expect(figures.cards == ["red": 1] && figures.rectified == Share(1, of: 1))
}

@Test func markedCasesAreCountedByTheirMark() throws {
    let marks: [CaseField: CBORValue] = [
        .category: .text("0201"), .tag: .array([.text("六治六有")]),
    ]
    for value in [CBORValue.text("六治六有"), .array([.text("六治六有")])] {
        guard CaseField.tag.spec.type.admits(value) else { continue }
        var values = marks
        values[.tag] = value
        #expect(try figures([(.register, 10, values)]).tags == ["六治六有": 1])
    }
}

@Test func theElevatorClocksAreThoseOfTheLaw() throws {
    for (profile, minutes) in [("elevator-urban", 30), ("elevator-rural", 60)] {
        func arrival(at seconds: Int) throws -> Share? {
            let steps: [(CaseOperation, Int, [CaseField: CBORValue])] = [
                (.register, 10, [:]), (.accept, 60, [.profile: .text(profile)]),
                (.dispatch, 70, [.unit: .text("维保")]), (.arrive, seconds, [:]),
            ]
            return try figures(steps).profiles[profile]?[.arrive]?.share
        }
        #expect(try arrival(at: minutes * 60) == Share(1, of: 1))
        #expect(try arrival(at: minutes * 60 + 1) == Share(0, of: 1))
    }
}

@Test func anOrderIsCountedWhereAProfileAsksForIt() throws {
    let clock = ProfileClock(.command, .milliseconds(300_000))
    var world = World()
    try world.write(.report, [.profile: .text("emergency")])
    try world.write(.command, [.emergency: .text("02"), .order: .text("撤离")], seconds: 200)
    let policy = try policy(Profile("emergency", [clock]))
    let folded = SubjectFold.fold(
        world.subject,
        entries: world.entries,
        authority: Authority { _, _, _ in .allowed },
        policy: policy
    )
    var figures = CaseFigures()
    figures.count(folded, isRepeat: nil, now: World.start, policy: policy)
    #expect(figures.profiles["emergency"]?[.command]?.met == 1)
}

/// A policy with one profile of the city.
private func policy(_ profile: Profile) throws -> Policy {
    var world = World()
    let values: [CaseField: CBORValue] = [
        .profileCode: .text(profile.code), .clocks: .array(profile.clocks.map(\.value)),
        .validFrom: .unsigned(0),
    ]
    try world.write(.setProfile, values) { $0.scope = Scope("3301") }
    return Policy([try #require(world.fold().view)])
}

@Test func categoriesInConflictCountUnderWhatTheyShare() throws {
    for (other, counted) in [("0299", "02"), ("0504", "99")] {
        var world = World()
        try world.write(.report)
        world.syncAll()
        try world.write(.register, [.category: .text("0201")])
        try world.write(.register, [.category: .text(other)], in: 1)
        var figures = CaseFigures()
        figures.count(world.fold(), isRepeat: nil, now: World.start, policy: .standard)
        #expect(figures.categories == [counted: 1] && figures.categoryConflicts == 1)
    }
}

@Test func aMatterComesBackWithin180DaysAfterItsClose() throws {
    let day: UInt64 = 86_400_000
    let matter = try #require(RepeatWatch.Matter(building: "b", category: "0201"))
    let sameClass = try #require(RepeatWatch.Matter(building: "b", category: "0299"))
    let other = try #require(RepeatWatch.Matter(building: "b", category: "0504"))
    #expect(RepeatWatch.Matter(building: nil, category: "0201") == nil)
    #expect(RepeatWatch.Matter(building: "b", category: "Pothole") == nil)
    // In the order of their reports; the last but one of them is closed before it is reported.
    let rows: [(RepeatWatch.Matter, reported: UInt64, closed: UInt64?, isRepeat: Bool)] = [
        (matter, 0, 10 * day, false), (matter, 5 * day, nil, false), (other, 11 * day, nil, false),
        (sameClass, 190 * day, nil, true), (matter, 190 * day + 1, 180 * day, false),
        (matter, 191 * day, nil, false),
    ]
    var watch = RepeatWatch()
    for (matter, reported, closed, isRepeat) in rows {
        let found = watch.isRepeat(matter, reportedAt: reported, closedAt: closed)
        #expect(found == isRepeat, "\(reported / day)")
    }
}

@Test func aBuildingIsItsCodeElseWhatItsTextNames() {
    func key(_ place: String?, address: String? = nil, street: String = "330105013") -> String? {
        Building.key(address: address, place: place, street: street, names: ["武林街道"])
    }
    #expect(key("文三路553号301室") == key("武林街道文三路553号") && key("文三路553号") != nil)
    #expect(key("文三路553号") != key("文三路553号", street: "330105014"))
    #expect(key("桥下") == nil && key(nil) == nil)
    #expect(key("桥下", address: "A1") == key(nil, address: "A1", street: "330105014"))
}

@Test func categoriesAreCountedByTheJusticeStatisticsAsWell() throws {
    #expect(try figures([(.register, 10, [.category: .text("0201")])]).justice == ["02": 1])
    #expect(try figures([]).justice.isEmpty)
}
