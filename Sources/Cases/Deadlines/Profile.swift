package import Encoding

/// How long a clock runs.
package enum TimeLimit: Hashable, Sendable {
    /// So many milliseconds, day and night.
    case milliseconds(UInt64)
    /// So many days, counted as the law counts them: the first day does not count, and a last day
    /// that is off moves to the next working day.
    case days(UInt64)
    /// So many working days.
    case workingDays(UInt64)
}

/// One clock of a profile with its limit.
///
/// In an entry the array `[clock, unit, amount]`: unit 0 milliseconds, 1 days, 2 working days. On
/// the command line `arrive=10m`, with the units s, m, h, d and, for working days, w.
package struct ProfileClock: Hashable, Sendable {
    /// Code name of the clock; one that this version does not know is passed over.
    package let code: String
    /// How long it runs.
    package let limit: TimeLimit

    /// The clock, if this version knows it.
    package var clock: Clock? { Clock(rawValue: code) }

    /// Pairs both.
    package init(_ clock: Clock, _ limit: TimeLimit) {
        code = clock.rawValue
        self.limit = limit
    }

    /// Reads the form of entries; nil for anything else.
    package init?(_ value: CBORValue) {
        guard case .array(let items) = value, items.count == 3, case .text(let code) = items[0],
            FieldType.identifier.admits(items[0]), case .unsigned(let unit) = items[1],
            case .unsigned(let amount) = items[2], amount < FieldType.instantLimit
        else { return nil }
        self.code = code
        switch unit {
        case 0: limit = .milliseconds(amount)
        case 1: limit = .days(amount)
        case 2: limit = .workingDays(amount)
        default: return nil
        }
    }

    /// The form of entries.
    package var value: CBORValue {
        let (unit, amount): (UInt64, UInt64) =
            switch limit {
            case .milliseconds(let amount): (0, amount)
            case .days(let amount): (1, amount)
            case .workingDays(let amount): (2, amount)
            }
        return .array([.text(code), .unsigned(unit), .unsigned(amount)])
    }

    /// Reads the form of the command line; nil for anything else, and for a clock that is not
    /// known.
    package init?(_ text: String) {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let clock = Clock(rawValue: String(halves[0])),
            let unit = halves[1].last, let amount = UInt64(halves[1].dropLast()),
            amount > 0, amount <= 100_000
        else { return nil }
        code = clock.rawValue
        switch unit {
        case "s": limit = .milliseconds(amount * 1000)
        case "m": limit = .milliseconds(amount * 60_000)
        case "h": limit = .milliseconds(amount * 3_600_000)
        case "d" where amount <= WorkCalendar.longestTerm: limit = .days(amount)
        case "w" where amount <= WorkCalendar.longestTerm: limit = .workingDays(amount)
        default: return nil
        }
    }

    /// The form of the command line.
    package var text: String {
        switch limit {
        case .milliseconds(let amount) where amount.isMultiple(of: 3_600_000):
            "\(code)=\(amount / 3_600_000)h"
        case .milliseconds(let amount) where amount.isMultiple(of: 60_000):
            "\(code)=\(amount / 60_000)m"
        case .milliseconds(let amount): "\(code)=\(amount / 1000)s"
        case .days(let amount): "\(code)=\(amount)d"
        case .workingDays(let amount): "\(code)=\(amount)w"
        }
    }
}

/// A set of clocks under a short name.
///
/// The clocks start at the milestones that ``Clock`` names, never at a later step or hand-over.
package struct Profile: Hashable, Sendable {
    /// Short name.
    package let code: String
    /// Its clocks.
    package let clocks: [ProfileClock]

    /// Pairs both.
    package init(_ code: String, _ clocks: [ProfileClock]) {
        self.code = code
        self.clocks = clocks
    }

    /// Accept in one minute, respond in three, arrive in ten.
    package static let hangzhou = Profile(
        "hz-1-3-10",
        [
            ProfileClock(.accept, .milliseconds(60_000)),
            ProfileClock(.respond, .milliseconds(180_000)),
            ProfileClock(.arrive, .milliseconds(600_000)),
        ]
    )

    /// No clocks but those that an act itself starts.
    package static let none = Profile("none", [])

    /// The profiles that are known without a policy.
    ///
    /// - Source: the street centres' own rules (1-3-10, 1-5-30); 杭州市电梯安全管理条例 art. 30;
    ///   劳动争议调解仲裁法 art. 14; 人民法院在线调解规则 art. 24; 信访工作条例 art. 22, 23, 34, 35, 36.
    package static let standard: [Profile] = [
        hangzhou,
        Profile(
            "wulin-1-5-30",
            [
                ProfileClock(.respond, .milliseconds(60_000)),
                ProfileClock(.arrive, .milliseconds(300_000)),
                ProfileClock(.feedback, .milliseconds(1_800_000)),
            ]
        ),
        Profile("elevator-urban", [ProfileClock(.arrive, .milliseconds(1_800_000))]),
        Profile("elevator-rural", [ProfileClock(.arrive, .milliseconds(3_600_000))]),
        Profile("labour", [ProfileClock(.mediation, .days(15))]),
        Profile("court-ordinary", [ProfileClock(.mediation, .days(15))]),
        Profile("court-simplified", [ProfileClock(.mediation, .days(7))]),
        Profile(
            "petition",
            [
                ProfileClock(.register, .days(15)), ProfileClock(.notice, .days(15)),
                ProfileClock(.finish, .days(60)), ProfileClock(.review, .days(30)),
                ProfileClock(.rereview, .days(30)),
            ]
        ),
        Profile("normal", [ProfileClock(.finish, .days(30))]),
        Profile("urgent", [ProfileClock(.finish, .milliseconds(86_400_000))]),
        none,
    ]

    /// Clocks that an act starts whatever the profile, unless the profile has another limit.
    ///
    /// - Source: 民事诉讼法 art. 205 (30 days to ask for confirmation); 法释[2011]5号 (the court's 15
    ///   days); 人民调解: one month, the usual term.
    package static let implied: [ProfileClock] = [
        ProfileClock(.mediation, .days(30)), ProfileClock(.judicial, .days(30)),
        ProfileClock(.court, .days(15)),
    ]
}
