internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

/// A report for a reader or a program: the same bytes on every node for the same frontier and time.
struct ReportPage {
    let filter: CaseFilter
    let grouping: GroupedFigures.Grouping?
    let now: UInt64
    let frontier: Digest
    /// Years of which holidays are announced.
    let calendarYears: [UInt64]
    let figures: GroupedFigures
    let records: RecordFigures
    let names: DivisionNames
    /// By which table of successions cases are filed; null for codes as they were recorded.
    let succession: JSON

    /// The standard by which categories are counted.
    static let codeTable = "GB/T 31000-2015"

    /// The figures of everything that was selected.
    var sections: [ReportSection] { ReportSection.all(figures.total) + [.records(records)] }

    // MARK: Machine output

    var json: JSON {
        let total = figures.total
        return [
            "scope": .optional(filter.scope?.code),
            "since": .count(filter.since),
            "until": .count(filter.until),
            "now": .count(now),
            "frontier": .text(frontier.description),
            "foldVersion": .count(SubjectFold.version),
            "codeTable": .text(Self.codeTable),
            "divisionTables": Self.object(total.codeTables),
            "succession": succession,
            "calendar": [
                "years": .array(calendarYears.map { .count($0) }),
                "estimated": .count(total.estimated),
            ],
            "total": Self.json(sections),
            "by": .optional(grouping?.rawValue),
            "groups": .array(
                figures.sorted.map { key, figures in
                    (["key": .text(key), "name": .optional(name(ofGroup: key, in: .en))] as JSON)
                        .adding(all: Self.json(ReportSection.all(figures)))
                }
            ),
        ]
    }

    private static func json(_ sections: [ReportSection]) -> JSON {
        .object(
            sections.map { section in
                JSON.Member(
                    key: section.key,
                    value: .object(
                        section.rows.map { JSON.Member(key: $0.key, value: json($0.value)) }
                    )
                )
            }
        )
    }

    static func json(_ value: ReportRow.Value) -> JSON {
        switch value {
        case .count(let count): .count(count)
        case .share(let share): json(share)
        case .clock(let clock): json(clock)
        case .durations(let durations):
            [
                "count": .count(durations.count), "medianSeconds": .count(durations.median),
                "p95Seconds": .count(durations.p95),
            ]
        case .codes(let counts, _): object(counts)
        case .clocks(let groups, _):
            .object(
                groups.sorted { $0.key < $1.key }.map { name, clocks in
                    JSON.Member(
                        key: name,
                        value: .object(
                            sorted(clocks).map {
                                JSON.Member(key: $0.clock.rawValue, value: json($0.figures))
                            }
                        )
                    )
                }
            )
        case .offices(let offices):
            .object(
                offices.sorted { $0.key < $1.key }.map { code, office in
                    JSON.Member(
                        key: code,
                        value: [
                            "offered": .count(office.offered), "taken": .count(office.taken),
                            "rejected": .count(office.rejected), "open": .count(office.open),
                            "late": .count(office.late), "rejectRate": json(office.rejectRate),
                            "medianWaitSeconds": .count(office.waited.median),
                            "p95WaitSeconds": .count(office.waited.p95),
                        ]
                    )
                }
            )
        }
    }

    private static func json(_ share: Share) -> JSON {
        [
            "part": .count(share.part), "whole": .count(share.whole),
            "permille": .count(share.permille),
        ]
    }

    private static func json(_ clock: ClockFigures) -> JSON {
        [
            "met": .count(clock.met), "missed": .count(clock.missed),
            "notMeasured": .count(clock.notMeasured), "open": .count(clock.open),
            "overdue": .count(clock.overdue), "permille": .count(clock.share.permille),
        ]
    }

    private static func object(_ counts: [String: UInt64]) -> JSON {
        .object(
            counts.sorted { $0.key < $1.key }
                .map { JSON.Member(key: $0.key, value: .count($0.value)) }
        )
    }

    /// Clocks in the order of their table.
    static func sorted(
        _ clocks: [Clock: ClockFigures]
    ) -> [(clock: Clock, figures: ClockFigures)] {
        Clock.allCases.compactMap { clock in clocks[clock].map { (clock, $0) } }
    }

    /// What a group is called beside its code; nil for none.
    func name(ofGroup key: String, in language: Output.Language) -> String? {
        func label(_ list: CodeList) -> String? {
            list[key].map { language == .zh ? $0.label.zh : $0.label.en }
        }
        switch grouping {
        case .street, .district, .holder: return names[key]
        case .category: return label(.eventTypes)
        case .channel: return label(.channels)
        case .level: return label(.placeLevels)
        case .month, .grid, .window, .unit, .organisation, nil: return nil
        }
    }
}
