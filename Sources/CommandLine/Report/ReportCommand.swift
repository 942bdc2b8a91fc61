internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

extension Program {
    static let reportCommand = Command(
        "report",
        flags: CaseSelection.placeFlags.map(periodFlag) + [
            Command.Flag(
                "by",
                groupings.joined(separator: "|"),
                Label("分组列出", "one line for each of these as well")
            ),
            Command.Flag(
                "restated",
                "FILE",
                Label(
                    "列出此前沿之后变动的各项, 两值并列 (linli frontier save)",
                    "every figure that changed since this saved frontier, with both values"
                )
            ),
        ],
        group: .view,
        Label("督查考核统计,各项注明分母", "the statistics of supervision, each with its denominator")
    ) { try ReportCommand($0).run() }

    private static let groupings = GroupedFigures.Grouping.allCases.map(\.rawValue)

    /// The period counts by the time of the report, whenever a node got it.
    private static func periodFlag(_ flag: Command.Flag) -> Command.Flag {
        guard flag.name == "until" else { return flag }
        return Command.Flag(
            "until",
            "TIME",
            Label(
                "此时前上报;期末之后才收到的条目一并计入,见 --restated",
                "reported before; entries that came in later count, --restated says what they changed"
            )
        )
    }
}

/// `linli report`.
private struct ReportCommand {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws -> ExitCode {
        let opened = try invocation.openView()
        let (store, now) = (opened.store, opened.basis.now)
        let filter = try CaseSelection(invocation).filter(now: now)
        let grouping = try grouping()
        let (page, places, basis) = try store.consistently {
            var widened = filter
            let places = try CasePlaces(invocation, store, widening: &widened)
            let page = try made(store, widened, places, grouping, now)
            return (page, places, try opened.again())
        }
        let before = try restated(filter, grouping, now)
        if invocation.isJSON {
            let changes = before.map { ReportChanges(from: $0, to: page).json } ?? [:]
            invocation.output.line(page.json.adding(all: changes).line)
        } else {
            page.print(to: invocation.output)
            if let before { ReportChanges(from: before, to: page).print(to: invocation.output) }
        }
        places.remark(invocation.output)
        // Which nodes were heard of is this node's own affair and no part of the figures.
        for line in basis.lines(invocation.output) {
            invocation.output.remark(Output.printable(line))
        }
        return .good
    }

    /// The same report as of the frontier that it is to be held against.
    private func restated(
        _ filter: CaseFilter,
        _ grouping: GroupedFigures.Grouping?,
        _ now: UInt64
    ) throws -> ReportPage? {
        guard let path = invocation["restated"] else { return nil }
        let store = try invocation.openStore(asOf: try invocation.savedFrontier(path)).store
        var widened = filter
        let places = try CasePlaces(invocation, store, widening: &widened)
        return try made(store, widened, places, grouping, now)
    }

    private func made(
        _ store: Store,
        _ filter: CaseFilter,
        _ places: CasePlaces,
        _ grouping: GroupedFigures.Grouping?,
        _ now: UInt64
    ) throws -> ReportPage {
        let names = try DivisionNames(store)
        var matters = Matters(book: try store.aliasBook(), names: names, places: places)
        var figures = GroupedFigures(by: grouping, now: now, policy: store.policy) {
            places.current(GivenCode(code: $0.scope, table: $0.text(.codeTable)))
        }
        var wide = filter
        // A close before the period makes a case within it a repetition.
        wide.since = nil
        try store.eachCase(wide, foldedSince: filter.since ?? 0) { row, folded in
            let trace = matters.trace(row)
            guard let folded else { return figures.pass(trace) }
            figures.count(folded, trace)
        }
        let period = (filter.since ?? 0)..<max(filter.since ?? 0, filter.until ?? .max)
        var records = RecordFigures(period: period, now: now)
        for kind in RecordFigures.kinds {
            var chosen = RecordFilter(kind)
            chosen.scope = filter.scope
            if !RecordFigures.isStanding(kind) {
                (chosen.since, chosen.until) = (filter.since, filter.until)
            }
            chosen.limit = 1_000_000
            for folded in try store.folded(try store.records(chosen).map(\.id)) {
                records.count(folded)
            }
        }
        return ReportPage(
            filter: filter,
            grouping: grouping,
            now: now,
            frontier: store.frontier,
            calendarYears: store.policy.calendar.years.map { $0.year },
            figures: figures,
            records: records,
            names: names,
            succession: places.json
        )
    }

    private func grouping() throws(CommandError) -> GroupedFigures.Grouping? {
        guard let text = invocation["by"] else { return nil }
        guard let grouping = GroupedFigures.Grouping(rawValue: text) else {
            let known = GroupedFigures.Grouping.allCases.map(\.rawValue)
            throw CommandError(
                .usage,
                "--by is \"\(text)\", want one of \(known.joined(separator: ", "))"
            )
        }
        return grouping
    }
}

/// Tells which cases are about one building, whatever people call it.
private struct Matters {
    var book: AliasBook
    let names: DivisionNames
    let places: CasePlaces

    mutating func trace(_ row: CaseRow) -> GroupedFigures.Trace {
        let isMatter = row.stage != Stage.merged.rawValue && row.stage != Stage.voided.rawValue
        let building = isMatter ? building(row) : nil
        return GroupedFigures.Trace(
            RepeatWatch.Matter(building: building, category: row.category),
            reportedAt: row.reportedAt,
            closedAt: row.closedAt
        )
    }

    private mutating func building(_ row: CaseRow) -> String? {
        let street = places.current(row)
        var address = row.address
        if address == nil, let text = row.place, let scope = Scope(street) {
            // Aliases that contradict each other say nothing.
            let codes = Set(book.meant(by: text, in: scope).map(\.code))
            address = codes.count == 1 ? codes.first : nil
        }
        return Building.key(
            address: address,
            place: row.place,
            street: street,
            names: names.all(above: street)
        )
    }
}

/// What people call the divisions: as places say, else as the nodes that answer for them are called.
struct DivisionNames {
    private let names: [String: String]

    /// Takes them from the view and the roster, so that all nodes with one frontier have the same.
    init(_ store: Store) throws {
        var names = try store.divisionNames()
        for member in store.roster.members where names[member.scope.code] == nil {
            names[member.scope.code] = member.name
        }
        self.names = names
    }

    subscript(code: String) -> String? { names[code] }

    /// The names of a place and of those that hold it, the widest first.
    func all(above code: String) -> [String] {
        Scope.lengths.filter { $0 <= code.utf8.count }
            .compactMap { names[String(code.prefix($0))] }
    }
}
