internal import Encoding
internal import Ledger

extension SubjectJudge {
    private static let links = CaseField.links.rawValue
    private static let offers = CaseField.offers.rawValue
    private static let assistants = CaseField.assistants.rawValue
    private static let redactions = CaseField.redactions.rawValue
    private static let stage = CaseField.stage.rawValue

    /// What an entry comes to and does to the registers.
    ///
    /// - Parameters:
    ///   - operation: of the entry.
    ///   - landing: the entry where it takes effect.
    ///   - deed: the number of the deed.
    ///   - verdict: effective, or proposed by the other side of a link.
    /// - Returns: what it came to, and what it writes, empties, adds and takes away.
    func change(
        _ operation: CaseOperation,
        _ landing: Landing,
        deed: Int,
        _ verdict: EntryVerdict
    ) -> (Effect, SubjectState.Change) {
        var effect = Effect(stageBefore: landing.stage, answered: landing.answered)
        var change = SubjectState.Change()
        guard verdict != .proposed else {
            // The other side can propose; it can not change anything here.
            effect.isProposal = true
            if operation.act == .link || operation.act == .relate { change.added = [Self.links] }
            return (effect, change)
        }
        writeFields(operation, landing, &change)
        effect.stage = operation.leadsTo
        act(operation, landing, deed, &effect, &change)
        if landing.entry == opening { effect.holder = graph.entries[landing.entry].header.scope }
        if effect.holder != nil { change.written.append(CaseField.holder.rawValue) }
        writeStage(operation, landing, deed, &effect, &change)
        return (effect, change)
    }

    /// Fields of its own and milestones that it reaches.
    private func writeFields(
        _ operation: CaseOperation,
        _ landing: Landing,
        _ change: inout SubjectState.Change
    ) {
        let header = graph.entries[landing.entry].header
        change.written = header.fields.map(\.key) + (EntryValues.partFields(of: header) ?? [])
        change.written.removeAll { id in
            guard let field = CaseField(rawValue: id), operation.has(field) else { return true }
            switch field.spec.register {
            case .single, .milestone: return false
            case .stage, .set, .act, .holder, .offers, .links, .assistants, .redactions: return true
            }
        }
        for milestone in operation.reaches where !change.written.contains(milestone.rawValue) {
            let time = header.caseTime
            let isEarliest = landing.before.deeds(in: milestone)
                .allSatisfy { instant(of: milestone, in: $0) > time }
            if isEarliest || operation.clears.contains(milestone) {
                change.written.append(milestone.rawValue)
            }
        }
        change.cleared = operation.clears.map(\.rawValue)
    }

    private func act(
        _ operation: CaseOperation,
        _ landing: Landing,
        _ deed: Int,
        _ effect: inout Effect,
        _ change: inout SubjectState.Change
    ) {
        let header = graph.entries[landing.entry].header
        switch operation.act {
        case .plain, .suspend, .extend, .appraise, .mediate, .agree, .apply: break
        case .resume: effect.stage = stageBeforeSuspension(landing.before)
        case .takeOver:
            effect.stage = header.code(.state) == "closed" ? .closed : .reported
        case .offer, .giveBack:
            effect.receiver = header.to
            change.written.append(Self.offers)
        case .take:
            effect.holder = effect.answered.flatMap { self.effect($0).receiver }
            change.cleared.append(Self.offers)
        case .assign:
            effect.holder = header.to
            change.cleared.append(Self.offers)
        case .reject, .withdraw: remove(effect.answered, Self.offers, landing, &change)
        case .assist:
            effect.receiver = header.to
            change.added.append(Self.assistants)
        case .redact: change.added.append(Self.redactions)
        case .approveRedaction, .share: break
        case .refuseRedaction: remove(effect.answered, Self.redactions, landing, &change)
        case .release: remove(effect.answered, Self.assistants, landing, &change)
        case .link:
            change.added.append(Self.links)
            // Who answers for both sides agrees for both.
            if let to = header.to, isAllowed(landing, in: [to], operation.right) {
                agree(to: deed, header, &effect, &change)
            }
        case .relate: change.added.append(Self.links)
        case .confirmLink:
            if let link = effect.answered { agree(to: link, self.header(link), &effect, &change) }
        case .unlink:
            remove(effect.answered, Self.links, landing, &change)
            remove(effect.answered, SubjectState.agreements, landing, &change)
        case .settle:
            effect.holder = header.to
            effect.stage = header.code(.stage).flatMap { Stage(rawValue: $0) }
            if effect.stage == .merged,
                let merging = standingStages(landing.before).last(where: { $0.stage == .merged })
            {
                effect.manner = self.effect(merging.deed).manner
            }
        }
    }

    /// Takes away what an entry wrote, with every deed of it.
    private func remove(
        _ deed: Int?,
        _ register: UInt64,
        _ landing: Landing,
        _ change: inout SubjectState.Change
    ) {
        guard let deed else { return }
        change.removed += landing.before.deeds(in: register).filter { source($0) == source(deed) }
            .map { SubjectState.Removal(register: register, deed: $0) }
    }

    /// Both sides agree: a duplicate, which a link names first, is merged.
    private func agree(
        to link: Int,
        _ header: Header,
        _ effect: inout Effect,
        _ change: inout SubjectState.Change
    ) {
        change.agreed = link
        guard header.operation == CaseOperation.link.name, header.subjects.first == subject else {
            return
        }
        effect.stage = .merged
        effect.manner = .merging(link: link)
    }

    /// Writes the stage in its manner, and keeps what a suspension needs.
    private func writeStage(
        _ operation: CaseOperation,
        _ landing: Landing,
        _ deed: Int,
        _ effect: inout Effect,
        _ change: inout SubjectState.Change
    ) {
        if effect.stage == nil, effect.holder != nil, effect.stageBefore != nil {
            // The case changed hands: an end that did not know of it is contested, until the new
            // holder ends the case or goes on.
            effect.stage = effect.stageBefore
            effect.manner = .mark
        }
        guard effect.stage != nil else { return }
        let before = landing.before
        if operation.act == .suspend {
            effect.resumesTo = effect.stageBefore
            effect.suspensions = [deed]
        } else if effect.stage == .suspended {
            effect.resumesTo = stageBeforeSuspension(before)
            effect.suspensions = suspensions(before)
        }
        guard effect.manner == .outright else {
            change.added.append(Self.stage)
            let replaced = before.deeds(in: .stage).filter { isReplaced($0, by: effect.manner) }
            change.removed += replaced.map {
                SubjectState.Removal(register: Self.stage, deed: $0)
            }
            return
        }
        change.written.append(Self.stage)
        let ended = before.deeds(in: .stage).flatMap { self.effect($0).suspensions }
            .filter { !effect.suspensions.contains($0) }
        end(ended, at: graph.entries[landing.entry].header.caseTime)
    }

    /// A later mark stands for an earlier one.
    private func isReplaced(_ deed: Int, by manner: Manner) -> Bool {
        manner == .mark && effect(deed).manner == .mark
    }
}
