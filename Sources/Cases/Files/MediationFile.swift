internal import Crypto

/// The file of a people's mediation as the ledger holds it: what the law wants kept of a case, in
/// the order in which an office files it.
///
/// A function of the folded case alone. What follows from *now* is computed when asked.
///
/// - Source: 人民调解法 art. 27: 登记、调解工作记录、调解协议书.
package struct MediationFile: Hashable, Sendable {
    /// The case.
    package let view: SubjectView
    /// Every entry about it, in effect or not, in display order.
    package let history: [JudgedEntry]
    /// The entries in effect.
    package let acts: [FiledAct]

    private let writers: [Digest: EntryWriter]

    /// Nil while nothing opens the case, and for what is no case.
    package init?(_ folded: FoldedSubject) {
        guard let view = folded.view, view.kind == .case else { return nil }
        self.view = view
        history = folded.history
        acts = folded.history.acts
        writers = folded.history.writers
    }

    /// What stands under a field, with who said it.
    package subscript(field: CaseField) -> FiledValue { FiledValue(field, view, writers) }

    /// The entries in effect of one operation.
    func acts(_ operation: CaseOperation) -> [FiledAct] {
        acts.filter { $0.operation == operation }
    }

    /// The records that were taken over from elsewhere and say something of a field.
    private func taken(with field: CaseField) -> [FiledAct] {
        acts(.takeOverRecord).filter { $0[field] != .unsaid }
    }

    private func inOrder(_ some: [FiledAct]) -> [FiledAct] {
        let wanted = Set(some.map(\.entry))
        return acts.filter { wanted.contains($0.entry) }
    }
}

extension MediationFile {
    // MARK: Sections

    /// What the first page names.
    package static let cover: [CaseField] = [
        .name, .category, .sourceCategory, .scale, .organisation, .mediators, .reportedAt,
        .acceptedAt, .mediatedAt, .agreedAt, .mediationEndedAt, .closedAt, .archivedAt,
    ]
    /// 登记表.
    package static let registration: [CaseField] = [
        .channel, .sourceChannel, .reference, .reporter, .occurred, .reportedAt, .registeredAt,
        .acceptedAt, .place, .address, .grid, .summary, .brief, .involved, .people, .amount,
        .category, .scale, .risk, .level,
    ]
    /// How the talks were opened.
    package static let opening: [CaseField] = [
        .organisation, .mediators, .mode, .consent, .interest, .disclosure, .mediatedAt,
    ]
    /// 调解协议书, beside its items.
    package static let agreement: [CaseField] = [
        .form, .facts, .items, .agreedAt, .effective, .term, .signatures, .allSigned, .seal,
        .document,
    ]
    /// 办结.
    package static let closing: [CaseField] = [
        .outcome, .way, .resolution, .replied, .reply, .closedAt, .archivedAt, .rating, .comment,
    ]

    /// Whether it came to talks at all.
    package var isMediation: Bool {
        self[.mediatedAt].isSaid || hasAgreement || !ends.isEmpty || !sessions.isEmpty
            || self[.organisation].isSaid
    }

    /// Whether an agreement stands: one that was made after the talks last ended without one.
    package var hasAgreement: Bool {
        let said: [CaseField] = [.form, .agreedAt, .items, .item]
        return !hasFailed && said.contains { self[$0].isSaid }
    }

    /// Whether the talks ended without an agreement.
    package var hasFailed: Bool {
        guard let last = acts.last(where: { $0.operation == .end || $0.operation == .agree })
        else { return self[.endReason].isSaid && !self[.form].isSaid }
        return last.operation == .end
    }

    /// Whether the agreement is oral.
    package var isOral: Bool { self[.form].held.text == "oral" }

    /// 启动调解, once for each time that talks were opened.
    package var openings: [FiledAct] { acts(.mediate) }

    /// 调解工作记录, one for each session.
    package var sessions: [FiledAct] { inOrder(acts(.session) + taken(with: .points)) }

    /// Agreements that a later one replaced.
    package var formerAgreements: [FiledAct] { acts(.agree).dropLast() }

    /// 终止调解.
    package var ends: [FiledAct] { acts(.end) }

    /// 违约与督促.
    package var breaches: [FiledAct] { inOrder(acts(.breach) + taken(with: .action)) }

    /// 共享法庭指导.
    package var guidance: [FiledAct] { inOrder(acts(.consult) + taken(with: .guidance)) }

    /// 回访.
    package var visits: [FiledAct] { acts(.visit) }

    /// 反馈 and remarks.
    package var feedback: [FiledAct] { acts(.feedback) }

    /// Entries that name what is kept elsewhere by its hash: evidence, handed-over papers, the
    /// agreement's document.
    package var evidence: [FiledAct] {
        acts.filter { act in
            Self.hashes.contains { act[$0] != .unsaid }
        }
    }

    /// Fields that hold the hash of a file.
    package static let hashes: [CaseField] = [.evidence, .document, .package, .proof]

    // MARK: Confirmation by a court

    /// The days in which the parties may ask a court: until when, and how the clock stands.
    package var confirmationTerm: Deadline? {
        hasAgreement ? view.deadlines.first { $0.clock == .judicial } : nil
    }

    /// How many days of the thirty are left, counted in begun days; nil where nothing is left to
    /// wait for: no agreement, or an application that was made.
    package func confirmationDaysLeft(now: UInt64) -> UInt64? {
        guard let term = confirmationTerm, term.doneAt == nil else { return nil }
        guard term.due > now else { return 0 }
        return (term.due - now - 1) / Self.day + 1
    }

    static let day: UInt64 = 86_400_000
}
