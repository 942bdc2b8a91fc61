internal import Crypto
internal import Encoding
internal import Ledger

/// Judges the entries of a graph one after another and keeps the state after each.
struct SubjectJudge {
    let subject: SubjectID
    let graph: SubjectGraph
    let authority: Authority
    /// Index of the entry from whose place the subject's id follows, if it is here.
    let opening: Int?
    private(set) var verdicts: [EntryVerdict] = []
    private(set) var states: [SubjectState] = []
    /// What each entry did, as far as it follows from the state that it landed in.
    private(set) var effects: [Effect] = []
    /// Links to which both sides have agreed.
    var agreedLinks: Set<Int> = []
    /// Effective offers and the entries with which they took effect; they widen the scopes in which
    /// entries that knew them have rights.
    private var offers: [(offer: Int, at: Int)] = []
    /// With which entry a ratified one took effect.
    private var ratifiedAt: [Int: Int] = [:]
    /// Whether what is being judged was ratified, so that its author's ended right is no hindrance.
    private var isRatifying = false

    /// What an entry's act came to.
    struct Effect {
        /// The stage before it, as its author could know it.
        var stageBefore: Stage?
        /// The stage that it wrote.
        var stage: Stage?
        /// Where a case goes on that it leaves suspended.
        var resumesTo: Stage?
        /// Who has to act by it.
        var holder: Scope?
        /// The entry that it answers: an offer or a link.
        var answered: Int?
        /// To whom it offers the case.
        var receiver: Scope?
    }

    init(subject: SubjectID, graph: SubjectGraph, authority: Authority) {
        self.subject = subject
        self.graph = graph
        self.authority = authority
        opening = graph.entries.firstIndex { entry in
            CaseOperation.named(entry.header.operation)?.opens ?? true
                && SubjectID(openedIn: entry.log, at: entry.sequence) == subject
        }
        verdicts.reserveCapacity(graph.entries.count)
        states.reserveCapacity(graph.entries.count)
        effects.reserveCapacity(graph.entries.count)
    }

    /// The operation of an entry; nil for one that this version does not know.
    func operation(_ index: Int) -> CaseOperation? {
        CaseOperation.named(graph.entries[index].header.operation)
    }

    /// The kind of the subject, by the operation that opens it.
    var kind: SubjectKind? { opening.flatMap(operation)?.kind }

    /// Whether an import opened the case.
    var isImported: Bool { opening.flatMap(operation)?.act == .takeOver }

    /// The entries that count, in the order of the graph.
    var effective: [Int] { verdicts.indices.filter { verdicts[$0].isInEffect } }

    /// The entries that counted for the author of an entry, in the order of the graph.
    func effective(knownTo index: Int) -> [Int] {
        effective.filter { $0 != index && graph.knows(index, ratifiedAt[$0] ?? $0) }
    }

    /// The entries that count of which the operation acts so, in the order of the graph.
    func effective(_ acts: CaseOperation.Act...) -> [Int] {
        effective.filter { index in operation(index).map { acts.contains($0.act) } ?? false }
    }

    /// Whether an entry says that its parts give this field.
    func listsInParts(_ field: UInt64, _ index: Int) -> Bool {
        guard
            case .array(let ids)? =
                graph.entries[index].header[field: EntryValues.partFieldsKey]
        else { return false }
        return ids.contains(.unsigned(field))
    }

    /// Judges the next entry in the order of the graph.
    mutating func judge(_ index: Int) {
        let before = join(after: graph.parents[index])
        var effect = Effect(stageBefore: stage(of: before)?.shown)
        let verdict = verdict(index, before: before, effect: &effect)
        verdicts.append(verdict)
        effects.append(effect)
        guard verdict == .effective || verdict == .proposed else {
            states.append(before)
            return
        }
        guard let operation = operation(index) else {
            states.append(ratify(by: index, before))
            return
        }
        let change = change(operation, index, before, verdict: verdict, effect: &effect)
        if effect.receiver != nil { offers.append((index, at: index)) }
        effects[index] = effect
        states.append(before.applying(entry: index, change))
    }

    /// The entries that a ratification gives effect to where it stands, and that none before did.
    func ratified(by index: Int) -> [Int] {
        let hash = graph.entries[index].hash
        return verdicts.indices.prefix(index).filter { other in
            guard case .noRight(.ratified(let ratifications)) = verdicts[other] else {
                return false
            }
            return ratifications.contains(hash) && graph.knows(index, other)
        }
    }

    /// The state after a ratification: what it ratifies takes effect now, one after another.
    private mutating func ratify(by index: Int, _ before: SubjectState) -> SubjectState {
        var state = before
        isRatifying = true
        defer { isRatifying = false }
        for entry in ratified(by: index) {
            var effect = Effect(stageBefore: stage(of: state)?.shown)
            let verdict = verdict(entry, before: state, effect: &effect)
            ratifiedAt[entry] = index
            guard verdict == .effective, let operation = operation(entry) else {
                verdicts[entry] = verdict
                continue
            }
            let change = change(operation, entry, state, verdict: verdict, effect: &effect)
            if effect.receiver != nil { offers.append((entry, at: index)) }
            effects[entry] = effect
            verdicts[entry] = .ratified(by: graph.entries[index].hash)
            state = state.applying(entry: index, source: entry, change)
        }
        return state
    }

