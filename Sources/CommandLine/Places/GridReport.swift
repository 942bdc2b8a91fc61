internal import Cases
internal import Ledger
internal import Storage

/// `linli place compare` and `linli place load`: a street's grids in numbers.
struct GridReport {
    private let invocation: Invocation
    private let store: Store
    private let basis: Basis
    private let street: Scope
    private let drawn: DrawnGrids

    private var output: Output { invocation.output }

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        street = try Invocation.scope(invocation.arguments[0], called: "STREET", lengths: [9])
        let view = try invocation.openView()
        (store, basis) = (view.store, view.basis)
        drawn = try store.grids(of: street)
        guard !drawn.table.versions.isEmpty else {
            throw CommandError(
                .bad,
                "no grids are recorded for \(street)",
                hint: "linli place grids --scope \(street) --rows FILE --valid-from TIME"
            )
        }
    }

    private func version(_ name: String) throws(CommandError) -> GridVersion {
        guard let version = drawn.table[name] else {
            throw CommandError(
                .bad,
                "\(street) has no version \"\(name)\"",
                hint: "one of: " + drawn.table.versions.map(\.id).joined(separator: ", ")
            )
        }
        return version
    }

    private func remarkBesides() {
        for id in drawn.besides {
            output.remark(
                output.text(
                    "另一版本同时启用,未采用: \(id.short)",
                    "another version begins at the same time and is left aside: \(id.short)"
                )
            )
        }
    }

    // MARK: Comparing

    func compare() throws -> ExitCode {
        let versions = drawn.table.versions
        let later = try invocation["to"].map(version) ?? versions[versions.count - 1]
        let before = versions.last { $0.validFrom < later.validFrom }
        guard let earlier = try invocation["from"].map(version) ?? before else {
            throw CommandError(
                .bad,
                "\(street) has no version before \(later.id)",
                hint: "give --from and --to"
            )
        }
        let comparison = GridComparison(from: earlier, to: later)
        if invocation.isJSON {
            let json: JSON = [
                "street": .text(street.code), "from": json(earlier), "to": json(later),
                "added": .array(comparison.added.map { .text($0.code) }),
                "gone": .array(comparison.gone.map { .text($0.code) }),
                "kept": .array(comparison.kept.map { .text($0.before.code) }),
                "changed": .array(
                    comparison.kept.filter(\.isChanged).map { .text($0.before.code) }
                ),
            ]
            output.line(json.line)
        } else {
            printComparison(comparison, earlier, later)
        }
        remarkBesides()
        basis.finish(invocation)
        return .good
    }

    private func json(_ version: GridVersion) -> JSON {
        let (households, grids) = version.countedHouseholds
        return [
            "version": .text(version.id), "validFrom": .count(version.validFrom),
            "grids": .number(Int64(version.grids.count)), "households": .count(households),
            "countedGrids": .number(Int64(grids)),
            "householdsPerGrid": .optional(version.householdsPerGrid?.text),
        ]
    }

    private func printComparison(
        _ comparison: GridComparison,
        _ earlier: GridVersion,
        _ later: GridVersion
    ) {
        let head = [
            output.text("版本", "version"), output.text("启用", "valid from"),
            output.text("网格", "grids"), output.text("户数", "households"),
            output.text("户均每格", "households a grid"),
        ]
        output.table(
            [head]
                + [earlier, later].map { version in
                    [
                        version.id, output.minute(version.validFrom), "\(version.grids.count)",
                        "\(version.countedHouseholds.households)",
                        version.householdsPerGrid?.text ?? "",
                    ]
                }
        )
        output.line()
        let changed = comparison.kept.filter(\.isChanged)
        output.table([
            [output.text("新增", "added"), "\(comparison.added.count)", names(comparison.added)],
            [output.text("撤销", "gone"), "\(comparison.gone.count)", names(comparison.gone)],
            [output.text("保留", "kept"), "\(comparison.kept.count)"],
            [output.text("其中有变", "of these changed"), "\(changed.count)"],
        ])
        guard !changed.isEmpty else { return }
        output.line()
        output.table(
            [
                [
                    output.text("网格", "grid"), output.text("此前户数", "before"),
                    output.text("此后户数", "after"),
                ]
            ]
                + changed.map { pair in
                    [
                        "\(pair.after.code) \(pair.after.name)",
                        pair.before.households.map(String.init) ?? "",
                        pair.after.households.map(String.init) ?? "",
                    ]
                }
        )
    }

    private func names(_ grids: [Grid]) -> String {
        grids.map { "\($0.code) \($0.name)" }.joined(separator: ", ")
    }

    // MARK: Load

    func load() throws -> ExitCode {
        var filter = CaseFilter()
        filter.scope = street
        filter.since = try invocation.instant("since")
        filter.until = try invocation.instant("until")
        let places = try CasePlaces(invocation, store, widening: &filter)
        guard
            let version = try invocation["version"].map(version)
                ?? drawn.table.version(
                    at: min(basis.now, filter.until.map { $0 - min($0, 1) } ?? .max)
                )
        else {
            throw CommandError(
                .bad,
                "no version was in force then",
                hint: "give --version, one of: "
                    + drawn.table.versions.map(\.id).joined(separator: ", ")
            )
        }
        let (counts, unknown) = try counts(filter, version)
        let load = version.load(counts)
        let all = load.rows.map(\.cases).reduce(0, +) + load.elsewhere + unknown
        if invocation.isJSON {
            for row in load.rows { output.line(json(row).line) }
            let json: JSON = [
                "street": .text(street.code), "version": .text(version.id),
                "validFrom": .count(version.validFrom), "cases": .count(all),
                "elsewhere": .count(load.elsewhere), "withoutGrid": .count(unknown),
                "per100Households": .optional(load.per100Households?.text),
            ]
            output.line(json.line)
        } else {
            let head = [
                output.text("网格", "grid"), output.text("名称", "name"),
                output.text("户数", "households"), output.text("案件", "cases"),
                output.text("每百户", "per 100 households"),
            ]
            output.table(
                [head]
                    + load.rows.map { row in
                        [
                            row.grid.code, row.grid.name,
                            row.grid.households.map(String.init) ?? "", "\(row.cases)",
                            row.per100Households?.text ?? "",
                        ]
                    }
            )
            output.line()
            output.table([
                [output.text("网格版本", "version"), version.id],
                [output.text("案件", "cases"), "\(all)"],
                [output.text("其他版本的网格", "of grids that it lacks"), "\(load.elsewhere)"],
                [output.text("未注明网格", "without a grid"), "\(unknown)"],
                [
                    output.text("每百户案件", "per 100 households"),
                    load.per100Households?.text ?? "",
                ],
            ])
        }
        remarkBesides()
        places.finish(basis, invocation)
        return .good
    }

    private func json(_ row: GridLoad.Row) -> JSON {
        [
            "grid": .text(row.grid.code), "name": .text(row.grid.name),
            "households": .count(row.grid.households), "cases": .count(row.cases),
            "per100Households": .optional(row.per100Households?.text),
        ]
    }

    /// Most places that one goes up from a building to its grid.
    private static let levelsMax = 8

    /// Cases by grid: the case's own, else the one in which its address lies; and how many have
    /// neither.
    private func counts(
        _ filter: CaseFilter,
        _ version: GridVersion
    ) throws -> (byGrid: [String: UInt64], unknown: UInt64) {
        var byName: [String: String] = [:]
        for grid in version.grids { byName[grid.name] = byName[grid.name] ?? grid.code }
        var byAddress: [String: String?] = [:]
        func grid(of address: String) throws -> String? {
            var code = address
            for _ in 0..<Self.levelsMax {
                if version[code] != nil { return code }
                guard let parent = try store.place(code: code)?.row.parent, !parent.isEmpty else {
                    return nil
                }
                code = parent
            }
            return nil
        }
        var counts: [String: UInt64] = [:]
        var unknown: UInt64 = 0
        for (given, address, count) in try store.gridCounts(filter) {
            var code = given.map { version[$0] == nil ? byName[$0] ?? $0 : $0 }
            if code == nil, let address {
                if byAddress[address] == nil { byAddress[address] = .some(try grid(of: address)) }
                code = byAddress[address] ?? nil
            }
            if let code { counts[code, default: 0] += count } else { unknown += count }
        }
        return (counts, unknown)
    }
}
