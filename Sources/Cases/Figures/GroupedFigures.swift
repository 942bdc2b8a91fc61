package import Ledger

/// The statistics of a selection of cases and of its groups.
package struct GroupedFigures {
    /// By what cases are told apart.
    package enum Grouping: String, CaseIterable, Sendable {
        case street, district, category, channel, month
        /// Where a case rests: who has to act, and at which level that is.
        case holder, level
        case grid, window, unit, organisation
    }

    /// All of them.
    package private(set) var total = CaseFigures()
    private var groups: [String: CaseFigures] = [:]
    private var watch = RepeatWatch()
    private let grouping: Grouping?
    private let now: UInt64
    private let policy: Policy
    private let filed: (SubjectView) -> Scope

    /// Nothing was fed yet; `filed` says under which code a case is counted.
    package init(
        by grouping: Grouping?,
        now: UInt64,
        policy: Policy,
        filed: @escaping (SubjectView) -> Scope = { $0.scope }
    ) {
        self.grouping = grouping
        self.now = now
        self.policy = policy
        self.filed = filed
    }

    /// The groups, by their codes.
    package var sorted: [(key: String, figures: CaseFigures)] {
        groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What can be told of a matter before the case itself was folded.
    package struct Trace {
        let matter: RepeatWatch.Matter?
        let reportedAt: UInt64
        let closedAt: UInt64?

        /// Takes all three; no matter for a case that was merged or voided, which is no matter of
        /// its own.
        package init(
            _ matter: RepeatWatch.Matter?,
            reportedAt: UInt64,
            closedAt: UInt64?
        ) {
            self.matter = matter
            self.reportedAt = reportedAt
            self.closedAt = closedAt
        }
    }

    /// Takes note of a case that was reported before the period.
    package mutating func pass(_ trace: Trace) { _ = isRepeat(trace) }

    /// Counts a case.
    package mutating func count(_ folded: FoldedSubject, _ trace: Trace) {
        guard let view = folded.view else { return }
        let isRepeat = isRepeat(trace)
        total.count(folded, isRepeat: isRepeat, now: now, policy: policy)
        guard let key = grouping?.key(view, trace.reportedAt, filed) else { return }
        groups[key, default: CaseFigures()]
            .count(folded, isRepeat: isRepeat, now: now, policy: policy)
    }

    private mutating func isRepeat(_ trace: Trace) -> Bool? {
        trace.matter.map { matter in
            watch.isRepeat(matter, reportedAt: trace.reportedAt, closedAt: trace.closedAt)
        }
    }
}

extension GroupedFigures.Grouping {
    /// The group of a case; empty where the case does not say.
    fileprivate func key(
        _ view: SubjectView,
        _ reportedAt: UInt64,
        _ filed: (SubjectView) -> Scope
    ) -> String {
        switch self {
        case .street: filed(view).code
        case .district: filed(view).district.code
        case .category:
            view.countedCategory.flatMap { CodeList.eventTypes[$0]?.code }
                .map { String($0.prefix(2)) } ?? ""
        case .channel: view.text(.channel) ?? ""
        case .holder: view.holder.code
        case .level: view.holder.level
        case .grid: view.text(.grid).map { "\(view.scope.code) \($0)" } ?? ""
        case .window: view.text(.window) ?? ""
        case .unit: view.text(.unit) ?? ""
        case .organisation: view.text(.organisation) ?? ""
        case .month: String(LedgerTime.date(reportedAt).prefix(6))
        }
    }
}

extension Scope {
    /// The word for its length, as nodes and places have it.
    fileprivate var level: String {
        switch code.utf8.count {
        case ...4: "city"
        case ...6: "district"
        case ...9: "street"
        default: "village"
        }
    }
}
