extension FieldTable {
    /// Handing over, suspension, terms and links.
    static let custody: [FieldSpec] = [
        field(
            .answerBy,
            "answer-by",
            Label("答复期限", "answer by"),
            .header,
            .instant,
            .act,
            Label("接收单位最迟答复时间", "until when the receiver answers")
        ),
        amendable(
            .toUnit,
            "to-unit",
            Label("接收单位", "receiving unit"),
            .part(.detail),
            .text(max: 64),
            Label("接收单位名称", "name of the unit that is to take it")
        ),
        field(
            .receipt,
            "receipt",
            Label("回执", "receipt"),
            .part(.detail),
            .text(max: 64),
            .act,
            Label("移交或接收回执编号", "number of the receipt")
        ),
        field(
            .package,
            "package",
            Label("材料哈希", "papers"),
            .header,
            .digest,
            .act,
            Label("移交材料的 SHA-256", "SHA-256 of the papers handed over")
        ),
        field(
            .offer,
            "offer",
            Label("所答移交", "offer"),
            .header,
            .digest,
            .act,
            Label("所答复的移交条目", "the offer that is answered")
        ),
        field(
            .redacted,
            "entry",
            Label("被脱敏的条目", "redacted entries"),
            .header,
            .digests(count: 64),
            .act,
            Label("其文字予以删除的条目", "the entries whose texts are to go")
        ),
        field(
            .ground,
            "ground",
            Label("法律依据", "legal ground"),
            .header,
            .code(.grounds),
            .act,
            Label("删除的法律依据", "on what legal ground")
        ),
        field(
            .keepUntil,
            "keep-until",
            Label("保存至", "kept until"),
            .header,
            .instant,
            .act,
            Label("法定保存期届满前仅停止使用", "until when the law wants it kept, unused")
        ),
        field(
            .redaction,
            "redaction",
            Label("所答脱敏", "redaction"),
            .header,
            .digest,
            .act,
            Label("所批准或驳回的脱敏条目", "the redaction that is approved or refused")
        ),
        field(
            .assistance,
            "assistance",
            Label("所指协办", "assistance"),
            .header,
            .digest,
            .act,
            Label("所解除的协办条目", "the request for help that ends")
        ),
        field(
            .rejection,
            "rejection",
            Label("拒收原因", "reason code"),
            .header,
            .code(.rejections),
            .act,
            Label("为何不接收", "why it is not taken")
        ),
        amendable(
            .suspension,
            "suspension",
            Label("挂起原因", "reason of suspension"),
            .header,
            .code(.suspensions),
            Label("为何挂起", "why it is suspended")
        ),
        amendable(
            .until,
            "until",
            Label("挂起至", "until"),
            .header,
            .instant,
            Label("预计恢复时间", "when it is expected to go on")
        ),
        field(
            .clock,
            "clock",
            Label("时限", "clock"),
            .header,
            .code(.clocks),
            .act,
            Label("延长哪一时限", "which clock is extended")
        ),
        field(
            .newDue,
            "new-due",
            Label("新期限", "new term"),
            .header,
            .instant,
            .act,
            Label("延长至", "until when")
        ),
        field(
            .partiesAgree,
            "parties-agree",
            Label("双方同意延期", "parties agree"),
            .header,
            .flag,
            .act,
            Label("双方是否同意延期", "whether both parties agree to it")
        ),
        field(
            .relation,
            "relation",
            Label("关联类型", "relation"),
            .header,
            .code(.relations),
            .act,
            Label("如何关联", "how the two are related")
        ),
        field(
            .link,
            "link",
            Label("所涉关联", "link"),
            .header,
            .digest,
            .act,
            Label("所确认或撤销的关联条目", "the link that is confirmed or taken back")
        ),
        field(
            .evidence,
            "evidence",
            Label("证据哈希", "evidence"),
            .header,
            .digest,
            .act,
            Label("证据文件的 SHA-256,不存原件", "SHA-256 of a file that stays where it is")
        ),
        field(
            .heldBy,
            "held-by",
            Label("证据保管", "held by"),
            .part(.detail),
            .text(max: 100),
            .act,
            Label("证据由谁保管", "who keeps the evidence")
        ),
    ]

    /// Supervision, evaluation, referral and emergencies.
    static let supervision: [FieldSpec] = [
        amendable(
            .card,
            "card",
            Label("督办牌", "card"),
            .header,
            .code(.cards),
            Label("黄、红、黑牌", "yellow, red or black")
        ),
        amendable(
            .demandDue,
            "demand-due",
            Label("整改期限", "demand due"),
            .header,
            .instant,
            Label("最迟整改时间", "until when it is to be put right")
        ),
        amendable(
            .remediesTold,
            "remedies-told",
            Label("已告知途径", "remedies told"),
            .header,
            .flag,
            Label("是否告知其他途径", "whether other remedies were told")
        ),
        amendable(
            .rating,
            "rating",
            Label("满意度", "rating"),
            .header,
            .count,
            Label("1 至 5", "1 to 5")
        ),
        amendable(
            .comment,
            "comment",
            Label("评价意见", "comment"),
            .part(.text),
            .text(max: 2000),
            Label("群众的评价", "what the citizen says")
        ),
        amendable(
            .visitResult,
            "visit-result",
            Label("回访结果", "result of the visit"),
            .header,
            .code(.visitResults),
            Label("回访所见", "what the visit found")
        ),
        amendable(
            .effect,
            "effect",
            Label("效果评估", "effect"),
            .header,
            .code(.effects),
            Label("GB/T 31000 效果评估", "how well it was handled")
        ),
        amendable(
            .opinion,
            "opinion",
            Label("考评意见", "opinion"),
            .part(.text),
            .text(max: 2000),
            Label("考评的意见", "what the appraisal says")
        ),
        amendable(
            .referredTo,
            "referred-to",
            Label("转往", "referred to"),
            .header,
            .code(.referrals),
            Label("转往何处", "where it goes")
        ),
        amendable(
            .referralNumber,
            "referral-number",
            Label("转出编号", "number there"),
            .part(.detail),
            .text(max: 64),
            Label("接收方的编号", "number given by the receiver")
        ),
        amendable(
            .answer,
            "answer",
            Label("转办结果", "answer"),
            .part(.text),
            .text(max: 2000),
            Label("接收方的处理结果", "what came of it there")
        ),
        field(
            .finding,
            "finding",
            Label("审计发现", "finding"),
            .part(.text),
            .text(max: 2000),
            .act,
            Label("审计意见", "what the auditor found")
        ),
        field(
            .gravity,
            "gravity",
            Label("严重程度", "gravity"),
            .header,
            .code(.gravities),
            .act,
            Label("提示、一般或严重", "note, minor or major")
        ),
        amendable(
            .emergency,
            "emergency",
            Label("应急等级", "emergency level"),
            .header,
            .code(.levels),
            Label("GB/T 31000 分级", "grade of GB/T 31000")
        ),
        field(
            .order,
            "order",
            Label("应急指令", "order"),
            .part(.text),
            .text(max: 1000),
            .act,
            Label("指挥下达的指令", "what was ordered")
        ),
    ]
}
