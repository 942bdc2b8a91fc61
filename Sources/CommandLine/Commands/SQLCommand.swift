internal import Cases
internal import Encoding
internal import Foundation
internal import Storage

extension Program {
    static let sqlCommand = Command(
        "sql",
        ["[QUERY]"],
        flags: [
            Command.Flag(
                "limit",
                "N",
                Label("最多几行,默认 1000", "most rows, 1000 if left out")
            )
        ],
        group: .view,
        Label(
            "用 SQL 查询合并视图 (只读); 不给语句则列出各表",
            "asks the merged view in SQL, for reading only; lists the tables if no query is given"
        )
    ) { try $0.arguments.isEmpty ? tables($0) : SQLQuery($0).run() }

    private static func tables(_ invocation: Invocation) -> ExitCode {
        for view in QueryView.all {
            if invocation.isJSON {
                let columns = JSON.array(view.columns.map(JSON.text))
                invocation.output.line(
                    (["table": .text(view.name), "columns": columns] as JSON).line
                )
            } else {
                invocation.output.line(
                    "\(view.name) (\(view.columns.joined(separator: ", ")))"
                )
            }
        }
        invocation.output.remark(
            invocation.output.text(
                "时间为 1970 年以来的毫秒: datetime(due_at / 1000, 'unixepoch', '+8 hours')",
                "times are milliseconds since 1970:"
                    + " datetime(due_at / 1000, 'unixepoch', '+8 hours')"
            )
        )
        return .good
    }
}

/// `linli sql`.
private struct SQLQuery {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    /// Most bytes of a query.
    private static let queryMax = 100_000

    func run() throws -> ExitCode {
        let sql = try query()
        let limit = try invocation.number("limit", in: 1...10_000_000, or: 1_000)
        let view = try invocation.openView()
        var rows: [[String]] = []
        var count = 0
        var isMore = false
        do {
            try view.store.query(sql) { names, cells in
                guard count < limit else {
                    isMore = true
                    return false
                }
                count += 1
                if invocation.isJSON {
                    let members = zip(names, cells).map { JSON.Member(key: $0, value: JSON($1)) }
                    invocation.output.line(JSON.object(members).line)
                } else {
                    if rows.isEmpty { rows.append(names) }
                    rows.append(cells.map(\.text))
                }
                return true
            }
        } catch let error as SQLiteError where !error.isCorrupt && !error.isBusy {
            throw CommandError(
                .usage,
                error.message,
                hint: "linli sql lists the tables and columns"
            )
        }
        invocation.output.table(rows)
        if isMore {
            invocation.output.remark(
                invocation.output.text("只列 \(limit) 行: --limit", "only \(limit) rows: --limit")
            )
        }
        view.basis.finish(invocation)
        return .good
    }

    /// The query, or what standard input has for `-`.
    private func query() throws(CommandError) -> String {
        guard invocation.arguments[0] == "-" else { return invocation.arguments[0] }
        let bytes: Data?
        do {
            bytes = try FileHandle.standardInput.read(upToCount: Self.queryMax + 1)
        } catch { throw CommandError(.unknown, "can not read standard input") }
        guard let bytes, bytes.count <= Self.queryMax else {
            throw CommandError(.usage, "a query has 1 to \(Self.queryMax) bytes")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension QueryCell {
    fileprivate var text: String {
        switch self {
        case .null: ""
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .blob(let bytes): hex(bytes)
        }
    }
}

extension JSON {
    fileprivate init(_ cell: QueryCell) {
        self =
            switch cell {
            case .null: .null
            case .integer(let number): .number(number)
            case .real(let number): number.isFinite ? .real(number) : .null
            case .text(let text): .text(text)
            case .blob(let bytes): .text(hex(bytes))
            }
    }
}
