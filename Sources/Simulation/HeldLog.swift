import Crypto
import Encoding
import Ledger
import TransparencyLog

/// An entry in a simulated store; the same object at all nodes that hold the same bytes.
final class HeldEntry {
    let entry: Entry
    let hash: Digest
    let place: Place
    /// Nil if the header can not be read or names another place.
    let header: Header?

    init(_ entry: Entry, hash: Digest, place: Place, header: Header?) {
        self.entry = entry
        self.hash = hash
        self.place = place
        self.header = header
    }

    /// The entry as it is folded.
    func placed(isForged: Bool, path: [Digest] = []) -> PlacedEntry? {
        header.map { header in
            PlacedEntry(
                entry,
                header: header,
                hash: hash,
                place: place,
                isForged: isForged,
                path: path
            )
        }
    }

    /// Whether it belongs to the roster.
    var isRoster: Bool { header.map { RosterOperation.isRoster($0.operation) } ?? false }
}

/// Keeps one object for equal entries, so that a city fits into memory.
final class EntryPool {
    private var entries: [Digest: HeldEntry] = [:]

    /// Those with these hashes, as they were when they were first held.
    func entries(_ hashes: Set<Digest>) -> [HeldEntry] {
        hashes.compactMap { entries[$0] }
    }

    func held(_ entry: Entry, hash: Digest, place: Place, header: Header?) -> HeldEntry {
        let fresh = { HeldEntry(entry, hash: hash, place: place, header: header) }
        guard let known = entries[hash] else {
            let held = fresh()
            entries[hash] = held
            return held
        }
        guard known.place == place, known.entry == entry, known.header == header else {
            return fresh()
        }
        return known
    }
}

/// One log of a simulated store.
struct HeldLog: NodeSource {
    struct NoSuchNode: Error {}

    /// Of a further history, where it leaves another.
    var branch: BranchPlace?
    private(set) var entries: [HeldEntry] = []
    private(set) var range = CompactRange()
    private(set) var root = TreeHasher.emptyRoot
    /// The newest checkpoint that was verified; none for the own log.
    var note: [UInt8] = []
    /// Entries from the start whose authors' signatures were looked at.
    var checked: UInt64 = 0
    private var levels: [[Digest]] = []

    var size: UInt64 { range.size }

    init() {}

    /// The history that leaves `parent`, without what it has for itself.
    init(_ branch: BranchPlace, leaving parent: HeldLog, hasher: TreeHasher) {
        append(Array(parent.entries.prefix(Int(branch.base))), hasher: hasher)
        self.branch = branch
        checked = branch.base
    }

    mutating func append(_ entries: [HeldEntry], hasher: TreeHasher) {
        for entry in entries {
            range.append(hasher.leafHash(entry.entry.leaf), hasher: hasher) { level, _, hash in
                if level == levels.count { levels.append([]) }
                levels[level].append(hash)
            }
            self.entries.append(entry)
        }
        root = range.root(hasher: hasher)
    }

    /// Puts the same entry with other parts in its place.
    mutating func replace(_ entry: HeldEntry, by other: HeldEntry) {
        let index = Int(entry.place.sequence)
        if index < entries.count, entries[index] === entry { entries[index] = other }
    }

    func node(level: Int, index: UInt64) throws -> Digest {
        guard level < levels.count, index < UInt64(levels[level].count) else {
            throw NoSuchNode()
        }
        return levels[level][Int(index)]
    }

    func root(at size: UInt64, hasher: TreeHasher) -> Digest? {
        guard size <= self.size else { return nil }
        guard size < self.size else { return root }
        return try? CompactRange(size: size, source: self).root(hasher: hasher)
    }
}
