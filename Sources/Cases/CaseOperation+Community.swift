internal import Ledger

extension CaseOperation {
    /// Councils.
    static let councils: [CaseOperation] = [
        convene, propose, vote, resolve, follow, fulfil, dissolve,
    ]

    /// Opens a council on a topic.
    package static let convene = CaseOperation(
        "council.convene",
        "convene",
        Label("召集议事", "convene"),
        Label("就一个议题召集议事", "opens a council on a topic"),
        kind: .council,
        by: [.facilitator, .streetLead, .districtAdmin],
        required: [.topic, .facilitator, .neutrality],
        optional: [.disclosure, .mode, .venue, .people, .organisation, .place, .tag],
        in: [],
        to: .convened,
        opens: true
    )
    /// Brings a proposal, or what earlier ones were split or merged into.
    package static let propose = CaseOperation(
        "council.propose",
        "propose",
        Label("建议", "propose"),
        Label(
            "提出建议,或由已有建议拆分、合并而成",
            "brings a proposal; with --from, one that was split or merged from others"
        ),
        kind: .council,
        by: [.facilitator, .resident],
        required: [.proposal],
        optional: [.proposer, .from],
        in: [.convened]
    )
    /// Records a tally.
    package static let vote = CaseOperation(
        "council.vote",
        "vote",
        Label("表决", "vote"),
        Label("记录一项建议的票数", "records the tally on a proposal"),
        kind: .council,
        by: [.facilitator],
        required: [.about, .votesFor, .votesAgainst],
        optional: [.abstentions],
        in: [.convened]
    )
    /// Records what was resolved, who does it and until when.
    package static let resolve = CaseOperation(
        "council.resolve",
        "resolve",
        Label("决议", "resolve"),
        Label("记录决议、责任单位与期限", "records what was resolved, who does it and until when"),
        kind: .council,
        by: [.facilitator, .streetLead],
        required: [.decision],
        optional: [.about, .unit, .due],
        in: [.convened],
        to: .resolved
    )
    /// Reports how far the resolution is carried out.
    package static let follow = CaseOperation(
        "council.follow",
        "follow",
        Label("落实", "follow"),
        Label("报告决议落实情况", "reports how far the resolution is carried out"),
        kind: .council,
        by: [.facilitator, .gridOfficer, .streetLead],
        required: [.text],
        optional: [.proof],
        in: [.resolved]
    )
    /// Says that the resolution is carried out, with proof.
    package static let fulfil = CaseOperation(
        "council.fulfil",
        "fulfil",
        Label("落实完成", "fulfil"),
        Label("决议已落实,附佐证", "says that the resolution is carried out, with proof"),
        kind: .council,
        by: [.facilitator, .streetLead],
        required: [.text, .proof],
        in: [.resolved],
        to: .fulfilled,
        reaches: [.closedAt]
    )
    /// Ends a council without a resolution.
    package static let dissolve = CaseOperation(
        "council.dissolve",
        "dissolve",
        Label("散会", "dissolve"),
        Label("未形成决议而结束", "ends a council without a resolution"),
        kind: .council,
        by: [.facilitator, .streetLead],
        required: [.reason],
        in: [.convened],
        to: .dissolved,
        reaches: [.closedAt]
    )

    /// Covenants.
    static let covenants: [CaseOperation] = [
        adopt, revise, reportBreach, repealCovenant,
    ]

