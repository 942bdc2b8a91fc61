internal import Cases
internal import Encoding

/// The figures of a report that are not what they were in an earlier one: what came in since.
struct ReportChanges {
    private let before: ReportPage
    private let after: ReportPage
    private let changes: [(section: String, row: ReportRow, before: ReportRow?)]

    /// Compares two reports over the same selection.
    init(from before: ReportPage, to after: ReportPage) {
        self.before = before
        self.after = after
        let earlier = Dictionary(
            uniqueKeysWithValues: before.sections.map { ($0.key, $0.rows) }
        )
        changes = after.sections.flatMap { section in
            section.rows.compactMap { row in
                let former = earlier[section.key]?.first { $0.key == row.key }
                guard former.map({ ReportPage.json($0.value) }) != ReportPage.json(row.value) else {
                    return nil
                }
                return (section.key, row, former)
            }
        }
    }

    var json: JSON {
        [
            "restatedFrom": .text(before.frontier.description),
            "restated": .array(
                changes.map { change in
                    [
                        "section": .text(change.section), "figure": .text(change.row.key),
                        "before": change.before.map { ReportPage.json($0.value) } ?? .null,
                        "after": ReportPage.json(change.row.value),
                    ]
                }
            ),
        ]
    }

    func print(to output: Output) {
        output.line()
        output.line(
            output.strong(
                output.text(
                    "更正: 前沿 \(before.frontier.short) 之后收到的条目所改变的各项",
                    "restated: what entries that came in after frontier \(before.frontier.short)"
                        + " changed"
                )
            )
        )
        guard !changes.isEmpty else { return output.line(output.text("  无", "  nothing")) }
        for change in changes {
            let former = change.before.map { before.lines($0, output) } ?? []
            for (sign, lines) in [("-", former), ("+", after.lines(change.row, output))] {
                output.table(
                    lines.map { cells in
                        ["  \(sign)"]
                            + cells.map { $0.trimmingPrefix(while: \.isWhitespace) }
                            .map(String.init)
                    },
                    limit: 72
                )
            }
        }
    }
}
