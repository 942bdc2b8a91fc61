extension CodeList {
    /// In what capacity somebody reports.
    package static let reporters = CodeList(
        "X-BG",
        [
            Code("01", "居民", "resident"),
            Code("02", "商户", "business"),
            Code("03", "流动人口", "non-local resident"),
            Code("04", "网格员", "grid officer"),
            Code("05", "民警", "police officer"),
            Code("06", "部门", "department"),
            Code("07", "人大代表/政协委员", "deputy"),
            Code("08", "设备", "device"),
            Code("99", "其他", "other"),
        ]
    )

    /// How risky a dispute is, as the centre judges it.
    package static let risks = CodeList(
        "X-FX",
        [
            Code("1", "高", "high"), Code("2", "较高", "raised"), Code("3", "中", "medium"),
            Code("4", "低", "low"),
        ]
    )

    /// Why an offered case is not taken.
    package static let rejections = CodeList(
        "X-TH",
        [
            Code("01", "不属本单位职责", "not our duty"),
            Code("02", "不在本辖区", "not in our area"),
            Code("03", "材料不全", "papers incomplete"),
            Code("04", "重复移交", "handed over before"),
            Code("05", "警情未处置完毕", "police have not finished"),
            Code("99", "其他", "other"),
        ]
    )

    /// Supervision cards.
    package static let cards = CodeList(
        "X-DP",
        [
            Code("yellow", "黄牌", "yellow"), Code("red", "红牌", "red"),
            Code("black", "黑牌", "black"),
        ]
    )

    /// Where a case goes that leaves the ledger.
    package static let referrals = CodeList(
        "X-ZC",
        [
            Code("court", "法院", "court"),
            Code("arbitration", "仲裁", "arbitration"),
            Code("police", "公安", "police"),
            Code("petition", "信访", "petition office"),
            Code("enforcement", "综合行政执法", "administrative enforcement"),
            Code("labour", "劳动监察", "labour inspection"),
            Code("market", "市场监管", "market supervision"),
            Code("other", "其他", "other"),
        ]
    )

    /// Why personal data have to be erased.
    ///
    /// - Source: 个人信息保护法 art. 47.
    package static let grounds = CodeList(
        "X-SC",
        [
            Code("47-1", "处理目的已实现或无法实现", "purpose reached, or out of reach"),
            Code("47-2", "停止服务或保存期限届满", "service ended, or its time of keeping"),
            Code("47-3", "个人撤回同意", "consent withdrawn"),
            Code("47-4", "违法违规处理", "processed against the law"),
            Code("47-5", "法律规定的其他情形", "another case of the law"),
        ]
    )

    /// What a follow-up visit found.
    package static let visitResults = CodeList(
        "X-HF",
        [
            Code("performed", "已履行", "performed"),
            Code("performing", "履行中", "being performed"),
            Code("breached", "未履行", "not performed"),
            Code("satisfied", "满意", "satisfied"),
            Code("dissatisfied", "不满意", "dissatisfied"),
            Code("absent", "无法联系", "not reached"),
        ]
    )

    /// How well a case was handled.
    ///
    /// - Source: GB/T 31000-2015, 效果评估.
    package static let effects = CodeList(
        "GB/T 31000 效果评估",
        [
            Code("01", "好", "good"), Code("02", "较好", "fairly good"), Code("03", "差", "poor"),
            Code("04", "较差", "rather poor"),
        ]
    )

    /// How grave a case is.
    ///
    /// - Source: GB/T 31000-2015, 案件分级.
    package static let levels = CodeList(
        "GB/T 31000 案件分级",
        [
            Code("01", "特别重大", "extremely grave"), Code("02", "重大", "grave"),
            Code("03", "较大", "fairly grave"), Code("04", "一般", "ordinary"),
        ]
    )

    /// Why a mediation ends without an agreement.
    package static let endReasons = CodeList(
        "X-ZZ",
        [
            Code("refused", "当事人拒绝", "a party refuses"),
            Code("withdrawn", "申请撤回", "withdrawn"),
            Code("failed", "调解不成", "no agreement"),
            Code("expired", "期限届满", "time is over"),
            Code("risk", "矛盾激化风险", "danger of escalation"),
        ]
    )

    /// How talks are held.
    package static let modes = CodeList(
        "X-TS",
        [
            Code("onsite", "现场", "on site"), Code("online", "线上", "online"),
            Code("closed", "不公开", "closed"), Code("open", "公开", "public"),
        ]
    )

    /// Whether whoever leads talks has an interest in them.
    package static let interests = CodeList(
        "X-LH",
        [
            Code("none", "无利害关系", "no interest"),
            Code("declared", "有利害关系,已披露", "an interest, declared"),
        ]
    )

    /// What a court made of a joint application.
    package static let confirmations = CodeList(
        "X-QR",
        [
            Code("confirmed", "确认有效", "confirmed"), Code("rejected", "驳回申请", "rejected"),
            Code("withdrawn", "撤回申请", "withdrawn"),
        ]
    )

    /// How cases are related that stay apart.
    package static let relations = CodeList(
        "X-GL",
        [
            Code("repeat", "重复反映", "reported again"),
            Code("same-party", "同一当事人", "same party"),
            Code("same-address", "同一地址", "same address"),
            Code("caused-by", "由其引发", "caused by"),
        ]
    )

    /// How grave an auditor's finding is.
    package static let gravities = CodeList(
        "X-YZ",
        [
            Code("note", "提示", "note"), Code("minor", "一般", "minor"),
            Code("major", "严重", "major"),
        ]
    )
}
