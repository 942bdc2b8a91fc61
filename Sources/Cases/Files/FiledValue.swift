package import Crypto
package import Encoding
internal import Ledger

/// Who wrote an entry, as far as the entry says.
package struct EntryWriter: Hashable, Sendable {
    /// The log it stands in.
    package let log: Digest
    /// Key hash of whoever signed it.
    package let author: Digest
    /// The office that the node only says it acts for.
    package let actor: String?

    init(_ entry: PlacedEntry) {
        log = entry.log
        author = entry.author
        actor = entry.header.actor
    }
}

/// What is held of a value.
package enum Held: Hashable, Sendable {
    /// Nobody said anything of it.
    case unsaid
    /// Somebody did, and its part is not held here or was erased.
    case notHeld
    /// This.
    case value(CBORValue)

    /// The text or code, if it is held and is one.
    package var text: String? {
        if case .value(.text(let text)) = self { text } else { nil }
    }

    /// The count or instant, if it is held and is one.
    package var number: UInt64? {
        if case .value(.unsigned(let number)) = self { number } else { nil }
    }

    /// The truth value, if it is held and is one.
    package var flag: Bool? {
        if case .value(.bool(let flag)) = self { flag } else { nil }
    }

    /// The texts of a list; a text alone counts as a list of one.
    package var texts: [String] {
        switch self {
        case .value(.text(let text)): [text]
        case .value(.array(let items)):
            items.compactMap { if case .text(let text) = $0 { text } else { nil } }
        default: []
        }
    }

    /// The hashes of a list, or the one that it is.
    var digests: [Digest] {
        switch self {
        case .value(.array(let items)): items.compactMap(\.bytes32)
        case .value(let value): [value.bytes32].compactMap { $0 }
        case .unsaid, .notHeld: []
        }
    }
}

/// What a file has under one label: the value that stands, or every one that contradicts another.
package struct FiledValue: Hashable, Sendable {
    /// One of the values, with who said it.
    package struct Said: Hashable, Sendable {
        /// The value.
        package let held: Held
        /// The entry.
        package let entry: Digest
        /// Who wrote it; nil if that entry is not among those the file was made of.
        package let writer: EntryWriter?
        /// The header's time.
        package let time: UInt64
    }

    /// Which field.
    package let field: CaseField
    /// Values that differ, the one that is shown first; none if nobody said anything.
    package let said: [Said]

    /// Whether what was said contradicts itself.
    package var isContradictory: Bool { said.count > 1 }

    /// Whether somebody said something, held here or not.
    package var isSaid: Bool { !said.isEmpty }

    /// The value that is shown.
    package var held: Held { said.first?.held ?? .unsaid }

    /// Reads the register of a field off a view.
    init(_ field: CaseField, _ view: SubjectView, _ writers: [Digest: EntryWriter]) {
        self.field = field
        let id = field.rawValue
        guard let register = view.registers.first(where: { $0.id == id }) else {
            said = []
            return
        }
        func entry(_ write: SubjectView.Write, _ value: CBORValue?) -> Said {
            Said(
                held: value.map(Held.value) ?? .notHeld,
                entry: write.entry,
                writer: writers[write.entry],
                time: write.time
            )
        }
        switch field.spec.register {
        case .single, .act:
            var values: [CBORValue?] = []
            var kept: [Said] = []
            for write in register.writes where !values.contains(write.value) {
                values.append(write.value)
                kept.append(entry(write, write.value))
            }
            said = kept
        case .milestone:
            // Of several the earliest holds: nothing contradicts itself.
            said = register.writes.filter { $0.value == register.shown }.prefix(1)
                .map { entry($0, register.shown) }
        case .set, .stage, .holder, .offers, .links, .assistants, .redactions:
            let isEmpty = register.shown == .array([])
            said = register.writes.prefix(1)
                .map { entry($0, isEmpty ? nil : register.shown) }
        }
    }
}

/// One entry in effect, with what it says.
package struct FiledAct: Hashable, Sendable {
    /// The entry.
    package let entry: Digest
    /// What it did.
    package let operation: CaseOperation
    /// When it happened, by its author.
    package let at: UInt64
    /// When it was written, if that was later.
    package let enteredAt: UInt64?
    /// Who wrote it.
    package let writer: EntryWriter
    /// What it says.
    package let values: [EntryValue]

    /// Nil for an entry without effect, and for one of no operation of this version.
    init?(_ judged: JudgedEntry) {
        let header = judged.entry.header
        guard judged.verdict.isInEffect,
            let operation = CaseOperation.named(header.operation)
        else { return nil }
        entry = judged.entry.hash
        self.operation = operation
        at = header.caseTime
        enteredAt = header.caseTime == header.time ? nil : header.time
        writer = EntryWriter(judged.entry)
        values = judged.values
    }

    /// What it says of a field; a value of another type counts as not held.
    package subscript(field: CaseField) -> Held {
        guard let value = values.first(where: { $0.id == field.rawValue }) else { return .unsaid }
        guard value.spec != nil, let held = value.value else { return .notHeld }
        return .value(held)
    }

    /// Whether it only takes over what happened outside the ledger.
    package var isTakenOver: Bool { operation == .takeOver || operation == .takeOverRecord }
}

extension [JudgedEntry] {
    /// The entries in effect, in display order.
    var acts: [FiledAct] { compactMap(FiledAct.init) }

    /// Who wrote each entry.
    var writers: [Digest: EntryWriter] {
        Dictionary(map { ($0.entry.hash, EntryWriter($0.entry)) }) { first, _ in first }
    }
}
