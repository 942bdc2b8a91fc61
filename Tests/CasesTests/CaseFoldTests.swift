import Cases
import Crypto
import Encoding
import Ledger
import Testing

@Test func aCaseRunsFromReportToClosing() throws {
    var world = World()
    try world.write(.report, [.profile: .text("hz-1-3-10")])
    try world.write(.register, seconds: 20)
    try world.write(.accept, seconds: 30)
    try world.write(.dispatch, seconds: 100)
    try world.write(.arrive, seconds: 700)
    try world.write(.mediate, seconds: 800)
    try world.write(.agree, seconds: 900)
    try world.write(.close, seconds: 1000)
    let folded = world.fold()
    let view = try #require(folded.view)
    #expect(folded.history.map(\.verdict) == Array(repeating: .effective, count: 8))
    #expect(
        folded.history.map(\.stage) == [
            .reported, .registered, .accepted, .dispatched, .onScene, .mediating, .agreed, .closed,
        ]
    )
    #expect(view.stage == .closed)
    #expect(view.number == "330113002-20261123-\(world.logs[0].description.prefix(4))-7")
    #expect(view.scope == Scope("330113002") && view.holder == view.scope)
    #expect(view.text(.category) == "0201" && view.text(.summary) == "楼上漏水")
    #expect(view.number(.closedAt) == World.start + 1_000_000)
    #expect(view.updatedAt == World.start + 1_000_000)
    #expect(view.conflicts.isEmpty && view.flags.isEmpty && view.needsVersion == nil)
    #expect(view.counts.entries == 8 && view.counts.inadmissible == 0)
}

/// Stages in which there is something to do.
private let open: Set<Stage> = [
    .reported, .registered, .accepted, .dispatched, .onScene, .mediating, .suspended, .agreed,
    .performing,
]
private let every = open.union([
    .closed, .reviewed, .archived, .declined, .referred, .merged, .voided,
])

/// Which operations fit which stage of a case, written down apart from the table.
private let admissible: [String: Set<Stage>] = [
    "case.report": [], "case.register": [.reported], "case.amend": every, "case.note": every,
    "case.evidence": every, "case.void": [.reported, .registered],
    "case.import": [.reported, .closed],
    "case.offer": open, "case.escalate": open, "case.return": open, "case.take": every,
    "case.reject": every, "case.withdraw": every, "case.assign": open,
    "case.assist": open, "case.release": every,
    "case.accept": [.registered], "case.decline": [.registered],
    "case.respond": [.registered, .accepted, .dispatched], "case.dispatch": [.accepted],
    "case.refuse": [.dispatched], "case.arrive": [.dispatched],
    "case.feedback": every.subtracting([.voided]), "case.command": open,
    "case.suspend": [.accepted, .onScene, .mediating], "case.resume": [.suspended],
    "case.extend": open,
    "mediation.open": [.accepted, .onScene, .performing],
    "mediation.session": [.mediating, .agreed, .performing], "mediation.end": [.mediating],
    "mediation.import": Set(Stage.families[0]),
    "mediation.agree": [.mediating], "mediation.perform": [.agreed, .performing],
    "mediation.breach": [.agreed, .performing],
    "court.apply": [.agreed, .performing, .closed, .reviewed],
    "court.decide": [.agreed, .performing, .closed, .reviewed], "court.consult": open,
    "case.close": [.accepted, .onScene, .mediating, .agreed, .performing],
    "case.reopen": [.closed, .reviewed, .archived], "case.refer": open,
    "case.answer": [.referred], "case.take-back": [.referred],
    "case.evaluate": [.closed, .reviewed], "case.visit": [.performing, .closed, .reviewed],
    "case.archive": [.closed, .reviewed],
    "petition.review": [.closed, .reviewed], "petition.review-answer": [.closed, .reviewed],
    "petition.rereview": [.closed, .reviewed], "petition.rereview-answer": [.closed, .reviewed],
    "case.urge": open, "case.supervise": every, "case.rectify": every,
    "case.appraise": [.closed, .reviewed, .archived, .declined, .referred], "audit.note": every,
    "case.link": every, "case.confirm-link": every, "case.unlink": every, "case.relate": every,
    "case.settle": every,
    "case.redact": every, "case.approve-redaction": every, "case.refuse-redaction": every,
    "case.share": every,
]

