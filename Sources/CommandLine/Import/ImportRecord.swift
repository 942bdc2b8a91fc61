/// A case or message of another system, as its row says, with nothing repaired.
///
/// Texts are as they stood, spaces and all; one that is empty or only spaces is nil. Instants are
/// milliseconds since 1970. Times may contradict each other: ``flags`` says where.
package struct ImportRecord: Hashable, Sendable {
    /// The other system's id, unique within ``source``; a file may still repeat one.
    package var externalID: String
    /// The other system.
    package var source: SourceCode
    /// When it was reported; nil only for a mediation file that does not say it.
    package var openedAt: UInt64?
    /// When it should be done.
    package var dueAt: UInt64?
    /// When it was closed, or answered.
    package var closedAt: UInt64?
    /// What the state says; without a state of its own, whether there is a closing time.
    package var isClosed: Bool
    /// What the other system says of the due time; it may not follow from the times.
    package var claim: Claim?
    /// What was reported; the texts of several columns stand on lines of their own.
    package var summary: String?
    /// What was said at closing.
    package var closingNote: String?
    /// The official reply to a message.
    package var reply: String?
    /// The other system's category, its levels joined by " / ".
    package var category: String?
    /// Address or other words for where it is.
    package var place: String?
    /// How it came in, in the other system's words.
    package var channel: String?
    /// Code of the street it belongs to, nine digits; nil for that of the importing node.
    package var scope: String?
    /// The line of the file the row starts on, from 1.
    package var line: Int
    /// Whether one of its local times was shown twice or never because the clocks were changed.
    package var hasUncertainTime = false
    /// What it says of a whole mediation, if it is the file of one.
    package var file = ImportedFile()

    /// What the other system says of the due time.
    package enum Claim: String, Hashable, Sendable {
        case onTime = "on-time"
        case overdue
    }

    /// What is odd about a record; it is taken all the same.
    package enum Flag: String, CaseIterable, Hashable, Sendable {
        /// The closing time is before the opening time.
        case closedBeforeOpened = "closed-before-opened"
        /// The due time is before the opening time.
        case dueBeforeOpened = "due-before-opened"
        /// There is no due time.
        case noDueTime = "no-due-time"
        /// It is closed, and nothing says when.
        case closedWithoutTime = "closed-without-time"
        /// It has a closing time and is open.
        case openWithClosingTime = "open-with-closing-time"
        /// Closing after the due time is claimed to be on time, or closing by then to be overdue,
        /// or there is no due time to be overdue against.
        case claimContradictsTimes = "claim-contradicts-times"
        /// There is no summary.
        case noSummary = "no-summary"
        /// There is no category.
        case noCategory = "no-category"
        /// There is no place.
        case noPlace = "no-place"
        /// A local time was shown twice, or never, because the clocks were changed.
        case uncertainTime = "uncertain-time"
    }

    /// What is odd about the record, in the order of ``Flag``.
    package var flags: [Flag] {
        var flags: [Flag] = []
        if let closedAt, let openedAt, closedAt < openedAt { flags.append(.closedBeforeOpened) }
        if let dueAt, let openedAt, dueAt < openedAt { flags.append(.dueBeforeOpened) }
        if dueAt == nil { flags.append(.noDueTime) }
        if isClosed, closedAt == nil { flags.append(.closedWithoutTime) }
        if !isClosed, closedAt != nil { flags.append(.openWithClosingTime) }
        if claimContradictsTimes { flags.append(.claimContradictsTimes) }
        if summary == nil { flags.append(.noSummary) }
        if category == nil { flags.append(.noCategory) }
        if place == nil { flags.append(.noPlace) }
        if hasUncertainTime { flags.append(.uncertainTime) }
        return flags
    }

    /// An open case can be overdue or not, depending on when it was said: that contradicts nothing.
    private var claimContradictsTimes: Bool {
        guard let claim else { return false }
        guard let dueAt else { return claim == .overdue }
        guard let closedAt else { return false }
        return (closedAt > dueAt) != (claim == .overdue)
    }
}

/// Names the system that external ids come from: 1 to 32 of `a` to `z`, `0` to `9` and `-`.
package struct SourceCode: Hashable, Sendable, CustomStringConvertible {
    /// The code.
    package let description: String

    /// Nil for anything else.
    package init?(_ text: String) {
        let isCode = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: byte == UInt8(ascii: "-")
            }
        }
        guard isCode, 1...32 ~= text.utf8.count else { return nil }
        description = text
    }
}

/// Makes a text of a field, within its limit; nil if it is empty or only spaces.
func importedText(
    _ text: String,
    of column: String,
    limit: Int
) throws(RefusalReason) -> String? {
    let bytes = text.utf8.count
    guard bytes <= limit else { throw .textTooLong(column, bytes: bytes, limit: limit) }
    return text.utf8.allSatisfy { $0 == UInt8(ascii: " ") } ? nil : text
}
