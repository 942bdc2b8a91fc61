package import Ledger

extension SubjectView {
    /// An offer that nobody has answered for so long that an office above has to say who acts.
    package struct LateOffer: Hashable, Sendable {
        /// The offer.
        package let offer: Offer
        /// Who has to say so: the narrowest place that covers the holder and the receiver.
        package let owner: Scope
        /// Until when.
        package let answerBy: UInt64
    }

    /// Offers without an answer beyond the time from which it counts as disputed who has to act.
    package func lateOffers(now: UInt64, policy: Policy) -> [LateOffer] {
        custody.offers.filter { $0.disputedFrom < now && !$0.isSuperseded }.map { offer in
            LateOffer(
                offer: offer,
                owner: .common([holder, offer.to]),
                answerBy: policy.end(of: Self.settlingTime, from: offer.disputedFrom).due
            )
        }
    }

    /// Links that the other side proposed and this side has not answered.
    package var askedLinks: [Link] { links.filter { $0.isProposal && !$0.isAgreed } }

    /// Redactions that nobody above has approved or refused.
    package var openRedactions: [Redaction] { redactions.filter(\.approvals.isEmpty) }

    /// Since when somebody has waited for an answer to a link or a redaction; nil if nobody does.
    package var askedAt: UInt64? {
        (askedLinks.map(\.time) + openRedactions.map(\.time)).min()
    }

    /// Until when somebody above is to answer a redaction.
    package func answerBy(_ redaction: Redaction, policy: Policy) -> UInt64 {
        policy.end(of: Self.settlingTime, from: redaction.time).due
    }

    /// Until when this side is to answer a link.
    package func answerBy(_ link: Link, policy: Policy) -> UInt64 {
        policy.end(of: Self.settlingTime, from: link.time).due
    }

    /// Whether it is disputed who has to act: offices said one after another that it is not theirs,
    /// or an offer found no answer.
    package func isCustodyDisputed(now: UInt64) -> Bool {
        conflicts.contains { $0.reason == .disputedCustody }
            || custody.offers.contains { $0.disputedFrom < now && !$0.isSuperseded }
    }
}
