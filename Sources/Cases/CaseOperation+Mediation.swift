internal import Ledger

extension CaseOperation {
    /// Mediation, agreement, performance and confirmation.
    static let mediation: [CaseOperation] = [
        mediate, session, end, agree, perform, breach, apply, decide, consult,
        takeOverRecord,
    ]

    /// Opens a mediation, or new talks after a breach.
    package static let mediate = CaseOperation(
        "mediation.open",
        "mediate",
        Label("启动调解", "mediate"),
        Label("启动调解", "opens a mediation"),
        by: [.mediator],
        isPersonal: true,
        required: [.interest],
        optional: [.organisation, .mediators, .consent, .disclosure, .mode],
        in: [.accepted, .onScene, .performing],
        to: .mediating,
        act: .mediate,
        reaches: [.mediatedAt],
        clears: [.mediatedAt, .agreedAt, .mediationEndedAt]
    )
    /// Records one session of the talks.
    package static let session = CaseOperation(
        "mediation.session",
        "session",
        Label("调解记录", "session"),
        Label("记录一次调解", "records one session of the talks"),
        by: [.mediator],
        isPersonal: true,
        required: [.points],
        optional: [.venue, .present, .undisputed, .next, .mode],
        in: [.mediating, .agreed, .performing]
    )
    /// Ends the talks without an agreement and tells other remedies.
    package static let end = CaseOperation(
        "mediation.end",
        "end",
        Label("终止调解", "end"),
        Label("终止调解并告知途径", "ends the talks without an agreement"),
        by: [.mediator],
        isPersonal: true,
        required: [.endReason, .remediesTold],
        optional: [.reason],
        in: [.mediating],
        to: .accepted,
        reaches: [.mediationEndedAt]
    )
    /// Records what was agreed.
    package static let agree = CaseOperation(
        "mediation.agree",
        "agree",
        Label("达成协议", "agree"),
        Label("记录调解协议", "records the agreement"),
        by: [.mediator],
        isPersonal: true,
        required: [.form],
        optional: [
            .items, .item, .itemTerms, .facts, .effective, .term, .signatures, .allSigned, .seal,
            .document,
        ],
        in: [.mediating],
        to: .agreed,
        act: .agree,
        reaches: [.agreedAt]
    )
    /// Records what was done of what was agreed.
    package static let perform = CaseOperation(
        "mediation.perform",
        "perform",
        Label("履行情况", "perform"),
        Label("记录协议履行", "records what was done of what was agreed"),
        by: [.mediator, .gridOfficer],
        required: [.itemNumber, .done],
        optional: [.paid, .text],
        in: [.agreed, .performing],
        to: .performing
    )
    /// Records a breach and what was done about it.
    package static let breach = CaseOperation(
        "mediation.breach",
        "breach",
        Label("违约", "breach"),
        Label("记录违约与督促", "records a breach and what was done about it"),
        by: [.mediator],
        required: [.action],
        optional: [.itemNumber],
        in: [.agreed, .performing],
        to: .performing
    )
    /// Applies jointly for confirmation by a court.
    package static let apply = CaseOperation(
        "court.apply",
        "apply",
        Label("申请司法确认", "apply"),
        Label("共同申请司法确认", "applies for confirmation by a court"),
        by: [.mediator, .windowClerk],
        required: [.court],
        optional: [.receipt],
        in: [.agreed, .performing, .closed, .reviewed],
        act: .apply,
        reaches: [.appliedAt]
    )
    /// Records what the court decided.
    package static let decide = CaseOperation(
        "court.decide",
        "decide",
        Label("司法确认结果", "decide"),
        Label("记录法院决定", "records what the court decided"),
        by: [.mediator, .windowClerk],
        required: [.confirmation],
        optional: [.confirmationNumber],
        in: [.agreed, .performing, .closed, .reviewed],
        reaches: [.confirmedAt]
    )
    /// Records guidance of a shared court.
    package static let consult = CaseOperation(
        "court.consult",
        "consult",
        Label("共享法庭指导", "consult"),
        Label("记录共享法庭的指导", "records guidance of a shared court"),
        by: [.mediator, .windowClerk],
        required: [.court, .guidance],
        in: .open
    )
}
