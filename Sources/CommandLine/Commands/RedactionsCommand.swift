internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

extension Program {
    static let redactionsCommand = Command(
        "redactions",
        flags: [
            Command.Flag("scope", "CODE", Label("地区代码及其以内", "this place and what lies within")),
            Command.Flag("open", Label("只列待批准的", "only those that nobody has answered")),
        ],
        group: .audit,
        Label(
            "脱敏: 依据、批准人, 本节点是否已删除",
            "what was redacted, on what ground, by whom, and whether it is gone here"
        )
    ) { try RedactionList($0).run() }
}

/// `linli redactions`.
private struct RedactionList {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> ExitCode {
        let scope = try invocation.scope("scope")
        let store = try invocation.openStore()
        let basis = try Basis(store)
        let output = invocation.output
        for kept in try store.redactions() {
            guard let view = try store.folded(kept.subject).view,
                scope.map({ $0.covers(view.scope) }) ?? true
            else { continue }
            // One that was carried out stays, even where a right ended before its approval.
            let redaction = view.redactions.first { $0.entry == kept.entry }
            if invocation.has("open"), kept.state != .hidden { continue }
            guard !invocation.isJSON else {
                let json: JSON = [
                    "id": .text(view.id.description), "number": .text(view.number),
                    "here": .text(name(kept.state)),
                ]
                let more = redaction?.json(store) ?? ["entry": .text(kept.entry.description)]
                output.line(json.adding(all: more).line)
                continue
            }
            output.line(
                Output.printable(
                    [
                        view.number, redaction?.line(output, now: basis.now) ?? kept.entry.short,
                        output.text("本节点: ", "here: ") + output.text(label(kept.state)),
                    ].joined(separator: "  ")
                )
            )
            guard let redaction else { continue }
            let asked = (store.nodeName(redaction.log), redaction.time)
            let answered = redaction.approvals.map { (store.nodeName($0.log), $0.time) }
            for (word, who) in [(output.text("提出", "asked"), asked)]
                + answered.map({ (output.text("批准", "approved"), $0) })
            {
                output.line(Output.printable("    \(word): \(who.0) \(output.minute(who.1))"))
            }
        }
        basis.finish(invocation)
        return .good
    }

    private func name(_ state: Store.RedactionState) -> String {
        switch state {
        case .hidden: "hidden"
        case .approved: "approved"
        case .deleted: "deleted"
        case .gone: "gone"
        }
    }

    private func label(_ state: Store.RedactionState) -> Label {
        switch state {
        case .hidden: Label("已隐去", "hidden")
        case .approved: Label("待核签名或保存期满", "waits for signatures or its time")
        case .deleted: Label("已删除, 待清空日志文件", "deleted, its old pages not yet")
        case .gone: Label("已删除", "gone")
        }
    }
}
