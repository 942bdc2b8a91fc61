internal import Encoding
package import Ledger

/// What policy entries say: which deadlines hold where and from when, and which days are worked.
///
/// A function of the set of policy subjects. Every node holds all of them, so that all compute the
/// same deadlines.
///
/// - Source: `Protocol/case.md` section 6.
package struct Policy: Hashable, Sendable {
    /// A profile as an area has set it.
    package struct LocalProfile: Hashable, Sendable {
        /// The subject that sets it.
        package let id: SubjectID
        /// Where it holds.
        package let scope: Scope
        /// From when, milliseconds since 1970.
        package let validFrom: UInt64
        /// Until when; nil while it has not been repealed.
        package let validUntil: UInt64?
        /// Whether cases of the area have it unless they say otherwise.
        package let isDefault: Bool
        /// The clocks.
        package let profile: Profile

        /// Whether it holds at an instant in a place.
        package func holds(at instant: UInt64, in place: Scope) -> Bool {
            validFrom <= instant && instant < validUntil ?? .max && scope.covers(place)
        }
    }

    /// What areas have set: the narrowest first, of these the latest.
    package let profiles: [LocalProfile]
    /// Working days.
    package let calendar: WorkCalendar
    /// Texts that areas want sealed, by number of the field.
    private let sealings: [Sealing]

    private struct Sealing: Hashable, Sendable {
        let scope: Scope
        let fields: [CaseField]
    }

    /// No policy: the standard profiles, and weekends as the only days off.
    package static let standard = Policy([])

    /// Reads the policy off the views of policy subjects, in any order.
    package init(_ views: [SubjectView]) {
        let views = views.filter { $0.kind == .policy }.sorted { $0.id < $1.id }
        profiles = views.compactMap(LocalProfile.init).sorted { left, right in
            let lengths = (left.scope.code.utf8.count, right.scope.code.utf8.count)
            if lengths.0 != lengths.1 { return lengths.0 > lengths.1 }
            return (left.validFrom, left.id) > (right.validFrom, right.id)
        }
        // Of several calendars for one year the widest area's counts, of these the latest.
        let years = views.compactMap { view in WorkYear(view).map { (view, $0) } }
            .sorted { left, right in
                let lengths = (left.0.scope.code.utf8.count, right.0.scope.code.utf8.count)
                if lengths.0 != lengths.1 { return lengths.0 < lengths.1 }
                return (left.0.openedAt, left.0.id) > (right.0.openedAt, right.0.id)
            }
        var chosen: [WorkYear] = []
        for (_, year) in years where !chosen.contains(where: { $0.year == year.year }) {
            chosen.append(year)
        }
        calendar = (try? WorkCalendar(chosen)) ?? .weekendsOnly
        sealings = views.compactMap { view in
            guard view.stage == .inForce, case .array(let flags)? = view[.sealedFields] else {
                return nil
            }
            let fields = flags.compactMap { flag -> CaseField? in
                guard case .text(let text) = flag else { return nil }
                return FieldTable.field(flag: text)?.field
            }
            return Sealing(scope: view.scope, fields: fields)
        }
    }

    /// Texts that are to be sealed in cases of any of these places.
    package func sealedFields(in places: [Scope]) -> Set<CaseField> {
        Set(
            sealings.filter { sealing in places.contains(where: sealing.scope.covers) }
                .flatMap(\.fields)
        )
    }

    /// The profile of this name that held at an instant in a place: the area's own, else the
    /// standard one; nil for a name that nobody knows.
    package func profile(_ code: String, at instant: UInt64, in place: Scope) -> Profile? {
        profiles.first { $0.profile.code == code && $0.holds(at: instant, in: place) }?.profile
            ?? Profile.standard.first { $0.code == code }
    }

    /// The name of the profile of a case that names none.
    package func fallback(at instant: UInt64, in place: Scope) -> String {
        profiles.first { $0.isDefault && $0.holds(at: instant, in: place) }?.profile.code
            ?? Profile.hangzhou.code
    }

    /// When a clock that starts at `start` runs out.
    package func end(of limit: TimeLimit, from start: UInt64) -> (due: UInt64, isEstimated: Bool) {
        switch limit {
        case .milliseconds(let amount): return (start.adding(amount), false)
        case .days(let days):
            let term = calendar.term(days: Int(clamping: days), from: start)
            return (term?.end ?? .max, term?.isEstimated ?? true)
        case .workingDays(let days):
            let term = calendar.term(workingDays: Int(clamping: days), from: start)
            return (term?.end ?? .max, term?.isEstimated ?? true)
        }
    }
}

extension Policy.LocalProfile {
    fileprivate init?(_ view: SubjectView) {
        guard let code = view.text(.profileCode), let validFrom = view.number(.validFrom),
            case .array(let rows)? = view[.clocks]
        else { return nil }
        id = view.id
        scope = view.scope
        self.validFrom = validFrom
        validUntil = view.stage == .repealed ? view.number(.closedAt) ?? view.updatedAt : nil
        isDefault = view[.isDefault] == .bool(true)
        profile = Profile(code, rows.compactMap { ProfileClock($0) })
    }
}

extension WorkCalendar {
    /// Nothing is known but the weekends.
    package static let weekendsOnly: WorkCalendar = {
        guard let calendar = try? WorkCalendar([]) else {
            preconditionFailure("no year is there twice among none")
        }
        return calendar
    }()
}

extension WorkYear {
    /// The calendar that a policy subject sets; nil for another subject, one that was repealed and
    /// one whose days are none.
    fileprivate init?(_ view: SubjectView) {
        guard view.stage == .inForce, let year = view.number(.year) else { return nil }
        func days(_ field: CaseField) -> [String] {
            guard case .array(let items)? = view[field] else { return [] }
            return items.compactMap { item in
                if case .unsigned(let day) = item { "\(day)" } else { nil }
            }
        }
        guard
            let read = try? WorkYear(
                year: year,
                holidays: days(.holidays),
                makeUpDays: days(.workdays)
            )
        else { return nil }
        self = read
    }
}

extension UInt64 {
    /// The sum, or the largest number if it is larger: times in entries may be anything.
    func adding(_ other: UInt64) -> UInt64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? .max : sum
    }
}
