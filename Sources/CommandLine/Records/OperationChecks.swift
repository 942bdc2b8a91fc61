internal import Cases
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

/// What the table of fields can not say of one operation: flags beside its fields, values that
/// follow from others, and what the view says against it.
///
/// An entry that the view makes look odd is warned of and written: the view may lack what
/// explains it. What could never have an effect is refused while its author is there.
struct OperationChecks {
    let operation: CaseOperation
    let invocation: Invocation

    init(_ operation: CaseOperation, _ invocation: Invocation) {
        self.operation = operation
        self.invocation = invocation
    }

    // MARK: What is offered

    /// Flags beside those of the fields.
    static func flags(_ operation: CaseOperation) -> [Command.Flag] {
        switch operation {
        case .drawGrids:
            [
                Command.Flag(
                    "rows",
                    "FILE",
                    Label(
                        "网格取自 CSV,列为 code,name,households,area",
                        "grids from CSV with the columns code,name,households,area"
                    )
                )
            ]
        case .setCalendar:
            [
                Command.Flag(
                    "file",
                    "FILE",
                    Label(
                        "每行一日: 20261001 off 或 20261010 work",
                        "a day a line: 20261001 off, or 20261010 work"
                    )
                )
            ]
        default: []
        }
    }

    /// One line of help.
    static func help(_ operation: CaseOperation) -> Label {
        guard operation.kind == .dwelling else { return operation.help }
        return Label(
            operation.help.zh + "; 不写姓名,文字查电话、证件号和卡号",
            operation.help.en
                + "; no names: texts are checked for telephone, identity, card numbers"
        )
    }

    /// Where a new subject lies, if its values say so more exactly than the node's own place.
    ///
    /// - Throws: ``CommandError`` if they contradict the place that was given.
    func scope(of values: CaseDraft, given: Scope?) throws(CommandError) -> Scope? {
        switch operation {
        case .recordPlace where given == nil:
            return values.text(.placeCode).flatMap(Scope.covering(code:))
        case .succeedCode:
            let codes = try successionCodes(values)
            guard let common = Scope.covering(all: codes) else { return given }
            if let given, !codes.allSatisfy(given.covers) {
                throw CommandError(
                    .usage,
                    "--scope \(given) does not hold all codes that are named",
                    hint: "leave it out: it is \(common) then"
                )
            }
            return given ?? common
        default: return given
        }
    }

    private func successionCodes(_ values: CaseDraft) throws(CommandError) -> [Scope] {
        guard let old = values.text(.oldCode) else { return [] }
        var codes: [Scope] = []
        for code in [old] + values.texts(.newCodes) {
            codes.append(try Invocation.scope(code, called: "a code"))
        }
        return codes
    }

    // MARK: What is filled in and checked

    /// Adds what follows from the flags and the view, and warns of what looks odd.
    ///
    /// - Throws: ``CommandError`` for what could have no effect.
    func complete(
        _ values: inout CaseDraft,
        about subject: SubjectView?,
        in scope: Scope?
    ) throws {
        try readFiles(into: &values)
        let place = subject?.scope ?? scope
        let store = try invocation.openStore()
        if operation.kind == .case, let place {
            try completeCase(&values, subject, place, store)
        }
        switch operation.kind {
        case .place:
            try PlaceChecks(invocation, store).check(operation, values, in: place)
        case .policy: try checkPolicy(values, store, in: place)
        case .alert where operation == .raise: try checkAlert(values, store)
        case .dwelling: try checkDwelling(values, subject, store)
        default: break
        }
    }

    private func readFiles(into values: inout CaseDraft) throws {
        if operation == .drawGrids, let path = invocation["rows"] {
            guard values[.grids] == nil else {
                throw CommandError(.usage, "--rows and --grid-row are both given")
            }
            let grids = try GridsFile.read(try InputFile.bytes(path), path)
            try values.set(.grids, .array(grids.map(\.value)))
        }
        if operation == .setCalendar, let path = invocation["file"] {
            guard values[.holidays] == nil, values[.workdays] == nil else {
                throw CommandError(.usage, "--file and days are both given")
            }
            try CalendarFile(try InputFile.bytes(path), path).fill(&values)
        }
    }

