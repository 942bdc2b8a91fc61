import Cases
import Crypto
import Encoding
import Ledger
import TestSupport
import Testing

/// A random history: up to 4 logs whose clocks are wrong by up to two days, up to 60 operations
/// at random, fitting or not, with news travelling now and then.
private func randomWorld(_ generator: inout SeededGenerator) throws -> World {
    let logCount = Int.random(in: 1...4, using: &generator)
    var world = World(logCount: logCount)
    world.clockErrors = (0..<logCount).map { _ in
        Int.random(in: -172_800...172_800, using: &generator)
    }
    let isImported = Int.random(in: 0..<6, using: &generator) == 0
    try world.write(isImported ? .takeOver : .report)
    if Int.random(in: 0..<10, using: &generator) > 0 { world.syncAll() }
    // The usual course is tried more often, so that histories get somewhere.
    let usual: [CaseOperation] = [.register, .accept, .dispatch, .arrive, .mediate, .agree, .close]
    for second in 0..<Int.random(in: 0..<60, using: &generator) {
        let log = Int.random(in: 0..<logCount, using: &generator)
        if Int.random(in: 0..<3, using: &generator) == 0 {
            world.sync(from: Int.random(in: 0..<logCount, using: &generator), to: log)
        }
        let pool = Bool.random(using: &generator) ? usual : CaseOperation.all
        let operation = pool[Int.random(in: 0..<pool.count, using: &generator)]
        var values: [CaseField: CBORValue] = [:]
        let code = CodeList.eventTypes.codes[Int.random(in: 0..<4, using: &generator)].code
        if operation.has(.category) { values[.category] = .text(code) }
        if operation == .amend, Bool.random(using: &generator) {
            values[.respondedAt] = .unsigned(World.start + UInt64(second))
        }
        if operation == .takeOver, Bool.random(using: &generator) {
            values[.state] = .text("closed")
        }
        try world.write(operation, values, in: log, seconds: second * 7)
    }
    return world
}

private func rights(_ denied: Set<Digest>) -> (PlacedEntry, [Scope]) -> RightVerdict {
    { entry, _ in denied.contains(entry.hash) ? .notPermitted : .allowed }
}

@Test(arguments: 0..<300 as Range<UInt64>)
func theSameSetInAnyOrderGivesTheSameBytes(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let world = try randomWorld(&generator)
    // Some entries are not here yet, some had no right.
    let held = world.entries.filter { entry in
        entry.hash == world.entries[0].hash || Int.random(in: 0..<40, using: &generator) > 0
    }
    let denied = Set(
        held.dropFirst().map(\.hash).filter { _ in Int.random(in: 0..<20, using: &generator) == 0 }
    )
    let first = SubjectFold.fold(world.subject, entries: held, rights: rights(denied))
    let view = try #require(first.view)
    for _ in 0..<3 {
        let again = (held + held.prefix(5)).shuffled(using: &generator)
        let second = SubjectFold.fold(world.subject, entries: again, rights: rights(denied))
        #expect(second == first)
        #expect(second.view?.encoded == view.encoded)
    }
    #expect(first.history.count == held.count)
    #expect(Set(first.history.map(\.entry.hash)) == Set(held.map(\.hash)))
    #expect(view.counts.entries == held.count)
    _ = try CBORValue(decoding: view.encoded)
}

@Test(arguments: 0..<150 as Range<UInt64>)
func noAbsentPartChangesStageDeadlinesOrVerdicts(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let world = try randomWorld(&generator)
    let bare = world.entries.map { entry in
        PlacedEntry(
            log: entry.log,
            sequence: entry.sequence,
            hash: entry.hash,
            author: entry.author,
            header: entry.header,
            parts: entry.parts.map { Bool.random(using: &generator) ? $0 : nil }
        )
    }
    let whole = world.fold()
    let stripped = world.fold(bare)
    #expect(whole.history.map(\.verdict) == stripped.history.map(\.verdict))
    #expect(whole.history.map(\.stage) == stripped.history.map(\.stage))
    let (left, right) = (try #require(whole.view), try #require(stripped.view))
    #expect(left.stage == right.stage && left.deadlines == right.deadlines)
    #expect(left.profile == right.profile && left.counts == right.counts)
    #expect(left.updatedAt == right.updatedAt && left.number == right.number)
    // The same entries stand in the same registers; only values may be gone.
    #expect(
        left.registers.map { $0.writes.map(\.entry) }
            == right.registers.map { $0.writes.map(\.entry) }
    )
}

/// What the rules say, computed from each entry's whole past without states or joins.
private struct Reference {
    let graph: SubjectGraph
    var effective: [Bool] = []

