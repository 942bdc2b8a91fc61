internal import Cases
internal import Encoding
internal import Ledger
internal import Storage

extension Program {
    static let conflictsCommand = Command(
        "conflicts",
        flags: CaseSelection.placeFlags + [
            Command.Flag("owner", "CODE", Label("由此地处理", "this place has to settle it")),
            Command.Flag("overdue", Label("处理已逾期", "the time to settle it is over")),
            Command.Flag("limit", "N", Label("最多几个案件,默认 100", "most cases, 100 if left out")),
        ],
        group: .view,
        Label(
            "待处理的冲突、各值与处理命令",
            "what is to be settled, every value that stands, and the command that settles it"
        )
    ) { try ConflictsList($0).run() }
}

/// `linli conflicts`.
private struct ConflictsList {
    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> ExitCode {
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        let owner = try CaseSelection(invocation).place("owner")
        var filter = try CaseSelection(invocation).filter(now: basis.now)
        // It has a meaning of its own here: not that a clock of the case has run out.
        filter.overdueAt = nil
        filter.conflictAt = basis.now
        filter.limit = try invocation.number("limit", in: 0...100_000, or: 100)
        let places = try CasePlaces(invocation, store, widening: &filter)
        let found = try store.cases(filter)
        for folded in try store.folded(found.map(\.id)) {
            guard let view = folded.view else { continue }
            let page = CasePage(view: view, store: store, now: basis.now)
            for dispute in Dispute.all(page) {
                if let owner, !owner.covers(dispute.owner) { continue }
                if invocation.has("overdue"), dispute.answerBy >= basis.now { continue }
                if invocation.isJSON {
                    invocation.output.line(dispute.json.line)
                } else {
                    dispute.print(to: invocation.output)
                }
            }
        }
        for dispute in try AliasDispute.all(store, in: filter.scope, now: basis.now) {
            if let owner, !owner.covers(dispute.owner) { continue }
            if invocation.has("overdue"), dispute.answerBy >= basis.now { continue }
            if invocation.isJSON {
                invocation.output.line(dispute.json.line)
            } else {
                dispute.print(to: invocation.output)
            }
        }
        if !invocation.isJSON, try store.count(filter) > found.count {
            invocation.output.remark(
                invocation.output.text("还有更多案件: --limit", "there are more cases: --limit")
            )
        }
        places.finish(basis, invocation)
        return .good
    }
}
