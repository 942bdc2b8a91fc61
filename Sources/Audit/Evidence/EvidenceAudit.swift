package import Cases
package import Crypto
internal import Encoding
package import Ledger
package import TransparencyLog

/// One entry of evidence as it was read: bytes that nobody has checked.
package struct EvidenceEntry: Sendable {
    /// Should be the header, of which the name that it had is the hash.
    package let name: Digest
    /// Header, leaf and the parts that were disclosed.
    package let stored: StoredEntry
    /// Should be a Sigsum proof of version 2.
    package let proof: String

    /// Bytes of all its files.
    package var byteCount: Int {
        stored.parts.reduce(stored.header.count + stored.leaf.count + proof.utf8.count) {
            $0 + $1.salt.count + $1.bytes.count
        }
    }

    /// Takes all fields.
    package init(name: Digest, stored: StoredEntry, proof: String) {
        self.name = name
        self.stored = stored
        self.proof = proof
    }
}

/// What evidence comes to.
package struct EvidenceReport: Sendable {
    /// An entry whose bytes, place and signatures are good.
    package struct Proven: Sendable {
        /// With the parts that were disclosed.
        package let placed: PlacedEntry
        /// What became of each part.
        package let parts: [EvidenceManifest.PartState]
        /// Who signed it, if a person's or node's grant is among the evidence.
        package let author: PublicKey
        /// The log's claim that covers it.
        package let checkpoint: Checkpoint
        /// By when it was written, seconds since 1970, if fewer than a third of the trusted witnesses
        /// lie: the (f + 1)-th earliest cosignature of n = 3f + 1; nil without so many.
        package let witnessed: UInt64?
    }

    /// The founding entry: what is trusted, unless a policy says which logs are.
    package let ledger: Digest
    /// What the evidence is about.
    package let subject: SubjectID
    /// The entries about the subject as this program judges them.
    package internal(set) var folded: FoldedSubject?
    /// Entries that are proven, by hash.
    package internal(set) var proven: [Digest: Proven] = [:]
    /// Who may do what, as far as the evidence shows it.
    package internal(set) var roster: Roster
    /// Entries that others name under *after* and that are not in the evidence, rising.
    ///
    /// Empty does not say that nothing was left out: what no shown entry names can be missing.
    package internal(set) var unknown: [Digest] = []
    /// What is wrong, and what is worth knowing.
    package internal(set) var findings = FindingList()

    /// Whether nothing is wrong.
    package var isGood: Bool { findings.errorCount == 0 }
}

