internal import Cases
internal import Ledger
internal import Storage

/// A line each time that something changes, for a pipe or a log.
struct WatchLines {
    private let store: Store
    private let filter: CaseFilter
    private let invocation: Invocation
    private var mark: Int64?
    private var known: [SubjectID: Watched] = [:]

    /// An open case as it was last seen.
    private struct Watched {
        let row: CaseRow
        let clocks: [Deadline]
        /// How many of the clocks have been said to have run out.
        var expired: Int

        init(_ row: CaseRow, _ view: SubjectView?) {
            self.row = row
            clocks = view?.running ?? []
            expired = 0
        }

        func expired(now: UInt64) -> Int { clocks.count { $0.isOverdue(now: now) } }
    }

    init(_ store: Store, _ filter: CaseFilter, _ invocation: Invocation) {
        self.store = store
        var unlimited = filter
        unlimited.limit = 1_000_000
        self.filter = unlimited
        self.invocation = invocation
    }

    /// Takes the cases that are open already, of which nothing is said but their number.
    mutating func begin(now: UInt64) throws {
        _ = try store.follow(&mark)
        let open = try store.casesByDue(filter)
        for (found, folded) in zip(open, try store.folded(open.map(\.id))) {
            var watched = Watched(found.row, folded.view)
            watched.expired = watched.expired(now: now)
            known[found.id] = watched
        }
        let overdue = open.count { $0.row.isOverdue(now: now) }
        invocation.output.remark(
            invocation.output.text(
                "未结 \(open.count) 件, 超期 \(overdue) 件",
                "\(open.count) cases open, \(overdue) overdue"
            )
        )
    }

    /// Says what changed.
    mutating func report(now: UInt64) throws {
        if try store.follow(&mark) { try reportChanges(now: now) }
        for id in known.keys.sorted() {
            guard var watched = known[id] else { continue }
            let expired = watched.clocks.filter { $0.isOverdue(now: now) }
            guard expired.count > watched.expired else { continue }
            for clock in expired.dropFirst(watched.expired) {
                let label = clock.clock.label
                say("expired", Label("超期", "overdue"), id, watched.row, clock: label, now: now)
            }
            watched.expired = expired.count
            known[id] = watched
        }
    }

    private mutating func reportChanges(now: UInt64) throws {
        let open = try store.casesByDue(filter)
        let changed = open.filter { known[$0.id]?.row != $0.row }
        for (found, folded) in zip(changed, try store.folded(changed.map(\.id))) {
            var watched = Watched(found.row, folded.view)
            let before = known[found.id]
            watched.expired = min(before?.expired ?? 0, watched.expired(now: now))
            known[found.id] = watched
            if before == nil {
                say("new", Label("新案", "new"), found.id, found.row, now: now)
            } else if before?.row.stage != found.row.stage {
                say("stage", Label("阶段", "stage"), found.id, found.row, now: now)
            } else if before?.row.offeredTo != found.row.offeredTo {
                say("offer", Label("移交", "offer"), found.id, found.row, now: now)
            } else if before?.row.holder != found.row.holder {
                say("holder", Label("责任", "holder"), found.id, found.row, now: now)
            } else if before?.row.conflicts != found.row.conflicts {
                say("conflict", Label("冲突", "conflict"), found.id, found.row, now: now)
            }
        }
        let present = Set(open.map(\.id))
        for id in known.keys.sorted() where !present.contains(id) {
            guard let before = known.removeValue(forKey: id) else { continue }
            let stage = try store.folded(id).view?.stage ?? .voided
            say("ended", Label("结束", "ended"), id, before.row, stage: stage, now: now)
        }
    }

    private func say(
        _ event: String,
        _ label: Label,
        _ id: SubjectID,
        _ row: CaseRow,
        stage: Stage? = nil,
        clock: Label? = nil,
        now: UInt64
    ) {
        let output = invocation.output
        let stage = stage?.rawValue ?? row.stage
        if invocation.isJSON {
            let json: JSON = [
                "event": .text(event), "time": .count(now), "id": .text(id.description),
                "number": .text(row.number), "stage": .text(stage),
                "holder": .text(row.holder), "clock": .optional(clock?.en),
                "dueAt": .count(row.dueAt),
            ]
            return output.line(json.line)
        }
        let words = [
            output.time(now), output.text(label), row.number, output.name(stage, in: .stages),
            clock.map(output.text) ?? "", row.said(output),
        ]
        output.line(Output.printable(words.filter { !$0.isEmpty }.joined(separator: "  ")))
    }
}
