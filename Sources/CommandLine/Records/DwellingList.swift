internal import Cases
internal import Ledger
internal import Storage

extension Program {
    static let dwellingListCommand = Command(
        "dwelling list",
        flags: RecordSelection.flags(.dwelling) + [
            Command.Flag("mismatch", Label("只列人房不符的", "only those with an open mismatch"))
        ],
        group: .community,
        Label(
            "租住房屋: 登记人数、人房不符、迟登;按街道合计,不含姓名",
            "dwellings: how many are registered, mismatches, late registrations; sums by street, no names"
        )
    ) { try DwellingList($0).run() }
}

/// `linli dwelling list`.
private struct DwellingList {
    let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    /// What the dwellings of one street come to.
    private struct Sum {
        var dwellings = 0
        var registered: UInt64 = 0
        var registrations = 0
        var dated = 0
        var late = 0
        var mismatches = 0
        var isEstimated = false

        mutating func add(_ account: TenancyAccount) {
            dwellings += 1
            let (sum, isOver) = registered.addingReportingOverflow(account.registered ?? 0)
            registered = isOver ? .max : sum
            registrations += account.registrations
            dated += account.dated
            late += account.late
            mismatches += account.hasMismatch ? 1 : 0
            isEstimated = isEstimated || account.isEstimated
        }
    }

    func run() throws -> ExitCode {
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        var filter = try RecordSelection(.dwelling, invocation).filter(now: basis.now)
        let limit = filter.limit
        // Sums are over all that are selected, however many are listed.
        filter.limit = 1_000_000
        var rows: [(id: SubjectID, row: RecordRow, account: TenancyAccount)] = []
        var sums: [String: Sum] = [:]
        for (id, row) in try store.records(filter) {
            let account = TenancyAccount(
                try store.folded(id).history,
                calendar: store.policy.calendar
            )
            guard account.hasMismatch || !invocation.has("mismatch") else { continue }
            if rows.count < limit { rows.append((id, row, account)) }
            sums[String(row.scope.prefix(9)), default: Sum()].add(account)
        }
        let streets = sums.sorted { $0.key < $1.key }
        if invocation.isJSON {
            for (id, row, account) in rows { invocation.output.line(json(id, row, account).line) }
            for (street, sum) in streets { invocation.output.line(json(street, sum).line) }
        } else if !rows.isEmpty {
            printTables(rows, streets)
        }
        basis.finish(invocation)
        return .good
    }

    private func json(_ id: SubjectID, _ row: RecordRow, _ account: TenancyAccount) -> JSON {
        [
            "id": .text(id.description), "number": .text(row.number), "stage": .text(row.stage),
            "scope": .text(row.scope), "address": .optional(row.code),
            "registered": .count(account.registered), "mismatch": .bool(account.hasMismatch),
            "registrations": .number(Int64(account.registrations)),
            "dated": .number(Int64(account.dated)), "late": .number(Int64(account.late)),
            "estimated": .bool(account.isEstimated),
        ]
    }

    private func json(_ street: String, _ sum: Sum) -> JSON {
        [
            "street": .text(street), "dwellings": .number(Int64(sum.dwellings)),
            "registered": .count(sum.registered),
            "registrations": .number(Int64(sum.registrations)),
            "dated": .number(Int64(sum.dated)), "late": .number(Int64(sum.late)),
            "mismatches": .number(Int64(sum.mismatches)), "estimated": .bool(sum.isEstimated),
        ]
    }

    private func printTables(
        _ rows: [(id: SubjectID, row: RecordRow, account: TenancyAccount)],
        _ streets: [(key: String, value: Sum)]
    ) {
        let output = invocation.output
        let head = [
            output.text("编号", "id"), output.text("地址编码", "address code"),
            output.text("阶段", "stage"), output.text("在住", "registered"),
            output.text("登记次数", "registrations"), output.text("迟登", "late"),
            output.text("人房", "match"),
        ]
        output.table(
            [head]
                + rows.map { id, row, account in
                    [
                        id.short, row.code ?? "", output.name(row.stage, in: .stages),
                        account.registered.map(String.init) ?? "?", "\(account.registrations)",
                        "\(account.late)",
                        account.hasMismatch ? output.text("不符", "mismatch") : "",
                    ]
                }
        )
        output.line()
        let titles = [
            output.text("街道", "street"), output.text("房屋", "dwellings"),
            output.text("在住", "registered"), output.text("登记次数", "registrations"),
            output.text("注明到达", "with arrival"), output.text("迟登", "late"),
            output.text("不符", "mismatches"),
        ]
        output.table(
            [titles]
                + streets.map { street, sum in
                    [
                        street, "\(sum.dwellings)", "\(sum.registered)", "\(sum.registrations)",
                        "\(sum.dated)", "\(sum.late)", "\(sum.mismatches)",
                    ]
                }
        )
        guard streets.contains(where: { $0.value.isEstimated }) else { return }
        output.remark(
            output.text(
                "迟登为估计: 部分年份没有工作日历",
                "late is an estimate: some years have no calendar"
            )
        )
    }
}
