internal import Encoding
internal import Ledger

/// The statistics by which centres are supervised, each with its denominator.
///
/// Fed with one folded case after another, in the order of their reports; what it keeps is bounded
/// by its groups (profiles, units, offices, categories, buildings), not by the number of cases.
/// A function of what it was fed, of `now` and of the policy: the same on every node.
///
/// - Source: `docs/figures.md`.
package struct CaseFigures: Hashable, Sendable {
    /// A way from one milestone to another.
    package enum Step: String, CaseIterable, Sendable {
        case registered, accepted, responded, dispatched, arrived, feedback, mediated, agreed,
            closed
    }

    /// All cases.
    package private(set) var cases: UInt64 = 0
    /// Cases that imports opened.
    package private(set) var imported: UInt64 = 0
    /// Not ended.
    package private(set) var open: UInt64 = 0
    package private(set) var declined: UInt64 = 0
    package private(set) var referred: UInt64 = 0
    package private(set) var merged: UInt64 = 0
    package private(set) var voided: UInt64 = 0
    /// Closed of those that were accepted.
    ///
    /// Merged and voided ones are neither; an imported record counts as accepted.
    package private(set) var closeRate = Share()
    /// Open cases of which a clock has run out.
    package private(set) var overdueOpen: UInt64 = 0
    /// Cases of which a step came too late or a clock has run out.
    package private(set) var overdueEver: UInt64 = 0
    /// Steps whose times run backwards; they are in no duration.
    package private(set) var backwards: UInt64 = 0
    /// Cases with a clock whose end rests on a year that no calendar names.
    package private(set) var estimated: UInt64 = 0

    /// Accepted within 1 minute, responded within 3, arrived within 10, fed back within 30: clocks
    /// of exactly this limit, of whichever profile.
    package private(set) var receive1 = ClockFigures()
    package private(set) var respond3 = ClockFigures()
    package private(set) var arrive10 = ClockFigures()
    package private(set) var feedback30 = ClockFigures()
    /// Every clock, by profile.
    package private(set) var profiles: [String: [Clock: ClockFigures]] = [:]
    /// The clocks that a unit on the scene answers for, by unit.
    package private(set) var units: [String: [Clock: ClockFigures]] = [:]
    /// From the report to each step; to an agreement from the opening of the talks.
    package private(set) var steps: [Step: Durations] = [:]

    package private(set) var mediation = MediationFigures()
    package private(set) var custody = CustodyFigures()

    /// Rated cases, of those that were closed.
    package private(set) var responded = Share()
    /// Rated 4 or 5, of those that were rated.
    package private(set) var satisfied = Share()
    /// Ended at the request of who reported them, and because a party refused.
    package private(set) var withdrawn: UInt64 = 0
    package private(set) var refused: UInt64 = 0
    /// Closings after which the case was reopened within 30 days, of all closings.
    package private(set) var reopened = Share()
    /// Merged into another case, of all that were not voided.
    package private(set) var duplicates = Share()
    /// At a building and of a class of which a case was closed within 180 days before, of all
    /// cases of which building and class are known, merged and voided ones left out.
    package private(set) var repeats = Share()

    /// Closed without having changed hands, of those that were closed.
    package private(set) var closedAtFirst = Share()

    package private(set) var channels: [String: UInt64] = [:]
    /// Where cases were referred to, by code of X-ZC.
    package private(set) var referrals: [String: UInt64] = [:]
    /// Marks such as a campaign's name.
    package private(set) var tags: [String: UInt64] = [:]
    /// By class of GB/T 31000, two digits; `99` where concurrent values share none, empty for none.
    package private(set) var categories: [String: UInt64] = [:]
    /// The same by the categories of the justice administration's statistics.
    package private(set) var justice: [String: UInt64] = [:]
    /// Cases whose category contradicts itself.
    package private(set) var categoryConflicts: UInt64 = 0
    /// Versions of the table of division codes by which cases were entered.
    package private(set) var codeTables: [String: UInt64] = [:]

    /// Nothing was fed yet.
    package init() {}

    /// Takes up one case.
    ///
    /// - Parameters:
    ///   - folded: the case; anything else is left out.
    ///   - isRepeat: whether it came back, as ``RepeatWatch`` says; nil where that is not known.
    ///   - now: for which time.
    ///   - policy: which answers are due when.
    package mutating func count(
        _ folded: FoldedSubject,
        isRepeat: Bool?,
        now: UInt64,
        policy: Policy
    ) {
        guard let view = folded.view, view.kind == .case else { return }
        let acts = EffectiveAct.all(folded.history)
        countStage(view, now: now)
        countClocks(view, now: now)
        countSteps(view)
        mediation.count(view, acts, now: now)
        custody.count(view, acts, now: now, policy: policy)
        countAfterwards(view, acts)
        if let isRepeat { repeats.count(isRepeat) }
        countCodes(view)
    }

    private mutating func countStage(_ view: SubjectView, now: UInt64) {
        cases += 1
        if view.isImported { imported += 1 }
        if !view.stage.isEnded { open += 1 }
        switch view.stage {
        case .declined: declined += 1
        case .referred: referred += 1
        case .merged: merged += 1
        case .voided: voided += 1
        default: break
        }
        let isNet = view.stage != .merged && view.stage != .voided
        if isNet, view.wasAccepted { closeRate.count(view.isClosed) }
        let isOverdue = view.isOverdue(now: now)
        if isOverdue { overdueOpen += 1 }
        if isOverdue || view.wasOverdue { overdueEver += 1 }
        if view.deadlines.contains(where: \.isEstimated) { estimated += 1 }
    }

    private mutating func countClocks(_ view: SubjectView, now: UInt64) {
        let unit = view.text(.unit)
        for deadline in view.deadlines where !deadline.clock.isInformation {
            let limit = deadline.due >= deadline.start ? deadline.due - deadline.start : 0
            switch (deadline.clock, limit) {
            case (.accept, 60_000): receive1.count(deadline, now: now)
            case (.respond, 180_000): respond3.count(deadline, now: now)
            case (.arrive, 600_000): arrive10.count(deadline, now: now)
            case (.feedback, 1_800_000): feedback30.count(deadline, now: now)
            default: break
            }
            profiles[view.profile, default: [:]][deadline.clock, default: ClockFigures()]
                .count(deadline, now: now)
            if let unit, deadline.clock == .respond || deadline.clock == .arrive {
                units[unit, default: [:]][deadline.clock, default: ClockFigures()]
                    .count(deadline, now: now)
            }
        }
    }

    private mutating func countSteps(_ view: SubjectView) {
        guard view.stage != .voided else { return }
        for step in Step.allCases {
            guard let to = view.number(step.milestone),
                let from = step == .agreed
                    ? view.number(.mediatedAt) : view.number(.reportedAt) ?? view.openedAt,
                step != .closed || view.stage.isEnded
            else { continue }
            guard to >= from else {
                backwards += 1
                continue
            }
            steps[step, default: Durations()].add(milliseconds: to - from)
        }
    }

    private mutating func countAfterwards(_ view: SubjectView, _ acts: [EffectiveAct]) {
        if view.isClosed {
            let rating = view.number(.rating)
            responded.count(rating != nil)
            closedAtFirst.count(view.custody.hops == 0)
            if let rating { satisfied.count(rating >= 4) }
        }
        switch view.stage.isEnded ? view.text(.outcome) : nil {
        case "33": withdrawn += 1
        case "32": refused += 1
        default: break
        }
        if view.stage != .voided { duplicates.count(view.stage == .merged) }
        var closedAt: UInt64?
        for act in acts {
            if let time = act.closing {
                closedAt = time
                reopened.count(false)
            } else if act.isReopening, let last = closedAt {
                if act.header.caseTime <= last.adding(Self.reopenWindow) {
                    reopened = Share(reopened.part + 1, of: reopened.whole)
                }
                closedAt = nil
            }
        }
    }

    /// How long after a closing a reopening counts, in milliseconds.
    private static let reopenWindow: UInt64 = 30 * 86_400_000

    private mutating func countCodes(_ view: SubjectView) {
        channels[view.text(.channel) ?? "", default: 0] += 1
        if let office = view.text(.referredTo) { referrals[office, default: 0] += 1 }
        if case .array(let marks)? = view[.tag] {
            for case .text(let mark) in marks { tags[mark, default: 0] += 1 }
        }
        if let table = view.text(.codeTable) { codeTables[table, default: 0] += 1 }
        let category = view.countedCategory.flatMap { CodeList.eventTypes[$0]?.code }
        categories[category.map { String($0.prefix(2)) } ?? "", default: 0] += 1
        if let row = category.flatMap(Crosswalk.row) { justice[row.statistics, default: 0] += 1 }
        let isContradictory = view.conflicts.contains {
            $0.reason == .values && $0.register == CaseField.category.rawValue
        }
        if isContradictory { categoryConflicts += 1 }
    }
}

