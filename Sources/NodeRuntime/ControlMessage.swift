internal import Crypto
internal import Encoding
internal import Ledger
package import Storage

/// What commands and the daemon say to each other over the home's socket.
///
/// One program speaks on both ends, so there is no version; a daemon of another version refuses
/// what it can not read.
package enum ControlRequest: Hashable, Sendable {
    /// Write these to the own log, all or none.
    case append([AppendItem])
    /// Say how the node stands, as JSON.
    case status
    /// Give the own log's checkpoint as it stands.
    case checkpoint
    /// Compare with every peer now and wait until all is pulled, at most so many seconds.
    case sync(seconds: UInt64)
}

/// The daemon's answer.
package enum ControlReply: Hashable, Sendable {
    /// The items were written.
    case written(HomeWriter.Receipt)
    /// Text, as asked.
    case text(String)
    /// Nothing was changed.
    case failed(RemoteError)
}

/// Why the daemon did not do what it was asked.
package struct RemoteError: Error, Hashable, Sendable {
    /// The exit code that the command ends with.
    package let code: UInt64
    /// Which item of an append was refused.
    package let index: Int?
    /// What is wrong.
    package let message: String
    /// What to do next.
    package let hint: String?

    /// Takes all fields.
    package init(code: UInt64, index: Int? = nil, message: String, hint: String? = nil) {
        self.code = code
        self.index = index
        self.message = message
        self.hint = hint
    }
}

extension ControlRequest {
    private static let itemsMax = 100_000

    var encoded: [UInt8] {
        switch self {
        case .append(let items):
            CBORValue.array([.unsigned(1), .array(items.map(\.value))]).encoded
        case .status: CBORValue.array([.unsigned(2)]).encoded
        case .sync(let seconds): CBORValue.array([.unsigned(3), .unsigned(seconds)]).encoded
        case .checkpoint: CBORValue.array([.unsigned(4)]).encoded
        }
    }

    /// Reads a request; nil for bytes of another version.
    init?(decoding bytes: [UInt8]) {
        guard case .array(let items)? = try? CBORValue(decoding: bytes),
            case .unsigned(let kind)? = items.first
        else { return nil }
        switch (kind, items.count) {
        case (1, 2):
            guard case .array(let rows) = items[1], rows.count <= Self.itemsMax else { return nil }
            let drafts = rows.compactMap(AppendItem.init(value:))
            // A value that was passed over in silence could be the one that makes an import
            // happen once only.
            guard drafts.map(\.value) == rows else { return nil }
            self = .append(drafts)
        case (2, 1): self = .status
        case (4, 1): self = .checkpoint
        case (3, 2):
            guard case .unsigned(let seconds) = items[1] else { return nil }
            self = .sync(seconds: seconds)
        default: return nil
        }
    }
}

extension ControlReply {
    var encoded: [UInt8] {
        let value: CBORValue =
            switch self {
            case .written(let receipt):
                .array([
                    .unsigned(1), .array(receipt.outcomes.map(\.value)),
                    .unsigned(UInt64(receipt.holders)),
                ])
            case .text(let text): .array([.unsigned(2), .text(text)])
            case .failed(let error):
                .array([
                    .unsigned(3), .unsigned(error.code),
                    error.index.map { .unsigned(UInt64($0)) } ?? .null, .text(error.message),
                    error.hint.map(CBORValue.text) ?? .null,
                ])
            }
        return value.encoded
    }

    init?(decoding bytes: [UInt8]) {
        guard case .array(let items)? = try? CBORValue(decoding: bytes),
            case .unsigned(let kind)? = items.first
        else { return nil }
        switch (kind, items.count) {
        case (1, 3):
            guard case .array(let rows) = items[1], case .unsigned(let holders) = items[2] else {
                return nil
            }
            let outcomes = rows.compactMap(AppendOutcome.init(value:))
            guard outcomes.count == rows.count else { return nil }
            self = .written(HomeWriter.Receipt(outcomes: outcomes, holders: Int(holders)))
        case (2, 2):
            guard case .text(let text) = items[1] else { return nil }
            self = .text(text)
        case (3, 5):
            guard case .unsigned(let code) = items[1], case .text(let message) = items[3] else {
                return nil
            }
            self = .failed(
                RemoteError(
                    code: code,
                    index: items[2].unsigned.map(Int.init),
                    message: message,
                    hint: items[4].text
                )
            )
        default: return nil
        }
    }

    /// Asks the daemon and throws what it answers to have gone wrong.
    package static func ask(
        _ client: ControlClient,
        _ request: ControlRequest
    ) throws(RemoteError) -> ControlReply {
        guard let bytes = client.ask(request.encoded) else {
            throw RemoteError(
                code: 2,
                message: "the daemon went away; it is not known whether it acted",
                hint: "look with linli history before doing it again"
            )
        }
        switch ControlReply(decoding: bytes) {
        case .failed(let error): throw error
        case nil: throw RemoteError(code: 2, message: "the daemon is of another version")
        case let reply?: return reply
        }
    }
}

extension CBORValue {
    fileprivate var unsigned: UInt64? {
        if case .unsigned(let number) = self { number } else { nil }
    }

    fileprivate var text: String? { if case .text(let text) = self { text } else { nil } }

    fileprivate var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
}

extension AppendItem {
    fileprivate var value: CBORValue {
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
        ])
    }

    fileprivate init?(value: CBORValue) {
        guard case .array(let items) = value, items.count == 7,
            let operation = items[0].text, case .map(let fields) = items[2],
            case .array(let parts) = items[3]
        else { return nil }
        var draft = EntryDraft(operation: operation, subject: .opened, fields: fields)
        if items[1] != .null {
            guard let subject = items[1].bytes.flatMap({ SubjectID($0) }) else { return nil }
            draft.subject = .existing(subject)
        }
        draft.parts = parts.compactMap(\.bytes)
        draft.scope = items[4].text.flatMap { Scope($0) }
        draft.actor = items[5].text
        let isWhole =
            draft.parts.count == parts.count && (items[4] == .null) == (draft.scope == nil)
        guard isWhole else { return nil }
        self.init(draft, reference: items[6].bytes32)
    }
}

extension AppendOutcome {
    fileprivate var value: CBORValue {
        switch self {
        case .written(let subject, let place, let hash):
            .array([
                .bytes(subject.bytes), .bytes(place.log.bytes), .unsigned(place.sequence),
                .bytes(hash.bytes),
            ])
        case .known(let subject): .array([.bytes(subject.bytes)])
        }
    }

    fileprivate init?(value: CBORValue) {
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
        case .notJoined, .notEnrolled: nil
        case .unknownSubject(let index), .refused(let index, _), .noAuthority(let index, _),
            .draft(let index, _), .tooManyHeads(let index, _):
            index
        }
    }
}
