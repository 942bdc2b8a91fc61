internal import Cases
internal import Encoding
internal import Ledger
internal import Storage

extension Program {
    static let openingsCommand = Command(
        "openings",
        flags: [
            Command.Flag("case", "CASE", Label("只列此案件", "only of this case")),
            Command.Flag("node", "NODE", Label("只列此节点", "only at this node")),
            Command.Flag("since", "TIME", Label("此时及以后", "at or after this time")),
            Command.Flag("until", "TIME", Label("此时以前", "before this time")),
            Command.Flag("limit", "N", Label("最多几条,默认 100", "most entries, 100 if left out")),
        ],
        group: .audit,
        Label(
            "谁在何时开封了哪些案件的密封内容",
            "who opened what is sealed of which case, where and when"
        )
    ) { try OpeningsList($0).run() }
}

/// `linli openings`: what the nodes' batched entries say, the newest first.
private struct OpeningsList {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> ExitCode {
        let store = try invocation.openStore()
        let basis = try Basis(store)
        var filter = RecordFilter(.activity)
        filter.form = .openings
        filter.since = try invocation.instant("since")
        filter.limit = try invocation.number("limit", in: 0...1_000_000, or: 100)
        let until = try invocation.instant("until")
        let subject = try invocation["case"].map { try store.subject(called: $0) }
        let log = try invocation["node"].map { try Enrolling.member(named: $0, store.roster).log }
        for found in try store.records(filter) {
            let folded = try store.folded(found.id)
            guard let view = folded.view, let entry = folded.history.first?.entry,
                log == nil || entry.log == log
            else { continue }
            for row in view.list(.openings).compactMap({ OpeningRow($0) }) {
                guard subject == nil || row.subject == subject,
                    filter.since.map({ row.last >= $0 }) ?? true,
                    until.map({ row.first < $0 }) ?? true
                else { continue }
                try print(row, entry, store)
            }
        }
        basis.finish(invocation)
        return .good
    }

    private func print(_ row: OpeningRow, _ entry: PlacedEntry, _ store: Store) throws {
        let output = invocation.output
        let number = try store.folded(row.subject).view?.number
        let node = store.nodeName(entry.log)
        guard !invocation.isJSON else {
            let json: JSON = [
                "node": .text(node), "log": .text(entry.log.description),
                "staff": .optional(row.actor), "id": .text(row.subject.description),
                "number": .optional(number), "count": .count(row.count),
                "first": .count(row.first), "last": .count(row.last),
                "entry": .text(entry.hash.description),
            ]
            return output.line(json.line)
        }
        let times = row.count == 1 ? "" : " – \(output.minute(row.last))"
        output.line(
            Output.printable(
                [
                    output.minute(row.first) + times, node, row.actor ?? "",
                    number ?? row.subject.short,
                    output.text("\(row.count) 次", row.count == 1 ? "once" : "\(row.count) times"),
                ].filter { !$0.isEmpty }.joined(separator: "  ")
            )
        )
    }
}
