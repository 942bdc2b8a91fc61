package import Crypto
internal import Encoding
package import Ledger
package import Storage

/// What commands and the daemon say to each other over the home's socket.
///
/// One program speaks on both ends, so there is no version; a daemon of another version refuses
/// what it can not read.
package enum ControlRequest: Hashable, Sendable {
    /// Write these to the own log, all or none.
    case append([AppendItem])
    /// Say where these would stand if this key's owner signed them; nothing is written.
    case propose([AppendItem], author: PublicKey)
    /// Write these as their author signed them, all or none.
    case appendSigned([AppendItem], SignedProposal)
    /// Say how the node stands, as JSON.
    case status
    /// Give the own log's checkpoint as it stands.
    case checkpoint
    /// Compare with every peer now and wait until all is pulled, at most so many seconds.
    case sync(seconds: UInt64)
    /// Take frames of a bundle.
    case bundle(BundleRequest)
    /// Store the parts of these places from now on, and wait for what is new of them.
    case scopes(PartScopes, seconds: UInt64)
}

/// The daemon's answer.
package enum ControlReply: Hashable, Sendable {
    /// The items were written.
    case written(HomeWriter.Receipt)
    /// Text, as asked.
    case text(String)
    /// Where the items would stand.
    case proposed(EntryProposal)
    /// What became of each package of a bundle.
    case offered([OfferOutcome])
    /// Nothing was changed: the log went on since the proposal.
    case moved
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
        case .bundle(let bundle): CBORValue.array([.unsigned(7), bundle.value]).encoded
        case .scopes(let scopes, let seconds):
            CBORValue.array([
                .unsigned(16),
                scopes.scopes.map { .array($0.map { .text($0.code) }) } ?? .null,
                .unsigned(seconds),
            ]).encoded
        case .propose(let items, let author):
            CBORValue.array([
                .unsigned(5), .array(items.map(\.value)), .bytes(author.bytes.bytes),
            ]).encoded
        case .appendSigned(let items, let signed):
            CBORValue.array([.unsigned(6), .array(items.map(\.value)), signed.value]).encoded
        }
    }

    /// Reads a request; nil for bytes of another version.
    init?(decoding bytes: [UInt8]) {
        guard case .array(let items)? = try? CBORValue(decoding: bytes),
            case .unsigned(let kind)? = items.first
        else { return nil }
        switch (kind, items.count) {
        case (1, 2):
            guard let drafts = Self.items(items[1]) else { return nil }
            self = .append(drafts)
        case (5, 3):
            guard let drafts = Self.items(items[1]),
                let author = items[2].bytes32.flatMap({ try? PublicKey($0) })
            else { return nil }
            self = .propose(drafts, author: author)
        case (6, 3):
            guard let drafts = Self.items(items[1]), let signed = SignedProposal(value: items[2])
            else { return nil }
            self = .appendSigned(drafts, signed)
        case (2, 1): self = .status
        case (4, 1): self = .checkpoint
        case (3, 2):
            guard case .unsigned(let seconds) = items[1] else { return nil }
            self = .sync(seconds: seconds)
        case (16, 3):
            guard case .unsigned(let seconds) = items[2] else { return nil }
            guard case .array(let codes) = items[1] else {
                guard items[1] == .null else { return nil }
                self = .scopes(.everything, seconds: seconds)
                return
            }
            let places = codes.compactMap { $0.text.flatMap { Scope($0) } }
            guard places.count == codes.count, let scopes = PartScopes(places) else { return nil }
            self = .scopes(scopes, seconds: seconds)
        case (7, 2):
            guard let bundle = BundleRequest(value: items[1]) else { return nil }
            self = .bundle(bundle)
        default: return nil
        }
    }

    private static func items(_ value: CBORValue) -> [AppendItem]? {
        guard case .array(let rows) = value, rows.count <= itemsMax else { return nil }
        let items = rows.compactMap(AppendItem.init(value:))
        // A value that was passed over in silence could be the one that makes an import happen
        // once only.
        return items.map(\.value) == rows ? items : nil
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
            case .proposed(let proposal): .array([.unsigned(4), proposal.value])
            case .moved: .array([.unsigned(5)])
            case .offered(let outcomes): .array([.unsigned(6), .array(outcomes.map(\.value))])
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
        case (4, 2):
            guard let proposal = EntryProposal(value: items[1]) else { return nil }
            self = .proposed(proposal)
        case (5, 1): self = .moved
        case (6, 2):
            guard case .array(let rows) = items[1] else { return nil }
            let outcomes = rows.compactMap(OfferOutcome.init(value:))
            guard outcomes.count == rows.count else { return nil }
            self = .offered(outcomes)
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
