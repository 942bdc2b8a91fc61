internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

/// Words for a place that mean several codes: every alias that says so stands until all but one
/// are retired.
struct AliasDispute {
    /// Who has to settle it.
    let owner: Scope
    /// Until when.
    let answerBy: UInt64

    private let aliases: [Recorded]
    private let now: UInt64

    private struct Recorded {
        let alias: AliasBook.Alias
        let number: String
        let node: String
        let log: Digest
        let entry: Digest
        let time: UInt64
    }

    /// Every conflict of aliases in a place, or everywhere.
    static func all(_ store: Store, in place: Scope?, now: UInt64) throws -> [AliasDispute] {
        var book = try store.aliasBook(around: place)
        return try book.conflicts().filter { place?.covers($0.scope) ?? true }.map { conflict in
            let aliases = try conflict.aliases.compactMap { alias in
                try recorded(alias, store)
            }
            let latest = aliases.map(\.time).max() ?? 0
            return AliasDispute(
                owner: conflict.scope,
                answerBy: store.policy.end(of: SubjectView.settlingTime, from: latest).due,
                aliases: aliases,
                now: now
            )
        }
    }

    private static func recorded(_ alias: AliasBook.Alias, _ store: Store) throws -> Recorded? {
        let folded = try store.folded(alias.id)
        guard let view = folded.view,
            let opening = folded.history.first(where: { judged in
                judged.entry.header.operation == CaseOperation.aliasPlace.name
            })?.entry
        else { return nil }
        return Recorded(
            alias: alias,
            number: view.number,
            node: store.nodeName(opening.log),
            log: opening.log,
            entry: opening.hash,
            time: opening.header.time
        )
    }

    /// The commands of which all but one settle it.
    private var commands: [String] {
        aliases.map { "linli place retire \($0.number) --reason …" }
    }

    var json: JSON {
        [
            "id": .optional(aliases.first?.alias.id.description),
            "number": .optional(aliases.first?.number),
            "field": .text(CaseField.alias.spec.flag), "reason": .text("alias-codes"),
            "values": .array(
                aliases.map { recorded in
                    [
                        "value": .text(recorded.alias.code), "words": .text(recorded.alias.text),
                        "node": .text(recorded.node), "log": .text(recorded.log.description),
                        "time": .count(recorded.time), "entry": .text(recorded.entry.description),
                    ]
                }
            ),
            "owner": .text(owner.code), "answerBy": .count(answerBy),
            "overdue": .bool(answerBy < now), "settle": .array(commands.map(JSON.text)),
        ]
    }

    func print(to output: Output) {
        output.line(
            [
                aliases.first?.alias.id.short ?? "", aliases.first?.number ?? "",
                output.label(ofField: CaseField.alias.rawValue), owner.code,
                output.minute(answerBy), output.text("叫法指向不同编码", "one name for several codes"),
                answerBy < now ? output.text("超期", "overdue") : "",
            ].filter { !$0.isEmpty }.joined(separator: "  ")
        )
        output.table(
            aliases.map { recorded in
                [
                    "    \(recorded.alias.text) → \(recorded.alias.code)", recorded.node,
                    output.minute(recorded.time),
                ]
            }
        )
        for command in commands {
            output.line(output.text("    处理: ", "    settle: ") + Output.printable(command))
        }
    }
}