/// Which operations fit which stage of anything else.
private let admissibleElsewhere: [String: Set<Stage>] = [
    "council.convene": [], "council.propose": [.convened], "council.vote": [.convened],
    "council.resolve": [.convened], "council.follow": [.resolved], "council.fulfil": [.resolved],
    "council.dissolve": [.convened],
    "covenant.adopt": [], "covenant.revise": [.inForce], "covenant.breach": [.inForce],
    "covenant.repeal": [.inForce],
    "alert.raise": [], "alert.visit": [.raised], "alert.confirm": [.raised],
    "alert.dismiss": [.raised],
    "dwelling.register": [], "dwelling.check-in": [.inForce], "dwelling.check-out": [.inForce],
    "dwelling.mismatch": [.inForce], "dwelling.match": [.inForce], "dwelling.remove": [.inForce],
    "place.record": [], "place.amend": [.inForce], "place.retire": [.inForce], "place.alias": [],
    "place.grids": [], "place.succeed": [],
    "organisation.record": [], "organisation.amend": [.inForce], "organisation.close": [.inForce],
    "activity.record": [], "opening.record": [], "analysis.record": [],
    "policy.profile": [], "policy.calendar": [], "policy.sealing": [],
    "policy.repeal": [.inForce],
]

/// Ways to every stage of a case but merged, which takes another case.
private let ways: [Stage: [CaseOperation]] = {
    let accepted: [CaseOperation] = [.register, .accept]
    let mediating = accepted + [.mediate]
    return [
        .reported: [], .registered: [.register], .accepted: accepted,
        .dispatched: accepted + [.dispatch], .onScene: accepted + [.dispatch, .arrive],
        .mediating: mediating, .suspended: mediating + [.suspend], .agreed: mediating + [.agree],
        .performing: mediating + [.agree, .perform], .closed: accepted + [.close],
        .reviewed: accepted + [.close, .evaluate], .archived: accepted + [.close, .archive],
        .declined: [.register, .decline], .referred: [.refer], .voided: [.void],
    ]
}()

@Test func theTableSaysWhichOperationFitsWhichStage() {
    let written = admissible.merging(admissibleElsewhere) { first, _ in first }
    #expect(Set(written.keys) == Set(CaseOperation.all.map(\.name)))
    for operation in CaseOperation.all {
        #expect(operation.stages == written[operation.name], "\(operation.name)")
    }
}

/// Judged by what they answer or settle as well, each by tests of its own.
private let conditional: Set<CaseOperation> = [
    .giveBack, .take, .reject, .withdraw, .confirmLink, .unlink, .settle, .takeOver, .link,
    .relate, .release, .approveRedaction, .refuseRedaction,
]

@Test(arguments: Stage.allCases.filter { ways[$0] != nil })
func anOperationHasEffectExactlyWhereItFits(stage: Stage) throws {
    for operation in CaseOperation.all where !conditional.contains(operation) {
        guard operation.kind == .case, !operation.opens else { continue }
        var world = World()
        try world.write(.report)
        for step in try #require(ways[stage]) { try world.write(step) }
        #expect(world.fold().view?.stage == stage)
        let values: [CaseField: CBORValue] = operation == .amend ? [.category: .text("99")] : [:]
        let place = operation.namesReceiver ? "330113003" : nil
        let entry = try world.write(operation, values, to: place)
        let judged = try #require(world.fold().history.first { $0.entry.hash == entry.hash })
        let fits = try #require(admissible[operation.name]).contains(stage)
        #expect(judged.verdict == (fits ? .effective : .inadmissible(.stage(stage))))
        let next = operation == .resume ? .mediating : operation.leadsTo ?? stage
        #expect(judged.stage == (fits ? next : stage), "\(operation.name) in \(stage)")
    }
}

