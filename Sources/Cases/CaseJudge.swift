internal import Encoding
internal import Ledger

/// Judges the entries of a graph one after another and keeps the state after each.
struct CaseJudge {
    let subject: SubjectID
    let graph: SubjectGraph
    /// Index of the entry from whose place the subject's id follows, if it is here.
    let opening: Int?
    private(set) var verdicts: [EntryVerdict] = []
    private(set) var states: [CaseState] = []

    init(subject: SubjectID, graph: SubjectGraph) {
        self.subject = subject
        self.graph = graph
        opening = graph.entries.firstIndex { entry in
            CaseOperation.named(entry.header.operation)?.opens ?? true
                && SubjectID(openedIn: entry.log, at: entry.sequence) == subject
        }
        verdicts.reserveCapacity(graph.entries.count)
        states.reserveCapacity(graph.entries.count)
    }

    /// Whether an import opened the case.
    var isImported: Bool {
        opening.map { graph.entries[$0].header.operation == CaseOperation.takeOver.name } ?? false
    }

    /// The entries that count, in the order of the graph.
    var effective: [Int] { verdicts.indices.filter { verdicts[$0] == .effective } }

    /// Whether an entry says that its parts give this field.
    func listsInParts(_ field: UInt64, _ index: Int) -> Bool {
        guard
            case .array(let ids)? =
                graph.entries[index].header[field: EntryValues.partFieldsKey]
        else { return false }
        return ids.contains(.unsigned(field))
    }

    /// Judges the next entry in the order of the graph.
    mutating func judge(_ index: Int, rights: (PlacedEntry, [Scope]) -> RightVerdict) {
        let before = join(after: graph.parents[index])
        let verdict = verdict(index, before: before, rights: rights)
        verdicts.append(verdict)
        guard verdict == .effective,
            let operation = CaseOperation.named(graph.entries[index].header.operation)
        else {
            states.append(before)
            return
        }
        states.append(apply(operation, index, to: before))
    }

    /// The join of the states after some entries.
    func join(after entries: [Int]) -> CaseState {
        guard let first = entries.first else { return CaseState() }
        var joined = states[first]
        for (count, entry) in entries.enumerated().dropFirst() {
            joined = joined.joined(
                states[entry],
                knownHere: { other in
                    entries.prefix(count).contains { graph.knows($0, other) }
                },
                knownThere: { graph.knows(entry, $0) }
            )
        }
        return joined
    }

    /// What the stage register of a state comes to; nil before the case is open.
    func stage(of state: CaseState) -> Stage.Joined? {
        Stage.joined(state.entries(in: CaseField.stage.rawValue).compactMap(stageWritten))
    }

    // MARK: Verdict

    private func verdict(
        _ index: Int,
        before: CaseState,
        rights: (PlacedEntry, [Scope]) -> RightVerdict
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
        let scopes = graph.entries[opening].header.scope.map { [$0] } ?? []
        let right = rights(entry, scopes)
        guard right == .allowed else { return .noRight(right) }
        guard entry.header.isUnderstood else { return .needsVersion(entry.header.version) }
        guard let operation = CaseOperation.named(entry.header.operation) else {
            return .needsVersion(Header.currentVersion + 1)
        }
        if let reason = malformed(entry.header, operation, isOpening: index == opening) {
            return .malformed(reason)
        }
        guard index != opening else { return .effective }
        guard let stage = stage(of: before)?.shown else { return .inadmissible(.notOpened) }
        if operation == .takeOver, !isImported { return .inadmissible(.notImported) }
        return operation.stages.contains(stage) ? .effective : .inadmissible(.stage(stage))
    }

    private func malformed(
        _ header: Header,
        _ operation: CaseOperation,
        isOpening: Bool
    ) -> Malformed? {
        guard header.subjects == [subject] else { return .severalSubjects }
        if isOpening {
            if header.scope == nil { return .noScope }
        } else if operation == .report || header.scope != nil {
            return .notTheOpening
        }
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

    // MARK: Effect

    private func apply(
        _ operation: CaseOperation,
        _ index: Int,
        to before: CaseState
    ) -> CaseState {
        let header = graph.entries[index].header
        var written = header.fields.map(\.key) + (EntryValues.partFields(of: header) ?? [])
        written.removeAll { id in
            guard let field = CaseField(rawValue: id), operation.has(field) else { return true }
            switch field.spec.register {
            case .single, .milestone: return false
            case .stage, .set, .act: return true
            }
        }
        for milestone in operation.reaches {
            let time = header.caseTime
            let isEarliest = before.entries(in: milestone.rawValue)
                .allSatisfy { instant(of: milestone, in: $0) > time }
            if isEarliest || operation.clears.contains(milestone) {
                written.append(milestone.rawValue)
            }
        }
        if stageWritten(index) != nil { written.append(CaseField.stage.rawValue) }
        return before.applying(
            entry: index,
            written: written.sorted(),
            cleared: operation.clears.map(\.rawValue)
        )
    }

    /// The stage to which an entry leads, if it does.
    private func stageWritten(_ index: Int) -> Stage? {
        let header = graph.entries[index].header
        guard let operation = CaseOperation.named(header.operation) else { return nil }
        guard operation == .takeOver else { return operation.leadsTo }
        return header[field: CaseField.state.rawValue] == .text("closed") ? .closed : .reported
    }

    /// The instant that an entry gives for a milestone.
    private func instant(of milestone: CaseField, in index: Int) -> UInt64 {
        let header = graph.entries[index].header
        return header.instant(milestone) ?? header.caseTime
    }

    /// The value that an entry wrote to a register; nil where its part is not held.
    ///
    /// - Parameters:
    ///   - register: the number of the field.
    ///   - index: the entry.
    ///   - inParts: gives what the parts of an entry say.
    /// - Returns: the value, of the field's type.
    func value(
        of register: UInt64,
        in index: Int,
        inParts: (Int) -> [CBORPair]
    ) -> CBORValue? {
        guard let field = CaseField(rawValue: register) else { return nil }
        let spec = field.spec
        switch spec.register {
        case .stage: return stageWritten(index).map { .text($0.rawValue) }
        case .milestone: return .unsigned(instant(of: field, in: index))
        case .single, .set, .act:
            guard spec.place != .header else { return graph.entries[index].header[field: register] }
            return inParts(index).first { $0.key == register && spec.type.admits($0.value) }?.value
        }
    }
}

extension Header {
    /// The value of a field of the type instant.
    func instant(_ field: CaseField) -> UInt64? {
        guard case .unsigned(let instant)? = self[field: field.rawValue] else { return nil }
        return instant
    }

    /// When the act happened: as entered later, or when it was written.
    package var caseTime: UInt64 { instant(.at) ?? time }
}
