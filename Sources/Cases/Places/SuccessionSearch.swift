import Ledger

/// One walk from a code through the table of successions.
struct SuccessionSearch {
    /// How a code was come to.
    private struct Step {
        let code: Scope
        /// The rows on the way, the one that led here last.
        var way: [SuccessionRow] = []
        /// Whether these are rows of the codes themselves, not of what they lie in.
        var isExact = true
    }

    private let table: CodeSuccession
    private let time: CodeSuccession.Time
    private let given: String?

    private var ends: [Scope] = []
    private var followed: [SuccessionRow] = []
    private var round: [Scope] = []
    private var splits: [Scope] = []
    private var isCoarser = false

    init(table: CodeSuccession, time: CodeSuccession.Time, given: String?) {
        self.table = table
        self.time = time
        self.given = given
    }

    /// Goes every way from a code to its end.
    mutating func follow(_ code: Scope) {
        var open = [Step(code: code)]
        while let step = open.popLast() {
            guard let (row, isOwn) = nextRow(after: step) else {
                ends.append(step.code)
                continue
            }
            if let start = step.way.firstIndex(of: row) {
                round.append(contentsOf: step.way[start...].map(\.old))
                continue
            }
            followed.append(row)
            let isExact = step.isExact && isOwn
            guard isExact || row.new.count == 1 else {
                // What the code lay in was split: the parts are named, none is taken.
                splits.append(contentsOf: row.new)
                ends.append(step.code)
                continue
            }
            guard step.way.count < CodeSuccession.longestWay,
                open.count + ends.count + row.new.count <= CodeSuccession.mostCodes
            else {
                round.append(step.code)
                continue
            }
            isCoarser = isCoarser || !isExact
            for next in row.new {
                open.append(Step(code: next, way: step.way + [row], isExact: isExact))
            }
        }
    }

    /// What the walk came to.
    func resolution(of code: Scope) -> CodeSuccession.Resolution {
        let outcome: CodeSuccession.Outcome =
            if !round.isEmpty {
                .cyclic
            } else if !splits.isEmpty {
                .unresolved
            } else if unique(ends) == [code] {
                .current
            } else if unique(ends).count > 1 {
                .split
            } else {
                isCoarser ? .coarser : .succeeded
            }
        return CodeSuccession.Resolution(
            outcome: outcome,
            codes: outcome == .cyclic ? [code] : unique(ends),
            candidates: unique(round.isEmpty ? splits : round),
            rows: followed.sorted(by: SuccessionRow.precedes).uniqued()
        )
    }

    /// The row to follow from a code, its own or else that of what it lies in.
    private func nextRow(after step: Step) -> (row: SuccessionRow, isOwn: Bool)? {
        let last = step.way.last
        var code: Scope? = step.code
        while let own = code {
            let row = table.rows(of: own).first { row in
                isInEffect(row) && last.map(row.mayFollow) ?? true
            }
            if let row { return (row, true) }
            code = own.withoutPadding
        }
        for length in [9, 6] where length < step.code.code.utf8.count {
            guard let prefix = Scope(String(step.code.code.prefix(length))) else { continue }
            let row = table.rows(of: prefix).first { row in
                isInEffect(row) && last.map { mayMove(step.code, row, after: $0) } ?? true
            }
            if let row { return (row, false) }
        }
        return nil
    }

    /// Whether what became of the place that a code lies in concerns it after its last row: not if
    /// that row says that the code stays, unless the place was succeeded later.
    private func mayMove(
        _ code: Scope,
        _ row: SuccessionRow,
        after last: SuccessionRow
    ) -> Bool {
        guard row.mayFollow(last) else { return false }
        return last.old != code || !last.mayFollow(row)
    }

    private func isInEffect(_ row: SuccessionRow) -> Bool {
        if let given, row.table <= given { return false }
        switch time {
        case .newest: return true
        case .instant(let instant): return row.effective ?? 0 <= instant
        case .table(let version): return row.table <= version
        }
    }

    private func unique(_ codes: [Scope]) -> [Scope] { codes.sorted().uniqued() }
}

extension Scope {
    /// The code that this one pads with `000`, if it does.
    fileprivate var withoutPadding: Scope? {
        guard code.utf8.count >= 9, code.hasSuffix("000") else { return nil }
        return Scope(String(code.dropLast(3)))
    }
}

extension Array where Element: Equatable {
    /// A sorted array without repetitions.
    fileprivate func uniqued() -> [Element] {
        var result: [Element] = []
        for element in self where result.last != element { result.append(element) }
        return result
    }
}
