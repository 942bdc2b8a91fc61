internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    /// What is asked of alerts beside their list.
    static let alertCommands: [Command] = [
        Command(
            "alert show",
            ["ALERT"],
            group: .community,
            Label("一条预警及由此而来的案件", "an alert and the cases that follow it")
        ) { try show($0, kind: .alert) },
        Command(
            "alert intake",
            ["FILE"],
            flags: [
                Command.Flag(
                    "refused",
                    "FILE",
                    Label(
                        "未接收的行写入此新文件,默认在节点目录",
                        "new file for lines not taken; in the home if left out"
                    )
                )
            ] + Command.Flag.signing,
            group: .community,
            Label(
                "接收预警,每行一个 JSON 对象,按来源编号幂等; - 为标准输入",
                "takes in alerts, a JSON object a line, once by source and id; - is standard input"
            )
        ) { try AlertIntake($0).run() },
    ]
}

/// `linli alert intake`.
private struct AlertIntake {
    let invocation: Invocation
    let home: Home
    let author: SigningKey?
    let refusals: Refusals

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        home = try invocation.home()
        author = try invocation.author()
        refusals = try Refusals(
            path: invocation["refused"],
            or: "\(home.path)/refused-alerts-\(SystemSource.wallMilliseconds()).txt"
        )
    }

    func run() throws -> ExitCode {
        let path = invocation.arguments[0]
        guard let file = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else {
            throw CommandError(.unknown, "can not open \(path)")
        }
        let output = invocation.output
        let writer = try BatchedAppend(home, author: author, output: output)
        var reader = AlertFile()
        var (rows, known) = (0, 0)
        var pending: [AlertRecord] = []
        func take(_ outcomes: [AlertFile.Outcome], isLast: Bool) throws {
            for outcome in outcomes {
                rows += 1
                switch outcome {
                case .success(let record): pending.append(record)
                case .failure(let line):
                    try refusals.keep(
                        line: line.line,
                        reason: line.reason,
                        original: line.original
                    )
                }
            }
            guard isLast || pending.count >= BatchedAppend.sizeMax else { return }
            known += try write(pending, writer)
            pending = []
        }
        do {
            while let data = try file.read(upToCount: 64 << 10), !data.isEmpty {
                try take(reader.received(Array(data)), isLast: false)
            }
        } catch let error as CocoaError {
            throw CommandError(
                .unknown,
                "can not read \(path): \(error.code.rawValue)",
                hint: "take it in again: what was taken is skipped"
            )
        }
        try take(reader.finished(), isLast: true)
        let counts: [(name: String, label: Label, count: Int)] = [
            ("rows", Label("行", "lines"), rows),
            ("taken", Label("新接收", "taken"), writer.taken),
            ("skipped", Label("已有,跳过", "known, skipped"), known + writer.known),
            ("refused", Label("未接收", "refused"), refusals.count),
        ]
        if invocation.isJSON {
            let json = JSON.object(
                counts.map { JSON.Member(key: $0.name, value: .number(Int64($0.count))) }
            )
            let file = refusals.count > 0 ? JSON.text(refusals.path) : .null
            output.line(json.adding("refusedFile", file).line)
        } else {
            output.table(counts.map { [output.text($0.label), String($0.count)] })
            if refusals.count > 0 {
                output.remark(
                    output.text("未接收的行: \(refusals.path)", "lines not taken: \(refusals.path)")
                )
            }
        }
        return refusals.count == 0 ? .good : .bad
    }

    /// Writes what is new.
    ///
    /// - Returns: how many are known already, from this node or another.
    private func write(_ records: [AlertRecord], _ writer: BatchedAppend) throws -> Int {
        guard !records.isEmpty else { return 0 }
        let store = try invocation.openStore()
        let key = try home.importKey()
        let own = try home.scope()
        var known = 0
        var items: [BatchedAppend.Item] = []
        for record in records {
            let place = record.scope ?? own
            guard store.mayWrite(.raise, in: place, author: author) else {
                try refusals.keep(
                    line: record.line,
                    reason: "\(place) lies outside what this node may write"
                )
                continue
            }
            guard try store.record(source: record.source, id: record.id) == nil else {
                known += 1
                continue
            }
            let content = try record.draft.compiled()
            let draft = EntryDraft(
                operation: CaseOperation.raise.name,
                subject: .opened,
                fields: content.fields,
                parts: content.parts,
                scope: place
            )
            let reference = hmacSHA256(
                key: key,
                Array("alert\n\(record.source)\n\(record.id)".utf8)
            )
            items.append(
                BatchedAppend.Item(
                    item: AppendItem(draft, reference: reference),
                    line: record.line
                )
            )
        }
        try writer.write(items) { line, reason in
            try refusals.keep(line: line, reason: reason)
        }
        return known
    }
}