    init(_ world: World) {
        graph = SubjectGraph(world.entries)
        let isImported = world.entries[0].header.operation == "case.import"
        for index in graph.entries.indices {
            let entry = graph.entries[index]
            guard entry.hash != world.entries[0].hash else {
                effective.append(true)
                continue
            }
            let past = graph.entries.indices.filter { $0 != index && graph.knows(index, $0) }
            let operation = CaseOperation.named(entry.header.operation)
            let isKnown = operation != nil && operation != .report
            let stage = stage(among: past)
            let fits = stage.map { operation?.stages.contains($0) == true } ?? false
            effective.append(isKnown && fits && (operation != .takeOver || isImported))
        }
    }

    /// The entries among `past` that wrote a register and whose write no other of them knew.
    func survivors(of field: CaseField, among past: [Int]) -> [Int] {
        let writers = past.filter { effective[$0] && writes(field, $0) }
        return writers.filter { writer in
            !writers.contains { $0 != writer && graph.knows($0, writer) }
        }
    }

    func stage(among past: [Int]) -> Stage? {
        Stage.joined(survivors(of: .stage, among: past).compactMap(stageWritten))?.shown
    }

    private func writes(_ field: CaseField, _ index: Int) -> Bool {
        if field == .stage { return stageWritten(index) != nil }
        let entry = graph.entries[index]
        return EntryValues.read(entry.header, entry.parts).contains { $0.spec?.field == field }
    }

    private func stageWritten(_ index: Int) -> Stage? {
        let header = graph.entries[index].header
        guard header.operation == "case.import" else {
            return CaseOperation.named(header.operation)?.leadsTo
        }
        return header[field: CaseField.state.rawValue] == .text("closed") ? .closed : .reported
    }
}

/// A later operation prevails over what it knew whatever the clocks say, and concurrent ones all
/// stand: the fold agrees with a definition that has neither states nor joins.
@Test(arguments: 0..<150 as Range<UInt64>)
func theFoldAgreesWithAPlainDefinition(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed &+ 1_000_000)
    let world = try randomWorld(&generator)
    let folded = world.fold()
    let reference = Reference(world)
    let view = try #require(folded.view)
    #expect(folded.history.map(\.entry) == reference.graph.entries)
    #expect(folded.history.map { $0.verdict == .effective } == reference.effective)
    let all = Array(reference.graph.entries.indices)
    #expect(view.stage == reference.stage(among: all))
    for field in [CaseField.stage, .category, .summary, .unit, .outcome, .form, .externalID] {
        let survivors = reference.survivors(of: field, among: all)
            .map { reference.graph.entries[$0] }
            .sorted { ($1.header.time, $1.hash) < ($0.header.time, $0.hash) }
        let register = view.registers.first { $0.id == field.rawValue }
        #expect((register?.writes.map(\.entry) ?? []) == survivors.map(\.hash), "\(field)")
        guard field != .stage else { continue }
        #expect(register?.shown == register?.writes.first?.value)
        let isConflict = Set(register?.writes.map(\.value) ?? []).count > 1
        #expect(view.conflicts.contains { $0.register == field.rawValue } == isConflict)
    }
}

@Test func longHistoriesFoldInOneLineAndInFour() throws {
    for logCount in [1, 4] {
        var entries: [PlacedEntry] = []
        let logs = (0..<logCount).map { sha256([UInt8($0)]) }
        let subject = SubjectID(openedIn: logs[0], at: 0)
        let operations: [CaseOperation] = [.report, .register, .accept]
        for index in 0..<2000 {
            var draft = CaseDraft(index < 3 ? operations[index] : .amend)
            if index == 0 { try draft.set(.summary, "x") }
            if index == 1 || index > 2 { try draft.set(.category, "0\(index % 9 + 1)") }
            let content = try draft.compiled()
            var header = Header(
                ledger: .zero,
                log: logs[index % logCount],
                sequence: UInt64(index / logCount),
                time: UInt64(index),
                subjects: [subject],
                operation: draft.operation.name
            )
            header.fields = content.fields
            // Each knows the one before, or with four logs now and then only that of another.
            if let last = entries.last, logCount > 1, index < 4 || index % 3 > 0 {
                header.after = [last.hash]
            }
            if index == 0 { header.scope = Scope("330113002") }
            entries.append(
                PlacedEntry(
                    log: header.log,
                    sequence: header.sequence,
                    hash: sha256(header.encoded),
                    author: .zero,
                    header: header,
                    parts: content.parts
                )
            )
        }
        let clock = ContinuousClock()
        var folded = SubjectFold.fold(subject, entries: []) { _, _ in .allowed }
        let time = clock.measure {
            folded = SubjectFold.fold(subject, entries: entries) { _, _ in .allowed }
        }
        print("2000 entries in \(logCount) logs folded in \(time)")
        #expect(folded.history.allSatisfy { $0.verdict == .effective })
        #expect(folded.view?.stage == .accepted)
    }
}
