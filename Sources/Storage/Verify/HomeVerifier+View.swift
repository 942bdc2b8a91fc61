internal import Audit
internal import Cases
internal import Ledger

extension HomeVerifier {
    /// Subjects that are folded in one transaction.
    private static let subjectsAtOnce = 1_000

    /// Folds every subject into the rebuilt database; entries without effect become notes.
    func foldAgain(_ scratch: Store, rosterSubject: SubjectID?) throws {
        let total = try scratch.database.first("SELECT count(*) FROM subject") { $0.count(0) } ?? 0
        var last = Int64.min
        var done: UInt64 = 0
        while true {
            let subjects = try scratch.database.rows(
                "SELECT number, id FROM subject WHERE number > ? ORDER BY number LIMIT ?",
                [.integer(last), .integer(Int64(Self.subjectsAtOnce))]
            ) { ($0.integer(0), SubjectID($0.blob(1))) }
            guard let end = subjects.last else { break }
            try scratch.database.transaction {
                for case (let number, let id?) in subjects where id != rosterSubject {
                    let folded = try scratch.fold(id, try scratch.placedEntries(subject: number))
                    try scratch.write(folded.view, subject: number, id: id)
                    note(folded.history)
                }
            }
            last = end.0
            done += UInt64(subjects.count)
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
