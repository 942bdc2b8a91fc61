import Cases
import Crypto
import Encoding
import Ledger
import TestSupport
import Testing

// The laws of the fold, over random histories: what is right is not asked here, only what must
// hold whatever the rules say. `LawTests` stands on no rule of any operation.

/// How many histories each law is tried on.
private let seeds: Range<UInt64> = 0..<400

/// Some of the entries, whatever they knew, with some signatures found bad and some
/// parts not held.
private func sample(
    _ entries: [PlacedEntry],
    _ generator: inout SeededGenerator,
    missing: Int = 30
) -> [PlacedEntry] {
    entries.enumerated().filter {
        $0.offset == 0 || Int.random(in: 0..<missing, using: &generator) > 0
    }
    .map { offset, entry in
        let isForged = offset > 0 && Int.random(in: 0..<40, using: &generator) == 0
        let parts = entry.parts.map { part in
            Int.random(in: 0..<8, using: &generator) == 0 ? nil : part
        }
        return entry.held(parts: parts, isForged: isForged)
    }
}

@Test(arguments: seeds)
func theSameSetInAnyOrderGivesTheSameBytes(seed: UInt64) throws {
    let random = try RandomWorld(seed: seed)
    var generator = SeededGenerator(seed: seed)
    let held = sample(random.world.entries, &generator)
    let authority = random.authority
    for about in 0...1 {
        let first = random.world.fold(held, about: about, authority: authority)
        for _ in 0..<3 {
            let again = (held + held.prefix(5)).shuffled(using: &generator)
            let second = random.world.fold(again, about: about, authority: authority)
            #expect(second == first)
            #expect(second.view?.encoded == first.view?.encoded)
        }
        // No operation disappears: every entry stands in the history once.
        let own = held.filter { $0.header.subjects.contains(random.world.subjects[about]) }
        #expect(first.history.count == own.count)
        #expect(Set(first.history.map(\.entry.hash)) == Set(own.map(\.hash)))
        guard let view = first.view else { continue }
        #expect(view.counts.entries == own.count)
        _ = try CBORValue(decoding: view.encoded)
    }
}

@Test(arguments: seeds)
func noAbsentPartChangesStageCustodyRightsDeadlinesOrVerdicts(seed: UInt64) throws {
    let random = try RandomWorld(seed: seed)
    var generator = SeededGenerator(seed: seed)
    let bare = random.world.entries.map { entry in
        entry.held(parts: entry.parts.map { Bool.random(using: &generator) ? $0 : nil })
    }
    for about in 0...1 {
        let whole = random.world.fold(about: about, authority: random.authority)
        let stripped = random.world.fold(bare, about: about, authority: random.authority)
        #expect(whole.history.map(\.verdict) == stripped.history.map(\.verdict))
        #expect(whole.history.map(\.stage) == stripped.history.map(\.stage))
        let (left, right) = (whole.view, stripped.view)
        #expect(left?.stage == right?.stage && left?.custody == right?.custody)
        #expect(left?.links == right?.links && left?.deadlines == right?.deadlines)
        #expect(left?.profile == right?.profile && left?.counts == right?.counts)
        #expect(left?.updatedAt == right?.updatedAt && left?.number == right?.number)
        // The same entries stand in the same registers; only values may be gone.
        #expect(
            left?.registers.map { $0.writes.map(\.entry) }
                == right?.registers.map { $0.writes.map(\.entry) }
        )
    }
}

/// Clocks that are slow or fast by days void nothing.
///
/// The same history with other times is judged the same. Only which of two offers came first is decided by their times.
@Test(arguments: seeds)
func noClockVoidsAnything(seed: UInt64) throws {
    let random = try RandomWorld(seed: seed)
    let other = try RandomWorld(seed: seed, clockSeed: seed &+ 99)
    for about in 0...1 {
        let left = random.world.fold(about: about, authority: random.authority)
        let right = other.world.fold(about: about, authority: other.authority)
        let verdicts = [left, right].map(\.history).map { $0.map(\.verdict) }
        guard !verdicts.joined().contains(.inadmissible(.offerSuperseded)) else { continue }
        func inOrder(_ folded: FoldedSubject, _ world: World) -> [String] {
            let judged = Dictionary(
                uniqueKeysWithValues: folded.history.map { ($0.entry.hash, $0) }
            )
            return world.entries.compactMap { judged[$0.hash] }.map { judged in
                switch judged.verdict {
                case let verdict
                where other.rights.keys.contains(judged.entry.hash)
                    || random.rights.keys.contains(judged.entry.hash):
                    "in effect: \(verdict.isInEffect)"
                case let verdict: "\(verdict) \(judged.stage?.rawValue ?? "")"
                }
            }
        }
        #expect(inOrder(left, random.world) == inOrder(right, other.world))
        #expect(left.view?.stage == right.view?.stage)
        let holders = [left, right].map { $0.view?.registers.first { $0.id == 18 } }
            .map { Set($0?.writes.compactMap(\.value) ?? []) }
        #expect(holders[0] == holders[1])
    }
}

