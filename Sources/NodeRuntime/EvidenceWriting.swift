package import Audit
internal import Cases
package import Crypto
internal import Encoding
internal import Foundation
package import Ledger
package import Storage
package import TransparencyLog

/// Evidence of one case or entry, gathered from a home, for whoever checks it without one.
///
/// - Source: `Protocol/evidence.md`.
package struct EvidenceGathering {
    /// What is given of the parts that are held.
    package enum Disclosure: Hashable, Sendable {
        /// All of them, but none that is sealed.
        case all
        /// None.
        case none
        /// Those of these entries.
        case entries(Set<Digest>)
    }

    /// What is to be written.
    package private(set) var manifest: EvidenceManifest
    /// Header, leaf, disclosed parts and proof of each entry, in the manifest's order.
    package private(set) var entries: [EvidenceEntry] = []
    /// Keys that signed entries or checkpoints, rising by hash.
    package private(set) var keys: [PublicKey] = []
    /// Keys of the logs, rising by hash.
    package private(set) var logs: [PublicKey] = []

    private let store: Store
    private let ownCheckpoint: SignedCheckpoint
    private var checkpoints: [Digest: SignedCheckpoint] = [:]

    /// Gathers what shows that entries stand in their logs, and that their authors might write them.
    ///
    /// - Parameters:
    ///   - store: of the home, opened after `ownCheckpoint` was signed.
    ///   - ownCheckpoint: of the home's log.
    ///   - subject: what it is about.
    ///   - only: these of its entries; nil for all.
    ///   - disclosure: which parts are given.
    ///   - now: milliseconds since 1970.
    /// - Throws: ``EvidenceError`` if an entry can not be proven; ``StoreError``.
    package init(
        _ store: Store,
        ownCheckpoint: SignedCheckpoint,
        subject: SubjectID,
        only: Set<Digest>?,
        disclosure: Disclosure,
        now: UInt64
    ) throws {
        self.store = store
        self.ownCheckpoint = ownCheckpoint
        guard let identity = store.identity else { throw EvidenceError("the home has no ledger") }
        let folded = try store.folded(subject)
        let named = only.map { only in
            only.union(
                // Whoever is shown an entry is shown what was redacted of it.
                (folded.view?.redactions ?? []).filter { !only.isDisjoint(with: $0.named) }
                    .flatMap { [$0.entry] + $0.approvals.map(\.entry) }
            )
        }
        let about = folded.history.map(\.entry).filter { named?.contains($0.hash) ?? true }
        guard about.allSatisfy(\.path.isEmpty) else {
            throw EvidenceError(
                "an entry stands in a further history of a forked log, which no checkpoint decides"
            )
        }
        let held = try store.rosterEntries()
        let chain = RosterChain(
            ledger: identity.ledger,
            from: held,
            logs: Set(about.map(\.log)),
            authors: Set(about.map(\.author))
        )
        let all =
            about + chain.entries.filter { entry in !about.contains { $0.hash == entry.hash } }
        guard all.count <= EvidenceManifest.itemsMax else {
            throw EvidenceError("\(all.count) entries, want at most \(EvidenceManifest.itemsMax)")
        }
        manifest = EvidenceManifest(
            ledger: identity.ledger,
            subject: subject,
            frontier: store.frontier,
            fold: SubjectFold.version,
            now: now,
            isWhole: only == nil,
            items: []
        )
        let redacted = Set((folded.view?.redactions ?? []).flatMap(\.named))
        var items: [EvidenceManifest.Item] = []
        for placed in all.sorted(by: { $0.hash < $1.hash }) {
            let isAbout = about.contains { $0.hash == placed.hash }
            items.append(
                try add(
                    placed,
                    isAbout: isAbout,
                    isRedacted: redacted.contains(placed.hash),
                    disclosure
                )
            )
        }
        manifest = EvidenceManifest(
            ledger: manifest.ledger,
            subject: subject,
            frontier: manifest.frontier,
            fold: manifest.fold,
            now: now,
            isWhole: manifest.isWhole,
            items: items
        )
        let bytes = entries.reduce(0) { $0 + $1.byteCount }
        guard bytes <= EvidenceManifest.entriesBytesMax else {
            throw EvidenceError(
                "\(bytes) bytes of entries, want at most \(EvidenceManifest.entriesBytesMax)"
            )
        }
        let authors = Set(all.map(\.author)).compactMap(store.roster.authorKey)
        logs = checkpoints.values.map(\.logKey).sorted { $0.hash < $1.hash }
        keys = Set(authors + logs).sorted { $0.hash < $1.hash }
    }

    private mutating func add(
        _ placed: PlacedEntry,
        isAbout: Bool,
        isRedacted: Bool,
        _ disclosure: Disclosure
    ) throws -> EvidenceManifest.Item {
        let signed = try checkpoint(of: placed.log)
        guard placed.sequence < signed.checkpoint.size,
            let entry = try store.entries(of: placed.log, placed.sequence..<placed.sequence + 1)
                .first,
            let leaf = Leaf(entry.leaf)
        else {
            throw EvidenceError(
                "entry \(placed.hash.short) is not covered by a checkpoint that is held"
            )
        }
        let path = try store.inclusion(
            of: placed.log,
            at: placed.sequence,
            in: signed.checkpoint.size
        )
        guard
            let proof = SigsumProof(
                leaf: leaf,
                index: placed.sequence,
                path: path,
                signed: signed
            )
        else { throw EvidenceError("the checkpoint of log \(placed.log.short) is not signed") }
        let isDisclosed =
            switch disclosure {
            case .all: true
            case .none: false
            case .entries(let hashes): hashes.contains(placed.hash)
            }
        let seal = placed.header.seal
        let sealed = Set(
            [seal?.part, seal?.wraps].compactMap(\.self) + placed.header.wraps.map(\.part)
        )
        var parts: [StoredEntry.Part] = []
        let states = entry.parts.enumerated().map { index, part -> EvidenceManifest.PartState in
            if isRedacted { return .redacted }
            guard let part else { return .absent }
            if sealed.contains(index) { return .sealed }
            // Names and places of the roster show who the keys belong to.
            guard isDisclosed || !isAbout else { return .withheld }
            parts.append(.init(index: index, salt: part.salt.bytes, bytes: part.bytes))
            return .disclosed
        }
        entries.append(
            EvidenceEntry(
                name: placed.hash,
                stored: StoredEntry(header: entry.header, leaf: entry.leaf, parts: parts),
                proof: proof.text
            )
        )
        return EvidenceManifest.Item(
            entry: placed.hash,
            isAboutSubject: isAbout,
            parts: states
        )
    }

    /// The checkpoint of a log that all proofs in it lead to.
    private mutating func checkpoint(of log: Digest) throws -> SignedCheckpoint {
        if let known = checkpoints[log] { return known }
        let signed: SignedCheckpoint
        if ownCheckpoint.logKey.hash == log {
            signed = ownCheckpoint
        } else {
            guard let note = store.log(log)?.note,
                let key = store.roster.member(log: log)?.keys.log,
                let held = try? SignedCheckpoint.verify(note, logKey: key)
            else { throw EvidenceError("no checkpoint of log \(log.short) is held") }
            signed = held
        }
        checkpoints[log] = signed
        return signed
    }
}

