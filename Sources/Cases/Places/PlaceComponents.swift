/// Reads building, unit, floor and room from one place of a text on.
struct PlaceComponents {
    /// One field with the numbers that were read for it.
    struct Slot {
        let field: PlaceField
        var numbers: [PlaceNumber]
        var isBasement = false
        /// Whether the numbers are the ends of a range, rather than a list.
        var isRange = false
        /// The word that was there.
        var word: String?

        /// In the canonical form if it is one number: `3幢`, `1-10幢`, `1,2幢`.
        var text: String {
            (isBasement ? "地下" : "") + numbers.map(\.text).joined(separator: isRange ? "-" : ",")
                + (field.word ?? "")
        }
    }

    private(set) var slots: [Slot] = []
    private(set) var faults: [PlaceFault] = []
    /// What was not read.
    private(set) var rest: ArraySlice<Unicode.Scalar>
    private let bare: PlaceField?
    /// Whether a number with 号 is a door's here.
    private let isAfterRoad: Bool
    /// Whether a dash stands before.
    private let isAfterDash: Bool

    private static let words: [(word: String, field: PlaceField)] = [
        ("号楼", .building), ("#楼", .building), ("幢楼", .building), ("栋楼", .building),
        ("幢", .building), ("栋", .building), ("座", .building), ("#", .building),
        ("单元", .unit), ("层楼", .floor), ("层", .floor), ("楼", .floor), ("F", .floor),
        ("号房", .room), ("号室", .room), ("房间", .room), ("室", .room), ("房", .room),
    ]

    /// Words after which something else may still follow in a name, such as 3号岗亭.
    private static let weakWords = ["号", "楼", "F", "房"]

    /// Reads as far as it can; nil if nothing stands there.
    ///
    /// `bare` is what a number alone counts, where the text is one field's; `before` is what stands
    /// before that is not read here.
    init?(
        _ signs: ArraySlice<Unicode.Scalar>,
        after before: ArraySlice<Unicode.Scalar> = [],
        bare: PlaceField? = nil
    ) {
        rest = signs
        self.bare = bare
        let name = PlaceSigns.trimmed(before)
        isAfterRoad = name.last.map(PlaceSigns.isRoad) ?? false
        isAfterDash = before.last { $0 != " " } == "-"
        while readGroup() {}
        if slots.isEmpty && faults.isEmpty { return nil }
        if PlaceSigns.trimmed(rest).isEmpty { rest = [] }
    }

    /// Whether all was read, or enough to say that what follows is no part of a name.
    var isCertain: Bool {
        rest.isEmpty || faults.contains { !$0.isMended }
            || slots.contains { slot in slot.word.map { !Self.weakWords.contains($0) } ?? false }
    }

    /// Whether it ended at numbers that may mean several things.
    var isAmbiguous: Bool {
        faults.contains { if case .ambiguous = $0 { true } else { false } }
    }

    private mutating func readGroup() -> Bool {
        var next = rest.drop(while: PlaceSigns.isSeparator)
        let between = rest.prefix(next.startIndex - rest.startIndex).first { $0 != " " }
        let joiner = slots.isEmpty ? nil : PlaceGroup.takeJoiner(&next)
        guard let group = PlaceGroup(&next, isFloor: slots.isEmpty && bare == .floor) else {
            return false
        }
        var end = next
        let word = takeWord(&end, after: group)
        guard let field = word?.field ?? bareField(group, at: end), isClear(group, field: field)
        else {
            return readUncertain(group, at: next)
        }
        let hasDash = between == "-" || between == nil && slots.isEmpty && isAfterDash
        if field == .floor, hasDash, group.basement == nil {
            // -1层 may be the basement, or the first floor after a dash.
            faults.append(.ambiguous(PlaceSigns.joined(rest)))
            return false
        }
        let slot = Slot(
            field: field,
            numbers: group.numbers,
            isBasement: group.basement != nil,
            isRange: group.isRange,
            word: word?.word
        )
        guard add(slot, joinedBy: joiner ?? between) else { return false }
        note(group, field: field, word: word?.word)
        rest = end
        return true
    }

    /// What a number counts that no word follows.
    private func bareField(
        _ group: PlaceGroup,
        at end: ArraySlice<Unicode.Scalar>
    ) -> PlaceField? {
        guard PlaceSigns.trimmed(end).isEmpty else { return nil }
        if slots.isEmpty { return bare }
        return group.numbers.count > 1 || slots.last?.field == .room ? nil : .room
    }

