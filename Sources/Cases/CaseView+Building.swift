internal import Crypto
internal import Encoding
internal import Ledger

extension CaseView {
    /// Reads the view off judged entries; nil while no entry in effect opens the case.
    init?(_ judge: CaseJudge) {
        guard let opening = judge.opening, judge.verdicts[opening] == .effective,
            let scope = judge.graph.entries[opening].header.scope
        else { return nil }
        let heads = judge.graph.heads { judge.verdicts[$0].isJudged }
        let state = judge.join(after: heads)
        guard let stage = judge.stage(of: state) else { return nil }

        id = judge.subject
        number = Self.number(of: judge.graph.entries[opening], scope)
        isImported = judge.isImported
        self.scope = scope
        holder = scope
        self.stage = stage.shown
        registers = Self.registers(judge, state, stage: stage.shown)
        conflicts = registers.filter { register in
            register.id == CaseField.stage.rawValue ? stage.isConflict : register.isContradictory
        }.map { register in
            let latest = register.writes.map(\.time).max() ?? 0
            return Conflict(
                register: register.id,
                writes: register.writes,
                owner: scope,
                answerBy: latest.adding(Self.settlingTime)
            )
        }
        counts = Counts(judge.verdicts)
        updatedAt = judge.effective.map { judge.graph.entries[$0].header.time }.max() ?? 0
        needsVersion = judge.verdicts.compactMap(\.neededVersion).max()

        let fallback: Profile = judge.isImported ? .none : .hangzhou
        profile = registers.text(.profile) ?? fallback.rawValue
        deadlines = Self.deadlines(registers, profile: profile, hasEnded: stage.shown.isEnded)
        flags = judge.isImported ? Self.flags(judge, registers, stage.shown, deadlines) : []
    }

    private static func number(of opening: PlacedEntry, _ scope: Scope) -> String {
        let date = LedgerTime.date(opening.header.time)
        let log = hex(opening.log.bytes.prefix(2))
        return "\(scope.code)-\(date)-\(log)-\(opening.sequence)"
    }

    private static func registers(
        _ judge: CaseJudge,
        _ state: CaseState,
        stage: Stage
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
            Write(
                value: judge.value(of: register, in: index, inParts: pairs),
                entry: judge.graph.entries[index].hash,
                log: judge.graph.entries[index].log,
                time: judge.graph.entries[index].header.time
            )
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
                case .milestone: writes.compactMap(\.instant).min().map { .unsigned($0) }
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

    private static func deadlines(
        _ shown: [Register],
        profile: String,
        hasEnded: Bool
    ) -> [Deadline] {
        guard let start = shown.number(.reportedAt) else { return [] }
        func deadline(_ clock: Clock, _ start: UInt64, _ due: UInt64) -> Deadline {
            // A closing that is contested has not ended the case.
            let isDone = hasEnded || clock.stopsAt != .closedAt
            return Deadline(
                clock: clock,
                start: start,
                due: due,
                doneAt: isDone ? shown.number(clock.stopsAt) : nil,
                hasEnded: hasEnded
            )
        }
        var deadlines = (Profile(rawValue: profile)?.clocks ?? []).map { clock, limit in
            deadline(clock, start, start.adding(limit))
        }
        if let target = shown.number(.target) { deadlines.append(deadline(.target, start, target)) }
        if let due = shown.number(.due) {
            deadlines.append(deadline(.due, shown.number(.dispatchedAt) ?? start, due))
        }
        return deadlines
    }

    private static func flags(
        _ judge: CaseJudge,
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

extension [CaseView.Register] {
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

extension CaseView.Register {
    /// Whether concurrent values differ, as far as they are held.
    var isContradictory: Bool {
        guard CaseField(rawValue: id)?.spec.register == .single else { return false }
        let values = writes.compactMap(\.value)
        return values.contains { $0 != values.first }
    }
}

extension CaseView.Write {
    fileprivate func isEarlier(than other: CaseView.Write) -> Bool {
        (time, entry) < (other.time, other.entry)
    }

    fileprivate var instant: UInt64? {
        guard case .unsigned(let instant)? = value else { return nil }
        return instant
    }
}

extension CaseView.Counts {
    fileprivate init(_ verdicts: [EntryVerdict]) {
        entries = verdicts.count
        for verdict in verdicts {
            switch verdict {
            case .effective: break
            case .inadmissible: inadmissible += 1
            case .noRight: withoutRight += 1
            case .forged: forged += 1
            case .needsVersion: needingVersion += 1
            case .malformed: malformed += 1
            case .waiting: waiting += 1
            }
        }
    }
}

extension UInt64 {
    /// The sum, or the largest number if it is larger: times in entries may be anything.
    fileprivate func adding(_ other: UInt64) -> UInt64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? .max : sum
    }
}
