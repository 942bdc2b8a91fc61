/// One clock of a case: from which milestone to which.
///
/// - Source: `Protocol/case.md` section 6.
package enum Clock: String, CaseIterable, Sendable {
    case accept, respond, arrive, feedback
    /// To be registered, or passed on to whom it concerns.
    case register
    /// The reporter is to be told what became of it.
    case notice
    /// To be ended, from when it was taken on.
    case finish
    /// Talks are to end, with or without an agreement.
    case mediation
    /// Within which the parties may ask a court to confirm what they agreed.
    case judicial
    /// Within which the court decides.
    case court
    /// A review that a petitioner asked for.
    case review
    /// The last one.
    case rereview
    /// An emergency is to get its orders.
    case command
    /// By when another system wanted an imported case closed.
    case target
    /// By when the dispatched case is to be closed, or a council's resolution carried out.
    case due

    /// The milestones that start it: the first of them that is reached.
    package var starts: [CaseField] {
        switch self {
        case .accept, .respond, .arrive, .feedback, .register, .notice, .command, .target:
            [.reportedAt]
        case .finish: [.acceptedAt]
        case .due: [.dispatchedAt, .reportedAt]
        case .mediation: [.mediatedAt]
        case .judicial: [.effective, .agreedAt]
        case .court: [.appliedAt]
        case .review: [.reviewAskedAt]
        case .rereview: [.rereviewAskedAt]
        }
    }

    /// The milestones that stop it: the earliest of them that is reached.
    package var stops: [CaseField] {
        switch self {
        case .accept: [.acceptedAt, .declinedAt]
        case .respond: [.respondedAt]
        case .arrive: [.arrivedAt]
        case .feedback, .notice: [.feedbackAt]
        case .register: [.registeredAt]
        case .finish, .target, .due: [.closedAt]
        case .mediation: [.agreedAt, .mediationEndedAt]
        case .judicial: [.appliedAt]
        case .court: [.confirmedAt]
        case .review: [.reviewAnsweredAt]
        case .rereview: [.rereviewAnsweredAt]
        case .command: [.commandedAt]
        }
    }

    /// Whether it stands still while the case is suspended for a reason that allows it: the
    /// clocks of days do, those of minutes are over before anybody suspends.
    package var isPausable: Bool {
        switch self {
        case .finish, .mediation, .due: true
        case .accept, .respond, .arrive, .feedback, .register, .notice, .judicial, .court, .review,
            .rereview, .command, .target:
            false
        }
    }

    /// Whether it can be moved only if both parties agree.
    package var needsConsent: Bool { self == .mediation }

    /// Whether it is nobody's duty here, so that it is shown and never overdue.
    ///
    /// What runs out is a right of the parties, or the court's own term.
    package var isInformation: Bool { self == .judicial || self == .court }

    /// Whether an extension can move it.
    package var isExtendable: Bool {
        switch self {
        case .finish, .mediation, .due, .court, .notice, .review, .rereview: true
        case .accept, .respond, .arrive, .feedback, .register, .judicial, .command, .target: false
        }
    }

    /// What a reader sees.
    package var label: Label {
        switch self {
        case .accept: Label("受理", "accept")
        case .respond: Label("响应", "respond")
        case .arrive: Label("到场", "arrive")
        case .feedback: Label("反馈", "feedback")
        case .register: Label("登记转办", "register")
        case .notice: Label("告知", "notice")
        case .finish: Label("办结", "finish")
        case .mediation: Label("调解", "mediation")
        case .judicial: Label("申请司法确认", "ask for confirmation")
        case .court: Label("法院审查", "court")
        case .review: Label("复查", "review")
        case .rereview: Label("复核", "re-review")
        case .command: Label("应急指令", "order")
        case .target: Label("原定期限", "target")
        case .due: Label("办理期限", "due")
        }
    }
}

extension CodeList {
    /// Clocks under their code names.
    package static let clocks = CodeList(
        "X-SZ",
        Clock.allCases.map { Code($0.rawValue, $0.label.zh, $0.label.en) }
    )
}
