internal import Cases
internal import Ledger
internal import Storage

extension Program {
    /// What is asked of places beside their list.
    static let placeCommands: [Command] =
        [
            placeImportCommand
        ]
        + [
            placeResolveCommand, placeAliasesCommand, placeUnresolvedCommand, placeCompareCommand,
            placeLoadCommand,
        ].map { $0.adding(Command.Flag.viewing) }

    private static let streetFlag = Command.Flag(
        "street",
        "CODE",
        Label("街道代码,九位;也可为区县或市", "a street, nine digits; a district or city will do")
    )

    private static let placeResolveCommand = Command(
        "place resolve",
        ["CODE"],
        flags: [
            Command.Flag("at", "TIME", Label("截至此时", "as of this time")),
            Command.Flag(
                "table",
                "VERSION",
                Label("截至此代码表版本", "as of this version of the code table")
            ),
            Command.Flag(
                "given",
                "VERSION",
                Label("编码取自的代码表版本", "the version of the table that the code was taken from")
            ),
        ],
        group: .community,
        Label("编码现在是什么", "what became of a code")
    ) { invocation in
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        let code = try Invocation.scope(invocation.arguments[0], called: "CODE")
        let directory = try store.placeDirectory()
        guard invocation["at"] == nil || invocation["table"] == nil else {
            throw CommandError(.usage, "--at and --table are both given")
        }
        let time: CodeSuccession.Time =
            if let at = try invocation.instant("at") {
                .instant(at)
            } else if let table = invocation["table"] {
                .table(table)
            } else {
                .newest
            }
        let found = directory.succession.resolve(code, at: time, given: invocation["given"])
        let output = invocation.output
        func names(_ codes: [Scope]) throws -> [(code: String, name: String?)] {
            try codes.map { ($0.code, try store.place(code: $0.code)?.row.title) }
        }
        let codes = try names(found.codes)
        let candidates = try names(found.candidates)
        if invocation.isJSON {
            let json: JSON = [
                "code": .text(code.code), "outcome": .text(found.outcome.rawValue),
                "codes": .array(codes.map { .text($0.code) }),
                "names": .array(codes.map { .optional($0.name) }),
                "candidates": .array(candidates.map { .text($0.code) }),
                "rows": .array(found.rows.map { .text($0.basis) }),
                "codeTable": .optional(directory.table),
                "passedOver": .array(directory.passedOver.map { .text($0.description) }),
            ]
            output.line(json.line)
        } else {
            output.line("\(code)  \(output.text(found.outcome.label))")
            output.table(codes.map { ["  " + $0.code, $0.name ?? ""] })
            for (code, name) in candidates {
                output.line(output.text("  可能: ", "  perhaps: ") + "\(code) \(name ?? "")")
            }
            for row in found.rows {
                let new = row.new.map(\.code).joined(separator: " ")
                output.line("  \(row.old) → \(new)  \(row.table)  \(row.basis)")
            }
            if let table = directory.table {
                output.remark(output.text("代码表 \(table)", "code table \(table)"))
            }
            for id in directory.passedOver {
                output.remark(
                    output.text(
                        "未采用的变更: \(id.short) (与更早的相矛盾,或超出其范围)",
                        "succession \(id.short) does not count: it contradicts an earlier one or"
                            + " names codes beyond its place"
                    )
                )
            }
        }
        basis.finish(invocation)
        return .good
    }

    private static let placeAliasesCommand = Command(
        "place aliases",
        flags: [streetFlag],
        group: .community,
        Label("地址别名,矛盾者并列", "aliases; those that contradict each other with all values")
    ) { try AliasList($0).run() }

    private static let placeUnresolvedCommand = Command(
        "place unresolved",
        flags: [
            streetFlag,
            Command.Flag("open", Label("只列未结案件", "only cases that have not ended")),
            Command.Flag("limit", "N", Label("最多几行,默认 100", "most rows, 100 if left out")),
        ],
        group: .community,
        Label(
            "地点未定位的案件,附读法与建议",
            "cases whose place has no code, with what the words read as and what they may mean"
        )
    ) { try UnresolvedList($0).run() }

    private static let placeCompareCommand = Command(
        "place compare",
        ["STREET"],
        flags: [
            Command.Flag(
                "from",
                "VERSION",
                Label("较早版本,默认上一版", "the earlier one; the last but one")
            ),
            Command.Flag("to", "VERSION", Label("较晚版本,默认最新版", "the later one; the last")),
        ],
        group: .community,
        Label("街道两个网格版本的差别", "what changed between two versions of a street's grids")
    ) { try GridReport($0).compare() }

    private static let placeLoadCommand = Command(
        "place load",
        ["STREET"],
        flags: [
            Command.Flag(
                "version",
                "VERSION",
                Label("网格版本,默认现行版", "the version; the one in force if left out")
            ),
            Command.Flag("since", "TIME", Label("此时起上报", "reported at or after")),
            Command.Flag("until", "TIME", Label("此时前上报", "reported before")),
            CasePlaces.flag,
        ],
        group: .community,
        Label("每个网格的案件数与每百户案件数", "cases of each grid, and for 100 households")
    ) { try GridReport($0).load() }
}

extension CodeSuccession.Outcome {
    /// What a reader sees.
    var label: Label {
        switch self {
        case .current: Label("现行", "stands for itself")
        case .succeeded: Label("已由一个编码取代", "succeeded by one code")
        case .split: Label("已拆分", "split")
        case .coarser: Label("只知上级编码已变更", "filed under what succeeded its place")
        case .unresolved: Label("不能确定", "not resolved")
        case .cyclic: Label("变更表循环", "goes round")
        }
    }
}
