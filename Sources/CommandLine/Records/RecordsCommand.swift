internal import Cases
internal import Ledger
internal import Storage

extension Program {
    /// `linli KIND list` for everything that is no case and has no list of its own.
    static let recordLists: [Command] =
        SubjectKind.allCases.filter { $0 != .case && $0 != .dwelling }.map { kind in
            Command(
                "\(kind.rawValue) list",
                flags: RecordSelection.flags(kind),
                group: .community,
                Label("列出\(kind.label.zh)", "lists what is recorded of this kind: \(kind.label.en)")
            ) { try RecordList(kind, $0).run() }
        }
}

/// `linli KIND list`.
private struct RecordList {
    let kind: SubjectKind
    let invocation: Invocation

    init(_ kind: SubjectKind, _ invocation: Invocation) {
        self.kind = kind
        self.invocation = invocation
    }

    func run() throws -> ExitCode {
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        let filter = try RecordSelection(kind, invocation).filter(now: basis.now)
        let records = try store.records(filter)
        let output = invocation.output
        if invocation.isJSON {
            for (id, row) in records { output.line(row.json(id, now: basis.now).line) }
        } else if !records.isEmpty {
            printTable(records, now: basis.now)
        }
        if !invocation.isJSON, records.count == filter.limit {
            let count = try store.count(filter)
            output.remark(
                output.text(
                    "共 \(count) 项,列出 \(records.count) 项",
                    "\(records.count) of \(count) are listed"
                )
            )
        }
        basis.finish(invocation)
        return .good
    }

    /// One column of the table.
    private struct Column {
        let label: Label
        let text: (SubjectID, RecordRow) -> String
    }

    private func printTable(_ records: [(id: SubjectID, row: RecordRow)], now: UInt64) {
        let output = invocation.output
        let columns = columns(now)
        let cells = records.map { id, row in columns.map { $0.text(id, row) } }
        // A column that says nothing is left out.
        let shown = columns.indices.filter { index in cells.contains { !$0[index].isEmpty } }
        let head = shown.map { output.text(columns[$0].label) }
        output.table([head] + cells.map { row in shown.map { row[$0] } }, limit: 40)
    }

    private func columns(_ now: UInt64) -> [Column] {
        let output = invocation.output
        func column(
            _ zh: String,
            _ en: String,
            _ text: @escaping (SubjectID, RecordRow) -> String
        ) -> Column {
            Column(label: Label(zh, en), text: text)
        }
        let spec = RecordSelection.variety(kind)
        return [
            column("编号", "id") { id, _ in id.short },
            column("序号", "number") { _, row in row.number },
            column("种类", "form") { _, row in row.form == .record ? "" : output.text(row.form.label)
            },
            column("类型", "sort") { _, row in
                guard let spec, let code = row.variety, case .code(let list) = spec.type else {
                    return ""
                }
                return output.name(code, in: list)
            },
            column("阶段", "stage") { _, row in output.name(row.stage, in: .stages) },
            column("地区", "scope") { _, row in row.scope },
            column("代码", "code") { _, row in row.code ?? "" },
            column("指向", "leads to") { _, row in row.parent ?? "" },
            column("启用", "valid from") { _, row in
                row.validFrom.map { $0 == 0 ? "" : output.minute($0) } ?? ""
            },
            column("代码表", "table") { _, row in row.codeTable ?? "" },
            column("登记", "recorded") { _, row in output.minute(row.openedAt) },
            column("期限", "due") { _, row in
                row.dueAt.map { output.minute($0) + ($0 < now ? output.text(" 已过", " over") : "") }
                    ?? ""
            },
            column("冲突", "conflicts") { _, row in row.conflicts > 0 ? "\(row.conflicts)" : "" },
            column("名称", "title") { _, row in row.title ?? "" },
        ]
    }
}

extension RecordRow.Form {
    /// What a reader sees.
    var label: Label {
        switch self {
        case .record: Label("", "")
        case .place: Label("地址", "place")
        case .alias: Label("别名", "alias")
        case .grids: Label("网格版本", "grids")
        case .succession: Label("代码变更", "succession")
        case .profile: Label("时限标准", "profile")
        case .calendar: Label("工作日历", "calendar")
        case .sealing: Label("密封规则", "sealing")
        case .openings: Label("开封记录", "openings")
        }
    }
}

extension RecordRow {
    func json(_ id: SubjectID, now: UInt64) -> JSON {
        [
            "id": .text(id.description),
            "number": .text(number),
            "kind": .text(kind.rawValue),
            "form": .text(form.rawValue),
            "stage": .text(stage),
            "scope": .text(scope),
            "title": .optional(title),
            "code": .optional(code),
            "parent": .optional(parent),
            "sort": .optional(variety),
            "validFrom": .count(validFrom),
            "codeTable": .optional(codeTable),
            "openedAt": .count(openedAt),
            "dueAt": .count(dueAt),
            "over": .bool(dueAt.map { $0 < now } ?? false),
            "updatedAt": .count(updatedAt),
            "conflicts": .number(Int64(conflicts)),
        ]
    }
}
