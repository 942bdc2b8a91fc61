/// An exact fraction that is shown rounded half up, so that every node shows the same digits.
package struct GridRate: Hashable, Sendable {
    /// What is divided.
    package let count: UInt64
    /// By what; never zero.
    package let divisor: UInt64

    /// Nil if there is nothing to divide by.
    package init?(_ count: UInt64, per divisor: UInt64) {
        guard divisor > 0 else { return nil }
        self.count = count
        self.divisor = divisor
    }

    /// The nearest whole number.
    package var rounded: UInt64 { scaled(by: 1) }

    /// With two decimals, such as `2.31`.
    package var text: String {
        let hundredths = scaled(by: 100)
        let decimals = hundredths % 100
        return "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
    }

    /// The nearest whole number of the fraction times `factor`; the largest number beyond it.
    private func scaled(by factor: UInt64) -> UInt64 {
        let product = count.multipliedFullWidth(by: factor)
        let (low, carries) = product.low.addingReportingOverflow(divisor / 2)
        let high = product.high + (carries ? 1 : 0)
        guard high < divisor else { return .max }
        return divisor.dividingFullWidth((high, low)).quotient
    }
}

/// What changed from one version of a street's grids to another, by code.
package struct GridComparison: Hashable, Sendable {
    /// Grids that only the later version has.
    package let added: [Grid]
    /// Grids that only the earlier version has.
    package let gone: [Grid]
    /// Codes that both have, with the grid before and after; the same code need not mean the same
    /// area.
    package let kept: [Pair]

    /// A grid in both versions.
    package struct Pair: Hashable, Sendable {
        /// In the earlier version.
        package let before: Grid
        /// In the later one.
        package let after: Grid

        /// Whether anything but the code differs.
        package var isChanged: Bool { before != after }
    }

    /// Compares two versions.
    package init(from earlier: GridVersion, to later: GridVersion) {
        added = later.grids.filter { earlier[$0.code] == nil }
        gone = earlier.grids.filter { later[$0.code] == nil }
        kept = earlier.grids.compactMap { before in
            later[before.code].map { Pair(before: before, after: $0) }
        }
    }
}

/// How the cases of a period lie on the grids of one version.
package struct GridLoad: Hashable, Sendable {
    /// One grid with its cases.
    package struct Row: Hashable, Sendable {
        /// The grid.
        package let grid: Grid
        /// Its cases.
        package let cases: UInt64
        /// Cases per 100 households; nil if there are no households or nobody counted them.
        package let per100Households: GridRate?
    }

    /// All grids of the version, by code; those without cases too.
    package let rows: [Row]
    /// Cases whose grid this version does not have.
    package let elsewhere: UInt64
    /// Cases per 100 households, over the grids whose households are known.
    package let per100Households: GridRate?
}

extension GridVersion {
    /// Households in the grids where they are known, and how many grids these are.
    package var countedHouseholds: (households: UInt64, grids: Int) {
        let known = grids.compactMap(\.households)
        return (known.reduce(0, +), known.count)
    }

    /// Households per grid, over the grids where they are known; nil if there is none.
    package var householdsPerGrid: GridRate? {
        let (households, grids) = countedHouseholds
        return GridRate(households, per: UInt64(grids))
    }

    /// Spreads counts of cases by grid code over the grids.
    ///
    /// Counts are capped at 10¹² each, so that sums can not run over.
    package func load(_ counts: [String: UInt64]) -> GridLoad {
        let limit: UInt64 = 1_000_000_000_000
        var measured: (cases: UInt64, households: UInt64) = (0, 0)
        let rows = grids.map { grid in
            let cases = min(counts[grid.code] ?? 0, limit)
            if let households = grid.households, households > 0 {
                measured.cases += cases
                measured.households += households
            }
            return GridLoad.Row(
                grid: grid,
                cases: cases,
                per100Households: grid.households.flatMap { GridRate(cases * 100, per: $0) }
            )
        }
        // A sum: the order in which the codes come can not show.
        let elsewhere = counts.reduce(0 as UInt64) { sum, count in
            self[count.key] == nil ? min(sum + min(count.value, limit), .max / 2) : sum
        }
        return GridLoad(
            rows: rows,
            elsewhere: elsewhere,
            per100Households: GridRate(measured.cases * 100, per: measured.households)
        )
    }
}
