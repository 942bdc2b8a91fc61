package import Crypto
package import Encoding
package import Ledger

/// The merged state of one case.
///
/// A pure function of its entries, the rights of their authors and the parts that are held: the
/// same set gives the same bytes (``encoded``).
package struct CaseView: Hashable, Sendable {
    /// The subject.
    package let id: SubjectID
    /// An alias for people, such as `330113002-20261123-1a2b-7`.
    package let number: String
    /// Whether an import opened it.
    package let isImported: Bool
    /// Where it was opened; its rights and statistics follow from it.
    package let scope: Scope
    /// Who has to act.
    package let holder: Scope
    /// The stage that counts.
    package let stage: Stage
    /// Every register that was written, numbers rising.
    package let registers: [Register]
    /// Code of the deadline profile that counts, as it was given.
    package let profile: String
    /// The clocks of the profile and of the case's own terms.
    package let deadlines: [Deadline]
    /// What has to be settled, by register.
    package let conflicts: [Conflict]
    /// What is odd about an imported record, in the order of `ImportFlag.allCases`.
    package let flags: [ImportFlag]
    /// How many entries have which verdict.
    package let counts: Counts
    /// Largest header time of the entries in effect, milliseconds since 1970.
    package let updatedAt: UInt64
    /// The least version of this program that can judge all of it, if it is not this one.
    package let needsVersion: UInt64?

    /// One value that stands in a register, with who gave it.
    package struct Write: Hashable, Sendable {
        /// The value; nil where its part is not held.
        package let value: CBORValue?
        /// The entry.
        package let entry: Digest
        /// The author's log.
        package let log: Digest
        /// The header's time.
        package let time: UInt64
    }

    /// A register with every value that no later operation has replaced.
    package struct Register: Hashable, Sendable {
        /// Number of the field.
        package let id: UInt64
        /// What is shown; nil where the part is not held.
        package let shown: CBORValue?
        /// All of them: latest (time, hash) first; those of a set in display order.
        package let writes: [Write]
    }

    /// Concurrent values that contradict each other.
    package struct Conflict: Hashable, Sendable {
        /// Number of the field.
        package let register: UInt64
        /// The values, latest (time, hash) first.
        package let writes: [Write]
        /// Who has to settle it.
        package let owner: Scope
        /// Until when, milliseconds since 1970.
        package let answerBy: UInt64
    }

    /// How many entries have which verdict.
    package struct Counts: Hashable, Sendable {
        package var entries = 0
        package var waiting = 0
        package var inadmissible = 0
        package var withoutRight = 0
        package var malformed = 0
        package var forged = 0
        package var needingVersion = 0
    }

    /// What is odd about an imported record; its dates are kept as the source has them.
    package enum ImportFlag: String, CaseIterable, Sendable {
        case closedBeforeOpened = "closed-before-opened"
        case noClosingTime = "no-closing-time"
        case noTarget = "no-target"
        case claimedOverdue = "claimed-overdue"
        /// The source's claim is not what its own dates say.
        case claimContradicted = "claim-contradicted"
        /// The source gave none; not set while a part is not held.
        case missingSummary = "missing-summary"
    }

    /// How long after the latest of its values a conflict is to be settled, in milliseconds.
    package static let settlingTime: UInt64 = 5 * 86_400_000
}

extension CaseView {
    /// The value shown for a field.
    package subscript(field: CaseField) -> CBORValue? { registers[field] }

    /// The instant or count shown for a field, such as a milestone.
    package func number(_ field: CaseField) -> UInt64? { registers.number(field) }

    /// The text or code shown for a field.
    package func text(_ field: CaseField) -> String? { registers.text(field) }

    /// Whether a clock still runs that has run out.
    package func isOverdue(now: UInt64) -> Bool {
        deadlines.contains { $0.isOverdue(now: now) }
    }

    /// Whether a step came too late; closing does not wipe it out.
    package var wasOverdue: Bool { deadlines.contains { $0.state == .missed } }
}
