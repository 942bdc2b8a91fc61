internal import Encoding
internal import Ledger

extension SubjectView.Custody {
    init(_ judge: SubjectJudge, _ state: SubjectState, _ scope: Scope, _ policy: Policy) {
        let counting = judge.holders(of: state).first
        holder = counting?.scope ?? scope
        cameFrom = counting.flatMap { judge.cameFrom($0.deed).first }
        let standing = judge.offers(state)
        offers = (standing.open + standing.outrun).enumerated().compactMap { place, offer in
            let isSuperseded = place > 0 || standing.open.isEmpty
            return SubjectView.Offer(judge, offer, isSuperseded: isSuperseded, policy)
        }
        let way = judge.deeds.compactMap { judge.effect($0).holder }
        hops = max(way.count - 1, 0)
        returns = way.indices.dropFirst(2).count { way[$0] == way[$0 - 2] }
        rejections = judge.deeds(.reject).count
        var seen: Set<Int> = []
        assistances = state.deeds(in: .assistants).compactMap { deed in
            guard seen.insert(judge.source(deed)).inserted else { return nil }
            return SubjectView.Assistance(judge, deed)
        }
        waited = judge.deeds(.take, .reject).reduce(0) { sum, answer in
            guard let offer = judge.effect(answer).answered else { return sum }
            let (from, to) = (judge.header(offer).caseTime, judge.header(answer).caseTime)
            return sum.adding(to > from ? to - from : 0)
        }
    }
}

extension SubjectView.Offer {
    fileprivate init?(
        _ judge: SubjectJudge,
        _ deed: Int,
        isSuperseded: Bool,
        _ policy: Policy
    ) {
        guard let to = judge.effect(deed).receiver else { return nil }
        let source = judge.graph.entries[judge.source(deed)]
        let header = source.header
        self.to = to
        entry = source.hash
        log = source.log
        time = header.time
        answerBy =
            header.instant(.answerBy) ?? policy.end(of: .workingDays(1), from: header.caseTime).due
        disputedFrom = policy.end(of: SubjectView.settlingTime, from: header.caseTime).due
        isReturn = judge.operation(deed)?.act == .giveBack
        self.isSuperseded = isSuperseded
    }
}

extension SubjectView.Assistance {
    fileprivate init?(_ judge: SubjectJudge, _ deed: Int) {
        guard let to = judge.effect(deed).receiver else { return nil }
        let source = judge.graph.entries[judge.source(deed)]
        self.to = to
        entry = source.hash
        log = source.log
        time = source.header.time
    }
}

extension SubjectView {
    static func links(_ judge: SubjectJudge, _ state: SubjectState) -> [Link] {
        var seen: Set<Int> = []
        return state.deeds(in: .links).compactMap { deed in
            let source = judge.source(deed)
            let entry = judge.graph.entries[source]
            guard seen.insert(source).inserted,
                let other = entry.header.subjects.first(where: { $0 != judge.subject })
            else { return nil }
            let isFirst = entry.header.subjects.first == judge.subject
            let relation = entry.header.code(.relation)
            let isSaidHere = relation != nil && !judge.effect(deed).isProposal
            return Link(
                other: other,
                kind: relation.map { .related($0, isFirst: isFirst) }
                    ?? (isFirst ? .duplicateOf : .leads),
                entry: entry.hash,
                log: entry.log,
                time: entry.header.time,
                isAgreed: isSaidHere || judge.isAgreed(deed, state),
                isProposal: judge.effect(deed).isProposal
            )
        }
    }

    static func conflicts(
        _ judge: SubjectJudge,
        _ state: SubjectState,
        _ stage: Stage.Joined,
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
                } else if let merging = judge.lostMerging(state) {
                    let value = CBORValue.text(Stage.merged.rawValue)
                    let writes = [Write(judge, merging, value: value)] + register.writes
                    add(
                        .mergedBothWays,
                        register.id,
                        writes.sorted { $1.isEarlier(than: $0) },
                        custody.holder
                    )
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
            case .milestone, .set, .act, .offers, .links, .assistants, .redactions, nil: break
            }
        }
        let rejections = judge.openRejections(state)
        if rejections.count > 1 {
            let places = rejections.compactMap { judge.effect($0).answered }
                .compactMap { judge.effect($0).receiver }
            add(
                .disputedCustody,
                CaseField.holder.rawValue,
                rejections.map { rejection in
                    let code = judge.header(rejection).code(.rejection)
                    return Write(judge, rejection, value: code.map(CBORValue.text))
                }.sorted { $1.isEarlier(than: $0) },
                .common([custody.holder] + places)
            )
        }
        return found
    }

    /// An agreement that not everybody signed and the end of the talks that did not know of it.
    ///
    /// One with all signatures stands whatever the other side recorded; a refusal after it is a
    /// note on its performance.
    private static func refusedAgreement(
        _ judge: SubjectJudge,
        _ state: SubjectState
    ) -> [Write]? {
        let ends = judge.standingStages(state).map(\.deed).filter { judge.operation($0) == .end }
        guard !ends.isEmpty else { return nil }
        let unsigned = judge.deeds(.agree).filter { agreement in
            judge.header(agreement)[field: CaseField.allSigned.rawValue] != .bool(true)
                && ends.contains { end in
                    !judge.graph.knows(judge.place(end), judge.place(agreement))
                        && !judge.graph.knows(judge.place(agreement), judge.place(end))
                }
        }
        guard !unsigned.isEmpty else { return nil }
        return (unsigned + ends).map { deed in
            Write(judge, deed, value: judge.effect(deed).stage.map { .text($0.rawValue) })
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
