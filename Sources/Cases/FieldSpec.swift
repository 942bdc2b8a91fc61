package import Encoding
internal import Ledger

/// One of the erasable parts that an operation may have, in this order.
package enum PartKind: Int, CaseIterable, Sendable {
    /// Categories, places finer than the scope, units: nothing about a person.
    case detail
    /// Free text, which may name people; sealed if its writer or a policy says so.
    case text
    /// Persons' names, telephones, numbers: sealed, always.
    case sealed
}

/// Where a field stands in an entry.
package enum FieldPlace: Hashable, Sendable {
    /// In the header, for ever: codes, ids, instants, counts.
    case header
    /// In an erasable part.
    case part(PartKind)
}

/// What a field holds and how it is encoded.
package enum FieldType: Hashable, Sendable {
    /// A code of a list: text of 1 to 32 letters, digits or hyphens.
    case code(CodeList)
    /// Free text of at most so many Unicode scalars.
    case text(max: Int)
    /// Unsigned, milliseconds since 1970, before the year 10000.
    case instant
    /// Unsigned.
    case count
    /// Text of 1 to 32 lowercase letters, digits or hyphens.
    case identifier
    /// False or true.
    case flag
    /// Thirty-two bytes: an entry hash, or the hash of a document.
    case digest
    /// Up to so many of them.
    case digests(count: Int)
    /// Sixteen bytes: the id of another subject.
    case subject
    /// Up to `count` texts of at most `max` Unicode scalars.
    case texts(max: Int, count: Int)
    /// Up to so many instants; zero for one that is not known.
    case instants(count: Int)
    /// Up to so many identifiers.
    case identifiers(count: Int)
    /// Up to so many days, each the number `YYYYMMDD`.
    case dates(count: Int)
    /// Rows of a grid version; see ``Grid``.
    case grids(count: Int)
    /// Clocks of a profile; see ``ProfileClock``.
    case clocks(count: Int)

    /// The first instant of the year 10000, which no field reaches.
    package static let instantLimit: UInt64 = 253_402_300_800_000
    /// Most letters of a code or an identifier.
    package static let codeMax = 32

    /// Whether a received value is of this type; a code need not be in the list, and a text that
    /// a newer version allowed to be longer is taken as well.
    package func admits(_ value: CBORValue) -> Bool {
        switch (self, value) {
        case (.code, .text(let text)): Self.isCode(text, isLowercase: false)
        case (.identifier, .text(let text)): Self.isCode(text, isLowercase: true)
        case (.text, .text), (.count, .unsigned), (.flag, .bool): true
        case (.instant, .unsigned(let instant)): instant < Self.instantLimit
        case (.digest, .bytes(let bytes)): bytes.count == Bytes32.count
        case (.subject, .bytes(let bytes)): bytes.count == SubjectID.count
        case (_, .array(let items)): admits(items)
        default: false
        }
    }

    /// Whether the items of a received list are of this type; more than a writer may give are
    /// taken, since a newer version may allow them.
    private func admits(_ items: [CBORValue]) -> Bool {
        let item: FieldType
        switch self {
        case .digests: item = .digest
        case .texts(let max, _): item = .text(max: max)
        case .instants: item = .instant
        case .identifiers: item = .identifier
        case .dates: item = .count
        case .grids: return items.allSatisfy { Grid($0) != nil }
        case .clocks: return items.allSatisfy { ProfileClock($0) != nil }
        default: return false
        }
        return items.allSatisfy(item.admits)
    }

    /// Whether one item of a list, or a value that is no list, is of this type.
    func itemAdmits(_ value: CBORValue) -> Bool {
        itemsMax == nil ? admits(value) : admits([value])
    }

    /// Most items that a writer may give; nil for a type that holds one value.
    package var itemsMax: Int? {
        switch self {
        case .digests(let count), .texts(_, let count), .instants(let count),
            .identifiers(let count), .dates(let count), .grids(let count), .clocks(let count):
            count
        case .code, .text, .instant, .count, .identifier, .flag, .digest, .subject: nil
        }
    }

    /// Whether the text has the form of a code, so that it can not be free text.
    static func isCode(_ text: String, isLowercase: Bool) -> Bool {
        (1...codeMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { character in
                switch character {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"):
                    true
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): !isLowercase
                default: false
                }
            }
    }
}

