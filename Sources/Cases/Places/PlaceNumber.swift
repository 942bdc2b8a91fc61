/// A number in an address, written in digits or in Chinese numerals, perhaps with a letter.
struct PlaceNumber: Hashable {
    /// Digits without leading zeros, with a letter before or after them or alone.
    let text: String
    /// Whether it was written in Chinese numerals.
    var wasChinese = false
    /// Whether zeros were taken off.
    var hadZeros = false

    /// Whether there is a letter in it.
    var hasLetter: Bool { text.unicodeScalars.contains(where: PlaceSigns.isLetter) }

    /// How many signs it has.
    var count: Int { text.unicodeScalars.count }

    /// The number, if it has no letter.
    var value: Int? { Int(text) }

    /// The most digits of a number in an address.
    static let mostDigits = 6

    /// Takes a number off the beginning; nil, and nothing is taken, if none stands there.
    ///
    /// One letter before and after the digits belongs to it, or one alone; an F after digits does
    /// not, for it counts floors.
    static func take(_ rest: inout ArraySlice<Unicode.Scalar>) -> PlaceNumber? {
        let numerals = rest.prefix { numeral($0) != nil }
        if !numerals.isEmpty {
            guard let value = value(numerals) else { return nil }
            rest = rest.dropFirst(numerals.count)
            return PlaceNumber(text: value, wasChinese: true)
        }
        var end = rest
        var letter = ""
        if let first = end.first, PlaceSigns.isLetter(first) {
            letter = PlaceSigns.text([first])
            end.removeFirst()
        }
        let digits = end.prefix(while: PlaceSigns.isDigit)
        guard digits.count <= mostDigits, !digits.isEmpty || !letter.isEmpty else { return nil }
        end = end.dropFirst(digits.count)
        var after = ""
        if letter.isEmpty, let last = end.first, PlaceSigns.isLetter(last), last != "F" {
            after = PlaceSigns.text([last])
            end.removeFirst()
        }
        if let next = end.first, PlaceSigns.isDigit(next) { return nil }
        if let next = end.first, PlaceSigns.isLetter(next), next != "F" || digits.isEmpty {
            return nil
        }
        let kept = digits.drop { $0 == "0" }
        guard digits.isEmpty || !kept.isEmpty else { return nil }
        rest = end
        return PlaceNumber(
            text: letter + PlaceSigns.text(kept) + after,
            hadZeros: kept.count < digits.count
        )
    }

    /// What a Chinese numeral counts, and whether it multiplies what stands before it.
    static func numeral(_ sign: Unicode.Scalar) -> (value: Int, isUnit: Bool)? {
        switch sign {
        case "零", "〇": (0, false)
        case "一": (1, false)
        case "二": (2, false)
        case "三": (3, false)
        case "四": (4, false)
        case "五": (5, false)
        case "六": (6, false)
        case "七": (7, false)
        case "八": (8, false)
        case "九": (9, false)
        case "十": (10, true)
        case "百": (100, true)
        case "千": (1000, true)
        default: nil
        }
    }

    /// The digits of a number above zero in Chinese numerals, in places (三〇一) or with units
    /// (三百零一); nil for what is neither, or says different things to different people (一百五).
    private static func value(_ signs: ArraySlice<Unicode.Scalar>) -> String? {
        let numerals = signs.compactMap(numeral)
        guard numerals.count <= 8 else { return nil }
        if !numerals.contains(where: \.isUnit) {
            guard numerals.count <= mostDigits else { return nil }
            let digits = numerals.map { "\($0.value)" }.joined().drop { $0 == "0" }
            return digits.isEmpty ? nil : String(digits)
        }
        var total = 0
        var pending: Int?
        var hasZero = false
        var unit = 10_000
        for numeral in numerals {
            if numeral.isUnit {
                guard numeral.value < unit, pending != nil || numeral.value == 10 && total == 0
                else { return nil }
                unit = numeral.value
                total += (pending ?? 1) * unit
                (pending, hasZero) = (nil, false)
            } else if numeral.value == 0 {
                guard pending == nil, !hasZero, total > 0 else { return nil }
                hasZero = true
            } else {
                guard pending == nil else { return nil }
                pending = numeral.value
            }
        }
        guard unit == 10 || pending == nil || hasZero, pending != nil || !hasZero else {
            return nil
        }
        return "\(total + (pending ?? 0))"
    }

    /// A number from 1 to 999 in Chinese numerals, as grids are counted: 一, 十二, 四十二, 一百零五.
    static func chinese(_ number: Int) -> String {
        let digits = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
        let (hundreds, tens, ones) = (number / 100 % 10, number / 10 % 10, number % 10)
        var text = hundreds > 0 ? digits[hundreds] + "百" : ""
        if tens > 0 {
            text += (tens == 1 && hundreds == 0 ? "" : digits[tens]) + "十"
        } else if hundreds > 0, ones > 0 {
            text += "零"
        }
        return text + (ones > 0 ? digits[ones] : "")
    }
}
