/// One clock of one case: instants only, nothing that follows from now.
package struct Deadline: Hashable, Sendable {
    /// Which clock.
    package let clock: Clock
    /// When it started.
    package let start: UInt64
    /// When it runs out, with all that it was extended and stood still for; reaching the step at
    /// this very instant is in time.
    package let due: UInt64
    /// When the step was reached.
    package let doneAt: UInt64?
    /// Whether the case has ended.
    package let hasEnded: Bool
    /// Since when it stands still; what is left of it then stays left.
    package let pausedAt: UInt64?
    /// Whether a day was counted whose year no calendar names, so that the end may move.
    package let isEstimated: Bool

    /// Takes all fields.
    package init(
        clock: Clock,
        start: UInt64,
        due: UInt64,
        doneAt: UInt64?,
        hasEnded: Bool,
        pausedAt: UInt64? = nil,
        isEstimated: Bool = false
    ) {
        self.clock = clock
        self.start = start
        self.due = due
        self.doneAt = doneAt
        self.hasEnded = hasEnded
        self.pausedAt = pausedAt
        self.isEstimated = isEstimated
    }

    /// How a clock stands.
    package enum State: String, Sendable {
        case met, missed
        /// The case ended without the step, so that nothing can be said.
        case notMeasured = "not-measured"
        /// The step is still to come, and the clock runs.
        case open
        /// The step is still to come, and the clock stands still.
        case paused
    }

    /// How it stands, whatever time it is.
    package var state: State {
        if let doneAt { return doneAt <= due ? .met : .missed }
        guard !hasEnded || clock.isInformation else { return .notMeasured }
        return pausedAt == nil ? .open : .paused
    }

    /// Whether the step is still to come and its time is over, where that is somebody's duty.
    package func isOverdue(now: UInt64) -> Bool {
        guard !clock.isInformation, doneAt == nil, !hasEnded else { return false }
        return (pausedAt ?? now) > due
    }
}
