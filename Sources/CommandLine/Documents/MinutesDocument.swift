internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

/// The minutes of a council: topic and facilitator, what was proposed and became of it, the votes,
/// the resolution and how far it is carried out.
struct MinutesDocument {
    let record: CouncilRecord
    let words: DocumentWords
    let basis: Basis

    private var output: Output { words.output }

    var document: Document {
        var document = Document(title: output.text("议事会纪要", "Minutes"))
        document.language = output.language
        document.subtitle = "\(words.text(record[.topic]))  \(record.view.number)"
        document.body = body
        document.basis = basis.documentLines(output)
        document.isProvisional = basis.isProvisional
        return document
    }

    /// Everything between the title and what it rests on.
    var body: [Document.Block] {
        var blocks: [Document.Block] = []
        if record.hasInterest {
            blocks.append(
                .warning(
                    output.text(
                        "促动师声明与议题有利害关系：",
                        "The facilitator declared an interest in the topic: "
                    ) + words.text(record[.disclosure])
                )
            )
        }
        blocks += [heading("会议", "Session"), .form(head)]
        blocks.append(heading("建议", "Proposals"))
        blocks += proposals
        blocks.append(heading("表决", "Votes"))
        blocks += votes
        blocks.append(heading("决议", "Resolution"))
        blocks += resolution
        blocks.append(heading("落实", "Carrying out"))
        blocks += followUps
        return blocks
    }

    private func heading(_ zh: String, _ en: String) -> Document.Block {
        .heading(output.text(zh, en))
    }

    private var none: Document.Block { .text(output.text("无。", "None.")) }

    private var head: [Document.Row] {
        words.rows(CouncilRecord.head.map { record[$0] }, always: [.topic, .people]) + [
            words.row(record[.facilitator]), words.row(record[.neutrality]),
        ] + words.rows([record[.disclosure]], always: []) + [
            Document.Row(output.text("召集时间", "convened"), output.minute(record.view.openedAt)),
            Document.Row(output.text("阶段", "stage"), output.text(record.view.stage.label)),
        ]
    }

    private var proposals: [Document.Block] {
        guard !record.proposals.isEmpty else { return [none] }
        return [
            .table(
                [
                    output.text("序号", "no."), output.text("建议", "proposal"),
                    output.text("建议人", "by"), output.text("来源", "came from"),
                    output.text("去向", "went into"), output.text("条目", "entry"),
                ],
                record.proposals.map { proposal in
                    [
                        proposal.name, words.text(proposal.text, of: .proposal),
                        words.text(proposal.proposer, of: .proposer), source(proposal),
                        result(proposal), proposal.act.entry.short,
                    ]
                }
            )
        ]
    }

    private func source(_ proposal: CouncilRecord.Proposal) -> String {
        guard proposal.origin != .brought else { return output.text(proposal.origin.label) }
        var text = output.text(
            "由 \(names(proposal.sources)) \(proposal.origin.label.zh)",
            "\(proposal.origin.label.en) from \(names(proposal.sources))"
        )
        let unknown = proposal.from.filter { entry in
            !record.proposals.contains { $0.act.entry == entry }
        }
        if !unknown.isEmpty {
            text +=
                output.text("，另有未知条目 ", ", and unknown ")
                + unknown.map(\.short).joined(separator: ", ")
        }
        let chain = proposal.ancestors.filter { !proposal.sources.contains($0) }
        if !chain.isEmpty {
            text += output.text("\n溯源 \(names(chain))", "\ngoes back to \(names(chain))")
        }
        return text
    }

    private func result(_ proposal: CouncilRecord.Proposal) -> String {
        var parts: [String] = []
        if proposal.isSuperseded {
            parts.append(
                output.text(
                    "已被 \(names(proposal.successors)) 取代",
                    "superseded by \(names(proposal.successors))"
                )
            )
        }
        if proposal.isAdopted { parts.append(output.text("采纳", "adopted")) }
        return parts.joined(separator: "\n")
    }

    private func names(_ ordinals: [Int]) -> String {
        ordinals.map { "P\($0)" }.joined(separator: ", ")
    }

    private var votes: [Document.Block] {
        let named = record.proposals.flatMap { proposal in
            proposal.tallies.map { (proposal.name, $0, proposal.tallies.count > 1) }
        }
        let other = record.otherTallies.map { ($0.about?.short ?? "–", $0, false) }
        guard !(named + other).isEmpty else { return [none] }
        return [
            .table(
                [
                    output.text("建议", "proposal"), output.text("赞成", "for"),
                    output.text("反对", "against"), output.text("弃权", "abstained"),
                    output.text("记录", "recorded"),
                ],
                (named + other).map { name, tally, isConcurrent in
                    let mark = output.text("〔两次计票并存〕", "〔two counts stand〕")
                    return [
                        name, words.text(tally.votesFor, of: .votesFor),
                        words.text(tally.votesAgainst, of: .votesAgainst),
                        tally.abstentions == .unsaid
                            ? "" : words.text(tally.abstentions, of: .abstentions),
                        words.recorded(tally.act) + (isConcurrent ? "\n" + mark : ""),
                    ]
                }
            )
        ]
    }

    private var resolution: [Document.Block] {
        guard record[.decision].isSaid else {
            guard record.view.stage == .dissolved else { return [none] }
            return [.text(output.text("未形成决议而散会。", "Ended without a resolution."))]
        }
        let adopted = record.proposals.filter(\.isAdopted).map(\.ordinal)
        var rows = words.rows(
            [record[.decision], record[.unit], record[.due]],
            always: [.decision, .unit, .due]
        )
        if !adopted.isEmpty {
            rows.append(Document.Row(output.text("所采纳建议", "adopts"), names(adopted)))
        }
        rows += record.resolutions.map {
            Document.Row(output.text("记录", "recorded"), words.recorded($0))
        }
        var blocks: [Document.Block] = [.form(rows)]
        if record.isOverdue(now: basis.now) {
            blocks.append(.warning(output.text("逾期未落实", "overdue: not carried out in time")))
        }
        return blocks
    }

    private var followUps: [Document.Block] {
        guard !record.followUps.isEmpty else { return [none] }
        return [
            .table(
                [
                    output.text("时间", "time"), output.text("情况", "what was done"),
                    output.text("佐证 SHA-256", "proof SHA-256"), output.text("记录", "recorded"),
                ],
                record.followUps.map { act in
                    let done = act.operation == .fulfil ? output.text("〔落实完成〕", "〔done〕") : ""
                    return [
                        output.minute(act.at), done + words.text(act[.text], of: .text),
                        act[.proof] == .unsaid ? "" : words.text(act[.proof], of: .proof),
                        words.recorded(act),
                    ]
                }
            )
        ]
    }
}
