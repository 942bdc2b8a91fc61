internal import Cases
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    static let placeImportCommand = Command(
        "place import",
        ["FILE"],
        flags: [
            Command.Flag(
                "format",
                "divisions|successions|places",
                Label(
                    "必填。区划代码表、代码变更表,或 code,level,name,parent,households",
                    "required; a list of divisions, of successions, or code,level,name,parent,households"
                )
            ),
            Command.Flag(
                "table",
                "VERSION",
                Label(
                    "代码表版本,如 2023;区划与变更必填",
                    "version of the code table, such as 2023; required but for places"
                )
            ),
            Command.Flag(
                "valid-from",
                "TIME",
                Label("自何时起有效,不明则省略", "from when it counts; left out if nobody knows")
            ),
        ] + Command.Flag.signing,
        group: .community,
        Label(
            "整表导入地址节点或代码变更,重复导入不添加; - 为标准输入",
            "records a whole table of places or successions, each once; - is standard input"
        )
    ) { try PlaceImport($0).run() }
}

/// `linli place import`: a table is taken whole or not at all.
struct PlaceImport {
    let invocation: Invocation
    let home: Home
    let author: SigningKey?
    let table: String?
    let validFrom: UInt64?

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        home = try invocation.home()
        author = try invocation.author()
        table = invocation["table"]
        validFrom = try invocation.instant("valid-from")
        if let table, !FieldType.identifier.admits(.text(table)) {
            throw CommandError(
                .usage,
                "--table is \"\(table)\", want 1 to 32 of a-z, 0-9 and -",
                hint: "versions are named so that the order of their bytes is that of time"
            )
        }
    }

    /// What is to be written, and how many rows need nothing.
    struct Plan {
        var items: [BatchedAppend.Item] = []
        var rows = 0
        var known = 0
    }

    func run() throws -> ExitCode {
        let format = try invocation.required("format")
        let path = invocation.arguments[0]
        guard ["divisions", "successions", "places"].contains(format) else {
            throw CommandError(
                .usage,
                "--format is \"\(format)\", want divisions, successions or places"
            )
        }
        guard format == "places" || table != nil else {
            throw CommandError(
                .usage,
                "--table is missing",
                hint: "name the version of the code table, such as --table 2023"
            )
        }
        let bytes = try InputFile.bytes(path)
        let plan: Plan
        switch format {
        case "successions":
            plan = try successions(
                try PlacesFile.successions(
                    bytes,
                    path,
                    table: table ?? "",
                    effective: validFrom
                )
            )
        case "divisions": plan = try places(try PlacesFile.divisions(bytes, path), path)
        default:
            let rows = try PlacesFile.read(bytes, path)
            try checkParents(of: rows, path)
            plan = try places(rows, path)
        }
        let writer = try BatchedAppend(home, author: author, output: invocation.output)
        try writer.write(plan.items)
        return finish(plan, writer)
    }

    private func finish(_ plan: Plan, _ writer: BatchedAppend) -> ExitCode {
        let counts: [(name: String, label: Label, count: Int)] = [
            ("rows", Label("行", "rows"), plan.rows),
            ("taken", Label("新登记", "recorded"), writer.taken),
            ("updated", Label("已更正", "corrected"), writer.updated),
            ("skipped", Label("已有,跳过", "known, skipped"), plan.known + writer.known),
        ]
        let output = invocation.output
        if invocation.isJSON {
            let json = JSON.object(
                counts.map { JSON.Member(key: $0.name, value: .number(Int64($0.count))) }
            )
            output.line(json.adding("codeTable", .optional(table)).line)
        } else {
            output.table(counts.map { [output.text($0.label), String($0.count)] })
        }
        return .good
    }

    // MARK: Places

    private func checkParents(of rows: [PlaceRow], _ path: String) throws {
        let store = try invocation.openStore()
        let codes = Set(rows.map(\.code))
        var known: [String: Bool] = [:]
        for row in rows {
            guard let parent = row.parent, !codes.contains(parent) else { continue }
            let isKnown = try known[parent] ?? (try store.place(code: parent) != nil)
            known[parent] = isKnown
            guard !isKnown else { continue }
            let near = try store.places(near: parent).prefix(3).map(\.code)
            throw CommandError(
                .bad,
                "\(path): line \(row.line): no place has the parent's code \(parent)",
                hint: near.isEmpty
                    ? "import the divisions first" : "nearest: " + near.joined(separator: ", ")
            )
        }
    }

    private func places(_ rows: [PlaceRow], _ path: String) throws -> Plan {
        let store = try invocation.openStore()
        let key = try home.importKey()
        var plan = Plan(rows: rows.count)
        for row in rows {
            guard store.mayWrite(.recordPlace, in: row.scope, author: author) else {
                throw outside(row.scope, "\(path): line \(row.line)")
            }
            var filter = RecordFilter(.place)
            filter.form = .place
            filter.code = row.code
            let known = try store.records(filter)
            if let (id, _) = known.first(where: { $0.row.stage == Stage.inForce.rawValue }) {
                guard let change = try change(of: id, to: row, store) else {
                    plan.known += 1
                    continue
                }
                plan.items.append(change)
            } else if let table, known.contains(where: { $0.row.codeTable == table }) {
                // It was ended here since: the same table does not bring it back.
                plan.known += 1
            } else {
                plan.items.append(try opening(row, key))
            }
        }
        return plan
    }

    private func opening(_ row: PlaceRow, _ key: Bytes32) throws -> BatchedAppend.Item {
        var draft = CaseDraft(.recordPlace)
        try draft.set(.placeCode, .text(row.code))
        try draft.set(.placeLevel, .text(row.level))
        try draft.set(.name, .text(row.name))
        try fill(&draft, row)
        let reference = hmacSHA256(
            key: key,
            Array("place\n\(table ?? "")\n\(row.code)".utf8)
        )
        let item = AppendItem(
            try entry(.recordPlace, draft, .opened, row.scope),
            reference: reference
        )
        return BatchedAppend.Item(item: item, line: row.line)
    }

    /// What a newer table says of a place that is recorded; nil if it says the same.
    private func change(
        of id: SubjectID,
        to row: PlaceRow,
        _ store: Store
    ) throws -> BatchedAppend.Item? {
        guard let view = try store.folded(id).view else { return nil }
        let isSame =
            view.text(.name) == row.name && view.text(.parent) == row.parent
            && (row.households == nil || view.number(.households) == row.households)
        // An older table does not take back what a newer one said.
        let isOlder = table.map { $0 <= view.text(.codeTable) ?? "" } ?? false
        guard !isSame, !isOlder else { return nil }
        var draft = CaseDraft(.amendPlace)
        try draft.set(.name, .text(row.name))
        try fill(&draft, row)
        let item = AppendItem(try entry(.amendPlace, draft, .existing(id), nil))
        return BatchedAppend.Item(item: item, line: row.line, isUpdate: true)
    }

    private func fill(_ draft: inout CaseDraft, _ row: PlaceRow) throws {
        if let parent = row.parent { try draft.set(.parent, .text(parent)) }
        if let count = row.households { try draft.set(.households, .unsigned(count)) }
        if let table { try draft.set(.codeTable, .text(table)) }
        if let validFrom { try draft.set(.validFrom, .unsigned(validFrom)) }
    }

    // MARK: Entries

    func entry(
        _ operation: CaseOperation,
        _ draft: CaseDraft,
        _ subject: EntryDraft.Subject,
        _ scope: Scope?
    ) throws -> EntryDraft {
        let content = try draft.compiled()
        return EntryDraft(
            operation: operation.name,
            subject: subject,
            fields: content.fields,
            parts: content.parts,
            scope: scope
        )
    }

    func outside(_ scope: Scope, _ place: String) -> CommandError {
        CommandError(
            .bad,
            "\(place): \(scope) lies outside what this node may write; nothing was written",
            hint: "an office above imports it"
        )
    }
}
