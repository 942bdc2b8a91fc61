extension CaseOperation {
    /// All operations of this version, in the usual course of a case.
    package static let all: [CaseOperation] = [
        report, register, accept, respond, dispatch, arrive, feedback, mediate, agree, close,
        reopen, amend, note, takeOver,
    ]

    /// Opens a case.
    package static let report = CaseOperation(
        "case.report",
        "report",
        Label("上报", "report"),
        Label("上报一个案件", "opens a case"),
        required: [.summary],
        optional: [
            .channel, .occurred, .urgent, .reference, .place, .address, .codeTable, .profile,
        ],
        in: [],
        to: .reported,
        reaches: [.reportedAt],
        opens: true
    )
    /// Gives a checked category.
    package static let register = CaseOperation(
        "case.register",
        "register",
        Label("登记", "register"),
        Label("核实并登记类别", "checks the matter and gives its category"),
        required: [.category],
        optional: [
            .name, .scale, .people, .brief, .involved, .amount, .place, .address, .grid,
        ],
        in: [.reported],
        to: .registered,
        reaches: [.registeredAt]
    )
    /// Says that the case is ours.
    package static let accept = CaseOperation(
        "case.accept",
        "accept",
        Label("受理", "accept"),
        Label("受理并确定时限标准", "takes the case on and fixes its deadlines"),
        optional: [.profile, .basis],
        in: [.registered],
        to: .accepted,
        reaches: [.acceptedAt]
    )
    /// Stops the profiles' response clock.
    package static let respond = CaseOperation(
        "case.respond",
        "respond",
        Label("联动响应", "respond"),
        Label("单位已响应", "a unit has answered the call"),
        optional: [.unit],
        in: [.registered, .accepted, .dispatched],
        reaches: [.respondedAt]
    )
    /// Sends a unit.
    package static let dispatch = CaseOperation(
        "case.dispatch",
        "dispatch",
        Label("派单", "dispatch"),
        Label("派出处置单位", "sends a unit"),
        required: [.unit],
        optional: [.task, .due],
        in: [.accepted],
        to: .dispatched,
        reaches: [.dispatchedAt, .respondedAt]
    )
    /// Says that the unit is there.
    package static let arrive = CaseOperation(
        "case.arrive",
        "arrive",
        Label("到场", "arrive"),
        Label("处置单位到场", "the unit is on the scene"),
        optional: [.unit, .method],
        in: [.dispatched],
        to: .onScene,
        reaches: [.arrivedAt]
    )
    /// Tells how it goes.
    package static let feedback = CaseOperation(
        "case.feedback",
        "feedback",
        Label("反馈", "feedback"),
        Label("反馈处置情况", "tells how it goes"),
        required: [.text],
        optional: [.toReporter],
        in: Set(Stage.allCases).subtracting([.voided]),
        reaches: [.feedbackAt]
    )
    /// Opens a mediation, or new talks after a breach.
    package static let mediate = CaseOperation(
        "mediation.open",
        "mediate",
        Label("启动调解", "mediate"),
        Label("启动调解", "opens a mediation"),
        optional: [.organisation, .consent, .disclosure],
        in: [.accepted, .onScene, .performing],
        to: .mediating,
        reaches: [.mediatedAt]
    )
    /// Records what was agreed.
    package static let agree = CaseOperation(
        "mediation.agree",
        "agree",
        Label("达成协议", "agree"),
        Label("记录调解协议", "records the agreement"),
        required: [.form],
        optional: [.items, .effective, .term],
        in: [.mediating],
        to: .agreed,
        reaches: [.agreedAt]
    )
    /// Ends the case.
    package static let close = CaseOperation(
        "case.close",
        "close",
        Label("办结", "close"),
        Label("以结果代码办结", "ends the case with an outcome"),
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
        required: [.reason],
        in: [.closed, .reviewed],
        to: .accepted,
        clears: [.closedAt]
    )
    /// Corrects fields; settles conflicts about those it sets.
    package static let amend = CaseOperation(
        "case.amend",
        "amend",
        Label("更正", "amend"),
        Label("更正字段,解决冲突", "corrects fields and settles conflicts"),
        optional: FieldTable.all.filter(\.isAmendable).map(\.field) + [.reason],
        in: Set(Stage.allCases)
    )
    /// Adds a remark.
    package static let note = CaseOperation(
        "case.note",
        "note",
        Label("备注", "note"),
        Label("添加备注", "adds a remark"),
        required: [.text],
        in: Set(Stage.allCases)
    )
    /// Takes over a record of another system, or its newer state.
    package static let takeOver = CaseOperation(
        "case.import",
        "import",
        Label("导入", "import"),
        Label("接收其他系统的记录", "takes over a record of another system"),
        required: [.source, .reportedAt, .state, .externalID],
        optional: [
            .closedAt, .target, .claim, .summary, .place, .address, .category, .sourceCategory,
            .sourceChannel, .resolution, .reply,
        ],
        in: [.reported, .closed],
        clears: [.closedAt],
        opens: true,
        textMax: 65_536
    )
}
