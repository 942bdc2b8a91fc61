/// How long something took, many times over: a histogram of bounded size.
///
/// Whole seconds, each with a counter of its own up to 8,191 s (2 h 16 min), so that the clocks of
/// minutes are exact; beyond it 128 counters for each doubling, so that what is shown is at most
/// 1/128 below what was measured. No more than 11,000 counters, however many cases.
package struct Durations: Hashable, Sendable {
    private var counts: [UInt64: UInt64] = [:]
    /// How many were measured.
    package private(set) var count: UInt64 = 0

    /// The first number of seconds that shares its counter.
    private static let exactSeconds: UInt64 = 8192
    private static let exactBits = 13
    private static let mantissaBits = 7

    /// None.
    package init() {}

    /// Measures one, in milliseconds.
    package mutating func add(milliseconds: UInt64) {
        count += 1
        counts[Self.bucket(of: milliseconds / 1000), default: 0] += 1
    }

    /// The middle one, in seconds; of two the shorter.
    package var median: UInt64? { quantile(permille: 500) }

    /// What 95 of 100 did not exceed, in seconds.
    package var p95: UInt64? { quantile(permille: 950) }

    /// The least number of seconds that so many thousandths did not exceed, by nearest rank.
    private func quantile(permille: UInt64) -> UInt64? {
        guard count > 0 else { return nil }
        let rank = max(1, (count * permille + 999) / 1000)
        var seen: UInt64 = 0
        for (bucket, count) in counts.sorted(by: { $0.key < $1.key }) {
            seen += count
            if seen >= rank { return Self.seconds(of: bucket) }
        }
        return nil
    }

    private static func bucket(of seconds: UInt64) -> UInt64 {
        guard seconds >= exactSeconds else { return seconds }
        let exponent = 63 - seconds.leadingZeroBitCount
        let mantissa = seconds >> (exponent - mantissaBits) - 1 << mantissaBits
        return exactSeconds + UInt64(exponent - exactBits) << mantissaBits + mantissa
    }

    /// The least number of seconds that its counter counts.
    private static func seconds(of bucket: UInt64) -> UInt64 {
        guard bucket >= exactSeconds else { return bucket }
        let exponent = Int((bucket - exactSeconds) >> mantissaBits) + exactBits
        let mantissa = (bucket - exactSeconds) & (1 << mantissaBits - 1)
        return (1 << mantissaBits + mantissa) << (exponent - mantissaBits)
    }
}