    /// Whether all numbers of a group count what the last one does.
    private func isClear(_ group: PlaceGroup, field: PlaceField) -> Bool {
        guard group.basement == nil || field == .floor else { return false }
        guard group.isDashed else { return true }
        switch field {
        case .building, .floor: return true
        case .unit: return !slots.isEmpty || bare == .unit  // 3-2单元 may start with a building
        default:
            // 3-301室 may start with a building or unit; 101-105室 after one does not.
            guard !slots.isEmpty || bare == .room else { return false }
            let isSameLength = Set(group.numbers.map(\.count)).count == 1
            return isSameLength || slots.contains { $0.field == .unit }
        }
    }

    /// Takes numbers of which the first ones may count something else than the last.
    ///
    /// 3-2-301 is building, unit and room, and 2-301 after a building unit and room, if they look
    /// like that: a room has three digits at least, a unit two at most.
    private mutating func readUncertain(
        _ group: PlaceGroup,
        at next: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        var end = next
        let word = takeWord(&end, after: group)
        let isAtEnd = PlaceSigns.trimmed(end).isEmpty
        // In the middle of a name numbers are part of it.
        guard group.numbers.count > 1, !slots.isEmpty || isAtEnd || word != nil else {
            return false
        }
        let numbers = group.numbers.suffix(2)
        let isWhole =
            slots.isEmpty
            ? group.numbers.count == 3
            : slots.last?.field == .building && group.numbers.count == 2
        guard isWhole, let unit = numbers.first, let room = numbers.last, unit.count <= 2,
            room.count >= 3, group.isDashed, word.map({ $0.field == .room }) ?? isAtEnd
        else {
            faults.append(.ambiguous(PlaceSigns.text(PlaceSigns.trimmed(rest))))
            return false
        }
        if slots.isEmpty {
            slots.append(Slot(field: .building, numbers: [group.numbers[0]]))
            faults.append(.noWord(.building))
        }
        slots.append(Slot(field: .unit, numbers: [unit]))
        faults.append(.noWord(.unit))
        slots.append(Slot(field: .room, numbers: [room], word: word?.word))
        note(group, field: .room, word: word?.word)
        for number in group.numbers.dropLast() where number.hasLetter {
            faults.append(.letter(.building))
        }
        rest = end
        return true
    }

    /// Adds a field that is narrower than the last one, or more numbers of the last one.
    private mutating func add(_ slot: Slot, joinedBy sign: Unicode.Scalar?) -> Bool {
        if let last = slots.last, last.field == slot.field {
            slots[slots.count - 1].numbers += slot.numbers
            if sign != "," { slots[slots.count - 1].isRange = true }
        } else {
            let order: [PlaceField] = [.building, .unit, .floor, .room]
            let allowed = order.drop { $0 != slots.last?.field }.dropFirst()
            guard slots.isEmpty || allowed.contains(slot.field) else { return false }
            slots.append(slot)
        }
        if slots.last.map({ $0.numbers.count > 1 }) ?? false { faults.append(.range(slot.field)) }
        return true
    }

    private mutating func note(_ group: PlaceGroup, field: PlaceField, word: String?) {
        for number in group.numbers {
            if number.wasChinese { faults.append(.numerals(field)) }
            if number.hadZeros { faults.append(.zeros(field)) }
            if number.hasLetter, field != .room { faults.append(.letter(field)) }
        }
        if group.hasOrdinal { faults.append(.word(field, "第")) }
        if let basement = group.basement, basement != "地下" {
            faults.append(.word(field, basement))
        }
        if let word, word != field.word { faults.append(.word(field, word)) }
        if word == nil { faults.append(.noWord(field)) }
    }

    private func takeWord(
        _ rest: inout ArraySlice<Unicode.Scalar>,
        after group: PlaceGroup
    ) -> (word: String, field: PlaceField)? {
        var next = rest.drop { $0 == " " }
        for entry in Self.words where next.take(entry.word) {
            rest = next
            return entry
        }
        // The number of a door after a road, of a building after a quarter, of a room after that.
        guard !slots.isEmpty || !isAfterRoad, next.take("号"), next.first != "线" else { return nil }
        if slots.isEmpty {
            guard group.numbers.count == 1 || bare == .building else { return nil }
            rest = next
            return ("号", bare == .room ? .room : .building)
        }
        // 1号-10号 are buildings; 1号301号 is a room in one.
        let isNext = slots.last?.word == "号" && slots.last?.field == .building
        rest = next
        return ("号", isNext && group.numbers[0].count < 3 ? .building : .room)
    }
}
