/// Reads a folded text as an address.
struct PlaceParser {
    private(set) var address = PlaceAddress()
    private(set) var faults: [PlaceFault] = []
    /// What follows the last field that could be read.
    private(set) var tail = ""

    /// Strips what the context says, then finds the grid, the plate, the fields that count, and
    /// takes what stands before these for the quarter.
    init(_ signs: [Unicode.Scalar], context: [[Unicode.Scalar]]) {
        var rest = signs[...]
        strip(context, from: &rest)
        let afterGrid = takeGrid(rest)
        let afterPlate = takePlate(afterGrid[...])
        readQuarter(takeComponents(afterPlate))
    }

    // MARK: Context

    private mutating func strip(
        _ context: [[Unicode.Scalar]],
        from rest: inout ArraySlice<Unicode.Scalar>
    ) {
        var next = PlaceSigns.trimmed(rest)
        while let name = context.first(where: { name in
            next.starts(with: name) && !PlaceSigns.trimmed(next.dropFirst(name.count)).isEmpty
        }) {
            faults.append(.prefix(PlaceSigns.text(name)))
            rest = next.dropFirst(name.count)
            next = PlaceSigns.trimmed(rest)
        }
    }

    // MARK: Grid

    /// Takes the grid out of the text, wherever it stands, with the community before it.
    private mutating func takeGrid(_ signs: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        let found = PlaceGrid.all(in: signs)
        guard let grid = found.first else { return Array(signs) }
        guard found.count == 1 else {
            faults.append(.severalGrids)
            return Array(signs)
        }
        guard let number = grid.number else {
            faults.append(.gridNumber)
            return Array(signs)
        }
        address.set(.grid, "第" + PlaceNumber.chinese(number) + "网格")
        faults += grid.faults
        var before = PlaceSigns.trimmed(signs[..<grid.range.lowerBound])
        let code = before.reversed().prefix(while: PlaceSigns.isDigit)
        if code.count >= 4 {
            faults.append(.gridPrefix(PlaceSigns.text(code.reversed())))
            before = PlaceSigns.trimmed(before.dropLast(code.count))
        }
        let after = signs[grid.range.upperBound...]
        if isCommunity(before) {
            setName(.community, before)
            return Array(after)
        }
        return before.isEmpty || after.isEmpty ? Array(before + after) : before + ["·"] + after
    }

    /// A community's or village's name; 新村 is a quarter's.
    private func isCommunity(_ signs: ArraySlice<Unicode.Scalar>) -> Bool {
        var name = signs
        if name.takeLast("社区") { return !name.isEmpty }
        return name.takeLast("村") && !name.isEmpty && name.last != "新"
    }

    // MARK: Plate

    /// Takes a road with the number of a door off the beginning.
    private mutating func takePlate(
        _ signs: ArraySlice<Unicode.Scalar>
    ) -> ArraySlice<Unicode.Scalar> {
        guard let plate = PlacePlate(signs) else { return signs }
        address.set(.plate, plate.text)
        faults += plate.faults
        return plate.rest
    }

    // MARK: Fields that count

    /// Sets the fields that count and gives what stands before them.
    ///
    /// Of all places from which these could be read the first from which they go to the end, or to
    /// numbers that may mean several things, is taken, else the one from which they go farthest.
    private mutating func takeComponents(
        _ signs: ArraySlice<Unicode.Scalar>
    ) -> ArraySlice<Unicode.Scalar> {
        var best: (start: Int, read: PlaceComponents)?
        for start in signs.indices where mayStart(signs, at: start) {
            guard let read = PlaceComponents(signs[start...], after: signs[..<start]),
                read.isCertain
            else { continue }
            let isFarther = best.map { read.rest.count < $0.read.rest.count } ?? true
            if isFarther || read.isAmbiguous { best = (start, read) }
            if read.rest.isEmpty || read.isAmbiguous { break }
        }
        guard let best else { return signs }
        for slot in best.read.slots { address.set(slot.field, slot.text) }
        faults += best.read.faults
        if !best.read.rest.isEmpty {
            tail = PlaceSigns.text(best.read.rest.filter { $0 != " " })
            if !best.read.isAmbiguous { faults.append(.textAfter(tail)) }
        }
        return signs[..<best.start]
    }

    /// Whether a number may begin here, and not in the middle of another one.
    private func mayStart(_ signs: ArraySlice<Unicode.Scalar>, at index: Int) -> Bool {
        let sign = signs[index]
        let before = index > signs.startIndex ? signs[index - 1] : " "
        if PlaceSigns.isDigit(sign) { return !PlaceSigns.isDigit(before) }
        if PlaceSigns.isLetter(sign) {
            return !PlaceSigns.isDigit(before) && !PlaceSigns.isLetter(before)
        }
        if PlaceNumber.numeral(sign) != nil { return PlaceNumber.numeral(before) == nil }
        return sign == "第" || sign == "地" || sign == "负"
    }

    // MARK: Names

    private mutating func readQuarter(_ signs: ArraySlice<Unicode.Scalar>) {
        let name = PlaceSigns.trimmed(signs)
        guard !name.isEmpty else { return }
        let digits = PlaceSigns.text(
            name.reversed().prefix(while: PlaceSigns.isDigit).reversed()
        )
        guard digits.isEmpty else {
            address.set(.quarter, PlaceSigns.joined(name))
            faults.append(.bareNumber(digits))
            return
        }
        setName(.quarter, name)
    }

    private mutating func setName(_ field: PlaceField, _ signs: ArraySlice<Unicode.Scalar>) {
        let name = signs.filter { !PlaceSigns.isSeparator($0) }
        if !name.allSatisfy(PlaceSigns.isHan) { faults.append(.notChinese(field)) }
        address.set(field, PlaceSigns.text(name))
    }
}
