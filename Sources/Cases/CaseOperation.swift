package import Ledger

/// One operation of the table: its names, its fields, who may sign it, where it is admissible,
/// what it leads to.
///
/// A class for the same reason as ``FieldSpec``.
package final class CaseOperation: Sendable {
    /// A field of this operation.
    package struct Use: Hashable, Sendable {
        /// Which field.
        package let field: CaseField
        /// Whether it can not be left out at entry.
        package let isRequired: Bool
    }

    /// What an operation does beside what its row of the table says.
    package enum Act: Hashable, Sendable {
        /// Nothing.
        case plain
        /// Keeps the stage to which ``resume`` leads back.
        case suspend
        /// Leads back to the stage before the suspension.
        case resume
        /// Offers the case to the scope in header key 11.
        case offer
        /// Offers it to whom it came from.
        case giveBack
        /// Takes an offered case.
        case take
        /// Answers an offer with no.
        case reject
        /// Takes an offer of one's own back.
        case withdraw
        /// Gives the case to the scope in header key 11, from above.
        case assign
        /// Asks the scope in header key 11 to help; who has to act stays the same.
        case assist
        /// Ends such help.
        case release
        /// Says that the first subject is the same matter as the second, which leads.
        case link
        /// Agrees to a link from the other side.
        case confirmLink
        /// Takes a link back.
        case unlink
        /// Relates two subjects that stay apart.
        case relate
        /// Chooses among what stands beside each other.
        case settle
        /// Moves a term.
        case extend
        /// Appraises, which nobody may do of their own dispatch.
        case appraise
        /// Opens talks: a mediator with an interest steps aside.
        case mediate
        /// Records an agreement, which a mediator with an interest may not.
        case agree
        /// Applies for confirmation by a court, within thirty days.
        case apply
        /// Takes over a record, or its newer state.
        case takeOver
        /// Hides the parts of entries.
        case redact
        /// Lets the parts that a redaction names be destroyed, from above.
        case approveRedaction
        /// Takes a redaction away, so that what it hid is shown again.
        case refuseRedaction
        /// Carries wraps for sealed parts of earlier entries.
        case share
    }

    /// What stands in the header, such as `case.report`.
    package let name: String
    /// Its verb on the command line, after the word of its kind.
    package let verb: String
    /// What a reader sees.
    package let label: Label
    /// One line of help.
    package let help: Label
    /// The kind of subject that it is about.
    package let kind: SubjectKind
    /// Who may sign it.
    package let right: Right
    /// Roles that it needs instead where it lands in one of these stages.
    package let rightIn: [Stage: Right]
    /// Whether only who has to act may do it, or an office above.
    package let isHolders: Bool
    /// Its fields, the required ones first.
    package let fields: [Use]
    /// Stages in which it is admissible, beside opening a subject.
    package let stages: Set<Stage>
    /// The stage it leads to, unless ``act`` decides it.
    package let leadsTo: Stage?
    /// What it does beside that.
    package let act: Act
    /// Milestones it reaches, at ``CaseField/at`` or the header's time.
    package let reaches: [CaseField]
    /// Milestones it takes back before it reaches any: the last closing counts, not the first.
    package let clears: [CaseField]
    /// Whether it opens a subject.
    package let opens: Bool
    /// Most Unicode scalars of each text, where another system's lengths go beyond the field's.
    package let textMax: Int?

    /// Whether `field` is one of its fields.
    package func has(_ field: CaseField) -> Bool { fields.contains { $0.field == field } }

    /// Whether people type it; the others are written by the program.
    package var isTyped: Bool { act != .takeOver && self != .recordOpenings }

    /// How many subjects an entry of it is about.
    package var subjectCount: Int {
        switch act {
        case .link, .confirmLink, .unlink, .relate: 2
        default: 1
        }
    }

    /// Whether it is for subjects of every kind and stage but policies, which are never redacted.
    package var isForEveryKind: Bool {
        switch act {
        case .redact, .approveRedaction, .refuseRedaction, .share: true
        default: false
        }
    }

    /// Whether it is there to set fields, and means nothing without any.
    package var changesFields: Bool {
        opens == false && fields.allSatisfy { !$0.isRequired } && leadsTo == nil && act == .plain
            && reaches.isEmpty
    }

    /// Whether the header's key 11 names a scope.
    package var namesReceiver: Bool {
        switch act {
        case .offer, .giveBack, .assign, .assist, .link: true
        default: false
        }
    }

    /// Every operation may say when it happened, after its own fields.
    init(
        _ name: String,
        _ verb: String,
        _ label: Label,
        _ help: Label,
        kind: SubjectKind = .case,
        by roles: Set<Role>,
        isPersonal: Bool = false,
        rightIn: [Stage: Set<Role>] = [:],
        isHolders: Bool = false,
        required: [CaseField] = [],
        optional: [CaseField] = [],
        in stages: Set<Stage>,
        to leadsTo: Stage? = nil,
        act: Act = .plain,
        reaches: [CaseField] = [],
        clears: [CaseField] = [],
        opens: Bool = false,
        textMax: Int? = nil
    ) {
        self.name = name
        self.verb = verb
        self.label = label
        self.help = help
        self.kind = kind
        right = Right(roles: roles, isPersonal: isPersonal)
        self.rightIn = rightIn.mapValues { Right(roles: $0, isPersonal: isPersonal) }
        self.isHolders = isHolders
        fields =
            required.map { Use(field: $0, isRequired: true) }
            + (optional + [.at]).map { Use(field: $0, isRequired: false) }
        self.stages = stages
        self.leadsTo = leadsTo
        self.act = act
        self.reaches = reaches
        self.clears = clears
        self.opens = opens
        self.textMax = textMax
    }
}

extension CaseOperation: Hashable {
    package static func == (left: CaseOperation, right: CaseOperation) -> Bool {
        left === right || left.name == right.name
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension CaseOperation {
    /// All operations of this version, by kind of subject, in the usual course.
    package static let all: [CaseOperation] =
        intake + custody + handling + mediation + closing + supervision + links + redaction
        + [recordOpenings]
        + councils
        + covenants + alerts + dwellings + places + registry + policies

    /// The operation of this name; nil for one that a newer version may know.
    package static func named(_ name: String) -> CaseOperation? { byName[name] }

    /// The operation of this verb about a kind of subject.
    package static func verb(_ verb: String, _ kind: SubjectKind = .case) -> CaseOperation? {
        all.first { $0.verb == verb && $0.kind == kind }
    }

    private static let byName: [String: CaseOperation] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) }
    )
}

extension Set<Stage> {
    /// Stages of a case in which there is something to do.
    static let open: Set<Stage> = Set(Stage.families[0].filter { !$0.isEnded })
    /// Every stage of a case.
    static let all: Set<Stage> = Set(Stage.families[0])
}

extension Set<Role> {
    /// Whoever works on cases.
    static let staff: Set<Role> = [
        .gridOfficer, .windowClerk, .dispatcher, .departmentOfficer, .mediator, .facilitator,
        .streetLead, .districtAdmin,
    ]
    /// Who answers for a centre.
    static let leads: Set<Role> = [.streetLead, .districtAdmin]
    /// Who moves cases between offices.
    static let desk: Set<Role> = [.dispatcher, .streetLead, .districtAdmin]
}