    private func completeCase(
        _ values: inout CaseDraft,
        _ subject: SubjectView?,
        _ place: Scope,
        _ store: Store
    ) throws {
        let checks = PlaceChecks(invocation, store)
        if operation == .report {
            try follow(values[.alert], &values, store)
            try checks.fillTable(&values, in: place)
        }
        if operation.has(.place), let text = values.text(.place) {
            try checks.warn(ofText: text, in: place)
        }
        if operation.has(.address), let code = values.text(.address) {
            try checks.warn(ofCode: code, flag: CaseField.address.spec.flag)
        }
        if let code = values.text(.profile) {
            try check(profile: code, subject, place, store)
        }
    }

    /// Takes over from an alert what the case does not say itself.
    private func follow(
        _ value: CBORValue?,
        _ values: inout CaseDraft,
        _ store: Store
    ) throws {
        guard case .bytes(let bytes)? = value, let id = SubjectID(bytes) else { return }
        guard let alert = try store.folded(id).view else {
            invocation.output.remark("linli: the alert is not held here; linked all the same")
            return
        }
        guard alert.kind == .alert else {
            throw CommandError(.bad, "--alert names a \(alert.kind.label.en), not an alert")
        }
        if values[.place] == nil, values[.address] == nil {
            for field in [CaseField.place, .address] {
                if let value = alert[field] { try values.set(field, value) }
            }
        }
        if values[.channel] == nil { try values.set(.channel, .text("08")) }
        if values[.profile] == nil, alert.text(.alertKind) == "elevator" {
            try values.set(.profile, .text("elevator-urban"))
            invocation.output.remark(
                invocation.output.text(
                    "时限: elevator-urban; 建成区外请用 --profile elevator-rural",
                    "deadlines: elevator-urban; outside built-up areas give --profile elevator-rural"
                )
            )
        }
    }

    /// Refuses a profile that neither the standard list nor a policy in force has: its case would
    /// have no clocks.
    private func check(
        profile code: String,
        _ subject: SubjectView?,
        _ place: Scope,
        _ store: Store
    ) throws(CommandError) {
        let now = SystemSource.wallMilliseconds()
        let start = subject?.number(.reportedAt) ?? subject?.openedAt ?? now
        guard store.policy.profile(code, at: start, in: place) == nil else { return }
        let local = store.policy.profiles.filter { $0.holds(at: start, in: place) }
            .map { CodeList.Code($0.profile.code, $0.profile.code) }
        let list = CodeList("", CodeList.profiles.codes + local)
        let near = list.suggestions(for: code).map(\.code)
        throw CommandError(
            .usage,
            "--profile: no profile \"\(code)\" holds in \(place)",
            hint: near.isEmpty
                ? "linli policy show \(place)" : "nearest: " + near.joined(separator: ", ")
        )
    }
}

extension CaseDraft {
    /// The text or code that was set.
    func text(_ field: CaseField) -> String? {
        if case .text(let text)? = self[field] { text } else { nil }
    }

    /// The instant or count that was set.
    func number(_ field: CaseField) -> UInt64? {
        if case .unsigned(let number)? = self[field] { number } else { nil }
    }

    /// The items that were set.
    func items(_ field: CaseField) -> [CBORValue] {
        if case .array(let items)? = self[field] { items } else { [] }
    }

    /// The texts that were set.
    func texts(_ field: CaseField) -> [String] {
        items(field).compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
}

extension Scope {
    /// The narrowest place whose code begins an address code; nil for a code that begins with none.
    static func covering(code: String) -> Scope? {
        let digits = code.prefix { ("0"..."9").contains($0) }
        guard let length = Scope.lengths.last(where: { $0 <= digits.count }) else { return nil }
        return Scope(String(digits.prefix(length)))
    }

    /// The narrowest place that holds all of these; nil for none and where none does.
    static func covering(all places: [Scope]) -> Scope? {
        Scope.lengths.reversed().lazy
            .compactMap { length in
                places.first.flatMap { first in
                    length <= first.code.utf8.count ? Scope(String(first.code.prefix(length))) : nil
                }
            }
            .first { scope in places.allSatisfy(scope.covers) }
    }
}
