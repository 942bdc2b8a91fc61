internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

/// One `linli KIND VERB`: reads the values, writes the entry, says what became of it.
struct OperationWrite {
    private let operation: CaseOperation
    private let invocation: Invocation

    init(_ operation: CaseOperation, _ invocation: Invocation) {
        self.operation = operation
        self.invocation = invocation
    }

    func run() throws -> ExitCode {
        let home = try invocation.home()
        let sealing = try Sealing(operation, invocation, home)
        var values = try OperationText(operation, invocation, sealing.fields).draft()
        let actor = try invocation.actor()
        let author = try invocation.author()
        guard actor == nil || author == nil else {
            throw CommandError(.usage, "--actor and --as are both given: the key says who it is")
        }
        let target = try target(&values, home)
        var subject: SubjectView?
        if case .existing(let id) = target.subject {
            subject = try invocation.openStore().folded(id).view
        }
        try OperationChecks(operation, invocation)
            .complete(&values, about: subject, in: target.scope)
        let content = try values.compiled(sealing: sealing.fields)
        var draft = EntryDraft(
            operation: operation.name,
            subject: target.subject,
            fields: content.fields,
            parts: content.parts,
            scope: target.scope,
            actor: actor
        )
        draft.further = target.further
        draft.to = target.to
        draft.sealed = try sealing.sealed(content.sealed, subject, in: target.scope)
        let shares = try sealing.shares(subject, offeredTo: target.to, actor: actor)
        guard operation != .share || !shares.isEmpty else {
            throw CommandError(.bad, "nothing was sealed that these nodes can not open already")
        }
        let drafts = operation == .share ? shares : [draft] + shares
        // No reader is open meanwhile: a writer folds its write-ahead log into the database when
        // it is the last one to close it.
        let receipt = try HomeWriter(home).append(drafts.map { AppendItem($0) }, as: author)
        guard case .written(let id, let place, let hash)? = receipt.outcomes.first else {
            throw CommandError(.unknown, "the entry was not written")
        }
        let store = try invocation.openStore()
        report(try store.folded(id).view, id, place, hash, holders: receipt.holders, store)
        return .good
    }

    // MARK: What it is about

    private struct Target {
        var subject = EntryDraft.Subject.opened
        var further: [SubjectID] = []
        var scope: Scope?
        var to: Scope?
    }

    /// Finds the subject and what follows from it: the offer or link that is answered, and the
    /// receiving place.
    private func target(_ values: inout CaseDraft, _ home: Home) throws -> Target {
        var target = Target()
        guard !operation.opens else {
            target.scope =
                try OperationChecks(operation, invocation).scope(of: values, given: place("scope"))
                ?? home.scope()
            return target
        }
        let store = try invocation.openStore()
        let view = try admitted(store, invocation.arguments[0])
        target.subject = .existing(view.id)
        target.to = try place("to")
        try SubjectChecks(operation, invocation).apply(to: &values, store, view)
        switch operation.act {
        case .take, .reject, .withdraw: try fillOffer(&values, view)
        case .release: try fillAssistance(&values, view)
        case .approveRedaction, .refuseRedaction: try fillRedaction(&values, view)
        case .confirmLink, .unlink:
            target.further = [try fillLink(&values, view)]
        case .link, .relate:
            let other = try store.foldedCase(called: invocation.arguments[1]).view
            guard other.id != view.id else {
                throw CommandError(.usage, "both names are of one case")
            }
            target.further = [other.id]
            if operation.act == .link {
                try checkLead(other, store)
                target.to = otherSide(store, view, other)
            }
        case .offer where operation == .escalate:
            target.to = target.to ?? above(view.holder)
        case .giveBack:
            guard let from = view.custody.cameFrom else {
                throw CommandError(.bad, "the case came from nobody: it was opened here")
            }
            target.to = from
        default: break
        }
        if [.offer, .assign, .assist].contains(operation.act), target.to == view.holder {
            throw CommandError(.bad, "\(view.holder.code) has the case already")
        }
        guard !operation.namesReceiver || target.to != nil else {
            throw CommandError(.usage, "--to is missing", hint: "\(invocation.program) --help")
        }
        return target
    }

    /// The subject that is named, if the operation is admissible as far as this node knows.
    private func admitted(_ store: Store, _ name: String) throws -> SubjectView {
        let view = try store.foldedCase(called: name).view
        guard view.kind == operation.kind || operation.isForEveryKind else {
            throw CommandError(
                .bad,
                "\"\(name)\" is a \(view.kind.label.en), not a \(operation.kind.label.en)"
            )
        }
        guard operation.stages.contains(view.stage) || operation.isForEveryKind else {
            let verbs = CaseOperation.all.filter { other in
                other.kind == view.kind && other.act != .takeOver
                    && other.stages.contains(view.stage)
            }.map(\.verb)
            throw CommandError(
                .bad,
                "not admissible: \(Inadmissible.stage(view.stage).label.en)",
                hint: "admissible now: \(verbs.joined(separator: " "))"
            )
        }
        return view
    }

    private func fillOffer(_ values: inout CaseDraft, _ view: SubjectView) throws {
        let offers = view.custody.offers
        let found = try chosen(CaseField.offer, offers.map(\.entry))
        guard let offer = found ?? offers.first?.entry else {
            throw CommandError(.bad, "nobody offers the case: \(Inadmissible.noOffer.label.en)")
        }
        try values.set(.offer, .bytes(offer.bytes))
    }

