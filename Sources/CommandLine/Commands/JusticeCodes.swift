internal import Cases

/// `linli codes justice`: the classes of GB/T 31000 beside those of people's mediation.
struct JusticeCodes {
    private let output: Output

    init(_ output: Output) { self.output = output }

    /// What it is called on the command line.
    static let name = "justice"

    func print(isJSON: Bool) {
        let rows = CodeList.eventTypes.codes.compactMap { Crosswalk.row(of: $0.code) }
        guard !isJSON else {
            for row in rows {
                let json: JSON = [
                    "category": .text(row.category), "mediation": .text(row.mediation),
                    "statistics": .text(row.statistics),
                ]
                output.line(json.line)
            }
            for (list, name, categories) in Self.backwards {
                for code in list.codes {
                    let json: JSON = [
                        name: .text(code.code),
                        "categories": .array(categories(code.code).map(JSON.text)),
                    ]
                    output.line(json.line)
                }
            }
            return
        }
        let head = [
            "GB/T 31000", "", output.text("调解系统", "mediation system"),
            output.text("司法行政统计", "justice statistics"),
        ]
        output.table(
            [head]
                + rows.map { row in
                    [
                        row.category, output.name(row.category, in: .eventTypes),
                        name(row.mediation, in: Crosswalk.mediation),
                        name(row.statistics, in: Crosswalk.statistics),
                    ]
                }
        )
        for (list, _, categories) in Self.backwards {
            output.line()
            output.line(output.strong("\(list.name) → GB/T 31000"))
            output.table(
                list.codes.map { code in
                    [
                        name(code.code, in: list),
                        categories(code.code).joined(separator: " "),
                    ]
                }
            )
        }
    }

    private func name(_ code: String, in list: CodeList) -> String {
        "\(code) \(output.name(code, in: list))"
    }

    private static var backwards: [(CodeList, String, (String) -> [String])] {
        [
            (Crosswalk.mediation, "mediation", Crosswalk.categories(ofMediation:)),
            (Crosswalk.statistics, "statistics", Crosswalk.categories(ofStatistics:)),
        ]
    }
}
