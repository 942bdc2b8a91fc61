extension FieldTable {
    /// Councils and what they resolve.
    static let councils: [FieldSpec] = [
        field(
            .topic,
            "topic",
            Label("议题", "topic"),
            .part(.text),
            .text(max: 200),
            .single,
            Label("议什么", "what it is about")
        ),
        field(
            .facilitator,
            "facilitator",
            Label("促动师", "facilitator"),
            .part(.detail),
            .text(max: 64),
            .single,
            Label("岗位编号,不写姓名", "role-bound staff number, never a name")
        ),
        field(
            .neutrality,
            "neutrality",
            Label("中立声明", "neutrality"),
            .header,
            .code(.interests),
            .single,
            Label("促动师有无利害关系", "whether the facilitator has an interest")
        ),
        field(
            .proposal,
            "proposal",
            Label("建议", "proposal"),
            .part(.text),
            .text(max: 1000),
            .act,
            Label("提出什么", "what is proposed")
        ),
        field(
            .proposer,
            "proposer",
            Label("建议人身份", "proposer"),
            .part(.detail),
            .code(.proposers),
            .act,
            Label("身份类别,不写姓名", "in what capacity, never a name")
        ),
        field(
            .from,
            "from",
            Label("源自", "from"),
            .header,
            .digests(count: 16),
            .act,
            Label("所拆分或合并的建议,可重复", "proposals it was split or merged from; may be repeated")
        ),
        field(
            .about,
            "about",
            Label("所涉建议", "about"),
            .header,
            .digest,
            .act,
            Label("对哪一建议", "which proposal")
        ),
        field(
            .votesFor,
            "for",
            Label("赞成", "for"),
            .part(.detail),
            .count,
            .act,
            Label("赞成票数", "votes for it")
        ),
        field(
            .votesAgainst,
            "against",
            Label("反对", "against"),
            .part(.detail),
            .count,
            .act,
            Label("反对票数", "votes against it")
        ),
        field(
            .abstentions,
            "abstain",
            Label("弃权", "abstain"),
            .part(.detail),
            .count,
            .act,
            Label("弃权票数", "abstentions")
        ),
        field(
            .decision,
            "decision",
            Label("决议", "resolution"),
            .part(.text),
            .text(max: 2000),
            .single,
            Label("议定了什么", "what was resolved")
        ),
        field(
            .proof,
            "proof",
            Label("佐证哈希", "proof"),
            .header,
            .digest,
            .act,
            Label("落实佐证文件的 SHA-256", "SHA-256 of the proof's file")
        ),
    ]

    /// Covenants.
    static let covenants: [FieldSpec] = [
        field(
            .rules,
            "rule",
            Label("条款", "rule"),
            .part(.text),
            .texts(max: 200, count: 50),
            .single,
            Label("公约条款,依次;可重复", "the rules, in order; may be repeated")
        ),
        field(
            .edition,
            "edition",
            Label("版次", "edition"),
            .header,
            .count,
            .single,
            Label("第几版", "which edition")
        ),
        field(
            .adoptedBy,
            "adopted-by",
            Label("通过者", "adopted by"),
            .part(.detail),
            .text(max: 100),
            .single,
            Label("由何会议通过", "by which assembly")
        ),
        field(
            .ruleNumber,
            "rule-number",
            Label("条款序号", "rule number"),
            .header,
            .count,
            .act,
            Label("第几条,从 1 起", "which rule, from 1")
        ),
    ]

    /// Alerts of machines and models.
    static let alerts: [FieldSpec] = [
        field(
            .model,
            "model",
            Label("模型", "model"),
            .part(.detail),
            .text(max: 64),
            .single,
            Label("预警模型编号", "which model or device")
        ),
        field(
            .score,
            "score",
            Label("评分", "score"),
            .part(.detail),
            .count,
            .single,
            Label("模型评分", "what the model says")
        ),
        field(
            .threshold,
            "threshold",
            Label("阈值", "threshold"),
            .part(.detail),
            .count,
            .single,
            Label("预警阈值", "from which it warns")
        ),
        field(
            .reading,
            "reading",
            Label("读数摘要", "reading"),
            .part(.text),
            .text(max: 500),
            .single,
            Label("摘要,不存原始序列", "a summary, never the raw series")
        ),
        field(
            .expires,
            "expires",
            Label("失效时间", "expires"),
            .header,
            .instant,
            .single,
            Label("预警何时失效", "until when it means something")
        ),
        field(
            .alertKind,
            "alert-kind",
            Label("预警类型", "kind of alert"),
            .header,
            .code(.alertKinds),
            .single,
            Label("何种预警", "what it warns of")
        ),
    ]
}
