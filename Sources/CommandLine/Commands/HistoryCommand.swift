internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

extension Program {
    static let historyCommand = Command(
        "history",
        ["CASE"],
        flags: [
            Command.Flag("values", Label("同时列出各条目的内容", "with what each entry says")), .actor,
        ],
        group: .view,
        Label("一个案件的全部条目,依显示顺序", "every entry about a case, in display order")
    ) { invocation in
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        let subject = try store.subject(called: invocation.arguments[0])
        let folded = try store.folded(subject)
        let redacted = folded.view?.redacted ?? []
        if invocation.isJSON {
            for judged in folded.history {
                let json = json(judged, store, isRedacted: redacted.contains(judged.entry.hash))
                invocation.output.line(json.line)
            }
        } else {
            let seals =
                invocation.has("values") ? try CaseSeals(folded, store, invocation) : nil
            printHistory(folded.history, redacted: redacted, seals, store, invocation)
        }
        basis.finish(invocation)
        return .good
    }

    private static func json(
        _ judged: JudgedEntry,
        _ store: Store,
        isRedacted: Bool
    ) -> JSON {
        let header = judged.entry.header
        return [
            "entry": .text(judged.entry.hash.description),
            "node": .text(store.nodeName(judged.entry.log)),
            "log": .text(judged.entry.log.description),
            "sequence": .count(judged.entry.sequence),
            "time": .count(header.time),
            "operation": .text(header.operation),
            "actor": .optional(header.actor),
            "staff": .optional(
                store.roster.actor(of: judged.entry.author, in: judged.entry.log)?.number
            ),
            "after": .array(header.after.map { .text($0.description) }),
            "history": .optional(judged.entry.path.last?.short),
            "verdict": .text(judged.verdict.code),
            "stage": .optional(judged.stage?.rawValue),
            "redacted": .bool(isRedacted),
            "values": .object(
                judged.values.map { value in
                    JSON.Member(key: CaseField.name(of: value.id), value: JSON(value.value))
                }
            ),
            "sealed": .array(
                judged.values.filter(\.isSealed).map { .text(CaseField.name(of: $0.id)) }
            ),
        ]
    }

    private static func printHistory(
        _ history: [JudgedEntry],
        redacted: Set<Digest>,
        _ seals: CaseSeals?,
        _ store: Store,
        _ invocation: Invocation
    ) {
        let output = invocation.output
        let rows = history.map { judged in
            let header = judged.entry.header
            let operation = CaseOperation.named(header.operation)
            return [
                output.time(header.time), store.authorName(of: judged.entry, output),
                operation.map { output.text($0.label) } ?? header.operation,
                output.verdict(judged.verdict), judged.stage.map { output.text($0.label) } ?? "",
                judged.entry.hash.short,
                judged.entry.path.last.map { output.text("分支", "history") + " \($0.short)" } ?? "",
            ]
        }
        guard invocation.has("values") else { return output.table(rows) }
        for (judged, line) in zip(history, output.aligned(rows)) {
            output.line(line)
            let isRedacted = redacted.contains(judged.entry.hash)
            for value in judged.values {
                let text =
                    value.value == nil
                    ? seals?.text(value.id, of: judged.entry.hash, output) : nil
                output.line(
                    Output.printable(
                        "    \(output.label(ofField: value.id)): "
                            + (text
                                ?? output.value(
                                    value.value,
                                    of: value.spec,
                                    isRedacted: isRedacted
                                ))
                    )
                )
            }
        }
    }
}
