import Cases
import Crypto
import Encoding
import Ledger

/// What the rules say of a case, computed from each entry's whole past, without states, joins or
/// anything that is kept from one entry to the next.
///
/// A write stands among some entries if none of them that knew it took it away. Knows neither
/// ratification nor newer versions.
struct Reference {
    /// What an entry came to.
    struct Deed {
        var isProposal = false
        var stage: Stage?
        var resumesTo: Stage?
        var isMark = false
        var merging: Int?
        var holder: Scope?
        var receiver: Scope?
        var answered: Int?
        /// The link to which both sides have agreed by it.
        var agreed: Int?
    }

    let graph: SubjectGraph
    /// Nil for an entry without effect.
    private(set) var deeds: [Deed?] = []
    private let world: World
    private let subject: SubjectID
    private let authority: Authority

    init(_ world: World, about number: Int) {
        self.world = world
        subject = world.subjects[number]
        authority = world.authority
        let subject = subject
        let elsewhere = Set(world.entries.map(\.hash))
        graph = SubjectGraph(
            world.entries.filter { $0.header.subjects.contains(subject) },
            isHeldElsewhere: elsewhere.contains
        )
        for index in graph.entries.indices { deeds.append(deed(index)) }
    }

    /// Everything that is judged.
    var all: [Int] { Array(graph.entries.indices) }

    // MARK: What stands

    /// The entries among `past` whose write to a register stands.
    func standing(_ register: CaseField, among past: [Int]) -> [Int] {
        past.filter { writer in
            writes(writer, register)
                && !past.contains { other in
                    other != writer && graph.knows(other, writer)
                        && takesAway(other, register, writer)
                }
        }
    }

    private func writes(_ index: Int, _ register: CaseField) -> Bool {
        guard let deed = deeds[index] else { return false }
        switch register {
        case .stage: return deed.stage != nil
        case .holder: return deed.holder != nil
        case .offers: return deed.receiver != nil && act(index) != .assist
        case .assistants: return act(index) == .assist
        case .redactions: return act(index) == .redact
        case .links: return act(index) == .link || act(index) == .relate
        default:
            let entry = graph.entries[index]
            return !deed.isProposal
                && EntryValues.read(entry.header, entry.parts).contains { value in
                    value.spec?.field == register
                        && operation(index)?.fields.contains { $0.field == register } ?? false
                }
        }
    }

    private func takesAway(_ index: Int, _ register: CaseField, _ writer: Int) -> Bool {
        guard let deed = deeds[index], !deed.isProposal else { return false }
        switch register {
        case .stage where deed.merging != nil: return false
        case .stage where deed.isMark: return deeds[writer]?.isMark ?? false
        case .offers:
            switch act(index) {
            case .offer, .giveBack, .take, .assign: return true
            case .reject, .withdraw: return deed.answered == writer
            default: return false
            }
        case .links: return act(index) == .unlink && deed.answered == writer
        case .assistants: return act(index) == .release && deed.answered == writer
        case .redactions: return act(index) == .refuseRedaction && deed.answered == writer
        default: return writes(index, register)
        }
    }

    /// Whether both sides agreed to a link that stands.
    func isAgreed(_ link: Int, among past: [Int]) -> Bool {
        past.contains { agreement in
            deeds[agreement]?.agreed == link
                && !past.contains { undoing in
                    act(undoing) == .unlink && deeds[undoing]?.answered == link
                        && deeds[undoing]?.isProposal == false && graph.knows(undoing, agreement)
                }
        }
    }

    /// The stages that stand, each with its entry.
    func stages(among past: [Int]) -> [(stage: Stage, entry: Int)] {
        let links = standing(.links, among: past)
        let standing = standing(.stage, among: past)
        let mergings = standing.filter { entry in
            guard let link = deeds[entry]?.merging else { return false }
            return links.contains(link) && !isLost(link, links, past)
        }
        let rest = standing.filter { entry in
            deeds[entry]?.merging == nil && !mergings.contains { graph.knows($0, entry) }
        }
        var counting = rest.filter { deeds[$0]?.isMark == false } + mergings
        if counting.allSatisfy({ deeds[$0]?.stage?.isEnded ?? true }) {
            counting += rest.filter { deeds[$0]?.isMark == true }
        }
        return counting.compactMap { entry in deeds[entry]?.stage.map { ($0, entry) } }
    }

    private func isLost(_ link: Int, _ links: [Int], _ past: [Int]) -> Bool {
        let other = graph.entries[link].header.subjects[1]
        return subject < other
            && links.contains { opposite in
                act(opposite) == .link && isAgreed(opposite, among: past)
                    && graph.entries[opposite].header.subjects == [other, subject]
            }
    }

    func stage(among past: [Int]) -> Stage? {
        Stage.joined(stages(among: past).map(\.stage))?.shown
    }

    func holders(among past: [Int]) -> [Scope] {
        standing(.holder, among: past).compactMap { deeds[$0]?.holder }
    }

