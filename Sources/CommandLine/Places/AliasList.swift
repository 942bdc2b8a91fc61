internal import Cases
internal import Ledger
internal import Storage

/// `linli place aliases`.
struct AliasList {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> ExitCode {
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        let street = try invocation.scope("street")
        var book = try store.aliasBook(around: street)
        let conflicts = book.conflicts()
        let contested = Set(conflicts.flatMap(\.aliases).map(\.id))
        let output = invocation.output
        let aliases = book.aliases.sorted {
            ($0.scope, $0.text, $0.id) < ($1.scope, $1.text, $1.id)
        }
        if invocation.isJSON {
            for alias in aliases {
                let json = try line(alias, store)
                output.line(json.adding("conflict", .bool(contested.contains(alias.id))).line)
            }
            for conflict in conflicts {
                let json: JSON = [
                    "conflict": .text("alias"), "owner": .text(conflict.scope.code),
                    "codes": .array(conflict.codes.map(JSON.text)),
                    "values": .array(try conflict.aliases.map { try line($0, store) }),
                ]
                output.line(json.line)
            }
        } else {
            try printTables(aliases, conflicts, contested, store)
        }
        basis.finish(invocation)
        return .good
    }

    /// Who recorded an alias, and when.
    private func recorder(
        _ alias: AliasBook.Alias,
        _ store: Store
    ) throws -> (name: String, time: UInt64)? {
        try store.folded(alias.id).history.first { judged in
            judged.entry.header.operation == CaseOperation.aliasPlace.name
        }.map { judged in
            (store.authorName(of: judged.entry, invocation.output), judged.entry.header.time)
        }
    }

    private func line(_ alias: AliasBook.Alias, _ store: Store) throws -> JSON {
        let recorder = try recorder(alias, store)
        return [
            "id": .text(alias.id.description), "scope": .text(alias.scope.code),
            "alias": .text(alias.text), "code": .text(alias.code),
            "place": .optional(try store.place(code: alias.code)?.row.title),
            "recordedBy": .optional(recorder?.name), "time": .count(recorder?.time),
        ]
    }

    private func cells(
        _ alias: AliasBook.Alias,
        _ mark: String,
        _ store: Store
    ) throws -> [String] {
        let recorder = try recorder(alias, store)
        let name = try store.place(code: alias.code)?.row.title ?? ""
        return [
            alias.id.short, alias.scope.code, alias.text, alias.code, name, recorder?.name ?? "",
            recorder.map { invocation.output.minute($0.time) } ?? "", mark,
        ]
    }

    private func printTables(
        _ aliases: [AliasBook.Alias],
        _ conflicts: [AliasBook.Conflict],
        _ contested: Set<SubjectID>,
        _ store: Store
    ) throws {
        let output = invocation.output
        if !aliases.isEmpty {
            let head = [
                output.text("编号", "id"), output.text("地区", "scope"), output.text("叫法", "words"),
                output.text("编码", "code"), output.text("地址", "place"),
                output.text("登记", "recorded by"), output.text("时间", "time"), "",
            ]
            let mark = output.text("冲突", "conflict")
            output.table(
                [head]
                    + (try aliases.map { alias in
                        try cells(alias, contested.contains(alias.id) ? mark : "", store)
                    }),
                limit: 32
            )
        }
        for conflict in conflicts {
            output.line()
            output.line(
                output.text(
                    "冲突: 由 \(conflict.scope) 裁定 (停用其中之一: linli place retire)",
                    "conflict: to be settled by \(conflict.scope) (linli place retire one of them)"
                )
            )
            output.table(
                try conflict.aliases.map { ["  "] + (try cells($0, "", store)) },
                limit: 32
            )
        }
    }
}
