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
        guard let stage = ShownStage(judge, state) else { return nil }

        id = judge.subject
        self.kind = kind
        number = Self.number(of: judge.graph.entries[opening], scope)
        isImported = judge.isImported
        self.scope = scope
        openedAt = judge.graph.entries[opening].header.caseTime
        self.stage = stage.shown
        let custody = Custody(judge, state, scope, policy)
        self.custody = custody
        links = Self.links(judge, state)
        registers = Self.registers(judge, state, stage: stage.shown, holder: custody.holder)
        conflicts = Self.conflicts(judge, state, stage, registers, custody, policy)
        counts = Counts(judge.verdicts)
        updatedAt = judge.effective.map { judge.graph.entries[$0].header.time }.max() ?? 0
        needsVersion = judge.verdicts.compactMap(\.neededVersion).max()

        let clocks = Clocks(
            judge,
            registers,
            kind: kind,
            scope: scope,
            openedAt: openedAt,
            stage: stage.shown,
            isRepeat: links.contains { $0.kind == .related("repeat", isFirst: true) },
            policy: policy
        )
        profile = clocks.profile
        deadlines = clocks.deadlines
        flags = judge.isImported ? Self.flags(judge, registers, stage.shown, deadlines) : []
    }

    private static func number(of opening: PlacedEntry, _ scope: Scope) -> String {
        let date = LedgerTime.date(opening.header.time)
        let log = hex(opening.log.bytes.prefix(2))
        return "\(scope.code)-\(date)-\(log)-\(opening.sequence)"
    }

    private static func registers(
        _ judge: SubjectJudge,
        _ state: SubjectState,
        stage: Stage,
        holder: Scope
    ) -> [Register] {
        // Parts are decoded once, and only of entries that still stand in a register.
        var decoded: [Int: [CBORPair]] = [:]
        func pairs(_ index: Int) -> [CBORPair] {
            if let pairs = decoded[index] { return pairs }
            let pairs = EntryValues.pairs(of: judge.graph.entries[index].parts)
            decoded[index] = pairs
            return pairs
        }
        func write(_ register: UInt64, _ index: Int) -> Write {
            Write(judge, index, value: judge.value(of: register, in: index, inParts: pairs))
        }
        var registers: [Register] = []
        var rest = state.writes[...]
        while let id = rest.first?.register {
            let group = rest.prefix { $0.register == id }
            rest = rest.dropFirst(group.count)
            let writes = group.map { write(id, $0.entry) }.sorted { $1.isEarlier(than: $0) }
            let shown: CBORValue? =
                switch CaseField(rawValue: id)?.spec.register {
                case .stage: .text(stage.rawValue)
                case .holder: .text(holder.code)
                case .milestone: writes.compactMap(\.instant).min().map { .unsigned($0) }
                case .offers, .links: .array(writes.compactMap(\.value))
                case .single, .set, .act, nil: writes.first?.value
                }
            registers.append(Register(id: id, shown: shown, writes: writes))
        }
        for spec in FieldTable.sets {
            let id = spec.field.rawValue
            let writes = judge.effective.filter { judge.listsInParts(id, $0) }
                .map { write(id, $0) }
            guard !writes.isEmpty else { continue }
            var values: [CBORValue] = []
            for value in writes.compactMap(\.value) where !values.contains(value) {
                values.append(value)
            }
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
        let holdsAllParts = judge.effective
            .allSatisfy { !judge.graph.entries[$0].parts.contains(nil) }
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
            case .missingSummary: holdsAllParts && shown.text(.summary) == nil
            }
        }
    }
}

/// The stage that counts, once cases that were merged into each other are told apart.
struct ShownStage {
    let shown: Stage
    let isConflict: Bool
    /// Whether each of two cases was merged into the other.
    let isMergedBothWays: Bool

    init?(_ judge: SubjectJudge, _ state: SubjectState) {
        guard let joined = judge.stage(of: state) else { return nil }
        guard joined.shown == .merged, let merging = Self.lostMerging(judge, state) else {
            shown = joined.shown
            isConflict = joined.isConflict
            isMergedBothWays = false
            return
        }
        shown = judge.effects[merging].stageBefore ?? .reported
        isConflict = false
        isMergedBothWays = true
    }

    /// The merging of this case into one that was merged into this one, where this one leads: of
    /// two that were merged both ways the one with the smaller id stays open.
    private static func lostMerging(_ judge: SubjectJudge, _ state: SubjectState) -> Int? {
        let links = state.entries(in: .links)
        for entry in state.entries(in: .stage) where judge.effects[entry].stage == .merged {
            let link = judge.effects[entry].answered ?? entry
            guard
                let other = judge.graph.entries[link].header.subjects.last,
                judge.subject < other,
                links.contains(where: { opposite in
                    let subjects = judge.graph.entries[opposite].header.subjects
                    return judge.operation(opposite)?.act == .link && subjects.first == other
                        && subjects.last == judge.subject && judge.hasAnswer(opposite)
                })
            else { continue }
            return entry
        }
        return nil
    }
}

extension SubjectJudge {
    /// Whether somebody confirmed a link, on whichever side, or it was agreed from the start.
    fileprivate func hasAnswer(_ link: Int) -> Bool {
        agreedLinks.contains(link)
            || effects.indices.contains { index in
                effects[index].answered == link && operation(index)?.act == .confirmLink
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
    /// What an entry gave a register, with who it was.
    init(_ judge: SubjectJudge, _ index: Int, value: CBORValue?) {
        self.value = value
        entry = judge.graph.entries[index].hash
        log = judge.graph.entries[index].log
        time = judge.graph.entries[index].header.time
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
