/// A prefix of the unified address code: what a right covers, or where a subject belongs.
///
/// Four digits name a city, six a district or county, nine a street or town, twelve a village
/// or residential community. The digits are kept as given; codes that were succeeded resolve
/// elsewhere.
///
/// - Source: GB/T 2260 and the statistical division codes; `Protocol/roster.md` section 2.
package struct Scope: Hashable, Sendable {
    /// Lengths that name something.
    package static let lengths = [4, 6, 9, 12]

    /// The decimal digits.
    package let code: String

    /// Checks that `code` is 4, 6, 9 or 12 decimal digits; nil for anything else.
    package init?(_ code: String) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard Self.lengths.contains(code.utf8.count), code.utf8.allSatisfy(digits.contains) else {
            return nil
        }
        self.code = code
    }

    /// Whether `other` is this place or lies within it.
    package func covers(_ other: Scope) -> Bool { other.code.hasPrefix(code) }

    /// The district this place lies in; the city itself for a city's code.
    package var district: Scope {
        code.utf8.count <= 6 ? self : Scope(trusted: String(code.prefix(6)))
    }

    /// The place of the level above: of a street its district, of a district its city; a city is its
    /// own.
    package var wider: Scope { Scope(trusted: String(code.prefix(code.utf8.count > 6 ? 6 : 4))) }

    private init(trusted code: String) { self.code = code }
}

extension Scope: Comparable, CustomStringConvertible {
    package static func < (left: Scope, right: Scope) -> Bool { left.code < right.code }

    package var description: String { code }
}
