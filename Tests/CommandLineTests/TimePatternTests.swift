@testable import CommandLine
import Testing

@Suite struct TimePatternTests {
    private func read(_ pattern: String, _ stamp: String) throws -> TimePattern.Reading? {
        try #require(TimePattern(pattern)).read(Array(stamp.utf8)[...])
    }

    /// Days counted one by one, with the calendar's rule for leap years, against the formula.
    @Test func everyDayOfFourCenturiesIsCounted() throws {
        let pattern = try #require(TimePattern("yyyy/M/d H:mm"))
        var days = 0
        for year in 1970..<2370 {
            for month in 1...12 {
                for day in 1...31 {
                    let reading = pattern.read(Array("\(year)/\(month)/\(day) 0:00".utf8)[...])
                    guard day <= length(ofMonth: month, in: year) else {
                        #expect(reading == nil)
                        continue
                    }
                    guard reading?.clockSeconds == days * 86400 else {
                        Issue.record("\(year)/\(month)/\(day) is not day \(days)")
                        return
                    }
                    days += 1
                }
            }
        }
        #expect(days == 146_097)
    }

    private func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    @Test func everyHourOfBothHalvesIsRead() throws {
        for hour in 0..<24 {
            let shown = hour % 12 == 0 ? 12 : hour % 12
            let digits = shown < 10 ? "0\(shown)" : "\(shown)"
            let stamp = "01/01/1970 \(digits):30:07 \(hour < 12 ? "AM" : "pm")"
            let reading = try read("MM/dd/yyyy hh:mm:ss a", stamp)
            #expect(reading?.clockSeconds == hour * 3600 + 1807)
        }
    }

    @Test(arguments: [
        "1/01/1970 01:00:00 AM", "01/01/1970 00:00:00 AM", "01/01/1970 13:00:00 PM",
        "01/01/1970 01:60:00 AM", "01/01/1970 01:00:60 AM", "02/29/2015 01:00:00 AM",
        "13/01/2015 01:00:00 AM", "00/01/2015 01:00:00 AM", "01/00/2015 01:00:00 AM",
        "01/01/1970 01:00:00", "01/01/1970 01:00:00 XM", "01/01/1970 01:00:00 A",
        "01/01/1970 01:00:00 AM ", " 01/01/1970 01:00:00 AM", "01-01-1970 01:00:00 AM",
        "01/01/197O 01:00:00 AM", "01/01/0000 01:00:00 AM", "", "01",
    ])
    func anythingElseIsNotRead(stamp: String) throws {
        #expect(try read("MM/dd/yyyy hh:mm:ss a", stamp) == nil)
    }

    @Test(arguments: [
        "", "yyyy", "yyyy-MM-dd", "yyyy-MM-dd hh:mm", "yyyy-MM-dd HH:mm a", "yy-MM-dd HH:mm",
        "yyyy-MM-dd HH:mm zzz", "yyyy-MM-dd HH:mm MM", "yyyy-MM-dd'T HH:mm", "yyyy-MMM-dd HH:mm",
        "yyyy-MM-dd HH:mm hh a", "yyyy-MM-dd HH:mm:ssXXXXXX", "yyyy-MM-dd hh:mm a a",
    ])
    func aPatternThatDoesNotSayOneTimeIsNoPattern(text: String) {
        #expect(TimePattern(text) == nil)
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, 0, 0), ("1970-01-02T00:00:00+08:00", 86400, 0, 28800),
        ("1970-01-01T01:00:00-0530", 3600, 0, -19800),
        ("1970-01-01T00:00:01.5Z", 1, 500, 0),
        ("1970-01-01T00:00:01.123456789Z", 1, 123, 0),
    ])
    func iso8601NamesItsOffset(stamp: String, seconds: Int, milliseconds: Int, offset: Int) {
        let want = TimePattern.Reading(
            clockSeconds: seconds,
            milliseconds: milliseconds,
            offset: offset
        )
        #expect(TimePattern.iso8601.read(Array(stamp.utf8)[...]) == want)
    }

    @Test(arguments: [
        "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00:00.1234567890Z", "1970-01-01T00:00:00+8", "1970-01-01T00:00:00+19:00",
        "1970-01-01T00:00:00+08:60", "1970-01-01", "1970-01-01T00:00Z",
    ])
    func otherFormsOfISO8601AreNotRead(stamp: String) {
        #expect(TimePattern.iso8601.read(Array(stamp.utf8)[...]) == nil)
    }
}
