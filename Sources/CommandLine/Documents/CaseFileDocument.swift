internal import Cases
internal import Ledger
internal import Storage

/// The complete file of a mediation as a Chinese document: cover, list of contents, what is
/// missing, then paper after paper.
struct CaseFileDocument {
    let file: MediationFile
    let words: DocumentWords
    let basis: Basis

    init(_ file: MediationFile, _ store: Store, _ basis: Basis) {
        self.file = file
        words = DocumentWords(store: store, output: Output(language: .zh))
        self.basis = basis
    }

    var now: UInt64 { basis.now }

    var document: Document {
        let papers = self.papers
        var document = Document(title: file.isMediation ? "人民调解卷宗" : "案件卷宗")
        document.office = office
        document.subtitle = "卷宗号 \(file.view.number)"
        document.cover = cover
        document.body = contents(papers) + check
        for (index, paper) in papers.enumerated() {
            document.body.append(.heading("\(Document.ordinal(index + 1))、\(paper.title)"))
            document.body += paper.blocks.isEmpty ? [.text("无。")] : paper.blocks
        }
        document.basis = basis.documentLines(words.output)
        document.isProvisional = basis.isProvisional
        return document
    }

    /// One paper of the file.
    struct Paper {
        let title: String
        /// How many pieces it has, for the list of contents.
        let count: Int
        let blocks: [Document.Block]

        init(_ title: String, _ count: Int, _ blocks: [Document.Block]) {
            self.title = title
            self.count = count
            self.blocks = blocks
        }
    }

    /// What the roster calls the place of the case; its code if no node is there.
    private var office: String {
        let scope = file.view.scope
        let name = words.store.roster.members.first { $0.scope == scope && !$0.hasEnded }?.name
        return name.map { "\($0)（\(scope.code)）" } ?? "所在地代码 \(scope.code)"
    }

    private var cover: [Document.Block] {
        let view = file.view
        let fields = MediationFile.cover.map { file[$0] }
        let always: Set<CaseField> =
            file.isMediation
            ? [.name, .category, .scale, .organisation, .mediators, .reportedAt, .mediatedAt]
            : [.name, .category, .reportedAt]
        var rows = words.rows(fields, always: always)
        rows += [
            Document.Row("阶段", view.stage.label.zh), Document.Row("责任单位", holder),
            Document.Row("结果", words.text(file[.outcome])),
            Document.Row("案件标识", view.id.description),
        ]
        if view.isImported {
            let source = words.text(file[.source])
            let id = words.text(file[.externalID])
            rows.append(Document.Row("来源", "接收自 \(source)，来源编号 \(id)，非本处所办"))
        }
        return [.form(rows), .signing(["立卷人", "审核人", "归档日期"])]
    }

    private var holder: String {
        let name = words.store.roster.members
            .first { $0.scope == file.view.holder && !$0.hasEnded }?.name
        return [name, file.view.holder.code].compactMap { $0 }.joined(separator: " ")
    }

    private func contents(_ papers: [Paper]) -> [Document.Block] {
        let rows = papers.enumerated().map { index, paper in
            [
                String(index + 1), paper.title, paper.count == 0 ? "无" : String(paper.count),
            ]
        }
        return [.heading("卷内目录"), .table(["序号", "材料", "件数"], rows)]
    }

    private var check: [Document.Block] {
        let missing = file.missing(now: now)
        guard !missing.isEmpty else {
            return [.heading("归档检查"), .text("归档所需材料齐全。")]
        }
        return [
            .heading("归档检查"), .warning("尚缺 \(missing.count) 项，不宜归档："),
            .table(
                ["序号", "尚缺", "依据"],
                missing.enumerated().map { index, lack in
                    [String(index + 1), lack.label.zh, lack.basis.zh]
                }
            ),
        ]
    }

    private var papers: [Paper] {
        var papers = [registration]
        if file.isMediation { papers += [opening, sessions] }
        if file.hasAgreement || !file.formerAgreements.isEmpty { papers.append(agreement) }
        if file.hasFailed || !file.ends.isEmpty { papers.append(ends) }
        if file.hasAgreement { papers += [performance, breaches] }
        if !file.guidance.isEmpty { papers.append(guidance) }
        if file.hasAgreement { papers += [confirmation, visits] }
        return papers + [closing, evidence, entries]
    }
}

extension CaseFileDocument {
    // MARK: From registration to the talks

    private var registration: Paper {
        let fields = MediationFile.registration.map { file[$0] }
        let always: Set<CaseField> = [
            .channel, .reportedAt, .registeredAt, .place, .summary, .brief, .involved, .people,
            .amount, .category, .scale, .risk,
        ]
        return Paper(
            file.isMediation ? "调解登记表" : "案件登记表",
            1,
            [.form(words.rows(fields, always: always))]
        )
    }

    private var opening: Paper {
        let always: Set<CaseField> = [.organisation, .mediators, .consent, .interest, .mediatedAt]
        var blocks: [Document.Block] = [
            .form(words.rows(MediationFile.opening.map { file[$0] }, always: always))
        ]
        let times = file.openings
        if times.count > 1 { blocks.append(.text("先后启动调解 \(times.count) 次：")) }
        blocks += times.map { .text("记录：\(words.recorded($0))") }
        let count = max(times.count, file[.mediatedAt].isSaid ? 1 : 0)
        return Paper("启动调解（当事人自愿、利害关系披露）", count, blocks)
    }

    private var sessions: Paper {
        let sessions = file.sessions
        let fields: [CaseField] = [.venue, .present, .points, .undisputed, .next, .mode]
        let blocks = sessions.enumerated().flatMap { index, act -> [Document.Block] in
            [
                .subheading("第\(Document.ordinal(index + 1))次"),
                .form(
                    [Document.Row("调解时间", time(act))] + words.rows(act, fields)
                        + [Document.Row("记录", words.recorded(act))]
                ),
            ]
        }
        return Paper("调解工作记录", sessions.count, blocks)
    }

    /// When an act happened; a record that was taken over says nothing of it unless it is told.
    func time(_ act: FiledAct) -> String {
        act.isTakenOver && act.enteredAt == nil ? words.unsaid : words.output.minute(act.at)
    }

    private var guidance: Paper {
        let blocks = file.guidance.map { act -> Document.Block in
            .form(
                [Document.Row("时间", time(act))] + words.rows(act, [.court, .guidance])
                    + [Document.Row("记录", words.recorded(act))]
            )
        }
        return Paper("共享法庭指导", file.guidance.count, blocks)
    }

    private var ends: Paper {
        var blocks: [Document.Block] = []
        if file.hasFailed {
            let fields: [CaseField] = [.endReason, .remediesTold, .mediationEndedAt]
            blocks.append(.form(words.rows(fields.map { file[$0] }, always: Set(fields))))
        }
        blocks += file.ends.map { act in
            .form(
                words.rows(act, [.endReason, .remediesTold, .reason])
                    + [Document.Row("记录", words.recorded(act))]
            )
        }
        return Paper("终止调解及告知途径", max(1, file.ends.count), blocks)
    }
}
