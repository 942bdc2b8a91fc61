import Cases
import Testing

private func durations(_ seconds: some Sequence<UInt64>) -> Durations {
    var durations = Durations()
    for second in seconds { durations.add(milliseconds: second * 1000) }
    return durations
}

@Test func nothingMeasuredHasNoMiddle() {
    #expect(Durations().median == nil && Durations().p95 == nil && Durations().count == 0)
}

@Test(
    arguments: [
        ([7], 7, 7), ([1, 2], 1, 2), ([3, 1, 2], 2, 3), ([0, 0, 0, 600], 0, 600),
        (Array(1...100), 50, 95), (Array(1...101), 51, 96), ([8191, 8191], 8191, 8191),
    ] as [([UInt64], UInt64, UInt64)]
)
func quantilesAreThoseOfNearestRank(seconds: [UInt64], median: UInt64, p95: UInt64) {
    let durations = durations(seconds)
    #expect(durations.median == median && durations.p95 == p95)
    #expect(durations.count == seconds.count)
}

@Test func aPartOfASecondCountsAsTheWholeSecondsBelow() {
    var durations = Durations()
    durations.add(milliseconds: 59_999)
    #expect(durations.median == 59)
}

@Test func longDurationsAreShownAtMostOnePartIn128TooShort() {
    for exponent in 13..<64 {
        for step in stride(from: UInt64(0), to: 128, by: 9) {
            let base: UInt64 = 1 << exponent
            let seconds = base + base / 128 * step + (base / 128 - 1)
            guard seconds <= .max / 1000 else { continue }
            let shown = durations([seconds]).median ?? .max
            #expect(shown <= seconds && seconds - shown <= seconds / 128, "\(seconds): \(shown)")
        }
    }
    var whole = Durations()
    whole.add(milliseconds: .max)
    #expect(whole.median.map { $0 <= .max / 1000 } ?? false)
}

@Test func aShareIsRoundedHalfUpInThousandths() {
    #expect(Share(1, of: 3).permille == 333 && Share(2, of: 3).permille == 667)
    #expect(Share(1, of: 2000).permille == 1 && Share().permille == nil)
}
