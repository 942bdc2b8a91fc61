/// The signs of an address text after folding, and what each is.
///
/// The sets are fixed here, not taken from a Unicode table, so that every version of every program
/// folds alike.
enum PlaceSigns {
    /// A text folded, with what was folded away.
    struct Folded {
        var signs: [Unicode.Scalar] = []
        var hasWide = false
        var hasLowercase = false
        var hasSpaces = false
    }

    /// Folds full-width signs, letter case, spaces, dashes and separators.
    ///
    /// What remains are digits, capital letters, `#`, four kinds of separators (` ` `-` `~` `,`
    /// and `·` for any other) and whatever stands for itself, such as Chinese characters.
    static func fold(_ text: String) -> Folded {
        var folded = Folded()
        for scalar in text.unicodeScalars {
            var value = scalar.value
            if 0xff01...0xff5e ~= value {
                value -= 0xfee0
                folded.hasWide = true
            }
            if isInvisible(value) {
                folded.hasSpaces = true
                continue
            }
            if UInt32(UInt8(ascii: "a"))...UInt32(UInt8(ascii: "z")) ~= value {
                value -= 0x20
                folded.hasLowercase = true
            }
            let sign = separator(value) ?? Unicode.Scalar(value) ?? scalar
            folded.hasSpaces = folded.hasSpaces || sign == " "
            folded.signs.append(sign)
        }
        return folded
    }

    private static func isInvisible(_ value: UInt32) -> Bool {
        switch value {
        case 0xad, 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x206f, 0xfe00...0xfe0f, 0xfeff: true
        default: false
        }
    }

    private static func separator(_ value: UInt32) -> Unicode.Scalar? {
        switch value {
        case 0...0x20, 0x7f...0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000:
            " "
        case 0x2d, 0x2010...0x2015, 0x2212, 0x2500, 0x2501, 0x30fc, 0xfe58, 0xfe63, 0xff70: "-"
        case 0x7e, 0x2053, 0x223c, 0x301c: "~"
        case 0x26, 0x2b, 0x2c, 0x2f, 0x3b, 0x5c, 0x7c, 0x3001, 0xfe50, 0xfe51, 0xff64: ","
        case 0x23, 0x30...0x39, 0x41...0x5a: nil
        case 0x21...0x7e, 0xb7, 0x2018...0x201f, 0x2022, 0x2024, 0x2027, 0x2032...0x2037, 0x2039,
            0x203a, 0x2219, 0x22c5, 0x25cf, 0x3002, 0x3008...0x3011, 0x3014...0x301b, 0x30fb,
            0xff5f...0xff65:
            "·"
        default: nil
        }
    }

    /// Whether a folded sign only stands between others.
    static func isSeparator(_ sign: Unicode.Scalar) -> Bool {
        sign == " " || sign == "-" || sign == "~" || sign == "," || sign == "·"
    }

    /// Whether it is `0` to `9`.
    static func isDigit(_ sign: Unicode.Scalar) -> Bool { "0"..."9" ~= sign }

    /// Whether it is `A` to `Z`.
    static func isLetter(_ sign: Unicode.Scalar) -> Bool { "A"..."Z" ~= sign }

    /// Whether it is a Chinese character.
    static func isHan(_ sign: Unicode.Scalar) -> Bool {
        switch sign.value {
        case 0x3005, 0x3007, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xf900...0xfaff, 0x20000...0x323af:
            true
        default: false
        }
    }

    /// Whether a number before 号 after it is the number of a door, such as in 文三路553号.
    static func isRoad(_ sign: Unicode.Scalar) -> Bool {
        sign == "路" || sign == "街" || sign == "巷" || sign == "弄" || sign == "道" || sign == "里"
            || sign == "坊"
    }

    /// Signs without separators around them.
    static func trimmed(_ signs: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        var rest = signs.drop(while: isSeparator)
        while let last = rest.last, isSeparator(last) { rest.removeLast() }
        return rest
    }

    /// The text of signs, without any separators.
    static func joined(_ signs: ArraySlice<Unicode.Scalar>) -> String {
        text(signs.filter { !isSeparator($0) })
    }

    /// The text of signs, as they are.
    static func text(_ signs: some Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: signs)
        return String(text)
    }
}

extension ArraySlice<Unicode.Scalar> {
    /// Takes a word off the beginning; false if something else stands there.
    mutating func take(_ word: String) -> Bool {
        let signs = word.unicodeScalars
        guard starts(with: signs) else { return false }
        removeFirst(signs.count)
        return true
    }

    /// Takes a word off the end; false if something else stands there.
    mutating func takeLast(_ word: String) -> Bool {
        let signs = word.unicodeScalars
        guard suffix(signs.count).elementsEqual(signs), count >= signs.count else { return false }
        removeLast(signs.count)
        return true
    }
}
