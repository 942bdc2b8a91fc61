/// One clock of a case.
package enum Clock: String, CaseIterable, Sendable {
    case accept, respond, arrive, feedback
    /// By when another system wanted an imported case closed.
    case target
    /// By when the dispatched case is to be closed.
    case due

    /// The milestone that stops it.
    package var stopsAt: CaseField {
        switch self {
        case .accept: .acceptedAt
        case .respond: .respondedAt
        case .arrive: .arrivedAt
        case .feedback: .feedbackAt
        case .target, .due: .closedAt
        }
    }

    /// What a reader sees.
    package var label: Label {
        switch self {
        case .accept: Label("受理", "accept")
        case .respond: Label("响应", "respond")
        case .arrive: Label("到场", "arrive")
        case .feedback: Label("反馈", "feedback")
        case .target: Label("原定期限", "target")
        case .due: Label("办理期限", "due")
        }
    }
}

/// A set of clocks that start at the report, never at a later step or hand-over.
package enum Profile: String, CaseIterable, Sendable {
    /// Accept in one minute, respond in three, arrive in ten.
    case hangzhou = "hz-1-3-10"
    /// Respond in one minute, arrive in five, feed back in thirty.
    case wulin = "wulin-1-5-30"
    /// No clocks.
    case none

    /// The clocks, each with its limit in milliseconds.
    package var clocks: [(clock: Clock, limit: UInt64)] {
        switch self {
        case .hangzhou: [(.accept, 60_000), (.respond, 180_000), (.arrive, 600_000)]
        case .wulin: [(.respond, 60_000), (.arrive, 300_000), (.feedback, 1_800_000)]
        case .none: []
        }
    }
}

/// One clock of one case: instants only, nothing that follows from now.
package struct Deadline: Hashable, Sendable {
    /// Which clock.
    package let clock: Clock
    /// When it started.
    package let start: UInt64
    /// When it runs out; reaching the step at this very instant is in time.
    package let due: UInt64
    /// When the step was reached.
    package let doneAt: UInt64?
    /// Whether the case has ended.
    package let hasEnded: Bool

    /// How a clock stands.
    package enum State: String, Sendable {
        case met, missed
        /// The case ended without the step, so that nothing can be said.
        case notMeasured = "not-measured"
        /// The step is still to come.
        case open
    }

    /// How it stands, whatever time it is.
    package var state: State {
        guard let doneAt else { return hasEnded ? .notMeasured : .open }
        return doneAt <= due ? .met : .missed
    }

    /// Whether the step is still to come and its time is over.
    package func isOverdue(now: UInt64) -> Bool { state == .open && now > due }
}
