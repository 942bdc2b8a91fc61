internal import Crypto
internal import Encoding
internal import Ledger
internal import TransparencyLog

/// Entries of the own log that are being written in one transaction: each is added, then all are
/// signed.
struct AppendBatch {
    /// The tree with the entries that are signed.
    private(set) var range: CompactRange
    /// The signed entries in order.
    private(set) var incoming: [IncomingEntry] = []
    /// Subtrees that they complete, at stored levels.
    private(set) var nodes: [(level: Int, index: UInt64, hash: Digest)] = []
    /// Each entry with the index of its item.
    private(set) var written: [(index: Int, entry: PlacedEntry)] = []
    private var unsigned: [UnsignedEntry] = []
    private var bySubject: [SubjectID: [PlacedEntry]] = [:]
    private let signer: EntrySigner
    private let hasher: SHA256Hasher
    /// What became of each item.
    var outcomes: [AppendOutcome] = []

    /// Entries that one thread signs at a time.
    private static let signedAtOnce = 16

    init(range: CompactRange, signer: EntrySigner, hasher: SHA256Hasher) {
        self.range = range
        self.signer = signer
        self.hasher = hasher
    }

    /// Sequence of the next entry.
    var next: UInt64 { range.size + UInt64(unsigned.count) }

    /// Adds one item, to be signed later.
    mutating func add(
        _ item: AppendItem,
        _ index: Int,
        _ context: EntryContext,
        salts: [Bytes32]
    ) throws(AppendError) {
        let entry: UnsignedEntry
        do {
            entry = try item.draft.unsigned(in: context, salts: salts, hasher: hasher)
        } catch {
            throw .draft(index: index, error)
        }
        let placed = entry.placed(author: signer.author.hash)
        unsigned.append(entry)
        written.append((index, placed))
        for subject in entry.header.subjects { bySubject[subject, default: []].append(placed) }
        outcomes.append(
            .written(subject: entry.header.subjects[0], place: context.place, hash: entry.hash)
        )
    }

    /// Signs what was added, on all cores, and appends it to the tree.
    mutating func sign(_ treeHasher: TreeHasher) throws(AppendError) {
        let signed = try signed(unsigned)
        for (offset, (entry, result)) in zip(unsigned, signed).enumerated() {
            let sealed: Entry
            do {
                sealed = try result.get()
            } catch {
                throw .draft(index: written[offset].index, error)
            }
            range.append(treeHasher.leafHash(sealed.leaf), hasher: treeHasher) {
                level,
                index,
                hash in
                guard level > 0, TileIndex.stored(level: level, index: index) != nil else { return }
                nodes.append((level, index, hash))
            }
            incoming.append(
                IncomingEntry(
                    entry: sealed,
                    hash: entry.hash,
                    header: .success(entry.header),
                    isForged: false
                )
            )
        }
        unsigned = []
    }

    /// The entries of this batch about a subject.
    func placed(about subject: SubjectID) -> [PlacedEntry] {
        bySubject[subject] ?? []
    }

    private func signed(
        _ entries: [UnsignedEntry]
    ) throws(AppendError) -> [Result<Entry, EntryDraftError>] {
        switch signer {
        case .key(let key):
            return entries.onAllCores(atOnce: Self.signedAtOnce) { entry in
                Result { () throws(EntryDraftError) in try entry.signed(by: key) }
            }
        case .leaves(let author, let leaves):
            guard leaves.count == entries.count else { throw .moved }
            let pairs = zip(entries, leaves).map { (entry: $0, leaf: $1) }
            let good = pairs.onAllCores(atOnce: Self.signedAtOnce) { entry, leaf in
                Leaf(leaf)?.verifies(message: entry.hash, key: author) ?? false
            }
            guard let bad = good.firstIndex(of: false) else {
                return pairs.map { .success($0.entry.carrying(leaf: $0.leaf)) }
            }
            throw .notSigned(index: written[bad].index)
        }
    }
}

/// Who signs the leaves of a batch.
enum EntrySigner: Sendable {
    /// This process has the key.
    case key(SigningKey)
    /// The author's own process signed what was proposed to it.
    case leaves(author: PublicKey, [[UInt8]])

    var author: PublicKey {
        switch self {
        case .key(let key): key.publicKey
        case .leaves(let author, _): author
        }
    }
}
