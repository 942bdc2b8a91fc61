internal import Encoding
internal import Ledger

/// What came of mediations and of what was agreed in them.
package struct MediationFigures: Hashable, Sendable {
    /// Dispute cases (of a class of GB/T 31000) in which a mediation was opened, of all of them.
    package private(set) var rate = Share()
    /// Mediations opened; a case can have several.
    package private(set) var opened: UInt64 = 0
    /// Agreements of the mediations that ended.
    package private(set) var success = Share()
    /// Ended because a party refused, and because the application was withdrawn.
    package private(set) var refused: UInt64 = 0
    package private(set) var withdrawn: UInt64 = 0
    /// Items of agreements done within their term, of those whose term is over or that are done.
    package private(set) var performance = Share()
    /// Items without a term.
    package private(set) var itemsWithoutTerm: UInt64 = 0
    /// Cases in which a court was asked for confirmation.
    package private(set) var applied: UInt64 = 0
    /// What courts decided, by code of X-QR.
    package private(set) var decisions: [String: UInt64] = [:]

    mutating func count(_ view: SubjectView, _ acts: [EffectiveAct], now: UInt64) {
        let talks = acts.count { $0.operation.act == .mediate }
        if view.isDispute { rate.count(talks > 0) }
        opened += UInt64(talks)
        let agreements = acts.count { $0.operation.act == .agree }
        let ends = acts.filter { $0.operation == .end }
        for _ in 0..<agreements { success.count(true) }
        for _ in ends { success.count(false) }
        // Talks that a closing or a referral cut off ended without an agreement.
        if view.stage.isEnded {
            for _ in 0..<max(0, talks - agreements - ends.count) { success.count(false) }
        }
        for end in ends {
            switch end.header.code(.endReason) {
            case "refused": refused += 1
            case "withdrawn": withdrawn += 1
            default: break
            }
        }
        if agreements > 0 { countItems(view, acts, now: now) }
        if view[.appliedAt] != nil { applied += 1 }
        if let decision = view.text(.confirmation) { decisions[decision, default: 0] += 1 }
    }

    /// Items with terms of their own, else the agreement as one item with its term.
    private mutating func countItems(
        _ view: SubjectView,
        _ acts: [EffectiveAct],
        now: UInt64
    ) {
        let done = acts.filter { act in
            act.operation == .perform && act.header[field: CaseField.done.rawValue] == .bool(true)
        }
        let items = max(view.count(of: .item), view.count(of: .itemTerms))
        for number in 1...max(1, items) {
            let doneAt = done.filter { act in
                items == 0
                    || act.header[field: CaseField.itemNumber.rawValue] == .unsigned(UInt64(number))
            }.map(\.header.caseTime).min()
            guard let term = view.term(ofItem: number) else {
                itemsWithoutTerm += 1
                continue
            }
            if doneAt != nil || term <= now {
                performance.count(doneAt.map { $0 <= term } ?? false)
            }
        }
    }
}

extension SubjectView {
    /// Whether it is of a class of disputes, and not taken back or part of another case.
    var isDispute: Bool {
        stage != .merged && stage != .voided
            && countedCategory.map { CodeList.eventTypes[$0] != nil } ?? false
    }

    /// How many values a field that holds a list has.
    fileprivate func count(of field: CaseField) -> Int {
        guard case .array(let items)? = self[field] else { return 0 }
        return items.count
    }

    /// Until when an item, counted from 1, is to be done: its own term, else the agreement's.
    fileprivate func term(ofItem number: Int) -> UInt64? {
        if case .array(let terms)? = self[.itemTerms], terms.indices.contains(number - 1),
            case .unsigned(let term) = terms[number - 1], term > 0
        {
            return term
        }
        return self.number(.term)
    }
}