/// Checks evidence from its bytes alone.
///
/// - Source: `Protocol/evidence.md` section 4.
package struct EvidenceAudit {
    private let manifest: EvidenceManifest
    private let policy: SigsumPolicy?
    private let hasher = SHA256Hasher()
    private var report: EvidenceReport

    private struct Read {
        let placed: PlacedEntry
        let leaf: Leaf
        let proof: SigsumProof
        let parts: [EvidenceManifest.PartState]
    }

    /// Checks evidence.
    ///
    /// - Parameters:
    ///   - manifest: what it says of itself.
    ///   - entries: all of it.
    ///   - policy: which logs and witnesses whoever checks trusts; nil to trust the founding entry
    ///     that the manifest names.
    /// - Returns: what it comes to.
    package static func check(
        _ manifest: EvidenceManifest,
        _ entries: [EvidenceEntry],
        policy: SigsumPolicy?
    ) -> EvidenceReport {
        var audit = EvidenceAudit(manifest, policy)
        audit.run(entries)
        return audit.report
    }

    private init(_ manifest: EvidenceManifest, _ policy: SigsumPolicy?) {
        self.manifest = manifest
        self.policy = policy
        report = EvidenceReport(
            ledger: manifest.ledger,
            subject: manifest.subject,
            roster: Roster(ledger: manifest.ledger)
        )
    }

    private mutating func add(
        _ kind: Finding.Kind,
        _ text: String,
        _ place: PlacedEntry? = nil,
        gravity: Finding.Gravity = .error
    ) {
        report.findings.add(
            Finding(kind, text, log: place?.log, sequence: place?.sequence, gravity: gravity)
        )
    }

    private mutating func run(_ entries: [EvidenceEntry]) {
        let wanted = Dictionary(manifest.items.map { ($0.entry, $0) }) { first, _ in first }
        var read: [Digest: Read] = [:]
        for entry in entries {
            guard let item = wanted[entry.name], read[entry.name] == nil else {
                add(.orphan, "entry \(entry.name.short) is there and not in the manifest, or twice")
                continue
            }
            read[entry.name] = self.read(entry, item)
        }
        let given = Set(entries.map(\.name))
        for item in manifest.items where !given.contains(item.entry) {
            add(.missing, "entry \(item.entry.short) is in the manifest and not there")
        }
        let ordered = manifest.items.compactMap { read[$0.entry] }
        checkTrees(ordered)
        let roster = RosterAudit(
            ledger: manifest.ledger,
            entries: ordered.filter { RosterOperation.isRoster($0.placed.header.operation) }
                .map { RosterAudit.Candidate($0.placed, leaf: $0.leaf.bytes) }
        )
        report.roster = roster.roster
        if roster.roster.members.isEmpty {
            add(.missing, "the founding entry \(manifest.ledger.short) is not there, or not signed")
        }
        for entry in ordered { prove(entry) }
        checkOpenings()
        judge()
        relate()
    }

    /// Header, leaf, parts and proof of an entry, as far as they belong together.
    private mutating func read(_ entry: EvidenceEntry, _ item: EvidenceManifest.Item) -> Read? {
        let (stored, name) = (entry.stored, entry.name.short)
        guard hasher.hash(stored.header) == entry.name else {
            add(.entry, "the header of entry \(name) hashes to another entry")
            return nil
        }
        guard let header = try? Header(decoding: stored.header), let leaf = Leaf(stored.leaf),
            leaf.checksum == hasher.hash(entry.name.bytes)
        else {
            add(.entry, "header and leaf of entry \(name) do not belong together")
            return nil
        }
        let proof: SigsumProof
        do { proof = try SigsumProof(text: entry.proof) } catch {
            add(.entry, "entry \(name): \(error)")
            return nil
        }
        let (log, sequence) = (proof.log, proof.index)
        let parts = self.parts(of: header, stored.parts, item)
        let placed = PlacedEntry(
            log: log,
            sequence: sequence,
            hash: entry.name,
            author: leaf.keyHash,
            header: header,
            parts: parts ?? header.parts.map { _ in nil }
        )
        guard parts != nil else {
            add(.entry, "parts are not those that its header commits to", placed)
            return nil
        }
        do {
            try header.check(
                hash: entry.name,
                ledger: manifest.ledger,
                log: log,
                sequence: sequence
            )
        } catch {
            add(.header, "does not stand where its header says: \(error)", placed)
            return nil
        }
        guard proof.author == leaf.keyHash, proof.authorSignature == leaf.signature else {
            add(.entry, "the proof is of another leaf", placed)
            return nil
        }
        do { try proof.verifyInclusion(of: leaf) } catch {
            add(.root, "is not in the log: \(error)", placed)
            return nil
        }
        let isAbout = header.subjects.contains(manifest.subject)
        if item.isAboutSubject, !isAbout {
            add(.index, "is said to be about the subject and is not", placed)
        }
        return Read(placed: placed, leaf: leaf, proof: proof, parts: item.parts)
    }

    /// Clear bytes of the parts that were disclosed; nil if they are not those of the manifest or
    /// of the header.
    private func parts(
        of header: Header,
        _ stored: [StoredEntry.Part],
        _ item: EvidenceManifest.Item
    ) -> [[UInt8]?]? {
        guard item.parts.count == header.parts.count else { return nil }
        var parts = [[UInt8]?](repeating: nil, count: header.parts.count)
        for part in stored {
            guard parts.indices.contains(part.index), item.parts[part.index] == .disclosed,
                parts[part.index] == nil, let salt = Bytes32(part.salt),
                Part(salt: salt, bytes: part.bytes).commitment(hasher) == header.parts[part.index]
            else { return nil }
            parts[part.index] = part.bytes
        }
        let disclosed = item.parts.count { $0 == .disclosed }
        return stored.count == disclosed ? parts : nil
    }

    /// All proofs of one log have to lead to one tree: two would need a proof that they agree.
    private mutating func checkTrees(_ entries: [Read]) {
        var trees: [Digest: Checkpoint] = [:]
        for entry in entries {
            let checkpoint = entry.proof.checkpoint
            if let other = trees[entry.proof.log], other != checkpoint {
                add(
                    .checkpoint,
                    "proven by a checkpoint of size \(checkpoint.size), others of its log by one of"
                        + " size \(other.size)",
                    entry.placed
                )
            }
            trees[entry.proof.log] = checkpoint
        }
    }

    /// Holds an entry's signatures against the keys that the roster names, or the policy.
    private mutating func prove(_ read: Read) {
        let (placed, proof) = (read.placed, read.proof)
        guard let key = report.roster.member(log: placed.log)?.keys.log else {
            return add(.missing, "no grant in the evidence names the key of its log", placed)
        }
        guard proof.isSigned(by: key) else {
            return add(.checkpoint, "the log's key did not sign the checkpoint", placed)
        }
        if let policy {
            guard policy.logs.contains(key) else {
                return add(.checkpoint, "the policy does not trust its log", placed)
            }
            guard policy.isMet(by: proof) else {
                return add(.checkpoint, "too few witnesses of the policy cosigned", placed)
            }
        }
        guard let author = report.roster.authorKey(placed.author) else {
            return add(.missing, "no grant in the evidence names its author's key", placed)
        }
        guard read.leaf.verifies(message: placed.hash, key: author) else {
            return add(.signature, "its author's key did not sign it", placed)
        }
        report.proven[placed.hash] = EvidenceReport.Proven(
            placed: placed,
            parts: read.parts,
            author: author,
            checkpoint: proof.checkpoint,
            witnessed: policy.flatMap { policy in
                let faulty = max(0, policy.witnesses.count - 1) / 3
                return policy.witnesses.compactMap { proof.cosigned(by: $0.key) }.sorted()
                    .dropFirst(faulty).first
            }
        )
    }

    /// A log's opening says under which grant it was begun: without it another would count.
    private mutating func checkOpenings() {
        let proven = report.proven.values.map(\.placed)
        let opened = Set(
            proven.filter { $0.sequence == 0 && $0.header.operation == RosterOperation.openName }
                .map(\.log)
        )
        for log in Set(proven.map(\.log)).subtracting(opened).sorted() {
            report.findings.add(
                Finding(.missing, "the entry that opens the log is not in the evidence", log: log)
            )
        }
    }

    /// Folds the subject from what is proven, so that each entry's effect is said by its history.
    private mutating func judge() {
        let entries = manifest.items.filter(\.isAboutSubject)
            .compactMap { report.proven[$0.entry]?.placed }
        let held = Set(entries.map(\.hash))
        let folded = SubjectFold.fold(
            manifest.subject,
            entries: entries,
            isHeldElsewhere: { !held.contains($0) },
            authority: Authority(report.roster),
            policy: .standard
        )
        for judged in folded.history where !judged.verdict.isInEffect {
            add(
                .right,
                "has no effect: \(judged.verdict.label.en)",
                judged.entry,
                gravity: .note
            )
        }
        report.folded = folded
    }

    /// What the entries knew and the evidence does not show.
    private mutating func relate() {
        let entries = manifest.items.filter(\.isAboutSubject)
            .compactMap { report.proven[$0.entry]?.placed }
        let held = Set(report.proven.keys)
        let alone = entries.filter { $0.header.subjects.count == 1 }
        let unknown = Set(entries.flatMap(\.header.after)).subtracting(held)
        report.unknown = unknown.sorted()
        let missing = Set(alone.flatMap(\.header.after)).subtracting(held)
        if !missing.isEmpty, manifest.isWhole {
            add(.missing, "\(missing.count) entries that others knew are not in the evidence")
        }
        let opening = entries.contains { entry in
            SubjectID(openedIn: entry.log, at: entry.sequence) == manifest.subject
        }
        if !opening {
            add(
                .missing,
                "the entry that opens the subject is not in the evidence",
                gravity: manifest.isWhole ? .error : .note
            )
        }
    }
}