    /// The join of the states after some entries.
    func join(after entries: [Int]) -> SubjectState {
        guard let first = entries.first else { return SubjectState() }
        var joined = states[first]
        for (count, entry) in entries.enumerated().dropFirst() {
            joined = joined.joined(
                states[entry],
                knownHere: { other in
                    entries.prefix(count).contains { graph.knows($0, other) }
                },
                knownThere: { graph.knows(entry, $0) }
            )
        }
        return joined
    }

    /// What the stage register of a state comes to; nil before the subject is open.
    func stage(of state: SubjectState) -> Stage.Joined? {
        Stage.joined(state.entries(in: .stage).compactMap { effects[$0].stage })
    }

    /// Who has to act in a state: every value that stands, the one that counts first.
    ///
    /// An assignment from above goes before what offices agreed among themselves; of two takings
    /// that did not know each other the one whose offer came first counts.
    func holders(of state: SubjectState) -> [(scope: Scope, entry: Int)] {
        state.entries(in: .holder)
            .sorted { rank($0) < rank($1) }
            .compactMap { entry in effects[entry].holder.map { ($0, entry) } }
    }

    /// The offers that stand in a state, the one that counts first.
    func openOffers(_ state: SubjectState) -> [Int] {
        state.entries(in: .offers).sorted { order($0) < order($1) }
    }

    /// The places whose authors had rights in the subject when an entry was written.
    ///
    /// Where it was opened, and where effective offers in its past lead; they never shrink.
    func scopes(at index: Int) -> [Scope] {
        guard let opening, let first = graph.entries[opening].header.scope else { return [] }
        return [first]
            + offers.filter { $0.at != index && graph.knows(index, $0.at) }
            .compactMap { effects[$0.offer].receiver }
    }

    /// Whether the author of an entry has a right in one of these places.
    func isAllowed(_ index: Int, in scopes: [Scope], _ right: Right) -> Bool {
        verdict(of: index, in: scopes, right) == .allowed
    }

    /// What the roster says of the author of an entry; one that was ratified counts as allowed
    /// where that takes effect.
    func verdict(of index: Int, in scopes: [Scope], _ right: Right) -> RightVerdict {
        let verdict = authority.verdict(graph.entries[index], scopes, right)
        guard isRatifying, case .ratified = verdict else { return verdict }
        return .allowed
    }

    /// The instant that an entry gives for a milestone.
    func instant(of milestone: CaseField, in index: Int) -> UInt64 {
        let header = graph.entries[index].header
        return header.instant(milestone) ?? header.caseTime
    }

    /// The value that an entry wrote to a register; nil where its part is not held.
    ///
    /// - Parameters:
    ///   - register: the number of the field.
    ///   - index: the entry.
    ///   - inParts: gives what the parts of an entry say.
    /// - Returns: the value, of the field's type.
    func value(
        of register: UInt64,
        in index: Int,
        inParts: (Int) -> [CBORPair]
    ) -> CBORValue? {
        guard let field = CaseField(rawValue: register) else { return nil }
        let spec = field.spec
        switch spec.register {
        case .stage: return effects[index].stage.map { .text($0.rawValue) }
        case .holder: return effects[index].holder.map { .text($0.code) }
        case .offers: return effects[index].receiver.map { .text($0.code) }
        case .links:
            return graph.entries[index].header.subjects.first { $0 != subject }
                .map { .bytes($0.bytes) }
        case .milestone: return .unsigned(instant(of: field, in: index))
        case .single, .set, .act:
            guard spec.place != .header else { return graph.entries[index].header[field: register] }
            return inParts(index).first { $0.key == register && spec.type.admits($0.value) }?.value
        }
    }

    private func order(_ index: Int) -> Order {
        Order(time: graph.entries[index].header.time, hash: graph.entries[index].hash)
    }

    private func rank(_ index: Int) -> Order {
        switch operation(index)?.act {
        case .assign, .settle:
            // The latest assignment counts, before any other.
            Order(isBelow: false, time: .max - order(index).time, hash: order(index).hash)
        default:
            Order(
                isBelow: true,
                time: order(effects[index].answered ?? index).time,
                hash: order(effects[index].answered ?? index).hash
            )
        }
    }
}

/// Orders what is concurrent, for a choice that is the same at all nodes.
private struct Order: Comparable {
    var isBelow = false
    let time: UInt64
    let hash: Digest

    static func < (left: Order, right: Order) -> Bool {
        if left.isBelow != right.isBelow { return right.isBelow }
        return (left.time, left.hash) < (right.time, right.hash)
    }
}

extension Header {
    /// The value of a field of the type instant.
    func instant(_ field: CaseField) -> UInt64? {
        guard case .unsigned(let instant)? = self[field: field.rawValue] else { return nil }
        return instant
    }

    /// The value of a field that holds a code.
    func code(_ field: CaseField) -> String? {
        guard case .text(let code)? = self[field: field.rawValue] else { return nil }
        return code
    }

    /// The value of a field that holds a hash.
    func digest(_ field: CaseField) -> Digest? { self[field: field.rawValue]?.bytes32 }

    /// When the act happened: as entered later, or when it was written.
    package var caseTime: UInt64 { instant(.at) ?? time }
}
