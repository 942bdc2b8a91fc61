internal import Crypto
internal import Encoding
internal import Ledger

extension SubjectView {
    /// Reads the view off judged entries; nil while no entry in effect opens the subject.
    init?(_ judge: SubjectJudge, policy: Policy) {
        guard let opening = judge.opening, judge.verdicts[opening].isInEffect,
            let scope = judge.graph.entries[opening].header.scope, let kind = judge.kind
        else { return nil }
        let heads = judge.graph.heads { judge.verdicts[$0].isJudged }
        let state = judge.join(after: heads)
        guard let stage = judge.stage(of: state) else { return nil }

        let redactions = Self.redactions(judge, state)
        self.redactions = redactions
        judge.hide(redactions)
        id = judge.subject
        self.kind = kind
        number = Self.number(of: judge.graph.entries[opening], scope)
        isImported = judge.isImported
        self.scope = scope
        openedAt = judge.graph.entries[opening].header.caseTime
        self.stage = stage.shown
        let custody = Custody(judge, state, scope, policy)
        self.custody = custody
        let links = Self.links(judge, state)
        self.links = links
        registers = Self.registers(judge, state, stage, holder: custody.holder)
        conflicts = Self.conflicts(judge, state, stage, registers, custody, policy)
        counts = Counts(judge.verdicts)
        absentParts = Self.absentParts(judge)
        updatedAt =
            judge.verdicts.indices.filter { judge.verdicts[$0].isInEffect }
            .map { judge.graph.entries[$0].header.time }.max() ?? 0
        needsVersion = judge.verdicts.compactMap(\.neededVersion).max()

        let clocks = Clocks(
            judge,
            state,
            registers,
            kind: kind,
            scope: scope,
            openedAt: openedAt,
            stage: stage.shown,
            isRepeat: links.contains { link in
                link.isAgreed && link.kind == .related("repeat", isFirst: true)
            },
            policy: policy
        )
        profile = clocks.profile
        deadlines = clocks.deadlines
        flags = judge.isImported ? Self.flags(judge, registers, stage.shown, deadlines) : []
    }

    /// What is redacted is absent everywhere, whether it is destroyed here already or not.
    private static func absentParts(_ judge: SubjectJudge) -> [AbsentPart] {
        let entries = judge.graph.entries
        let hidden = Set(judge.hidden.map { entries[$0].hash })
        return entries.filter { !hidden.contains($0.hash) && $0.parts.contains(nil) }
            .sorted { $0.hash < $1.hash }
            .flatMap { entry in
                // The fold opens nothing, so it misses nothing of what is sealed.
                let closed = entry.header.closedParts
                return entry.parts.indices
                    .filter { entry.parts[$0] == nil && !closed.contains($0) }
                    .map { AbsentPart(entry: entry.hash, part: $0) }
            }
    }

    private static func number(of opening: PlacedEntry, _ scope: Scope) -> String {
        let date = LedgerTime.date(opening.header.time)
        let log = hex(opening.log.bytes.prefix(2))
        return "\(scope.code)-\(date)-\(log)-\(opening.sequence)"
    }

