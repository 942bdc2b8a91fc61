/// A form of time stamps, such as `MM/dd/yyyy hh:mm:ss a`, that reads them strictly.
///
/// `yyyy` `MM` `dd` `HH` `hh` `mm` `ss` take exactly their number of digits, `M` `d` `H` `h` one
/// or two, `a` is AM or PM in either case, `XXX` is `Z` or an offset such as `+08:00`; what stands
/// between single quotes, and every sign that is not a letter, stands for itself. Year, month,
/// day, hour and minute must be there; `h` goes with `a`. The letters are those of Unicode
/// Technical Standard 35, part 4; `DateFormatter`, which has them all, takes longer over one
/// stamp than the whole row should.
package struct TimePattern: Hashable, Sendable {
    /// What a time stamp says, still without a zone unless it names its offset.
    package struct Reading: Hashable, Sendable {
        /// Seconds since 1970 if the clock that was read stood at UTC.
        package var clockSeconds: Int
        /// Milliseconds within the second.
        package var milliseconds: Int
        /// Seconds east of UTC, where the stamp says so.
        package var offset: Int?
    }

    private enum Token: Hashable {
        case number(Part, digits: ClosedRange<Int>)
        case half
        case fraction
        case offset
        case literal(UInt8)
    }

    private enum Part: Int {
        case year, month, day, hour, hourOfHalf, minute, second
    }

    /// The pattern as it was written.
    package let text: String
    private let tokens: [Token]

    /// ISO 8601 with an offset, to the second or to at most nine digits of a fraction, of which
    /// three are kept.
    package static let iso8601 = TimePattern()

    private init() {
        text = "yyyy-MM-ddTHH:mm:ss+hh:mm"
        var tokens = Self.tokens("yyyy-MM-dd'T'HH:mm:ssXXX") ?? []
        tokens.insert(.fraction, at: tokens.count - 1)
        self.tokens = tokens
    }

    /// Nil for an unknown letter or a pattern that does not say one time of one day.
    package init?(_ text: String) {
        guard let tokens = Self.tokens(text) else { return nil }
        let parts = tokens.compactMap { if case .number(let part, _) = $0 { part } else { nil } }
        guard Set(parts).count == parts.count,
            Set(parts).isSuperset(of: [.year, .month, .day, .minute]),
            parts.contains(.hour) != parts.contains(.hourOfHalf),
            tokens.count(where: { $0 == .half }) == (parts.contains(.hourOfHalf) ? 1 : 0),
            tokens.count(where: { $0 == .offset }) <= 1
        else { return nil }
        self.text = text
        self.tokens = tokens
    }

    private static func tokens(_ text: String) -> [Token]? {
        var tokens: [Token] = []
        var rest = Array(text.utf8)[...]
        var isQuoted = false
        while let first = rest.first {
            let run = rest.prefix { $0 == first }
            if first == UInt8(ascii: "'") {
                isQuoted.toggle()
                rest.removeFirst()
            } else if isQuoted || !isLetter(first) {
                tokens.append(.literal(first))
                rest.removeFirst()
            } else {
                guard let token = token(String(decoding: run, as: UTF8.self)) else { return nil }
                tokens.append(token)
                rest = rest.dropFirst(run.count)
            }
        }
        return isQuoted ? nil : tokens
    }

    private static func token(_ letters: String) -> Token? {
        switch letters {
        case "yyyy": .number(.year, digits: 4...4)
        case "MM": .number(.month, digits: 2...2)
        case "M": .number(.month, digits: 1...2)
        case "dd": .number(.day, digits: 2...2)
        case "d": .number(.day, digits: 1...2)
        case "HH": .number(.hour, digits: 2...2)
        case "H": .number(.hour, digits: 1...2)
        case "hh": .number(.hourOfHalf, digits: 2...2)
        case "h": .number(.hourOfHalf, digits: 1...2)
        case "mm": .number(.minute, digits: 2...2)
        case "ss": .number(.second, digits: 2...2)
        case "a": .half
        case "XXX": .offset
        default: nil
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }
}

extension TimePattern {
    /// What `stamp` says; nil unless it has exactly this form and is a time of the calendar.
    package func read(_ stamp: ArraySlice<UInt8>) -> Reading? {
        var rest = stamp
        var year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0
        var half: Int?
        var milliseconds = 0
        var offset: Int?
        for token in tokens {
            switch token {
            case .number(let part, let digits):
                guard let value = Self.number(&rest, digits: digits) else { return nil }
                switch part {
                case .year: year = value
                case .month: month = value
                case .day: day = value
                case .hour: hour = value
                case .hourOfHalf:
                    guard 1...12 ~= value else { return nil }
                    hour = value % 12
                case .minute: minute = value
                case .second: second = value
                }
            case .half:
                half = Self.half(&rest)
                guard half != nil else { return nil }
            case .fraction:
                guard let value = Self.fraction(&rest) else { return nil }
                milliseconds = value
            case .offset:
                offset = Self.offset(&rest)
                guard offset != nil else { return nil }
            case .literal(let byte):
                guard rest.popFirst() == byte else { return nil }
            }
        }
        guard rest.isEmpty, let days = daysSince1970(year: year, month: month, day: day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = (hour + (half ?? 0)) * 3600 + minute * 60 + second
        return Reading(
            clockSeconds: days * 86400 + seconds,
            milliseconds: milliseconds,
            offset: offset
        )
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while count < digits.upperBound, let byte = rest.first, byte &- 48 < 10 {
            value = value * 10 + Int(byte - 48)
            rest.removeFirst()
            count += 1
        }
        return count >= digits.lowerBound ? value : nil
    }

    /// Hours to add for the half of the day.
    private static func half(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard let first = rest.popFirst(), let second = rest.popFirst(),
            second | 0x20 == UInt8(ascii: "m")
        else { return nil }
        switch first | 0x20 {
        case UInt8(ascii: "a"): return 0
        case UInt8(ascii: "p"): return 12
        default: return nil
        }
    }

    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard rest.first == UInt8(ascii: ".") else { return 0 }
        rest.removeFirst()
        let digits = rest.prefix { $0 &- 48 < 10 }
        guard 1...9 ~= digits.count else { return nil }
        rest = rest.dropFirst(digits.count)
        let padded = digits.map { Int($0 - 48) } + [0, 0]
        return padded[0] * 100 + padded[1] * 10 + padded[2]
    }

    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let sign: Int
        switch rest.popFirst() {
        case UInt8(ascii: "Z"): return 0
        case UInt8(ascii: "+"): sign = 1
        case UInt8(ascii: "-"): sign = -1
        default: return nil
        }
        guard let hours = number(&rest, digits: 2...2) else { return nil }
        if rest.first == UInt8(ascii: ":") { rest.removeFirst() }
        guard let minutes = number(&rest, digits: 2...2), hours <= 18, minutes < 60 else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }
}

/// Days from 1 January 1970 to a day of the Gregorian calendar; nil if there is no such day.
///
/// - Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`.
private func daysSince1970(year: Int, month: Int, day: Int) -> Int? {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard 1...12 ~= month, 1...lengths[month - 1] ~= day, year >= 1 else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted % 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}
