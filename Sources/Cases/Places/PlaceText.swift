/// Address texts as people write them: read by rules, nothing guessed.
///
/// - Source: the rules of 西湖区统一地址规则, as in `Protocol/place.md` sections 1 to 3.
package enum PlaceText {
    /// The most Unicode scalars of a text that is read.
    package static let longest = 200
    /// The most names of a context.
    package static let mostNames = 8

    /// Reads the text of a place below a street.
    ///
    /// `context` has the full names of the divisions that hold the place (city, district, street),
    /// which people often repeat; they are taken off the beginning, but never so that nothing
    /// remains. Keys of texts compare only where the context is the same.
    package static func read(_ text: String, within context: [String] = []) -> PlaceReading {
        guard text.unicodeScalars.prefix(longest + 1).count <= longest else {
            return PlaceReading(faults: [.tooLong])
        }
        let names = context.prefix(mostNames).compactMap { name -> [Unicode.Scalar]? in
            guard name.unicodeScalars.prefix(longest + 1).count <= longest else { return nil }
            let signs = PlaceSigns.fold(name).signs.filter { !PlaceSigns.isSeparator($0) }
            return signs.isEmpty ? nil : signs
        }
        let folded = PlaceSigns.fold(text)
        guard !isAbsent(folded.signs[...]) else { return PlaceReading(faults: [.absent]) }
        let parser = PlaceParser(folded.signs, context: names)
        var faults = folded.faults + parser.faults
        faults += separatorFaults(folded.signs, kept: parser.address.text, besides: faults)
        if parser.tail.isEmpty, isAbsent(Array(parser.address.text.unicodeScalars)[...]) {
            return PlaceReading(faults: faults + [.absent])
        }
        var address = faults.allSatisfy(\.isMended) ? parser.address : nil
        if let canonical = address?.text, canonical != text {
            // What is canonical must be read as itself.
            let again = PlaceParser(PlaceSigns.fold(canonical).signs, context: names)
            if again.address != address || !again.faults.isEmpty || !again.tail.isEmpty {
                faults.append(.ambiguous(text))
                address = nil
            } else if faults.isEmpty {
                faults.append(.order)
            }
        }
        return PlaceReading(
            faults: faults,
            address: address,
            key: parser.address.key(tail: parser.tail),
            buildingKey: faults.contains(where: \.isAboutSeveral)
                ? nil : parser.address.buildingKey
        )
    }

    /// Whether a text says that there is nothing, in whatever way.
    static func isAbsent(_ signs: ArraySlice<Unicode.Scalar>) -> Bool {
        let words = ["", "无", "NULL", "NONE", "NIL", "NA", "没有", "暂无"]
        return words.contains(PlaceSigns.joined(signs))
    }
}

/// What a text says of a place.
package struct PlaceReading: Hashable, Sendable {
    /// In what the text is not canonical, each once; a text without faults is its own address.
    package let faults: [PlaceFault]
    /// The address in its canonical form; nil if a fault is one that no rule mends.
    package let address: PlaceAddress?
    /// What texts share that mean the same place in one street, by the rules alone; nil if the text
    /// names nothing or is too long.
    ///
    /// Never shown: it is for comparing.
    package let key: String?
    /// The same of the building or door, whatever the text says within it; nil if it names none.
    package let buildingKey: String?

    /// Whether the text may be entered as it is.
    package var isCanonical: Bool { faults.isEmpty }

    init(
        faults: [PlaceFault],
        address: PlaceAddress? = nil,
        key: String? = nil,
        buildingKey: String? = nil
    ) {
        self.faults = faults.eachOnce()
        self.address = address
        self.key = key
        self.buildingKey = buildingKey
    }
}

extension PlaceSigns.Folded {
    /// What was folded away, as faults.
    var faults: [PlaceFault] {
        (hasWide ? [.wide] : []) + (hasLowercase ? [.lowercase] : [])
            + (hasSpaces ? [.spaces] : [])
    }
}

extension Array where Element: Equatable {
    /// The elements in their order, without repetitions.
    func eachOnce() -> [Element] {
        reduce(into: []) { result, element in
            if !result.contains(element) { result.append(element) }
        }
    }
}
