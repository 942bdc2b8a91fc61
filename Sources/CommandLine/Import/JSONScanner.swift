/// Finds the objects of a JSON array, or those of a file with one object a line.
///
/// The first byte that is not blank decides: `[` opens an array. In an array an object ends at
/// the comma or bracket on its own level; text in quotes is passed over. What is between them is
/// checked by whoever decodes it.
struct JSONScanner: RecordScanner {
    private enum Mode {
        case undecided, lines, array, afterArray
    }

    private var mode = Mode.undecided
    private var depth = 0
    private var isInText = false
    private var isEscaped = false

    mutating func ends(at byte: UInt8) -> Bool {
        switch mode {
        case .undecided:
            if Self.blanks.contains(byte) { return false }
            mode = byte == UInt8(ascii: "[") ? .array : .lines
            return mode == .array
        case .lines: return byte == UInt8(ascii: "\n")
        case .array: return isInText ? inText(byte) : inArray(byte)
        case .afterArray: return false
        }
    }

    private mutating func inText(_ byte: UInt8) -> Bool {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInText = false
        }
        return false
    }

    private mutating func inArray(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""): isInText = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"): depth = max(0, depth - 1)
        case UInt8(ascii: "]") where depth > 0: depth -= 1
        case UInt8(ascii: "]"):
            mode = .afterArray
            return true
        case UInt8(ascii: ","): return depth == 0
        default: break
        }
        return false
    }

    func faultAtEnd(isBlank: Bool) -> RefusalReason? {
        switch mode {
        case .undecided, .lines: nil
        case .array: .truncatedArray
        case .afterArray: isBlank ? nil : .textAfterArray
        }
    }

    static func trim(_ record: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var kept = record
        while let first = kept.first, blanks.contains(first) { kept.removeFirst() }
        while let last = kept.last, blanks.contains(last) { kept.removeLast() }
        return kept
    }

    private static let blanks = [" ", "\t", "\r", "\n"].map(UInt8.init(ascii:))
}