/// Writes evidence to a directory that is there whole or not at all; for its owner only, since
/// parts may name people.
///
/// - Parameters:
///   - evidence: what to write.
///   - pages: further files by name, for people.
///   - directory: does not exist, or is empty.
/// - Throws: ``LogExportError``.
package func writeEvidence(
    _ evidence: EvidenceGathering,
    pages: [(name: String, text: String)],
    to directory: String
) throws {
    try writeDirectory(directory) { partial in
        func write(_ name: String, _ bytes: [UInt8]) throws {
            let file = try ExportFile("\(partial)/\(name)")
            try file.write(bytes)
            try file.finish()
        }
        func make(_ name: String) throws {
            guard unsafe mkdir("\(partial)/\(name)", 0o700) == 0 else {
                throw LogExportError.system(action: "make", path: name, number: errno)
            }
        }
        try write("manifest", Array(evidence.manifest.text.utf8))
        try write("policy", Array(SigsumPolicy.text(logs: evidence.logs).utf8))
        try make("keys")
        for key in evidence.keys {
            try write("keys/\(key.hash).pub", Array(key.openSSH.utf8))
            try write("keys/\(key.hash).pem", Array(key.pem.utf8))
        }
        try make("entries")
        for entry in evidence.entries {
            let name = "entries/\(entry.name)"
            try make(name)
            try write("\(name)/header", entry.stored.header)
            try write("\(name)/leaf", entry.stored.leaf)
            try write("\(name)/proof", Array(entry.proof.utf8))
            for part in entry.stored.parts {
                try write("\(name)/part-\(part.index)", part.bytes)
                try write("\(name)/salt-\(part.index)", part.salt)
            }
        }
        for page in pages { try write(page.name, Array(page.text.utf8)) }
    }
}
