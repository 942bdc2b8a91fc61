internal import Cases
internal import Ledger
internal import Storage

extension Program {
    static let policyShowCommand = Command(
        "policy show",
        ["SCOPE"],
        flags: [
            Command.Flag("at", "TIME", Label("此时的规则,默认现在", "as of this time; now if left out"))
        ],
        group: .community,
        Label("一地现行的时限标准与日历", "deadline profiles and calendars in force in a place")
    ) { try PolicyPage($0).run() }
}

/// `linli policy show`.
private struct PolicyPage {
    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> ExitCode {
        let place = try Invocation.scope(invocation.arguments[0], called: "SCOPE")
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        let at = try invocation.instant("at") ?? basis.now
        let policy = store.policy
        var local: [Policy.LocalProfile] = []
        for profile in policy.profiles where profile.holds(at: at, in: place) {
            // The first of a name counts: the narrowest, of these the latest.
            guard !local.contains(where: { $0.profile.code == profile.profile.code }) else {
                continue
            }
            local.append(profile)
        }
        let fallback = policy.fallback(at: at, in: place)
        let standard = Profile.standard.filter { profile in
            !local.contains { $0.profile.code == profile.code }
        }
        if invocation.isJSON {
            for profile in local { line(profile.profile, profile, fallback) }
            for profile in standard { line(profile, nil, fallback) }
            for year in policy.calendar.years {
                let json: JSON = [
                    "calendar": .count(year.year),
                    "holidays": .number(Int64(year.holidays.count)),
                    "workdays": .number(Int64(year.makeUpDays.count)),
                ]
                invocation.output.line(json.line)
            }
        } else {
            print(local, standard, fallback, policy, place, at)
        }
        basis.finish(invocation)
        return .good
    }

    private func line(_ profile: Profile, _ local: Policy.LocalProfile?, _ fallback: String) {
        let json: JSON = [
            "profile": .text(profile.code),
            "clocks": .array(profile.clocks.map { .text($0.text) }),
            "default": .bool(profile.code == fallback),
            "scope": .optional(local?.scope.code),
            "validFrom": .count(local?.validFrom),
            "validUntil": .count(local?.validUntil),
            "id": .optional(local?.id.description),
        ]
        invocation.output.line(json.line)
    }

    private func print(
        _ local: [Policy.LocalProfile],
        _ standard: [Profile],
        _ fallback: String,
        _ policy: Policy,
        _ place: Scope,
        _ at: UInt64
    ) {
        let output = invocation.output
        output.line(
            output.strong(
                output.text(
                    "\(place) 于 \(output.minute(at)): 默认 \(fallback)",
                    "\(place) at \(output.minute(at)): by default \(fallback)"
                )
            )
        )
        func clocks(_ profile: Profile) -> String {
            profile.clocks.map(\.text).joined(separator: ", ")
        }
        let head = [
            output.text("标准", "profile"), output.text("制定地区", "set for"),
            output.text("启用", "valid from"), output.text("编号", "id"), output.text("时限", "clocks"),
        ]
        output.table(
            [head]
                + local.map { profile in
                    [
                        profile.profile.code
                            + (profile.isDefault ? output.text(" 默认", " default") : ""),
                        profile.scope.code, output.minute(profile.validFrom), profile.id.short,
                        clocks(profile.profile),
                    ]
                }
                + standard.map { [$0.code, output.text("通用", "standard"), "", "", clocks($0)] }
        )
        output.line()
        let years = policy.calendar.years
        guard !years.isEmpty else {
            return output.line(
                output.text("没有工作日历: 只按周末计", "no calendar: only weekends count as off")
            )
        }
        output.table(
            years.map { year in
                [
                    output.text("\(year.year) 年日历", "calendar of \(year.year)"),
                    output.text("放假 \(year.holidays.count) 天", "\(year.holidays.count) days off"),
                    output.text(
                        "调休上班 \(year.makeUpDays.count) 天",
                        "\(year.makeUpDays.count) weekend days worked"
                    ),
                ]
            }
        )
    }
}
