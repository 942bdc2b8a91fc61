internal import Encoding
internal import Ledger

/// The clocks of one subject, computed from what its registers show and its policy says.
struct Clocks {
    let profile: String
    let deadlines: [Deadline]

    init(
        _ judge: SubjectJudge,
        _ state: SubjectState,
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
        let fallback = isPlain ? Profile.none.code : policy.fallback(at: start, in: scope)
        // A matter that is in hand already gets no clocks of its own.
        profile = (isRepeat ? nil : shown.text(.profile)) ?? fallback
        let rules =
            profile == Profile.none.code
            ? .none : policy.profile(profile, at: start, in: scope) ?? .none
        let measure = Measure(judge, state, shown, openedAt: openedAt, stage: stage, policy: policy)
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
        _ state: SubjectState,
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
        pauses = Self.pauses(judge, open: stage == .suspended ? judge.suspensions(state) : [])
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
        let isPausable = clock.isPausable
        let own = due.adding(isPausable ? stoodStill(from: start) : 0)
        // What stood still before a term was moved is in the new term already. A term is never
        // shortened, and one that was moved before this run of the clock began does not count.
        let moved = extensions[clock].map { new in
            new.due.adding(isPausable ? stoodStill(from: max(start, new.at)) : 0)
        }
        let open = pauses.filter { $0.to == nil }.map(\.from).min()
        return Deadline(
            clock: clock,
            start: start,
            due: max(own, moved ?? 0),
            doneAt: doneAt(clock),
            hasEnded: hasEnded,
            pausedAt: isPausable ? open.map { max($0, start) } : nil,
            isEstimated: isEstimated && own >= moved ?? 0
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
        var latest: [Clock: [Int]] = [:]
        // Later ones come first: only what none of them knew can still count.
        for deed in judge.deeds(.extend).reversed() {
            guard let clock = judge.header(deed).code(.clock).flatMap({ Clock(rawValue: $0) })
            else { continue }
            let isKnown = latest[clock, default: []].contains { later in
                judge.graph.knows(judge.place(later), judge.place(deed))
            }
            if !isKnown { latest[clock, default: []].append(deed) }
        }
        return latest.compactMapValues { deeds in
            deeds.compactMap { deed in
                let header = judge.header(deed)
                return header.instant(.newDue).map { (due: $0, at: header.caseTime) }
            }.max { ($0.due, $0.at) < ($1.due, $1.at) }
        }
    }

    /// Reasons that stop a clock: an expert opinion, a hearing, waiting for a party.
    private static let pausingReasons: Set<String> = ["01", "02", "03"]

    private static func pauses(_ judge: SubjectJudge, open: [Int]) -> [Pause] {
        judge.deeds(.suspend).compactMap { deed in
            let header = judge.header(deed)
            guard header.code(.suspension).map(pausingReasons.contains) ?? false else { return nil }
            if open.contains(deed) { return Pause(from: header.caseTime, to: nil) }
            guard let end = judge.resumptions[deed], end > header.caseTime else { return nil }
            return Pause(from: header.caseTime, to: end)
        }
    }
}
