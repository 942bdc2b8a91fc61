internal import Crypto
internal import Encoding
internal import Ledger

/// How cases went from office to office, and what offices above said.
package struct CustodyFigures: Hashable, Sendable {
    /// How an office answered what was offered to it.
    package struct Office: Hashable, Sendable {
        /// Offers to it.
        package fileprivate(set) var offered: UInt64 = 0
        package fileprivate(set) var taken: UInt64 = 0
        package fileprivate(set) var rejected: UInt64 = 0
        /// Neither answered nor taken back.
        package fileprivate(set) var open: UInt64 = 0
        /// Answered after the time for it, or still without an answer then.
        package fileprivate(set) var late: UInt64 = 0
        /// From the offer to the answer.
        package fileprivate(set) var waited = Durations()

        /// Rejected of answered.
        package var rejectRate: Share { Share(rejected, of: taken + rejected) }
    }

    /// By the code of the place that an offer names.
    package private(set) var offices: [String: Office] = [:]
    /// Cases that changed hands at least once.
    package private(set) var moved: UInt64 = 0
    /// How often in all.
    package private(set) var hops: UInt64 = 0
    /// How often a case came back to whom it had just left.
    package private(set) var pingPong: UInt64 = 0
    /// How often the office above was asked to take a case.
    package private(set) var escalated: UInt64 = 0
    /// Cases of which it is disputed who has to act.
    package private(set) var disputed: UInt64 = 0
    /// Supervisions by the colour of their card.
    package private(set) var cards: [String: UInt64] = [:]
    /// Demands put right in time, of those whose time is over or that were put right.
    package private(set) var rectified = Share()
    /// How often somebody was urged.
    package private(set) var urged: UInt64 = 0

    mutating func count(
        _ view: SubjectView,
        _ acts: [EffectiveAct],
        now: UInt64,
        policy: Policy
    ) {
        let custody = view.custody
        if custody.hops > 0 { moved += 1 }
        hops += UInt64(custody.hops)
        pingPong += UInt64(custody.returns)
        if view.isCustodyDisputed(now: now) { disputed += 1 }
        countOffers(acts, now: now, policy: policy)
        countSupervision(acts, now: now)
    }

    private mutating func countOffers(_ acts: [EffectiveAct], now: UInt64, policy: Policy) {
        for offer in acts where offer.operation.act == .offer || offer.operation.act == .giveBack {
            guard let place = offer.header.to?.code else { continue }
            var office = offices[place, default: Office()]
            defer { offices[place] = office }
            office.offered += 1
            let made = offer.header.caseTime
            let answerBy =
                offer.header.instant(.answerBy)
                ?? policy.end(of: .workingDays(1), from: made).due
            let answer = acts.first { $0.header.digest(.offer) == offer.hash }
            switch answer?.operation.act {
            case .take: office.taken += 1
            case .reject: office.rejected += 1
            case .withdraw: continue
            default:
                // An assignment from above answers whatever stood open.
                guard !acts.contains(where: { $0.settlesCustody && $0.order > offer.order }) else {
                    continue
                }
                office.open += 1
                if answerBy < now { office.late += 1 }
                continue
            }
            let answered = answer?.header.caseTime ?? made
            if answered > answerBy { office.late += 1 }
            office.waited.add(milliseconds: answered > made ? answered - made : 0)
        }
    }

    private mutating func countSupervision(_ acts: [EffectiveAct], now: UInt64) {
        for act in acts {
            if act.operation == .urge { urged += 1 }
            if act.operation == .escalate { escalated += 1 }
            guard act.operation == .supervise else { continue }
            if let card = act.header.code(.card) { cards[card, default: 0] += 1 }
            guard let due = act.header.instant(.demandDue) else { continue }
            let done = acts.first { $0.operation == .rectify && $0.order > act.order }?
                .header.caseTime
            if done != nil || due < now { rectified.count(done.map { $0 <= due } ?? false) }
        }
    }
}

/// An entry in effect with its operation, in display order.
struct EffectiveAct {
    let operation: CaseOperation
    let header: Header
    let hash: Digest
    let order: Int

    /// Those of a subject.
    static func all(_ history: [JudgedEntry]) -> [EffectiveAct] {
        history.enumerated().compactMap { order, judged in
            guard judged.verdict.isInEffect,
                let operation = CaseOperation.named(judged.entry.header.operation)
            else { return nil }
            return EffectiveAct(
                operation: operation,
                header: judged.entry.header,
                hash: judged.entry.hash,
                order: order
            )
        }
    }

    /// Whether it says who has to act whatever was offered.
    fileprivate var settlesCustody: Bool {
        operation.act == .assign || operation.act == .take
            || operation.act == .settle && header.to != nil
    }
}