@Test func everyOperationOfEveryKindCanBeWritten() throws {
    for opening in CaseOperation.all where opening.opens {
        var world = World()
        try world.write(opening)
        let view = try #require(world.fold().view, "\(opening.name)")
        #expect(view.kind == opening.kind && view.scope == Scope(World.street))
        #expect(view.conflicts.isEmpty && view.deadlines.isEmpty == (opening != .report))
        for operation in CaseOperation.all where operation.kind == opening.kind {
            guard operation.stages.contains(view.stage), !conditional.contains(operation) else {
                continue
            }
            var next = world
            let values: [CaseField: CBORValue] =
                operation.changesFields
                ? [operation.fields[0].field: World.sample(operation.fields[0].field, 1)] : [:]
            let place = operation.namesReceiver ? "330113003" : nil
            let entry = try next.write(operation, values, to: place)
            #expect(next.verdict(entry) == .effective, "\(operation.name)")
        }
    }
}

@Test func anOperationForAnotherKindHasNoEffect() throws {
    var world = World()
    try world.write(.convene)
    let note = try world.write(.note)
    let other = try world.write(.checkAlert)
    #expect(world.verdict(note) == .inadmissible(.otherKind))
    #expect(world.verdict(other) == .inadmissible(.otherKind))
}

@Test func aSecondReportIsNotAnOpening() throws {
    var world = World()
    try world.write(.report)
    let second = try world.write(.report)
    let note = try world.write(.note) { $0.scope = Scope("330113003") }
    let history = world.fold().history
    #expect(history[1].entry == second && history[1].verdict == .malformed(.notTheOpening))
    #expect(history[2].entry == note && history[2].verdict == .malformed(.notTheOpening))
    #expect(world.fold().view?.scope == Scope("330113002"))
}

@Test func withoutItsOpeningACaseHasNoViewAndWaits() throws {
    var world = World()
    try world.write(.report)
    try world.write(.note)
    let folded = world.fold(Array(world.entries.dropFirst()))
    #expect(folded.view == nil)
    #expect(folded.history.map(\.verdict) == [.waiting])
    #expect(SubjectFold.fold(world.subject, entries: []) { _, _ in .allowed }.history.isEmpty)
}

@Test func whoDidNotKnowTheOpeningHasNoEffect() throws {
    var world = World()
    try world.write(.report)
    let stranger = try world.write(.note, in: 1)
    let folded = world.fold()
    #expect(folded.history.first { $0.entry == stranger }?.verdict == .inadmissible(.notOpened))
    #expect(folded.view?.counts.inadmissible == 1)
}

@Test func anEntryWaitsForWhatItKnewAndHoldsUpOnlyThoseWhoKnewIt() throws {
    var world = World()
    try world.write(.report)
    world.syncAll()
    let far = try world.write(.register, in: 1)
    world.sync(from: 1, to: 0)
    try world.write(.accept)
    let withoutFar = world.fold(world.entries.filter { $0.hash != far.hash })
    #expect(withoutFar.history.map(\.verdict) == [.effective, .waiting])
    #expect(withoutFar.history.map(\.stage) == [.reported, nil])
    #expect(withoutFar.view?.stage == .reported)
    #expect(withoutFar.view?.counts.waiting == 1)
    #expect(world.fold().view?.stage == .accepted)
}

@Test func anEntryWithoutRightOrWithABadSignatureStaysInTheHistory() throws {
    var world = World()
    try world.write(.report)
    let denied = try world.write(.register)
    try world.write(.note)
    let scopes = [Scope("330113002")].compactMap { $0 }
    let folded = SubjectFold.fold(world.subject, entries: world.entries) { entry, given in
        #expect(given == scopes)
        return entry == denied ? .outsideScope : .allowed
    }
    #expect(folded.history.map(\.verdict) == [.effective, .noRight(.outsideScope), .effective])
    #expect(folded.view?.stage == .reported && folded.view?.counts.withoutRight == 1)

    let forged = world.entries.map { entry in
        PlacedEntry(
            log: entry.log,
            sequence: entry.sequence,
            hash: entry.hash,
            author: entry.author,
            header: entry.header,
            parts: entry.parts,
            isForged: entry == denied
        )
    }
    #expect(world.fold(forged).history.map(\.verdict) == [.effective, .forged, .effective])
    #expect(world.fold(forged).view?.counts.forged == 1)
    let none = SubjectFold.fold(world.subject, entries: world.entries) { _, _ in .noGrant }
    #expect(none.view == nil && none.history.count == 3)
}

