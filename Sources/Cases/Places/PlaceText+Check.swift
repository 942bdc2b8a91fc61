/// What a text is as the value of one field.
package struct PlaceCheck: Hashable, Sendable {
    /// In what it is not canonical, each once; empty exactly if the text may be entered as it is.
    package let faults: [PlaceFault]
    /// The canonical form; nil if a fault is one that no rule mends.
    package let canonical: String?
}

extension PlaceText {
    /// Checks a text that is entered as one field.
    ///
    /// A number alone is taken for what the field counts, and named as a fault.
    package static func check(_ text: String, as field: PlaceField) -> PlaceCheck {
        guard text != PlaceAddress.absent else { return PlaceCheck(faults: [], canonical: text) }
        guard text.unicodeScalars.prefix(longest + 1).count <= longest else {
            return PlaceCheck(faults: [.tooLong], canonical: nil)
        }
        let folded = PlaceSigns.fold(text)
        guard !isAbsent(folded.signs[...]) else {
            return PlaceCheck(faults: [.absent], canonical: PlaceAddress.absent)
        }
        let found = value(folded.signs, field: field)
        var faults = folded.faults + found.faults
        if let value = found.value {
            faults += separatorFaults(folded.signs, kept: value, besides: faults)
        } else if faults.allSatisfy(\.isMended) {
            faults.append(.otherField(field))
        }
        var canonical = faults.allSatisfy(\.isMended) ? found.value : nil
        if let read = canonical, read != text {
            // What is canonical must be read as itself: 一·层 without its separator is a floor.
            let again = value(PlaceSigns.fold(read).signs, field: field)
            if again.value != read || !again.faults.isEmpty {
                faults.append(.otherField(field))
                canonical = nil
            }
        }
        if let canonical, faults.isEmpty, canonical != text { faults.append(.order) }
        return PlaceCheck(faults: faults.eachOnce(), canonical: canonical)
    }

    /// That there are separators which the canonical form does not keep, unless they are what
    /// another fault is about.
    static func separatorFaults(
        _ signs: [Unicode.Scalar],
        kept canonical: String,
        besides faults: [PlaceFault]
    ) -> [PlaceFault] {
        let isSaid = faults.contains { fault in
            switch fault {
            case .range, .ambiguous: true
            default: false
            }
        }
        let count = { (signs: [Unicode.Scalar]) in
            signs.count { PlaceSigns.isSeparator($0) && $0 != " " }
        }
        let isKept = count(signs) <= count(Array(canonical.unicodeScalars))
        return isSaid || isKept ? [] : [.separators]
    }

    private static func value(
        _ signs: [Unicode.Scalar],
        field: PlaceField
    ) -> (value: String?, faults: [PlaceFault]) {
        switch field {
        case .building, .unit, .floor, .room:
            guard let read = PlaceComponents(signs[...], bare: field) else { return (nil, []) }
            let isWhole = read.rest.isEmpty && read.slots.map(\.field) == [field]
            return (isWhole ? read.slots.first?.text : nil, read.faults)
        case .grid:
            return grid(signs)
        case .community, .plate, .quarter:
            let read = PlaceParser(signs, context: [])
            let found: PlaceField = field == .community ? .quarter : field
            guard let value = read.address.value(found), read.address.text == value,
                read.tail.isEmpty
            else { return (nil, []) }
            let faults = read.faults.map { fault in
                fault == .notChinese(found) ? .notChinese(field) : fault
            }
            return (value, faults)
        }
    }

    private static func grid(
        _ signs: [Unicode.Scalar]
    ) -> (value: String?, faults: [PlaceFault]) {
        let read = PlaceParser(signs, context: [])
        if let value = read.address.value(.grid) {
            let community = read.address.value(.community)
            guard read.address.text == (community ?? "") + value, read.tail.isEmpty else {
                return (nil, [])
            }
            return (value, read.faults + (community.map { [.gridPrefix($0)] } ?? []))
        }
        var rest = signs[...]
        guard let group = PlaceGroup(&rest), PlaceSigns.trimmed(rest).isEmpty,
            group.numbers.count == 1, let number = group.numbers[0].value, 1...999 ~= number
        else { return (nil, read.faults.filter { $0 == .gridNumber || $0 == .severalGrids }) }
        let faults: [PlaceFault] = group.numbers[0].wasChinese ? [] : [.numerals(.grid)]
        return ("第" + PlaceNumber.chinese(number) + "网格", faults + [.noWord(.grid)])
    }
}
