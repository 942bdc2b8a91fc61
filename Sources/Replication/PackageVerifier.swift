package import Crypto
package import Ledger
package import TransparencyLog

/// Checks packages of entries against the signed tree of their log.
///
/// Used for sessions and for files alike. Holds hashing contexts: one verifier serves one thread
/// at a time.
package struct PackageVerifier {
    private let treeHasher = TreeHasher()
    private let hasher = SHA256Hasher()
    private let ledger: Digest

    /// Verifies logs of one ledger.
    package init(ledger: Digest) {
        self.ledger = ledger
    }

    /// The root over a range.
    package func root(of range: CompactRange) -> Digest { range.root(hasher: treeHasher) }

    /// Whether a part is the one that its header commits to.
    package func matches(_ part: Part, _ wanted: WantedPart) -> Bool {
        part.commitment(hasher) == wanted.commitment
    }

    /// The tree with the leaves of these entries behind those of `range`; nothing is checked.
    package func extended(
        _ range: CompactRange,
        by entries: some Sequence<Entry>
    ) -> CompactRange {
        var range = range
        for entry in entries {
            range.append(treeHasher.leafHash(entry.leaf), hasher: treeHasher)
        }
        return range
    }

    /// Checks that `package` follows `range` and leads to `checkpoint`.
    ///
    /// Entries of roster operations have their author's signature checked always, others if
    /// `checksSignatures`. A bad signature or header is a finding about the entry, not an error.
    ///
    /// `range` is the log's tree before the first entry; the signature of `checkpoint` was checked.
    ///
    /// - Throws: ``PackageError``: then nothing of the package may be used.
    package func verify(
        _ package: Package,
        after range: CompactRange,
        checkpoint: SignedCheckpoint,
        roster: Roster,
        checksSignatures: Bool
    ) throws(PackageError) -> VerifiedPackage {
        guard package.first == range.size, !package.entries.isEmpty else {
            throw .wrongPlace(package.first, want: range.size)
        }
        let target = checkpoint.checkpoint
        guard UInt64(package.entries.count) <= target.size - min(range.size, target.size) else {
            throw .beyondTarget(target.size)
        }
        var range = range
        var nodes: [TreeNode] = []
        var entries: [VerifiedEntry] = []
        entries.reserveCapacity(package.entries.count)
        for entry in package.entries {
            let sequence = range.size
            entries.append(
                try verify(
                    entry,
                    at: Place(log: package.log, sequence: sequence),
                    roster: roster,
                    checksSignature: checksSignatures
                )
            )
            range.append(treeHasher.leafHash(entry.leaf), hasher: treeHasher) {
                level,
                index,
                hash in
                guard level > 0, TileIndex.stored(level: level, index: index) != nil else { return }
                nodes.append(TreeNode(level: level, index: index, hash: hash))
            }
        }
        let root = root(of: range)
        do {
            try verifyConsistency(
                from: range.size,
                root: root,
                to: target.size,
                root: target.root,
                proof: package.proof,
                hasher: treeHasher
            )
        } catch { throw .proof(error) }
        return VerifiedPackage(
            log: package.log,
            first: package.first,
            entries: entries,
            range: range,
            root: root,
            nodes: nodes,
            checkpoint: checkpoint,
            proof: package.proof
        )
    }

    private func verify(
        _ entry: Entry,
        at place: Place,
        roster: Roster,
        checksSignature: Bool
    ) throws(PackageError) -> VerifiedEntry {
        var header: Result<Header, HeaderError>
        do { header = try entry.check(hasher) } catch { throw .entry(place.sequence, error) }
        let hash = entry.hash(hasher)
        var isRoster = false
        if case .success(let read) = header {
            isRoster = RosterOperation.isRoster(read.operation)
            do {
                try read.check(
                    hash: hash,
                    ledger: ledger,
                    log: place.log,
                    sequence: place.sequence
                )
            } catch { header = .failure(error) }
        }
        // Rights and deadlines follow from these at every node; the others are asked for.
        if let part = entry.parts.firstIndex(of: nil), case .success(let read) = header,
            read.mustCarryParts
        {
            throw .withheld(place.sequence, part: part)
        }
        var signature = SignatureVerdict.unchecked
        if checksSignature || isRoster, let key = roster.authorKey(entry.author) {
            let isGood = Leaf(entry.leaf)?.verifies(message: hash, key: key) ?? false
            signature = isGood ? .good : .forged
        }
        return VerifiedEntry(entry: entry, hash: hash, header: header, signature: signature)
    }
}

/// What is wrong with a package.
package enum PackageError: Error, Hashable, Sendable {
    /// It has no entries, or starts elsewhere than the log ends here.
    case wrongPlace(UInt64, want: UInt64)
    /// It goes beyond the checkpoint.
    case beyondTarget(UInt64)
    /// An entry is not what its leaf and header say.
    case entry(UInt64, EntryError)
    /// A part that no node goes without was left out.
    case withheld(UInt64, part: Int)
    /// The entries do not stand in the tree of the checkpoint, or the proof is of another.
    case proof(ProofError)
}

extension PackageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .wrongPlace(let first, let want):
            "package without entries or from \(first), want \(want)"
        case .beyondTarget(let size): "package goes beyond the checkpoint of size \(size)"
        case .entry(let sequence, let error): "entry \(sequence): \(error)"
        case .withheld(let sequence, let part): "entry \(sequence) comes without part \(part)"
        case .proof(let error): error.description
        }
    }
}
