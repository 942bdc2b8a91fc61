internal import Cases
internal import Ledger
internal import Storage

extension Program {
    static let casesCommand = Command(
        "cases",
        flags: CaseSelection.placeFlags + CaseSelection.flags + [
            Command.Flag("limit", "N", Label("最多几行,默认 100", "most rows, 100 if left out")),
            Command.Flag("count", Label("只数个数", "print how many there are, nothing else")),
        ],
        group: .view,
        Label(
            "列出案件; --json 每行一个对象,末行为 completeness",
            "lists cases; --json: an object a line, the last one completeness"
        )
    ) { try CasesList($0).run() }
}

/// `linli cases`.
private struct CasesList {
    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> ExitCode {
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        var filter = try CaseSelection(invocation).filter(now: basis.now)
        filter.limit = try invocation.number("limit", in: 0...1_000_000, or: 100)
        let places = try CasePlaces(invocation, store, widening: &filter)
        if invocation.has("count") {
            let count = try store.count(filter)
            let json: JSON = ["count": .number(Int64(count))]
            invocation.output.line(invocation.isJSON ? json.line : String(count))
            places.finish(basis, invocation)
            return .good
        }
        let cases = try store.cases(filter)
        let disputed = try store.disputed(cases, now: basis.now)
        if invocation.isJSON {
            for (id, row) in cases {
                let json = row.json(id, now: basis.now)
                    .adding("disputedCustody", .bool(disputed.contains(id)))
                invocation.output.line(json.line)
            }
        } else if !cases.isEmpty {
            printTable(cases, disputed, now: basis.now)
        }
        if !invocation.isJSON, cases.count == filter.limit {
            let count = try store.count(filter)
            invocation.output.remark(
                invocation.output.text(
                    "共 \(count) 件,列出 \(cases.count) 件",
                    "\(cases.count) of \(count) cases are listed"
                )
            )
        }
        places.finish(basis, invocation)
        return .good
    }

    private func printTable(
        _ cases: [(id: SubjectID, row: CaseRow)],
        _ disputed: Set<SubjectID>,
        now: UInt64
    ) {
        let output = invocation.output
        let head = [
            output.text("编号", "id"), output.text("案件", "number"), output.text("阶段", "stage"),
            output.text("类别", "category"), output.text("上报", "reported"),
            output.text("时限", "due"), output.text("负责", "holder"), output.text("标记", "marks"),
            output.text("简述", "summary"),
        ]
        let rows = cases.map { id, row in
            [
                id.short, row.number,
                output.name(row.stage, in: .stages),
                row.category.map { output.name($0, in: .eventTypes) } ?? "",
                output.minute(row.reportedAt), row.dueAt.map(output.minute) ?? "", row.holder,
                row.marks(output, isDisputed: disputed.contains(id), now: now).joined(
                    separator: " "
                ),
                row.said(output),
            ]
        }
        output.table([head] + rows, limit: 32)
    }
}

extension CaseRow {
    /// Whether a clock that still runs has run out.
    func isOverdue(now: UInt64) -> Bool { dueAt.map { $0 < now } ?? false }

    func json(_ id: SubjectID, now: UInt64) -> JSON {
        [
            "id": .text(id.description),
            "number": .text(number),
            "stage": .text(stage),
            "category": .optional(category),
            "street": .text(scope),
            "summary": .optional(summary), "absentParts": .number(Int64(absentParts)),
            "reportedAt": .count(reportedAt),
            "dueAt": .count(dueAt),
            "overdue": .bool(isOverdue(now: now)),
            "wasOverdue": .bool(wasOverdue),
            "closedAt": .count(closedAt),
            "updatedAt": .count(updatedAt),
            "holder": .text(holder),
            "offeredTo": .optional(offeredTo),
            "assistants": .array(assistants.map(JSON.text)),
            "answerBy": .count(answerBy),
            "suspended": .bool(stage == Stage.suspended.rawValue),
            "conflicts": .number(Int64(conflicts)),
            "flags": .array(flags.map(JSON.text)),
            "external": .optional(external),
            "address": .optional(address),
            "grid": .optional(grid),
        ]
    }
}
