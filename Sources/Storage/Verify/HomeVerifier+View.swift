internal import Audit
internal import Cases
internal import Ledger

extension HomeVerifier {
    /// Folds every subject into the rebuilt database; entries without effect become notes.
    func foldAgain(_ scratch: Store, policies: Set<Int64>) throws {
        try scratch.foldAll(policies: policies) { history in
            note(history)
        } progress: { done, total in
            progress(VerifyProgress(phase: .view, done: done, total: total))
        }
        try scratch.keepBucketDigests()
    }

    private func note(_ history: [JudgedEntry]) {
        for judged in history {
            guard let reason = judged.verdict.reason else { continue }
            let entry = judged.entry
            add(
                .right,
                "has no effect: \(reason)",
                log: entry.log,
                sequence: entry.sequence,
                gravity: .note
            )
        }
    }
}

extension EntryVerdict {
    /// Why the entry has no effect; nil if it has, or if that was said already.
    fileprivate var reason: String? {
        switch self {
        case .effective, .forged, .proposed, .ratified: nil
        case .inadmissible: "its operation does not fit the stage of the case"
        case .noRight(let right): right.reason
        case .needsVersion(let version): "it is of version \(version)"
        case .malformed: "it is not of the form of its operation"
        case .waiting: "an entry that it knew is not held"
        }
    }
}

extension RightVerdict {
    fileprivate var reason: String? {
        switch self {
        // Entries whose author nobody knows were counted with the signatures.
        case .allowed, .noGrant: nil
        case .outsideScope: "its author's rights do not cover the case's place"
        case .notPermitted: "its author's rights do not cover the operation"
        case .notPersonal: "a person's key has to sign it"
        case .ratified: "it counts where an office above ratified it, and not here"
        case .refused: "it lies beyond the end of its author's rights, and was refused"
        case .contested: "it lies beyond the end of its author's rights"
        }
    }
}
