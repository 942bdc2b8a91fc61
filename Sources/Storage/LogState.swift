package import Crypto
internal import Encoding
package import Ledger
package import TransparencyLog

/// What is held of one log, or of one further history of it.
package struct LogState: Hashable, Sendable {
    /// SHA-256 of the log key; of a further history, its key.
    package let id: Digest
    /// Of a further history, where it leaves another.
    package internal(set) var branch: BranchPlace?
    /// Peaks and size of the tree over the entries held.
    package internal(set) var range: CompactRange
    /// Root over them.
    package internal(set) var root: Digest
    /// The newest checkpoint of the log's key that was verified; empty for the own log, whose
    /// checkpoints are signed when they are needed.
    package internal(set) var note: [UInt8]
    /// Entries from the start whose authors' signatures were checked.
    package internal(set) var checked: UInt64

    /// The row that numbers the log in positions.
    let number: Int64

    /// How many entries are held, with those that a further history has in common with others.
    package var size: UInt64 { range.size }

    /// SHA-256 of the log key.
    package var log: Digest { branch?.log ?? id }

    /// The first entry that stands in rows of its own.
    package var base: UInt64 { branch?.base ?? 0 }

    init(id: Digest, number: Int64) {
        self.id = id
        self.number = number
        range = CompactRange()
        root = TreeHasher.emptyRoot
        note = []
        checked = 0
    }

    /// An empty history that leaves another.
    init(_ branch: BranchPlace, range: CompactRange, number: Int64) {
        self.init(id: branch.key, number: number)
        self.branch = branch
        self.range = range
        root = branch.root
        checked = branch.base
    }

    init(_ row: Row) throws {
        number = row.integer(0)
        id = try row.digest(1)
        let size = row.count(2)
        root = try row.digest(3)
        let bytes = row.blob(4)
        let peaks = stride(from: 0, to: bytes.count - bytes.count % Digest.count, by: Digest.count)
            .map { Digest(bytes, at: $0) }
        guard bytes.count.isMultiple(of: Digest.count),
            let range = CompactRange(size: size, peaks: peaks)
        else { throw StoreError.damaged("log \(id.short) has peaks that do not fit its size") }
        self.range = range
        note = row.blob(5)
        checked = row.count(6)
        guard checked <= size else {
            throw StoreError.damaged("log \(id.short) has more entries checked than held")
        }
    }

    static let columns = "number, id, size, root, peaks, checkpoint, checked"

    var values: [SQLValue] {
        [
            .integer(number), .digest(id), .count(size), .digest(root),
            .blob(range.peaks.flatMap(\.bytes)), .blob(note), .count(checked),
        ]
    }

    /// Row id of the entry at `sequence`.
    func position(_ sequence: UInt64) throws(StoreError) -> Int64 {
        guard sequence < 1 << UInt64(Schema.sequenceBits) else { throw .full }
        return number << Schema.sequenceBits | Int64(sequence)
    }

    /// Row ids of a range of entries, to be used between two bounds that are both included.
    func positions(_ range: Range<UInt64>) throws(StoreError) -> [SQLValue] {
        [
            .integer(try position(range.lowerBound)),
            .integer(try position(range.upperBound) - 1),
        ]
    }
}

/// The log and place that a row id stands for.
struct Position {
    let logNumber: Int64
    let sequence: UInt64

    init(_ row: Int64) {
        logNumber = row >> Schema.sequenceBits
        sequence = UInt64(row & (1 << Schema.sequenceBits - 1))
    }
}
