/// The holidays and the make-up working days that were announced for one year.
///
/// What is announced has names like 放假 and 上班 (调休); the weekends are not listed.
package struct WorkYear: Hashable, Sendable {
    /// The year.
    package let year: UInt64
    /// Days off, sorted; they may lie on weekends.
    package let holidays: [CalendarDay]
    /// Saturdays and Sundays on which work is done, sorted.
    package let makeUpDays: [CalendarDay]

    /// Takes days as eight digits each, in any order.
    ///
    /// - Throws: ``WorkYearError`` for the first text that can not be.
    package init(
        year: UInt64,
        holidays: [String],
        makeUpDays: [String]
    ) throws(WorkYearError) {
        self.year = year
        self.holidays = try Self.days(holidays, of: year)
        self.makeUpDays = try Self.days(makeUpDays, of: year)
        for day in self.makeUpDays {
            guard day.isWeekend else { throw .makeUpOnWeekday(day) }
            guard !self.holidays.contains(day) else { throw .workAndHoliday(day) }
        }
    }

    private static func days(
        _ texts: [String],
        of year: UInt64
    ) throws(WorkYearError) -> [CalendarDay] {
        var days: [CalendarDay] = []
        for text in texts {
            guard let day = CalendarDay(text) else { throw .notADay(text) }
            guard day.year == year else { throw .otherYear(day) }
            guard !days.contains(day) else { throw .twice(day) }
            days.append(day)
        }
        return days.sorted()
    }
}

/// Why a year can not enter a calendar.
package enum WorkYearError: Error, Hashable, Sendable {
    /// The text is not a date of eight digits, or the calendar has no such day.
    case notADay(String)
    /// The day lies in another year than the one it is listed for.
    case otherYear(CalendarDay)
    /// The day is listed twice.
    case twice(CalendarDay)
    /// A make-up day is a weekday, on which work is done anyway.
    case makeUpOnWeekday(CalendarDay)
    /// The day is listed as holiday and as make-up day.
    case workAndHoliday(CalendarDay)
    /// The year is there already.
    case repeatedYear(UInt64)
}

extension WorkYearError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notADay(let text): "\"\(text.prefix(16))\" is not a date such as 20250128"
        case .otherYear(let day): "\(day) lies in another year"
        case .twice(let day): "\(day) is listed twice"
        case .makeUpOnWeekday(let day): "\(day) is a weekday, no make-up day"
        case .workAndHoliday(let day): "\(day) is listed as holiday and as make-up day"
        case .repeatedYear(let year): "\(year) is there twice"
        }
    }
}
