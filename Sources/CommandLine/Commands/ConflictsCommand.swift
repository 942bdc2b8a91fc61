internal import Cases
internal import Encoding
internal import Ledger
internal import Storage

extension Program {
    static let conflictsCommand = Command(
        "conflicts",
        flags: CaseSelection.placeFlags + [
            Command.Flag("limit", "N", Label("最多几个案件,默认 100", "most cases, 100 if left out"))
        ],
        group: .view,
        Label("待处理的冲突及其各值", "what is to be settled, with every value that stands")
    ) { invocation in
        let store = try invocation.openStore()
        let basis = try Basis(store)
        var filter = try CaseSelection(invocation).filter(now: basis.now)
        filter.conflictAt = basis.now
        filter.limit = try invocation.number("limit", in: 0...100_000, or: 100)
        let places = try CasePlaces(invocation, store, widening: &filter)
        let found = try store.cases(filter)
        let pages = try found.compactMap { id, _ in
            try store.folded(id).view.map { CasePage(view: $0, store: store, now: basis.now) }
        }
        for page in pages {
            for conflict in page.view.conflicts {
                if invocation.isJSON {
                    let json: JSON = [
                        "id": .text(page.view.id.description), "number": .text(page.view.number),
                    ]
                    invocation.output.line(json.adding(all: page.conflict(conflict)).line)
                } else {
                    printConflict(conflict, page, invocation.output)
                }
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

    private static func printConflict(
        _ conflict: SubjectView.Conflict,
        _ page: CasePage,
        _ output: Output
    ) {
        let spec = CaseField(rawValue: conflict.register)?.spec
        let isLate = conflict.answerBy < page.now
        output.line(
            [
                page.view.id.short, page.view.number, output.label(ofField: conflict.register),
                conflict.owner.code, output.minute(conflict.answerBy),
                isLate ? output.text("超期", "overdue") : "",
            ].joined(separator: "  ")
        )
        output.table(
            conflict.writes.map { write in
                [
                    "    " + output.value(write.value, of: spec), page.store.nodeName(write.log),
                    output.minute(write.time),
                ]
            }
        )
    }
}
