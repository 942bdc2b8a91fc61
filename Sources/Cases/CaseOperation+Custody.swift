internal import Ledger

extension CaseOperation {
    /// Who has to act.
    static let custody: [CaseOperation] = [
        offer, escalate, giveBack, take, reject, withdraw, assign, assist, release,
    ]

    /// Offers the case to another office; the holder stays until it is taken.
    package static let offer = CaseOperation(
        "case.offer",
        "offer",
        Label("移交", "offer"),
        Label("移交其他单位,对方接收前责任不变", "offers the case to another office"),
        by: [.dispatcher, .streetLead],
        isHolders: true,
        required: [.reason],
        optional: [.answerBy, .toUnit, .receipt, .package],
        in: .open,
        act: .offer
    )
    /// Offers the case to the office above.
    package static let escalate = CaseOperation(
        "case.escalate",
        "escalate",
        Label("上报上级", "escalate"),
        Label("提请上级处理", "offers the case to the office above"),
        by: [.dispatcher, .streetLead],
        isHolders: true,
        required: [.reason],
        optional: [.answerBy, .receipt, .package],
        in: .open,
        act: .offer
    )
    /// Offers the case back to whom it came from, who has to agree.
    package static let giveBack = CaseOperation(
        "case.return",
        "return",
        Label("退回", "return"),
        Label("退回移交单位,须对方同意", "offers the case back to whom it came from"),
        by: [.departmentOfficer, .dispatcher, .streetLead],
        isHolders: true,
        required: [.reason],
        optional: [.answerBy, .receipt],
        in: .open,
        act: .giveBack
    )
    /// Takes an offered case.
    package static let take = CaseOperation(
        "case.take",
        "take",
        Label("接收", "take"),
        Label("接收移交的案件", "takes an offered case"),
        by: [.departmentOfficer, .dispatcher, .streetLead, .districtAdmin],
        required: [.offer],
        optional: [.toUnit, .receipt],
        in: .all,
        act: .take
    )
    /// Does not take an offered case.
    package static let reject = CaseOperation(
        "case.reject",
        "reject",
        Label("拒收", "reject"),
        Label("说明理由后拒收", "does not take an offered case"),
        by: [.departmentOfficer, .dispatcher, .streetLead, .districtAdmin],
        required: [.offer, .rejection, .reason],
        in: .all,
        act: .reject
    )
    /// Takes an offer back.
    package static let withdraw = CaseOperation(
        "case.withdraw",
        "withdraw",
        Label("撤回移交", "withdraw"),
        Label("撤回未答复的移交", "takes an offer back"),
        by: [.dispatcher, .streetLead],
        isHolders: true,
        required: [.offer],
        optional: [.reason],
        in: .all,
        act: .withdraw
    )
    /// Says from above who has to act.
    package static let assign = CaseOperation(
        "case.assign",
        "assign",
        Label("指定承办", "assign"),
        Label("上级指定责任单位", "says from above who has to act"),
        by: [.districtAdmin],
        required: [.reason],
        optional: [.toUnit],
        in: .open,
        act: .assign
    )
    /// Asks another office to help; who has to act stays the same.
    package static let assist = CaseOperation(
        "case.assist",
        "assist",
        Label("请求协办", "assist"),
        Label("请其他单位协办,责任单位不变", "asks another office to help; the holder stays"),
        by: [.dispatcher, .streetLead, .districtAdmin],
        isHolders: true,
        required: [.reason],
        optional: [.toUnit, .task],
        in: .open,
        act: .assist
    )
    /// Ends the help of an office.
    package static let release = CaseOperation(
        "case.release",
        "release",
        Label("结束协办", "release"),
        Label("责任单位或协办单位结束协办", "ends the help of an office, by either side"),
        by: [.departmentOfficer, .dispatcher, .streetLead, .districtAdmin],
        required: [.assistance],
        optional: [.reason],
        in: .all,
        act: .release
    )

    /// What belongs together.
    static let links: [CaseOperation] = [
        link, confirmLink, unlink, relate, settle,
    ]

    /// Says that a case is the same matter as another, which leads.
    package static let link = CaseOperation(
        "case.link",
        "link",
        Label("并案", "link"),
        Label("提出并入主案", "proposes that a case is a duplicate of another"),
        by: .desk,
        required: [.reason],
        in: .all,
        act: .link
    )
    /// Agrees to a link from the other side.
    package static let confirmLink = CaseOperation(
        "case.confirm-link",
        "confirm-link",
        Label("确认并案", "confirm link"),
        Label("对方单位确认并案", "agrees to a proposed link"),
        by: .desk,
        required: [.link],
        in: .all,
        act: .confirmLink
    )
    /// Takes a link back.
    package static let unlink = CaseOperation(
        "case.unlink",
        "unlink",
        Label("撤销关联", "unlink"),
        Label("撤销并案或关联", "takes a link back"),
        by: .desk,
        required: [.link, .reason],
        in: .all,
        act: .unlink
    )
    /// Relates two cases that stay apart.
    package static let relate = CaseOperation(
        "case.relate",
        "relate",
        Label("关联", "relate"),
        Label("关联两个案件", "relates two cases that stay apart"),
        by: [.windowClerk, .dispatcher, .streetLead, .districtAdmin],
        required: [.relation],
        optional: [.reason],
        in: .all,
        act: .relate
    )
    /// Chooses among what stands beside each other.
    package static let settle = CaseOperation(
        "case.settle",
        "settle",
        Label("裁定", "settle"),
        Label("裁定相互矛盾的阶段、责任或字段", "settles what contradicts itself: stage, holder or fields"),
        by: .desk,
        isHolders: true,
        required: [.reason],
        optional: [.stage]
            + FieldTable.all.filter { $0.isAmendable && $0.register == .single }.map(\.field),
        in: .all,
        act: .settle
    )
}
