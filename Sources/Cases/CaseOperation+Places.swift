internal import Ledger

extension CaseOperation {
    /// The unified address code.
    static let places: [CaseOperation] = [
        recordPlace, amendPlace, retirePlace, aliasPlace, drawGrids, succeedCode,
    ]

    /// Records a node of the unified address code.
    package static let recordPlace = CaseOperation(
        "place.record",
        "record",
        Label("登记地址", "record"),
        Label("登记一个地址节点", "records a node of the unified address code"),
        kind: .place,
        by: [.windowClerk, .gridOfficer, .streetLead, .districtAdmin],
        required: [.placeCode, .placeLevel, .name],
        optional: [.parent, .households, .validFrom, .codeTable, .reference],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Corrects a place.
    package static let amendPlace = CaseOperation(
        "place.amend",
        "amend",
        Label("更正地址", "amend"),
        Label("更正地址节点", "corrects a place"),
        kind: .place,
        by: [.windowClerk, .gridOfficer, .streetLead, .districtAdmin],
        optional: [.name, .parent, .households, .validFrom, .codeTable],
        in: [.inForce]
    )
    /// Ends a place, an alias or a grid version.
    package static let retirePlace = CaseOperation(
        "place.retire",
        "retire",
        Label("停用", "retire"),
        Label("停用地址、别名或网格版本", "ends a place, an alias or a grid version"),
        kind: .place,
        by: [.streetLead, .districtAdmin],
        required: [.reason],
        optional: [.validFrom],
        in: [.inForce],
        to: .repealed
    )
    /// Says which code people mean by a text.
    package static let aliasPlace = CaseOperation(
        "place.alias",
        "alias",
        Label("地址别名", "alias"),
        Label("说明某种叫法所指的编码", "says which code people mean by a text"),
        kind: .place,
        by: [.windowClerk, .gridOfficer, .dispatcher, .streetLead, .districtAdmin],
        required: [.alias, .placeCode],
        optional: [.basis],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Draws the grids of a street anew.
    package static let drawGrids = CaseOperation(
        "place.grids",
        "grids",
        Label("网格划分", "grids"),
        Label("发布街道的网格版本", "draws the grids of a street anew"),
        kind: .place,
        by: .leads,
        required: [.grids, .validFrom],
        optional: [.codeTable, .name, .basis],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Says which codes succeed one that ended.
    package static let succeedCode = CaseOperation(
        "place.succeed",
        "succeed",
        Label("代码变更", "succeed"),
        Label("登记行政区划代码的变更", "says which codes succeed one that ended"),
        kind: .place,
        by: [.districtAdmin],
        required: [.oldCode, .newCodes, .validFrom],
        optional: [.codeTable, .basis, .name],
        in: [],
        to: .inForce,
        opens: true
    )

    /// Offices, activities and analyses.
    static let registry: [CaseOperation] = [
        recordOrganisation, amendOrganisation, closeOrganisation, recordActivity, analyse,
    ]

    /// Records an office, a window, a unit or an organisation.
    package static let recordOrganisation = CaseOperation(
        "organisation.record",
        "record",
        Label("登记机构", "record"),
        Label("登记窗口、部门、调解组织或队伍", "records an office, a window, a unit or an organisation"),
        kind: .organisation,
        by: [.windowClerk, .streetLead, .districtAdmin],
        required: [.name, .organisationKind],
        optional: [.functions, .address, .place, .people, .reference],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Corrects an organisation.
    package static let amendOrganisation = CaseOperation(
        "organisation.amend",
        "amend",
        Label("更正机构", "amend"),
        Label("更正机构信息", "corrects an organisation"),
        kind: .organisation,
        by: [.windowClerk, .streetLead, .districtAdmin],
        optional: [.name, .functions, .address, .place, .people, .reference],
        in: [.inForce]
    )
    /// Ends an organisation.
    package static let closeOrganisation = CaseOperation(
        "organisation.close",
        "close",
        Label("撤销机构", "close"),
        Label("撤销机构", "ends an organisation"),
        kind: .organisation,
        by: .leads,
        required: [.reason],
        in: [.inForce],
        to: .repealed
    )
    /// Records a training, a patrol or a service.
    package static let recordActivity = CaseOperation(
        "activity.record",
        "record",
        Label("登记活动", "record"),
        Label("登记培训、巡防或志愿服务", "records a training, a patrol or a service"),
        kind: .activity,
        by: .staff,
        required: [.activityKind, .topic],
        optional: [.people, .unit, .venue, .text, .occurred],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Records what an analyst concluded.
    package static let analyse = CaseOperation(
        "analysis.record",
        "record",
        Label("登记研判", "record"),
        Label("登记一次分析研判", "records what an analyst concluded, and what it rests on"),
        kind: .analysis,
        by: [.dispatcher, .streetLead, .districtAdmin],
        required: [.topic, .query, .frontier, .text],
        optional: [.risk, .address, .place],
        in: [],
        to: .inForce,
        opens: true
    )

    /// Deadline profiles and calendars.
    static let policies: [CaseOperation] = [
        setProfile, setCalendar, setSealing, repealPolicy,
    ]

    /// Sets a profile of deadlines for an area.
    package static let setProfile = CaseOperation(
        "policy.profile",
        "profile",
        Label("时限标准", "profile"),
        Label("发布本地区的时限标准", "sets a profile of deadlines for an area"),
        kind: .policy,
        by: .leads,
        required: [.profileCode, .clocks, .validFrom],
        optional: [.name, .basis, .isDefault],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Sets the holidays of a year.
    package static let setCalendar = CaseOperation(
        "policy.calendar",
        "calendar",
        Label("工作日历", "calendar"),
        Label("发布一年的放假与调休", "sets the holidays and working days of a year"),
        kind: .policy,
        by: [.districtAdmin],
        required: [.year],
        optional: [.holidays, .workdays, .basis],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Says which texts of cases are sealed in an area.
    package static let setSealing = CaseOperation(
        "policy.sealing",
        "sealing",
        Label("密封规则", "sealing"),
        Label("规定本地区案件的哪些文字须密封", "says which texts of an area's cases are sealed"),
        kind: .policy,
        by: .leads,
        required: [.sealedFields],
        optional: [.basis],
        in: [],
        to: .inForce,
        opens: true
    )
    /// Ends a profile, a calendar or a rule of sealing.
    package static let repealPolicy = CaseOperation(
        "policy.repeal",
        "repeal",
        Label("废止规则", "repeal"),
        Label("废止时限标准、日历或密封规则", "ends a profile, a calendar or a rule of sealing"),
        kind: .policy,
        by: .leads,
        required: [.reason],
        in: [.inForce],
        to: .repealed,
        reaches: [.closedAt]
    )
}
