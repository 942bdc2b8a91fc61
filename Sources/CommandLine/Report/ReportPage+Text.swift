internal import Cases
internal import Ledger
internal import Storage

extension ReportPage {
    /// Writes it for a reader.
    func print(to output: Output) {
        let place = filter.scope.map { code in
            names[code.code].map { "\(code.code) \($0)" } ?? code.code
        }
        let period = [filter.since, filter.until].map { $0.map(output.minute) ?? "…" }
        output.line(
            output.strong(
                output.text("督查考核统计", "Supervision report") + "  "
                    + (place ?? output.text("全部", "everything"))
                    + "  \(period[0]) – \(period[1])"
            )
        )
        for section in sections {
            let rows = section.rows.flatMap { lines($0, output) }
            guard !rows.isEmpty else { continue }
            output.line()
            output.line(output.strong(output.text(section.label)))
            output.table(rows, limit: 72)
        }
        printGroups(to: output)
        output.line()
        for line in basis(output) { output.line(line) }
    }

    /// What the figures rest on; everything that another node needs to compute them again.
    private func basis(_ output: Output) -> [String] {
        let total = figures.total
        let tables = total.codeTables.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
        let years = calendarYears.map(String.init).joined(separator: " ")
        return [
            output.text(
                "依据: 前沿 \(frontier), 归并规则版本 \(SubjectFold.version), 计算时间 \(output.time(now)) (UTC+8)",
                "basis: frontier \(frontier), fold version \(SubjectFold.version), "
                    + "now \(output.time(now)) (UTC+8)"
            ),
            output.text(
                "代码表: \(Self.codeTable); 区划代码登记时: ",
                "code table: \(Self.codeTable); division codes as recorded: "
            ) + (tables.isEmpty ? "–" : tables.joined(separator: ", "))
                + output.text("; 归入: ", "; filed by: ") + filed(output),
            output.text(
                "工作日历: 已公布年份 \(years.isEmpty ? "无" : years); 期限按估计推算的案件 \(total.estimated)",
                "calendar: years announced \(years.isEmpty ? "none" : years); "
                    + "cases with an estimated term: \(total.estimated)"
            ),
        ]
    }

    private func filed(_ output: Output) -> String {
        if case .text(let table) = succession { return table }
        return output.text("登记时的代码", "codes as recorded")
    }

    // MARK: Figures

    /// A figure as lines of a table; none for an empty one that says nothing.
    func lines(_ row: ReportRow, _ output: Output) -> [[String]] {
        let label = "  " + output.text(row.label)
        switch row.value {
        case .count(let count): return [[label, String(count)]]
        case .share(let share): return [[label] + Self.cells(share)]
        case .clock(let clock): return [[label] + cells(clock, output)]
        case .durations(let durations):
            guard let median = durations.median, let p95 = durations.p95 else {
                return [[label, "–"]]
            }
            return [
                [
                    label, Self.duration(median, output), Self.duration(p95, output),
                    output.text("\(durations.count) 件", "of \(durations.count)"),
                ]
            ]
        case .codes(let counts, let list):
            let rows = counts.sorted { $0.key < $1.key }.map { code, count in
                ["    " + name(code, list, output), String(count)]
            }
            return [[label, rows.isEmpty ? "–" : ""]] + rows
        case .clocks(let groups, let list):
            let rows = groups.sorted { $0.key < $1.key }.flatMap { code, clocks in
                Self.sorted(clocks).map { clock, figures in
                    [
                        "    " + name(code, list, output) + "  " + output.text(clock.label)
                    ] + cells(figures, output)
                }
            }
            return rows.isEmpty ? [] : [[label]] + rows
        case .offices(let offices):
            let rows = offices.sorted { $0.key < $1.key }.map { code, office in
                [
                    "    " + code + (names[code].map { " \($0)" } ?? "")
                ] + Self.cells(office.rejectRate) + [
                    office.waited.median.map { Self.duration($0, output) } ?? "–",
                    output.text(
                        "待答复 \(office.open)  逾期 \(office.late)",
                        "open \(office.open)  late \(office.late)"
                    ),
                ]
            }
            return rows.isEmpty ? [] : [[label]] + rows
        }
    }

    private func name(_ code: String, _ list: CodeList?, _ output: Output) -> String {
        guard !code.isEmpty else { return Self.notRecorded(output) }
        let name = list.map { output.name(code, in: $0) } ?? code
        return name == code || list == .profiles ? code : "\(code) \(name)"
    }

    /// A share with its numerator and denominator.
    private static func cells(_ share: Share) -> [String] {
        [percent(share), "\(share.part)/\(share.whole)"]
    }

    private func cells(_ clock: ClockFigures, _ output: Output) -> [String] {
        Self.cells(clock.share) + [
            output.text(
                "未计 \(clock.notMeasured)  未到 \(clock.open)",
                "not measured \(clock.notMeasured)  open \(clock.open)"
            ),
            clock.overdue == 0
                ? "" : output.text("已超期 \(clock.overdue)", "overdue \(clock.overdue)"),
        ]
    }

    /// What stands for a value that nobody recorded.
    static func notRecorded(_ output: Output) -> String { output.text("未载", "not recorded") }

    static func percent(_ share: Share) -> String {
        share.permille.map { "\($0 / 10).\($0 % 10) %" } ?? "–"
    }

    /// Seconds as the two largest units.
    static func duration(_ seconds: UInt64, _ output: Output) -> String {
        func pair(_ first: UInt64, _ zh: (String, String), _ second: UInt64, _ en: (String, String))
            -> String
        {
            output.text(
                "\(first)\(zh.0)\(second)\(zh.1)",
                "\(first) \(en.0) \(second) \(en.1)"
            )
        }
        switch seconds {
        case ..<60: return output.text("\(seconds)秒", "\(seconds) s")
        case ..<3600: return pair(seconds / 60, ("分", "秒"), seconds % 60, ("min", "s"))
        case ..<86_400:
            return pair(seconds / 3600, ("时", "分"), seconds % 3600 / 60, ("h", "min"))
        default:
            return pair(seconds / 86_400, ("天", "时"), seconds % 86_400 / 3600, ("d", "h"))
        }
    }

    // MARK: Groups

    private func printGroups(to output: Output) {
        guard grouping != nil, !figures.sorted.isEmpty else { return }
        let head = [
            output.text("分组", "group"), output.text("案件", "cases"),
            output.text("未结", "open"), output.text("办结率", "closed"),
            output.text("受理", "accept"), output.text("响应", "respond"),
            output.text("到场", "arrive"), output.text("到场中位", "median"),
            output.text("超期", "overdue"), output.text("调解成功", "mediated"),
            output.text("满意", "satisfied"), output.text("复发", "repeats"),
        ]
        let rows = figures.sorted.map { key, figures in
            let name = name(ofGroup: key, in: output.language).map { " \($0)" } ?? ""
            return [
                (key.isEmpty ? Self.notRecorded(output) : key) + name,
                String(figures.cases), String(figures.open), Self.percent(figures.closeRate),
                Self.percent(figures.receive1.share), Self.percent(figures.respond3.share),
                Self.percent(figures.arrive10.share),
                figures.steps[.arrived]?.median.map { Self.duration($0, output) } ?? "–",
                String(figures.overdueOpen), Self.percent(figures.mediation.success),
                Self.percent(figures.satisfied), Self.percent(figures.repeats),
            ]
        }
        output.line()
        output.table([head] + rows, limit: 40)
    }
}
