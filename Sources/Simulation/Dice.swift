/// All chance of a simulation, from one seed.
struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the stream that belongs to a seed.
    init(seed: UInt64) { state = seed }

    /// SplitMix64, as in Steele, Lea and Flood, OOPSLA 2014.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// One of a range, near enough to even.
    mutating func number(_ range: ClosedRange<UInt64>) -> UInt64 {
        range.lowerBound + next() % (range.upperBound - range.lowerBound + 1)
    }

    /// One of a range, near enough to even.
    mutating func count(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// True in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { count(0...99) < percent }

    /// One of the items; nil of none.
    mutating func pick<Item>(_ items: [Item]) -> Item? {
        items.isEmpty ? nil : items[count(0...items.count - 1)]
    }

    /// One of the items, each as often as its weight says; nil if no weight is above zero.
    mutating func pick<Item>(weighted items: [(item: Item, weight: Int)]) -> Item? {
        let total = items.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return nil }
        var left = count(0...total - 1)
        for (item, weight) in items {
            if left < weight { return item }
            left -= weight
        }
        return nil
    }

    /// A waiting time with this mean, at most eight times as long.
    mutating func wait(mean: UInt64) -> UInt64 {
        // A sum of halves instead of a logarithm, which would differ between machines.
        var scale = mean
        while scale < mean * 4, chance(30) { scale *= 2 }
        return number(0...max(1, scale * 3 / 2))
    }

    /// A stream of its own.
    mutating func fork() -> Dice { Dice(seed: next()) }
}
