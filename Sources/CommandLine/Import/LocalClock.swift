import Foundation

/// Turns what a clock on the wall of one zone showed into instants.
///
/// Where the clocks were put back, a time that was shown twice is taken for the first; where they
/// were put forward, a time that was never shown is read with the offset before. Both are said to
/// be uncertain.
///
/// - Source: RFC 5545 section 3.3.5, which decides both cases in this way.
struct LocalClock: Sendable {
    private let zone: TimeZone

    /// The offset of each day on which it does not change, nil where it does: asking Foundation
    /// for each time stamp costs as much as the rest of the row.
    private var offsets: [Int: Int?] = [:]

    /// Most days remembered, about 11 years.
    private static let daysMax = 4096

    init(_ zone: TimeZone) {
        self.zone = zone
    }

    /// Seconds since 1970 when the clock showed `clockSeconds`, counted as if it stood at UTC.
    mutating func instant(_ clockSeconds: Int) -> (seconds: Int, isCertain: Bool) {
        let day = clockSeconds.dividedDown(by: 86400)
        if let offset = offset(of: day) { return (clockSeconds - offset, true) }
        let before = offset(at: clockSeconds - 86400)
        let after = offset(at: clockSeconds + 86400)
        let isBefore = offset(at: clockSeconds - before) == before
        let isAfter = offset(at: clockSeconds - after) == after
        if before == after { return (clockSeconds - before, true) }
        if isBefore { return (clockSeconds - before, !isAfter) }
        return isAfter ? (clockSeconds - after, true) : (clockSeconds - before, false)
    }

    private mutating func offset(of day: Int) -> Int? {
        if let known = offsets[day] { return known }
        let before = offset(at: (day - 1) * 86400)
        let constant: Int? = before == offset(at: (day + 2) * 86400) ? before : nil
        if offsets.count >= Self.daysMax { offsets.removeAll(keepingCapacity: true) }
        offsets[day] = .some(constant)
        return constant
    }

    private func offset(at seconds: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
    }
}

extension Int {
    fileprivate func dividedDown(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
    }
}
