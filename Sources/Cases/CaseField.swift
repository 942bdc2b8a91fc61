/// The fields of case operations by their number in entries, which never changes.
///
/// Numbers are also those of the registers of the merged view. Number 0 is not a field: it lists
/// which fields stand in the entry's parts (``EntryValues/partFieldsKey``).
///
/// - Source: `Protocol/case.md` section 4.
package enum CaseField: UInt64, CaseIterable, Sendable {
    /// Register of the stage; stands in no entry.
    case stage = 1

    // Milestones: set by the acts, corrected by an amendment, given by an import.
    case reportedAt = 2
    case registeredAt = 3
    case acceptedAt = 4
    case respondedAt = 5
    case dispatchedAt = 6
    case arrivedAt = 7
    case feedbackAt = 8
    case mediatedAt = 9
    case agreedAt = 10
    case closedAt = 11

    /// When the act happened, if it is entered later.
    case at = 16

    case channel = 32
    case occurred = 33
    case urgent = 34
    case reference = 35
    case summary = 36
    case place = 37
    case address = 38
    case codeTable = 39

    case name = 48
    case category = 49
    case scale = 50
    case people = 51
    case brief = 52
    case involved = 53
    case amount = 54
    case grid = 55

    case profile = 64
    case basis = 65

    case unit = 80
    case task = 81
    case due = 82

    case method = 96

    case text = 112
    case reason = 113
    case toReporter = 114

    case organisation = 128
    case consent = 129
    case disclosure = 130

    case form = 144
    case items = 145
    case effective = 146
    case term = 147

    case outcome = 160
    case way = 161
    case replied = 162
    case resolution = 163

    case source = 208
    case target = 209
    case state = 210
    case claim = 211
    case externalID = 212
    case sourceCategory = 213
    case sourceChannel = 214
    case reply = 215

    /// What the table says of it.
    package var spec: FieldSpec {
        guard let spec = FieldTable.byNumber[Int(rawValue)] else {
            preconditionFailure("field \(self) is not in the table")
        }
        return spec
    }
}