extension CaseFigures.Step {
    /// The milestone that ends it.
    fileprivate var milestone: CaseField {
        switch self {
        case .registered: .registeredAt
        case .accepted: .acceptedAt
        case .responded: .respondedAt
        case .dispatched: .dispatchedAt
        case .arrived: .arrivedAt
        case .feedback: .feedbackAt
        case .mediated: .mediatedAt
        case .agreed: .agreedAt
        case .closed: .closedAt
        }
    }

    /// What a reader sees.
    package var label: Label {
        switch self {
        case .registered: Label("登记", "registered")
        case .accepted: Label("受理", "accepted")
        case .responded: Label("响应", "responded")
        case .dispatched: Label("派单", "dispatched")
        case .arrived: Label("到场", "arrived")
        case .feedback: Label("反馈", "fed back")
        case .mediated: Label("启动调解", "mediation opened")
        case .agreed: Label("启动调解至达成协议", "mediation to agreement")
        case .closed: Label("办结", "closed")
        }
    }
}

extension SubjectView {
    /// Whether it was closed, rather than turned down, passed on, merged or taken back.
    fileprivate var isClosed: Bool {
        stage == .closed || stage == .reviewed || stage == .archived
    }

    /// Whether somebody took it on: by accepting it, by taking it back, or in another system.
    fileprivate var wasAccepted: Bool {
        if self[.acceptedAt] != nil || isImported { return true }
        switch stage {
        case .accepted, .dispatched, .onScene, .mediating, .suspended, .agreed, .performing,
            .closed, .reviewed, .archived:
            return true
        default: return false
        }
    }
}

extension EffectiveAct {
    /// When it closed the case; nil if it did not.
    fileprivate var closing: UInt64? {
        if operation == .close { return header.caseTime }
        guard operation == .takeOver, header.code(.state) == "closed" else { return nil }
        return header.instant(.closedAt) ?? header.caseTime
    }

    fileprivate var isReopening: Bool {
        operation == .reopen || operation == .takeOver && header.code(.state) == "open"
    }
}
