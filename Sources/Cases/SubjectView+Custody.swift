internal import Encoding
internal import Ledger

extension SubjectView.Custody {
    init(_ judge: SubjectJudge, _ state: SubjectState, _ scope: Scope, _ policy: Policy) {
        holder = judge.holders(of: state).first?.scope ?? scope
        cameFrom = judge.cameFrom(state).first
        let open = judge.openOffers(state)
        offers = open.enumerated().compactMap { place, entry in
            SubjectView.Offer(judge, entry, isSuperseded: place > 0, policy)
        }
        let moves = judge.effective(.take, .assign)
        hops = moves.count
        let way = [scope] + moves.compactMap { judge.effects[$0].holder }
        returns = way.indices.dropFirst(2).count { way[$0] == way[$0 - 2] }
        rejections = judge.effective(.reject).count
        waited = judge.effective(.take, .reject).reduce(0) { sum, answer in
            guard let offer = judge.effects[answer].answered else { return sum }
            let (from, to) = (
                judge.graph.entries[offer].header.caseTime,
                judge.graph.entries[answer].header.caseTime
            )
            return sum.adding(to > from ? to - from : 0)
        }
    }
}

extension SubjectView.Offer {
    fileprivate init?(
        _ judge: SubjectJudge,
        _ index: Int,
        isSuperseded: Bool,
        _ policy: Policy
    ) {
        guard let to = judge.effects[index].receiver else { return nil }
        let entry = judge.graph.entries[index]
        self.to = to
        self.entry = entry.hash
        log = entry.log
        time = entry.header.time
        answerBy =
            entry.header.instant(.answerBy)
            ?? policy.end(of: .workingDays(1), from: entry.header.caseTime).due
        disputedFrom = policy.end(of: SubjectView.settlingTime, from: entry.header.caseTime).due
        isReturn = judge.operation(index)?.act == .giveBack
        self.isSuperseded = isSuperseded
    }
}

extension SubjectView {
    static func links(_ judge: SubjectJudge, _ state: SubjectState) -> [Link] {
        state.entries(in: .links).compactMap { index in
            let entry = judge.graph.entries[index]
            guard let other = entry.header.subjects.first(where: { $0 != judge.subject }) else {
                return nil
            }
            let isFirst = entry.header.subjects.first == judge.subject
            let relation = entry.header.code(.relation)
            return Link(
                other: other,
                kind: relation.map { .related($0, isFirst: isFirst) }
                    ?? (isFirst ? .duplicateOf : .leads),
                entry: entry.hash,
                log: entry.log,
                time: entry.header.time,
                isAgreed: relation != nil || judge.agreedLinks.contains(index)
            )
        }
    }

    static func conflicts(
        _ judge: SubjectJudge,
        _ state: SubjectState,
        _ stage: ShownStage,
        _ registers: [Register],
        _ custody: Custody,
        _ policy: Policy
    ) -> [Conflict] {
        var found: [Conflict] = []
        func add(_ reason: Conflict.Reason, _ field: UInt64, _ writes: [Write], _ owner: Scope) {
            let latest = writes.map(\.time).max() ?? 0
            found.append(
                Conflict(
                    reason: reason,
                    register: field,
                    writes: writes,
                    owner: owner,
                    answerBy: policy.end(of: settlingTime, from: latest).due
                )
            )
        }
        for register in registers {
            switch CaseField(rawValue: register.id)?.spec.register {
            case .stage:
                if stage.isConflict {
                    add(.values, register.id, register.writes, custody.holder)
                } else if stage.isMergedBothWays {
                    add(.mergedBothWays, register.id, register.writes, custody.holder)
                } else if let writes = refusedAgreement(judge, state) {
                    add(.refusedAgreement, register.id, writes, custody.holder)
                }
            case .holder:
                let scopes = judge.holders(of: state).map(\.scope)
                if Set(scopes).count > 1 {
                    add(.values, register.id, register.writes, .common(scopes))
                }
            case .single:
                if register.isContradictory {
                    add(.values, register.id, register.writes, custody.holder)
                }
            case .milestone, .set, .act, .offers, .links, nil: break
            }
        }
        let rejections = openRejections(judge, state)
        if rejections.count > 1 {
            let places = rejections.compactMap { judge.effects[$0].answered }
                .compactMap { judge.effects[$0].receiver }
            add(
                .disputedCustody,
                CaseField.holder.rawValue,
                rejections.map { index in
                    let code = judge.graph.entries[index].header.code(.rejection)
                    return Write(judge, index, value: code.map(CBORValue.text))
                }.sorted { $1.isEarlier(than: $0) },
                .common([custody.holder] + places)
            )
        }
        return found
    }

    /// The rejections since the case last changed hands.
    private static func openRejections(_ judge: SubjectJudge, _ state: SubjectState) -> [Int] {
        let holders = state.writers(of: .holder)
        return judge.effective(.reject).filter { rejection in
            !holders.contains { judge.graph.knows($0, rejection) }
        }
    }

    /// An agreement that not everybody signed and the end of the talks that did not know of it.
    ///
    /// One with all signatures stands whatever the other side recorded; a refusal after it is a
    /// note on its performance.
    private static func refusedAgreement(
        _ judge: SubjectJudge,
        _ state: SubjectState
    ) -> [Write]? {
        let standing = state.entries(in: .stage)
        let agreements = standing.filter { judge.operation($0)?.act == .agree }
        let ends = standing.filter { judge.operation($0) == .end }
        let isSigned = agreements.allSatisfy { index in
            judge.graph.entries[index].header[field: CaseField.allSigned.rawValue] == .bool(true)
        }
        guard !agreements.isEmpty, !ends.isEmpty, !isSigned else { return nil }
        return (agreements + ends).map { index in
            Write(judge, index, value: judge.effects[index].stage.map { .text($0.rawValue) })
        }.sorted { $1.isEarlier(than: $0) }
    }
}

extension SubjectView.Register {
    /// Whether concurrent values differ, as far as they are held.
    var isContradictory: Bool {
        guard CaseField(rawValue: id)?.spec.register == .single else { return false }
        let values = writes.compactMap(\.value)
        return values.contains { $0 != values.first }
    }
}

extension Scope {
    /// The narrowest place that covers all of these: who settles what they disagree about.
    static func common(_ scopes: [Scope]) -> Scope {
        guard let first = scopes.first else { preconditionFailure("at least one place") }
        let codes = lengths.reversed().compactMap { length in
            first.code.utf8.count >= length ? Scope(String(first.code.prefix(length))) : nil
        }
        return codes.first { code in scopes.allSatisfy(code.covers) } ?? codes.last ?? first
    }
}
