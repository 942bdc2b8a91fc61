/// The table of all fields; everything about a field is read from here.
package enum FieldTable {
    /// All fields, numbers rising.
    package static let all: [FieldSpec] =
        (milestones + registers + intake + persons + handling + mediation + mediationFile + custody
        + supervision + taken + councils + covenants + alerts + places + policies + sealings
        + registry)
        .sorted { $0.field.rawValue < $1.field.rawValue }

    /// The rows by their number; nil for numbers that no field has.
    static let byNumber: [FieldSpec?] = {
        var rows = [FieldSpec?](
            repeating: nil,
            count: 1 + Int(all.last?.field.rawValue ?? 0)
        )
        for spec in all { rows[Int(spec.field.rawValue)] = spec }
        return rows
    }()

    /// Fields of which all values count.
    static let sets = all.filter { $0.register == .set }

    /// The field with this flag, if there is one.
    package static func field(flag: String) -> FieldSpec? { all.first { $0.flag == flag } }

    private static let milestones: [FieldSpec] = [
        field(
            .stage,
            "stage",
            Label("阶段", "stage"),
            .header,
            .code(.stages),
            .stage,
            Label("由各项操作得出", "follows from the operations")
        ),
        milestone(.reportedAt, "reported-at", Label("上报时间", "reported")),
        milestone(.registeredAt, "registered-at", Label("登记时间", "registered")),
        milestone(.acceptedAt, "accepted-at", Label("受理时间", "accepted")),
        milestone(.respondedAt, "responded-at", Label("响应时间", "responded")),
        milestone(.dispatchedAt, "dispatched-at", Label("派单时间", "dispatched")),
        milestone(.arrivedAt, "arrived-at", Label("到场时间", "arrived")),
        milestone(.feedbackAt, "feedback-at", Label("反馈时间", "feedback given")),
        milestone(.mediatedAt, "mediated-at", Label("启动调解时间", "mediation opened")),
        milestone(.agreedAt, "agreed-at", Label("达成协议时间", "agreed")),
        milestone(.closedAt, "closed-at", Label("办结时间", "closed")),
        milestone(.mediationEndedAt, "mediation-ended-at", Label("终止调解时间", "mediation ended")),
        milestone(.appliedAt, "applied-at", Label("申请司法确认时间", "confirmation applied for")),
        milestone(.confirmedAt, "confirmed-at", Label("司法确认时间", "court decided")),
        milestone(.visitedAt, "visited-at", Label("回访时间", "visited")),
        milestone(.referredAt, "referred-at", Label("转出时间", "referred")),
        milestone(.reviewAskedAt, "review-asked-at", Label("申请复查时间", "review asked for")),
        milestone(.reviewAnsweredAt, "review-answered-at", Label("复查答复时间", "review answered")),
        milestone(.rereviewAskedAt, "rereview-asked-at", Label("申请复核时间", "re-review asked for")),
        milestone(
            .rereviewAnsweredAt,
            "rereview-answered-at",
            Label("复核答复时间", "re-review answered")
        ),
        milestone(.commandedAt, "commanded-at", Label("应急指令时间", "emergency ordered")),
        milestone(.archivedAt, "archived-at", Label("归档时间", "archived")),
        milestone(.declinedAt, "declined-at", Label("不予受理时间", "declined")),
        field(
            .at,
            "at",
            Label("发生时间", "at"),
            .header,
            .instant,
            .act,
            Label("事后补录时,操作实际发生的时间", "when the act happened, if entered later")
        ),
    ]

    /// Registers that follow from operations; no entry gives them a value.
    private static let registers: [FieldSpec] = [
        computed(.holder, "holder", .holder, Label("责任单位", "holder")),
        computed(.offers, "offers", .offers, Label("待答复的移交", "open offers")),
        computed(.links, "links", .links, Label("关联", "links")),
        computed(.assistants, "assistants", .assistants, Label("协办单位", "assistants")),
        computed(.redactions, "redactions", .redactions, Label("脱敏", "redactions")),
    ]

    private static func computed(
        _ field: CaseField,
        _ flag: String,
        _ register: RegisterKind,
        _ label: Label
    ) -> FieldSpec {
        Self.field(
            field,
            flag,
            label,
            .header,
            .identifier,
            register,
            Label("由各项操作得出", "follows from the operations")
        )
    }

    private static let intake: [FieldSpec] = [
        amendable(
            .channel,
            "channel",
            Label("来源渠道", "channel"),
            .header,
            .code(.channels),
            Label("案件从何处来", "how the case came in")
        ),
        amendable(
            .occurred,
            "occurred",
            Label("事发时间", "occurred"),
            .header,
            .instant,
            Label("事情发生的时间", "when the matter happened")
        ),
        amendable(
            .urgent,
            "urgent",
            Label("紧急", "urgent"),
            .header,
            .flag,
            Label("是否紧急", "whether it is urgent")
        ),
        amendable(
            .reference,
            "reference",
            Label("外部编号", "reference"),
            .part(.detail),
            .text(max: 64),
            Label("移交单位的编号", "number given by whoever handed it over")
        ),
        amendable(
            .summary,
            "summary",
            Label("事件简述", "summary"),
            .part(.text),
            .text(max: 2000),
            Label("发生了什么", "what happened")
        ),
        amendable(
            .place,
            "place",
            Label("发生地点", "place"),
            .part(.detail),
            .text(max: 200),
            Label("原话所说的地点", "the place as it was told")
        ),
        amendable(
            .address,
            "address",
            Label("统一地址编码", "address code"),
            .part(.detail),
            .text(max: 64),
            Label("统一地址库编码", "code in the unified address base")
        ),
        amendable(
            .codeTable,
            "code-table",
            Label("代码表版本", "code table"),
            .header,
            .identifier,
            Label("区划代码表的版本", "version of the table of division codes")
        ),
        amendable(
            .window,
            "window",
            Label("受理窗口", "window"),
            .part(.detail),
            .text(max: 32),
            Label("窗口编号", "number of the window")
        ),
        amendable(
            .reporter,
            "reporter",
            Label("报告人身份", "reporter"),
            .part(.detail),
            .code(.reporters),
            Label("身份类别,不写姓名", "in what capacity, never a name")
        ),
        amendable(
            .alert,
            "alert",
            Label("所据预警", "alert"),
            .header,
            .subject,
            Label("案件所据的预警", "the alert that the case follows")
        ),
        amendable(
            .name,
            "name",
            Label("事件名称", "title"),
            .part(.text),
            .text(max: 100),
            Label("简短的名称", "a short title")
        ),
        amendable(
            .category,
            "category",
            Label("事件类别", "category"),
            .part(.detail),
            .code(.eventTypes),
            Label("GB/T 31000 类别代码", "class or sub-class of GB/T 31000")
        ),
        amendable(
            .scale,
            "scale",
            Label("事件规模", "scale"),
            .part(.detail),
            .code(.eventScales),
            Label("GB/T 31000 规模代码", "scale code of GB/T 31000")
        ),
        amendable(
            .people,
            "people",
            Label("涉及人数", "people involved"),
            .part(.detail),
            .count,
            Label("大约多少人", "about how many")
        ),
        amendable(
            .brief,
            "brief",
            Label("登记内容", "brief"),
            .part(.text),
            .text(max: 2000),
            Label("核实后的情况", "the matter as checked")
        ),
        field(
            .involved,
            "involved",
            Label("涉及单位", "organisations involved"),
            .part(.text),
            .text(max: 200),
            .set,
            Label("涉及的单位", "an organisation involved"),
            isAmendable: true
        ),
        amendable(
            .amount,
            "amount",
            Label("涉及金额(分)", "amount (fen)"),
            .part(.detail),
            .count,
            Label("以分为单位", "in hundredths of a yuan")
        ),
        amendable(
            .grid,
            "grid",
            Label("网格", "grid"),
            .part(.detail),
            .text(max: 32),
            Label("所在网格", "the grid it lies in")
        ),
        field(
            .tag,
            "tag",
            Label("标签", "tag"),
            .part(.detail),
            .text(max: 32),
            .set,
            Label("如 六治六有", "a mark such as a campaign's name"),
            isAmendable: true
        ),
        amendable(
            .risk,
            "risk",
            Label("风险等级", "risk"),
            .part(.detail),
            .code(.risks),
            Label("激化风险", "how likely it is to escalate")
        ),
        amendable(
            .level,
            "level",
            Label("案件分级", "grade"),
            .part(.detail),
            .code(.levels),
            Label("GB/T 31000 案件分级", "grade of GB/T 31000")
        ),
    ]

    /// Who the people are.
    private static let persons: [FieldSpec] = [
        amendable(
            .parties,
            "party",
            Label("当事人", "party"),
            .part(.sealed),
            .texts(max: 300, count: 16),
            Label("每行一人: 姓名;电话;证件号;住址", "a person a line: name; telephone; number; address")
        ),
        amendable(
            .contact,
            "contact",
            Label("联系方式", "contact"),
            .part(.sealed),
            .text(max: 300),
            Label("报案人姓名与联系方式", "who reported it, and how to reach them")
        ),
    ]

    private static func milestone(_ field: CaseField, _ flag: String, _ label: Label) -> FieldSpec {
        Self.field(
            field,
            flag,
            label,
            .header,
            .instant,
            .milestone,
            Label("更正该时间", "corrects this time"),
            isAmendable: true
        )
    }

    static func amendable(
        _ field: CaseField,
        _ flag: String,
        _ label: Label,
        _ place: FieldPlace,
        _ type: FieldType,
        _ help: Label
    ) -> FieldSpec {
        Self.field(field, flag, label, place, type, .single, help, isAmendable: true)
    }

    static func field(
        _ field: CaseField,
        _ flag: String,
        _ label: Label,
        _ place: FieldPlace,
        _ type: FieldType,
        _ register: RegisterKind,
        _ help: Label,
        isAmendable: Bool = false
    ) -> FieldSpec {
        FieldSpec(field, flag, label, place, type, register, help, isAmendable: isAmendable)
    }
}
