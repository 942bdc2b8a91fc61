internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import NodeRuntime
internal import Storage

/// Opens what is sealed, for a reader at a terminal; nothing of it goes anywhere else.
final class SealedReader {
    private let store: Store
    private let unsealer: Unsealer?
    private let ledger: Digest
    private var opened: [Digest: Unsealer.Outcome] = [:]

    /// What is to be shown for a value that is sealed.
    enum Shown {
        /// The clear value.
        case value(CBORValue)
        /// Why there is none.
        case note(Label)
    }

    /// Nil for a home of no ledger.
    ///
    /// - Throws: ``CommandError``, ``HomeError``.
    init?(_ store: Store, _ invocation: Invocation) throws {
        guard let identity = store.identity else { return nil }
        self.store = store
        ledger = identity.ledger
        do {
            unsealer = Unsealer(ledger: ledger, keys: try invocation.home().sealKeys())
        } catch let error as HomeError {
            // Everything else of the page is shown; but who typed a passphrase wrong learns it.
            if case .wrongPassphrase = error { throw error }
            unsealer = nil
            let output = invocation.output
            output.remark(
                output.text(
                    "linli: 密封内容未开封: \(error)",
                    "linli: what is sealed stays closed: \(error)"
                )
            )
        }
    }

    /// Reads without opening anything.
    init?(closed store: Store) {
        guard let identity = store.identity else { return nil }
        self.store = store
        ledger = identity.ledger
        unsealer = nil
    }

    /// The content key of an entry's sealed part, with its place; nil if it can not be opened here.
    func key(of entry: PlacedEntry, among entries: [PlacedEntry]) -> (Bytes32, SealPlace)? {
        guard let seal = entry.header.seal,
            case .opened(_, let key) = outcome(entry, among: entries)
        else { return nil }
        let id = PartID(log: entry.log, sequence: entry.sequence, part: seal.part)
        return (key, SealPlace(ledger: ledger, id: id))
    }

    /// A field of an entry; nil if the entry does not say that it is sealed.
    func shown(
        _ field: UInt64,
        of entry: PlacedEntry,
        among entries: [PlacedEntry]
    ) -> Shown? {
        guard let seal = entry.header.seal, seal.fields.contains(field) else { return nil }
        switch outcome(entry, among: entries) {
        case .opened(let clear, _):
            let pair = EntryValues.pairs(of: [clear]).first { $0.key == field }
            return pair.map { .value($0.value) }
                ?? .note(Label("(密封内容已损坏)", "(sealed, and damaged)"))
        case .elsewhere(let keys):
            let names = openers(keys)
            guard !names.isEmpty else {
                return .note(Label("(密封,此处不存钥匙)", "(sealed; no key of it is held here)"))
            }
            return .note(
                Label(
                    "(密封: 可在 \(names.joined(separator: "、")) 开封)",
                    "(sealed: can be opened at \(names.joined(separator: ", ")))"
                )
            )
        case .absent: return .note(Label("(密封,此处不存)", "(sealed, and not held here)"))
        case .damaged: return .note(Label("(密封内容已损坏)", "(sealed, and damaged)"))
        }
    }

    /// Names of the nodes that can open an entry's sealed part.
    func openers(of entry: PlacedEntry, among entries: [PlacedEntry]) -> [String] {
        openers(Unsealer.recipients(of: entry, among: entries))
    }

    private func openers(_ keys: [Bytes32]) -> [String] {
        keys.map { store.roster.member(seal: $0)?.name ?? $0.short }
    }

    private func outcome(_ entry: PlacedEntry, among entries: [PlacedEntry]) -> Unsealer.Outcome {
        guard let unsealer else {
            let keys = Unsealer.recipients(of: entry, among: entries)
            return .elsewhere(keys)
        }
        if let known = opened[entry.hash] { return known }
        let outcome = unsealer.open(entry, among: entries)
        opened[entry.hash] = outcome
        return outcome
    }
}
