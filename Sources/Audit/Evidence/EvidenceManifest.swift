package import Crypto
internal import Encoding
package import Ledger

/// What evidence says of itself: nothing of it is believed, everything is held against the entries.
///
/// - Source: `Protocol/evidence.md` section 3.
package struct EvidenceManifest: Hashable, Sendable {
    /// What became of one part of an entry in the evidence.
    package enum PartState: Character, CaseIterable, Sendable {
        /// It is in the evidence.
        case disclosed = "d"
        /// It is held and was kept back.
        case withheld = "w"
        /// Sealed: persons' data, which evidence never opens.
        case sealed = "s"
        /// A redaction hides or has destroyed it.
        case redacted = "r"
        /// The node that made the evidence does not hold it.
        case absent = "a"
    }

    /// One entry of the evidence.
    package struct Item: Hashable, Sendable {
        /// Entry hash.
        package let entry: Digest
        /// Whether it is about the subject; else it is of the roster and says who may do what.
        package let isAboutSubject: Bool
        /// One for each part of the header.
        package let parts: [PartState]

        /// Takes all fields.
        package init(entry: Digest, isAboutSubject: Bool, parts: [PartState]) {
            self.entry = entry
            self.isAboutSubject = isAboutSubject
            self.parts = parts
        }
    }

    /// Most entries of evidence.
    package static let itemsMax = 4_096
    /// Most bytes of the text.
    package static let bytesMax = 1 << 20
    /// Most bytes of headers, leaves, proofs, parts and salts together.
    package static let entriesBytesMax = 256 << 20

    /// The founding entry.
    package let ledger: Digest
    /// What it is about.
    package let subject: SubjectID
    /// The frontier from which the entries were taken.
    package let frontier: Digest
    /// By which fold the maker judged them.
    package let fold: UInt64
    /// When it was made, milliseconds since 1970, by the maker's clock.
    package let now: UInt64
    /// Whether the maker gives every entry about the subject that its frontier holds.
    package let isWhole: Bool
    /// Rising by entry.
    package let items: [Item]

    /// Takes all fields.
    package init(
        ledger: Digest,
        subject: SubjectID,
        frontier: Digest,
        fold: UInt64,
        now: UInt64,
        isWhole: Bool,
        items: [Item]
    ) {
        self.ledger = ledger
        self.subject = subject
        self.frontier = frontier
        self.fold = fold
        self.now = now
        self.isWhole = isWhole
        self.items = items.sorted { $0.entry < $1.entry }
    }

    /// The text, as it stands in a file.
    package var text: String {
        var lines = [
            "format=linli/evidence/v1", "ledger=\(ledger)", "subject=\(hex(subject.bytes))",
            "frontier=\(frontier)", "fold=\(fold)", "now=\(now)",
            "whole=\(isWhole ? "yes" : "no")",
        ]
        lines += items.map { item in
            let parts = String(item.parts.map(\.rawValue))
            return "entry=\(item.entry) \(item.isAboutSubject ? "subject" : "roster")"
                + " \(parts.isEmpty ? "-" : parts)"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads a text in its only form.
    ///
    /// - Throws: ``EvidenceError``.
    package init(text: String) throws(EvidenceError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw EvidenceError("the manifest is too long")
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        func next(_ key: String) throws(EvidenceError) -> Substring {
            guard lines.count > 1, let line = lines.first, line.hasPrefix(key + "=") else {
                throw EvidenceError("the manifest lacks the line \(key)")
            }
            lines.removeFirst()
            return line.dropFirst(key.utf8.count + 1)
        }
        func digest(_ word: Substring) throws(EvidenceError) -> Digest {
            guard let digest = Digest(hex: String(word)) else {
                throw EvidenceError("the manifest has a hash that is not of 64 digits")
            }
            return digest
        }
        func number(_ key: String) throws(EvidenceError) -> UInt64 {
            guard let number = UInt64(try next(key)) else {
                throw EvidenceError("the manifest has no number at \(key)")
            }
            return number
        }
        guard try next("format") == "linli/evidence/v1" else {
            throw EvidenceError("the manifest is of another version than 1")
        }
        ledger = try digest(next("ledger"))
        guard let bytes = unhex(String(try next("subject"))), let id = SubjectID(bytes) else {
            throw EvidenceError("the manifest names no subject")
        }
        subject = id
        frontier = try digest(next("frontier"))
        fold = try number("fold")
        now = try number("now")
        isWhole = try next("whole") == "yes"
        var items: [Item] = []
        while lines.count > 1 {
            let words = try next("entry").split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, items.count < Self.itemsMax else {
                throw EvidenceError("the manifest has another form at its entries, or too many")
            }
            guard words[2].utf8.count <= Header.partsMax else {
                throw EvidenceError(
                    "the manifest has an entry of \(words[2].utf8.count) parts, want at most"
                        + " \(Header.partsMax)"
                )
            }
            let states = words[2] == "-" ? [] : words[2].map(PartState.init(rawValue:))
            let item = Item(
                entry: try digest(words[0]),
                isAboutSubject: words[1] == "subject",
                parts: states.compactMap(\.self)
            )
            guard item.parts.count == states.count, ["subject", "roster"].contains(words[1]),
                items.last.map({ $0.entry < item.entry }) ?? true
            else { throw EvidenceError("the manifest has another form at its entries") }
            items.append(item)
        }
        guard lines.first == "" else { throw EvidenceError("the manifest ends within a line") }
        self.items = items
        // Bytes, since two strings are equal that only look so.
        guard Array(self.text.utf8) == Array(text.utf8) else {
            throw EvidenceError("the manifest is not in its only form")
        }
    }
}

/// Files are no evidence that could be checked.
package struct EvidenceError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether the files could not be read, so that nothing is said about what is in them.
    package let isUnreadable: Bool

    package init(_ description: String, isUnreadable: Bool = false) {
        self.description = description
        self.isUnreadable = isUnreadable
    }
}
