internal import Cases

/// One figure of a report: what it is called, and its value.
struct ReportRow {
    /// Its key in machine output.
    let key: String
    /// What a reader sees.
    let label: Label
    let value: Value

    /// What a figure is made of.
    enum Value {
        case count(UInt64)
        case share(Share)
        case clock(ClockFigures)
        case durations(Durations)
        /// Counts by code.
        case codes([String: UInt64], CodeList?)
        /// Clocks by code of a profile or name of a unit.
        case clocks([String: [Clock: ClockFigures]], CodeList?)
        /// How each office answered.
        case offices([String: CustodyFigures.Office])
    }

    init(_ key: String, _ zh: String, _ en: String, _ value: Value) {
        self.key = key
        label = Label(zh, en)
        self.value = value
    }
}

/// Figures that belong together.
struct ReportSection {
    /// Its key in machine output.
    let key: String
    /// What a reader sees.
    let label: Label
    let rows: [ReportRow]

    init(_ key: String, _ zh: String, _ en: String, _ rows: [ReportRow]) {
        self.key = key
        label = Label(zh, en)
        self.rows = rows
    }

    /// Everything that is said of a selection of cases.
    static func all(_ figures: CaseFigures) -> [ReportSection] {
        [
            volume(figures), clocks(figures), durations(figures), mediation(figures.mediation),
            afterwards(figures), custody(figures.custody), codes(figures),
        ]
    }

    private static func volume(_ figures: CaseFigures) -> ReportSection {
        ReportSection(
            "volume",
            "案件",
            "cases",
            [
                ReportRow("cases", "案件总数", "all cases", .count(figures.cases)),
                ReportRow("imported", "其中导入", "of these imported", .count(figures.imported)),
                ReportRow("open", "未结", "open", .count(figures.open)),
                ReportRow("declined", "不予受理", "declined", .count(figures.declined)),
                ReportRow("referred", "转出", "referred", .count(figures.referred)),
                ReportRow("merged", "并案", "merged", .count(figures.merged)),
                ReportRow("voided", "作废", "voided", .count(figures.voided)),
                ReportRow(
                    "closeRate",
                    "办结率 (办结/受理,不计并案与作废)",
                    "close rate (closed / accepted, without merged and voided)",
                    .share(figures.closeRate)
                ),
                ReportRow(
                    "overdueOpen",
                    "超期未办",
                    "overdue and open",
                    .share(Share(figures.overdueOpen, of: figures.open))
                ),
                ReportRow(
                    "overdueEver",
                    "曾超期",
                    "ever overdue",
                    .share(Share(figures.overdueEver, of: figures.cases))
                ),
            ]
        )
    }

    private static func clocks(_ figures: CaseFigures) -> ReportSection {
        ReportSection(
            "clocks",
            "时限 (按期/(按期+超期))",
            "clocks (met / (met + missed))",
            [
                ReportRow(
                    "receiveRate1",
                    "1 分钟受理",
                    "accepted in 1 min",
                    .clock(figures.receive1)
                ),
                ReportRow(
                    "respondRate3",
                    "3 分钟响应",
                    "responded in 3 min",
                    .clock(figures.respond3)
                ),
                ReportRow(
                    "arriveRate10",
                    "10 分钟到场",
                    "arrived in 10 min",
                    .clock(figures.arrive10)
                ),
                ReportRow(
                    "feedbackRate30",
                    "30 分钟反馈",
                    "fed back in 30 min",
                    .clock(figures.feedback30)
                ),
                ReportRow(
                    "byProfile",
                    "按时限标准",
                    "by profile",
                    .clocks(figures.profiles, .profiles)
                ),
                ReportRow("byUnit", "按处置单位", "by unit", .clocks(figures.units, nil)),
            ]
        )
    }

    private static func durations(_ figures: CaseFigures) -> ReportSection {
        ReportSection(
            "durations",
            "用时 (中位数, 95 分位; 自上报起)",
            "durations (median, 95th percentile; from the report)",
            CaseFigures.Step.allCases.map { step in
                ReportRow(
                    step.rawValue,
                    step.label.zh,
                    step.label.en,
                    .durations(figures.steps[step] ?? Durations())
                )
            } + [
                ReportRow(
                    "backwards",
                    "时间倒置,未计",
                    "run backwards, left out",
                    .count(figures.backwards)
                )
            ]
        )
    }

    private static func afterwards(_ figures: CaseFigures) -> ReportSection {
        ReportSection(
            "afterwards",
            "办结之后",
            "after the close",
            [
                ReportRow(
                    "responseRate",
                    "评价率 (已评价/办结)",
                    "response rate (rated / closed)",
                    .share(figures.responded)
                ),
                ReportRow(
                    "satisfaction",
                    "满意率 (4、5 分/已评价)",
                    "satisfaction (4 or 5 / rated)",
                    .share(figures.satisfied)
                ),
                ReportRow(
                    "closedAtFirst",
                    "首办办结 (未经移交/办结)",
                    "closed where first taken (of those closed)",
                    .share(figures.closedAtFirst)
                ),
                ReportRow("withdrawn", "当事人撤回", "withdrawn", .count(figures.withdrawn)),
                ReportRow("refused", "当事人拒绝", "refused", .count(figures.refused)),
                ReportRow(
                    "reopenRate",
                    "30 日内重开率 (重开/办结次数)",
                    "reopened in 30 days (of closings)",
                    .share(figures.reopened)
                ),
                ReportRow(
                    "duplicateRate",
                    "重复率 (并案/未作废)",
                    "duplicates (merged / not voided)",
                    .share(figures.duplicates)
                ),
                ReportRow(
                    "repeatByAddress",
                    "同址同类 180 日内复发 (复发/楼栋与类别明确)",
                    "back at the building in 180 days (of those with building and class)",
                    .share(figures.repeats)
                ),
            ]
        )
    }

    private static func codes(_ figures: CaseFigures) -> ReportSection {
        ReportSection(
            "codes",
            "来源与类别",
            "channels and categories",
            [
                ReportRow("channels", "来源渠道", "channel", .codes(figures.channels, .channels)),
                ReportRow(
                    "categories",
                    "事件类别",
                    "category",
                    .codes(figures.categories, .eventTypes)
                ),
                ReportRow(
                    "justiceCategories",
                    "司法行政统计类别",
                    "category of the justice statistics",
                    .codes(figures.justice, Crosswalk.statistics)
                ),
                ReportRow("referrals", "转往", "referred to", .codes(figures.referrals, .referrals)),
                ReportRow("tags", "标签", "tags", .codes(figures.tags, nil)),
                ReportRow(
                    "categoryConflicts",
                    "类别有冲突 (共有大类,否则 99)",
                    "category in conflict (the shared class, else 99)",
                    .count(figures.categoryConflicts)
                ),
            ]
        )
    }
}
