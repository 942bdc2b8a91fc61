package import Crypto
package import Encoding

/// Opens sealed parts with the seal keys of one node; what comes out is for display alone and never
/// stored.
package struct Unsealer: Sendable {
    /// What became of an attempt.
    package enum Outcome: Hashable, Sendable {
        /// The clear bytes, and the key that opened them.
        case opened([UInt8], key: Bytes32)
        /// Only these keys can open it, as far as wraps are held here.
        case elsewhere([Bytes32])
        /// The sealed part is not held here, or was destroyed.
        case absent
        /// It is not of its form, or not what its commitment says.
        case damaged
    }

    /// Most wraps for one key that are tried, so that nobody can keep a reader busy.
    private static let attemptsMax = 64

    private let ledger: Digest
    private let keys: [Bytes32: SealKey]

    /// Takes the node's keys: the one that its grant names, and those that it had before.
    package init(ledger: Digest, keys: [SealKey]) {
        self.ledger = ledger
        self.keys = Dictionary(keys.map { ($0.publicKey, $0) }) { first, _ in first }
    }

    /// Opens the sealed part of an entry.
    ///
    /// - Parameters:
    ///   - entry: with the bytes of its parts as they are held.
    ///   - entries: all of the same subject, in which further wraps may stand.
    /// - Returns: what became of it; ``Outcome/absent`` for an entry without a sealed part.
    package func open(_ entry: PlacedEntry, among entries: [PlacedEntry]) -> Outcome {
        guard let seal = entry.header.seal, let bytes = entry.part(seal.part) else {
            return .absent
        }
        guard let sealed = SealedPart(decoding: bytes) else { return .damaged }
        let place = SealPlace(
            ledger: ledger,
            id: PartID(log: entry.log, sequence: entry.sequence, part: seal.part)
        )
        let wraps = Self.wraps(of: entry, among: entries)
        let own = wraps.filter { keys[$0.recipient] != nil }.prefix(Self.attemptsMax)
        for wrap in own {
            guard let key = keys[wrap.recipient],
                let content = KeyWraps.key(in: wrap, with: key, place: place),
                let clear = sealed.opened(with: content, place: place)
            else { continue }
            return .opened(clear, key: content)
        }
        return own.isEmpty ? .elsewhere(Self.recipients(wraps)) : .damaged
    }

    /// Keys that can open the sealed part of an entry, rising, by what is held here.
    package static func recipients(
        of entry: PlacedEntry,
        among entries: [PlacedEntry]
    ) -> [Bytes32] {
        recipients(wraps(of: entry, among: entries))
    }

    private static func recipients(_ wraps: [KeyWraps.Wrap]) -> [Bytes32] {
        Set(wraps.map(\.recipient)).sorted()
    }

    /// Those that came with the entry, then those of later entries in their order.
    private static func wraps(
        of entry: PlacedEntry,
        among entries: [PlacedEntry]
    ) -> [KeyWraps.Wrap] {
        guard let seal = entry.header.seal else { return [] }
        var parts = [entry.part(seal.wraps)]
        for other in entries where other.header[field: WrapField.key] != nil {
            parts += other.header.wraps.filter { $0.entry == entry.hash }.map {
                other.part($0.part)
            }
        }
        return parts.flatMap { part in part.flatMap { KeyWraps(decoding: $0) }?.wraps ?? [] }
    }
}

extension PlacedEntry {
    /// The bytes of a part that its header has; nil where they are not held.
    fileprivate func part(_ index: Int) -> [UInt8]? {
        parts.indices.contains(index) ? parts[index] : nil
    }
}
