/// One mention of a grid in a text: 第二网格, 第2网格, 2号网格.
struct PlaceGrid {
    /// Where it stands, from 第 or the number to the end of 网格.
    let range: Range<Int>
    /// Its number; nil if there is none from 1 to 999.
    let number: Int?
    /// In what it is not canonical.
    let faults: [PlaceFault]

    /// All mentions; 网格员 and the like are people, not places.
    static func all(in signs: ArraySlice<Unicode.Scalar>) -> [PlaceGrid] {
        var found: [PlaceGrid] = []
        for index in signs.indices.dropLast() where signs[index] == "网" && signs[index + 1] == "格" {
            let end = index + 2
            if end < signs.endIndex {
                let next = signs[end]
                if next == "员" || next == "长" || next == "化" { continue }
            }
            found.append(PlaceGrid(signs, word: index))
        }
        return found
    }

    private init(_ signs: ArraySlice<Unicode.Scalar>, word: Int) {
        var before = PlaceSigns.trimmed(signs[..<word])
        var faults: [PlaceFault] = []
        if before.takeLast("号") {
            faults.append(.word(.grid, "号网格"))
            before = PlaceSigns.trimmed(before)
        }
        let isChinese = before.last.map { PlaceNumber.numeral($0) != nil } ?? false
        let run = before.reversed().prefix { sign in
            isChinese ? PlaceNumber.numeral(sign) != nil : PlaceSigns.isDigit(sign)
        }
        var start = before.dropLast(run.count)
        var rest = before.suffix(run.count)
        let read = PlaceNumber.take(&rest)
        number = read.flatMap { $0.value }.flatMap { 1...999 ~= $0 ? $0 : nil }
        if !isChinese { faults.append(.numerals(.grid)) }
        if read?.hadZeros ?? false { faults.append(.zeros(.grid)) }
        let spaced = PlaceSigns.trimmed(start)
        if spaced.last == "第" {
            start = spaced.dropLast()
        } else if faults.first != .word(.grid, "号网格") {
            faults.append(.word(.grid, PlaceSigns.text(before.suffix(run.count)) + "网格"))
        }
        range = start.endIndex..<word + 2
        self.faults = faults
    }
}
