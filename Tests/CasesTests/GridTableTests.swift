import Cases
import Ledger
import Testing

/// Grids `01`, `02`, … with households that add up to `households`.
private func grids(_ count: Int, households: UInt64) -> [Grid] {
    let (each, left) = households.quotientAndRemainder(dividingBy: UInt64(count))
    return (1...count).map { index in
        Grid(
            code: index < 10 ? "0\(index)" : "\(index)",
            name: "第\(index)网格",
            households: each + (index <= Int(left) ? 1 : 0),
            area: 40_000
        )
    }
}

@Suite struct GridTableTests {
    private let wulin: GridTable

    init() throws { wulin = try Self.table() }

    /// 武林街道 before and after its grids were drawn anew.
    ///
    /// What is told are 29 grids of 575 households each and 42 of 396. No one number of households
    /// gives both: 29 × 575 = 16 675, 42 × 396 = 16 632; so each version has its own.
    private static func table() throws -> GridTable {
        try GridTable(
            street: #require(Scope("330105013")),
            versions: [
                GridVersion(id: "2023", validFrom: 2000, grids: grids(42, households: 16_632)),
                GridVersion(id: "2019", validFrom: 1000, grids: grids(29, households: 16_675)),
            ]
        )
    }

    @Test func theFiguresOfWulinComeOut() throws {
        let before = try #require(wulin["2019"])
        let after = try #require(wulin["2023"])
        #expect(before.grids.count == 29 && before.householdsPerGrid?.rounded == 575)
        #expect(after.grids.count == 42 && after.householdsPerGrid?.rounded == 396)
        let comparison = GridComparison(from: before, to: after)
        #expect(comparison.added.map(\.code) == (30...42).map { "\($0)" })
        #expect(comparison.gone.isEmpty && comparison.kept.count == 29)
        let isChanged = comparison.kept.allSatisfy { $0.isChanged }
        #expect(isChanged)
        let back = GridComparison(from: after, to: before)
        #expect(back.gone == comparison.added && back.added.isEmpty)
        let same = GridComparison(from: after, to: after)
        #expect(!same.kept.contains { $0.isChanged } && same.kept.count == 42)
    }

    @Test func theVersionIsThatOfTheInstant() {
        #expect(wulin.version(at: 999) == nil)
        #expect(wulin.version(at: 1000)?.id == "2019" && wulin.version(at: 1999)?.id == "2019")
        #expect(wulin.version(at: 2000)?.id == "2023" && wulin.version(at: .max)?.id == "2023")
        #expect(wulin["2021"] == nil)
    }

    @Test func casesLieOnTheGridsOfTheChosenVersion() throws {
        let before = try #require(wulin["2019"])
        let load = before.load(["01": 23, "29": 1, "42": 7, "": 2])
        #expect(load.rows.count == 29 && load.elsewhere == 9)
        #expect(load.rows.map(\.cases).reduce(0, +) == 24)
        #expect(load.rows.first?.per100Households?.text == "4.00")  // 23 of 575
        #expect(load.rows[1].per100Households?.text == "0.00")
        #expect(load.per100Households?.text == "0.14")  // 24 of 16 675
        let after = try #require(wulin["2023"])
        #expect(after.load(["01": 23]).rows.first?.per100Households?.text == "5.81")  // of 396
        #expect(after.load(["42": 7]).elsewhere == 0)
    }

    @Test func whatNobodyCountedIsNoZero() throws {
        let version = try GridVersion(
            id: "v",
            validFrom: 0,
            grids: [
                Grid(code: "b", name: "乙", households: 0), Grid(code: "a", name: "甲"),
                Grid(code: "c", name: "丙", households: 3),
            ]
        )
        #expect(version.grids.map(\.code) == ["a", "b", "c"])
        #expect(version.countedHouseholds == (3, 2))
        #expect(version.householdsPerGrid?.text == "1.50" && version["a"]?.households == nil)
        let load = version.load(["a": 1, "b": 1, "c": 1])
        #expect(load.rows.map { $0.per100Households?.text } == [nil, nil, "33.33"])
        #expect(load.per100Households?.text == "33.33")
        let bare = try GridVersion(id: "v", validFrom: 0, grids: [Grid(code: "a", name: "甲")])
        #expect(bare.householdsPerGrid == nil && bare.load(["a": 1]).per100Households == nil)
    }

    @Test func ratesRoundHalfUpAndNeverRunOver() {
        #expect(GridRate(1, per: 2)?.rounded == 1 && GridRate(1, per: 3)?.rounded == 0)
        #expect(GridRate(5, per: 3)?.text == "1.67" && GridRate(1, per: 200)?.text == "0.01")
        #expect(GridRate(.max, per: 1)?.text == "184467440737095516.15")
        #expect(GridRate(.max, per: .max)?.text == "1.00" && GridRate(1, per: 0) == nil)
        #expect(GridRate(.max, per: .max)?.rounded == 1)
    }

    @Test func tablesThatAreNotClearAreRefused() throws {
        let street = try #require(Scope("330105013"))
        func version(_ id: String, _ from: UInt64, _ grids: [Grid]) throws -> GridVersion {
            try GridVersion(id: id, validFrom: from, grids: grids)
        }
        let grid = Grid(code: "01", name: "第一网格")
        #expect(throws: GridTableError.repeatedGrid("v", "01")) {
            try version("v", 0, [grid, grid])
        }
        #expect(throws: GridTableError.noGrids("v")) { try version("v", 0, []) }
        #expect(throws: GridTableError.noName) { try version("", 0, [grid]) }
        #expect(throws: GridTableError.noName) { try version("v", 0, [Grid(code: "1", name: "")]) }
        #expect(throws: GridTableError.tooManyHouseholds("1")) {
            try version("v", 0, [Grid(code: "1", name: "甲", households: .max)])
        }
        #expect(throws: GridTableError.tooManyGrids("v", 1001)) {
            try version("v", 0, grids(1001, households: 0))
        }
        let first = try version("a", 5, [grid])
        #expect(throws: GridTableError.sameInstant("a", "b")) {
            try GridTable(street: street, versions: [first, version("b", 5, [grid])])
        }
        #expect(throws: GridTableError.repeatedVersion("a")) {
            try GridTable(street: street, versions: [first, version("a", 6, [grid])])
        }
    }
}
