package import Crypto
package import Ledger

/// Folds the entries about one subject.
///
/// The state after an entry is its operation applied to the join of the states after the entries
/// it knew; whether it is admissible is judged once, against that join.
///
/// - Source: `Protocol/case.md` section 5.
package enum SubjectFold {
    /// Changes whenever the same entries give another view or other bytes.
    package static let version: UInt64 = 3

    /// The merged state and the history of a subject.
    ///
    /// A function of the set of entries: order and duplicates do not matter. O(n) for a history in
    /// one line; for concurrent ones times the number of logs.
    ///
    /// - Parameters:
    ///   - subject: the subject.
    ///   - entries: everything held about it, in any order.
    ///   - isHeldElsewhere: as for ``SubjectGraph``.
    ///   - authority: who had which right.
    ///   - policy: which deadlines hold.
    /// - Returns: the merged state, and each entry once with its verdict.
    package static func fold(
        _ subject: SubjectID,
        entries: [PlacedEntry],
        isHeldElsewhere: (Digest) -> Bool = { _ in false },
        authority: Authority,
        policy: Policy
    ) -> FoldedSubject {
        let graph = SubjectGraph(entries, isHeldElsewhere: isHeldElsewhere)
        let judge = SubjectJudge(subject: subject, graph: graph, authority: authority)
        for index in graph.entries.indices { judge.judge(index) }
        // What sets policies can not follow from them.
        let view = SubjectView(judge, policy: judge.kind == .policy ? .standard : policy)
        return FoldedSubject(
            view: view,
            history: graph.entries.indices.map { index in
                let verdict = judge.verdicts[index]
                return JudgedEntry(
                    entry: judge.shown(index),
                    verdict: verdict,
                    stage: verdict.isJudged ? judge.stage(of: judge.states[index])?.shown : nil
                )
            }
        )
    }
}
