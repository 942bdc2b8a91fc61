extension FieldTable {
    /// The unified address code: places, aliases, grids and successors.
    static let places: [FieldSpec] = [
        field(
            .placeCode,
            "place-code",
            Label("地址编码", "address code"),
            .part(.detail),
            .text(max: 64),
            .single,
            Label("统一地址编码", "unified address code")
        ),
        field(
            .placeLevel,
            "place-level",
            Label("层级", "level"),
            .header,
            .code(.placeLevels),
            .single,
            Label("市、区县、镇街、村社、网格、楼栋等", "city, district, street, village, grid, building …")
        ),
        field(
            .parent,
            "parent",
            Label("上级编码", "parent"),
            .part(.detail),
            .text(max: 64),
            .single,
            Label("上级的地址编码", "code of what it lies in")
        ),
        field(
            .households,
            "households",
            Label("户数", "households"),
            .part(.detail),
            .count,
            .single,
            Label("多少户", "how many")
        ),
        field(
            .validFrom,
            "valid-from",
            Label("启用时间", "valid from"),
            .header,
            .instant,
            .single,
            Label("自何时起有效", "from when it counts")
        ),
        field(
            .alias,
            "alias",
            Label("别名", "alias"),
            .part(.detail),
            .text(max: 200),
            .single,
            Label("群众所说的地点", "the place as people say it")
        ),
        field(
            .oldCode,
            "old-code",
            Label("旧代码", "old code"),
            .header,
            .identifier,
            .single,
            Label("被取代的代码", "the code that ended")
        ),
        field(
            .newCodes,
            "new-code",
            Label("新代码", "new code"),
            .header,
            .identifiers(count: 16),
            .single,
            Label("继任的代码,可重复", "what succeeds it; may be repeated")
        ),
        field(
            .grids,
            "grid-row",
            Label("网格", "grid"),
            .part(.detail),
            .grids(count: 1000),
            .single,
            Label("代码;名称;户数。可重复", "code; name; households. May be repeated")
        ),
    ]

    /// Deadline profiles and calendars.
    static let policies: [FieldSpec] = [
        field(
            .profileCode,
            "profile-code",
            Label("标准代号", "profile code"),
            .header,
            .identifier,
            .single,
            Label("时限标准的代号", "short name of the profile")
        ),
        field(
            .clocks,
            "clock-row",
            Label("时限", "clock"),
            .header,
            .clocks(count: 16),
            .single,
            Label(
                "时限=时长,如 arrive=10m 或 objection=5w。可重复",
                "clock=limit, such as arrive=10m or objection=5w. May be repeated"
            )
        ),
        field(
            .holidays,
            "holiday",
            Label("节假日", "holiday"),
            .header,
            .dates(count: 128),
            .single,
            Label("放假日,如 20261001。可重复", "a day off, such as 20261001. May be repeated")
        ),
        field(
            .workdays,
            "workday",
            Label("调休上班日", "working day"),
            .header,
            .dates(count: 64),
            .single,
            Label("调休上班日。可重复", "a weekend day that is worked. May be repeated")
        ),
        field(
            .year,
            "year",
            Label("年份", "year"),
            .header,
            .count,
            .single,
            Label("哪一年", "which year")
        ),
        field(
            .isDefault,
            "default",
            Label("默认适用", "by default"),
            .header,
            .flag,
            .single,
            Label("本地区案件是否默认适用", "whether cases of the area have it unless they say otherwise")
        ),
    ]

    /// Which texts are sealed.
    static let sealings: [FieldSpec] = [
        field(
            .sealedFields,
            "seal-field",
            Label("密封字段", "sealed field"),
            .header,
            .identifiers(count: 32),
            .single,
            Label("须密封的文字字段。可重复", "a text that is to be sealed. May be repeated")
        )
    ]

    /// Offices, activities and analyses.
    static let registry: [FieldSpec] = [
        field(
            .organisationKind,
            "organisation-kind",
            Label("机构类型", "kind of organisation"),
            .header,
            .code(.organisationKinds),
            .single,
            Label("窗口、部门、调解组织等", "window, department, mediation organisation …")
        ),
        field(
            .functions,
            "function",
            Label("职能", "function"),
            .part(.detail),
            .texts(max: 100, count: 20),
            .single,
            Label("承担的职能,可重复", "what it does; may be repeated")
        ),
        field(
            .query,
            "query",
            Label("查询条件", "question"),
            .part(.detail),
            .text(max: 500),
            .single,
            Label("研判所据的查询", "the query that it rests on")
        ),
        field(
            .frontier,
            "frontier",
            Label("前沿", "frontier"),
            .header,
            .digest,
            .single,
            Label("研判所据日志的前沿摘要", "digest of the logs that it rests on")
        ),
        field(
            .activityKind,
            "activity-kind",
            Label("活动类型", "kind of activity"),
            .header,
            .code(.activityKinds),
            .single,
            Label("培训、巡防、服务等", "training, patrol, service …")
        ),
        field(
            .openings,
            "opening",
            Label("开封", "opening"),
            .part(.detail),
            .texts(max: OpeningRow.textMax, count: OpeningRow.countMax),
            .single,
            Label("案件、次数、首末时间、岗位编号", "case, how often, when first and last, staff number")
        ),
    ]
}
