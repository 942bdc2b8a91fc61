/// Which days are worked, in the ledger's time (UTC+8), and how terms of days are counted.
///
/// A day is worked if it is a make-up day, or is neither on a weekend nor a holiday. For a year
/// that has no entry only the weekends are known: whatever was counted through such a year says
/// that it is an estimate, and an estimate may change when the year is announced.
///
/// - Source: 民法典 art. 200 (calendar days), 201 (the day of the start is not counted), 203 (the
///   last day moves past days off and ends at 24:00); `Protocol/calendar.md`.
package struct WorkCalendar: Hashable, Sendable {
    /// The most days of a term.
    package static let longestTerm = 366 * 2
    /// The most days from one instant to another that are looked at, about a century.
    package static let longestSpan: UInt64 = 36_600

    /// When a term ends.
    package struct Term: Hashable, Sendable {
        /// Its last day.
        package let lastDay: CalendarDay
        /// Whether a day was counted whose year has no entry.
        package let isEstimated: Bool

        /// The last day's 24:00; an act at this very instant is in time.
        package var end: UInt64 { lastDay.end }
    }

    /// A number of days.
    package struct Count: Hashable, Sendable {
        /// How many.
        package let days: Int
        /// Whether a day was looked at whose year has no entry.
        package let isEstimated: Bool
    }

    /// The years with an entry, rising.
    package let years: [WorkYear]

    /// Takes years in any order; without any, every count is an estimate.
    ///
    /// - Throws: ``WorkYearError/repeatedYear(_:)``.
    package init(_ years: [WorkYear] = []) throws(WorkYearError) {
        let sorted = years.sorted { $0.year < $1.year }
        for (left, right) in zip(sorted, sorted.dropFirst()) where left.year == right.year {
            throw .repeatedYear(left.year)
        }
        self.years = sorted
    }

    /// Whether work is done on a day, and whether only the weekday says so.
    package func isWorked(_ day: CalendarDay) -> (isWorked: Bool, isEstimated: Bool) {
        let number = day.year
        guard let year = years.first(where: { $0.year == number }) else {
            return (!day.isWeekend, true)
        }
        if year.makeUpDays.contains(day) { return (true, false) }
        return (!day.isWeekend && !year.holidays.contains(day), false)
    }

    /// A term of `count` working days from an instant: it ends at 24:00 of the last of the first
    /// `count` working days after the day in which the instant lies.
    ///
    /// Nil unless 1 ≤ count ≤ ``longestTerm``, and if so many working days do not come within
    /// ``longestSpan`` days.
    package func term(workingDays count: Int, from start: UInt64) -> Term? {
        guard 1...Self.longestTerm ~= count else { return nil }
        var walk = Walk(after: CalendarDay(of: start), calendar: self)
        var left = count
        while left > 0 {
            guard let isWorked = walk.step() else { return nil }
            if isWorked { left -= 1 }
        }
        return Term(lastDay: walk.day, isEstimated: walk.isEstimated)
    }

    /// A term of `count` calendar days from an instant: its last day is the `count`-th after the
    /// day in which the instant lies or, if that is not worked, the next working day.
    ///
    /// Nil unless 1 ≤ count ≤ ``longestTerm``, and if no working day follows within
    /// ``longestSpan`` days. Whether it is an estimate depends on the days from the last one on:
    /// days off before it are counted like others.
    package func term(days count: Int, from start: UInt64) -> Term? {
        guard 1...Self.longestTerm ~= count else { return nil }
        let last = CalendarDay(number: CalendarDay(of: start).number + UInt64(count))
        let onLast = isWorked(last)
        if onLast.isWorked { return Term(lastDay: last, isEstimated: onLast.isEstimated) }
        var walk = Walk(after: last, calendar: self, isEstimated: onLast.isEstimated)
        while let isWorked = walk.step() {
            if isWorked { return Term(lastDay: walk.day, isEstimated: walk.isEstimated) }
        }
        return nil
    }

    /// Working days from one instant to a later one, the day of the start not counted and that of
    /// the end counted; midnight as the end closes the day before.
    ///
    /// So the end of a term of n working days lies n working days after its start. None if the end
    /// is not later than the start; nil if it is more than ``longestSpan`` days later.
    package func workingDays(from start: UInt64, to end: UInt64) -> Count? {
        guard start < end else { return Count(days: 0, isEstimated: false) }
        let last = CalendarDay(of: end - 1)
        var walk = Walk(after: CalendarDay(of: start), calendar: self)
        var days = 0
        while walk.day < last {
            guard let isWorked = walk.step() else { return nil }
            if isWorked { days += 1 }
        }
        return Count(days: days, isEstimated: walk.isEstimated)
    }

    /// Goes from one day to the next, at most ``longestSpan`` times.
    private struct Walk {
        private(set) var day: CalendarDay
        private(set) var isEstimated: Bool
        private let calendar: WorkCalendar
        private var stepsLeft = WorkCalendar.longestSpan

        init(after day: CalendarDay, calendar: WorkCalendar, isEstimated: Bool = false) {
            self.day = day
            self.calendar = calendar
            self.isEstimated = isEstimated
        }

        /// Whether the next day is worked; nil at the end of the walk.
        mutating func step() -> Bool? {
            guard stepsLeft > 0 else { return nil }
            stepsLeft -= 1
            day = day.next
            let (isWorked, isEstimated) = calendar.isWorked(day)
            self.isEstimated = self.isEstimated || isEstimated
            return isWorked
        }
    }
}
