internal import Crypto
internal import Encoding
internal import Ledger

extension SubjectJudge {
    /// The first reason why an entry has no effect, or that it has one.
    ///
    /// - Parameter landing: the entry with what it knew; is told which offer or link it answers.
    /// - Returns: the verdict, equal at all nodes that hold what it knew.
    func verdict(_ landing: inout Landing) -> EntryVerdict {
        let index = landing.entry
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
        let scopes = scopes(at: landing.place)
        guard entry.header.isUnderstood, let operation = operation(index) else {
            // Who has no right at all needs no version either.
            let verdict = verdict(of: landing, in: scopes, .ordinary)
            guard verdict == .allowed else { return .noRight(verdict) }
            return .needsVersion(max(entry.header.version, Header.currentVersion + 1))
        }
        // What it is about decides in which places the author needs the right.
        landing.answered = answered(operation, landing)
        let right = stageRight(operation, landing)
        let verdict = verdict(of: landing, in: places(operation, landing, scopes), right)
        if verdict == .outsideScope, operation.subjectCount == 2 {
            // It may be the other side's, if anything is still this author's.
            let standing = standing(of: landing)
            guard standing == .allowed else { return .noRight(standing) }
        } else if verdict != .allowed {
            return .noRight(verdict)
        }
        if let reason = malformed(entry.header, operation, isOpening: index == opening) {
            return .malformed(reason)
        }
        guard index != opening else { return .effective }
        let isOurs = operation.subjectCount == 1 || isOnThisSide(operation, landing)
        if let reason = inadmissible(operation, landing, isOurs: isOurs) {
            return .inadmissible(reason)
        }
        return isOurs ? .effective : .proposed
    }

    private func stageRight(_ operation: CaseOperation, _ landing: Landing) -> Right {
        landing.stage.flatMap { operation.rightIn[$0] } ?? operation.right
    }

    /// The offer or link that an entry answers, if it stands where the entry landed.
    private func answered(_ operation: CaseOperation, _ landing: Landing) -> Int? {
        let header = graph.entries[landing.entry].header
        let standing: [Int]
        let named: Digest?
        switch operation.act {
        case .take, .reject, .withdraw:
            standing = landing.before.deeds(in: .offers)
            named = header.digest(.offer)
        case .approveRedaction, .refuseRedaction:
            standing = landing.before.deeds(in: .redactions)
            named = header.digest(.redaction)
        case .release:
            standing = landing.before.deeds(in: .assistants)
            named = header.digest(.assistance)
        case .confirmLink, .unlink:
            standing = landing.before.deeds(in: .links)
            named = header.digest(.link)
        default: return nil
        }
        return standing.first { graph.entries[source($0)].hash == named }
    }

    /// Where the author needs the right to this operation.
    private func places(
        _ operation: CaseOperation,
        _ landing: Landing,
        _ scopes: [Scope]
    ) -> [Scope] {
        guard let answered = landing.answered else { return scopes }
        switch operation.act {
        case .take, .reject: return effect(answered).receiver.map { [$0] } ?? []
        // The other side of a link that was said here answers for its own place.
        case .confirmLink, .unlink: return scopes + otherSide(of: answered)
        default: return scopes
        }
    }

    /// The place that has to agree to a link that was said on this side.
    private func otherSide(of link: Int) -> [Scope] {
        effect(link).isProposal ? [] : [header(link).to].compactMap { $0 }
    }

