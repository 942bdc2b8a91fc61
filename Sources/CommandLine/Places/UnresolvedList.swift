internal import Cases
internal import Ledger
internal import Storage

/// `linli place unresolved`: the queue of cases whose place is known by words only.
///
/// A case leaves the queue when it is given an address code, or as soon as an alias says what its
/// words mean; where aliases contradict each other it stays.
struct UnresolvedList {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    /// Most cases of which the words are read.
    private static let readMax = 100_000

    func run() throws -> ExitCode {
        let view = try invocation.openView()
        let (store, basis) = (view.store, view.basis)
        var filter = CaseFilter()
        filter.scope = try invocation.scope("street")
        filter.isOpen = invocation.has("open")
        filter.isUnresolved = true
        let limit = try invocation.number("limit", in: 0...1_000_000, or: 100)
        filter.limit = Self.readMax
        let places = try CasePlaces(invocation, store, widening: &filter)
        let cases = try store.cases(filter)
        var book = try store.aliasBook(around: filter.scope)
        var names: [String: PlaceNames] = [:]
        var queue: [WaitingCase] = []
        for (id, row) in cases {
            guard let text = try store.placeText(id, row),
                let scope = Scope(places.current(row))
            else { continue }
            let aliases = book.meant(by: text, in: scope)
            guard Set(aliases.map(\.code)).count != 1 else { continue }
            let reading = book.reading(text, in: scope)
            var waiting = WaitingCase(id: id, row: row, text: text, reading: reading)
            if queue.count < limit {
                let street = String(scope.code.prefix(9))
                let known = try names[street] ?? PlaceNames(store, book, scope, street)
                names[street] = known
                waiting.aliases = aliases
                waiting.places = known.places(reading)
            }
            queue.append(waiting)
        }
        print(queue, limit: limit)
        if !invocation.isJSON, cases.count == Self.readMax {
            invocation.output.remark(
                invocation.output.text(
                    "只读了最新的 \(Self.readMax) 件",
                    "only the newest \(Self.readMax) cases were read"
                )
            )
        }
        places.finish(basis, invocation)
        return .good
    }

    private func print(_ queue: [WaitingCase], limit: Int) {
        let output = invocation.output
        let listed = queue.prefix(limit)
        if invocation.isJSON {
            for waiting in listed { output.line(waiting.json(output).line) }
            return
        }
        for waiting in listed {
            output.line(
                "\(waiting.id.short)  \(waiting.row.number)  \(Output.printable(waiting.text))"
            )
            let faults = waiting.reading.faults.map { output.text($0.label) }.joined(
                separator: "; "
            )
            if let form = waiting.reading.address?.text {
                output.line(output.text("    读作 ", "    reads as ") + form)
            } else {
                output.line(output.text("    读不出: ", "    not read: ") + faults)
            }
            for alias in waiting.aliases {
                output.line(
                    output.text("    别名(有冲突) ", "    alias, in conflict: ")
                        + "\(alias.code)  \(alias.id.short)"
                )
            }
            for (code, name) in waiting.places {
                output.line(output.text("    可能是 ", "    perhaps ") + "\(code)  \(name)")
            }
        }
        output.remark(
            output.text(
                "未定位 \(queue.count) 件,列出 \(listed.count) 件",
                "\(queue.count) cases wait, \(listed.count) are listed"
            )
        )
    }
}

/// One case of the queue.
private struct WaitingCase {
    let id: SubjectID
    let row: CaseRow
    let text: String
    let reading: PlaceReading
    /// Several where aliases contradict each other, else none.
    var aliases: [AliasBook.Alias] = []
    /// Codes and names of places that read the same.
    var places: [(code: String, name: String)] = []

    func json(_ output: Output) -> JSON {
        [
            "id": .text(id.description), "number": .text(row.number), "street": .text(row.scope),
            "stage": .text(row.stage), "text": .text(text),
            "canonical": .optional(reading.address?.text),
            "faults": .array(reading.faults.map { .text($0.name) }),
            "aliases": .array(
                aliases.map { alias in
                    ["id": .text(alias.id.description), "code": .text(alias.code)]
                }
            ),
            "places": .array(
                places.map { place in ["code": .text(place.code), "name": .text(place.name)] }
            ),
        ]
    }
}

/// The places of a street by what their names read as.
private struct PlaceNames {
    private var byKey: [String: [(code: String, name: String)]] = [:]

    /// Most places of a street whose names are read.
    private static let readMax = 50_000
    /// Most suggestions of one case.
    private static let listedMax = 5

    init(_ store: Store, _ book: AliasBook, _ scope: Scope, _ street: String) throws {
        var filter = RecordFilter(.place)
        filter.form = .place
        filter.scope = Scope(street)
        filter.isOpen = true
        filter.limit = Self.readMax
        for (_, row) in try store.records(filter) {
            guard let name = row.title, let code = row.code else { continue }
            let reading = book.reading(name, in: scope)
            for key in Set([reading.key, reading.buildingKey].compactMap { $0 }) {
                byKey[key, default: []].append((code, name))
            }
        }
    }

    /// Places of the very address first, then of its building.
    func places(_ reading: PlaceReading) -> [(code: String, name: String)] {
        var found: [(code: String, name: String)] = []
        for key in [reading.key, reading.buildingKey].compactMap({ $0 }) {
            for place in (byKey[key] ?? []).sorted(by: { $0.code < $1.code })
            where !found.contains(where: { $0.code == place.code }) {
                found.append(place)
            }
        }
        return Array(found.prefix(Self.listedMax))
    }
}
