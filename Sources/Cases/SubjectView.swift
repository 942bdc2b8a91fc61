package import Crypto
package import Encoding
package import Ledger

/// The merged state of one subject.
///
/// A pure function of its entries, the rights of their authors, the policy and the parts that are
/// held: the same set gives the same bytes (``encoded``).
package struct SubjectView: Hashable, Sendable {
    /// The subject.
    package let id: SubjectID
    /// What it is.
    package let kind: SubjectKind
    /// An alias for people, such as `330113002-20261123-1a2b-7`.
    package let number: String
    /// Whether an import opened it.
    package let isImported: Bool
    /// Where it was opened; its rights and statistics follow from it.
    package let scope: Scope
    /// When it was opened, by the opening entry.
    package let openedAt: UInt64
    /// The stage that counts.
    package let stage: Stage
    /// Who has to act, and what is offered to whom.
    package let custody: Custody
    /// Other subjects that it belongs together with.
    package let links: [Link]
    /// Every register that was written, numbers rising.
    package let registers: [Register]
    /// Code of the deadline profile that counts, as it was given or follows from the policy.
    package let profile: String
    /// The clocks of the profile, of what was done, and of the case's own terms.
    package let deadlines: [Deadline]
    /// What has to be settled, by register.
    package let conflicts: [Conflict]
    /// What is odd about an imported record, in the order of `ImportFlag.allCases`.
    package let flags: [ImportFlag]
    /// What was redacted and not refused, or approved, in the order in which it took effect.
    package let redactions: [Redaction]
    /// How many entries have which verdict.
    package let counts: Counts
    /// Parts of its entries that are not held here, hashes rising; without those that were
    /// destroyed for good.
    package let absentParts: [AbsentPart]
    /// Largest header time of the entries in effect, milliseconds since 1970.
    package let updatedAt: UInt64
    /// The least version of this program that can judge all of it, if it is not this one.
    package let needsVersion: UInt64?

    /// A part that is not held here.
    package struct AbsentPart: Hashable, Sendable {
        /// Its entry.
        package let entry: Digest
        /// Its index in the header.
        package let part: Int
    }

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

    /// What contradicts itself and waits for somebody.
    package struct Conflict: Hashable, Sendable {
        /// Why it does.
        package let reason: Reason
        /// Number of the field.
        package let register: UInt64
        /// The values, latest (time, hash) first.
        package let writes: [Write]
        /// Who has to settle it.
        package let owner: Scope
        /// Until when, milliseconds since 1970.
        package let answerBy: UInt64

        /// Why something has to be settled.
        package enum Reason: String, Sendable {
            /// Concurrent values differ.
            case values
            /// Offices say one after another that the case is not theirs.
            case disputedCustody = "disputed-custody"
            /// An agreement that not everybody signed stands beside the end of the talks.
            case refusedAgreement = "refused-agreement"
            /// Each of two cases was merged into the other.
            case mergedBothWays = "merged-both-ways"
        }
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
        package var proposed = 0
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

    /// How long a conflict may wait after the latest of its values.
    ///
    /// - Source: 信访工作条例 art. 23 and 24, five working days.
    package static let settlingTime = TimeLimit.workingDays(5)
}

extension SubjectView {
    /// Who has to act, and how the subject came there.
    package struct Custody: Hashable, Sendable {
        /// Who has to act; where several stand beside each other, the one that counts.
        package let holder: Scope
        /// Who had it before; nil while it has not changed hands.
        package let cameFrom: Scope?
        /// Offers that nobody has answered, the one that counts first.
        package let offers: [Offer]
        /// How often it changed hands.
        package let hops: Int
        /// How often it came back to whom it had just left.
        package let returns: Int
        /// How often somebody did not take it.
        package let rejections: Int
        /// For how long offers waited for their answers, in milliseconds.
        package let waited: UInt64
        /// Requests for help that stand, in the order in which they took effect.
        package let assistances: [Assistance]
    }

    /// A place that helps who has to act.
    package struct Assistance: Hashable, Sendable {
        /// The entry that asked for it, by which it is ended.
        package let entry: Digest
        /// The log of whoever asked.
        package let log: Digest
        /// Who helps.
        package let to: Scope
        /// Since when.
        package let time: UInt64
    }

    /// Entries whose parts are hidden; once it is approved they are destroyed for good.
    package struct Redaction: Hashable, Sendable {
        /// The entry that asks for it, by which it is answered.
        package let entry: Digest
        /// The log of whoever asked.
        package let log: Digest
        /// When.
        package let time: UInt64
        /// Code of the legal ground.
        package let ground: String
        /// Until when the law wants the parts kept, unused; nil for no such time.
        package let keepUntil: UInt64?
        /// The entries whose parts it names.
        package let named: [Digest]
        /// Who approved it, in the order in which that took effect; none while it waits.
        package let approvals: [Approval]
    }

    /// An entry that lets parts be destroyed.
    package struct Approval: Hashable, Sendable {
        /// The entry.
        package let entry: Digest
        /// Its log.
        package let log: Digest
        /// When.
        package let time: UInt64
    }

    /// An offer without an answer.
    package struct Offer: Hashable, Sendable {
        /// The entry, by which it is answered.
        package let entry: Digest
        /// The log of whoever offers.
        package let log: Digest
        /// To whom.
        package let to: Scope
        /// When, by the offering node's clock.
        package let time: UInt64
        /// Until when an answer is wanted.
        package let answerBy: UInt64
        /// From when it counts as disputed who has to act.
        package let disputedFrom: UInt64
        /// Whether it would go back to whom it came from.
        package let isReturn: Bool
        /// Whether another offer, made without knowing of this one, came first.
        package let isSuperseded: Bool
    }

    /// One other subject that this one belongs together with.
    package struct Link: Hashable, Sendable {
        /// How the two belong together.
        package enum Kind: Hashable, Sendable {
            /// This is the same matter as the other, which leads.
            case duplicateOf
            /// The other is the same matter as this, which leads.
            case leads
            /// They stay apart; the code of the relation, and whether this one was named first.
            case related(String, isFirst: Bool)
        }

        /// The other subject.
        package let other: SubjectID
        /// How.
        package let kind: Kind
        /// The entry that links them.
        package let entry: Digest
        /// The log of whoever did.
        package let log: Digest
        /// When.
        package let time: UInt64
        /// Whether both sides agree; a relation needs only one.
        package let isAgreed: Bool
        /// Whether it was proposed from the other side, so that this side has to answer.
        package let isProposal: Bool
    }
}

extension SubjectView {
    /// Who has to act.
    package var holder: Scope { custody.holder }

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
    package var wasOverdue: Bool {
        deadlines.contains { $0.state == .missed && !$0.clock.isInformation }
    }

    /// The category under which statistics count it: the one that stands, the class that all share
    /// that stand beside each other, else 99; nil if there is none.
    package var countedCategory: String? {
        guard let register = registers.first(where: { $0.id == CaseField.category.rawValue }) else {
            return nil
        }
        let codes = register.writes.compactMap { write -> String? in
            if case .text(let code)? = write.value { code } else { nil }
        }
        guard let first = codes.first else { return nil }
        if codes.allSatisfy({ $0 == first }) { return first }
        let parent = String(first.prefix(2))
        return codes.allSatisfy { $0.hasPrefix(parent) } ? parent : "99"
    }
}
