internal import Encoding
internal import Ledger

/// Counts over what is no case: alerts, councils, covenants, activities, dwellings.
package struct RecordFigures: Hashable, Sendable {
    /// Alerts by kind.
    package private(set) var alerts: [String: UInt64] = [:]
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

    /// Covenants that are in force.
    package private(set) var covenants: UInt64 = 0
    /// Breaches of covenants within the period.
    package private(set) var breaches: UInt64 = 0
    /// Trainings, patrols and services, by kind.
    package private(set) var activities: [String: UInt64] = [:]

    /// Dwellings that are let.
    package private(set) var dwellings: UInt64 = 0
    /// Of these, those where who lives there is not who is registered.
    package private(set) var mismatches = Share()

    /// The acts that count of what stands as it is, milliseconds since 1970.
    private let period: Range<UInt64>
    private let now: UInt64

    /// Nothing was fed yet.
    ///
    /// - Parameters:
    ///   - period: the acts that count, milliseconds since 1970.
    ///   - now: milliseconds since 1970.
    package init(period: Range<UInt64> = 0..<UInt64.max, now: UInt64) {
        self.period = period
        self.now = now
    }

    /// Kinds of subjects of which it says something.
    package static let kinds: [SubjectKind] = [
        .alert, .council, .covenant, .activity, .dwelling,
    ]

    /// Whether subjects of a kind stand as they are, whenever they were recorded; of the others
    /// those count that were recorded in the period.
    package static func isStanding(_ kind: SubjectKind) -> Bool {
        kind == .dwelling || kind == .covenant
    }

    /// Takes up one record; what is of another kind is left out.
    package mutating func count(_ folded: FoldedSubject) {
        guard let view = folded.view else { return }
        let acts = EffectiveAct.all(folded.history)
        switch view.kind {
        case .alert: countAlert(view)
        case .council: countCouncil(view, acts)
        case .covenant: countCovenant(view, acts)
        case .activity: activities[view.text(.activityKind) ?? "", default: 0] += 1
        case .dwelling: countDwelling(view, acts)
        case .case, .place, .organisation, .analysis, .policy: break
        }
    }

    private mutating func countAlert(_ view: SubjectView) {
        alerts[view.text(.alertKind) ?? "", default: 0] += 1
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
        _ acts: [EffectiveAct]
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

    private mutating func countCovenant(_ view: SubjectView, _ acts: [EffectiveAct]) {
        if view.stage == .inForce { covenants += 1 }
        breaches += UInt64(
            acts.count { $0.operation == .reportBreach && period.contains($0.header.caseTime) }
        )
    }

    private mutating func countDwelling(_ view: SubjectView, _ acts: [EffectiveAct]) {
        guard view.stage == .inForce else { return }
        dwellings += 1
        let last = acts.last { $0.operation == .mismatch || $0.operation == .match }
        mismatches.count(last?.operation == .mismatch)
    }
}
