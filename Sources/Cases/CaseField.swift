/// The fields of case operations by their number in entries, which never changes.
///
/// Numbers are also those of the registers of the merged view. Number 0 is not a field: it lists
/// which fields stand in the entry's parts (``EntryValues/partFieldsKey``).
///
/// - Source: `Protocol/case.md` section 4.
package enum CaseField: UInt64, CaseIterable, Sendable {
    /// Register of the stage; stands in entries only where a person settles it.
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

    case mediationEndedAt = 12
    case appliedAt = 13
    case confirmedAt = 14
    case visitedAt = 15

    /// When the act happened, if it is entered later.
    case at = 16

    case referredAt = 17

    /// Register of who has to act; stands in no entry.
    case holder = 18
    /// Register of offers without an answer; stands in no entry.
    case offers = 19
    /// Register of links to other subjects; stands in no entry.
    case links = 20

    case reviewAskedAt = 21
    case reviewAnsweredAt = 22
    case rereviewAskedAt = 23
    case rereviewAnsweredAt = 24
    case commandedAt = 25
    case archivedAt = 26
    case declinedAt = 27

    /// Register of the places that help; stands in no entry.
    case assistants = 28
    /// Register of what was redacted; stands in no entry.
    case redactions = 29

    case channel = 32
    case occurred = 33
    case urgent = 34
    case reference = 35
    case summary = 36
    case place = 37
    case address = 38
    case codeTable = 39
    case window = 40
    case reporter = 41
    case alert = 42
    case parties = 43
    case contact = 44

    case name = 48
    case category = 49
    case scale = 50
    case people = 51
    case brief = 52
    case involved = 53
    case amount = 54
    case grid = 55
    case tag = 56
    case risk = 57
    case level = 58

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
    case venue = 131
    case present = 132
    case points = 133
    case undisputed = 134
    case next = 135
    case endReason = 136
    case mode = 137
    case mediators = 138
    case interest = 139

    case form = 144
    case items = 145
    case effective = 146
    case term = 147
    case item = 148
    case itemTerms = 149
    case signatures = 150
    case seal = 151
    case document = 152
    case facts = 153
    case allSigned = 154
    case itemNumber = 155
    case done = 156
    case paid = 157
    case action = 158

    case outcome = 160
    case way = 161
    case replied = 162
    case resolution = 163
    case court = 164
    case confirmation = 165
    case confirmationNumber = 166
    case guidance = 167

    case answerBy = 176
    case toUnit = 177
    case receipt = 178
    case package = 179
    case offer = 180
    case rejection = 181
    case card = 182
    case demandDue = 183
    case remediesTold = 184
    case suspension = 185
    case until = 186
    case clock = 187
    case newDue = 188
    case partiesAgree = 189

    case rating = 192
    case comment = 193
    case visitResult = 194
    case effect = 195
    case opinion = 196

    case referredTo = 200
    case referralNumber = 201
    case answer = 202
    case finding = 203
    case gravity = 204
    case emergency = 205
    case order = 206

    case source = 208
    case target = 209
    case state = 210
    case claim = 211
    case externalID = 212
    case sourceCategory = 213
    case sourceChannel = 214
    case reply = 215
    case evidence = 216
    case heldBy = 217

    case relation = 221
    case link = 222
    case assistance = 223
    case redacted = 224
    case ground = 225
    case keepUntil = 226
    case redaction = 227

    case topic = 240
    case facilitator = 241
    case neutrality = 242
    case proposal = 245
    case proposer = 246
    case from = 247
    case about = 249
    case votesFor = 250
    case votesAgainst = 251
    case abstentions = 252
    case decision = 253
    case proof = 255

    case rules = 256
    case edition = 257
    case adoptedBy = 258
    case ruleNumber = 259

    case model = 265
    case score = 266
    case threshold = 267
    case reading = 268
    case expires = 269
    case alertKind = 270

    case placeCode = 280
    case placeLevel = 281
    case parent = 282
    case households = 283
    case validFrom = 284
    case alias = 286
    case oldCode = 288
    case newCodes = 289
    case grids = 290

    case profileCode = 296
    case clocks = 297
    case holidays = 298
    case workdays = 299
    case year = 300
    case isDefault = 301
    case sealedFields = 302

    case organisationKind = 304
    case functions = 305
    case query = 312
    case frontier = 313
    case activityKind = 314
    case openings = 316

    /// What the table says of it.
    package var spec: FieldSpec {
        guard let spec = FieldTable.byNumber[Int(rawValue)] else {
            preconditionFailure("field \(self) is not in the table")
        }
        return spec
    }
}
