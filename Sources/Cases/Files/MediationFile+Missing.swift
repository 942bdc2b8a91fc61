internal import Encoding

/// What a file lacks before it can be archived, with the law or the practice that wants it.
package struct FileLack: Hashable, Sendable {
    /// What is missing.
    package let kind: Kind
    /// Which item of the agreement; nil where it is about none.
    package let item: UInt64?

    init(_ kind: Kind, item: UInt64? = nil) {
        self.kind = kind
        self.item = item
    }

    /// What can be missing.
    package enum Kind: String, CaseIterable, Sendable {
        case registration, consent
        case interest = "interest-disclosure"
        case session = "session-record"
        case form
        case oralContent = "oral-content"
        case items, facts
        case term = "item-term"
        case effective, signatures
        case mediatorSignature = "mediator-signature"
        case seal
        case remedies = "remedies-told"
        case endReason = "end-reason"
        case performance, visit, reply, outcome, way
        case conflict
        case waiting
    }

    /// What a reader sees.
    package var label: Label {
        let label = kind.label
        guard let item else { return label }
        return Label("第\(item)项\(label.zh)", "item \(item): \(label.en)")
    }

    /// The law or practice.
    package var basis: Label { kind.basis }
}

extension FileLack.Kind {
    fileprivate var label: Label {
        switch self {
        case .registration: Label("登记(类别)", "registration with a category")
        case .consent: Label("双方同意调解", "both parties' consent")
        case .interest: Label("调解员利害关系声明", "the mediator's declaration of interest")
        case .session: Label("调解工作记录", "a record of the talks, or of matter and result")
        case .form: Label("协议形式(书面或口头)", "whether the agreement is written or oral")
        case .oralContent: Label("口头协议内容", "what was agreed orally")
        case .items: Label("协议事项", "items of the agreement")
        case .facts: Label("主要事实、争议事项与责任", "main facts, disputed items, responsibility")
        case .term: Label("履行期限", "term of performance")
        case .effective: Label("生效日期", "when the agreement takes effect")
        case .signatures: Label("当事人签名", "the parties' signatures")
        case .mediatorSignature: Label("调解员签名", "the mediator's signature")
        case .seal: Label("调委会印章", "the committee's seal")
        case .remedies: Label("告知其他救济途径", "that other remedies were told")
        case .endReason: Label("终止调解原因", "why the talks ended")
        case .performance: Label("履行情况", "what was done of it")
        case .visit: Label("回访记录", "a follow-up visit")
        case .reply: Label("答复报告人", "a reply to the reporter")
        case .outcome: Label("办结结果代码", "the outcome's code")
        case .way: Label("化解方式代码", "the code of the way of resolution")
        case .conflict: Label("矛盾的记载尚未裁定", "contradictions that nobody has settled")
        case .waiting: Label("有条目等待前序,尚未判定", "entries that wait for earlier ones")
        }
    }

    fileprivate var basis: Label {
        switch self {
        case .registration, .session: Self.law("二十七", "27")
        case .consent: Self.law("三、十七", "3, 17")
        case .interest: Self.law("十五", "15", "; 回避惯例", "; practice of stepping aside")
        case .form, .oralContent: Self.law("二十八", "28")
        case .items, .facts, .term, .signatures, .mediatorSignature, .seal:
            Self.law("二十九", "29")
        case .effective: Self.law("二十九、三十", "29, 30")
        case .remedies, .endReason: Self.law("二十六", "26")
        case .performance, .visit: Self.law("三十一", "31")
        case .reply: Label("谁反映、向谁反馈的惯例", "practice: who reports is told")
        case .outcome: Label("办结结果代码表 X-JG", "code list X-JG")
        case .way: Label("化解方式代码表 X-HJ", "code list X-HJ")
        case .conflict, .waiting: Label("卷宗应当前后一致", "a file must not contradict itself")
        }
    }

    private static func law(
        _ zh: String,
        _ en: String,
        _ more: String = "",
        _ moreEn: String = ""
    ) -> Label {
        Label("人民调解法第\(zh)条\(more)", "People's Mediation Law art. \(en)\(moreEn)")
    }
}

extension MediationFile {
    /// What is missing for archiving; of a case that never came to talks only what any case wants.
    package func missing(now: UInt64) -> [FileLack] {
        var missing: [FileLack] = []
        func want(_ kind: FileLack.Kind, _ isThere: Bool) {
            if !isThere { missing.append(FileLack(kind)) }
        }
        want(.registration, self[.category].isSaid)
        if isMediation {
            want(.consent, self[.consent].held.flag == true)
            want(.interest, hasDisclosure)
            want(.session, !sessions.isEmpty || isSimple && self[.resolution].isSaid)
        }
        if hasAgreement { missing += agreementLacks(now: now) }
        if hasFailed {
            want(.endReason, self[.endReason].isSaid)
            want(.remedies, self[.remediesTold].held.flag == true)
        }
        want(.reply, isReplied)
        want(.outcome, self[.outcome].isSaid)
        want(.way, self[.way].isSaid)
        want(.conflict, view.conflicts.isEmpty)
        want(.waiting, view.counts.waiting == 0 && view.needsVersion == nil)
        return missing
    }

    /// A simple matter that was settled orally: a note of matter and result will do.
    private var isSimple: Bool { isOral }

    private var hasDisclosure: Bool {
        switch self[.interest].held {
        case .unsaid: false
        case .notHeld: true
        case .value(let value): value == .text("none") || self[.disclosure].isSaid
        }
    }

    private var isReplied: Bool {
        self[.replied].held.flag == true || self[.reply].isSaid
            || feedback.contains { $0[.toReporter].flag == true }
    }

    private func agreementLacks(now: UInt64) -> [FileLack] {
        var missing: [FileLack] = []
        func want(_ kind: FileLack.Kind, _ isThere: Bool) {
            if !isThere { missing.append(FileLack(kind)) }
        }
        want(.form, self[.form].isSaid)
        let hasContent = self[.item].isSaid || self[.items].isSaid
        want(isOral ? .oralContent : .items, hasContent)
        let items = items
        if !isOral {
            want(.facts, self[.facts].isSaid)
            for item in items where item.due == nil && item.doneAt == nil {
                missing.append(FileLack(.term, item: item.number))
            }
        }
        want(.effective, self[.effective].isSaid)
        if !isOral {
            let signed = self[.signatures].held
            let isSigned = self[.allSigned].held.flag == true
            let names = signed.texts
            // Two parties and who mediated.
            want(.signatures, isSigned || signed == .notHeld || names.count >= 3)
            want(
                .mediatorSignature,
                signed == .notHeld || names.contains(where: Self.isMediator)
                    || isSigned && names.isEmpty
            )
            want(.seal, self[.seal].isSaid)
        }
        for item in items {
            switch item.state(now: now) {
            case .overdue, .openEnded: missing.append(FileLack(.performance, item: item.number))
            case .done, .onTime, .late, .open: break
            }
        }
        want(.visit, self[.visitedAt].isSaid || !visits.isEmpty)
        return missing
    }

    private static func isMediator(_ name: String) -> Bool {
        name.contains("调解员") || name.lowercased().contains("mediator")
    }
}
