import Cases
import Ledger
import TestSupport

/// Histories in which clocks are paused, moved, set by policies and counted through calendars.
enum ClockVectors {
    private static let day = 1440

    static func all() throws -> [VectorFile] { try pauses() + extensions() + profiles() }

    private static func instant(_ minutes: Int) -> String {
        "\(CaseHistory.start + UInt64(minutes) * 60_000)"
    }

    private static func pauses() throws -> [VectorFile] {
        var history = try CaseVectors.accepted("normal")
        let known = history.entries
        let first = try history.write(.suspend, [(.suspension, "01")], minutes: 2 * day)
        let second = try history.write(
            .suspend,
            [(.suspension, "02")],
            in: 1,
            after: known,
            minutes: 4 * day
        )
        var files = [history.file("clock_two_pauses", "suspended by two who were apart")]
        try history.write(.resume, after: known + [first], minutes: 7 * day)
        files.append(history.file("clock_one_resumed", "one goes on, who knew one of the two"))
        try history.write(.resume, in: 1, after: known + [second], minutes: 9 * day)
        files.append(history.file("clock_both_resumed", "time that both stood still counts once"))

        history = try CaseVectors.accepted("normal")
        try history.write(.suspend, [(.suspension, "03")], minutes: 3 * day)
        try history.write(
            .refer,
            [(.referredTo, "court"), (.reason, "a")],
            minutes: 5 * day
        )
        try history.write(.takeBack, [(.reason, "b")], minutes: 8 * day)
        files.append(history.file("clock_pause_ended", "a referral ends the pause"))
        try history.write(.suspend, [(.suspension, "01")], minutes: 60 * day)
        files.append(history.file("clock_late_pause", "it stands still after it ran out"))
        return files
    }

    private static func extensions() throws -> [VectorFile] {
        func term(_ clock: Clock, _ minutes: Int) -> [(CaseField, String)] {
            [(.clock, clock.rawValue), (.newDue, instant(minutes)), (.reason, "a")]
        }
        var history = try CaseVectors.accepted("normal")
        try history.write(.extend, term(.finish, 10 * day), minutes: day)
        var files = [history.file("clock_not_shortened", "a term is never shortened")]
        let known = history.entries
        try history.write(.extend, term(.finish, 50 * day), minutes: 2 * day)
        try history.write(.extend, term(.finish, 45 * day), in: 1, after: known, minutes: 3 * day)
        files.append(history.file("clock_two_extensions", "of two apart the longer counts"))
        try history.write(.extend, term(.finish, 40 * day), in: 1, minutes: 4 * day)
        files.append(history.file("clock_extended_again", "who knew both moves it back"))
        try history.write(.suspend, [(.suspension, "01")], minutes: 5 * day)
        try history.write(.extend, term(.finish, 60 * day), minutes: 7 * day)
        try history.write(.resume, minutes: 11 * day)
        files.append(history.file("clock_extended_paused", "only what stood still since counts"))

        history = try CaseVectors.accepted("labour")
        try history.write(.mediate, [(.consent, "true"), (.interest, "none")], minutes: 60)
        let agreed: [(CaseField, String)] = [(.partiesAgree, "true")]
        try history.write(.extend, term(.mediation, 40 * day) + agreed, minutes: 2 * day)
        files.append(history.file("clock_consent", "both parties agree to more time"))
        try history.write(
            .end,
            [(.endReason, "refused"), (.remediesTold, "true")],
            minutes: 3 * day
        )
        try history.write(.mediate, [(.consent, "true"), (.interest, "none")], minutes: 50 * day)
        files.append(history.file("clock_new_talks", "talks that are opened again run anew"))
        return files
    }

