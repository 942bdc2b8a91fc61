extension CodeList {
    /// Who brings a proposal to a council.
    package static let proposers = CodeList(
        "X-YY",
        [
            Code("01", "居民议事员", "resident member"),
            Code("02", "社区", "community"),
            Code("03", "物业", "property manager"),
            Code("04", "业委会", "owners' committee"),
            Code("05", "商户", "business"),
            Code("06", "专家", "expert"),
            Code("07", "部门", "department"),
            Code("99", "其他", "other"),
        ]
    )

    /// What an alert is about.
    package static let alertKinds = CodeList(
        "X-YJ",
        [
            Code("elder-power", "独居老人用电", "electricity of an elder living alone"),
            Code("elevator", "电梯困人", "people in an elevator"),
            Code("crowd", "人流密集", "crowd"),
            Code("fire", "消防隐患", "fire risk"),
            Code("falling", "高空抛物", "object thrown from a height"),
            Code("stranger", "陌生人预警", "unknown person"),
            Code("other", "其他", "other"),
        ]
    )

    /// Levels of the unified address code.
    package static let placeLevels = CodeList(
        "X-DZ",
        [
            Code("city", "市", "city"), Code("district", "区县", "district"),
            Code("street", "镇街", "street"), Code("village", "村社", "village"),
            Code("area", "片区", "area"), Code("grid", "网格", "grid"),
            Code("micro-grid", "微网格", "micro-grid"), Code("building", "楼栋", "building"),
            Code("dwelling", "住所", "dwelling"),
        ]
    )

    /// Kinds of offices and organisations in the registry.
    package static let organisationKinds = CodeList(
        "X-ZZJ",
        [
            Code("window", "窗口", "window"),
            Code("department", "常驻部门", "resident department"),
            Code("mediation", "调解组织", "mediation organisation"),
            Code("court", "共享法庭", "shared court"),
            Code("unit", "处置队伍", "response unit"),
            Code("volunteers", "志愿队伍", "volunteers"),
            Code("station", "片区工作站", "area station"),
        ]
    )

    /// What an activity was.
    package static let activityKinds = CodeList(
        "X-HD",
        [
            Code("training", "培训讲堂", "training"), Code("patrol", "巡防", "patrol"),
            Code("service", "志愿服务", "volunteer service"),
            Code("publicity", "普法宣传", "legal education"),
        ]
    )
}