    private static func registers(
        _ judge: SubjectJudge,
        _ state: SubjectState,
        _ stage: Stage.Joined,
        holder: Scope
    ) -> [Register] {
        // Parts are decoded once, and only of entries that still stand in a register.
        var decoded: [Int: [CBORPair]] = [:]
        func pairs(_ index: Int) -> [CBORPair] {
            if let pairs = decoded[index] { return pairs }
            let pairs = EntryValues.pairs(of: judge.shown(index).parts)
            decoded[index] = pairs
            return pairs
        }
        func writes(_ register: UInt64, _ deeds: [Int]) -> [Write] {
            // An entry that was ratified twice stands there once.
            var seen: Set<Int> = []
            return deeds.filter { seen.insert(judge.source($0)).inserted }.map { deed in
                let value = judge.value(of: register, in: deed, inParts: pairs)
                return Write(judge, deed, value: value)
            }
        }
        var registers: [Register] = []
        var rest = state.writes.prefix { $0.register != SubjectState.agreements }
        while let id = rest.first?.register {
            let group = rest.prefix { $0.register == id }
            rest = rest.dropFirst(group.count)
            let kind = CaseField(rawValue: id)?.spec.register
            let deeds =
                kind == .stage ? judge.standingStages(state).map(\.deed) : group.map(\.deed)
            let writes = writes(id, deeds).sorted { $1.isEarlier(than: $0) }
            let shown: CBORValue? =
                switch kind {
                case .stage: .text(stage.shown.rawValue)
                case .holder: .text(holder.code)
                case .milestone: writes.compactMap(\.instant).min().map { .unsigned($0) }
                case .offers, .links, .assistants, .redactions: .array(writes.compactMap(\.value))
                case .single, .set, .act, nil: writes.first?.value
                }
            registers.append(Register(id: id, shown: shown, writes: writes))
        }
        for spec in FieldTable.sets {
            let id = spec.field.rawValue
            let deeds = judge.deeds.filter { judge.listsInParts(spec.field, $0) }
                .sorted { judge.source($0) < judge.source($1) }
            guard !deeds.isEmpty else { continue }
            let writes = writes(id, deeds)
            var seen: Set<CBORValue> = []
            let values = writes.compactMap(\.value).filter { seen.insert($0).inserted }
            registers.append(Register(id: id, shown: .array(values), writes: writes))
        }
        return registers.sorted { $0.id < $1.id }
    }

    private static func flags(
        _ judge: SubjectJudge,
        _ shown: [Register],
        _ stage: Stage,
        _ deadlines: [Deadline]
    ) -> [ImportFlag] {
        let target = deadlines.first { $0.clock == .target }?.state
        let claim = shown.text(.claim)
        let readsAllParts = judge.deeds
            .allSatisfy { deed in
                let entry = judge.shown(judge.source(deed))
                let closed = entry.header.closedParts
                return entry.header.seal == nil
                    && entry.parts.indices
                        .allSatisfy { entry.parts[$0] != nil || closed.contains($0) }
            }
        return ImportFlag.allCases.filter { flag in
            switch flag {
            case .closedBeforeOpened:
                shown.number(.closedAt).map { $0 < shown.number(.reportedAt) ?? 0 } ?? false
            case .noClosingTime: stage.isEnded && shown.number(.closedAt) == nil
            case .noTarget: target == nil
            case .claimedOverdue: claim == "overdue"
            case .claimContradicted:
                claim == "overdue" && (target == .met || target == nil)
                    || claim == "ontime" && target == .missed
            case .missingSummary: readsAllParts && shown.text(.summary) == nil
            }
        }
    }
}

extension [SubjectView.Register] {
    /// The value shown for a field.
    subscript(field: CaseField) -> CBORValue? {
        first { $0.id == field.rawValue }?.shown
    }

    /// The instant or count shown for a field.
    func number(_ field: CaseField) -> UInt64? {
        guard case .unsigned(let number)? = self[field] else { return nil }
        return number
    }

    /// The text or code shown for a field.
    func text(_ field: CaseField) -> String? {
        guard case .text(let text)? = self[field] else { return nil }
        return text
    }
}

extension SubjectView.Write {
    /// What a deed gave a register, with who it was.
    init(_ judge: SubjectJudge, _ deed: Int, value: CBORValue?) {
        let source = judge.graph.entries[judge.source(deed)]
        self.value = value
        entry = source.hash
        log = source.log
        time = source.header.time
    }

    func isEarlier(than other: SubjectView.Write) -> Bool {
        (time, entry) < (other.time, other.entry)
    }

    fileprivate var instant: UInt64? {
        guard case .unsigned(let instant)? = value else { return nil }
        return instant
    }
}

extension SubjectView.Counts {
    fileprivate init(_ verdicts: [EntryVerdict]) {
        entries = verdicts.count
        for verdict in verdicts {
            switch verdict {
            case .effective, .ratified: break
            case .inadmissible: inadmissible += 1
            case .noRight: withoutRight += 1
            case .forged: forged += 1
            case .needsVersion: needingVersion += 1
            case .malformed: malformed += 1
            case .waiting: waiting += 1
            case .proposed: proposed += 1
            }
        }
    }
}
