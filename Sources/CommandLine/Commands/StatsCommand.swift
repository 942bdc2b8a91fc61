internal import Cases
internal import Ledger
internal import Storage

extension Program {
    static let statsCommand = Command(
        "stats",
        flags: CaseSelection.placeFlags + [
            Command.Flag(
                "top",
                "N",
                Label("列出前几个类别和街道,默认 10", "categories and streets listed, 10 if left out")
            )
        ],
        group: .view,
        Label("合并视图的计数", "counts over the merged view")
    ) { invocation in
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        var filter = try CaseSelection(invocation).filter(now: basis.now)
        let places = try CasePlaces(invocation, store, widening: &filter)
        let counts = try CaseCounts(store, filter, places, now: basis.now)
        let top = try invocation.number("top", in: 0...100_000, or: 10)
        guard !invocation.isJSON else {
            let json = counts.json.adding(all: places.members)
            invocation.output.line(json.adding("completeness", basis.json).line)
            return .good
        }
        counts.print(to: invocation.output, top: top)
        places.finish(basis, invocation)
        return .good
    }
}

/// What a selection of cases comes to in numbers.
private struct CaseCounts {
    private let totals: [(name: String, label: Label, count: Int)]
    private let flags: [(name: String, count: Int)]
    private let groups: [(column: Store.CountColumn, rows: [(value: String, count: Int)])]

    init(_ store: Store, _ filter: CaseFilter, _ places: CasePlaces, now: UInt64) throws {
        func count(_ narrow: (inout CaseFilter) -> Void) throws -> Int {
            var narrowed = filter
            narrow(&narrowed)
            return try store.count(narrowed)
        }
        let all = try store.count(filter)
        let open = try count { $0.isOpen = true }
        totals = [
            ("cases", Label("案件", "cases"), all),
            ("open", Label("未结", "open"), open),
            ("ended", Label("已结束", "ended"), all - open),
            ("overdue", Label("超期未办", "overdue"), try count { $0.overdueAt = now }),
            ("conflicts", Label("有冲突", "with a conflict"), try count { $0.conflictAt = now }),
        ]
        flags = try SubjectView.ImportFlag.allCases.map { flag in
            (flag.rawValue, try count { $0.flag = flag.rawValue })
        }
        let byScope = try store.countsByCode(filter)
        groups = try Store.CountColumn.allCases.map { column in
            switch column {
            case .scope: (column, places.current(byScope, digits: 12))
            case .district: (column, places.current(byScope, digits: 6))
            case .stage, .category: (column, try store.counts(filter, by: column))
            }
        }
    }

    var json: JSON {
        func object(_ rows: [(value: String, count: Int)]) -> JSON {
            .object(rows.map { JSON.Member(key: $0.value, value: .number(Int64($0.count))) })
        }
        return .object(
            totals.map { JSON.Member(key: $0.name, value: .number(Int64($0.count))) }
                + groups.map { JSON.Member(key: $0.column.name, value: object($0.rows)) }
                + [JSON.Member(key: "flags", value: object(flags.map { ($0.name, $0.count) }))]
        )
    }

    func print(to output: Output, top: Int) {
        output.table(totals.map { [output.text($0.label), String($0.count)] })
        for (column, rows) in groups where !rows.isEmpty {
            output.line()
            output.line(output.strong(output.text(column.label)))
            let isLong = column == .category || column == .scope
            let listed = isLong ? rows.prefix(top) : rows[...]
            output.table(
                listed.map { value, count in ["  " + name(value, column, output), String(count)] }
            )
            if listed.count < rows.count {
                let rest = rows.count - listed.count
                output.line(output.text("  另有 \(rest) 项", "  and \(rest) more"))
            }
        }
        let odd = flags.filter { $0.count > 0 }
        guard !odd.isEmpty else { return }
        output.line()
        output.line(output.strong(output.text("导入记录的标记", "odd in imported records")))
        output.table(odd.map { ["  " + $0.name, String($0.count)] })
    }

    private func name(_ value: String, _ column: Store.CountColumn, _ output: Output) -> String {
        guard !value.isEmpty else { return ReportPage.notRecorded(output) }
        switch column {
        case .stage: return output.name(value, in: .stages)
        case .category:
            let name = output.name(value, in: .eventTypes)
            return name == value ? value : "\(value) \(name)"
        case .district, .scope: return value
        }
    }
}

extension Store.CountColumn {
    /// The key in machine output.
    fileprivate var name: String {
        switch self {
        case .stage: "byStage"
        case .district: "byDistrict"
        case .scope: "byStreet"
        case .category: "byCategory"
        }
    }

    fileprivate var label: Label {
        switch self {
        case .stage: Label("阶段", "stages")
        case .district: Label("区县", "districts")
        case .scope: Label("街道", "streets")
        case .category: Label("类别", "categories")
        }
    }
}
