package import Ledger

extension EntryVerdict {
    /// What a reader sees.
    package var label: Label {
        switch self {
        case .effective: Label("有效", "in effect")
        case .inadmissible(let reason):
            Label("不适用: \(reason.label.zh)", "inadmissible: \(reason.label.en)")
        case .noRight(let right):
            Label("无权限: \(right.label.zh)", "no right: \(right.label.en)")
        case .forged: Label("签名无效", "bad signature")
        case .needsVersion(let version):
            Label("需要版本 \(version)", "needs version \(version) of this program")
        case .malformed(let reason):
            Label("格式错误: \(reason.label.zh)", "malformed: \(reason.label.en)")
        case .waiting: Label("等待前序条目", "waiting for earlier entries")
        case .proposed: Label("对方提出,待确认", "proposed by the other side")
        case .ratified: Label("已追认", "ratified")
        }
    }
}

extension Inadmissible {
    /// What a reader sees.
    package var label: Label {
        switch self {
        case .notOpened: Label("案件未开", "it is not open")
        case .otherKind: Label("对象类型不符", "it is about another kind of subject")
        case .stage(let stage):
            Label("阶段为 \(stage.label.zh)", "the stage is \(stage.label.en) (\(stage.label.zh))")
        case .notImported: Label("非导入案件", "the case was not opened by an import")
        case .notHolder: Label("非责任单位", "another office has to act")
        case .notAbove: Label("须由上级作出", "an office above both has to say so")
        case .offerPending: Label("已有未答复的移交", "an offer is still without an answer")
        case .noSuchEntry: Label("所指条目不在本案或不能脱敏", "no such entry of this case can be redacted")
        case .noRedaction: Label("没有该脱敏申请", "there is no such redaction")
        case .noAssistance: Label("没有该协办请求", "there is no such request for help")
        case .noOffer: Label("没有该移交", "there is no such open offer")
        case .offerSuperseded: Label("另一移交在先", "another offer came first")
        case .notFromThere: Label("案件非由该处移交", "the case did not come from there")
        case .noLink: Label("没有该关联", "there is no such link")
        case .ownLink: Label("须由对方确认", "the other side has to agree")
        case .nothingToSettle: Label("没有该冲突", "nothing of that stands in conflict")
        case .notExtendable: Label("该时限不可延长", "this clock can not be extended")
        case .noConsent: Label("须双方同意", "both parties have to agree")
        case .sameHand: Label("派单人不得考评", "who dispatched does not appraise")
        case .interest: Label("调解员有利害关系", "the mediator declared an interest")
        case .tooLate: Label("已逾30日", "the thirty days are over")
        }
    }
}

extension Malformed {
    /// What a reader sees.
    package var label: Label {
        switch self {
        case .notTheOpening: Label("并非开启条目", "it does not open the subject it claims")
        case .noScope: Label("缺所在地", "it does not say where")
        case .subjects: Label("对象个数不符", "it is about more or fewer subjects")
        case .receiver: Label("接收地不符", "its receiving place is missing or not wanted")
        case .missing(let field):
            Label("缺 \(field.spec.label.zh)", "\(field.spec.flag) is missing")
        case .field(let field):
            Label("\(field.spec.label.zh) 不符", "\(field.spec.flag) is not of its form")
        case .partFields: Label("字段清单不符", "its list of fields is not of its form")
        }
    }
}

extension RightVerdict {
    /// What a reader sees.
    package var label: Label {
        switch self {
        case .allowed: Label("有权", "the right is there")
        case .noGrant: Label("密钥在此节点未获授权", "the signing key has no right at this node")
        case .outsideScope:
            Label("超出管辖范围", "the place lies outside the scope of the signing key's right")
        case .notPermitted:
            Label("级别或岗位不得为之", "the signing key's level or roles may not do that")
        case .notPersonal: Label("须由本人密钥签名", "a person has to sign that here, not the node")
        case .contested: Label("权限已终止", "the right of the signing key has ended")
        case .ratified:
            Label("权限已终止,上级已追认", "the right had ended; an office above ratified it")
        case .refused: Label("权限已终止,上级不予追认", "the right had ended, and an office above refused it")
        }
    }
}
