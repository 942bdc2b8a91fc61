internal import Cases
internal import Encoding
internal import Ledger

extension CaseFileDocument {
    var agreement: Paper {
        var blocks: [Document.Block] = []
        if file.hasAgreement {
            let always: Set<CaseField> =
                file.isOral
                ? [.form, .effective, .agreedAt]
                : [.form, .facts, .effective, .agreedAt, .signatures, .allSigned, .seal, .document]
            let fields = MediationFile.agreement.filter { field in
                // Shown as items where they are told one by one.
                field != .items || !file[.item].isSaid
            }
            blocks.append(.form(words.rows(fields.map { file[$0] }, always: always)))
            let items = file.items
            if file[.item].isContradictory {
                blocks.append(.form([words.row(file[.item])]))
            } else if file[.item].isSaid, !items.isEmpty {
                blocks.append(
                    .table(
                        ["序号", "内容", "履行方式", "履行期限"],
                        items.map { item in
                            [
                                String(item.number), content(item), item.columns?.way ?? "",
                                item.due.map(words.end) ?? "未约定",
                            ]
                        }
                    )
                )
            }
            if !file.isOral {
                blocks.append(.signing(["当事人", "当事人", "调解员", "（人民调解委员会印章）"]))
            }
        }
        for act in file.formerAgreements {
            blocks += [
                .subheading("此前的协议"),
                .form(
                    words.rows(act, MediationFile.agreement + [.item])
                        + [Document.Row("记录", words.recorded(act))]
                ),
            ]
        }
        let title = file.hasAgreement && file.isOral ? "口头协议登记" : "人民调解协议书"
        let count = file.formerAgreements.count + (file.hasAgreement ? 1 : 0)
        return Paper(title, count, blocks)
    }

    private func content(_ item: MediationFile.Item) -> String {
        item.columns?.content ?? words.text(item.text, of: .item)
    }

    var performance: Paper {
        let items = file.items
        guard !items.isEmpty else { return Paper("履行情况", 0, []) }
        let rows = items.map { item in
            var paid = item.paid.map(words.money) ?? ""
            if item.isPaidInPart { paid += (paid.isEmpty ? "" : "\n") + words.notHeld }
            let records = item.acts.map { act in
                let text = act[.text]
                let what = text == .unsaid ? "" : words.text(text, of: .text) + "\n"
                return what + "（\(words.recorded(act))）"
            }
            return [
                String(item.number), item.due.map(words.end) ?? "未约定",
                item.state(now: now).label.zh, item.doneAt.map(words.day) ?? "", paid,
                records.joined(separator: "\n"),
            ]
        }
        return Paper(
            "履行情况",
            items.reduce(0) { $0 + $1.acts.count },
            [
                .table(["事项", "期限", "状态", "完成时间", "已付", "记录"], rows),
                .text("状态截至 \(words.output.minute(now))。"),
            ]
        )
    }

    var breaches: Paper {
        let blocks = file.breaches.map { act -> Document.Block in
            .form(
                [Document.Row("时间", time(act))] + words.rows(act, [.itemNumber, .action])
                    + [Document.Row("记录", words.recorded(act))]
            )
        }
        return Paper("违约与督促", file.breaches.count, blocks)
    }

    var confirmation: Paper {
        // A court is named where it only gave advice, too.
        let isSaid = file[.appliedAt].isSaid || file[.confirmation].isSaid
        let fields: [CaseField] = [
            .court, .appliedAt, .confirmation, .confirmationNumber, .confirmedAt,
        ]
        var rows = isSaid ? words.rows(fields.map { file[$0] }, always: []) : []
        if let term = file.confirmationTerm {
            var until = words.end(term.due)
            if term.isEstimated { until += "（该年工作日历未发布，或有变动）" }
            rows.append(Document.Row("申请期限", until))
        }
        switch file.confirmationDaysLeft(now: now) {
        case nil: break
        case 0?: rows.append(Document.Row("三十日期限", "已过，未申请"))
        case let days?: rows.append(Document.Row("三十日期限", "尚余 \(days) 日，未申请"))
        }
        return Paper("司法确认", isSaid ? 1 : 0, rows.isEmpty ? [] : [.form(rows)])
    }

    var visits: Paper {
        var blocks = file.visits.map { act -> Document.Block in
            .form(
                [Document.Row("回访时间", time(act))] + words.rows(act, [.visitResult, .text])
                    + [Document.Row("记录", words.recorded(act))]
            )
        }
        if blocks.isEmpty {
            let rows = words.rows([file[.visitedAt], file[.visitResult]], always: [])
            if !rows.isEmpty { blocks.append(.form(rows)) }
        }
        return Paper("回访", blocks.count, blocks)
    }

    var closing: Paper {
        let always: Set<CaseField> = [.outcome, .way, .resolution, .replied, .closedAt]
        var blocks: [Document.Block] = [
            .form(words.rows(MediationFile.closing.map { file[$0] }, always: always))
        ]
        let feedback = file.feedback
        if !feedback.isEmpty {
            blocks += [
                .subheading("反馈"),
                .table(
                    ["时间", "内容", "已告知报告人", "记录"],
                    feedback.map { act in
                        [
                            words.output.minute(act.at), words.text(act[.text], of: .text),
                            act[.toReporter].flag == true ? "是" : "", words.name(act.writer),
                        ]
                    }
                ),
            ]
        }
        return Paper("办结", file[.outcome].isSaid ? 1 : 0, blocks)
    }

    var evidence: Paper {
        let rows = file.evidence.flatMap { act in
            MediationFile.hashes.filter { act[$0] != .unsaid }.map { field in
                [
                    words.output.minute(act.at), words.output.text(field.spec.label),
                    words.text(act[field], of: field), words.text(act[.heldBy], of: .heldBy),
                    words.name(act.writer),
                ]
            }
        }
        let blocks: [Document.Block] =
            rows.isEmpty
            ? []
            : [
                .table(["登记时间", "种类", "SHA-256", "保管", "登记"], rows),
                .text("只登记哈希与保管单位，原件不入账。"),
            ]
        return Paper("证据目录", rows.count, blocks)
    }

    var entries: Paper {
        let rows = file.history.enumerated().map { index, judged in
            let header = judged.entry.header
            let operation = CaseOperation.named(header.operation)?.label.zh ?? header.operation
            return [
                String(index + 1), words.output.time(header.time),
                words.store.authorName(of: judged.entry, words.output), operation,
                words.output.verdict(judged.verdict), judged.entry.hash.short,
            ]
        }
        let counts = file.history.count { !$0.verdict.isInEffect }
        var blocks: [Document.Block] = [
            .table(["序号", "记录时间", "单位/人员", "操作", "判定", "条目"], rows)
        ]
        if counts > 0 { blocks.append(.text("其中 \(counts) 条未生效，照录备查。")) }
        return Paper("操作清单", rows.count, blocks)
    }
}
