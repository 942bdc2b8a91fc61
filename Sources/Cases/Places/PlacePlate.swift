/// A road with the number of a door: 文三路553号, 莫干山路18-1号, 文三路12弄3号.
struct PlacePlate {
    /// In the canonical form, unless a fault says that there is none.
    let text: String
    /// In what it is not canonical.
    private(set) var faults: [PlaceFault] = []
    /// What follows.
    let rest: ArraySlice<Unicode.Scalar>

    /// Reads the first road with a door's number, together with all that stands before it.
    init?(_ signs: ArraySlice<Unicode.Scalar>) {
        for index in signs.indices where PlaceSigns.isRoad(signs[index]) {
            var rest = signs[(index + 1)...].drop { $0 == " " }
            guard var numbers = Self.takeNumbers(&rest) else { continue }
            rest = rest.drop { $0 == " " }
            guard rest.take("号"), rest.first != "楼", rest.first != "线" else { continue }
            var next = rest
            if numbers.all.count == 1, next.take("之"), let second = PlaceNumber.take(&next) {
                numbers = (numbers.all + [second], "之")
                rest = next
            }
            self.init(road: signs[...index], numbers: numbers, rest: rest)
            return
        }
        return nil
    }

    private init(
        road: ArraySlice<Unicode.Scalar>,
        numbers: (all: [PlaceNumber], sign: Unicode.Scalar?),
        rest: ArraySlice<Unicode.Scalar>
    ) {
        let name = PlaceSigns.joined(road)
        let isRange = numbers.sign == "~" || numbers.sign == ","
        text =
            name + numbers.all.map(\.text).joined(separator: numbers.sign == "," ? "," : "-") + "号"
        self.rest = rest
        // The number of a lane may stand in the name: 文三路12弄3号.
        if !name.unicodeScalars.allSatisfy({ PlaceSigns.isHan($0) || PlaceSigns.isDigit($0) }) {
            faults.append(.notChinese(.plate))
        }
        for number in numbers.all {
            if number.wasChinese { faults.append(.numerals(.plate)) }
            if number.hadZeros { faults.append(.zeros(.plate)) }
            if number.hasLetter { faults.append(.letter(.plate)) }
        }
        if isRange {
            faults.append(.range(.plate))
        } else if numbers.all.count == 2 {
            // 18-1号 is a door beside 18号; 10-20号 may be all doors from 10 to 20.
            let (first, second) = (numbers.all[0].value ?? 0, numbers.all[1].value ?? 0)
            if numbers.sign == "之" {
                faults.append(.word(.plate, "之"))
            } else if second > first {
                faults.append(.ambiguous(numbers.all.map(\.text).joined(separator: "-") + "号"))
            }
        }
    }

    private static func takeNumbers(
        _ rest: inout ArraySlice<Unicode.Scalar>
    ) -> (all: [PlaceNumber], sign: Unicode.Scalar?)? {
        guard let first = PlaceNumber.take(&rest) else { return nil }
        var next = rest
        let signs = next.prefix(while: PlaceSigns.isSeparator)
        next = next.dropFirst(signs.count)
        let sign = next.take("之") ? "之" : PlaceGroup.takeJoiner(&next)
        let joiner = sign ?? signs.first { $0 == "-" || $0 == "~" || $0 == "," }
        guard let joiner, let second = PlaceNumber.take(&next) else { return ([first], nil) }
        rest = next
        return ([first, second], joiner)
    }
}
