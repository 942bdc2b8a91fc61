internal import Crypto
internal import Encoding
internal import Ledger

extension SubjectJudge {
    /// The first reason why an entry has no effect, or that it has one.
    ///
    /// - Parameters:
    ///   - index: the entry.
    ///   - before: the join of the states after what it knew.
    ///   - effect: is told which offer or link it answers.
    /// - Returns: the verdict, equal at all nodes that hold what it knew.
    func verdict(
        _ index: Int,
        before: SubjectState,
        effect: inout Effect
    ) -> EntryVerdict {
        guard graph.isComplete[index], let opening else { return .waiting }
        var needed: UInt64 = 0
        for parent in graph.parents[index] {
            if case .needsVersion(let version) = verdicts[parent] { needed = max(needed, version) }
        }
        guard needed == 0 else { return .needsVersion(needed) }
        let entry = graph.entries[index]
        if entry.isForged { return .forged }
        if graph.isForked[index] { return .noRight(.contested) }
        if RosterOperation.isRoster(entry.header.operation) {
            // It stands here only to give effect to what an ended right left over.
            return ratified(by: index).isEmpty ? .noRight(.notPermitted) : .effective
        }
        let scopes = scopes(at: index)
        guard entry.header.isUnderstood, let operation = operation(index) else {
            // Who has no right at all needs no version either.
            let anything = Right(roles: Set(Role.allCases), isPersonal: false)
            let verdict = verdict(of: index, in: scopes, anything)
            guard verdict == .allowed else { return .noRight(verdict) }
            return .needsVersion(max(entry.header.version, Header.currentVersion + 1))
        }
        // What it is about decides in which places the author needs the right.
        effect.answered = answered(operation, index, before)
        let verdict = verdict(
            of: index,
            in: places(operation, index, scopes, effect),
            stageRight(operation, effect.stageBefore)
        )
        let isFromOtherSide = verdict == .outsideScope && operation.subjectCount == 2
        guard verdict == .allowed || isFromOtherSide else { return .noRight(verdict) }
        if let reason = malformed(entry.header, operation, isOpening: index == opening) {
            return .malformed(reason)
        }
        guard index != opening else { return .effective }
        if let reason = inadmissible(operation, index, before, effect, isFromOtherSide) {
            return .inadmissible(reason)
        }
        return isFromOtherSide ? .proposed : .effective
    }

    private func stageRight(_ operation: CaseOperation, _ stage: Stage?) -> Right {
        stage.flatMap { operation.rightIn[$0] } ?? operation.right
    }

    /// The offer or link that an entry answers, if it stands where the entry landed.
    private func answered(
        _ operation: CaseOperation,
        _ index: Int,
        _ before: SubjectState
    ) -> Int? {
        let header = graph.entries[index].header
        let standing: [Int]
        let named: Digest?
        switch operation.act {
        case .take, .reject, .withdraw:
            standing = before.entries(in: .offers)
            named = header.digest(.offer)
        case .confirmLink, .unlink:
            standing = before.entries(in: .links)
            named = header.digest(.link)
        default: return nil
        }
        return standing.first { graph.entries[$0].hash == named }
    }

    /// Where the author needs the right to this operation.
    private func places(
        _ operation: CaseOperation,
        _ index: Int,
        _ scopes: [Scope],
        _ effect: Effect
    ) -> [Scope] {
        guard let answered = effect.answered else { return scopes }
        switch operation.act {
        case .take, .reject: return effects[answered].receiver.map { [$0] } ?? []
        case .confirmLink where verdicts[answered] == .effective:
            // The other side of a link that was proposed here answers for its own place.
            return scopes + [graph.entries[answered].header.to].compactMap { $0 }
        default: return scopes
        }
    }

    // MARK: Form

    private func malformed(
        _ header: Header,
        _ operation: CaseOperation,
        isOpening: Bool
    ) -> Malformed? {
        guard header.subjects.count == operation.subjectCount, header.subjects.contains(subject)
        else { return .subjects }
        if isOpening {
            if header.scope == nil { return .noScope }
        } else if header.scope != nil || operation.opens && operation.act != .takeOver {
            return .notTheOpening
        }
        guard operation.namesReceiver || operation.act == .settle || header.to == nil,
            !operation.namesReceiver || header.to != nil
        else { return .receiver }
        for pair in header.fields {
            guard let field = CaseField(rawValue: pair.key), operation.has(field) else { continue }
            let spec = field.spec
            guard spec.place == .header, spec.type.admits(pair.value) else { return .field(field) }
        }
        for use in operation.fields where use.isRequired && use.field.spec.place == .header {
            if header[field: use.field.rawValue] == nil { return .missing(use.field) }
        }
        guard let listed = EntryValues.partFields(of: header),
            !listed.contains(where: { CaseField(rawValue: $0)?.spec.place == .header })
        else { return .partFields }
        return nil
    }

    // MARK: Fit

