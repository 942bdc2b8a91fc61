internal import Ledger

extension CaseOperation {
    /// Working on a case.
    static let handling: [CaseOperation] = [
        accept, decline, respond, dispatch, refuse, arrive, feedback, command, suspend, resume,
        extend,
    ]

    /// Says that the case is ours.
    package static let accept = CaseOperation(
        "case.accept",
        "accept",
        Label("受理", "accept"),
        Label("受理并确定时限标准", "takes the case on and fixes its deadlines"),
        by: [.dispatcher, .streetLead],
        isHolders: true,
        optional: [.profile, .basis],
        in: [.registered],
        to: .accepted,
        reaches: [.acceptedAt]
    )
    /// Says that nobody here can take it on, and where to go instead.
    package static let decline = CaseOperation(
        "case.decline",
        "decline",
        Label("不予受理", "decline"),
        Label("不予受理并告知途径", "turns the case down and says where to go instead"),
        by: [.windowClerk, .streetLead],
        isHolders: true,
        required: [.reason, .remediesTold],
        optional: [.basis],
        in: [.registered],
        to: .declined,
        reaches: [.declinedAt]
    )
    /// Stops the profiles' response clock.
    package static let respond = CaseOperation(
        "case.respond",
        "respond",
        Label("联动响应", "respond"),
        Label("单位已响应", "a unit has answered the call"),
        by: [.dispatcher, .departmentOfficer],
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
        by: [.dispatcher],
        isHolders: true,
        required: [.unit],
        optional: [.task, .due],
        in: [.accepted],
        to: .dispatched,
        reaches: [.dispatchedAt, .respondedAt]
    )
    /// The unit says that the task is not its own.
    package static let refuse = CaseOperation(
        "case.refuse",
        "refuse",
        Label("拒单", "refuse"),
        Label("单位拒绝派单", "the unit refuses the task"),
        by: [.departmentOfficer],
        required: [.reason],
        in: [.dispatched],
        to: .accepted
    )
    /// Says that the unit is there.
    package static let arrive = CaseOperation(
        "case.arrive",
        "arrive",
        Label("到场", "arrive"),
        Label("处置单位到场", "the unit is on the scene"),
        by: [.gridOfficer, .departmentOfficer],
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
        by: [.gridOfficer, .windowClerk, .dispatcher, .departmentOfficer],
        required: [.text],
        optional: [.toReporter],
        in: Set<Stage>.all.subtracting([.voided]),
        reaches: [.feedbackAt]
    )
    /// Raises an emergency and gives orders.
    package static let command = CaseOperation(
        "case.command",
        "command",
        Label("应急指令", "command"),
        Label("确定应急等级并下达指令", "sets an emergency level and gives an order"),
        by: .desk,
        required: [.emergency, .order],
        optional: [.unit],
        in: .open,
        reaches: [.commandedAt]
    )
    /// Stops the clocks that may be stopped.
    package static let suspend = CaseOperation(
        "case.suspend",
        "suspend",
        Label("挂起", "suspend"),
        Label("挂起并说明原因", "suspends the case for a reason"),
        by: [.dispatcher, .streetLead],
        isHolders: true,
        required: [.suspension],
        optional: [.until, .reason],
        in: [.accepted, .onScene, .mediating],
        to: .suspended,
        act: .suspend
    )
    /// Goes on where it was suspended.
    package static let resume = CaseOperation(
        "case.resume",
        "resume",
        Label("恢复", "resume"),
        Label("恢复办理", "goes on where it was suspended"),
        by: [.dispatcher, .streetLead, .mediator],
        isHolders: true,
        optional: [.reason],
        in: [.suspended],
        act: .resume
    )
    /// Moves a term.
    package static let extend = CaseOperation(
        "case.extend",
        "extend",
        Label("延期", "extend"),
        Label("延长时限", "moves a term"),
        by: .leads,
        isHolders: true,
        required: [.clock, .newDue, .reason],
        optional: [.partiesAgree],
        in: .open,
        act: .extend
    )
}
