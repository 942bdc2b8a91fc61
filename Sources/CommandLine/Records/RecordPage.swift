internal import Cases
internal import Encoding
internal import Ledger
internal import Storage

/// One record for a reader or a program: what a case's page says, without what only cases have,
/// and with what its kind adds.
struct RecordPage {
    private let page: CasePage
    private let cases: [(id: SubjectID, row: CaseRow)]
    private let account: TenancyAccount?

    private var view: SubjectView { page.view }

    /// Nil for a kind that is shown like a case.
    init?(_ page: CasePage, _ history: [JudgedEntry]) throws {
        switch page.view.kind {
        case .case, .council, .covenant: return nil
        case .alert, .dwelling, .place, .organisation, .activity, .analysis, .policy: break
        }
        self.page = page
        var filter = CaseFilter()
        filter.alert = page.view.id
        cases = page.view.kind == .alert ? try page.store.cases(filter) : []
        account =
            page.view.kind == .dwelling
            ? TenancyAccount(history, calendar: page.store.policy.calendar) : nil
    }

    // MARK: Machine output

    /// What is added to the page of a case.
    var json: JSON {
        switch view.kind {
        case .alert:
            [
                "expired": .bool(isExpired),
                "cases": .array(
                    cases.map { id, row in
                        [
                            "id": .text(id.description), "number": .text(row.number),
                            "stage": .text(row.stage),
                            "overdue": .bool(row.isOverdue(now: page.now)),
                        ]
                    }
                ),
            ]
        case .dwelling:
            [
                "registered": .count(account?.registered),
                "mismatch": .bool(account?.hasMismatch ?? false),
                "late": .number(Int64(account?.late ?? 0)),
            ]
        default: [:]
        }
    }

    private var isExpired: Bool {
        view.stage == .raised && (view.number(.expires) ?? .max) < page.now
    }

    // MARK: For a reader

    func print(to output: Output) {
        output.line(
            output.strong("\(output.text(view.kind.label))  \(view.number)  \(view.id.short)")
        )
        var rows = [
            [
                output.text("阶段", "stage"),
                output.text(view.stage.label)
                    + (isExpired ? output.text(" 已失效", ", lapsed") : ""),
            ],
            [output.text("地区", "scope"), view.scope.code],
        ]
        // Of a dwelling the account says more than the last count that was written.
        let ofDwelling: [CaseField] = view.kind == .dwelling ? [.people, .occurred] : []
        let isShown: Set<UInt64> = Set(
            ([CaseField.stage, .holder, .offers, .links, .assistants, .redactions, .grids, .clocks]
                + ofDwelling)
                .map(\.rawValue)
        )
        rows += view.registers.filter { !isShown.contains($0.id) }.map { register in
            let spec = CaseField(rawValue: register.id)?.spec
            return [
                output.label(ofField: register.id), output.value(register.shown, of: spec),
            ]
        }
        if let account {
            rows.append([
                output.text("登记在住", "registered"),
                account.registered.map(String.init) ?? output.text("(此处不存)", "(not held here)"),
            ])
            rows.append([
                output.text("迟登", "registered late"),
                "\(account.late)/\(account.registrations)",
            ])
            if account.hasMismatch {
                rows.append([output.text("人房不符", "mismatch"), output.text("待核实", "open")])
            }
        }
        rows.append([output.text("最近更新", "last entry"), output.time(view.updatedAt)])
        rows += page.counts.filter { $0.count > 0 }.map {
            [output.text($0.label), String($0.count)]
        }
        output.table(rows)
        printRows(to: output)
        if !cases.isEmpty {
            output.line()
            output.line(output.strong(output.text("由此而来的案件", "cases that follow it")))
            output.table(
                cases.map { id, row in
                    [
                        "  " + id.short, row.number, output.name(row.stage, in: .stages),
                        row.isOverdue(now: page.now) ? output.text("超期", "overdue") : "",
                        row.said(output),
                    ]
                }
            )
        }
        page.printDeadlines(to: output)
        page.printConflicts(to: output)
    }

    /// Grids and clocks, a row each.
    private func printRows(to output: Output) {
        if case .array(let items)? = view[.grids] {
            output.line()
            output.line(output.strong(output.text("网格", "grids") + " (\(items.count))"))
            output.table(
                items.compactMap { Grid($0) }.map { grid in
                    [
                        "  " + grid.code, grid.name,
                        grid.households.map { output.text("\($0) 户", "\($0) households") } ?? "",
                        grid.area.map { "\($0) m²" } ?? "",
                    ]
                }
            )
        }
        if case .array(let items)? = view[.clocks] {
            output.line()
            output.line(output.strong(output.text("时限", "clocks")))
            output.table(items.compactMap { ProfileClock($0) }.map { $0.row(output) })
        }
    }
}

extension ProfileClock {
    /// Its name and limit, for a reader.
    func row(_ output: Output) -> [String] {
        let name = clock.map { output.text($0.label) } ?? code
        return ["  " + name, String(text.drop { $0 != "=" }.dropFirst())]
    }
}
