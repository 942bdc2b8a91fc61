extension FieldTable {
    /// Fields of handling a case on the spot, and of feedback and notes.
    static let handling: [FieldSpec] = [
        amendable(
            .profile,
            "profile",
            Label("时限标准", "profile"),
            .header,
            .code(.profiles),
            Label("适用的时限", "which deadlines apply")
        ),
        amendable(
            .basis,
            "basis",
            Label("受理依据", "basis"),
            .part(.text),
            .text(max: 200),
            Label("法律依据", "the law it rests on")
        ),
        amendable(
            .unit,
            "unit",
            Label("处置单位", "unit"),
            .part(.detail),
            .text(max: 64),
            Label("单位名称,不写人名", "name of the unit, never of a person")
        ),
        amendable(
            .task,
            "task",
            Label("任务", "task"),
            .part(.text),
            .text(max: 500),
            Label("要做什么", "what is to be done")
        ),
        amendable(
            .due,
            "due",
            Label("办理期限", "due"),
            .header,
            .instant,
            Label("最迟何时办结", "by when the case is to be closed")
        ),
        amendable(
            .method,
            "method",
            Label("到场方式", "recorded by"),
            .header,
            .code(.arrivalMethods),
            Label("人工或定位", "by hand or by position")
        ),
        field(
            .text,
            "text",
            Label("内容", "text"),
            .part(.text),
            .text(max: 2000),
            .act,
            Label("反馈或备注的内容", "what is fed back or noted")
        ),
        field(
            .reason,
            "reason",
            Label("理由", "reason"),
            .part(.text),
            .text(max: 500),
            .act,
            Label("为什么", "why")
        ),
        field(
            .toReporter,
            "to-reporter",
            Label("已告知报告人", "told to the reporter"),
            .header,
            .flag,
            .act,
            Label("是否反馈给报告人", "whether the reporter was told")
        ),
    ]

    /// Fields of mediation, agreement and closing.
    static let mediation: [FieldSpec] = [
        amendable(
            .organisation,
            "organisation",
            Label("调解组织", "organisation"),
            .part(.detail),
            .text(max: 100),
            Label("调解组织名称", "the organisation that mediates")
        ),
        amendable(
            .consent,
            "consent",
            Label("双方同意", "parties consent"),
            .header,
            .flag,
            Label("双方是否同意调解", "whether both parties agreed to it")
        ),
        amendable(
            .disclosure,
            "disclosure",
            Label("利害关系披露", "disclosure"),
            .part(.text),
            .text(max: 500),
            Label("调解员的利害关系", "interests of the mediator")
        ),
        amendable(
            .form,
            "form",
            Label("协议形式", "form"),
            .header,
            .code(.agreementForms),
            Label("书面或口头", "written or oral")
        ),
        amendable(
            .items,
            "items",
            Label("协议内容", "terms"),
            .part(.text),
            .text(max: 2000),
            Label("内容、方式、期限", "what, how and until when")
        ),
        amendable(
            .effective,
            "effective",
            Label("生效时间", "takes effect"),
            .header,
            .instant,
            Label("协议生效的时间", "when the agreement takes effect")
        ),
        amendable(
            .term,
            "term",
            Label("履行期限", "to be performed by"),
            .header,
            .instant,
            Label("最迟何时履行", "by when it is to be performed")
        ),
        amendable(
            .outcome,
            "outcome",
            Label("办结结果", "outcome"),
            .header,
            .code(.outcomes),
            Label("以何结果办结", "what it ended with")
        ),
        amendable(
            .way,
            "way",
            Label("化解方式", "way of resolution"),
            .header,
            .code(.ways),
            Label("通过何种途径", "by which way it was resolved")
        ),
        amendable(
            .replied,
            "replied",
            Label("已答复", "reply given"),
            .header,
            .flag,
            Label("是否已答复报告人", "whether the reporter has a reply")
        ),
        amendable(
            .resolution,
            "resolution",
            Label("化解情况", "resolution"),
            .part(.text),
            .text(max: 2000),
            Label("如何办结", "how it was resolved")
        ),
    ]

    /// Fields of records taken over from another system.
    static let taken: [FieldSpec] = [
        field(
            .source,
            "source",
            Label("来源系统", "source system"),
            .header,
            .identifier,
            .single,
            Label("来源系统代号", "short name of the other system")
        ),
        field(
            .target,
            "target",
            Label("原定期限", "target"),
            .header,
            .instant,
            .single,
            Label("来源系统的期限", "the other system's own target")
        ),
        field(
            .state,
            "state",
            Label("来源状态", "state"),
            .header,
            .code(.importStates),
            .single,
            Label("来源系统的状态", "what the other system says")
        ),
        field(
            .claim,
            "claim",
            Label("来源时限结论", "claim"),
            .header,
            .code(.claims),
            .single,
            Label("来源系统称按期或超期", "whether the other system says it was on time")
        ),
        field(
            .externalID,
            "external-id",
            Label("来源编号", "external id"),
            .part(.detail),
            .text(max: 128),
            .single,
            Label("来源系统的编号", "its number in the other system")
        ),
        field(
            .sourceCategory,
            "source-category",
            Label("来源类别", "source category"),
            .part(.detail),
            .text(max: 200),
            .single,
            Label("来源系统的类别", "category as the other system has it")
        ),
        field(
            .sourceChannel,
            "source-channel",
            Label("来源渠道", "source channel"),
            .part(.detail),
            .text(max: 100),
            .single,
            Label("来源系统的渠道", "channel as the other system has it")
        ),
        field(
            .reply,
            "reply",
            Label("答复", "reply"),
            .part(.text),
            .text(max: 2000),
            .single,
            Label("来源系统的正式答复", "the other system's official reply")
        ),
    ]
}