/// What an entry came to is decided by what it knew.
///
/// Only the end of a right, or an office above
/// that gives effect to what was left over, changes it later.
@Test(arguments: seeds)
func whatAnEntryDidNotKnowNeverChangesItsVerdict(seed: UInt64) throws {
    let random = try RandomWorld(seed: seed)
    var generator = SeededGenerator(seed: seed)
    let entries = random.world.entries
    for about in 0...1 {
        let whole = random.world.fold(about: about, authority: random.authority)
        let judged = Dictionary(
            uniqueKeysWithValues: whole.history.map { ($0.entry.hash, $0) }
        )
        for _ in 0..<3 {
            // A node holds of each log a beginning; what lacks a parent in another waits.
            let ends = random.world.logs.map { _ in
                UInt64.random(in: 0...UInt64(entries.count), using: &generator)
            }
            let held = Dictionary(uniqueKeysWithValues: zip(random.world.logs, ends))
            let some = entries.filter { $0.sequence < 7 + (held[$0.log] ?? 0) }
            for earlier in random.world.fold(some, about: about, authority: random.authority)
                .history
            {
                let later = try #require(judged[earlier.entry.hash])
                guard earlier.verdict != .waiting else { continue }
                if random.rights[earlier.entry.hash] != nil { continue }
                if earlier.entry.header.operation == "grant.ratify" { continue }
                #expect(earlier.verdict == later.verdict)
                #expect(earlier.stage == later.stage)
            }
        }
    }
}

/// Histories of 200 entries by up to eight offices.
@Test(arguments: 5_000..<5_020 as Range<UInt64>)
func longHistoriesKeepTheLaws(seed: UInt64) throws {
    let random = try RandomWorld(seed: seed, RandomWorld.Mix(entriesMax: 200))
    var generator = SeededGenerator(seed: seed)
    let held = sample(random.world.entries, &generator, missing: 200)
    let first = random.world.fold(held, authority: random.authority)
    let second = random.world.fold(held.shuffled(using: &generator), authority: random.authority)
    #expect(first == second && first.view?.encoded == second.view?.encoded)
}

/// What of the table the random histories reach, so that the laws are tried on all of it.
@Test func randomHistoriesReachEveryOperationAndVerdict() throws {
    var effective: Set<String> = []
    var reasons: Set<String> = []
    var stages: Set<Stage> = []
    var conflicts: Set<String> = []
    for seed in seeds {
        let random = try RandomWorld(seed: seed)
        for about in 0...1 {
            let folded = random.world.fold(about: about, authority: random.authority)
            if let view = folded.view {
                stages.insert(view.stage)
                conflicts.formUnion(view.conflicts.map { "\($0.reason.rawValue) \($0.register)" })
            }
            for judged in folded.history {
                if let stage = judged.stage { stages.insert(stage) }
                if judged.verdict.isInEffect { effective.insert(judged.entry.header.operation) }
                switch judged.verdict {
                case .inadmissible(.stage): reasons.insert("stage")
                case .inadmissible(let reason): reasons.insert("\(reason)")
                case .noRight(.ratified): reasons.insert("not yet ratified")
                case .ratified: reasons.insert("ratified")
                case .malformed: reasons.insert("malformed")
                case let verdict: reasons.insert("\(verdict)")
                }
            }
        }
    }
    let all = CaseOperation.all.filter { $0.kind == .case }.map(\.name)
    #expect(Set(all).subtracting(effective) == [])
    #expect(Set(Stage.families[0]).subtracting(stages) == [])
    let wanted: Set<String> = [
        "stage", "notHolder", "offerPending", "noOffer", "noAssistance", "noSuchEntry",
        "noRedaction", "offerSuperseded",
        "notFromThere",
        "noLink", "ownLink", "nothingToSettle", "noConsent", "notAbove", "notImported",
        "notOpened", "proposed", "ratified", "not yet ratified", "malformed",
        "noRight(Ledger.RightVerdict.outsideScope)", "needsVersion(2)", "effective",
    ]
    #expect(wanted.subtracting(reasons) == [], "\(reasons.sorted())")
    #expect(conflicts.isSuperset(of: ["values 1", "values 18", "disputed-custody 18"]))
    #expect(conflicts.contains("refused-agreement 1") && conflicts.contains("merged-both-ways 1"))
}
