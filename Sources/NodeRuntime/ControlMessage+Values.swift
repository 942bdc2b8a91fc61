internal import Crypto
internal import Encoding
internal import Ledger
package import Storage

extension CBORValue {
    var unsigned: UInt64? {
        if case .unsigned(let number) = self { number } else { nil }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }

    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
}

extension AppendItem {
    var value: CBORValue {
        let subject: CBORValue =
            switch draft.subject {
            case .opened: .null
            case .existing(let subject): .bytes(subject.bytes)
            }
        return .array([
            .text(draft.operation), subject, .map(draft.fields),
            .array(draft.parts.map(CBORValue.bytes)),
            draft.scope.map { .text($0.code) } ?? .null,
            draft.actor.map(CBORValue.text) ?? .null,
            reference.map { .bytes($0.bytes) } ?? .null,
            .array(draft.further.map { .bytes($0.bytes) }),
            draft.to.map { .text($0.code) } ?? .null,
            draft.sealed.map(\.value) ?? .null,
        ])
    }

    init?(value: CBORValue) {
        guard case .array(let items) = value, items.count == 10,
            let operation = items[0].text, case .map(let fields) = items[2],
            case .array(let parts) = items[3], case .array(let further) = items[7]
        else { return nil }
        var draft = EntryDraft(operation: operation, subject: .opened, fields: fields)
        if items[1] != .null {
            guard let subject = items[1].bytes.flatMap({ SubjectID($0) }) else { return nil }
            draft.subject = .existing(subject)
        }
        draft.parts = parts.compactMap(\.bytes)
        draft.scope = items[4].text.flatMap { Scope($0) }
        draft.actor = items[5].text
        draft.to = items[8].text.flatMap { Scope($0) }
        draft.sealed = SealDraft(value: items[9])
        draft.further = further.compactMap { $0.bytes.flatMap { SubjectID($0) } }
        let isWhole =
            draft.parts.count == parts.count && draft.further.count == further.count
            && (items[4] == .null) == (draft.scope == nil)
            && (items[8] == .null) == (draft.to == nil)
            && (items[9] == .null) == (draft.sealed == nil)
        guard isWhole else { return nil }
        self.init(draft, reference: items[6].bytes32)
    }
}

extension SealDraft {
    var value: CBORValue {
        .array([
            .bytes(clear), .array(fields.map { .unsigned($0) }),
            .array(recipients.map { .bytes($0.bytes) }),
        ])
    }

    init?(value: CBORValue) {
        guard case .array(let items) = value, items.count == 3, let clear = items[0].bytes,
            case .array(let numbers) = items[1], case .array(let keys) = items[2]
        else { return nil }
        self.init(
            clear: clear,
            fields: numbers.compactMap(\.unsigned),
            recipients: keys.compactMap(\.bytes32)
        )
        guard self.value == value else { return nil }
    }
}

extension AppendOutcome {
    var value: CBORValue {
        switch self {
        case .written(let subject, let place, let hash):
            .array([
                .bytes(subject.bytes), .bytes(place.log.bytes), .unsigned(place.sequence),
                .bytes(hash.bytes),
            ])
        case .known(let subject): .array([.bytes(subject.bytes)])
        }
    }

    init?(value: CBORValue) {
        guard case .array(let items) = value,
            let subject = items.first?.bytes.flatMap({ SubjectID($0) })
        else { return nil }
        guard items.count == 4 else {
            self = .known(subject)
            return
        }
        guard let log = items[1].bytes32, let sequence = items[2].unsigned,
            let hash = items[3].bytes32
        else { return nil }
        let place = Place(log: log, sequence: sequence)
        self = .written(subject: subject, place: place, hash: hash)
    }
}

extension AppendError {
    /// Which item was refused; nil if it is not about one.
    package var index: Int? {
        switch self {
        case .notJoined, .notEnrolled, .moved: nil
        case .unknownSubject(let index), .refused(let index, _), .noAuthority(let index, _),
            .draft(let index, _), .tooManyHeads(let index, _), .notSigned(let index):
            index
        }
    }
}

extension EntryProposal {
    var value: CBORValue {
        .array([
            .bytes(ledger.bytes), .bytes(log.bytes), .unsigned(first), .unsigned(time),
            .array(
                places.map { place in
                    .array([
                        .unsigned(UInt64(place.index)),
                        .array(place.after.map { .bytes($0.bytes) }),
                        .array(place.salts.map { .bytes($0.bytes) }),
                    ])
                }
            ),
        ])
    }

    init?(value: CBORValue) {
        guard case .array(let items) = value, items.count == 5, let ledger = items[0].bytes32,
            let log = items[1].bytes32, let first = items[2].unsigned,
            let time = items[3].unsigned, case .array(let rows) = items[4]
        else { return nil }
        let places = rows.compactMap { row -> Place? in
            guard case .array(let columns) = row, columns.count == 3,
                let index = columns[0].unsigned.flatMap({ Int(exactly: $0) }),
                case .array(let after) = columns[1], case .array(let salts) = columns[2]
            else { return nil }
            return Place(
                index: index,
                after: after.compactMap(\.bytes32),
                salts: salts.compactMap(\.bytes32)
            )
        }
        self.init(ledger: ledger, log: log, first: first, time: time, places: places)
        guard self.value == value else { return nil }
    }
}

extension SignedProposal {
    var value: CBORValue {
        .array([
            proposal.value, .bytes(author.bytes.bytes), .array(leaves.map(CBORValue.bytes)),
        ])
    }

    init?(value: CBORValue) {
        guard case .array(let items) = value, items.count == 3,
            let proposal = EntryProposal(value: items[0]),
            let author = items[1].bytes32.flatMap({ try? PublicKey($0) }),
            case .array(let rows) = items[2]
        else { return nil }
        let leaves = rows.compactMap(\.bytes)
        guard leaves.count == rows.count else { return nil }
        self.init(proposal: proposal, author: author, leaves: leaves)
    }
}
