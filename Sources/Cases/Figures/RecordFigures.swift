internal import Encoding
internal import Ledger

/// Counts over what is no case: alerts, councils, dwellings.
package struct RecordFigures: Hashable, Sendable {
    /// Alerts confirmed, of those that were judged.
    package private(set) var confirmed = Share()
    /// Alerts that nobody has judged yet.
    package private(set) var openAlerts: UInt64 = 0
    /// From the alert to the first visit.
    package private(set) var visited = Durations()

    package private(set) var councils: UInt64 = 0
    package private(set) var proposals: UInt64 = 0
    /// Proposals with more votes for than against, of those that were voted on.
    package private(set) var adopted = Share()
    /// Councils with a resolution, of those that have ended or have one.
    package private(set) var resolved = Share()
    /// Resolutions carried out, of all of them.
    package private(set) var fulfilled = Share()
    /// Resolutions still to be carried out whose time is over.
    package private(set) var overdueResolutions: UInt64 = 0
    /// Councils by facilitator.
    package private(set) var facilitators: [String: UInt64] = [:]

    /// Dwellings that are let.
    package private(set) var dwellings: UInt64 = 0
    /// Of these, those where who lives there is not who is registered.
    package private(set) var mismatches = Share()

    /// Nothing was fed yet.
    package init() {}

    /// Kinds of subjects of which it says something.
    package static let kinds: [SubjectKind] = [.alert, .council, .dwelling]

    /// Takes up one record; what is of another kind is left out.
    package mutating func count(_ folded: FoldedSubject, now: UInt64) {
        guard let view = folded.view else { return }
        let acts = EffectiveAct.all(folded.history)
        switch view.kind {
        case .alert: countAlert(view)
        case .council: countCouncil(view, acts, now: now)
        case .dwelling: countDwelling(view, acts)
        case .case, .covenant, .place, .organisation, .activity, .analysis, .policy: break
        }
    }

    private mutating func countAlert(_ view: SubjectView) {
        if view.stage == .raised {
            openAlerts += 1
        } else {
            confirmed.count(view.stage == .confirmed)
        }
        let raised = view.number(.reportedAt) ?? view.openedAt
        if let visit = view.number(.visitedAt), visit >= raised {
            visited.add(milliseconds: visit - raised)
        }
    }

    private mutating func countCouncil(
        _ view: SubjectView,
        _ acts: [EffectiveAct],
        now: UInt64
    ) {
        councils += 1
        proposals += UInt64(acts.count { $0.operation == .propose })
        for vote in acts where vote.operation == .vote {
            guard case .unsigned(let votesFor)? = vote.header[field: CaseField.votesFor.rawValue],
                case .unsigned(let against)? = vote.header[field: CaseField.votesAgainst.rawValue]
            else { continue }
            adopted.count(votesFor > against)
        }
        if let facilitator = view.text(.facilitator) { facilitators[facilitator, default: 0] += 1 }
        switch view.stage {
        case .resolved, .fulfilled:
            resolved.count(true)
            fulfilled.count(view.stage == .fulfilled)
            if view.stage == .resolved, let due = view.number(.due), due < now {
                overdueResolutions += 1
            }
        case .dissolved: resolved.count(false)
        default: break
        }
    }

    private mutating func countDwelling(_ view: SubjectView, _ acts: [EffectiveAct]) {
        guard view.stage == .inForce else { return }
        dwellings += 1
        let last = acts.last { $0.operation == .mismatch || $0.operation == .match }
        mismatches.count(last?.operation == .mismatch)
    }
}
