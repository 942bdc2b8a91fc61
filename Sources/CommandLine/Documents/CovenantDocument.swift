internal import Cases
internal import Ledger
internal import Storage

/// A covenant: the edition in force, those before it, and the breaches of its rules.
struct CovenantDocument {
    let record: CovenantRecord
    let words: DocumentWords

    private var output: Output { words.output }

    var body: [Document.Block] {
        var blocks: [Document.Block] = [
            .form(words.rows([record[.name], record[.place], record[.address]], always: [.name]))
        ]
        for edition in record.editions { blocks += self.edition(edition) }
        blocks.append(.heading(output.text("违反情况", "Breaches")))
        blocks += breaches
        if !record.cases.isEmpty {
            blocks += [
                .heading(output.text("相关案件", "Linked cases")), .list(record.cases.map(name)),
            ]
        }
        return blocks
    }

    private func name(_ id: SubjectID) -> String {
        let view = (try? words.store.folded(id))?.view
        return [view?.number, view?.text(.name) ?? view?.text(.summary), id.short]
            .compactMap { $0 }.joined(separator: "  ")
    }

    private func edition(_ edition: CovenantRecord.Edition) -> [Document.Block] {
        let state =
            edition.isInForce
            ? output.text("现行", "in force") : output.text("已被取代", "not in force")
        let by = words.text(edition.adoptedBy, of: .adoptedBy)
        return [
            .heading(
                output.text("第\(edition.number)版（\(state)）", "Edition \(edition.number) (\(state))")
            ),
            .text(
                output.text(
                    "由 \(by) 通过；\(words.recorded(edition.act))",
                    "adopted by \(by); \(words.recorded(edition.act))"
                )
            ),
            edition.isNotHeld
                ? .text(words.notHeld)
                : .table(
                    [output.text("条", "rule"), output.text("内容", "what it says")],
                    edition.rules.enumerated().map { [String($0.offset + 1), $0.element] }
                ),
        ]
    }

    private var breaches: [Document.Block] {
        guard !record.breaches.isEmpty else { return [.text(output.text("无。", "None."))] }
        var blocks: [Document.Block] = [
            .subheading(output.text("按条款", "By rule")),
            .table(
                [
                    output.text("条", "rule"), output.text("内容", "what it says"),
                    output.text("次数", "times"), output.text("地址数", "addresses"),
                ],
                record.byRule.map {
                    [
                        String($0.rule), $0.text ?? words.unsaid, String($0.count),
                        String($0.addresses),
                    ]
                }
            ),
        ]
        let recurrences = record.recurrences
        if !recurrences.isEmpty {
            blocks += [
                .subheading(output.text("同一地址再次违反", "Again at one address")),
                .table(
                    [
                        output.text("地址", "address"), output.text("次数", "times"),
                        output.text("条款", "rules"), output.text("首次", "first"),
                        output.text("最近", "last"),
                    ],
                    recurrences.map {
                        [
                            $0.address, String($0.count),
                            $0.rules.map(String.init).joined(separator: ", "),
                            output.minute($0.first), output.minute($0.last),
                        ]
                    }
                ),
            ]
        }
        blocks += [
            .subheading(output.text("逐次", "One by one")),
            .table(
                [
                    output.text("时间", "time"), output.text("条", "rule"),
                    output.text("地址", "address"), output.text("情况", "what was seen"),
                    output.text("记录", "recorded"),
                ],
                record.breaches.map { breach in
                    [
                        output.minute(breach.act.at), String(breach.rule),
                        words.text(breach.address, of: .address),
                        breach.act[.text] == .unsaid
                            ? "" : words.text(breach.act[.text], of: .text),
                        words.name(breach.act.writer),
                    ]
                }
            ),
        ]
        return blocks
    }
}
