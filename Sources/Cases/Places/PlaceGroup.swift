/// Numbers with what stands between them: `3`, `1-10`, `3-2-301`, `1、2`.
struct PlaceGroup {
    /// The numbers, all in digits or all in Chinese numerals.
    private(set) var numbers: [PlaceNumber]
    /// What stands between them: `-`, `~` or `,`.
    private(set) var signs: [Unicode.Scalar] = []
    /// The sign of a basement before the first one, as it was written.
    private(set) var basement: String?
    /// Whether 第 stands before the first one.
    let hasOrdinal: Bool

    /// The most numbers that are read together.
    private static let mostNumbers = 16

    /// Whether several numbers have only dashes between them.
    var isDashed: Bool { !signs.isEmpty && signs.allSatisfy { $0 == "-" } }

    /// Whether the numbers are the ends of a range, rather than a list.
    var isRange: Bool { !signs.isEmpty && !signs.contains(",") }

    /// Takes a group off the beginning; nil, and nothing is taken, if there is none.
    ///
    /// `isFloor` tells that floors are counted even where no word says so.
    init?(_ rest: inout ArraySlice<Unicode.Scalar>, isFloor: Bool = false) {
        var next = rest
        hasOrdinal = next.take("第")
        for word in ["地下", "负"] where basement == nil && next.take(word) { basement = word }
        guard var first = PlaceNumber.take(&next) else { return nil }
        if first.text.hasPrefix("B"), first.count > 1,
            isFloor || Self.isFloor(next.first)
        {
            first = PlaceNumber(text: String(first.text.dropFirst()))
            basement = "B"
        }
        numbers = [first]
        rest = next
        while numbers.count < Self.mostNumbers, let sign = Self.takeSign(&next),
            let number = PlaceNumber.take(&next), number.wasChinese == first.wasChinese
        {
            signs.append(sign)
            numbers.append(number)
            rest = next
        }
    }

    private static func isFloor(_ sign: Unicode.Scalar?) -> Bool {
        sign == "层" || sign == "楼" || sign == "F"
    }

    /// Takes separators, of which one says how numbers go together; spaces alone do not.
    private static func takeSign(_ rest: inout ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
        let signs = rest.prefix(while: PlaceSigns.isSeparator)
        rest = rest.dropFirst(signs.count)
        return takeJoiner(&rest) ?? signs.first { $0 == "-" || $0 == "~" || $0 == "," }
    }

    /// Takes a word such as 至, that makes a range, or 和, that makes a list.
    static func takeJoiner(_ rest: inout ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
        let sign: Unicode.Scalar? =
            if rest.take("至") || rest.take("到") {
                "~"
            } else if rest.take("和") || rest.take("及") || rest.take("与") {
                ","
            } else {
                nil
            }
        if sign != nil { rest = rest.drop(while: PlaceSigns.isSeparator) }
        return sign
    }
}
