package import Crypto
package import Ledger

/// Folds the entries about one case.
///
/// The state after an entry is its operation applied to the join of the states after the entries
/// it knew; whether it is admissible is judged once, against that join.
///
/// - Source: `Protocol/case.md` section 5.
package enum CaseFold {
    /// Changes whenever the same entries give another view or other bytes.
    package static let version: UInt64 = 1

    /// The merged state and the history of a case.
    ///
    /// A function of the set of entries: order and duplicates do not matter. O(n) for a history in
    /// one line; for concurrent ones times the number of logs.
    ///
    /// - Parameters:
    ///   - subject: the case.
    ///   - entries: everything held about it, in any order.
    ///   - isHeldElsewhere: as for ``SubjectGraph``.
    ///   - rights: whether the entry's author had the right to it in one of these scopes.
    /// - Returns: the merged state, and each entry once with its verdict.
    package static func fold(
        _ subject: SubjectID,
        entries: [PlacedEntry],
        isHeldElsewhere: (Digest) -> Bool = { _ in false },
        rights: (PlacedEntry, [Scope]) -> RightVerdict
    ) -> FoldedCase {
        let graph = SubjectGraph(entries, isHeldElsewhere: isHeldElsewhere)
        var judge = CaseJudge(subject: subject, graph: graph)
        for index in graph.entries.indices { judge.judge(index, rights: rights) }
        return FoldedCase(
            view: CaseView(judge),
            history: graph.entries.indices.map { index in
                let verdict = judge.verdicts[index]
                return JudgedEntry(
                    entry: graph.entries[index],
                    verdict: verdict,
                    stage: verdict.isJudged ? judge.stage(of: judge.states[index])?.shown : nil
                )
            }
        )
    }

    /// The merged state and the history of a case, by the rights that a roster gives.
    package static func fold(
        _ subject: SubjectID,
        entries: [PlacedEntry],
        isHeldElsewhere: (Digest) -> Bool = { _ in false },
        roster: Roster
    ) -> FoldedCase {
        fold(subject, entries: entries, isHeldElsewhere: isHeldElsewhere) { entry, scopes in
            // What the roster lets somebody write about itself gives no right in a case.
            guard !RosterOperation.isRoster(entry.header.operation) else { return .notPermitted }
            return roster.verdict(
                author: entry.author,
                log: entry.log,
                sequence: entry.sequence,
                right: .ordinary,
                scopes: scopes
            )
        }
    }
}