    /// Offers that can be taken.
    func openOffers(among past: [Int]) -> [Int] {
        let moves = standing(.holder, among: past)
        return standing(.offers, among: past).filter { offer in
            moves.allSatisfy { graph.knows(offer, $0) }
        }
    }

    func past(of index: Int) -> [Int] { all.filter { $0 < index && graph.knows(index, $0) } }

    // MARK: What an entry comes to

    private func operation(_ index: Int) -> CaseOperation? {
        CaseOperation.named(graph.entries[index].header.operation)
    }

    private func act(_ index: Int) -> CaseOperation.Act? { operation(index)?.act }

    private func value(_ index: Int, _ field: CaseField) -> CBORValue? {
        graph.entries[index].header[field: field.rawValue]
    }

    private func isAllowed(_ index: Int, _ places: [Scope], _ right: Right) -> Bool {
        authority.verdict(graph.entries[index], places, right) == .allowed
    }

    private func deed(_ index: Int) -> Deed? {
        guard let operation = operation(index) else { return nil }
        let header = graph.entries[index].header
        let isOpening = index == 0
        let past = past(of: index)
        let stage = stage(among: past)
        let right = stage.flatMap { operation.rightIn[$0] } ?? operation.right
        let holders = holders(among: past)
        var deed = Deed()
        deed.answered = answered(operation, header, past)
        let isMissing = operation.fields.contains { use in
            use.isRequired && use.field.spec.place == .header && value(index, use.field) == nil
        }
        guard !isMissing, operation.opens == false || isOpening || operation == .takeOver else {
            return nil
        }
        var places = [graph.entries[0].header.scope].compactMap { $0 }
        places += past.compactMap { deeds[$0]?.receiver }
        var otherSide: [Scope] = []
        if let answered = deed.answered {
            let isProposal = deeds[answered]?.isProposal ?? true
            switch operation.act {
            case .take, .reject: places = [deeds[answered]?.receiver].compactMap { $0 }
            case .confirmLink, .unlink:
                otherSide = isProposal ? [] : [graph.entries[answered].header.to].compactMap { $0 }
                places += otherSide
            default: break
            }
        }
        let verdict = authority.verdict(graph.entries[index], places, right)
        guard verdict == .allowed || verdict == .outsideScope && operation.subjectCount == 2 else {
            return nil
        }
        guard !isOpening else {
            deed.stage = operation.leadsTo ?? imported(index)
            deed.holder = header.scope
            return deed
        }
        guard let stage, operation.stages.contains(stage) || operation.isForEveryKind else {
            return nil
        }
        if operation == .takeOver, self.operation(0) != .takeOver { return nil }
        if operation.isHolders, !isAllowed(index, holders, right) { return nil }
        if operation.subjectCount == 2 {
            let isOurs = isAllowed(index, holders, right) || isAllowed(index, otherSide, right)
            let isTakenBack =
                operation == .unlink
                && deed.answered.map { link in
                    deeds[link]?.isProposal ?? false
                        && graph.entries[link].log == graph.entries[index].log
                } ?? false
            deed.isProposal = !isOurs && !isTakenBack
        }
        guard fits(operation, index, past, deed, otherSide, holders) else { return nil }
        if !deed.isProposal { fill(&deed, operation, index, past) }
        return deed
    }

    private func answered(
        _ operation: CaseOperation,
        _ header: Header,
        _ past: [Int]
    ) -> Int? {
        switch operation.act {
        case .take, .reject, .withdraw:
            standing(.offers, among: past)
                .first { graph.entries[$0].hash == header[field: 180]?.bytes32 }
        case .approveRedaction, .refuseRedaction:
            standing(.redactions, among: past)
                .first { graph.entries[$0].hash == header[field: 227]?.bytes32 }
        case .release:
            standing(.assistants, among: past)
                .first { graph.entries[$0].hash == header[field: 223]?.bytes32 }
        case .confirmLink, .unlink:
            standing(.links, among: past)
                .first { graph.entries[$0].hash == header[field: 222]?.bytes32 }
        default: nil
        }
    }

    private func imported(_ index: Int) -> Stage {
        value(index, .state) == .text("closed") ? .closed : .reported
    }
}

