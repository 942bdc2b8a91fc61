package import Ledger

/// One grid (网格) of a street: an area that a grid officer walks.
package struct Grid: Hashable, Sendable {
    /// The code within the street, such as `01` or `330105013001-04`; not part of any case's id.
    package let code: String
    /// The name, such as 第一网格.
    package let name: String
    /// Households in it; nil if nobody counted.
    package let households: UInt64?
    /// Area in square metres; nil if nobody measured.
    package let area: UInt64?

    /// Takes the columns of one row.
    package init(code: String, name: String, households: UInt64? = nil, area: UInt64? = nil) {
        self.code = code
        self.name = name
        self.households = households
        self.area = area
    }
}

/// How a street was divided into grids from one instant on.
package struct GridVersion: Hashable, Sendable {
    /// Names the version within the street.
    package let id: String
    /// From when it is valid, until the next begins.
    package let validFrom: UInt64
    /// The grids, sorted by code.
    package let grids: [Grid]

    /// The most grids of a street.
    package static let mostGrids = 1000
    /// The most households of a grid, so that sums can not run over.
    package static let mostHouseholds: UInt64 = 10_000_000

    /// Takes grids in any order.
    ///
    /// - Throws: ``GridTableError`` for a code that is empty or there twice, and beyond the limits.
    package init(id: String, validFrom: UInt64, grids: [Grid]) throws(GridTableError) {
        guard !id.isEmpty else { throw .noName }
        guard !grids.isEmpty else { throw .noGrids(id) }
        guard grids.count <= Self.mostGrids else { throw .tooManyGrids(id, grids.count) }
        let sorted = grids.sorted { $0.code < $1.code }
        for grid in sorted {
            guard !grid.code.isEmpty, !grid.name.isEmpty else { throw .noName }
            guard grid.households ?? 0 <= Self.mostHouseholds else {
                throw .tooManyHouseholds(grid.code)
            }
        }
        for (left, right) in zip(sorted, sorted.dropFirst()) where left.code == right.code {
            throw .repeatedGrid(id, left.code)
        }
        self.id = id
        self.validFrom = validFrom
        self.grids = sorted
    }

    /// The grid of a code, if the version has it.
    package subscript(code: String) -> Grid? { grids.first { $0.code == code } }
}

/// The versions of one street's grids, in the order of time.
///
/// Grids are drawn anew far more often than codes of divisions: a grid is an assignment of its
/// time. Statistics choose a version and name it; history is never rewritten.
///
/// - Source: 浙江省社会治安综合治理条例 art. 9 (streets draw the grids); `Protocol/place.md`
///   section 5.
package struct GridTable: Hashable, Sendable {
    /// The street.
    package let street: Scope
    /// The versions, from the earliest on.
    package let versions: [GridVersion]

    /// The most versions of a street.
    package static let mostVersions = 1000

    /// Takes versions in any order.
    ///
    /// - Throws: ``GridTableError`` if two begin together or have one name.
    package init(street: Scope, versions: [GridVersion]) throws(GridTableError) {
        guard versions.count <= Self.mostVersions else { throw .tooManyVersions(versions.count) }
        let sorted = versions.sorted { ($0.validFrom, $0.id) < ($1.validFrom, $1.id) }
        for (left, right) in zip(sorted, sorted.dropFirst()) where left.validFrom == right.validFrom
        {
            throw .sameInstant(left.id, right.id)
        }
        let names = sorted.map(\.id).sorted()
        for (left, right) in zip(names, names.dropFirst()) where left == right {
            throw .repeatedVersion(left)
        }
        self.street = street
        self.versions = sorted
    }

    /// No versions yet.
    package init(street: Scope) {
        self.street = street
        versions = []
    }

    /// The version that is valid at an instant; nil before the first.
    package func version(at instant: UInt64) -> GridVersion? {
        versions.last { $0.validFrom <= instant }
    }

    /// The version of a name.
    package subscript(id: String) -> GridVersion? { versions.first { $0.id == id } }
}

/// Why grids make no table.
package enum GridTableError: Error, Hashable, Sendable {
    /// A version, code or name is empty.
    case noName
    /// The version has no grids.
    case noGrids(String)
    /// The version has more than ``GridVersion/mostGrids``.
    case tooManyGrids(String, Int)
    /// The grid has more than ``GridVersion/mostHouseholds``.
    case tooManyHouseholds(String)
    /// The version has a code twice.
    case repeatedGrid(String, String)
    /// There are more than ``GridTable/mostVersions``.
    case tooManyVersions(Int)
    /// Two versions begin together.
    case sameInstant(String, String)
    /// Two versions have one name.
    case repeatedVersion(String)
}

extension GridTableError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noName: "a version, or a grid's code or name, is empty"
        case .noGrids(let id): "version \(id) has no grids"
        case .tooManyGrids(let id, let count):
            "version \(id) has \(count) grids, want at most \(GridVersion.mostGrids)"
        case .tooManyHouseholds(let code):
            "grid \(code) has more than \(GridVersion.mostHouseholds) households"
        case .repeatedGrid(let id, let code): "version \(id) has grid \(code) twice"
        case .tooManyVersions(let count):
            "\(count) versions, want at most \(GridTable.mostVersions)"
        case .sameInstant(let left, let right): "versions \(left) and \(right) begin together"
        case .repeatedVersion(let id): "version \(id) is there twice"
        }
    }
}
