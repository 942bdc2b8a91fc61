internal import Encoding
internal import Ledger

/// How many tenants a dwelling has, as its entries say; counts only, never who they are.
///
/// Check-ins add and check-outs subtract; a count that was taken on the spot, by a mismatch or a
/// match, replaces the sum. Entries are taken in display order, in which no entry stands before
/// one that it knew.
///
/// - Source: 浙江省流动人口居住登记条例: registration within three working days of the arrival.
package struct TenancyAccount: Hashable, Sendable {
    /// How many are registered; nil while a count is not held.
    package let registered: UInt64?
    /// Whether a mismatch was found that nobody has cleared up.
    package let hasMismatch: Bool
    /// How often tenants were registered, the opening among it.
    package let registrations: Int
    /// How many registrations said when the tenants came.
    package let dated: Int
    /// How many of these came later than three working days after it.
    package let late: Int
    /// Whether a day was counted whose year no calendar names.
    package let isEstimated: Bool

    /// Working days within which an arrival is to be registered.
    package static let registrationDays = 3

    /// Reads the account off a dwelling's history.
    package init(_ history: [JudgedEntry], calendar: WorkCalendar) {
        var registered: UInt64? = 0
        var hasMismatch = false
        var (registrations, dated, late, isEstimated) = (0, 0, 0, false)
        for judged in history where judged.verdict.isInEffect {
            let values = judged.values
            func number(_ field: CaseField) -> UInt64? {
                guard let value = values.first(where: { $0.id == field.rawValue })?.value,
                    case .unsigned(let number) = value
                else { return nil }
                return number
            }
            let isCounted = values.contains { $0.id == CaseField.people.rawValue }
            let people = number(.people)
            switch CaseOperation.named(judged.entry.header.operation) {
            case .enter:
                registered = people
                registrations += 1
            case .checkIn:
                registered = Self.sum(registered, people)
                registrations += 1
                guard let arrival = number(.occurred) else { continue }
                dated += 1
                let days = calendar.workingDays(from: arrival, to: judged.entry.header.caseTime)
                if days.map({ $0.days > Self.registrationDays }) ?? true { late += 1 }
                isEstimated = isEstimated || (days?.isEstimated ?? true)
            case .checkOut:
                registered = Self.difference(registered, people)
            case .mismatch:
                hasMismatch = true
                if isCounted { registered = people }
            case .match:
                hasMismatch = false
                registered = people
            case .remove:
                registered = 0
                hasMismatch = false
            default: continue
            }
        }
        self.registered = registered
        self.hasMismatch = hasMismatch
        self.registrations = registrations
        self.dated = dated
        self.late = late
        self.isEstimated = isEstimated
    }

    private static func sum(_ left: UInt64?, _ right: UInt64?) -> UInt64? {
        guard let left, let right else { return nil }
        return left.adding(right)
    }

    /// Not below none: a check-out may be of people whom nobody registered.
    private static func difference(_ left: UInt64?, _ right: UInt64?) -> UInt64? {
        guard let left, let right else { return nil }
        return left - min(left, right)
    }
}
