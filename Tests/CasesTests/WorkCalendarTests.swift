import Cases
import Testing

/// The days that 国办发明电〔2024〕12号 announced for 2025.
func announced2025() throws -> WorkYear {
    let months: [(String, ClosedRange<Int>)] = [
        ("202501", 1...1), ("202501", 28...31), ("202502", 1...4), ("202504", 4...6),
        ("202505", 1...5), ("202505", 31...31), ("202506", 1...2), ("202510", 1...8),
    ]
    return try WorkYear(
        year: 2025,
        holidays: months.flatMap { month, days in
            days.map { month + ($0 < 10 ? "0" : "") + "\($0)" }
        },
        makeUpDays: ["20250126", "20250208", "20250427", "20250928", "20251011"]
    )
}

private func at(_ text: String) throws -> UInt64 { try #require(LedgerTime.instant(text)) }

@Suite struct CalendarDayTests {
    @Test(arguments: [
        ("19700101", 3), ("19991231", 4), ("20000229", 1), ("20240229", 3), ("20250101", 2),
        ("20261123", 0), ("21000301", 0), ("99991231", 4),
    ])
    func weekdaysAreThoseOfTheCalendar(text: String, weekday: UInt64) throws {
        let day = try #require(CalendarDay(text))
        #expect(day.weekday == weekday && day.description == text)
        #expect(day.isWeekend == (weekday >= 5))
    }

    @Test(arguments: [
        "", "2025010", "202501011", "20250229", "21000229", "20251301", "20250100", "20250132",
        "19691231", "2025-1-1", "２０２５０１０１", "00000000",
    ])
    func whatIsNoDayIsRefused(text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test func aDayRunsFromMidnightToMidnightOfTheLedger() throws {
        let day = try #require(CalendarDay("20250128"))
        #expect(CalendarDay(of: try at("2025-01-28T00:00")) == day)
        #expect(CalendarDay(of: try at("2025-01-28T23:59:59") + 999) == day)
        #expect(CalendarDay(of: try at("2025-01-29")) == day.next)
        #expect(day.end == (try at("2025-01-29")))
        #expect(CalendarDay(number: 0).end == 16 * 3_600_000)
        #expect(CalendarDay(of: .max).end == .max && CalendarDay(number: .max).next.end == .max)
    }
}

@Suite struct WorkCalendarTests {
    private let calendar: WorkCalendar

    init() throws { calendar = try WorkCalendar([announced2025()]) }

    @Test func theFirstDayIsNotCountedAndTheLastOneEndsAt24() throws {
        // A Monday; three working days are Tuesday to Thursday.
        let term = try #require(calendar.term(workingDays: 3, from: at("2025-03-03T09:30")))
        #expect(term.lastDay.description == "20250306" && !term.isEstimated)
        #expect(term.end == (try at("2025-03-07")))
        // The same from any time of the day, its first and last instant included.
        for text in ["2025-03-03T00:00", "2025-03-03T23:59:59"] {
            #expect(try calendar.term(workingDays: 3, from: at(text)) == term)
        }
    }

    @Test(arguments: [
        ("2025-03-07", 1, "20250310"),  // over a weekend
        ("2025-03-08", 1, "20250310"),  // from a Saturday
        ("2025-01-24", 1, "20250126"),  // a Sunday that is worked
        ("2025-01-26", 1, "20250127"),
        ("2025-01-27", 1, "20250205"),  // over the Spring Festival
        ("2025-01-27", 4, "20250208"),  // the Saturday after it is worked
        ("2025-01-27", 5, "20250210"),
        ("2025-09-26", 4, "20251009"),  // the Sunday is worked, then eight days are off
        ("2025-09-30", 3, "20251011"),
    ])
    func workingDaysGoAroundHolidays(start: String, count: Int, last: String) throws {
        let term = try #require(calendar.term(workingDays: count, from: at(start)))
        #expect(term.lastDay.description == last && !term.isEstimated)
    }

    @Test(arguments: [
        ("2025-03-03", 30, "20250402"), ("2025-03-05", 30, "20250407"),  // 4 to 6 April are off
        ("2025-01-13", 15, "20250205"), ("2025-01-25", 1, "20250126"),
        ("2025-02-01", 7, "20250208"),
    ])
    func calendarDaysOnlyMoveTheLastOne(start: String, count: Int, last: String) throws {
        let term = try #require(calendar.term(days: count, from: at(start)))
        #expect(term.lastDay.description == last && !term.isEstimated)
    }

    @Test func aYearWithoutEntryIsEstimatedByItsWeekends() throws {
        let inside = try #require(calendar.term(workingDays: 1, from: at("2025-12-30")))
        #expect(inside.lastDay.description == "20251231" && !inside.isEstimated)
        let beyond = try #require(calendar.term(workingDays: 2, from: at("2025-12-30")))
        #expect(beyond.lastDay.description == "20260101" && beyond.isEstimated)
        let none = try WorkCalendar()
        #expect(
            try none.term(workingDays: 5, from: at("2025-01-24"))?.lastDay.description == "20250131"
        )
        #expect(try none.term(days: 1, from: at("2025-01-24"))?.isEstimated == true)
        #expect(try none.workingDays(from: at("2025-01-24"), to: at("2025-01-27"))?.days == 0)
    }

    @Test func countsAreTheInverseOfTerms() throws {
        let start = try at("2025-01-20T15:00")
        for count in 1...200 {
            let end = try #require(calendar.term(workingDays: count, from: start)).end
            #expect(calendar.workingDays(from: start, to: end)?.days == count)
            #expect(calendar.workingDays(from: start, to: end + 1)?.days ?? 0 >= count)
            #expect(calendar.workingDays(from: start, to: end - 86_400_000)?.days == count - 1)
        }
        #expect(try calendar.workingDays(from: start, to: at("2025-01-20T23:00"))?.days == 0)
        #expect(calendar.workingDays(from: start, to: start)?.days == 0)
        #expect(calendar.workingDays(from: start, to: 0)?.days == 0)
        // The announced year has 248 working days.
        let year = try calendar.workingDays(from: at("2024-12-31"), to: at("2026-01-01"))
        #expect(year?.days == 248 && year?.isEstimated == false)
    }

    @Test func everyLoopIsBounded() throws {
        for count in [Int.min, -1, 0, WorkCalendar.longestTerm + 1, .max] {
            #expect(calendar.term(workingDays: count, from: 0) == nil)
            #expect(calendar.term(days: count, from: 0) == nil)
        }
        let longest = WorkCalendar.longestTerm
        let start = try at("2025-01-01")
        #expect(calendar.term(workingDays: longest, from: start)?.isEstimated == true)
        #expect(calendar.term(workingDays: longest, from: .max)?.end == .max)
        #expect(calendar.term(days: longest, from: .max)?.end == .max)
        let last = CalendarDay(number: WorkCalendar.longestSpan).end
        #expect(calendar.workingDays(from: 0, to: last)?.isEstimated == true)
        #expect(calendar.workingDays(from: 0, to: last + 1) == nil)
        #expect(calendar.workingDays(from: 0, to: .max) == nil)
    }

    @Test func aYearThatContradictsItselfIsRefused() throws {
        func fault(_ holidays: [String], _ makeUpDays: [String]) -> WorkYearError? {
            do throws(WorkYearError) {
                _ = try WorkYear(year: 2025, holidays: holidays, makeUpDays: makeUpDays)
                return nil
            } catch { return error }
        }
        let sunday = try #require(CalendarDay("20250126"))
        #expect(fault(["2025-01-01"], []) == .notADay("2025-01-01"))
        #expect(fault(["20240101"], []) == CalendarDay("20240101").map { .otherYear($0) })
        #expect(fault(["20250126", "20250126"], []) == .twice(sunday))
        #expect(fault(["20250126"], ["20250126"]) == .workAndHoliday(sunday))
        #expect(fault([], ["20250127"]) == .makeUpOnWeekday(sunday.next))
        #expect(fault([], []) == nil)
        let year = try announced2025()
        #expect(throws: WorkYearError.repeatedYear(2025)) { try WorkCalendar([year, year]) }
    }
}
