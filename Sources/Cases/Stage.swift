/// How far a case has come; one of three dimensions beside custody and links.
///
/// The code name stands in views; the order of the cases here is that of the table of pairs.
///
/// - Source: `Protocol/case.md` section 2.
package enum Stage: String, CaseIterable, Sendable {
    case reported, registered, accepted, dispatched
    case onScene = "on-scene"
    case mediating, suspended, agreed, performing
    case closed, reviewed, archived
    case declined, referred, merged, voided

    // Alerts.
    case raised, confirmed, dismissed
    // Councils.
    case convened, resolved, fulfilled, dissolved
    // Covenants, places, policies, offices and whatever is only recorded.
    case inForce = "in-force"
    case repealed

    /// Whether nothing more is to be done; every other stage counts as open.
    package var isEnded: Bool {
        switch self {
        case .closed, .reviewed, .archived, .declined, .referred, .merged, .voided, .confirmed,
            .dismissed, .fulfilled, .dissolved, .repealed:
            true
        case .reported, .registered, .accepted, .dispatched, .onScene, .mediating, .suspended,
            .agreed, .performing, .raised, .convened, .resolved, .inForce:
            false
        }
    }

    /// What a reader sees.
    package var label: Label {
        switch self {
        case .reported: Label("已上报", "reported")
        case .registered: Label("已登记", "registered")
        case .accepted: Label("已受理", "accepted")
        case .dispatched: Label("已派单", "dispatched")
        case .onScene: Label("到场处置", "on scene")
        case .mediating: Label("调解中", "mediating")
        case .suspended: Label("挂起", "suspended")
        case .agreed: Label("达成协议", "agreed")
        case .performing: Label("履行中", "performing")
        case .closed: Label("已办结", "closed")
        case .reviewed: Label("已评价回访", "reviewed")
        case .archived: Label("已归档", "archived")
        case .declined: Label("不予受理", "declined")
        case .referred: Label("已转出", "referred")
        case .merged: Label("已并案", "merged")
        case .voided: Label("登记作废", "voided")
        case .raised: Label("已预警", "raised")
        case .confirmed: Label("属实", "confirmed")
        case .dismissed: Label("误报", "false alarm")
        case .convened: Label("议事中", "convened")
        case .resolved: Label("已决议", "resolved")
        case .fulfilled: Label("已落实", "carried out")
        case .dissolved: Label("已散会", "ended without a resolution")
        case .inForce: Label("有效", "in force")
        case .repealed: Label("已废止", "repealed")
        }
    }
}

extension Stage {
    /// What two stages written concurrently come to.
    package struct Joined: Hashable, Sendable {
        /// The stage that counts until an operation that knew both settles it.
        package let shown: Stage
        /// Whether the two contradict each other, so that somebody has to settle it.
        package let isConflict: Bool
    }

    /// Stages that can stand beside each other, each kind of subject's in an order of its own.
    package static var families: [[Stage]] { pairs.map { $0.map(\.0) } }

    /// The tables of pairs: for each stage, every stage before it in its table.
    ///
    /// `r` shows the stage of the row, `c` that of the column; a capital is a conflict. An ended
    /// stage beside one that goes on is contested: the subject counts as open. The letters order
    /// all stages of a table, so that any number of them joins to one stage in whatever order they
    /// are taken. Tables: cases; alerts; councils; everything that is only in force or not.
    private static let pairs: [[(Stage, String)]] = [
        [
            (.reported, ""),
            (.registered, "r"),
            (.accepted, "rr"),
            (.dispatched, "rrr"),
            (.onScene, "rrrr"),
            (.mediating, "rrrRR"),
            (.suspended, "rrrCCC"),
            (.agreed, "rrrRRrR"),
            (.performing, "rrrRRrRr"),
            (.closed, "CCCCCCCCC"),
            (.reviewed, "CCCCCCCCCr"),
            (.archived, "CCCCCCCCCrr"),
            (.declined, "CCCCCCCCCRRR"),
            (.referred, "CCCCCCCCCRRRR"),
            (.merged, "CCCCCCCCCRRRRR"),
            (.voided, "CCCCCCCCCRRRRRR"),
        ],
        [(.raised, ""), (.dismissed, "C"), (.confirmed, "CR")],
        [(.convened, ""), (.dissolved, "C"), (.resolved, "rR"), (.fulfilled, "CRC")],
        [(.inForce, ""), (.repealed, "C")],
    ]

    private static let joins: [Stage: [Stage: Joined]] = {
        var joins: [Stage: [Stage: Joined]] = [:]
        for table in pairs {
            for (row, letters) in table {
                joins[row, default: [:]][row] = Joined(shown: row, isConflict: false)
                for ((column, _), letter) in zip(table, letters) {
                    let joined = Joined(
                        shown: letter == "r" || letter == "R" ? row : column,
                        isConflict: letter == "R" || letter == "C"
                    )
                    joins[row, default: [:]][column] = joined
                    joins[column, default: [:]][row] = joined
                }
            }
        }
        return joins
    }()

    /// Joins this stage with one written concurrently.
    package func joined(with other: Stage) -> Joined {
        Self.joins[self]?[other] ?? Joined(shown: self, isConflict: self != other)
    }

    /// Joins any number of concurrent stages; nil for none.
    package static func joined(_ stages: some Collection<Stage>) -> Joined? {
        guard let first = stages.first else { return nil }
        var shown = first
        var isConflict = false
        var seen: [Stage] = []
        for stage in stages where !seen.contains(stage) {
            shown = shown.joined(with: stage).shown
            isConflict = isConflict || seen.contains { stage.joined(with: $0).isConflict }
            seen.append(stage)
        }
        return Joined(shown: shown, isConflict: isConflict)
    }
}
