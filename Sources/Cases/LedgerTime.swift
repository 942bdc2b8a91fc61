/// Civil time of the ledger, UTC+8 by policy, computed without a calendar library.
///
/// - Source: days from civil and back as in Howard Hinnant, "chrono-Compatible Low-Level Date
///   Algorithms", for years from 1970.
package enum LedgerTime {
    /// Milliseconds that the ledger's clock is ahead of UTC.
    package static let offset: UInt64 = 8 * 3_600_000
    private static let day: UInt64 = 86_400_000

    /// The date in the ledger's time, such as `20261123`.
    package static func date(_ instant: UInt64) -> String {
        let (year, month, day) = civil(days(instant))
        return "\(year)\(padded(month))\(padded(day))"
    }

    /// Date and time of day in the ledger's time, such as `2026-11-23T15:04:05`.
    package static func text(_ instant: UInt64) -> String {
        let (year, month, day) = civil(days(instant))
        let seconds = (instant % Self.day + offset) % Self.day / 1000
        return "\(year)-\(padded(month))-\(padded(day))"
            + "T\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    }

    /// Reads `YYYY-MM-DD[Thh:mm[:ss]][Z|+hh:mm|-hh:mm]`, without a zone in the ledger's time, or
    /// milliseconds since 1970; nil for anything else and for what lies before 1970.
    package static func instant(_ text: String) -> UInt64? {
        if !text.isEmpty, text.utf8.allSatisfy(isDigit) {
            return UInt64(text).flatMap { $0 < FieldType.instantLimit ? $0 : nil }
        }
        var rest = Substring(text)
        guard let year = number(&rest, 4), year >= 1970, take(&rest, "-"),
            let month = number(&rest, 2), month > 0, take(&rest, "-"),
            let day = number(&rest, 2), day > 0,
            civil(daysFrom(year, month, day)) == (year, month, day)
        else { return nil }
        var seconds = Int(daysFrom(year, month, day)) * 86_400
        if take(&rest, "T") || take(&rest, " ") {
            guard let hour = number(&rest, 2), hour < 24, take(&rest, ":"),
                let minute = number(&rest, 2), minute < 60
            else { return nil }
            seconds += Int(hour * 3600 + minute * 60)
            if take(&rest, ":") {
                guard let second = number(&rest, 2), second < 60 else { return nil }
                seconds += Int(second)
            }
        }
        guard let zone = zone(&rest), rest.isEmpty, seconds >= zone else { return nil }
        return UInt64(seconds - zone) * 1000
    }

    private static func zone(_ rest: inout Substring) -> Int? {
        if rest.isEmpty { return Int(offset / 1000) }
        if take(&rest, "Z") { return 0 }
        let isBehind = rest.first == "-"
        guard take(&rest, "+") || take(&rest, "-"), let hours = number(&rest, 2), hours <= 14,
            take(&rest, ":"), let minutes = number(&rest, 2), minutes < 60
        else { return nil }
        let seconds = Int(hours * 3600 + minutes * 60)
        return isBehind ? -seconds : seconds
    }

    /// Days since 1970-01-01 of the day in which an instant lies.
    static func days(_ instant: UInt64) -> UInt64 {
        instant / day + (instant % day + offset) / day
    }

    /// The date of a day counted from 1970-01-01.
    static func civil(_ days: UInt64) -> (year: UInt64, month: UInt64, day: UInt64) {
        let shifted = days + 719_468
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + shifted / 146_097 * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Days since 1970-01-01 of a date from then on; one that is not in the calendar runs over.
    static func daysFrom(_ year: UInt64, _ month: UInt64, _ day: UInt64) -> UInt64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return shiftedYear / 400 * 146_097 + dayOfEra - 719_469
    }

    private static func padded(_ number: UInt64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static func isDigit(_ character: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
    }

    private static func number(_ rest: inout Substring, _ count: Int) -> UInt64? {
        let digits = rest.utf8.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return UInt64(String(digits) ?? "")
    }

    private static func take(_ rest: inout Substring, _ sign: Character) -> Bool {
        guard rest.first == sign else { return false }
        rest = rest.dropFirst()
        return true
    }
}
