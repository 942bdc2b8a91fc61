/// One way in which a text is not the canonical form of an address.
package enum PlaceFault: Hashable, Sendable {
    // What the rules mend.

    /// Full-width letters, digits or signs.
    case wide
    /// Small letters.
    case lowercase
    /// Spaces, line ends or invisible signs.
    case spaces
    /// Signs such as `-` or `•` within a field or between fields.
    case separators
    /// The name of a division that the context says already.
    case prefix(String)
    /// What stands before a grid's number and is not part of it.
    case gridPrefix(String)
    /// A number in Chinese numerals, or a grid's in digits.
    case numerals(PlaceField)
    /// A number with leading zeros.
    case zeros(PlaceField)
    /// Another word than that of the canonical form, such as 栋 for 幢.
    case word(PlaceField, String)
    /// A number alone, where the field or its place tells what it counts.
    case noWord(PlaceField)
    /// The fields do not come from the widest to the narrowest.
    case order
    /// Nothing is there, where 无 should be said.
    case absent

    // What no rule mends.

    /// More than ``PlaceText/longest`` signs; nothing was read.
    case tooLong
    /// Several buildings, units, floors, rooms or doors, where one is wanted.
    case range(PlaceField)
    /// Numbers that may mean several things, such as `3-301`.
    case ambiguous(String)
    /// A number of which nothing says what it counts.
    case bareNumber(String)
    /// A letter in a field that is a number.
    case letter(PlaceField)
    /// A name with something else than Chinese characters in it.
    case notChinese(PlaceField)
    /// A grid without a number from 1 to 999.
    case gridNumber
    /// Several grids.
    case severalGrids
    /// Text after the last field that could be read.
    case textAfter(String)
    /// The text does not name this field, or it names others beside it.
    case otherField(PlaceField)

    /// Whether the rules say what the canonical form is.
    package var isMended: Bool {
        switch self {
        case .wide, .lowercase, .spaces, .separators, .prefix, .gridPrefix, .numerals, .zeros,
            .word, .noWord, .order, .absent:
            true
        case .tooLong, .range, .ambiguous, .bareNumber, .letter, .notChinese, .gridNumber,
            .severalGrids, .textAfter, .otherField:
            false
        }
    }

    /// Whether it leaves open which building or door is meant.
    var isAboutSeveral: Bool {
        switch self {
        case .range(.building), .range(.plate), .ambiguous, .bareNumber: true
        default: false
        }
    }

    /// A stable name, for vectors and machines.
    package var name: String {
        switch self {
        case .wide: "wide"
        case .lowercase: "lowercase"
        case .spaces: "spaces"
        case .separators: "separators"
        case .prefix(let text): "prefix \(text)"
        case .gridPrefix(let text): "grid-prefix \(text)"
        case .numerals(let field): "numerals \(field.rawValue)"
        case .zeros(let field): "zeros \(field.rawValue)"
        case .word(let field, let word): "word \(field.rawValue) \(word)"
        case .noWord(let field): "no-word \(field.rawValue)"
        case .order: "order"
        case .absent: "absent"
        case .tooLong: "too-long"
        case .range(let field): "range \(field.rawValue)"
        case .ambiguous(let text): "ambiguous \(text)"
        case .bareNumber(let text): "bare-number \(text)"
        case .letter(let field): "letter \(field.rawValue)"
        case .notChinese(let field): "not-chinese \(field.rawValue)"
        case .gridNumber: "grid-number"
        case .severalGrids: "several-grids"
        case .textAfter(let text): "text-after \(text)"
        case .otherField(let field): "other-field \(field.rawValue)"
        }
    }

    /// What a person is told.
    package var label: Label {
        switch self {
        case .wide: Label("含全角字符", "has full-width signs")
        case .lowercase: Label("含小写字母", "has small letters")
        case .spaces: Label("含空格", "has spaces")
        case .separators: Label("含分隔符", "has separators")
        case .prefix(let text): Label("重复写明\(text)", "repeats \(text)")
        case .gridPrefix(let text): Label("网格前多出\(text)", "has \(text) before the grid")
        case .numerals(.grid): Label("网格序号应为中文数字", "a grid's number is written in Chinese")
        case .numerals(let field):
            Label("\(field.label.zh)应为阿拉伯数字", "\(field.label.en): want digits")
        case .zeros(let field):
            Label("\(field.label.zh)以零开头", "\(field.label.en): has leading zeros")
        case .word(let field, let word):
            Label(
                "\(field.label.zh)应写“\(field.word ?? "")”, 不写“\(word)”",
                "\(field.label.en): want \(field.word ?? "nothing") for \(word)"
            )
        case .noWord(let field):
            Label(
                "\(field.label.zh)缺“\(field.word ?? "")”",
                "\(field.label.en): \(field.word ?? "") is missing"
            )
        case .order: Label("顺序不对", "the fields are out of order")
        case .absent: Label("空缺应写“无”", "want 无 for what is absent")
        case .tooLong:
            Label("超过\(PlaceText.longest)字", "is longer than \(PlaceText.longest) signs")
        case .range(let field):
            Label("\(field.label.zh)不止一个", "\(field.label.en): names several")
        case .ambiguous(let text): Label("“\(text)”含义不明", "\(text) may mean several things")
        case .bareNumber(let text):
            Label("数字“\(text)”未写明单位", "nothing says what \(text) counts")
        case .letter(let field):
            Label("\(field.label.zh)只能是数字", "\(field.label.en): want a number, has a letter")
        case .notChinese(let field):
            Label("\(field.label.zh)只能是汉字", "\(field.label.en): want Chinese characters only")
        case .gridNumber: Label("网格缺序号", "the grid has no number from 1 to 999")
        case .severalGrids: Label("网格不止一个", "names several grids")
        case .textAfter(let text): Label("末尾多出“\(text)”", "\(text) follows the address")
        case .otherField(let field):
            Label("不是一个\(field.label.zh)", "is not one \(field.label.en)")
        }
    }
}
