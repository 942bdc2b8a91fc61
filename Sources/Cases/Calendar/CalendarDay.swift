/// One day of the civil calendar, from 1970-01-01, in the ledger's time.
package struct CalendarDay: Hashable, Sendable {
    /// Days since 1970-01-01.
    package let number: UInt64

    /// Counts from 1970-01-01; what lies beyond the last instant becomes the last day with one.
    package init(number: UInt64) { self.number = min(number, UInt64.max / Self.length) }

    /// The day in which an instant lies; midnight belongs to the day that it begins.
    package init(of instant: UInt64) { number = LedgerTime.days(instant) }

    /// Reads eight digits such as `20250128`; nil for anything else, for a date that is not in the
    /// calendar and for one before 1970.
    package init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 8, digits.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
        let value = digits.reduce(0 as UInt64) { $0 * 10 + UInt64($1 - 48) }
        let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100)
        guard year >= 1970, 1...12 ~= month, 1...31 ~= day else { return nil }
        let number = LedgerTime.daysFrom(year, month, day)
        guard LedgerTime.civil(number) == (year, month, day) else { return nil }
        self.number = number
    }

    /// The year of the date.
    package var year: UInt64 { LedgerTime.civil(number).year }

    /// From 0, Monday, to 6, Sunday; the first day of 1970 was a Thursday.
    package var weekday: UInt64 { (number % 7 + 3) % 7 }

    /// Whether it is a Saturday or a Sunday.
    package var isWeekend: Bool { weekday >= 5 }

    /// The day after; the last day is its own.
    package var next: CalendarDay { CalendarDay(number: number + 1) }

    /// Its 24:00, which is the instant at which the day after begins; the largest instant for a day
    /// that ends beyond it.
    package var end: UInt64 {
        let (end, isBeyond) = (number + 1).multipliedReportingOverflow(by: Self.length)
        return isBeyond ? .max : max(end, LedgerTime.offset) - LedgerTime.offset
    }

    private static let length: UInt64 = 86_400_000
}

extension CalendarDay: Comparable, CustomStringConvertible {
    package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        left.number < right.number
    }

    package var description: String {
        let (year, month, day) = LedgerTime.civil(number)
        return "\(year)\(month < 10 ? "0" : "")\(month)\(day < 10 ? "0" : "")\(day)"
    }
}
