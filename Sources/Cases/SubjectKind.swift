/// What a subject is; decided by the operation that opens it.
///
/// The code name stands in views and begins the commands for it.
///
/// - Source: `Protocol/case.md` section 1.
package enum SubjectKind: String, CaseIterable, Sendable {
    /// A dispute or an event that somebody has to deal with.
    case `case`
    /// One deliberation with its proposals and what came of it.
    case council
    /// The rules that neighbours gave themselves.
    case covenant
    /// A warning by a machine or a model.
    case alert
    /// A dwelling with tenants: counts, never names.
    case dwelling
    /// A node of the unified address code, an alias of one, grids, or a code's successors.
    case place
    /// An office, window, unit or organisation.
    case organisation
    /// A training, a patrol, a service of volunteers.
    case activity
    /// What an analyst concluded, with the question and the frontier it rests on.
    case analysis
    /// Deadline profiles and calendars.
    case policy

    /// What a reader sees.
    package var label: Label {
        switch self {
        case .case: Label("案件", "case")
        case .council: Label("议事", "council")
        case .covenant: Label("公约", "covenant")
        case .alert: Label("预警", "alert")
        case .dwelling: Label("租住房屋", "dwelling")
        case .place: Label("地址", "place")
        case .organisation: Label("机构", "organisation")
        case .activity: Label("活动", "activity")
        case .analysis: Label("研判", "analysis")
        case .policy: Label("规则", "policy")
        }
    }
}
