internal import Crypto
internal import Encoding
internal import Ledger

/// Judges the entries of a graph one after another and keeps the state after each.
///
/// What an entry did is a *deed*. Its number is the entry's index, or for a ratified entry, which
/// takes effect where another stands, one beyond all indices: of two offices that ratify without
/// knowing of each other each gives it effect on its own side.
final class SubjectJudge {
    let subject: SubjectID
    let graph: SubjectGraph
    let authority: Authority
    /// Index of the entry from whose place the subject's id follows, if it is here.
    let opening: Int?
    private(set) var verdicts: [EntryVerdict] = []
    private(set) var states: [SubjectState] = []
    /// The deed of each entry in effect, once, in the order in which they took effect.
    private(set) var deeds: [Int] = []
    /// When a suspension first ended, by the deed that suspended.
    private(set) var resumptions: [Int: UInt64] = [:]

    /// What each entry did where it stands.
    private var effects: [Effect] = []
    /// What ratified entries did where the ratification stands.
    private var late: [(source: Int, at: Int, effect: Effect)] = []
    /// The late deeds of each ratified entry.
    private var lateDeeds: [Int: [Int]] = [:]
    /// Entries whose author's right had ended, and the ratifications that name them.
    private var ratifiable: [(entry: Int, by: [Digest])] = []
    /// The offers to each place; they widen the scopes in which entries that knew one have rights.
    private var offers: [(receiver: Scope, deeds: [Int])] = []
    /// Entries whose parts are redacted.
    var hidden: Set<Int> = []
    /// Dispatches and openings of talks, in the order in which they took effect.
    private(set) var dispatches: [Int] = []
    private(set) var talks: [Int] = []

    /// What a deed came to.
    struct Effect {
        /// The stage before it, as its author could know it.
        var stageBefore: Stage?
        /// The stage that it wrote.
        var stage: Stage?
        /// How it wrote it.
        var manner = Manner.outright
        /// Where a case goes on that it leaves suspended.
        var resumesTo: Stage?
        /// The deeds that suspended a case that it leaves so.
        var suspensions: [Int] = []
        /// Who has to act by it.
        var holder: Scope?
        /// The deed that it answers: an offer or a link.
        var answered: Int?
        /// To whom it offers the case.
        var receiver: Scope?
        /// Whether the other side of a link said it.
        var isProposal = false
    }

    /// How a stage is written.
    enum Manner: Hashable {
        /// It replaces what its author knew.
        case outright
        /// The case changed hands in this stage: it counts only beside an end that did not know
        /// of that.
        case mark
        /// The case was merged by this link, and is what it was before once the link is gone.
        case merging(link: Int)
    }

    /// An entry where it takes effect, with what its author could know there.
    struct Landing {
        let entry: Int
        /// The entry with which it takes effect: itself, unless it was ratified.
        let place: Int
        let before: SubjectState
        let stage: Stage?
        /// The deed that it answers.
        var answered: Int?
    }

    init(subject: SubjectID, graph: SubjectGraph, authority: Authority) {
        self.subject = subject
        self.graph = graph
        self.authority = authority
        let candidates = graph.entries.indices.filter { index in
            let entry = graph.entries[index]
            return CaseOperation.named(entry.header.operation)?.opens ?? true
                && SubjectID(openedIn: entry.log, at: entry.sequence) == subject
        }
        // Each history of a forked log has one at that place; what was ratified goes before.
        opening =
            candidates.count < 2
            ? candidates.first
            : candidates.first { index in
                switch authority.standing(graph.entries[index]) {
                case .allowed, .ratified: true
                default: false
                }
            } ?? candidates.first
        verdicts.reserveCapacity(graph.entries.count)
        states.reserveCapacity(graph.entries.count)
        effects.reserveCapacity(graph.entries.count)
    }

    /// The entry of a deed.
    func source(_ deed: Int) -> Int {
        deed < graph.entries.count ? deed : late[deed - graph.entries.count].source
    }

    /// The entry with which a deed took effect: who knows that one knows the deed.
    func place(_ deed: Int) -> Int {
        deed < graph.entries.count ? deed : late[deed - graph.entries.count].at
    }

    /// What a deed came to.
    func effect(_ deed: Int) -> Effect {
        deed < graph.entries.count ? effects[deed] : late[deed - graph.entries.count].effect
    }

    /// The header of the entry of a deed.
    func header(_ deed: Int) -> Header { graph.entries[source(deed)].header }

    /// The operation of a deed; nil for one that this version does not know.
    func operation(_ deed: Int) -> CaseOperation? {
        CaseOperation.named(header(deed).operation)
    }

    /// The kind of the subject, by the operation that opens it.
    var kind: SubjectKind? { opening.flatMap(operation)?.kind }

    /// Whether an import opened the case.
    var isImported: Bool { opening.flatMap(operation)?.act == .takeOver }

    /// The deeds of which the operation acts so, in the order in which they took effect.
    func deeds(_ acts: CaseOperation.Act...) -> [Int] {
        deeds.filter { deed in operation(deed).map { acts.contains($0.act) } ?? false }
    }

