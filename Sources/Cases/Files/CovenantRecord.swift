internal import Crypto
internal import Encoding
package import Ledger

/// The record of one covenant: its editions, and the breaches of its rules.
///
/// A function of the folded covenant alone.
package struct CovenantRecord: Hashable, Sendable {
    /// The covenant.
    package let view: SubjectView
    /// Every edition in effect, in display order.
    package let editions: [Edition]
    /// Every breach in effect, in display order.
    package let breaches: [Breach]
    /// Cases that somebody related to it, by id.
    package let cases: [SubjectID]

    private let writers: [Digest: EntryWriter]

    /// One edition.
    package struct Edition: Hashable, Sendable {
        /// As it was given; else its place among the editions.
        package let number: UInt64
        /// What was adopted, and by whom.
        package let act: FiledAct
        /// Whether it is the one in force; two are if they did not know of each other.
        package let isInForce: Bool
        /// The rules, in order.
        package var rules: [String] { act[.rules].texts }
        /// Whether the rules are not held here.
        package var isNotHeld: Bool { act[.rules] == .notHeld }
        /// By which assembly.
        package var adoptedBy: Held { act[.adoptedBy] }
    }

    /// One breach of a rule.
    package struct Breach: Hashable, Sendable {
        /// What was recorded.
        package let act: FiledAct
        /// Which rule, from 1.
        package let rule: UInt64
        /// The edition that its author knew.
        package let edition: UInt64?
        /// What that rule says; nil if that edition has no such rule, or it is not held.
        package let text: String?
        /// Where.
        package var address: Held { act[.address] }
    }

    /// How often one rule was broken.
    package struct RuleCount: Hashable, Sendable {
        /// From 1.
        package let rule: UInt64
        /// What it says now, or said when it was broken last.
        package let text: String?
        /// How often.
        package let count: Int
        /// At how many addresses, as far as they were given.
        package let addresses: Int
    }

    /// Where rules were broken again.
    package struct Recurrence: Hashable, Sendable {
        /// The address.
        package let address: String
        /// Which rules, rising, each once.
        package let rules: [UInt64]
        /// How often in all.
        package let count: Int
        /// The first and the last.
        package let first: UInt64
        package let last: UInt64
    }

    /// Nil while nothing opens the covenant, and for what is none.
    package init?(_ folded: FoldedSubject) {
        guard let view = folded.view, view.kind == .covenant else { return nil }
        self.view = view
        writers = folded.history.writers
        let acts = folded.history.acts
        let register = view.registers.first { $0.id == CaseField.rules.rawValue }
        let standing = Set(register?.writes.map(\.entry) ?? [])
        var editions: [Edition] = []
        for act in acts where act.operation == .adopt || act.operation == .revise {
            editions.append(
                Edition(
                    number: act[.edition].number ?? UInt64(editions.count + 1),
                    act: act,
                    isInForce: view.stage == .inForce && standing.contains(act.entry)
                )
            )
        }
        self.editions = editions
        let graph = SubjectGraph(folded.history.map(\.entry))
        breaches = acts.filter { $0.operation == .reportBreach }.map { act in
            let edition = Self.known(editions, to: act, graph)
            let rule = act[.ruleNumber].number ?? 0
            return Breach(
                act: act,
                rule: rule,
                edition: edition?.number,
                text: edition.flatMap { Self.rule(rule, of: $0) }
            )
        }
        cases = Self.cases(view, folded.history)
    }

    /// What stands under a field, with who said it.
    package subscript(field: CaseField) -> FiledValue { FiledValue(field, view, writers) }

    /// The rules in force; those of the edition that is shown if several are.
    package var rules: [String] { self[.rules].held.texts }

    /// Breaches by rule, numbers rising.
    package var byRule: [RuleCount] {
        let rules = rules
        return Set(breaches.map(\.rule)).sorted().map { rule in
            let those = breaches.filter { $0.rule == rule }
            let index = Int(clamping: rule) - 1
            return RuleCount(
                rule: rule,
                text: rules.indices.contains(index) ? rules[index] : those.last?.text,
                count: those.count,
                addresses: Set(those.compactMap(\.address.text)).count
            )
        }
    }

    /// Addresses with more than one breach: most first, then by address.
    package var recurrences: [Recurrence] {
        let addresses = Set(breaches.compactMap(\.address.text)).sorted()
        return addresses.compactMap { address -> Recurrence? in
            let those = breaches.filter { $0.address.text == address }
            let times = those.map(\.act.at).sorted()
            guard those.count > 1, let first = times.first, let last = times.last else {
                return nil
            }
            return Recurrence(
                address: address,
                rules: Set(those.map(\.rule)).sorted(),
                count: those.count,
                first: first,
                last: last
            )
        }.sorted { ($1.count, $0.address) < ($0.count, $1.address) }
    }

    private static func rule(_ number: UInt64, of edition: Edition) -> String? {
        let index = Int(clamping: number) - 1
        let rules = edition.rules
        return rules.indices.contains(index) ? rules[index] : nil
    }

    /// The last edition that the author of an entry knew.
    private static func known(
        _ editions: [Edition],
        to act: FiledAct,
        _ graph: SubjectGraph
    ) -> Edition? {
        guard let index = graph.entries.firstIndex(where: { $0.hash == act.entry }) else {
            return nil
        }
        return editions.last { edition in
            graph.entries.firstIndex { $0.hash == edition.act.entry }
                .map { graph.knows(index, $0) } ?? false
        }
    }

    /// The other subjects of relations that stand.
    ///
    /// A relation is of the case; to the covenant it is an entry about another kind of subject,
    /// which is why it stands in the history and not among the links.
    private static func cases(_ view: SubjectView, _ history: [JudgedEntry]) -> [SubjectID] {
        let counted = history.filter { judged in
            judged.verdict.isInEffect || judged.verdict == .inadmissible(.otherKind)
        }
        let undone = Set(
            counted.filter { CaseOperation.named($0.entry.header.operation)?.act == .unlink }
                .compactMap { $0.entry.header.digest(.link) }
        )
        let related = counted.filter { judged in
            CaseOperation.named(judged.entry.header.operation)?.act == .relate
                && !undone.contains(judged.entry.hash)
        }
        let others = related.flatMap(\.entry.header.subjects) + view.links.map(\.other)
        return Set(others).subtracting([view.id]).sorted()
    }
}
