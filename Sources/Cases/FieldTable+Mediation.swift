extension FieldTable {
    /// What the file of a mediation holds beside its opening and its agreement.
    static let mediationFile: [FieldSpec] = [
        field(
            .venue,
            "venue",
            Label("调解地点", "venue"),
            .part(.detail),
            .text(max: 200),
            .act,
            Label("在何处调解", "where the talks are held")
        ),
        field(
            .present,
            "present",
            Label("到场人员", "present"),
            .part(.text),
            .texts(max: 100, count: 50),
            .act,
            Label("在场各方,可重复", "who was there; may be repeated")
        ),
        field(
            .points,
            "points",
            Label("争议要点", "points"),
            .part(.text),
            .text(max: 2000),
            .act,
            Label("各方主张", "what the parties said")
        ),
        field(
            .undisputed,
            "undisputed",
            Label("无争议事实", "undisputed facts"),
            .part(.text),
            .text(max: 2000),
            .act,
            Label("各方认可的事实", "what nobody disputes")
        ),
        field(
            .next,
            "next",
            Label("下次时间", "next session"),
            .header,
            .instant,
            .act,
            Label("下次调解的时间", "when the talks go on")
        ),
        amendable(
            .endReason,
            "end-reason",
            Label("终止原因", "reason of the end"),
            .header,
            .code(.endReasons),
            Label("为何终止调解", "why the mediation ends")
        ),
        amendable(
            .mode,
            "mode",
            Label("方式", "mode"),
            .header,
            .code(.modes),
            Label("现场、线上、公开或不公开", "on site, online, public or closed")
        ),
        amendable(
            .mediators,
            "mediator",
            Label("调解员", "mediator"),
            .part(.detail),
            .texts(max: 64, count: 20),
            Label("岗位编号,不写姓名;可重复", "role-bound staff number, never a name; may be repeated")
        ),
        amendable(
            .interest,
            "interest",
            Label("利害关系", "interest"),
            .header,
            .code(.interests),
            Label("调解员有无利害关系", "whether the mediator has an interest")
        ),
        amendable(
            .item,
            "item",
            Label("协议事项", "item"),
            .part(.text),
            .texts(max: 500, count: 50),
            Label("事项: 内容;方式;期限。可重复", "an item: what; how; until when. May be repeated")
        ),
        amendable(
            .itemTerms,
            "item-term",
            Label("事项期限", "term of an item"),
            .header,
            .instants(count: 50),
            Label("各事项的期限,依次", "terms of the items, in order; 0 for none")
        ),
        amendable(
            .signatures,
            "signature",
            Label("签名方", "signed by"),
            .part(.detail),
            .texts(max: 64, count: 50),
            Label("签名的各方身份,可重复", "which sides signed; may be repeated")
        ),
        amendable(
            .seal,
            "seal",
            Label("印章编号", "seal"),
            .part(.detail),
            .text(max: 64),
            Label("调委会印章的编号", "reference of the committee's seal")
        ),
        amendable(
            .document,
            "document",
            Label("文书哈希", "document"),
            .header,
            .digest,
            Label("协议书文件的 SHA-256", "SHA-256 of the agreement's file")
        ),
        amendable(
            .facts,
            "facts",
            Label("主要事实", "main facts"),
            .part(.text),
            .text(max: 2000),
            Label("事实、争议事项与责任", "facts, disputed items and responsibility")
        ),
        amendable(
            .allSigned,
            "all-signed",
            Label("各方均已签名", "all signed"),
            .header,
            .flag,
            Label("各方与调解员是否均已签名", "whether every party and the mediator signed")
        ),
        field(
            .itemNumber,
            "item-number",
            Label("事项序号", "item number"),
            .header,
            .count,
            .act,
            Label("第几项,从 1 起", "which item, from 1")
        ),
        field(
            .done,
            "done",
            Label("已完成", "done"),
            .header,
            .flag,
            .act,
            Label("是否已完成", "whether it is done")
        ),
        field(
            .paid,
            "paid",
            Label("已付金额(分)", "paid (fen)"),
            .part(.detail),
            .count,
            .act,
            Label("以分为单位", "in hundredths of a yuan")
        ),
        field(
            .action,
            "action",
            Label("处置", "action"),
            .part(.text),
            .text(max: 500),
            .act,
            Label("对违约采取的措施", "what was done about the breach")
        ),
        amendable(
            .court,
            "court",
            Label("法院", "court"),
            .part(.detail),
            .text(max: 100),
            Label("法院或共享法庭名称", "the court, or the shared court")
        ),
        amendable(
            .confirmation,
            "confirmation",
            Label("司法确认结果", "decision"),
            .header,
            .code(.confirmations),
            Label("法院的决定", "what the court decided")
        ),
        amendable(
            .confirmationNumber,
            "confirmation-number",
            Label("确认文书号", "decision number"),
            .part(.detail),
            .text(max: 64),
            Label("裁定书编号", "number of the court's decision")
        ),
        field(
            .guidance,
            "guidance",
            Label("法庭指导", "guidance"),
            .part(.text),
            .text(max: 2000),
            .act,
            Label("共享法庭的指导意见", "what the shared court advised")
        ),
    ]
}