@Test func afterANewerOperationNothingIsJudgedButWhatDidNotKnowIt() throws {
    var world = World()
    try world.write(.report)
    world.syncAll()
    try world.write(.register, in: 1)
    let offer = try world.write(.note) { $0.operation = "case.later" }
    try world.write(.note)
    let folded = world.fold()
    #expect(folded.view?.stage == .registered)
    #expect(folded.view?.needsVersion == 2 && folded.view?.counts.needingVersion == 2)
    let verdicts = folded.history.filter { $0.entry.log == offer.log }.map(\.verdict)
    #expect(verdicts == [.effective, .needsVersion(2), .needsVersion(2)])

    try world.write(.note, in: 1) { $0.version = 9 }
    #expect(world.fold().view?.needsVersion == 9)
    let denied = SubjectFold.fold(world.subject, entries: world.entries) { entry, _ in
        entry.header.operation == "case.later" ? .notPermitted : .allowed
    }
    #expect(denied.view?.counts.withoutRight == 1)
    #expect(denied.history.filter { $0.verdict == .effective }.count == 3)
}

@Test func anEntryThatIsNotOfItsFormIsMalformed() throws {
    let wrong: [(Malformed, @Sendable (inout Header) -> Void)] = [
        (.subjects, { $0.subjects.append(SubjectID(openedIn: .zero, at: 0)) }),
        (.missing(.outcome), { $0.fields = [] }),
        (.field(.outcome), { $0.fields = [CBORPair(160, .unsigned(11))] }),
        (.field(.outcome), { $0.fields = [CBORPair(160, .text("a name, perhaps"))] }),
        (.field(.resolution), { $0.fields.append(CBORPair(163, .text("x"))) }),
        (.field(.at), { $0.fields.insert(CBORPair(16, .unsigned(.max)), at: 0) }),
        (.partFields, { $0.fields.insert(CBORPair(0, .text("x")), at: 0) }),
        (.partFields, { $0.fields.insert(CBORPair(0, .array([.unsigned(160)])), at: 0) }),
        (
            .partFields,
            { $0.fields.insert(CBORPair(0, .array([.unsigned(163), .unsigned(163)])), at: 0) }
        ),
    ]
    for (reason, change) in wrong {
        var world = World()
        try world.write(.report)
        for step in [CaseOperation.register, .accept] { try world.write(step) }
        try world.write(.close, change: change)
        #expect(world.fold().history.last?.verdict == .malformed(reason))
        #expect(world.fold().view?.stage == .accepted)
    }
    var world = World()
    try world.write(.report) { $0.scope = nil }
    #expect(world.fold().history.map(\.verdict) == [.malformed(.noScope)])
    #expect(world.fold().view == nil)
}

@Test func twoEntriesAtOnePlaceHaveNoEffect() throws {
    var world = World()
    try world.write(.report)
    var other = world
    let first = try world.write(.register)
    let second = try other.write(.register, seconds: 5)
    let folded = world.fold(world.entries + [second])
    #expect(folded.history.filter { $0.verdict == .noRight(.contested) }.count == 2)
    #expect(Set(folded.history.map(\.entry)).isSuperset(of: [first, second]))
    #expect(folded.view?.stage == .reported)
}

@Test func theStageAfterReopeningIsAcceptedAndTheLastClosingCounts() throws {
    var world = World()
    try world.write(.report)
    for step in [CaseOperation.register, .accept] { try world.write(step) }
    try world.write(.close, seconds: 50)
    try world.write(.reopen, seconds: 60)
    #expect(world.fold().view?.stage == .accepted)
    #expect(world.fold().view?[.closedAt] == nil)
    try world.write(.close, seconds: 70)
    #expect(world.fold().view?.number(.closedAt) == World.start + 70_000)
}

@Test func aRosterOfNobodyLetsNobodyWrite() throws {
    var world = World()
    try world.write(.report)
    let folded = SubjectFold.fold(
        world.subject,
        entries: world.entries,
        authority: Authority(Roster(ledger: .zero)),
        policy: .standard
    )
    #expect(folded.view == nil)
    #expect(folded.history.map(\.verdict) == [.noRight(.noGrant)])
}
