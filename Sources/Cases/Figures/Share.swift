/// How many of how many.
package struct Share: Hashable, Sendable {
    /// The numerator.
    package private(set) var part: UInt64
    /// The denominator.
    package private(set) var whole: UInt64

    /// Pairs both.
    package init(_ part: UInt64 = 0, of whole: UInt64 = 0) {
        self.part = part
        self.whole = whole
    }

    /// In thousandths, rounded half up; nil of nothing.
    package var permille: UInt64? { whole == 0 ? nil : (part * 1000 + whole / 2) / whole }

    /// One more, which belongs to the part or does not.
    mutating func count(_ isPart: Bool) {
        whole += 1
        if isPart { part += 1 }
    }
}

/// How clocks of one kind stand.
package struct ClockFigures: Hashable, Sendable {
    /// The step was reached in time.
    package private(set) var met: UInt64 = 0
    /// It was reached late.
    package private(set) var missed: UInt64 = 0
    /// The case ended without it.
    package private(set) var notMeasured: UInt64 = 0
    /// It is still to come, whether the clock runs or stands still.
    package private(set) var open: UInt64 = 0
    /// Of the open ones, those that have run out.
    package private(set) var overdue: UInt64 = 0
    /// Whose end rests on a year that no calendar names.
    package private(set) var estimated: UInt64 = 0

    /// No clock.
    package init() {}

    /// Met of those that can be judged: met / (met + missed).
    package var share: Share { Share(met, of: met + missed) }

    /// Whether there is none.
    package var isEmpty: Bool { met + missed + notMeasured + open == 0 }

    mutating func count(_ deadline: Deadline, now: UInt64) {
        switch deadline.state {
        case .met: met += 1
        case .missed: missed += 1
        case .notMeasured: notMeasured += 1
        case .open, .paused:
            open += 1
            if deadline.isOverdue(now: now) { overdue += 1 }
        }
        if deadline.isEstimated { estimated += 1 }
    }
}
