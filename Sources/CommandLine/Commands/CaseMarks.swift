internal import Cases
internal import Ledger
internal import Storage

extension CaseRow {
    /// What somebody has to look at, in few words.
    func marks(_ output: Output, isDisputed: Bool, now: UInt64) -> [String] {
        var marks: [String] = []
        if isOverdue(now: now) { marks.append(output.text("超期", "overdue")) }
        if wasOverdue { marks.append(output.text("曾超期", "was late")) }
        if stage == Stage.suspended.rawValue { marks.append(output.text("挂起", "suspended")) }
        if let offeredTo {
            let isLate = answerBy.map { $0 < now } ?? false
            marks.append(
                output.text("待接收", "offered")
                    + (isLate ? output.text("(逾期)", "(late)") : "") + "→\(offeredTo)"
            )
        }
        if isDisputed { marks.append(output.text("责任争议", "disputed")) }
        if conflicts > 0 {
            marks.append(output.text("冲突\(conflicts)", "conflicts \(conflicts)"))
        }
        if !flags.isEmpty { marks.append(output.text("存疑", "odd")) }
        return marks
    }
}

extension Store {
    /// Those of the listed cases of which it is disputed who has to act.
    func disputed(
        _ cases: [(id: SubjectID, row: CaseRow)],
        now: UInt64
    ) throws -> Set<SubjectID> {
        // Only what the rows leave open is folded.
        let open = cases.filter {
            $0.row.conflicts > 0 || $0.row.disputedFrom.map { $0 < now } ?? false
        }
        let folded = try folded(open.map(\.id))
        return Set(
            zip(open, folded).filter { $0.1.view?.isCustodyDisputed(now: now) ?? false }.map(\.0.id)
        )
    }
}