    private func fillRedaction(_ values: inout CaseDraft, _ view: SubjectView) throws {
        let waiting = view.redactions.filter(\.approvals.isEmpty)
        let named = try chosen(CaseField.redaction, waiting.map(\.entry))
        guard let entry = named ?? waiting.first?.entry else {
            throw CommandError(
                .bad,
                "no redaction waits for an answer: \(Inadmissible.noRedaction.label.en)"
            )
        }
        guard named != nil || waiting.count == 1 else {
            throw CommandError(
                .usage,
                "\(waiting.count) redactions wait for an answer",
                hint: "give --redaction, one of: "
                    + waiting.map(\.entry.short).joined(separator: ", ")
            )
        }
        try values.set(.redaction, .bytes(entry.bytes))
    }

    private func fillAssistance(_ values: inout CaseDraft, _ view: SubjectView) throws {
        let standing = view.custody.assistances
        let named = try chosen(CaseField.assistance, standing.map(\.entry))
        guard let entry = named ?? standing.first?.entry else {
            throw CommandError(
                .bad,
                "nobody helps with the case: \(Inadmissible.noAssistance.label.en)"
            )
        }
        guard named != nil || standing.count == 1 else {
            throw CommandError(
                .usage,
                "\(standing.count) places help with the case",
                hint: "give --assistance, one of: "
                    + standing.map { "\($0.entry.short) (\($0.to.code))" }.joined(separator: ", ")
            )
        }
        try values.set(.assistance, .bytes(entry.bytes))
    }

    /// Sets the link that is meant and gives the other subject.
    private func fillLink(_ values: inout CaseDraft, _ view: SubjectView) throws -> SubjectID {
        let links = view.links.filter { link in
            operation.act == .unlink || !link.isAgreed
        }
        let named = try chosen(CaseField.link, links.map(\.entry))
        guard let link = links.first(where: { named == nil || $0.entry == named }) else {
            throw CommandError(.bad, "no link of the case is meant by that")
        }
        guard named != nil || links.count == 1 else {
            throw CommandError(
                .usage,
                "the case has \(links.count) links",
                hint: "give --link, one of: "
                    + links.map(\.entry.short).joined(separator: ", ")
            )
        }
        try values.set(.link, .bytes(link.entry.bytes))
        return link.other
    }

    /// The entry that a flag names by its first digits; nil if the flag is not given.
    private func chosen(_ field: CaseField, _ entries: [Digest]) throws(CommandError) -> Digest? {
        let flag = field.spec.flag
        guard let text = invocation[flag] else { return nil }
        let found = entries.filter { $0.description.hasPrefix(text.lowercased()) }
        guard let entry = found.first, found.count == 1 else {
            throw CommandError(.bad, "--\(flag) names \(found.count) of them, want one")
        }
        return entry
    }

    /// The place that has to agree to a link: the one this node does not answer for.
    private func otherSide(_ store: Store, _ first: SubjectView, _ second: SubjectView) -> Scope {
        let own = store.identity.flatMap { store.roster.member(log: $0.log)?.scope }
        return own?.covers(first.holder) ?? true ? second.holder : first.holder
    }

    /// Refuses a lead that is merged itself: what is merged into it would be found nowhere.
    private func checkLead(_ lead: SubjectView, _ store: Store) throws {
        guard lead.stage == .merged else { return }
        let further = lead.links.first { $0.kind == .duplicateOf && $0.isAgreed }
        let number = try further.flatMap { try store.folded($0.other).view?.number }
        throw CommandError(
            .bad,
            "\(lead.number) is merged itself",
            hint: number.map { "name the case that leads it: \($0)" } ?? "linli show names its lead"
        )
    }

    private func above(_ place: Scope) -> Scope? {
        Scope(String(place.code.prefix(place.code.utf8.count > 6 ? 6 : 4)))
    }

    private func place(_ flag: String) throws(CommandError) -> Scope? {
        guard let code = invocation[flag] else { return nil }
        guard let scope = Scope(code) else {
            throw CommandError(.usage, "--\(flag) is \"\(code)\", want 4, 6, 9 or 12 digits")
        }
        return scope
    }

    // MARK: What became of it

    private func report(
        _ view: SubjectView?,
        _ id: SubjectID,
        _ place: Place,
        _ hash: Digest,
        holders: Int,
        _ store: Store
    ) {
        let output = invocation.output
        guard !invocation.isJSON else {
            let json: JSON = [
                "id": .text(id.description),
                "number": .optional(view?.number),
                "operation": .text(operation.name),
                "log": .text(place.log.description),
                "sequence": .count(place.sequence),
                "hash": .text(hash.description),
                "stage": .optional(view?.stage.rawValue),
                "holder": .optional(view?.holder.code),
                "holders": .number(Int64(holders)),
            ]
            return output.line(json.line)
        }
        output.table([
            [output.text(operation.kind.label), view?.number ?? ""],
            [output.text("编号", "id"), id.short],
            [output.text("阶段", "stage"), view.map { output.text($0.stage.label) } ?? ""],
            [
                output.text("条目", "entry"),
                "\(output.text(operation.label)) \(store.nodeName(place.log))"
                    + " #\(place.sequence) \(hash.short)",
            ],
        ])
        output.line(
            output.text(
                "已记录;另有 \(holders) 个节点持有",
                "recorded; held by \(holders) other nodes"
            )
        )
    }
}