    /// Adopts a covenant.
    package static let adopt = CaseOperation(
        "covenant.adopt",
        "adopt",
        Label("通过公约", "adopt"),
        Label("通过一份居民公约", "adopts a covenant"),
        kind: .covenant,
        by: [.facilitator, .streetLead],
        required: [.name, .rules, .adoptedBy],
        optional: [.edition, .place, .address],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Adopts another edition.
    package static let revise = CaseOperation(
        "covenant.revise",
        "revise",
        Label("修订公约", "revise"),
        Label("通过新的版次", "adopts another edition"),
        kind: .covenant,
        by: [.facilitator, .streetLead],
        required: [.rules, .edition, .adoptedBy],
        in: [.inForce]
    )
    /// Records a breach of a rule.
    package static let reportBreach = CaseOperation(
        "covenant.breach",
        "breach",
        Label("违反公约", "breach"),
        Label("记录违反某条", "records a breach of a rule"),
        kind: .covenant,
        by: [.gridOfficer, .facilitator, .windowClerk],
        required: [.ruleNumber],
        optional: [.address, .text],
        in: [.inForce]
    )
    /// Ends a covenant.
    package static let repealCovenant = CaseOperation(
        "covenant.repeal",
        "repeal",
        Label("废止公约", "repeal"),
        Label("废止公约", "ends a covenant"),
        kind: .covenant,
        by: [.facilitator, .streetLead],
        required: [.reason],
        in: [.inForce],
        to: .repealed
    )

    /// Alerts.
    static let alerts: [CaseOperation] = [
        raise, checkAlert, confirmAlert, dismiss,
    ]

    /// Takes in an alert of a machine or a model.
    package static let raise = CaseOperation(
        "alert.raise",
        "raise",
        Label("预警", "raise"),
        Label("接收一条预警", "takes in an alert"),
        kind: .alert,
        by: [.dispatcher, .departmentOfficer, .gridOfficer],
        required: [.alertKind, .source, .externalID],
        optional: [.model, .score, .threshold, .reading, .address, .place, .expires, .occurred],
        in: [],
        to: .raised,
        reaches: [.reportedAt],
        opens: true
    )
    /// Records a visit because of an alert.
    package static let checkAlert = CaseOperation(
        "alert.visit",
        "visit",
        Label("上门核查", "visit"),
        Label("记录上门核查", "records a visit because of an alert"),
        kind: .alert,
        by: [.gridOfficer, .departmentOfficer],
        optional: [.text, .unit],
        in: [.raised],
        reaches: [.visitedAt]
    )
    /// Says that the alert was right.
    package static let confirmAlert = CaseOperation(
        "alert.confirm",
        "confirm",
        Label("属实", "confirm"),
        Label("预警属实", "says that the alert was right"),
        kind: .alert,
        by: [.gridOfficer, .dispatcher, .departmentOfficer],
        optional: [.text],
        in: [.raised],
        to: .confirmed,
        reaches: [.closedAt]
    )
    /// Says that it was a false alarm.
    package static let dismiss = CaseOperation(
        "alert.dismiss",
        "dismiss",
        Label("误报", "dismiss"),
        Label("预警为误报", "says that it was a false alarm"),
        kind: .alert,
        by: [.gridOfficer, .dispatcher, .departmentOfficer],
        required: [.reason],
        in: [.raised],
        to: .dismissed,
        reaches: [.closedAt]
    )

    /// Dwellings with tenants: counts, never names.
    static let dwellings: [CaseOperation] = [
        enter, checkIn, checkOut, mismatch, match, remove,
    ]

    /// Registers a dwelling.
    package static let enter = CaseOperation(
        "dwelling.register",
        "register",
        Label("登记住房", "register"),
        Label("登记一处租住房屋", "registers a dwelling"),
        kind: .dwelling,
        by: [.gridOfficer, .windowClerk],
        required: [.address, .people],
        optional: [.functions],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Tenants moved in.
    package static let checkIn = CaseOperation(
        "dwelling.check-in",
        "check-in",
        Label("入住", "check in"),
        Label("登记入住人数", "tenants moved in"),
        kind: .dwelling,
        by: [.gridOfficer, .windowClerk],
        required: [.people],
        optional: [.occurred, .text],
        in: [.inForce]
    )
    /// Tenants moved out.
    package static let checkOut = CaseOperation(
        "dwelling.check-out",
        "check-out",
        Label("离开", "check out"),
        Label("登记离开人数", "tenants moved out"),
        kind: .dwelling,
        by: [.gridOfficer, .windowClerk],
        required: [.people],
        optional: [.occurred, .text],
        in: [.inForce]
    )
    /// Who lives there is not who is registered.
    package static let mismatch = CaseOperation(
        "dwelling.mismatch",
        "mismatch",
        Label("人房不符", "mismatch"),
        Label("人房不一致", "who lives there is not who is registered"),
        kind: .dwelling,
        by: [.gridOfficer],
        required: [.text],
        optional: [.people],
        in: [.inForce]
    )
    /// A mismatch was cleared up.
    package static let match = CaseOperation(
        "dwelling.match",
        "match",
        Label("核实一致", "match"),
        Label("人房核实一致", "a mismatch was cleared up"),
        kind: .dwelling,
        by: [.gridOfficer, .windowClerk],
        required: [.people],
        optional: [.text],
        in: [.inForce]
    )
    /// The dwelling is no longer let.
    package static let remove = CaseOperation(
        "dwelling.remove",
        "remove",
        Label("注销住房", "remove"),
        Label("不再出租", "the dwelling is no longer let"),
        kind: .dwelling,
        by: [.gridOfficer, .windowClerk],
        optional: [.reason],
        in: [.inForce],
        to: .repealed
    )
}
