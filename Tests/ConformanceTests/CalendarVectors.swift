import Cases
import Testing

/// Terms and counts of days, with the year that was announced and without.
enum CalendarVectors {
    static func all() throws -> [VectorFile] {
        try terms.map(term) + [count()] + years.map(year)
    }

    static func isGood(_ file: VectorFile) throws -> Bool {
        switch file.kind {
        case "term":
            let calendar = try calendar(of: file)
            let (days, from) = (Int(try file.number("days")), try file.number("from"))
            let term =
                file["unit"] == "working"
                ? calendar.term(workingDays: days, from: from)
                : calendar.term(days: days, from: from)
            #expect(file["last-day"] == term?.lastDay.description, "\(file.path)")
            #expect(file["end"] == term.map { "\($0.end)" }, "\(file.path)")
            #expect(file["estimated"] == term.map { "\($0.isEstimated)" }, "\(file.path)")
            return term != nil
        case "count":
            let calendar = try calendar(of: file)
            return file.all("between").allSatisfy { line in
                let words = line.split(separator: " ").map(String.init)
                guard let from = UInt64(words[0]), let to = UInt64(words[1]),
                    let count = calendar.workingDays(from: from, to: to)
                else { return false }
                return words[2...] == ["\(count.days)", "\(count.isEstimated)"]
            }
        default: return (try? calendar(of: file)) != nil
        }
    }

    private static func calendar(of file: VectorFile) throws -> WorkCalendar {
        let year = try WorkYear(
            year: 2025,
            holidays: file.all("holiday"),
            makeUpDays: file.all("make-up")
        )
        return try WorkCalendar([year])
    }

    /// The days that 国办发明电〔2024〕12号 announced for 2025.
    private static let holidays = [
        "20250101", "20250128", "20250129", "20250130", "20250131", "20250201", "20250202",
        "20250203", "20250204", "20250404", "20250405", "20250406", "20250501", "20250502",
        "20250503", "20250504", "20250505", "20250531", "20250601", "20250602", "20251001",
        "20251002", "20251003", "20251004", "20251005", "20251006", "20251007", "20251008",
    ]
    private static let makeUpDays = ["20250126", "20250208", "20250427", "20250928", "20251011"]

    private static func calendar() throws -> WorkCalendar {
        try WorkCalendar([WorkYear(year: 2025, holidays: holidays, makeUpDays: makeUpDays)])
    }

    private static func announced(_ file: VectorFile) -> VectorFile {
        let days = holidays.reduce(file) { $0.with("holiday", $1) }
        return makeUpDays.reduce(days) { $0.with("make-up", $1) }
    }

    private static let terms: [(String, start: String, unit: String, days: Int)] = [
        ("first_day", "2025-03-03T09:30:00", "working", 3),
        ("last_second", "2025-03-03T23:59:59", "working", 3),
        ("weekend", "2025-03-07T10:00:00", "working", 1),
        ("make_up", "2025-01-24T10:00:00", "working", 1),
        ("spring_festival", "2025-01-27T10:00:00", "working", 4),
        ("unannounced", "2025-12-30T10:00:00", "working", 2),
        ("calendar", "2025-03-03T10:00:00", "calendar", 30),
        ("calendar_moved", "2025-03-05T10:00:00", "calendar", 30),
        ("bad_none", "2025-03-03T10:00:00", "working", 0),
        ("bad_long", "2025-03-03T10:00:00", "working", 733),
    ]

    private static func term(
        _ name: String,
        _ start: String,
        _ unit: String,
        _ days: Int
    ) throws -> VectorFile {
        let instant = try #require(LedgerTime.instant(start))
        let calendar = try calendar()
        let term =
            unit == "working"
            ? calendar.term(workingDays: days, from: instant)
            : calendar.term(days: days, from: instant)
        let file = announced(
            VectorFile(
                "calendar/term_\(name)",
                what: "a term of \(days) \(unit) days: \(name)",
                expect: term == nil ? "bad" : "good"
            )
        )
        .with("from", "\(instant)").with("unit", unit).with("days", "\(days)")
        guard let term else { return file }
        return file.with("last-day", term.lastDay.description).with("end", "\(term.end)")
            .with("estimated", "\(term.isEstimated)")
    }

    private static func count() throws -> VectorFile {
        var file = announced(
            VectorFile("calendar/count_2025", what: "working days between", expect: "good")
        )
        let pairs = [
            ("2025-03-03T09:30:00", "2025-03-07"), ("2025-03-03T09:30:00", "2025-03-07T00:00:01"),
            ("2025-01-24T10:00:00", "2025-02-10"), ("2024-12-31", "2026-01-01"),
            ("2024-12-30", "2025-01-02"), ("2025-03-07", "2025-03-03"),
        ]
        for (start, end) in pairs {
            let from = try #require(LedgerTime.instant(start))
            let to = try #require(LedgerTime.instant(end))
            let count = try #require(calendar().workingDays(from: from, to: to))
            file = file.with("between", "\(from) \(to) \(count.days) \(count.isEstimated)")
        }
        return file
    }

    private static let years: [(String, [String], [String])] = [
        ("good", ["20250101"], ["20250126"]), ("bad_day", ["20250229"], []),
        ("bad_other_year", ["20240101"], []), ("bad_twice", ["20250101", "20250101"], []),
        ("bad_make_up_on_weekday", [], ["20250127"]),
        ("bad_work_and_holiday", ["20250126"], ["20250126"]),
    ]

    private static func year(
        _ name: String,
        _ holidays: [String],
        _ makeUpDays: [String]
    ) -> VectorFile {
        let year = try? WorkYear(year: 2025, holidays: holidays, makeUpDays: makeUpDays)
        let file = VectorFile(
            "calendar/year_\(name)",
            what: "an entry for 2025: \(name)",
            expect: year == nil ? "bad" : "good"
        )
        let days = holidays.reduce(file) { $0.with("holiday", $1) }
        return makeUpDays.reduce(days) { $0.with("make-up", $1) }
    }
}
