internal import Crypto
internal import Encoding
internal import Ledger

/// What a state of registers says.
extension SubjectJudge {
    /// What the stage register of a state comes to; nil before the subject is open.
    func stage(of state: SubjectState) -> Stage.Joined? {
        // Mostly there is one write; the register is the first of all.
        let standing = state.writes.prefix(2).filter { $0.register == CaseField.stage.rawValue }
        if standing.count == 1, effect(standing[0].deed).manner == .outright {
            return effect(standing[0].deed).stage.map { Stage.Joined(shown: $0, isConflict: false) }
        }
        return Stage.joined(standingStages(state).map(\.stage))
    }

    /// The stages that stand in a state, each with its deed.
    ///
    /// A merging covers what its author knew, for as long as its link stands. Where all that
    /// stands has ended, a hand-over that the end did not know of stands beside it.
    func standingStages(_ state: SubjectState) -> [(stage: Stage, deed: Int)] {
        var outright: [(stage: Stage, deed: Int, place: Int)] = []
        var marks: [(stage: Stage, deed: Int, place: Int)] = []
        var mergings: [(stage: Stage, deed: Int, place: Int)] = []
        for write in state.writes where write.register == CaseField.stage.rawValue {
            let effect = effect(write.deed)
            guard let stage = effect.stage else { continue }
            let standing = (stage, write.deed, write.entry)
            switch effect.manner {
            case .outright: outright.append(standing)
            case .mark: marks.append(standing)
            case .merging(let link):
                if isMerged(by: link, state), !isLost(link, state) { mergings.append(standing) }
            }
        }
        func isCovered(_ place: Int) -> Bool {
            mergings.contains { graph.knows($0.place, place) }
        }
        var standing = outright.filter { !isCovered($0.place) } + mergings
        if standing.allSatisfy(\.stage.isEnded) {
            standing += marks.filter { !isCovered($0.place) }
        }
        return standing.sorted { $0.deed < $1.deed }.map { ($0.stage, $0.deed) }
    }

    /// The merging of a case into one that was merged into this one, where this one goes on: of
    /// two that were merged both ways the one with the smaller id stays what it was.
    func lostMerging(_ state: SubjectState) -> Int? {
        state.deeds(in: .stage).first { deed in
            guard case .merging(let link) = effect(deed).manner else { return false }
            return isMerged(by: link, state) && isLost(link, state)
        }
    }

    private func isMerged(by link: Int, _ state: SubjectState) -> Bool {
        state.deeds(in: .links).contains { source($0) == source(link) }
    }

    private func isLost(_ link: Int, _ state: SubjectState) -> Bool {
        guard let other = header(link).subjects.last, subject < other else { return false }
        return state.deeds(in: .links).contains { opposite in
            header(opposite).subjects == [other, subject] && operation(opposite)?.act == .link
                && isAgreed(opposite, state)
        }
    }

    /// Whether both sides have agreed to a link that stands.
    func isAgreed(_ link: Int, _ state: SubjectState) -> Bool {
        state.deeds(in: SubjectState.agreements).contains { source($0) == source(link) }
    }

    /// Where a case goes on that a state has suspended.
    func stageBeforeSuspension(_ state: SubjectState) -> Stage? {
        Stage.joined(suspended(state).compactMap(\.resumesTo))?.shown
    }

    /// The deeds that suspended a case, as far as a state has it suspended.
    func suspensions(_ state: SubjectState) -> [Int] {
        Set(suspended(state).flatMap(\.suspensions)).sorted()
    }

    private func suspended(_ state: SubjectState) -> [Effect] {
        standingStages(state).filter { $0.stage == .suspended }.map { effect($0.deed) }
    }

    /// Who has to act in a state: every value that stands, the one that counts first.
    ///
    /// An assignment from above goes before what offices agreed among themselves; of two takings
    /// that did not know each other the one whose offer came first counts.
    func holders(of state: SubjectState) -> [(scope: Scope, deed: Int)] {
        state.deeds(in: .holder)
            .sorted { (rank($0), $0) < (rank($1), $1) }
            .compactMap { deed in effect(deed).holder.map { ($0, deed) } }
    }

