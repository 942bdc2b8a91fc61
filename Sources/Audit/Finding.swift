package import Crypto
internal import Encoding

/// One thing that a verification found.
package struct Finding: Hashable, Sendable {
    /// How much it weighs.
    package enum Gravity: String, Sendable {
        /// What is stored is not what was signed, or does not follow from it.
        case error
        /// Lawful and worth knowing, such as an entry that has no effect.
        case note
    }

    /// What it is about; the raw value stands in machine output and does not change.
    package enum Kind: String, CaseIterable, Sendable {
        /// Header, leaf and parts of an entry do not belong together.
        case entry
        /// An entry is not there.
        case missing
        /// A row belongs to no log or no entry.
        case orphan
        /// A header without effect: malformed, or it names another place.
        case header
        /// An author's signature, or the mark that it is bad.
        case signature
        /// An author had no right, or the entry does not fit; it has no effect.
        case right
        /// A row of the table of logs.
        case log
        /// The tree does not have the root that is stored or signed.
        case root
        /// A checkpoint is none of its log's.
        case checkpoint
        /// A cut of an ended right names another history.
        case cut
        /// A stored subtree of a tree.
        case tile
        /// Which entries are about what.
        case index
        /// The merged view.
        case view
        /// What is kept of forks is no proof.
        case evidence
        /// What is remembered of imports.
        case imported
        /// To which ledger and log the home belongs.
        case identity
        /// How far the own log was signed.
        case fence
        /// The database file itself.
        case database
    }

    /// The log, if it is about one.
    package let log: Digest?
    /// The entry's index in it, if it is about one.
    package let sequence: UInt64?
    /// What it is about.
    package let kind: Kind
    /// What was found, got and wanted; no case content.
    package let text: String
    /// How much it weighs.
    package let gravity: Gravity

    /// Takes all fields.
    package init(
        _ kind: Kind,
        _ text: String,
        log: Digest? = nil,
        sequence: UInt64? = nil,
        gravity: Gravity = .error
    ) {
        self.kind = kind
        self.text = text
        self.log = log
        self.sequence = sequence
        self.gravity = gravity
    }
}

extension Finding: CustomStringConvertible {
    package var description: String {
        let place = [log.map { "log \($0.short)" }, sequence.map { "entry \($0)" }]
            .compactMap { $0 }.joined(separator: " ")
        return "\(gravity.rawValue): \(place.isEmpty ? "" : "\(place): ")\(text)"
    }
}

/// Findings in the order in which they came, so many of them kept and the rest counted.
package struct FindingList: Sendable {
    /// Most findings that are kept, errors before notes.
    package static let keptMax = 1_000

    /// How many errors there were.
    package private(set) var errorCount = 0
    /// How many notes there were.
    package private(set) var noteCount = 0

    private var errors: [Finding] = []
    private var notes: [Finding] = []

    /// Starts without any.
    package init() {}

    /// Counts a finding, and keeps it while there is room.
    package mutating func add(_ finding: Finding) {
        switch finding.gravity {
        case .error:
            errorCount += 1
            if errors.count < Self.keptMax { errors.append(finding) }
        case .note:
            noteCount += 1
            if notes.count < Self.keptMax { notes.append(finding) }
        }
    }

    /// What was kept: errors, then notes.
    package var kept: [Finding] { Array((errors + notes).prefix(Self.keptMax)) }
}
