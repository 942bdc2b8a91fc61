internal import Ledger

extension CaseOperation {
    /// How a case ends, and what comes after.
    static let closing: [CaseOperation] = [
        close, reopen, refer, answer, takeBack, evaluate, visit, archive, askReview, answerReview,
        askRereview, answerRereview,
    ]

    /// Ends the case.
    package static let close = CaseOperation(
        "case.close",
        "close",
        Label("办结", "close"),
        Label("以结果代码办结", "ends the case with an outcome"),
        by: [.departmentOfficer, .streetLead, .districtAdmin],
        isPersonal: true,
        isHolders: true,
        required: [.outcome],
        optional: [.way, .replied, .resolution],
        in: [.accepted, .onScene, .mediating, .agreed, .performing],
        to: .closed,
        reaches: [.closedAt],
        clears: [.closedAt]
    )
    /// Takes up an ended case again.
    package static let reopen = CaseOperation(
        "case.reopen",
        "reopen",
        Label("重开", "reopen"),
        Label("说明理由后重开", "takes up an ended case again"),
        by: [.streetLead, .districtAdmin],
        rightIn: [.archived: [.districtAdmin]],
        isHolders: true,
        required: [.reason],
        in: [.closed, .reviewed, .archived],
        to: .accepted,
        // Of a record that was closed before anybody here accepted it.
        reaches: [.acceptedAt],
        clears: [.closedAt]
    )
    /// Passes the case to who is outside the ledger.
    package static let refer = CaseOperation(
        "case.refer",
        "refer",
        Label("转出", "refer"),
        Label(
            "转法院、仲裁、公安、信访或执法",
            "passes the case to court, arbitration, police, petitions or enforcement"
        ),
        by: .desk,
        isHolders: true,
        required: [.referredTo, .reason],
        optional: [.referralNumber, .receipt, .basis, .package, .remediesTold],
        in: Set<Stage>.open,
        to: .referred,
        reaches: [.referredAt]
    )
    /// Records what came of it there, or that it came back.
    package static let answer = CaseOperation(
        "case.answer",
        "answer",
        Label("转办结果", "answer"),
        Label("记录转出后的结果", "records what came of a referral"),
        by: [.windowClerk, .dispatcher, .streetLead],
        required: [.answer],
        optional: [.referralNumber],
        in: [.referred]
    )
    /// Takes a referred case up again.
    package static let takeBack = CaseOperation(
        "case.take-back",
        "take-back",
        Label("收回", "take back"),
        Label("转出被退回,继续办理", "takes a referred case up again"),
        by: .desk,
        isHolders: true,
        required: [.reason],
        in: [.referred],
        to: .accepted,
        // Of a case that was referred before anybody accepted it.
        reaches: [.acceptedAt]
    )
    /// Says how satisfied the citizen is.
    package static let evaluate = CaseOperation(
        "case.evaluate",
        "evaluate",
        Label("评价", "evaluate"),
        Label("群众评价", "how satisfied the citizen is"),
        by: [.resident, .windowClerk],
        required: [.rating],
        optional: [.comment],
        in: [.closed, .reviewed],
        to: .reviewed
    )
    /// Records a follow-up visit.
    package static let visit = CaseOperation(
        "case.visit",
        "visit",
        Label("回访", "visit"),
        Label("记录回访", "records a follow-up visit"),
        by: [.gridOfficer, .mediator, .windowClerk],
        required: [.visitResult],
        optional: [.text],
        in: [.performing, .closed, .reviewed],
        reaches: [.visitedAt]
    )
    /// Says that the file is complete.
    package static let archive = CaseOperation(
        "case.archive",
        "archive",
        Label("归档", "archive"),
        Label("归档", "says that the file is complete"),
        by: [.windowClerk, .streetLead, .districtAdmin],
        isHolders: true,
        optional: [.reason],
        in: [.closed, .reviewed],
        to: .archived,
        reaches: [.archivedAt]
    )
    /// A petitioner asks for a review.
    package static let askReview = CaseOperation(
        "petition.review",
        "ask-review",
        Label("申请复查", "ask for a review"),
        Label("信访人申请复查", "the petitioner asks for a review"),
        by: [.windowClerk, .resident],
        optional: [.reason],
        in: [.closed, .reviewed],
        reaches: [.reviewAskedAt]
    )
    /// Answers the review.
    package static let answerReview = CaseOperation(
        "petition.review-answer",
        "answer-review",
        Label("复查答复", "answer the review"),
        Label("作出复查意见", "answers the review"),
        by: [.streetLead, .districtAdmin],
        required: [.text],
        in: [.closed, .reviewed],
        reaches: [.reviewAnsweredAt]
    )
    /// A petitioner asks for the last review.
    package static let askRereview = CaseOperation(
        "petition.rereview",
        "ask-rereview",
        Label("申请复核", "ask for a re-review"),
        Label("信访人申请复核", "the petitioner asks for a re-review"),
        by: [.windowClerk, .resident],
        optional: [.reason],
        in: [.closed, .reviewed],
        reaches: [.rereviewAskedAt]
    )
    /// Answers the last review.
    package static let answerRereview = CaseOperation(
        "petition.rereview-answer",
        "answer-rereview",
        Label("复核答复", "answer the re-review"),
        Label("作出复核意见", "answers the re-review"),
        by: [.districtAdmin],
        required: [.text],
        in: [.closed, .reviewed],
        reaches: [.rereviewAnsweredAt]
    )

    /// What offices above and auditors say.
    static let supervision: [CaseOperation] = [
        urge, supervise, rectify, appraise, audit,
    ]

    /// Urges.
    package static let urge = CaseOperation(
        "case.urge",
        "urge",
        Label("催办", "urge"),
        Label("催办", "urges whoever has to act"),
        by: [.dispatcher, .districtAdmin],
        required: [.text],
        in: .open
    )
    /// Supervises with a card and a date.
    package static let supervise = CaseOperation(
        "case.supervise",
        "supervise",
        Label("督办", "supervise"),
        Label("挂牌督办并限期", "supervises with a card and a date"),
        by: [.districtAdmin],
        required: [.card, .demandDue],
        optional: [.text],
        in: .all
    )
    /// Says how it was put right.
    package static let rectify = CaseOperation(
        "case.rectify",
        "rectify",
        Label("整改", "rectify"),
        Label("报告整改结果", "says how it was put right"),
        by: [.streetLead, .departmentOfficer],
        required: [.text],
        optional: [.done],
        in: .all
    )
    /// Appraises how the case was handled.
    package static let appraise = CaseOperation(
        "case.appraise",
        "appraise",
        Label("考评", "appraise"),
        Label("考评办理效果", "appraises how the case was handled"),
        by: [.districtAdmin],
        required: [.effect],
        optional: [.opinion],
        in: [.closed, .reviewed, .archived, .declined, .referred],
        act: .appraise
    )
    /// Records what an auditor found.
    package static let audit = CaseOperation(
        "audit.note",
        "audit",
        Label("审计意见", "audit"),
        Label("记录审计意见", "records what an auditor found"),
        by: [.auditor, .districtAdmin],
        required: [.finding, .gravity],
        in: .all
    )
}