    /// Judges the next entry in the order of the graph.
    func judge(_ index: Int) {
        let before = join(after: graph.parents[index])
        var landing = Landing(
            entry: index,
            place: index,
            before: before,
            stage: stage(of: before)?.shown
        )
        let verdict = verdict(&landing)
        verdicts.append(verdict)
        effects.append(Effect(stageBefore: landing.stage))
        states.append(before)
        if case .noRight(.ratified(let ratifications)) = verdict {
            ratifiable.append((index, by: ratifications))
        }
        guard verdict == .effective || verdict == .proposed else { return }
        guard let operation = operation(index) else { return ratify(by: index) }
        let (effect, change) = change(operation, landing, deed: index, verdict)
        effects[index] = effect
        states[index] = before.applying(entry: index, deed: index, change)
        note(index, operation, isFirst: verdict == .effective)
    }

    /// Remembers what later entries are held against.
    private func note(_ deed: Int, _ operation: CaseOperation, isFirst: Bool) {
        if isFirst { deeds.append(deed) }
        if let receiver = effect(deed).receiver {
            if let place = offers.firstIndex(where: { $0.receiver == receiver }) {
                offers[place].deeds.append(deed)
            } else {
                offers.append((receiver, [deed]))
            }
        }
        if operation == .dispatch { dispatches.append(deed) }
        if operation.act == .mediate { talks.append(deed) }
    }

    /// The entries that a ratification gives effect to where it stands: those that it knew and
    /// that have not taken effect in its past.
    func ratified(by index: Int) -> [Int] {
        let hash = graph.entries[index].hash
        return ratifiable.filter { other in
            other.by.contains(hash) && graph.knows(index, other.entry)
                && !(lateDeeds[other.entry] ?? []).contains { graph.knows(index, place($0)) }
        }.map(\.entry)
    }

    /// Gives effect to what an entry ratifies, one after another.
    private func ratify(by index: Int) {
        var state = states[index]
        let ratified = ratified(by: index)
        for entry in ratified where operation(entry) == nil || !header(entry).isUnderstood {
            var landing = Landing(entry: entry, place: index, before: state, stage: nil)
            guard let version = verdict(&landing).neededVersion else { continue }
            // What it gives effect to is not known here, nor what that comes to.
            verdicts[index] = .needsVersion(version)
            return
        }
        for entry in ratified {
            var landing = Landing(
                entry: entry,
                place: index,
                before: state,
                stage: stage(of: state)?.shown
            )
            let verdict = verdict(&landing)
            let isFirst = !verdicts[entry].isInEffect
            guard verdict == .effective || verdict == .proposed,
                let operation = operation(entry)
            else {
                if isFirst { verdicts[entry] = verdict }
                continue
            }
            let deed = graph.entries.count + late.count
            let (effect, change) = change(operation, landing, deed: deed, verdict)
            late.append((source: entry, at: index, effect: effect))
            lateDeeds[entry, default: []].append(deed)
            state = state.applying(entry: index, deed: deed, change)
            if verdict == .effective {
                verdicts[entry] = .ratified(by: isFirst ? graph.entries[index].hash : first(entry))
            } else if isFirst {
                verdicts[entry] = verdict
            }
            note(deed, operation, isFirst: isFirst && verdict == .effective)
        }
        states[index] = state
    }

    /// The ratification by which an entry is known to be in effect.
    private func first(_ entry: Int) -> Digest {
        guard case .ratified(let ratification) = verdicts[entry] else {
            preconditionFailure("the entry was not ratified")
        }
        return ratification
    }

    /// Keeps when what a deed ended had ended first.
    func end(_ suspensions: [Int], at instant: UInt64) {
        for deed in suspensions {
            resumptions[deed] = min(resumptions[deed] ?? .max, instant)
        }
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

    /// The places whose authors had rights in the subject when an entry was written.
    ///
    /// Where it was opened, and where effective offers in its past lead; they never shrink.
    func scopes(at place: Int) -> [Scope] {
        guard let opening, let first = graph.entries[opening].header.scope else { return [] }
        return [first]
            + offers.filter { $0.deeds.contains { graph.knows(place, self.place($0)) } }
            .map(\.receiver)
    }

    /// Whether the author of an entry has a right in one of these places.
    func isAllowed(_ landing: Landing, in scopes: [Scope], _ right: Right) -> Bool {
        verdict(of: landing, in: scopes, right) == .allowed
    }

    /// What the roster says of the author of an entry.
    func verdict(of landing: Landing, in scopes: [Scope], _ right: Right) -> RightVerdict {
        allowed(authority.verdict(graph.entries[landing.entry], scopes, right), landing)
    }

    /// Whether a right of the author stands at all, wherever that is.
    func standing(of landing: Landing) -> RightVerdict {
        allowed(authority.standing(graph.entries[landing.entry]), landing)
    }

    /// One that was ratified counts as allowed where that takes effect.
    private func allowed(_ verdict: RightVerdict, _ landing: Landing) -> RightVerdict {
        guard landing.place != landing.entry, case .ratified(let ratifications) = verdict,
            ratifications.contains(graph.entries[landing.place].hash)
        else { return verdict }
        return .allowed
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
