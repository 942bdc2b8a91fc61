internal import Encoding
internal import Ledger

extension SubjectJudge {
    /// What an entry does to the registers.
    ///
    /// - Parameters:
    ///   - operation: of the entry.
    ///   - index: the entry.
    ///   - before: the state that it landed in.
    ///   - verdict: effective, or proposed by the other side of a link.
    ///   - effect: is told what it came to.
    /// - Returns: what it writes, empties, adds and takes away.
    mutating func change(
        _ operation: CaseOperation,
        _ index: Int,
        _ before: SubjectState,
        verdict: EntryVerdict,
        effect: inout Effect
    ) -> SubjectState.Change {
        var change = SubjectState.Change()
        guard verdict != .proposed else {
            // The other side can propose; it can not change anything here.
            if operation.act == .link || operation.act == .relate { change.added = [Self.links] }
            return change
        }
        writeFields(operation, index, before, &change)
        effect.stage = operation.leadsTo
        act(operation, index, before, &effect, &change)
        if effect.stage == .suspended {
            effect.resumesTo =
                operation.act == .suspend ? effect.stageBefore : stageBeforeSuspension(before)
        }
        if index == opening { effect.holder = graph.entries[index].header.scope }
        if effect.stage != nil { change.written.append(CaseField.stage.rawValue) }
        if effect.holder != nil { change.written.append(CaseField.holder.rawValue) }
        return change
    }

    private static let links = CaseField.links.rawValue
    private static let offers = CaseField.offers.rawValue

    /// Fields of its own and milestones that it reaches.
    private func writeFields(
        _ operation: CaseOperation,
        _ index: Int,
        _ before: SubjectState,
        _ change: inout SubjectState.Change
    ) {
        let header = graph.entries[index].header
        change.written = header.fields.map(\.key) + (EntryValues.partFields(of: header) ?? [])
        change.written.removeAll { id in
            guard let field = CaseField(rawValue: id), operation.has(field) else { return true }
            switch field.spec.register {
            case .single, .milestone: return false
            case .stage, .set, .act, .holder, .offers, .links: return true
            }
        }
        for milestone in operation.reaches {
            let time = header.caseTime
            let isEarliest = before.entries(in: milestone)
                .allSatisfy { instant(of: milestone, in: $0) > time }
            if isEarliest || operation.clears.contains(milestone) {
                change.written.append(milestone.rawValue)
            }
        }
        change.cleared = operation.clears.map(\.rawValue)
    }

    private mutating func act(
        _ operation: CaseOperation,
        _ index: Int,
        _ before: SubjectState,
        _ effect: inout Effect,
        _ change: inout SubjectState.Change
    ) {
        let header = graph.entries[index].header
        switch operation.act {
        case .plain, .suspend, .extend, .appraise, .mediate, .agree, .apply: break
        case .resume: effect.stage = stageBeforeSuspension(before)
        case .takeOver:
            effect.stage = header.code(.state) == "closed" ? .closed : .reported
        case .offer, .giveBack:
            effect.receiver = header.to
            change.written.append(Self.offers)
        case .take:
            effect.holder = effect.answered.flatMap { effects[$0].receiver }
            // The stage is said again: a closing that did not know of the hand-over then stands
            // beside it and is contested, until the new holder closes or goes on.
            effect.stage = effect.stageBefore
            change.cleared.append(Self.offers)
        case .assign:
            effect.holder = header.to
            effect.stage = effect.stageBefore
            change.cleared.append(Self.offers)
        case .reject, .withdraw: remove(effect.answered, Self.offers, &change)
        case .link:
            change.added.append(Self.links)
            if let to = header.to, isAllowed(index, in: [to], operation.right) {
                agree(to: index, by: index, &effect)
            }
        case .relate: change.added.append(Self.links)
        case .confirmLink: confirm(index, operation, &effect)
        case .unlink:
            remove(effect.answered, Self.links, &change)
            // The case goes on where it was when it was merged.
            if let link = effect.answered,
                let merging = before.entries(in: .stage).first(where: {
                    effects[$0].stage == .merged && ($0 == link || effects[$0].answered == link)
                })
            {
                effect.stage = effects[merging].stageBefore
            }
        case .settle:
            effect.stage = header.code(.stage).flatMap { Stage(rawValue: $0) }
            effect.holder = header.to
        }
    }

    private func remove(
        _ entry: Int?,
        _ register: UInt64,
        _ change: inout SubjectState.Change
    ) {
        guard let entry else { return }
        change.removed.append(SubjectState.Removal(register: register, source: entry))
    }

    /// Takes a confirmation for the other side's yes, if it is that.
    private mutating func confirm(_ index: Int, _ operation: CaseOperation, _ effect: inout Effect)
    {
        guard let link = effect.answered else { return }
        if verdicts[link] == .effective {
            // Proposed on this side: the other side has to agree, for the place it answers for.
            guard let to = graph.entries[link].header.to,
                isAllowed(index, in: [to], operation.right)
            else { return }
        }
        agree(to: link, by: index, &effect)
    }

    /// Both sides agree: the duplicate, which a link names first, is merged.
    private mutating func agree(to link: Int, by index: Int, _ effect: inout Effect) {
        agreedLinks.insert(link)
        if graph.entries[link].header.subjects.first == subject { effect.stage = .merged }
    }

    private func stageBeforeSuspension(_ before: SubjectState) -> Stage? {
        Stage.joined(
            before.entries(in: .stage).filter { effects[$0].stage == .suspended }
                .compactMap { effects[$0].resumesTo }
        )?.shown
    }
}
