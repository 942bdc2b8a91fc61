extension CodeList {
    /// Through which channel a case came in.
    package static let channels = CodeList(
        "X-QD",
        [
            Code("01", "110流转", "police emergency line"),
            Code("02", "12345", "city hotline"),
            Code("03", "网格员", "grid officer"),
            Code("04", "窗口来访", "visit to a window"),
            Code("05", "居民扫码", "resident's code"),
            Code("06", "部门流转", "another department"),
            Code("07", "法院委派", "assigned by a court"),
            Code("08", "预警模型", "warning model"),
            Code("09", "议事会", "council"),
            Code("10", "督办下派", "supervision from above"),
        ]
    )

    /// With what outcome a case was closed.
    package static let outcomes = CodeList(
        "X-JG",
        [
            Code("11", "调解成功-书面", "settled in writing"),
            Code("12", "调解成功-口头", "settled orally"),
            Code("13", "自行和解", "parties settled by themselves"),
            Code("21", "现场处置完成", "dealt with on scene"),
            Code("22", "转执法处理完成", "dealt with by law enforcement"),
            Code("31", "调解不成-已告知途径", "not settled, remedies told"),
            Code("32", "当事人拒绝", "refused by a party"),
            Code("33", "当事人撤回", "withdrawn by the party"),
            Code("34", "无法联系", "party not reached"),
            Code("41", "转出(法院/仲裁/公安/信访)", "passed to court, arbitration, police, petitions"),
            Code("51", "不属实", "unfounded"),
            Code("52", "重复", "duplicate"),
            Code("61", "解释说明(诉求无依据)", "explained, claim without basis"),
        ]
    )

    /// By which way a dispute was resolved.
    package static let ways = CodeList(
        "X-HJ",
        [
            Code("01", "人民调解", "people's mediation"),
            Code("02", "行政调解", "administrative mediation"),
            Code("03", "司法调解", "judicial mediation"),
            Code("04", "行业专业调解", "professional mediation"),
            Code("05", "行政处置/执法", "administrative action"),
            Code("06", "协商和解", "negotiated"),
            Code("07", "议事协商", "council deliberation"),
            Code("08", "仲裁", "arbitration"),
            Code("09", "行政裁决/复议", "administrative ruling or review"),
            Code("10", "诉讼", "lawsuit"),
            Code("11", "信访答复", "reply to a petition"),
            Code("99", "其他", "other"),
        ]
    )

    /// Why a case is suspended.
    package static let suspensions = CodeList(
        "X-GQ",
        [
            Code("01", "鉴定", "expert opinion"),
            Code("02", "听证", "hearing"),
            Code("03", "等待当事人", "waiting for a party"),
            Code("04", "上级协调", "coordination from above"),
            Code("05", "不可抗力", "force majeure"),
        ]
    )

    /// In which form an agreement was made.
    package static let agreementForms = CodeList(
        "X-XY",
        [Code("written", "书面", "written"), Code("oral", "口头", "oral")]
    )

    /// How an arrival was recorded.
    package static let arrivalMethods = CodeList(
        "X-DC",
        [Code("manual", "人工", "by hand"), Code("gps", "定位", "by position")]
    )

    /// Deadline profiles; their clocks are in ``Profile``, and a policy may define others.
    package static let profiles = CodeList(
        "X-SX",
        [
            Code("hz-1-3-10", "1分钟受理 3分钟响应 10分钟到场", "accept 1, respond 3, arrive 10 min"),
            Code("wulin-1-5-30", "1分钟响应 5分钟到场 30分钟反馈", "respond 1, arrive 5, feedback 30 min"),
            Code("elevator-urban", "电梯困人: 建成区30分钟到场", "elevator, built-up area: arrive 30 min"),
            Code("elevator-rural", "电梯困人: 其他区域1小时到场", "elevator elsewhere: arrive 1 h"),
            Code("labour", "劳动争议调解15日", "labour dispute: mediation 15 days"),
            Code("court-ordinary", "法院委派(普通)15日", "assigned by a court, ordinary: 15 days"),
            Code("court-simplified", "法院委派(简易)7日", "assigned by a court, simplified: 7 days"),
            Code("petition", "信访: 15日受理告知 60日办结", "petition: 15 days to answer, 60 to finish"),
            Code("normal", "一般: 30日办结", "normal: 30 days"),
            Code("urgent", "紧急: 1日办结", "urgent: 1 day"),
            Code("none", "无时限", "no clocks"),
        ],
        isOpen: true
    )

    /// What another system says of a record taken over from it.
    package static let importStates = CodeList(
        "X-DR",
        [Code("open", "未办结", "open"), Code("closed", "已办结", "closed")]
    )

    /// Whether another system says it kept its own target.
    package static let claims = CodeList(
        "X-CS",
        [Code("overdue", "超期", "overdue"), Code("ontime", "按期", "on time")]
    )

    /// The stages under their code names.
    package static let stages = CodeList(
        "X-JD",
        Stage.allCases.map { Code($0.rawValue, $0.label.zh, $0.label.en) }
    )
}
