internal import Encoding
internal import Ledger

/// The clocks of one subject, computed from what its registers show and its policy says.
struct Clocks {
    let profile: String
    let deadlines: [Deadline]

    init(
        _ judge: SubjectJudge,
        _ shown: [SubjectView.Register],
        kind: SubjectKind,
        scope: Scope,
        openedAt: UInt64,
        stage: Stage,
        isRepeat: Bool,
        policy: Policy
    ) {
        let start = shown.number(.reportedAt) ?? openedAt
        let isPlain = kind != .case || judge.isImported || isRepeat
        let fallback = isPlain ? Profile.none : policy.fallback(at: start, in: scope)
        // A matter that is in hand already gets no clocks of its own.
        profile = (isRepeat ? nil : shown.text(.profile)) ?? fallback.code
        let rules =
            profile == fallback.code
            ? fallback : policy.profile(profile, at: start, in: scope) ?? .none
        let measure = Measure(judge, shown, openedAt: openedAt, stage: stage, policy: policy)
        let implied = Profile.implied.filter { clock in
            !rules.clocks.contains { $0.code == clock.code }
        }
        var deadlines = (rules.clocks + implied).compactMap { rule in
            rule.clock.flatMap { measure.deadline($0, rule.limit) }
        }
        for (clock, field) in [(Clock.target, CaseField.target), (.due, .due)] {
            if let due = shown.number(field) {
                deadlines += [measure.deadline(clock, until: due)].compactMap { $0 }
            }
        }
        self.deadlines = deadlines
    }
}

/// Measures one clock after another.
private struct Measure {
    let shown: [SubjectView.Register]
    let openedAt: UInt64
    let hasEnded: Bool
    let policy: Policy
    let extensions: [Clock: (due: UInt64, at: UInt64)]
    let pauses: [Pause]

    /// While a case was suspended for a reason that stops clocks.
    struct Pause {
        let from: UInt64
        /// Nil while it lasts.
        let to: UInt64?
    }

    init(
        _ judge: SubjectJudge,
        _ shown: [SubjectView.Register],
        openedAt: UInt64,
        stage: Stage,
        policy: Policy
    ) {
        self.shown = shown
        self.openedAt = openedAt
        hasEnded = stage.isEnded
        self.policy = policy
        extensions = Self.extensions(judge)
        pauses = Self.pauses(judge, isSuspended: stage == .suspended)
    }

    func deadline(_ clock: Clock, _ limit: TimeLimit) -> Deadline? {
        guard let start = start(of: clock) else { return nil }
        let (due, isEstimated) = policy.end(of: limit, from: start)
        return deadline(clock, start, due, isEstimated: isEstimated)
    }

    func deadline(_ clock: Clock, until due: UInt64) -> Deadline? {
        deadline(clock, start(of: clock) ?? openedAt, due, isEstimated: false)
    }

    private func start(of clock: Clock) -> UInt64? {
        clock.starts.lazy.compactMap(shown.number).first
    }

    private func deadline(
        _ clock: Clock,
        _ start: UInt64,
        _ due: UInt64,
        isEstimated: Bool
    ) -> Deadline {
        let moved = extensions[clock]
        let isPausable = clock.isPausable
        // What stood still before a term was moved is in the new term already.
        let stillFrom = max(start, moved?.at ?? 0)
        let closed = isPausable ? stoodStill(from: stillFrom) : 0
        let open = isPausable ? pauses.first { $0.to == nil }.map { max($0.from, start) } : nil
        return Deadline(
            clock: clock,
            start: start,
            due: (moved?.due ?? due).adding(closed),
            doneAt: doneAt(clock),
            hasEnded: hasEnded,
            pausedAt: open,
            isEstimated: moved == nil && isEstimated
        )
    }

    private func doneAt(_ clock: Clock) -> UInt64? {
        clock.stops.compactMap { milestone in
            // A closing that is contested has not ended the case.
            milestone != .closedAt || hasEnded ? shown.number(milestone) : nil
        }.min()
    }

    /// Milliseconds of the pauses that are over, from an instant on, each counted once.
    private func stoodStill(from start: UInt64) -> UInt64 {
        var sum: UInt64 = 0
        var last = start
        for pause in pauses.sorted(by: { $0.from < $1.from }) {
            guard let to = pause.to, to > last else { continue }
            sum = sum.adding(to - max(pause.from, last))
            last = to
        }
        return sum
    }

    /// The extension of each clock that no other knew; of several the longest.
    private static func extensions(
        _ judge: SubjectJudge
    ) -> [Clock: (due: UInt64, at: UInt64)] {
        var found: [Clock: (due: UInt64, at: UInt64)] = [:]
        let entries = judge.effective(.extend)
        for index in entries {
            let header = judge.graph.entries[index].header
            guard let clock = header.code(.clock).flatMap({ Clock(rawValue: $0) }),
                let due = header.instant(.newDue),
                !entries.contains(where: { other in
                    other != index && judge.graph.knows(other, index)
                        && judge.graph.entries[other].header.code(.clock) == clock.rawValue
                })
            else { continue }
            if found[clock].map({ $0.due < due }) ?? true { found[clock] = (due, header.caseTime) }
        }
        return found
    }

    /// Reasons that stop a clock: an expert opinion, a hearing, waiting for a party.
    private static let pausingReasons: Set<String> = ["01", "02", "03"]

    private static func pauses(_ judge: SubjectJudge, isSuspended: Bool) -> [Pause] {
        let effective = judge.effective
        return judge.effective(.suspend).compactMap { index in
            let header = judge.graph.entries[index].header
            guard header.code(.suspension).map(pausingReasons.contains) ?? false else { return nil }
            let ends = effective.filter { other in
                guard let stage = judge.effects[other].stage, other != index else { return false }
                return stage != .suspended && judge.graph.knows(other, index)
            }.map { judge.graph.entries[$0].header.caseTime }
            guard let end = ends.min() else {
                return isSuspended ? Pause(from: header.caseTime, to: nil) : nil
            }
            return end > header.caseTime ? Pause(from: header.caseTime, to: end) : nil
        }
    }
}