/// How the values that several entries give to one field come together.
package enum RegisterKind: Hashable, Sendable {
    /// One is shown, the one with the largest (time, hash); distinct concurrent ones conflict.
    case single
    /// The earliest instant is shown and nothing conflicts; who sets it outright replaces it.
    case milestone
    /// Joined by the table of pairs of ``Stage``.
    case stage
    /// All of them, in display order.
    case set
    /// Who has to act: an assignment from above goes first, then the offer that came first.
    case holder
    /// Offers that nobody has answered.
    case offers
    /// Links to other subjects; each stays until it is taken back.
    case links
    /// Places that help who has to act; each stays until it is released.
    case assistants
    /// Redactions; each stays until it is refused.
    case redactions
    /// It belongs to its act and is read in the history only.
    case act
}

/// One field of the table: what it is called, where it stands, what it holds.
///
/// A class, since a row of the table is only ever referred to: copies would cost the fold more
/// than all its work.
package final class FieldSpec: Sendable {
    /// Which field; its raw value is its number in entries.
    package let field: CaseField
    /// Its flag on the command line, without the hyphens, and its name in machine output.
    package let flag: String
    /// What a reader sees.
    package let label: Label
    /// One line of help.
    package let help: Label
    /// Where it stands.
    package let place: FieldPlace
    /// What it holds.
    package let type: FieldType
    /// How concurrent values come together.
    package let register: RegisterKind
    /// Whether `case.amend` may set it.
    package let isAmendable: Bool

    init(
        _ field: CaseField,
        _ flag: String,
        _ label: Label,
        _ place: FieldPlace,
        _ type: FieldType,
        _ register: RegisterKind,
        _ help: Label,
        isAmendable: Bool
    ) {
        self.field = field
        self.flag = flag
        self.label = label
        self.place = place
        self.type = type
        self.register = register
        self.help = help
        self.isAmendable = isAmendable
    }
}

extension FieldSpec {
    /// Whether what it holds can be sealed.
    package var isSealable: Bool { place == .part(.text) || isPersonal }

    /// Whether it holds persons' data, which are never written but sealed.
    package var isPersonal: Bool { place == .part(.sealed) }

    /// A value as a reader sees it: a code with its name, an instant in the ledger's time.
    ///
    /// A code that no list has, and a value of another type, are shown as they are.
    package func display(_ value: CBORValue) -> Label {
        switch (type, value) {
        case (.code(let list), .text(let code)):
            guard let known = list[code] else { return Label(code, code) }
            return Label("\(code) \(known.label.zh)", "\(code) \(known.label.en)")
        case (.instant, .unsigned(let instant)):
            let text = LedgerTime.text(instant)
            return Label(text, text)
        case (_, .bool(let truth)): return truth ? Label("是", "yes") : Label("否", "no")
        case (_, .text(let text)): return Label(text, text)
        case (.instants, .unsigned(let instant)):
            let text = instant == 0 ? "–" : LedgerTime.text(instant)
            return Label(text, text)
        case (_, .unsigned(let number)): return Label("\(number)", "\(number)")
        case (_, .bytes(let bytes)): return Label(hex(bytes), hex(bytes))
        case (.clocks, .array(let values)):
            let text = values.compactMap { ProfileClock($0)?.text }.joined(separator: "; ")
            return Label(text, text)
        case (.grids, .array(let values)):
            let text = values.compactMap { Grid($0)?.text }.joined(separator: "; ")
            return Label(text, text)
        case (_, .array(let values)):
            let labels = values.map(display)
            return Label(
                labels.map(\.zh).joined(separator: "、"),
                labels.map(\.en).joined(separator: ", ")
            )
        default:
            let bytes = hex(value.encoded)
            return Label(bytes, bytes)
        }
    }
}

extension FieldSpec: Hashable {
    package static func == (left: FieldSpec, right: FieldSpec) -> Bool {
        left.field == right.field
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(field) }
}