    private func inadmissible(
        _ operation: CaseOperation,
        _ index: Int,
        _ before: SubjectState,
        _ effect: Effect,
        _ isFromOtherSide: Bool
    ) -> Inadmissible? {
        guard let stage = effect.stageBefore else { return .notOpened }
        guard operation.kind == kind else { return .otherKind }
        if operation.act == .takeOver, !isImported { return .notImported }
        guard operation.stages.contains(stage) else { return .stage(stage) }
        let holders = holders(of: before).map(\.scope)
        if operation.isHolders, !isFromOtherSide,
            !isAllowed(index, in: holders, stageRight(operation, stage))
        {
            return .notHolder
        }
        return misfit(operation, index, before, effect, holders)
    }

    private func misfit(
        _ operation: CaseOperation,
        _ index: Int,
        _ before: SubjectState,
        _ effect: Effect,
        _ holders: [Scope]
    ) -> Inadmissible? {
        let header = graph.entries[index].header
        switch operation.act {
        case .offer, .giveBack:
            if !before.entries(in: .offers).isEmpty { return .offerPending }
            guard operation.act == .giveBack else { return nil }
            return header.to.map { cameFrom(before).contains($0) } ?? false ? nil : .notFromThere
        case .take:
            guard let offer = effect.answered else { return .noOffer }
            return openOffers(before).first == offer ? nil : .offerSuperseded
        case .reject, .withdraw: return effect.answered == nil ? .noOffer : nil
        case .assign:
            let places = holders + [header.to].compactMap { $0 }
            return places.allSatisfy { isAllowed(index, in: [$0], operation.right) }
                ? nil : .notAbove
        case .confirmLink, .unlink: return effect.answered == nil ? .noLink : nil
        case .settle: return settles(index, before) ? nil : .nothingToSettle
        case .extend:
            guard let clock = header.code(.clock).flatMap({ Clock(rawValue: $0) }),
                clock.isExtendable
            else { return .notExtendable }
            let agrees = header[field: CaseField.partiesAgree.rawValue] == .bool(true)
            return clock.needsConsent && !agrees ? .noConsent : nil
        case .appraise: return dispatchedBy(authorOf: index) ? .sameHand : nil
        case .agree: return hasInterest(authorOf: index) ? .interest : nil
        case .apply:
            return isWithinApplicationTerm(index, before) ? nil : .tooLate
        case .plain, .suspend, .resume, .link, .relate, .mediate, .takeOver: return nil
        }
    }

    /// From whom the case came to who has it now: the holders before those that stand.
    func cameFrom(_ state: SubjectState) -> [Scope] {
        state.entries(in: .holder).flatMap { entry in
            holders(of: join(after: graph.parents[entry])).map(\.scope)
        }
    }

    /// Whether an entry chooses among values that stand beside each other: of the stage, the
    /// holder, or of each field that it names.
    private func settles(_ index: Int, _ before: SubjectState) -> Bool {
        let header = graph.entries[index].header
        if let stage = header.code(.stage) {
            let standing = before.entries(in: .stage).compactMap { effects[$0].stage?.rawValue }
            guard standing.count > 1, standing.contains(stage) else { return false }
        }
        if let to = header.to {
            let standing = holders(of: before).map(\.scope)
            guard standing.count > 1, standing.contains(to) else { return false }
        }
        let named = header.fields.map(\.key) + (EntryValues.partFields(of: header) ?? [])
        let registers = named.filter { id in
            CaseField(rawValue: id).map { $0.spec.register == .single } ?? false
        }
        guard registers.allSatisfy({ before.entries(in: $0).count > 1 }) else { return false }
        return header.code(.stage) != nil || header.to != nil || !registers.isEmpty
    }

    private func dispatchedBy(authorOf index: Int) -> Bool {
        guard let person = authority.person(graph.entries[index]) else { return false }
        return effective(knownTo: index).contains { other in
            operation(other) == .dispatch && authority.person(graph.entries[other]) == person
        }
    }

    /// Whether the author opened the talks that stand and declared an interest in them.
    private func hasInterest(authorOf index: Int) -> Bool {
        guard let person = authority.person(graph.entries[index]) else { return false }
        let talks = effective(knownTo: index).filter { operation($0)?.act == .mediate }
        guard let last = talks.last else { return false }
        return graph.entries[last].header.code(.interest) == "declared"
            && authority.person(graph.entries[last]) == person
    }

    /// Whether an application is made within thirty days of the agreement's taking effect, a term
    /// that nobody can move.
    private func isWithinApplicationTerm(_ index: Int, _ before: SubjectState) -> Bool {
        let effective = before.entries(in: .effective).compactMap {
            graph.entries[$0].header.instant(.effective)
        }
        let agreed = before.entries(in: .agreedAt).map { instant(of: .agreedAt, in: $0) }
        guard let start = effective.max() ?? agreed.min(),
            // Counted without holidays, which can only lengthen it: a longer term is never refused.
            let end = WorkCalendar.weekendsOnly.term(days: Self.applicationDays, from: start)?.end
        else { return true }
        return graph.entries[index].header.caseTime <= end.adding(Self.holidaysMax)
    }

    /// - Source: 民事诉讼法 art. 205.
    private static let applicationDays = 30
    /// The longest run of days off by which a term that ends in it can be longer, in milliseconds.
    private static let holidaysMax: UInt64 = 10 * 86_400_000
}
