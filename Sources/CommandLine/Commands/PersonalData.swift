/// Numbers in a text that belong to one person: they are asked for again before they are written.
///
/// Entries are copied to every node that holds the scope, so a number that slips into free text
/// can be erased later but never called back.
package enum PersonalData: Hashable, Sendable, CaseIterable {
    /// Eleven digits of a mobile telephone.
    case mobile
    /// Eighteen signs of a resident identity number.
    case residentID
    /// Sixteen to nineteen digits of a bank card.
    case bankCard

    /// What a reader sees.
    package var label: String {
        switch self {
        case .mobile: "a mobile telephone number"
        case .residentID: "a resident identity number"
        case .bankCard: "a bank card number"
        }
    }

    /// The first such number in a text, with or without the usual gaps; nil for none.
    ///
    /// - Source: GB 11643-1999 for the check sign; ISO/IEC 7812-1 annex B for that of cards;
    ///   telephone numbers of mainland China, which begin with 13 to 19.
    package static func found(in text: String) -> PersonalData? {
        let groups = digitGroups(of: text)
        for start in groups.indices {
            var digits = ""
            var lengths: [Int] = []
            for group in groups[start...] {
                digits += group.digits
                lengths.append(group.digits.utf8.count)
                if let kind = kind(digits, lengths) { return kind }
                guard group.isFollowed, digits.utf8.count < 20 else { break }
            }
        }
        return nil
    }

    /// Digits without a gap.
    private struct Group {
        var digits: String
        /// Whether one space or hyphen stands between it and the group after.
        var isFollowed = false
    }

    private static func digitGroups(of text: String) -> [Group] {
        var groups: [Group] = []
        var gap = 2
        for scalar in text.unicodeScalars {
            let length = gap == 0 ? groups[groups.count - 1].digits.utf8.count : 0
            if let digit = digit(scalar, at: length) {
                if gap > 0 {
                    if gap == 1, !groups.isEmpty { groups[groups.count - 1].isFollowed = true }
                    groups.append(Group(digits: ""))
                }
                groups[groups.count - 1].digits.append(digit)
                gap = 0
            } else {
                gap += scalar == " " || scalar == "-" ? 1 : 2
            }
        }
        return groups
    }

    /// A digit of either width; the X that may end an identity number counts as one there.
    private static func digit(_ scalar: Unicode.Scalar, at index: Int) -> Character? {
        switch scalar {
        case "0"..."9": Character(scalar)
        case "\u{ff10}"..."\u{ff19}":
            Unicode.Scalar(scalar.value - 0xff10 + 0x30).map(Character.init)
        case "X", "x": index == 17 || index == 3 ? "X" : nil
        default: nil
        }
    }

    private static func kind(_ text: String, _ lengths: [Int]) -> PersonalData? {
        let signs = Array(text.utf8)
        let isPlain = lengths.count == 1
        if signs.count == 18, isPlain || lengths == [6, 8, 4], isResidentID(signs) {
            return .residentID
        }
        guard !signs.contains(UInt8(ascii: "X")) else { return nil }
        switch (signs.count, lengths) {
        case (11, _) where isPlain || lengths == [3, 4, 4]: return isMobile(signs[...])
        case (13, _) where isPlain || lengths == [2, 11] || lengths == [2, 3, 4, 4]:
            return text.hasPrefix("86") ? isMobile(signs.dropFirst(2)) : nil
        case (15, _) where isPlain || lengths == [4, 11]:
            return text.hasPrefix("0086") ? isMobile(signs.dropFirst(4)) : nil
        case (16...19, _) where isPlain || isCardShaped(lengths):
            return passesLuhn(signs) ? .bankCard : nil
        default: return nil
        }
    }

    private static func isMobile(_ digits: ArraySlice<UInt8>) -> PersonalData? {
        let second = digits.dropFirst().first ?? 0
        return digits.first == UInt8(ascii: "1") && second >= UInt8(ascii: "3") ? .mobile : nil
    }

    /// Four digits at a time, with up to three more at the end.
    private static func isCardShaped(_ lengths: [Int]) -> Bool {
        lengths.count >= 4 && lengths.prefix(4).allSatisfy { $0 == 4 } && lengths.count <= 5
    }

    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

    private static func isResidentID(_ signs: [UInt8]) -> Bool {
        let digits = signs.map { Int($0) - 0x30 }
        guard digits.prefix(17).allSatisfy((0...9).contains) else { return false }
        let year = digits[6...9].reduce(0) { $0 * 10 + $1 }
        let month = digits[10] * 10 + digits[11]
        let day = digits[12] * 10 + digits[13]
        guard 1880...2099 ~= year, 1...12 ~= month, 1...31 ~= day else { return false }
        let sum = zip(weights, digits).reduce(0) { $0 + $1.0 * $1.1 }
        return Array("10X98765432".utf8)[sum % 11] == signs[17]
    }

    private static func passesLuhn(_ signs: [UInt8]) -> Bool {
        let sum = signs.reversed().enumerated().reduce(0) { sum, pair in
            let digit = Int(pair.element) - 0x30
            guard !pair.offset.isMultiple(of: 2) else { return sum + digit }
            return sum + (digit < 5 ? digit * 2 : digit * 2 - 9)
        }
        return sum.isMultiple(of: 10)
    }
}