    private static func profiles() throws -> [VectorFile] {
        var files: [VectorFile] = []
        var history = CaseHistory()
        try history.write(
            .takeOver,
            [
                (.source, "boston-311"), (.state, "open"), (.externalID, "7"),
                (.target, instant(9 * day)),
            ]
        )
        files.append(history.file("clock_import", "a record has no clocks but its target"))
        try history.write(.amend, [(.profile, "petition"), (.reason, "a")], minutes: 5)
        files.append(history.file("clock_import_profile", "but those that somebody gives it"))

        history = try CaseVectors.accepted("petition")
        for (place, clocks, isDefault) in [
            ("330113002", "finish=20w", "false"), ("330113", "finish=40d", "true"),
            ("3301", "finish=50d", "true"), ("330105", "finish=5d", "true"),
        ] {
            try history.write(
                .setProfile,
                [
                    (.profileCode, "petition"), (.clocks, clocks),
                    (.validFrom, "1795000000000"), (.isDefault, isDefault),
                ],
                in: 1,
                after: [],
                minutes: 3
            ) { $0.scope = Scope(place) }
        }
        history.policies = Array(history.subjects.dropFirst())
        files.append(history.file("clock_narrowest", "the narrowest area's clocks count"))
        try history.write(
            .repealPolicy,
            [(.reason, "a"), (.at, "1795428000000")],
            in: 1,
            about: [1],
            minutes: 4
        )
        files.append(history.file("clock_repealed", "those of a profile that is over do not"))
        var plain = try CaseVectors.registered()
        try plain.write(
            .setProfile,
            [
                (.profileCode, "none"), (.clocks, "finish=5d"), (.validFrom, "1795000000000"),
                (.isDefault, "true"),
            ],
            in: 1,
            after: [],
            minutes: 3
        )
        plain.policies = Array(plain.subjects.dropFirst())
        files.append(plain.file("clock_none", "none has no clocks, whatever an area says"))
        try history.write(
            .setCalendar,
            [(.year, "2026"), (.holidays, "20261201 20261202"), (.workdays, "20261205")],
            in: 2,
            after: [],
            minutes: 6
        )
        history.policies.append(history.subjects[history.subjects.count - 1])
        files.append(history.file("clock_estimated", "into a year without a calendar"))
        return files
    }

    // MARK: Random ones

    /// A history of one case and of policies, by three logs that meet now and then.
    static func random(_ seed: UInt64) throws -> VectorFile {
        var world = RandomClocks(generator: SeededGenerator(seed: seed))
        return try world.made().file("random_\(seed)", "random")
    }
}

/// What a seed makes.
private struct RandomClocks {
    var generator: SeededGenerator
    private var history = CaseHistory()
    private var minutes = 200_000
    /// How many entries each log knows.
    private var known: [[PlacedEntry]] = [[], [], []]

    init(generator: SeededGenerator) { self.generator = generator }

    private static let steps: [CaseOperation] = [
        .register, .accept, .accept, .dispatch, .arrive, .respond, .feedback, .mediate, .agree,
        .end, .suspend, .suspend, .suspend, .resume, .resume, .extend, .extend, .close, .reopen,
        .refer, .takeBack, .askReview, .answerReview, .apply, .decide, .amend, .relate, .perform,
    ]

    private mutating func number(_ count: Int) -> Int {
        Int.random(in: 0..<count, using: &generator)
    }

    private mutating func any<T>(_ values: [T]) -> T { values[number(values.count)] }

    private mutating func instant(_ days: ClosedRange<Int>) -> String {
        let at = minutes + Int.random(in: days, using: &generator) * 1440
        return "\(CaseHistory.start + UInt64(max(at, 0)) * 60_000)"
    }

    mutating func made() throws -> CaseHistory {
        if number(6) == 0 {
            try write(.takeOver, [(.source, "s"), (.state, "open"), (.externalID, "1")], in: 0)
        } else {
            try write(.report, [(.summary, "a"), (.profile, profile())], in: 0)
        }
        known = [[PlacedEntry]](repeating: history.entries, count: 3)
        let policies = number(4)
        for _ in 0..<policies { try policy() }
        history.policies = Array(history.subjects.dropFirst())
        if number(3) == 0 { try write(.report, [(.summary, "b")], in: 1) }
        for _ in 0..<(3 + number(18)) {
            minutes += number(6 * 1440)
            if number(3) > 0 {
                let all = history.entries
                known[number(3)] = all
            }
            try step()
        }
        return history
    }