    /// From whom the case came to a holder: who had it before.
    func cameFrom(_ holder: Int) -> [Scope] {
        holders(of: join(after: graph.parents[place(holder)])).map(\.scope)
    }

    /// The offers that stand in a state, the one that counts first.
    ///
    /// One that did not know how the case changed hands since can not be taken.
    func offers(_ state: SubjectState) -> (open: [Int], outrun: [Int]) {
        let moves = state.entries(in: .holder)
        let standing = state.deeds(in: .offers).sorted { (order($0), $0) < (order($1), $1) }
        func isOpen(_ offer: Int) -> Bool {
            moves.allSatisfy { graph.knows(place(offer), $0) }
        }
        return (standing.filter(isOpen), standing.filter { !isOpen($0) })
    }

    /// The rejections of offers that who has the case now made: with two it is disputed.
    func openRejections(_ state: SubjectState) -> [Int] {
        let moves = state.entries(in: .holder)
        return deeds(.reject).filter { rejection in
            guard let offer = effect(rejection).answered else { return false }
            return moves.allSatisfy { graph.knows(place(offer), $0) }
        }
    }

    /// The instant that a deed gives for a milestone.
    func instant(of milestone: CaseField, in deed: Int) -> UInt64 {
        let header = header(deed)
        return header.instant(milestone) ?? header.caseTime
    }

    /// The value that a deed wrote to a register; nil where its part is not held.
    ///
    /// - Parameters:
    ///   - register: the number of the field.
    ///   - deed: the deed.
    ///   - inParts: gives what the parts of an entry say.
    /// - Returns: the value, of the field's type.
    func value(
        of register: UInt64,
        in deed: Int,
        inParts: (Int) -> [CBORPair]
    ) -> CBORValue? {
        guard let field = CaseField(rawValue: register) else { return nil }
        let spec = field.spec
        switch spec.register {
        case .stage: return effect(deed).stage.map { .text($0.rawValue) }
        case .holder: return effect(deed).holder.map { .text($0.code) }
        case .offers, .assistants: return effect(deed).receiver.map { .text($0.code) }
        case .redactions: return header(deed)[field: CaseField.redacted.rawValue]
        case .links:
            return header(deed).subjects.first { $0 != subject }.map { .bytes($0.bytes) }
        case .milestone: return .unsigned(instant(of: field, in: deed))
        case .single, .set, .act:
            guard spec.place != .header else { return header(deed)[field: register] }
            return inParts(source(deed))
                .first { $0.key == register && spec.type.admits($0.value) }?.value
        }
    }

    /// Whether an entry says that its parts give this field of its operation.
    func listsInParts(_ field: CaseField, _ deed: Int) -> Bool {
        guard operation(deed)?.has(field) ?? false,
            case .array(let ids)? = header(deed)[field: EntryValues.partFieldsKey]
        else { return false }
        return ids.contains(.unsigned(field.rawValue))
    }

    private func order(_ deed: Int) -> Order {
        Order(time: header(deed).time, hash: graph.entries[source(deed)].hash)
    }

    private func rank(_ deed: Int) -> Order {
        switch operation(deed)?.act {
        case .assign, .settle:
            // The latest assignment counts, before any other.
            Order(isBelow: false, time: .max - order(deed).time, hash: order(deed).hash)
        default:
            Order(
                isBelow: true,
                time: order(effect(deed).answered ?? deed).time,
                hash: order(effect(deed).answered ?? deed).hash
            )
        }
    }
}

/// Orders what is concurrent, for a choice that is the same at all nodes.
private struct Order: Comparable {
    var isBelow = false
    let time: UInt64
    let hash: Digest

    static func < (left: Order, right: Order) -> Bool {
        if left.isBelow != right.isBelow { return right.isBelow }
        return (left.time, left.hash) < (right.time, right.hash)
    }
}
