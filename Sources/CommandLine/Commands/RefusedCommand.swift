internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

extension Program {
    static let refusedCommand = Command(
        "refused",
        flags: [
            Command.Flag("limit", "N", Label("最多几行,默认 100", "most rows, 100 if left out"))
        ],
        group: .node,
        Label(
            "拒收了什么、来自谁、为何、几次",
            "what was refused, from whom, why and how often; and entries whose author did not sign"
        )
    ) { try RefusedList($0).run() }
}

/// `linli refused`.
private struct RefusedList {
    private let call: Invocation
    private let store: Store

    init(_ call: Invocation) throws {
        self.call = call
        store = try call.openStore()
    }

    func run() throws -> ExitCode {
        let limit = try call.number("limit", in: 1...100_000, or: 100)
        let refusals = try store.refusals(limit: limit)
        let forged = try store.forgedEntries(limit: limit)
        let output = call.output
        guard !call.isJSON else {
            for refusal in refusals { output.line(json(refusal).line) }
            for entry in forged { output.line(json(entry).line) }
            return .good
        }
        output.table(
            [
                [
                    output.text("最近", "last"), output.text("最早", "first"),
                    output.text("次数", "times"), output.text("来自", "from"),
                    output.text("原因", "reason"),
                ]
            ]
                + refusals.map { refusal in
                    [
                        output.time(refusal.lastAt), output.time(refusal.firstAt),
                        "\(refusal.attempts)", peer(refusal), Output.printable(refusal.reason),
                    ]
                }
        )
        for place in forged {
            output.line(
                output.text(
                    "\(store.nodeName(place.log)) 第 \(place.sequence) 条: 作者未签名, 已保存, 无效力",
                    "\(store.nodeName(place.log)) entry \(place.sequence): not signed by its"
                        + " author; kept, without effect"
                )
            )
        }
        if refusals.count == limit || forged.count == limit {
            output.remark(output.text("还有更多: --limit", "there may be more: --limit"))
        }
        return .good
    }

    /// A node by its name, if it is one; an address as it is.
    private func peer(_ refusal: Refusal) -> String {
        guard refusal.peer.hasPrefix("log ") else { return Output.printable(refusal.peer) }
        let short = refusal.peer.dropFirst(4)
        let members = store.roster.members.filter { $0.log.short == short }
        return members.count == 1 ? members[0].name : String(short)
    }

    private func json(_ refusal: Refusal) -> JSON {
        [
            "peer": .text(refusal.peer), "node": .text(peer(refusal)),
            "reason": .text(refusal.reason), "attempts": .count(refusal.attempts),
            "firstAt": .count(refusal.firstAt), "lastAt": .count(refusal.lastAt),
        ]
    }

    private func json(_ place: Place) -> JSON {
        [
            "log": .text(place.log.description), "node": .text(store.nodeName(place.log)),
            "sequence": .count(place.sequence), "reason": .text("not-signed"),
        ]
    }
}