extension Reference {
    private func fits(
        _ operation: CaseOperation,
        _ index: Int,
        _ past: [Int],
        _ deed: Deed,
        _ otherSide: [Scope],
        _ holders: [Scope]
    ) -> Bool {
        let header = graph.entries[index].header
        func isAbove(_ places: [Scope]) -> Bool {
            places.allSatisfy { isAllowed(index, [$0], operation.right) }
        }
        func mergesAgain(_ link: Int) -> Bool {
            act(link) == .link && graph.entries[link].header.subjects[0] == subject
                && stage(among: past) == .merged
        }
        switch operation.act {
        case .offer: return openOffers(among: past).isEmpty
        case .giveBack:
            let before = standing(.holder, among: past).flatMap { move in
                self.holders(among: self.past(of: move))
            }
            return openOffers(among: past).isEmpty && header.to.map(before.contains) ?? false
        case .take:
            return deed.answered != nil && deed.answered == first(openOffers(among: past))
        case .reject, .withdraw, .unlink: return deed.answered != nil
        case .redact:
            guard case .array(let items)? = value(index, .redacted) else { return false }
            return items.allSatisfy { item in
                past.contains { graph.entries[$0].hash == item.bytes32 }
            }
        case .approveRedaction, .refuseRedaction:
            guard let redaction = deed.answered else { return false }
            let isSame = isSamePerson(index, redaction)
            if operation.act == .refuseRedaction, isSame { return true }
            return !isSame && isAbove(holders.map(\.wider))
        case .release:
            guard let request = deed.answered else { return false }
            let sides = holders + [deeds[request]?.receiver].compactMap { $0 }
            return isAllowed(index, sides, operation.right)
        case .assign: return isAbove(holders + [header.to].compactMap { $0 })
        case .link: return !mergesAgain(index)
        case .confirmLink:
            guard let link = deed.answered else { return false }
            guard !deed.isProposal else { return true }
            let isOther = deeds[link]?.isProposal ?? false
            return !mergesAgain(link)
                && (isOther || isAllowed(index, otherSide, operation.right))
        case .settle: return settles(index, past, holders) && (header.to == nil || isAbove(holders))
        case .extend:
            let clock = value(index, .clock)
            let agrees = value(index, .partiesAgree) == .bool(true)
            return clock != .text("mediation") || agrees
        default: return true
        }
    }

    private func isSamePerson(_ first: Int, _ second: Int) -> Bool {
        let (first, second) = (graph.entries[first], graph.entries[second])
        guard let one = authority.person(first), let other = authority.person(second) else {
            return first.log == second.log
        }
        return one == other
    }

    /// Entries whose parts are hidden.
    var hidden: Set<Digest> {
        let standing = standing(.redactions, among: all)
        let approved = all.filter { deeds[$0] != nil && act($0) == .approveRedaction }
            .compactMap { deeds[$0]?.answered }
        var hashes: Set<Digest> = []
        for redaction in standing + approved {
            guard case .array(let items)? = value(redaction, .redacted) else { continue }
            hashes.formUnion(items.compactMap(\.bytes32))
        }
        return hashes
    }

    private func first(_ offers: [Int]) -> Int? {
        offers.min { left, right in
            let (left, right) = (graph.entries[left], graph.entries[right])
            return (left.header.time, left.hash) < (right.header.time, right.hash)
        }
    }

    private func settles(_ index: Int, _ past: [Int], _ holders: [Scope]) -> Bool {
        let entry = graph.entries[index]
        let stages = stages(among: past).map { CBORValue.text($0.stage.rawValue) }
        let stage = value(index, .stage)
        if let stage, stages.count < 2 || !stages.contains(stage) { return false }
        if let to = entry.header.to, holders.count < 2 || !holders.contains(to) { return false }
        let fields = EntryValues.read(entry.header, entry.parts).compactMap { $0.spec?.field }
            .filter { $0.spec.register == .single && CaseOperation.settle.has($0) }
        return fields.allSatisfy { standing($0, among: past).count > 1 }
            && (stage != nil || entry.header.to != nil || !fields.isEmpty)
    }

    private func fill(
        _ deed: inout Deed,
        _ operation: CaseOperation,
        _ index: Int,
        _ past: [Int]
    ) {
        let header = graph.entries[index].header
        deed.stage = operation.leadsTo
        let suspended = stages(among: past).filter { $0.stage == .suspended }
            .compactMap { deeds[$0.entry]?.resumesTo }
        switch operation.act {
        case .takeOver: deed.stage = imported(index)
        case .offer, .giveBack, .assist: deed.receiver = header.to
        case .take: deed.holder = deed.answered.flatMap { deeds[$0]?.receiver }
        case .assign: deed.holder = header.to
        case .resume: deed.stage = Stage.joined(suspended)?.shown
        case .link:
            if let to = header.to, isAllowed(index, [to], operation.right) {
                deed.agreed = index
                if header.subjects[0] == subject { deed.merging = index }
            }
        case .confirmLink:
            deed.agreed = deed.answered
            if let link = deed.answered, act(link) == .link,
                graph.entries[link].header.subjects[0] == subject
            {
                deed.merging = link
            }
        case .settle:
            deed.holder = header.to
            if case .text(let code)? = value(index, .stage) { deed.stage = Stage(rawValue: code) }
            if deed.stage == .merged {
                deed.merging = stages(among: past).last { $0.stage == .merged }
                    .flatMap { deeds[$0.entry]?.merging }
            }
        default: break
        }
        if deed.merging != nil { deed.stage = .merged }
        if deed.holder != nil, deed.stage == nil {
            deed.stage = stage(among: past)
            deed.isMark = true
        }
        if deed.stage == .suspended {
            deed.resumesTo =
                operation == .suspend ? stage(among: past) : Stage.joined(suspended)?.shown
        }
    }
}