    /// Whether an entry about two subjects is said by who has to act in this one, or answers what
    /// was said here.
    private func isOnThisSide(_ operation: CaseOperation, _ landing: Landing) -> Bool {
        let holders = holders(of: landing.before).map(\.scope)
        let right = stageRight(operation, landing)
        if isAllowed(landing, in: holders, right) { return true }
        guard let link = landing.answered else { return false }
        if isAllowed(landing, in: otherSide(of: link), right) { return true }
        // Who proposed it from the other side takes it back.
        return operation.act == .unlink && effect(link).isProposal
            && graph.entries[source(link)].log == graph.entries[landing.entry].log
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
        _ landing: Landing,
        isOurs: Bool
    ) -> Inadmissible? {
        guard let stage = landing.stage else { return .notOpened }
        guard operation.kind == kind || operation.isForEveryKind && kind != .policy else {
            return .otherKind
        }
        if operation.act == .takeOver, !isImported { return .notImported }
        guard operation.stages.contains(stage) || operation.isForEveryKind else {
            return .stage(stage)
        }
        let holders = holders(of: landing.before).map(\.scope)
        let right = stageRight(operation, landing)
        if operation.isHolders, !isAllowed(landing, in: holders, right) { return .notHolder }
        return misfit(operation, landing, holders, isOurs: isOurs)
    }

    private func misfit(
        _ operation: CaseOperation,
        _ landing: Landing,
        _ holders: [Scope],
        isOurs: Bool
    ) -> Inadmissible? {
        let header = graph.entries[landing.entry].header
        let right = operation.right
        switch operation.act {
        case .offer, .giveBack:
            if !offers(landing.before).open.isEmpty { return .offerPending }
            guard operation.act == .giveBack else { return nil }
            let former = landing.before.deeds(in: .holder).flatMap(cameFrom)
            return header.to.map(former.contains) ?? false ? nil : .notFromThere
        case .take:
            guard let offer = landing.answered else { return .noOffer }
            return offers(landing.before).open.first == offer ? nil : .offerSuperseded
        case .reject, .withdraw: return landing.answered == nil ? .noOffer : nil
        case .redact: return names(landing, entriesIn: header) ? nil : .noSuchEntry
        case .approveRedaction, .refuseRedaction:
            guard let redaction = landing.answered else { return .noRedaction }
            let isSame = isOfSamePerson(landing.entry, source(redaction))
            if operation.act == .refuseRedaction, isSame { return nil }
            guard holders.allSatisfy({ isAllowed(landing, in: [$0.wider], right) }) else {
                return .notAbove
            }
            return isSame ? .sameHand : nil
        case .release:
            guard let request = landing.answered else { return .noAssistance }
            let sides = holders + [effect(request).receiver].compactMap { $0 }
            return isAllowed(landing, in: sides, right) ? nil : .notHolder
        case .assign:
            let places = holders + [header.to].compactMap { $0 }
            return isAbove(landing, places, right) ? nil : .notAbove
        case .link:
            return header.subjects.first == subject && landing.stage == .merged
                ? .stage(.merged) : nil
        case .confirmLink:
            guard let link = landing.answered else { return .noLink }
            guard isOurs else { return nil }
            if self.operation(link)?.act == .link, self.header(link).subjects.first == subject,
                landing.stage == .merged
            {
                return .stage(.merged)
            }
            // Who said it can not be the one who agrees.
            return effect(link).isProposal || isAllowed(landing, in: otherSide(of: link), right)
                ? nil : .ownLink
        case .unlink: return landing.answered == nil ? .noLink : nil
        case .settle:
            if header.to != nil, !isAbove(landing, holders, right) { return .notAbove }
            return settles(header, landing.before) ? nil : .nothingToSettle
        case .extend:
            guard let clock = header.code(.clock).flatMap({ Clock(rawValue: $0) }),
                clock.isExtendable
            else { return .notExtendable }
            let agrees = header[field: CaseField.partiesAgree.rawValue] == .bool(true)
            return clock.needsConsent && !agrees ? .noConsent : nil
        case .appraise: return isDispatcher(landing) ? .sameHand : nil
        case .agree: return hasInterest(landing) ? .interest : nil
        case .apply: return isWithinApplicationTerm(landing) ? nil : .tooLate
        case .plain, .suspend, .resume, .assist, .relate, .mediate, .takeOver, .share:
            return nil
        }
    }

