internal import Ledger

extension CaseOperation {
    /// Opening a case, and what can be said of it at any time.
    static let intake: [CaseOperation] = [
        report, register, amend, note, evidence, void, takeOver,
    ]

    /// Opens a case.
    package static let report = CaseOperation(
        "case.report",
        "report",
        Label("上报", "report"),
        Label("上报一个案件", "opens a case"),
        by: [.resident, .gridOfficer, .windowClerk, .dispatcher, .departmentOfficer],
        required: [.summary],
        optional: [
            .channel, .occurred, .urgent, .reference, .place, .address, .codeTable, .profile,
            .window, .reporter, .alert, .parties, .contact, .tag, .receipt,
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
        by: [.windowClerk, .dispatcher],
        isHolders: true,
        required: [.category],
        optional: [
            .name, .scale, .people, .brief, .involved, .amount, .place, .address, .grid, .codeTable,
            .risk, .level, .parties, .contact, .tag,
        ],
        in: [.reported],
        to: .registered,
        reaches: [.registeredAt]
    )
    /// Corrects fields; settles conflicts about those it sets.
    package static let amend = CaseOperation(
        "case.amend",
        "amend",
        Label("更正", "amend"),
        Label("更正字段,解决冲突", "corrects fields and settles conflicts"),
        by: [
            .windowClerk, .dispatcher, .departmentOfficer, .mediator, .streetLead, .districtAdmin,
        ],
        optional: FieldTable.all.filter(\.isAmendable).map(\.field) + [.reason],
        in: .all
    )
    /// Adds a remark.
    package static let note = CaseOperation(
        "case.note",
        "note",
        Label("备注", "note"),
        Label("添加备注", "adds a remark"),
        by: .staff,
        required: [.text],
        in: .all
    )
    /// Names evidence that is kept elsewhere.
    package static let evidence = CaseOperation(
        "case.evidence",
        "evidence",
        Label("证据", "evidence"),
        Label("登记证据的哈希与保管", "names evidence by its hash, and who keeps it"),
        by: [.gridOfficer, .windowClerk, .departmentOfficer, .mediator],
        required: [.evidence, .heldBy],
        optional: [.text],
        in: .all
    )
    /// Takes back an entry made by mistake; nothing is deleted.
    package static let void = CaseOperation(
        "case.void",
        "void",
        Label("作废", "void"),
        Label("登记有误而作废", "takes back a case entered by mistake"),
        by: [.windowClerk, .streetLead],
        isHolders: true,
        required: [.reason],
        in: [.reported, .registered],
        to: .voided
    )
    /// Takes over a record of another system, or its newer state.
    package static let takeOver = CaseOperation(
        "case.import",
        "import",
        Label("导入", "import"),
        Label("接收其他系统的记录", "takes over a record of another system"),
        by: .staff,
        required: [.source, .state, .externalID],
        optional: [
            .reportedAt, .closedAt, .target, .claim, .summary, .place, .address, .category,
            .sourceCategory, .sourceChannel, .resolution, .reply,
        ] + takenFile,
        in: [.reported, .closed],
        act: .takeOver,
        clears: [.closedAt],
        opens: true,
        textMax: 65_536
    )
}
