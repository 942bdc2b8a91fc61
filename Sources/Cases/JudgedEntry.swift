package import Crypto
package import Ledger

/// What became of one entry about a subject.
package enum EntryVerdict: Hashable, Sendable {
    /// It counts.
    case effective
    /// It does not fit the state it landed in; kept and shown, without effect.
    case inadmissible(Inadmissible)
    /// Its author had no right to it.
    case noRight(RightVerdict)
    /// Its author's signature is bad.
    case forged
    /// It, or an entry it knew, is of a version that this program does not judge.
    case needsVersion(UInt64)
    /// It is not of the form of its operation.
    case malformed(Malformed)
    /// Some of what it knew is not here yet.
    case waiting
    /// Its author has the right to the other subject that it is about, not to this one: shown,
    /// without effect here until somebody on this side agrees.
    case proposed
    /// Its author's right had ended; it counts from where this entry of an office above stands.
    case ratified(by: Digest)
}

extension EntryVerdict {
    /// Whether the entry counts.
    package var isInEffect: Bool {
        switch self {
        case .effective, .ratified: true
        case .inadmissible, .noRight, .forged, .needsVersion, .malformed, .waiting, .proposed: false
        }
    }

    /// Whether the entry was held against the state it landed in.
    var isJudged: Bool { self != .waiting && neededVersion == nil }

    /// The version of this program that the entry needs, if not this one.
    var neededVersion: UInt64? {
        guard case .needsVersion(let version) = self else { return nil }
        return version
    }
}

/// Why an operation does not fit.
package enum Inadmissible: Hashable, Sendable {
    /// The author did not know an entry in effect that opens the subject.
    case notOpened
    /// The operation is for another kind of subject.
    case otherKind
    /// The operation is not for this stage.
    case stage(Stage)
    /// An import about a case that no import opened.
    case notImported
    /// Another office has to act.
    case notHolder
    /// An office above has to say so, over all places concerned.
    case notAbove
    /// There is an offer already that nobody has answered.
    case offerPending
    /// The offer that it answers was answered, taken back, or never made.
    case noOffer
    /// Another offer, made without knowing of this one, came first.
    case offerSuperseded
    /// The case did not come from there.
    case notFromThere
    /// The request for help that it names was ended, or never made.
    case noAssistance
    /// An entry that it names is not about this subject, was not known, or is of the roster.
    case noSuchEntry
    /// The redaction that it names was refused, or never made.
    case noRedaction
    /// The link that it names does not stand.
    case noLink
    /// Whoever proposed a link can not agree to it for the other side.
    case ownLink
    /// What it would settle does not contradict itself, or it names a value that does not stand.
    case nothingToSettle
    /// The clock can not be moved.
    case notExtendable
    /// The clock can be moved only if both parties agree.
    case noConsent
    /// Who dispatched a case does not appraise it, and who redacts does not approve.
    case sameHand
    /// The mediator has declared an interest.
    case interest
    /// The thirty days in which a court can be asked are over.
    case tooLate
}

/// Why an entry is not of the form of its operation.
package enum Malformed: Hashable, Sendable {
    /// It claims to open a subject whose id does not follow from its place.
    case notTheOpening
    /// It opens a subject without saying where.
    case noScope
    /// It is about more or fewer subjects than its operation.
    case subjects
    /// It names a receiving place that its operation does not have, or lacks one.
    case receiver
    /// The field is required in the header and is not there.
    case missing(CaseField)
    /// The field's value in the header is not of its type, or the field belongs in a part.
    case field(CaseField)
    /// The list of fields in parts is not of its form or names a field of the header.
    case partFields
}

/// One entry with its verdict.
package struct JudgedEntry: Hashable, Sendable {
    /// The entry.
    package let entry: PlacedEntry
    /// What became of it.
    package let verdict: EntryVerdict
    /// The stage after it, as its author could know it; nil if the case was not open then or the
    /// entry is not judged.
    package let stage: Stage?

    /// The values it gives, for display.
    package var values: [EntryValue] { EntryValues.read(entry.header, entry.parts) }
}

/// The result of folding one subject.
package struct FoldedSubject: Hashable, Sendable {
    /// The merged state; nil while no entry in effect opens the case.
    package let view: SubjectView?
    /// Every entry once, in display order.
    package let history: [JudgedEntry]
}
