internal import Cases
internal import Ledger
internal import Storage

/// Which cases a command's flags select.
struct CaseSelection {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    /// Where and when.
    static let placeFlags = [
        Command.Flag("scope", "CODE", Label("地区代码及其以内", "this place and what lies within")),
        Command.Flag("street", "CODE", Label("街道,九位代码", "a street, nine digits")),
        Command.Flag("district", "CODE", Label("区县,六位代码", "a district, six digits")),
        Command.Flag(
            "since",
            "TIME",
            Label("此时起上报,如 2026-11-23", "reported at or after, such as 2026-11-23")
        ),
        Command.Flag("until", "TIME", Label("此时前上报", "reported before")),
        CasePlaces.flag,
    ]

    /// In what condition.
    static let flags = [
        Command.Flag("stage", "CODE", isRepeated: true, Label("阶段", "stage")),
        Command.Flag(
            "category",
            "CODE",
            Label(
                "类别及其小类,或来源类别的开头",
                "category and its sub-classes, or how a source's category begins"
            )
        ),
        Command.Flag("open", Label("未结案件", "not ended")),
        Command.Flag(
            "overdue",
            Label(
                "已超期;同 --offered-to: 答复已逾期",
                "a clock has run out; with --offered-to, the time to answer"
            )
        ),
        Command.Flag(
            "due-within",
            "10m|2h|1d",
            Label("在此时间内到期或已超期", "a clock runs out within this time, or already has")
        ),
        Command.Flag("conflicts", Label("有冲突", "with a conflict")),
        Command.Flag("holder", "CODE", Label("由此地负责", "this place has to act")),
        Command.Flag("assistant", "CODE", Label("由此地协办", "this place helps")),
        Command.Flag("offered-to", "CODE", Label("移交此地,待接收", "offered to this place")),
        Command.Flag("address", "CODE", Label("统一地址编码", "at this address code")),
        Command.Flag("unresolved", Label("地点未定位到编码", "with a place that has no address code")),
        Command.Flag(
            "flag",
            "NAME",
            Label(
                "导入记录的标记: \(flagNames)",
                "what is odd about an imported record: \(flagNames)"
            )
        ),
    ]

    private static let flagNames = SubjectView.ImportFlag.allCases.map(\.rawValue)
        .joined(separator: ", ")

    /// The conditions as the store takes them.
    ///
    /// - Throws: ``CommandError``.
    func filter(now: UInt64) throws(CommandError) -> CaseFilter {
        var filter = CaseFilter()
        filter.scope = try scope()
        filter.since = try instant("since")
        filter.until = try instant("until")
        for stage in invocation.all("stage") {
            guard let code = CodeList.stages.code(meantBy: stage) else {
                let near = CodeList.stages.suggestions(for: stage).map(\.code)
                throw CommandError(
                    .usage,
                    "there is no stage \"\(stage)\"",
                    hint: near.isEmpty ? "linli codes stage" : near.joined(separator: ", ")
                )
            }
            filter.stages.append(code.code)
        }
        filter.category = invocation["category"].map { text in
            CodeList.eventTypes.code(meantBy: text)?.code ?? text
        }
        filter.isOpen = invocation.has("open")
        if invocation.has("overdue") { filter.overdueAt = now }
        if let text = invocation["due-within"] {
            filter.dueBefore = now + (try Self.duration(text))
        }
        if invocation.has("conflicts") { filter.conflictAt = now }
        filter.isUnresolved = invocation.has("unresolved")
        filter.address = invocation["address"]
        filter.holder = try place("holder")
        filter.offeredTo = try place("offered-to")
        filter.assistant = try place("assistant")
        if let flag = invocation["flag"] {
            guard SubjectView.ImportFlag(rawValue: flag) != nil else {
                throw CommandError(.usage, "there is no flag \"\(flag)\"", hint: Self.flagNames)
            }
            filter.flag = flag
        }
        return filter
    }

    /// The place, by whichever of its flags it is named.
    private func scope() throws(CommandError) -> Scope? {
        let given = ["scope", "street", "district"].filter(invocation.has)
        guard let flag = given.first, let code = invocation[flag] else { return nil }
        guard given.count == 1 else {
            throw CommandError(
                .usage,
                "--\(given.joined(separator: " and --")) name the place twice"
            )
        }
        let lengths = flag == "street" ? [9] : flag == "district" ? [6] : Scope.lengths
        guard let scope = Scope(code), lengths.contains(code.utf8.count) else {
            let want = lengths.map(String.init).joined(separator: ", ")
            throw CommandError(.usage, "--\(flag) is \"\(code)\", want a code of \(want) digits")
        }
        return scope
    }

    func place(_ flag: String) throws(CommandError) -> Scope? {
        guard let code = invocation[flag] else { return nil }
        guard let scope = Scope(code) else {
            throw CommandError(.usage, "--\(flag) is \"\(code)\", want 4, 6, 9 or 12 digits")
        }
        return scope
    }

    private func instant(_ flag: String) throws(CommandError) -> UInt64? {
        guard let text = invocation[flag] else { return nil }
        guard let instant = LedgerTime.instant(text) else {
            throw CommandError(
                .usage,
                "--\(flag) is \"\(text)\", want a time such as 2026-11-23 or 2026-11-23T15:04"
            )
        }
        return instant
    }

    /// Milliseconds of a time such as `10m`, `2h` or `1d`, at most 3650 days.
    static func duration(_ text: String) throws(CommandError) -> UInt64 {
        let units: [Character: UInt64] = ["m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let unit = text.last.flatMap({ units[$0] }), text.dropLast().allSatisfy(\.isASCII),
            let number = UInt64(text.dropLast()), number <= 3650 * 86_400_000 / unit
        else {
            throw CommandError(.usage, "\"\(text)\" is no time, want one such as 10m, 2h or 1d")
        }
        return number * unit
    }
}
