/// One operation of the table: its names, its fields, where it is admissible, what it leads to.
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

    /// What stands in the header, such as `case.report`.
    package let name: String
    /// Its verb on the command line.
    package let verb: String
    /// What a reader sees.
    package let label: Label
    /// One line of help.
    package let help: Label
    /// Its fields, the required ones first.
    package let fields: [Use]
    /// Stages in which it is admissible, beside opening a subject.
    package let stages: Set<Stage>
    /// The stage it leads to, unless the stage stays or ``CaseField/state`` names it.
    package let leadsTo: Stage?
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

    /// Every operation may say when it happened, after its own fields.
    init(
        _ name: String,
        _ verb: String,
        _ label: Label,
        _ help: Label,
        required: [CaseField] = [],
        optional: [CaseField] = [],
        in stages: Set<Stage>,
        to leadsTo: Stage? = nil,
        reaches: [CaseField] = [],
        clears: [CaseField] = [],
        opens: Bool = false,
        textMax: Int? = nil
    ) {
        self.name = name
        self.verb = verb
        self.label = label
        self.help = help
        fields =
            required.map { Use(field: $0, isRequired: true) }
            + (optional + [.at]).map { Use(field: $0, isRequired: false) }
        self.stages = stages
        self.leadsTo = leadsTo
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
    /// The operation of this name; nil for one that a newer version may know.
    package static func named(_ name: String) -> CaseOperation? { byName[name] }

    /// The operation of this verb.
    package static func verb(_ verb: String) -> CaseOperation? { all.first { $0.verb == verb } }

    private static let byName: [String: CaseOperation] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) }
    )
}