    private mutating func profile() -> String {
        any(["hz-1-3-10", "normal", "petition", "urgent", "labour", "none", "wulin-1-5-30"])
    }

    private mutating func policy() throws {
        let place = any(["330113002", "330113", "3301", "330105"])
        if number(3) > 0 {
            let clocks = any([
                "finish=20w", "finish=7d accept=90s", "mediation=9w notice=3w", "due=1h",
            ])
            let values: [(CaseField, String)] = [
                (.profileCode, profile()), (.clocks, clocks), (.validFrom, instant(-9...2)),
                (.isDefault, any(["true", "false"])),
            ]
            try write(.setProfile, values, in: 1, scope: place)
        } else {
            let first = 10 + number(12)
            let holidays = (0..<number(9)).map { "202703\(first + $0)" }
            let values: [(CaseField, String)] = [
                (.year, any(["2026", "2027"])), (.holidays, holidays.joined(separator: " ")),
                (.workdays, any(["20270403", "20270404", "20270406"])),
            ]
            try write(.setCalendar, values.filter { !$0.1.isEmpty }, in: 1, scope: place)
        }
        if number(4) == 0 {
            minutes += number(3 * 1440)
            try write(.repealPolicy, [(.reason, "a")], in: 1, about: [history.subjects.count - 1])
        }
    }

    private mutating func step() throws {
        let log = number(3)
        let stage = history.fold(history.subjects[0]).view?.stage
        var operation = any(Self.steps)
        for _ in 0..<8 where !(stage.map(operation.stages.contains) ?? true) {
            operation = any(Self.steps)
        }
        var values: [(CaseField, String)] = []
        switch operation {
        case .register: values = [(.category, "02")]
        case .accept: values = number(2) == 0 ? [(.profile, profile())] : []
        case .dispatch: values = [(.unit, "u"), (.due, instant(1...40))]
        case .feedback: values = [(.text, "a")]
        case .mediate: values = [(.consent, "true"), (.interest, "none")]
        case .agree: values = [(.form, "written"), (.effective, instant(-3...5))]
        case .end: values = [(.endReason, "refused"), (.remediesTold, "true")]
        case .suspend: values = [(.suspension, any(["01", "02", "03", "04"]))]
        case .extend:
            values = [
                (.clock, any(["finish", "mediation", "due", "notice", "court", "review"])),
                (.newDue, instant(-5...60)), (.reason, "a"),
                (.partiesAgree, any(["true", "false"])),
            ]
        case .close: values = [(.outcome, "21")]
        case .reopen, .takeBack: values = [(.reason, "a")]
        case .refer: values = [(.referredTo, "court"), (.reason, "a")]
        case .apply: values = [(.court, "a")]
        case .decide: values = [(.confirmation, "confirmed")]
        case .perform: values = [(.itemNumber, "1"), (.done, "true")]
        case .answerReview: values = [(.text, "a")]
        case .amend:
            let field = any([
                CaseField.reportedAt, .acceptedAt, .closedAt, .mediatedAt, .effective, .due,
                .dispatchedAt,
            ])
            values = [(field, instant(-20...3)), (.reason, "a")]
        case .relate: values = [(.relation, any(["repeat", "same-address"]))]
        default: break
        }
        if number(5) == 0, operation != .amend { values.append((.at, instant(-4...0))) }
        guard operation != .relate else {
            let other = history.subjects.count - 1
            guard other > 0, !history.policies.contains(history.subjects[other]) else { return }
            return try write(operation, values, in: log, about: any([[0, other], [other, 0]]))
        }
        try write(operation, values, in: log)
    }

    private mutating func write(
        _ operation: CaseOperation,
        _ values: [(CaseField, String)],
        in log: Int,
        about: [Int] = [0],
        scope: String? = nil
    ) throws {
        let after = operation.opens ? [] : known[log]
        let entry = try history.write(
            operation,
            values,
            in: log,
            about: about,
            after: after,
            minutes: max(minutes + number(2000) - 1000, 0)
        ) { header in
            if let scope { header.scope = Scope(scope) }
        }
        known[log].append(entry)
    }
}