    /// Whether every entry that a redaction names stands here, was known to it, and is one whose
    /// parts nothing else follows from.
    private func names(_ landing: Landing, entriesIn header: Header) -> Bool {
        guard case .array(let items)? = header[field: CaseField.redacted.rawValue], !items.isEmpty
        else { return false }
        return items.allSatisfy { item in
            guard let hash = item.bytes32,
                let index = graph.entries.firstIndex(where: { $0.hash == hash })
            else { return false }
            return graph.knows(landing.place, index)
                && !RosterOperation.isRoster(graph.entries[index].header.operation)
        }
    }

    /// Whether two entries are of one person; where one of them names none, of one node.
    private func isOfSamePerson(_ first: Int, _ second: Int) -> Bool {
        guard let one = person(first), let other = person(second) else {
            return graph.entries[first].log == graph.entries[second].log
        }
        return one == other
    }

    private func isAbove(_ landing: Landing, _ places: [Scope], _ right: Right) -> Bool {
        places.allSatisfy { isAllowed(landing, in: [$0], right) }
    }

    /// Whether an entry chooses among values that stand beside each other: of the stage, the
    /// holder, or of each field that it names.
    private func settles(_ header: Header, _ before: SubjectState) -> Bool {
        if let stage = header.code(.stage) {
            let standing = standingStages(before).map(\.stage.rawValue)
            guard standing.count > 1, standing.contains(stage) else { return false }
        }
        if let to = header.to {
            let standing = holders(of: before).map(\.scope)
            guard standing.count > 1, standing.contains(to) else { return false }
        }
        let named = header.fields.map(\.key) + (EntryValues.partFields(of: header) ?? [])
        let registers = named.filter { id in
            CaseField(rawValue: id)
                .map { CaseOperation.settle.has($0) && $0.spec.register == .single } ?? false
        }
        guard registers.allSatisfy({ before.deeds(in: $0).count > 1 }) else { return false }
        return header.code(.stage) != nil || header.to != nil || !registers.isEmpty
    }

    private func person(_ entry: Int) -> String? { authority.person(graph.entries[entry]) }

    private func known(_ deeds: [Int], _ landing: Landing) -> [Int] {
        deeds.filter { graph.knows(landing.place, place($0)) }
    }

    private func isDispatcher(_ landing: Landing) -> Bool {
        guard let author = person(landing.entry) else { return false }
        return known(dispatches, landing).contains { person(source($0)) == author }
    }

    /// Whether the author opened the latest talks and declared an interest in them.
    private func hasInterest(_ landing: Landing) -> Bool {
        guard let author = person(landing.entry) else { return false }
        let known = known(talks, landing)
        let latest = known.filter { opening in
            !known.contains { $0 != opening && graph.knows(place($0), place(opening)) }
        }
        return latest.contains { opening in
            header(opening).code(.interest) == "declared" && person(source(opening)) == author
        }
    }

    /// Whether an application is made within thirty days of the agreement's taking effect, a term
    /// that nobody can move.
    private func isWithinApplicationTerm(_ landing: Landing) -> Bool {
        let effective = landing.before.deeds(in: .effective).compactMap {
            header($0).instant(.effective)
        }
        let agreed = landing.before.deeds(in: .agreedAt).map { instant(of: .agreedAt, in: $0) }
        guard let start = effective.max() ?? agreed.max(),
            // Counted without holidays, which can only lengthen it: a longer term is never refused.
            let end = WorkCalendar.weekendsOnly.term(days: Self.applicationDays, from: start)?.end
        else { return true }
        return graph.entries[landing.entry].header.caseTime <= end.adding(Self.holidaysMax)
    }

    /// - Source: 民事诉讼法 art. 205.
    private static let applicationDays = 30
    /// The longest run of days off by which a term that ends in it can be longer, in milliseconds.
    private static let holidaysMax: UInt64 = 10 * 86_400_000
}
