internal import Cases
internal import Ledger
internal import Storage

/// By which codes a list of cases is narrowed: the place as it is called now, with the retired
/// codes that it succeeded, or codes as they were recorded.
struct CasePlaces {
    private let directory: PlaceDirectory?
    private let asked: Scope?
    /// Retired codes under which cases of the place were recorded.
    let recordedUnder: [Scope]

    /// The flag that switches successions off.
    static let flag = Command.Flag(
        "as-recorded",
        Label("按登记时的代码,不按继任代码", "by codes as they were recorded, successors left aside")
    )

    /// Widens a filter by what became of its place, and by what people call its address.
    init(_ invocation: Invocation, _ store: Store, widening filter: inout CaseFilter) throws {
        asked = filter.scope
        let isAsRecorded = invocation.has("as-recorded")
        let directory = try store.placeDirectory()
        self.directory = isAsRecorded ? nil : directory
        if let place = filter.scope, !isAsRecorded {
            filter.recordedUnder = try store.recordedElsewhere(than: place, directory)
            recordedUnder = Set(filter.recordedUnder.map(\.code)).sorted()
        } else {
            recordedUnder = []
        }
        if let address = filter.address {
            filter.meaningAddress = try Self.cases(meaning: address, store, directory)
        }
    }

    /// Cases without an address code whose words for the place mean this code, as aliases say;
    /// where aliases contradict each other, a case stands under every code.
    private static func cases(
        meaning code: String,
        _ store: Store,
        _ directory: PlaceDirectory
    ) throws -> [SubjectID] {
        var leading = RecordFilter(.place)
        leading.form = .alias
        leading.parent = code
        leading.isOpen = true
        leading.limit = 100_000
        let scopes = Set(try store.records(leading).compactMap { Scope($0.row.scope) })
        guard !scopes.isEmpty else { return [] }
        var book = try store.aliasBook()
        var found: Set<SubjectID> = []
        for scope in scopes.sorted() {
            var filter = CaseFilter()
            filter.scope = scope
            filter.recordedUnder = try store.recordedElsewhere(than: scope, directory)
            filter.isUnresolved = true
            filter.limit = 1_000_000
            for (id, row) in try store.cases(filter) {
                guard let text = try store.placeText(id, row), let place = Scope(row.scope) else {
                    continue
                }
                let meant = book.meant(
                    by: text,
                    in: directory.current(place, given: row.codeTable)
                )
                if meant.contains(where: { $0.code == code }) { found.insert(id) }
            }
        }
        return found.sorted()
    }

    /// The code under which a case is counted.
    func current(_ row: CaseRow) -> String {
        Scope(row.scope).map { current(GivenCode(code: $0, table: row.codeTable)).code }
            ?? row.scope
    }

    /// The code under which a recorded one is counted.
    func current(_ given: GivenCode) -> Scope {
        directory?.current(given.code, given: given.table) ?? given.code
    }

    /// Counts by recorded codes as counts by those that succeeded them, cut to so many digits.
    func current(
        _ rows: [(code: GivenCode, count: Int)],
        digits: Int
    ) -> [(value: String, count: Int)] {
        var sums: [String: Int] = [:]
        for (code, count) in rows {
            sums[String(current(code).code.prefix(digits)), default: 0] += count
        }
        return sums.map { (value: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.value) < ($0.count, $1.value) }
    }

    /// The version of the code table that was used; null for codes as recorded.
    var json: JSON { .optional(directory?.table) }

    /// What is added to machine output.
    var members: JSON {
        [
            "codeTable": json,
            "recordedUnder": .array(recordedUnder.map { .text($0.code) }),
        ]
    }

    /// Says by which table, on standard error.
    func remark(_ output: Output) {
        guard let directory else {
            return output.remark(output.text("按登记时的代码", "codes as they were recorded"))
        }
        guard let table = directory.table else { return }
        var line = output.text("代码表 \(table)", "code table \(table)")
        if !recordedUnder.isEmpty {
            let codes = recordedUnder.map(\.code).joined(separator: ", ")
            line += output.text("; 含登记在 \(codes) 的案件", "; with cases recorded under \(codes)")
        }
        if let asked {
            let now = directory.succession.resolve(asked)
            if now.codes != [asked] {
                let codes = now.codes.map(\.code).joined(separator: ", ")
                line += output.text("; \(asked) 现为 \(codes)", "; \(asked) is \(codes) now")
            }
        }
        output.remark(line)
    }

    /// Ends a list of cases.
    func finish(_ basis: Basis, _ invocation: Invocation) {
        guard !invocation.isJSON else {
            return invocation.output.line(basis.lastLine.adding(all: members).line)
        }
        remark(invocation.output)
        basis.finish(invocation)
    }
}
