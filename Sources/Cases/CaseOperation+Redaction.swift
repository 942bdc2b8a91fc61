internal import Ledger

extension CaseOperation {
    /// Erasing what was written about persons, and letting others read what is sealed.
    static let redaction: [CaseOperation] = [redact, approveRedaction, refuseRedaction, share]

    /// Counts who opened what is sealed, an hour or 256 cases an entry; nobody types it.
    package static let recordOpenings = CaseOperation(
        "opening.record",
        "record-openings",
        Label("开封记录", "openings"),
        Label("节点自动记录谁开封了密封内容", "written by the node: who opened what is sealed"),
        kind: .activity,
        by: .staff,
        required: [.openings],
        in: [],
        to: .inForce,
        opens: true
    )

    /// Hides all parts of the entries that it names, at once and everywhere.
    package static let redact = CaseOperation(
        "case.redact",
        "redact",
        Label("脱敏", "redact"),
        Label("隐去条目的全部文字,经批准后删除", "hides all texts of entries, to be destroyed once approved"),
        by: [.streetLead, .districtAdmin],
        isPersonal: true,
        isHolders: true,
        required: [.redacted, .ground],
        optional: [.keepUntil],
        in: .all,
        act: .redact
    )
    /// Lets what a redaction names be destroyed.
    package static let approveRedaction = CaseOperation(
        "case.approve-redaction",
        "approve-redaction",
        Label("批准脱敏", "approve redaction"),
        Label("上级另一人批准,文字随即删除", "another person above lets the texts be destroyed"),
        by: [.streetLead, .districtAdmin],
        isPersonal: true,
        required: [.redaction],
        in: .all,
        act: .approveRedaction
    )
    /// Shows again what a redaction hid.
    package static let refuseRedaction = CaseOperation(
        "case.refuse-redaction",
        "refuse-redaction",
        Label("驳回脱敏", "refuse redaction"),
        Label("上级驳回或本人撤回,文字恢复显示", "from above, or by who asked: the texts are shown again"),
        by: [.streetLead, .districtAdmin],
        isPersonal: true,
        required: [.redaction, .reason],
        in: .all,
        act: .refuseRedaction
    )
    /// Carries wraps by which further nodes can open what earlier entries sealed.
    package static let share = CaseOperation(
        "case.share",
        "share",
        Label("授权开封", "share"),
        Label("让其他节点能读密封内容", "lets further nodes read what is sealed"),
        by: .staff,
        in: .all,
        act: .share
    )
}
