internal import Audit
internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import TransparencyLog

/// What evidence shows, for a person: who, what, when, how it is proven, what is withheld and why.
///
/// Made from the report of the check, never from what the evidence says of itself.
struct EvidenceDocument {
    let manifest: EvidenceManifest
    let report: EvidenceReport
    let output: Output

    /// The page.
    var document: Document {
        var document = Document(title: output.text("案件记录证明", "Statement of record"))
        document.language = output.language
        document.subtitle = report.folded?.view?.number ?? hex(report.subject.bytes)
        document.body = subject + entries + withheld + proof
        document.basis = [
            output.text(
                "前沿 \(manifest.frontier)，折叠版本 \(manifest.fold)，制作于 \(output.time(manifest.now))",
                "frontier \(manifest.frontier), fold \(manifest.fold), made \(output.time(manifest.now))"
            )
        ]
        return document
    }

    private func heading(_ zh: String, _ en: String) -> Document.Block {
        .heading(output.text(zh, en))
    }

    private var subject: [Document.Block] {
        guard let view = report.folded?.view else {
            return [
                .warning(
                    output.text(
                        "所附条目不含立案条目，只能证明各条目本身。",
                        "The entry that opens the case is not included: only the entries themselves are shown."
                    )
                )
            ]
        }
        let rows = [
            Document.Row(output.text("编号", "number"), view.number),
            Document.Row(output.text("阶段", "stage"), output.text(view.stage.label)),
            Document.Row(output.text("地点", "place"), view.scope.code),
            Document.Row(output.text("负责", "held by"), view.holder.code),
        ]
        return [heading("案件", "Case"), .form(rows)]
    }

    private var entries: [Document.Block] {
        let rows = (report.folded?.history ?? []).map { judged -> [String] in
            let header = judged.entry.header
            let operation = CaseOperation.named(header.operation)
            let proven = report.proven[judged.entry.hash]
            return [
                output.time(header.time), who(judged.entry),
                operation.map { output.text($0.label) } ?? header.operation,
                said(judged), output.verdict(judged.verdict),
                proven.map { interval($0, judged.entry) } ?? "", judged.entry.hash.short,
            ]
        }
        let head = [
            output.text("作者所记时间", "time by its author"), output.text("作者", "author"),
            output.text("行为", "act"), output.text("内容", "content"),
            output.text("效力", "effect"), output.text("可证时间", "proven time"),
            output.text("条目", "entry"),
        ]
        return [heading("条目", "Entries"), .table(head, rows)]
    }

    private func who(_ entry: PlacedEntry) -> String {
        let node = report.roster.member(log: entry.log)?.name ?? entry.log.short
        let number = report.roster.actor(of: entry.author, in: entry.log)?.number
        return number.map { "\(node)/\($0)" } ?? node
    }

    /// What is disclosed of an entry's values.
    private func said(_ judged: JudgedEntry) -> String {
        judged.values.compactMap { value in
            guard let held = value.value else { return nil }
            return "\(output.label(ofField: value.id)): \(output.value(held, of: value.spec))"
        }.joined(separator: "\n")
    }

    /// Between which times an entry was written, if its author's clock is not believed.
    private func interval(_ proven: EvidenceReport.Proven, _ entry: PlacedEntry) -> String {
        let known = entry.header.after.compactMap { report.proven[$0]?.placed.header.time }.max()
        let after = known.map {
            output.text("晚于所知条目 \(output.minute($0))", "after what it knew, \(output.minute($0))")
        }
        let before = proven.witnessed.map { time in
            output.text(
                "不晚于 \(output.minute(time * 1_000))（见证）",
                "not after \(output.minute(time * 1_000)) (witnessed)"
            )
        }
        return [after, before ?? output.text("无见证", "no witness")].compactMap(\.self)
            .joined(separator: "\n")
    }

    private var withheld: [Document.Block] {
        var lines: [String] = []
        for item in manifest.items where item.isAboutSubject {
            for (index, state) in item.parts.enumerated() where state != .disclosed {
                lines.append("\(item.entry.short) / \(index): \(output.text(state.label))")
            }
        }
        return [
            heading("未披露的内容", "What is not disclosed"),
            lines.isEmpty ? .text(output.text("无。", "Nothing.")) : .list(lines),
        ]
    }

    private var proof: [Document.Block] {
        let logs = Dictionary(
            report.proven.values.map { ($0.placed.log, $0.checkpoint) },
            uniquingKeysWith: { first, _ in first }
        ).sorted { $0.key < $1.key }
        let rows = logs.map { log, checkpoint in
            [
                report.roster.member(log: log)?.name ?? "", log.description,
                String(checkpoint.size), checkpoint.root.description,
            ]
        }
        let head = [
            output.text("节点", "node"), output.text("日志", "log"), output.text("条数", "size"),
            output.text("根", "root"),
        ]
        return [
            heading("所附条目的范围", "What is included"), .text(output.text(report.extent)),
            heading("所据日志", "Logs"), .table(head, rows),
            .text(
                output.text(
                    "台账创立条目 \(report.ledger)，须另行核对。权利依所附名册条目；其后或未附的终止无从得知。",
                    "Founding entry \(report.ledger): compare it with one from elsewhere. Rights follow from"
                        + " the roster entries included; an end that is not among them can not be seen."
                )
            ),
        ]
    }
}

extension EvidenceReport {
    /// How far the evidence shows that nothing is left out: what entries name, and no more.
    var extent: Label {
        guard unknown.isEmpty else {
            return Label(
                "所附条目所指的前序条目有 \(unknown.count) 条未附；此外也可能有条目未附，无从得知。",
                "\(unknown.count) entries that these name as known are not included, and others may have"
                    + " been left out unseen."
            )
        }
        return Label(
            "所附条目所指的前序条目均已附上；未被其所指的条目（居中或其后）可能未附，无从得知。",
            "All entries that these name as known are included. Entries that none of them names, between"
                + " or after them, may have been left out: that can not be seen."
        )
    }
}

extension EvidenceManifest.PartState {
    /// Why a part is there or not.
    var label: Label {
        switch self {
        case .disclosed: Label("已披露", "disclosed")
        case .withheld: Label("持有而未披露", "held, and kept back by whoever made this")
        case .sealed: Label("密封的个人信息", "sealed: persons' data")
        case .redacted: Label("已脱敏", "redacted by law")
        case .absent: Label("制作节点未存", "not held at the node that made this")
        }
    }
}
