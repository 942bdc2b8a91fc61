internal import Cases
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

/// What the view says of places that are being written.
struct PlaceChecks {
    private let invocation: Invocation
    private let store: Store

    init(_ invocation: Invocation, _ store: Store) {
        self.invocation = invocation
        self.store = store
    }

    private var output: Output { invocation.output }

    private func warn(_ zh: String, _ en: String) { output.remark("linli: " + output.text(zh, en)) }

    // MARK: Cases

    /// Says in what words for a place are not canonical, and what the canonical form is.
    ///
    /// Never refused: what people say is kept as they say it.
    func warn(ofText text: String, in place: Scope) throws {
        let names = try store.divisionNames()
        let scope = try store.placeDirectory().current(place, given: nil)
        let reading = AliasBook([], names: names).reading(text, in: scope)
        guard !reading.isCanonical else { return }
        let faults = reading.faults.map { output.text($0.label) }.joined(separator: "; ")
        let form = reading.address.map {
            output.text(";规范写法: \($0.text)", "; canonical: \($0.text)")
        }
        warn(
            "--place 不规范: \(faults)\(form ?? "")",
            "--place is not canonical: \(faults)\(form ?? "")"
        )
    }

    /// Says that no place has a code, with the nearest ones; nothing while no places are held.
    func warn(ofCode code: String, flag: String) throws {
        guard try store.place(code: code) == nil else { return }
        let near = try store.places(near: code)
        guard !near.isEmpty else { return }
        let list = CodeList("", near.map { CodeList.Code($0.code, $0.code) })
        let nearest = list.suggestions(for: code).map { found in
            let name = near.first { $0.code == found.code }?.name ?? ""
            return name.isEmpty ? found.code : "\(found.code) \(name)"
        }
        let hint = nearest.joined(separator: ", ")
        warn(
            "--\(flag): 地址库无此编码" + (hint.isEmpty ? "" : ",相近: \(hint)"),
            "--\(flag): no place has this code" + (hint.isEmpty ? "" : ", nearest: \(hint)")
        )
    }

    /// Sets the version of the code table from which the case's code is, if the view has one, and
    /// warns of a code that was retired.
    func fillTable(_ values: inout CaseDraft, in place: Scope) throws {
        let directory = try store.placeDirectory()
        if directory.table != nil {
            let found = directory.succession.resolve(place)
            if found.codes != [place] {
                let codes = found.codes.map(\.code).joined(separator: ", ")
                return warn("\(place) 已停用,现为 \(codes)", "\(place) was retired, it is \(codes) now")
            }
        }
        guard values[.codeTable] == nil, let row = try store.place(code: place.code)?.row,
            let table = row.codeTable
        else { return }
        try values.set(.codeTable, .text(table))
    }

    // MARK: Places

    /// Refuses what is recorded already or could not count; warns of what contradicts the view.
    func check(_ operation: CaseOperation, _ values: CaseDraft, in place: Scope?) throws {
        switch operation {
        case .recordPlace:
            if let code = values.text(.placeCode) {
                guard Scope.covering(code: code) != nil else {
                    throw CommandError(
                        .usage,
                        "--place-code begins with no code of 4, 6, 9 or 12 digits"
                    )
                }
                if let known = try store.place(code: code) {
                    throw CommandError(
                        .bad,
                        "a place with this code is recorded already",
                        hint: "linli place amend \(known.id.short)"
                    )
                }
            }
            if let parent = values.text(.parent) { try warn(ofCode: parent, flag: "parent") }
        case .aliasPlace: try checkAlias(values, in: place)
        case .drawGrids: try checkGrids(values, in: place)
        case .succeedCode: try checkSuccession(values)
        default: break
        }
    }

    private func checkAlias(_ values: CaseDraft, in place: Scope?) throws {
        guard let text = values.text(.alias), let code = values.text(.placeCode), let place else {
            return
        }
        var book = try store.aliasBook(around: place)
        guard book.reading(text, in: place).key != nil else {
            throw CommandError(.usage, "--alias names nothing that could be found again")
        }
        try warn(ofCode: code, flag: "place-code")
        let meant = book.meant(by: text, in: place)
        if let same = meant.first(where: { $0.code == code && $0.scope.covers(place) }) {
            throw CommandError(
                .bad,
                "an alias says so already",
                hint: "linli show \(same.id.short)"
            )
        }
        if let other = meant.first(where: { $0.code != code }) {
            warn(
                "同一叫法已指向 \(other.code) (\(other.id.short)),两者将并列待裁定",
                "these words lead to \(other.code) already (\(other.id.short)):"
                    + " both are shown until one is retired"
            )
        }
    }

    private func checkGrids(_ values: CaseDraft, in place: Scope?) throws {
        guard let place, place.code.utf8.count == 9 else {
            throw CommandError(
                .usage,
                "grids are drawn for a street, a code of 9 digits",
                hint: "give --scope STREET"
            )
        }
        let grids = values.items(.grids).compactMap { Grid($0) }
        do throws(GridTableError) {
            _ = try GridVersion(id: "new", validFrom: 0, grids: grids)
        } catch {
            throw CommandError(.usage, "the grids can not be: \(error)")
        }
        let known = try store.grids(of: place).table.versions
        if let same = known.first(where: { $0.validFrom == values.number(.validFrom) }) {
            warn("版本 \(same.id) 同时启用", "version \(same.id) begins at the same time")
        }
        if let name = values.text(.name), known.contains(where: { $0.id == name }) {
            throw CommandError(
                .bad,
                "there is a version of this name",
                hint: "linli place compare \(place)"
            )
        }
    }

    private func checkSuccession(_ values: CaseDraft) throws {
        guard let old = values.text(.oldCode).flatMap(Scope.init) else { return }
        let new = values.texts(.newCodes).compactMap(Scope.init)
        do throws(SuccessionError) {
            _ = try SuccessionRow(
                old: old,
                new: new,
                basis: "",
                table: values.text(.codeTable) ?? ""
            )
        } catch {
            throw CommandError(.usage, "the succession can not be: \(error)")
        }
        let known = try store.placeDirectory().succession.rows(of: old)
        let table = values.text(.codeTable) ?? ""
        guard let same = known.first(where: { $0.table == table }) else { return }
        if same.new == new.sorted() {
            throw CommandError(
                .bad,
                "the succession is recorded already",
                hint: "linli show \(same.basis)"
            )
        }
        warn("\(old) 另有一条变更: \(same.basis)", "\(old) has another succession: \(same.basis)")
    }
}
