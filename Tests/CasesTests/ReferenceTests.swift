import Cases
import Crypto
import Encoding
import Ledger
import TestSupport
import Testing

/// A later operation prevails over what it knew whatever the clocks say, and concurrent ones all
/// stand: the fold agrees with a definition that has neither states nor joins.
@Test(arguments: 0..<400 as Range<UInt64>)
func theFoldAgreesWithAPlainDefinition(seed: UInt64) throws {
    let mix = RandomWorld.Mix(entriesMax: 50, hasRatifications: false, hasUnknown: false)
    let random = try RandomWorld(seed: seed &+ 1_000_000, mix)
    for about in 0...1 {
        let reference = Reference(random.world, about: about)
        // The model stands on the opening's being first.
        guard reference.graph.entries[0].header.scope != nil else { continue }
        let folded = random.world.fold(about: about)
        #expect(folded.history.map(\.entry.hash) == reference.graph.entries.map(\.hash))
        for (index, judged) in folded.history.enumerated() {
            let deed = reference.deeds[index]
            let verdict = "\(judged.entry.header.operation): \(judged.verdict)"
            #expect(judged.verdict.isInEffect == (deed?.isProposal == false), "\(verdict)")
            #expect((judged.verdict == .proposed) == (deed?.isProposal == true), "\(verdict)")
            let past = reference.past(of: index) + [index]
            #expect(judged.stage == reference.stage(among: past), "\(verdict)")
        }
        guard let view = folded.view else { continue }
        try compare(view, reference)
    }
}

private func compare(_ view: SubjectView, _ reference: Reference) throws {
    let all = reference.all
    #expect(view.stage == reference.stage(among: all))
    let holders = view.registers.first { $0.id == CaseField.holder.rawValue }
    #expect(
        Set(holders?.writes.compactMap(\.value) ?? [])
            == Set(reference.holders(among: all).map { .text($0.code) })
    )
    func hashes(_ entries: [Int]) -> Set<Digest> {
        Set(entries.map { reference.graph.entries[$0].hash })
    }
    #expect(
        Set(view.custody.offers.map(\.entry)) == hashes(reference.standing(.offers, among: all))
    )
    #expect(
        Set(view.custody.assistances.map(\.entry))
            == hashes(reference.standing(.assistants, among: all))
    )
    #expect(Set(view.redactions.flatMap(\.named)) == reference.hidden)
    let open = reference.openOffers(among: all)
    #expect(view.custody.offers.filter { !$0.isSuperseded }.count == min(open.count, 1))
    let links = reference.standing(.links, among: all)
    #expect(Set(view.links.map(\.entry)) == hashes(links))
    let agreed = links.filter { link in
        reference.isAgreed(link, among: all)
            || reference.graph.entries[link].header.operation == "case.relate"
                && reference.deeds[link]?.isProposal == false
    }
    #expect(Set(view.links.filter(\.isAgreed).map(\.entry)) == hashes(agreed))
    for field in [CaseField.category, .summary, .unit, .outcome, .form, .profile, .suspension] {
        let register = view.registers.first { $0.id == field.rawValue }
        #expect(
            Set(register?.writes.map(\.entry) ?? [])
                == hashes(reference.standing(field, among: all))
        )
        #expect(register?.shown == register?.writes.first?.value)
        let isConflict = Set(register?.writes.compactMap(\.value) ?? []).count > 1
        #expect(view.conflicts.contains { $0.register == field.rawValue } == isConflict)
    }
}

@Test func longHistoriesFoldInOneLineAndInFour() throws {
    for (logCount, size) in [(1, 200), (1, 2000), (4, 200), (4, 2000)] {
        var world = World(logCount: logCount)
        for index in 0..<size {
            let log = index % logCount
            if log > 0 || index > 0, logCount > 1, index < 4 || index % 3 > 0 {
                world.sync(from: (index + logCount - 1) % logCount, to: log)
            }
            // Every kind of look back: persons, offers, extensions and suspensions.
            let course: [CaseOperation] = [
                .amend, .offer, .withdraw, .extend, .suspend, .resume, .note, .dispatch, .refuse,
                .respond,
            ]
            let operation = index < 3 ? [.report, .register, .accept][index] : course[index % 10]
            let values: [CaseField: CBORValue] =
                operation == .amend ? [.category: World.sample(.category, index % 9)] : [:]
            let place = operation == .offer ? "330113003" : nil
            try world.write(operation, values, in: log, to: place, seconds: index)
        }
        let clock = ContinuousClock()
        var folded = world.fold()
        let time = clock.measure { folded = world.fold() }
        print("\(size) entries in \(logCount) logs folded in \(time)")
        #expect(folded.history.count == size && folded.view != nil)
    }
}
