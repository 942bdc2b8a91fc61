import Cases
import Crypto
import Encoding
import Ledger
import Replica

/// What offices write: cases and what becomes of them, in bulk too, and what newer versions know.
struct Workload {
    /// Names of imported records given so far.
    private var lastImport: UInt64 = 0

    /// A draft from values; the operation's required fields must be among them.
    private static func draft(
        _ operation: CaseOperation,
        _ subject: EntryDraft.Subject,
        _ values: [(CaseField, String)]
    ) -> EntryDraft? {
        var draft = CaseDraft(operation)
        for (field, text) in values {
            guard (try? draft.set(field, text)) != nil else { return nil }
        }
        guard let content = try? draft.compiled() else { return nil }
        return EntryDraft(
            operation: operation.name,
            subject: subject,
            fields: content.fields,
            parts: content.parts
        )
    }

    /// Opens a case.
    static func report(_ scope: Scope, text: String) -> EntryDraft {
        var draft =
            draft(.report, .opened, [(.summary, text)])
            ?? EntryDraft(operation: "case.report", subject: .opened, fields: [])
        draft.scope = scope
        return draft
    }

    /// Adds a remark.
    static func note(_ subject: SubjectID, text: String) -> EntryDraft {
        draft(.note, .existing(subject), [(.text, text)])
            ?? EntryDraft(operation: "case.note", subject: .existing(subject), fields: [])
    }

    /// What a person at this node does next; nil for nothing.
    mutating func next(
        _ node: SimulatedNode,
        redacts: Bool,
        _ dice: inout Dice
    ) -> [WriteItem]? {
        if redacts, dice.chance(40), let draft = redaction(at: node, &dice) {
            return [WriteItem(draft)]
        }
        let place = node.office.scope
        let text = "event \(dice.count(1...1_000_000))"
        switch dice.count(0...99) {
        case 0..<30: return [WriteItem(Self.report(street(place, &dice), text: text))]
        case 30..<35: return records(node, &dice)
        case 35..<38 where node.isNewer: return future(node, &dice)
        default: break
        }
        guard let subject = dice.pick(node.disk.store.subjects),
            let view = node.disk.store.folded(subject).view, view.kind == .case,
            let draft = act(on: view, at: place, text, &dice)
        else { return [WriteItem(Self.report(street(place, &dice), text: text))] }
        return [WriteItem(draft)]
    }

    /// A place that an office answers for and that is no wider than a street.
    private func street(_ place: Scope, _ dice: inout Dice) -> Scope {
        var code = place.code
        if code.utf8.count == 4 { code += dice.pick(["05", "06"]) ?? "05" }
        if code.utf8.count == 6 { code += "00\(dice.count(1...3))" }
        return Scope(code) ?? place
    }

    /// An operation of a version that others do not have.
    private func future(_ node: SimulatedNode, _ dice: inout Dice) -> [WriteItem]? {
        guard let subject = dice.pick(node.disk.store.subjects) else { return nil }
        var item = WriteItem(
            EntryDraft(
                operation: "case.foresee",
                subject: .existing(subject),
                fields: [CBORPair(900, .unsigned(dice.number(0...9)))],
                parts: [[0xa0]]
            )
        )
        item.isJudged = false
        return [item]
    }

    /// Asks that something written goes, or answers who asked; nil where there is nothing to.
    private func redaction(at node: SimulatedNode, _ dice: inout Dice) -> EntryDraft? {
        let store = node.disk.store
        let cases = store.subjects.compactMap { store.folded($0).view }.filter { $0.kind == .case }
        let place = node.office.scope
        let waiting = cases.filter { view in
            view.custody.holder != place && place.covers(view.custody.holder)
                && view.redactions.contains { $0.approvals.isEmpty }
        }
        if let view = dice.pick(waiting), dice.chance(80),
            let asked = view.redactions.first(where: { $0.approvals.isEmpty })
        {
            let answered = (CaseField.redaction, asked.entry.description)
            return dice.chance(85)
                ? Self.draft(.approveRedaction, .existing(view.id), [answered])
                : Self.draft(
                    .refuseRedaction,
                    .existing(view.id),
                    [answered, (.reason, "not to be hidden")]
                )
        }
        let own = cases.filter { $0.custody.holder == place && $0.redactions.count < 3 }
        guard let view = dice.pick(own) else { return nil }
        let entries = store.entries(about: view.id).filter { !$0.entry.parts.isEmpty }
            .sorted { $0.hash < $1.hash }
        guard let entry = dice.pick(entries) else { return nil }
        return Self.draft(
            .redact,
            .existing(view.id),
            [(.redacted, entry.hash.description), (.ground, "47-3")]
        )
    }

    /// Records of another system, some of which were imported before.
    private mutating func records(_ node: SimulatedNode, _ dice: inout Dice) -> [WriteItem]? {
        if dice.chance(50) { lastImport += 1 }
        let first = lastImport
        let count = dice.pick([3, 17, 40]) ?? 3
        return (0..<UInt64(count)).compactMap { offset in
            let id = "\(first).\(offset)"
            let values: [(CaseField, String)] = [
                (.source, "boston-311"), (.reportedAt, "\(World.start)"), (.state, "open"),
                (.externalID, id),
            ]
            guard var draft = Self.draft(.takeOver, .opened, values) else { return nil }
            draft.scope = street(node.office.scope, &dice)
            var item = WriteItem(draft)
            item.reference = sha256(node.office.id.bytes + Array(id.utf8))
            return item
        }
    }

    private func act(
        on view: SubjectView,
        at place: Scope,
        _ text: String,
        _ dice: inout Dice
    ) -> EntryDraft? {
        let subject = EntryDraft.Subject.existing(view.id)
        if let offer = dice.pick(view.custody.offers), dice.chance(60) {
            let id = (CaseField.offer, offer.entry.description)
            if place.covers(offer.to) || offer.to.covers(place) {
                if dice.chance(70) { return Self.draft(.take, subject, [id]) }
                let reasons = (CaseField.rejection, "01")
                return Self.draft(.reject, subject, [id, reasons, (.reason, text)])
            }
            return Self.draft(.withdraw, subject, [id])
        }
        let choices: [(item: (CaseOperation, [(CaseField, String)]), weight: Int)] = [
            ((.note, [(.text, text)]), 3),
            ((.register, [(.category, dice.pick(["0201", "0203", "0504"]) ?? "0201")]), 4),
            ((.amend, [(.category, dice.pick(["0201", "0203", "0504"]) ?? "0201")]), 4),
            ((.accept, []), 3),
            ((.dispatch, [(.unit, text)]), 2),
            ((.offer, [(.reason, text)]), 3),
            ((.close, [(.outcome, "11")]), 1),
            ((.reopen, [(.reason, text)]), 1),
        ]
        let fitting = choices.filter { $0.item.0.stages.contains(view.stage) }
        guard let (operation, values) = dice.pick(weighted: fitting) else { return nil }
        var draft = Self.draft(operation, subject, values)
        if operation == .offer {
            let receivers = ["330105001", "330105002", "330106001", "330105", "3301"]
            draft?.to = dice.pick(receivers).flatMap { Scope($0) }
        }
        return draft
    }
}
