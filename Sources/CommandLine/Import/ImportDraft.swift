internal import Cases
internal import Encoding
internal import Ledger

extension ImportRecord {
    /// The entry's values when the record is taken for the first time: everything it says.
    ///
    /// The category stays in the source's own words: which class of ours it is, a person says.
    ///
    /// - Throws: what does not fit its field.
    func openingDraft() throws(CaseDraftError) -> CaseDraft {
        var draft = try stateDraft()
        let texts: [(CaseField, String?)] = [
            (.summary, summary), (.place, place), (.sourceCategory, category),
            (.sourceChannel, channel), (.resolution, closingNote), (.reply, reply),
        ]
        for case (let field, let text?) in texts { try draft.set(field, .text(text)) }
        for value in file.values { try value.set(in: &draft) }
        return draft
    }

    /// The values when the source's state has changed: the state and its times, and the texts of
    /// the closing that `view` does not have.
    ///
    /// Texts that were taken before are not written again, so that one that was erased since does
    /// not come back.
    func updateDraft(_ view: SubjectView) throws(CaseDraftError) -> CaseDraft {
        var draft = try stateDraft()
        let known = Set(view.registers.map(\.id))
        let texts: [(CaseField, String?)] = [(.resolution, closingNote), (.reply, reply)]
        for case (let field, let text?) in texts where !known.contains(field.rawValue) {
            try draft.set(field, .text(text))
        }
        return draft
    }

    private func stateDraft() throws(CaseDraftError) -> CaseDraft {
        var draft = CaseDraft(.takeOver)
        try draft.set(.source, .text(source.description))
        try draft.set(.externalID, .text(externalID))
        for (field, value) in state { try draft.set(field, value) }
        return draft
    }

    /// What the source says of the state, as header fields.
    private var state: [(CaseField, CBORValue)] {
        var state: [(CaseField, CBORValue)] = [(.state, .text(isClosed ? "closed" : "open"))]
        if let openedAt { state.append((.reportedAt, .unsigned(openedAt))) }
        if let closedAt { state.append((.closedAt, .unsigned(closedAt))) }
        if let dueAt { state.append((.target, .unsigned(dueAt))) }
        if let claim {
            state.append((.claim, .text(claim == .overdue ? "overdue" : "ontime")))
        }
        return state
    }

    /// Whether the record says something else of the state than when it was last taken.
    ///
    /// Compared with the last import in effect, not with the view: what was corrected here since
    /// is not undone by reading the same record again.
    func differs(from last: JudgedEntry) -> Bool {
        let said = Dictionary(last.values.map { ($0.id, $0.value) }) { first, _ in first }
        let says = Dictionary(
            state.map { ($0.0.rawValue, $0.1) },
            uniquingKeysWith: { first, _ in first }
        )
        let fields: [CaseField] = [.state, .closedAt, .target, .claim]
        return fields.contains { says[$0.rawValue] != said[$0.rawValue] ?? nil }
    }
}
