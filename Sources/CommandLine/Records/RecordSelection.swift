internal import Cases
internal import Ledger
internal import Storage

/// Which records of a kind a command's flags select.
struct RecordSelection {
    private let kind: SubjectKind
    private let invocation: Invocation

    init(_ kind: SubjectKind, _ invocation: Invocation) {
        self.kind = kind
        self.invocation = invocation
    }

    /// The flags of the list of a kind.
    static func flags(_ kind: SubjectKind) -> [Command.Flag] {
        var flags = [
            Command.Flag("scope", "CODE", Label("地区代码及其以内", "this place and what lies within")),
            Command.Flag("open", Label("未结束的", "not ended")),
            Command.Flag(
                "since",
                "TIME",
                Label("此时起登记,如 2026-11-23", "recorded at or after, such as 2026-11-23")
            ),
            Command.Flag("until", "TIME", Label("此时前登记", "recorded before")),
            Command.Flag("limit", "N", Label("最多几行,默认 100", "most rows, 100 if left out")),
        ]
        let forms = forms(kind)
        if !forms.isEmpty {
            let names = forms.map(\.rawValue).joined(separator: "|")
            flags.append(Command.Flag("form", names, Label("只列此种", "only this sort of entry")))
        }
        if let spec = variety(kind) {
            flags.append(
                Command.Flag(
                    spec.flag,
                    "CODE",
                    Label("只列此\(spec.label.zh)", "only this \(spec.label.en)")
                )
            )
        }
        if kind == .alert {
            flags.append(
                Command.Flag("expired", Label("已失效而无结论", "lapsed without a conclusion"))
            )
        }
        return flags
    }

    private static func forms(_ kind: SubjectKind) -> [RecordRow.Form] {
        switch kind {
        case .place: [.place, .alias, .grids, .succession]
        case .policy: [.profile, .calendar, .sealing]
        default: []
        }
    }

    /// The field whose codes tell sorts of a kind apart.
    static func variety(_ kind: SubjectKind) -> FieldSpec? {
        switch kind {
        case .place: CaseField.placeLevel.spec
        case .alert: CaseField.alertKind.spec
        case .organisation: CaseField.organisationKind.spec
        case .activity: CaseField.activityKind.spec
        default: nil
        }
    }

    /// The conditions as the store takes them.
    ///
    /// - Throws: ``CommandError``.
    func filter(now: UInt64) throws(CommandError) -> RecordFilter {
        var filter = RecordFilter(kind)
        filter.scope = try invocation.scope("scope")
        filter.isOpen = invocation.has("open")
        filter.since = try invocation.instant("since")
        filter.until = try invocation.instant("until")
        filter.limit = try invocation.number("limit", in: 0...1_000_000, or: 100)
        // What nodes count of openings is listed by itself.
        if kind == .activity { filter.form = .record }
        if let name = invocation["form"] {
            let forms = Self.forms(kind)
            guard let form = forms.first(where: { $0.rawValue == name }) else {
                throw CommandError(
                    .usage,
                    "--form is \"\(name)\"",
                    hint: "one of: " + forms.map(\.rawValue).joined(separator: ", ")
                )
            }
            filter.form = form
        }
        if let spec = Self.variety(kind), let text = invocation[spec.flag] {
            filter.variety = try invocation.code(text, of: spec)
        }
        if invocation.has("expired") {
            filter.isOpen = true
            filter.dueBefore = now
        }
        return filter
    }
}

extension Invocation {
    /// The place that a flag names.
    ///
    /// - Throws: ``CommandError`` unless it is a code of one of these lengths.
    func scope(
        _ flag: String,
        lengths: [Int] = Scope.lengths
    ) throws(CommandError) -> Scope? {
        guard let code = self[flag] else { return nil }
        return try Self.scope(code, called: "--\(flag)", lengths: lengths)
    }

    /// A place by its code.
    ///
    /// - Throws: ``CommandError`` unless it is a code of one of these lengths.
    static func scope(
        _ code: String,
        called name: String,
        lengths: [Int] = Scope.lengths
    ) throws(CommandError) -> Scope {
        guard let scope = Scope(code), lengths.contains(code.utf8.count) else {
            let want = lengths.map(String.init).joined(separator: ", ")
            throw CommandError(.usage, "\(name) is \"\(code)\", want a code of \(want) digits")
        }
        return scope
    }

    /// The time that a flag names.
    ///
    /// - Throws: ``CommandError``.
    func instant(_ flag: String) throws(CommandError) -> UInt64? {
        guard let text = self[flag] else { return nil }
        guard let instant = LedgerTime.instant(text) else {
            throw CommandError(
                .usage,
                "--\(flag) is \"\(text)\", want a time such as 2026-11-23 or 2026-11-23T15:04"
            )
        }
        return instant
    }

    /// The code of a field's list that a text means.
    ///
    /// - Throws: ``CommandError`` with the nearest ones.
    func code(_ text: String, of spec: FieldSpec) throws(CommandError) -> String {
        guard case .code(let list) = spec.type else { return text }
        guard let code = list.code(meantBy: text) else {
            let near = list.suggestions(for: text).map { "\($0.code) \($0.label.zh)" }
            throw CommandError(
                .usage,
                "--\(spec.flag) has no code \"\(text)\"",
                hint: near.isEmpty ? "linli codes \(spec.flag)" : near.joined(separator: ", ")
            )
        }
        return code.code
    }
}
