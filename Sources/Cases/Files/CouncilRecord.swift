package import Crypto
internal import Encoding
internal import Ledger

/// The record of one council: what was talked about, what was proposed and became of it, what was
/// resolved and carried out.
///
/// A function of the folded council alone. What follows from *now* is computed when asked.
package struct CouncilRecord: Hashable, Sendable {
    /// The council.
    package let view: SubjectView
    /// Proposals in effect, in display order.
    package let proposals: [Proposal]
    /// Tallies of what is no proposal here.
    package let otherTallies: [Tally]
    /// What was resolved; several if that was done without knowing of each other.
    package let resolutions: [FiledAct]
    /// Reports of how far it is carried out, the last of them with its proof.
    package let followUps: [FiledAct]

    private let writers: [Digest: EntryWriter]

    /// One proposal and what it came from and went into.
    package struct Proposal: Hashable, Sendable {
        /// `P` and this number name it, from 1; a proposal that is learned of later can move it,
        /// the entry's hash never does.
        package let ordinal: Int
        /// What was said.
        package let act: FiledAct
        /// Entries it was split or merged from.
        package let from: [Digest]
        /// How it came about.
        package let origin: Origin
        /// Ordinals of what it was split or merged from, as far as they are proposals here.
        package let sources: [Int]
        /// Ordinals of every proposal that it goes back to.
        package let ancestors: [Int]
        /// Ordinals of what was split or merged from it.
        package let successors: [Int]
        /// Tallies that no later one knew; more than one if they were taken without knowing of
        /// each other.
        package let tallies: [Tally]
        /// Whether a resolution names it.
        package let isAdopted: Bool

        /// `P` and its number.
        package var name: String { "P\(ordinal)" }
        /// Its text.
        package var text: Held { act[.proposal] }
        /// In what capacity it was brought.
        package var proposer: Held { act[.proposer] }
        /// Whether what was split or merged from it takes its place.
        package var isSuperseded: Bool { !successors.isEmpty }
    }

    /// How a proposal came about.
    package enum Origin: String, Sendable {
        /// It was brought as it is.
        case brought
        /// It is one of several that one was split into.
        case split
        /// It was put together from several.
        case merged
        /// It is what one proposal was changed into.
        case revised

        /// What a reader sees.
        package var label: Label {
            switch self {
            case .brought: Label("提出", "brought")
            case .split: Label("拆分", "split")
            case .merged: Label("合并", "merged")
            case .revised: Label("修改", "changed")
            }
        }
    }

    /// One count of votes.
    package struct Tally: Hashable, Sendable {
        /// What was recorded.
        package let act: FiledAct
        /// The entry that was voted on.
        package let about: Digest?
        /// Votes for it.
        package var votesFor: Held { act[.votesFor] }
        /// Votes against it.
        package var votesAgainst: Held { act[.votesAgainst] }
        /// Abstentions.
        package var abstentions: Held { act[.abstentions] }
    }

    /// Nil while nothing opens the council, and for what is none.
    package init?(_ folded: FoldedSubject) {
        guard let view = folded.view, view.kind == .council else { return nil }
        self.view = view
        writers = folded.history.writers
        let acts = folded.history.acts
        resolutions = acts.filter { $0.operation == .resolve }
        followUps = acts.filter { $0.operation == .follow || $0.operation == .fulfil }
        let tallies = Self.latest(
            acts.filter { $0.operation == .vote },
            SubjectGraph(folded.history.map(\.entry))
        )
        proposals = Self.proposals(
            acts.filter { $0.operation == .propose },
            tallies,
            adopted: Set(resolutions.flatMap { $0[.about].digests })
        )
        let known = Set(proposals.map(\.act.entry))
        otherTallies = tallies.filter { $0.about.map { !known.contains($0) } ?? true }
    }

    /// What stands under a field, with who said it.
    package subscript(field: CaseField) -> FiledValue { FiledValue(field, view, writers) }
}

extension CouncilRecord {
    /// What the head of the minutes names.
    package static let head: [CaseField] = [
        .topic, .organisation, .mode, .venue, .place, .people, .tag,
    ]

    /// Whether the facilitator declared an interest.
    package var hasInterest: Bool {
        self[.neutrality].said.contains { $0.held.text == "declared" }
    }

    /// Whether the resolution should have been carried out by now.
    package func isOverdue(now: UInt64) -> Bool {
        guard view.stage == .resolved, let due = view.number(.due) else { return false }
        return due < now
    }

    /// The proposal that is called by its ordinal (`P2`), or by the first digits of its entry's
    /// hash; empty if none is, several if the digits do not tell them apart.
    package func proposals(called name: String) -> [Proposal] {
        let digits = name.lowercased()
        if digits.hasPrefix("p"), let ordinal = Int(digits.dropFirst()) {
            return proposals.filter { $0.ordinal == ordinal }
        }
        guard digits.utf8.count >= Self.prefixMin else { return [] }
        return proposals.filter { $0.act.entry.description.hasPrefix(digits) }
    }

    /// Fewest digits of a hash that name a proposal.
    package static let prefixMin = 4

    /// The tallies that no other tally on the same proposal knew.
    private static func latest(_ votes: [FiledAct], _ graph: SubjectGraph) -> [Tally] {
        var index: [Digest: Int] = [:]
        for (place, entry) in graph.entries.enumerated() { index[entry.hash] = place }
        let tallies = votes.map { Tally(act: $0, about: $0[.about].digests.first) }
        return tallies.filter { tally in
            !tallies.contains { other in
                guard other.about == tally.about, other.act.entry != tally.act.entry,
                    let later = index[other.act.entry], let earlier = index[tally.act.entry]
                else { return false }
                return graph.knows(later, earlier)
            }
        }
    }

    private static func proposals(
        _ acts: [FiledAct],
        _ tallies: [Tally],
        adopted: Set<Digest>
    ) -> [Proposal] {
        var ordinals: [Digest: Int] = [:]
        for (index, act) in acts.enumerated() { ordinals[act.entry] = index + 1 }
        let sources = acts.map { act in
            unique(act[.from].digests.compactMap { ordinals[$0] }.filter { $0 > 0 })
        }
        let successors = acts.indices.map { index in
            acts.indices.filter { $0 != index && sources[$0].contains(index + 1) }.map { $0 + 1 }
        }
        return acts.enumerated().map { index, act in
            let from = act[.from].digests
            let origin: Origin =
                switch (from.count, sources[index].first) {
                case (0, _): .brought
                case (1, let source?) where successors[source - 1].count > 1: .split
                case (1, _): .revised
                default: .merged
                }
            return Proposal(
                ordinal: index + 1,
                act: act,
                from: from,
                origin: origin,
                sources: sources[index],
                ancestors: ancestors(of: index, sources),
                successors: successors[index],
                tallies: tallies.filter { $0.about == act.entry },
                isAdopted: adopted.contains(act.entry)
            )
        }
    }

    /// Every ordinal that a proposal goes back to, rising.
    private static func ancestors(of index: Int, _ sources: [[Int]]) -> [Int] {
        var found: Set<Int> = []
        var rest = sources[index]
        while let next = rest.popLast() {
            if found.insert(next).inserted { rest += sources[next - 1] }
        }
        return found.sorted()
    }

    private static func unique(_ numbers: [Int]) -> [Int] {
        var kept: [Int] = []
        for number in numbers where !kept.contains(number) { kept.append(number) }
        return kept
    }
}
