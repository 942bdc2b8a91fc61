package import Crypto
internal import Encoding
package import Ledger
internal import TransparencyLog

extension Store {
    /// Entries of a log in order, at most `byteMax` bytes of them but at least one.
    ///
    /// - Throws: ``StoreError/unknownLog(_:)``; damage.
    package func entries(
        of log: Digest,
        _ range: Range<UInt64>,
        byteMax: Int = .max
    ) throws -> [Entry] {
        guard let state = statesByLog[log] else { throw StoreError.unknownLog(log) }
        var entries: [Entry] = []
        var bytes = 0
        for (state, held) in try spans(of: state) {
            let part = range.clamped(to: held)
            guard !part.isEmpty else { continue }
            try read(state.positions(part), into: &entries, &bytes, byteMax: byteMax)
            guard bytes <= byteMax else { break }
        }
        return entries
    }

    private func read(
        _ bounds: [SQLValue],
        into entries: inout [Entry],
        _ bytes: inout Int,
        byteMax: Int
    ) throws {
        let parts = try partsByPosition(bounds)
        try database.scan(
            "SELECT position, header, leaf FROM entry WHERE position BETWEEN ? AND ?"
                + " ORDER BY position",
            bounds
        ) { row in
            let header = row.blob(1)
            let entry = Entry(
                header: header,
                leaf: try row.leaf(2),
                parts: parts.assembled(row.integer(0), count: Self.partCount(header))
            )
            bytes += entry.byteCount
            guard entries.isEmpty || bytes <= byteMax else { return false }
            entries.append(entry)
            return true
        }
    }

    /// In whose rows the entries of a history stand, in order.
    func spans(of state: LogState) throws -> [(state: LogState, held: Range<UInt64>)] {
        var spans: [(state: LogState, held: Range<UInt64>)] = []
        var (state, end) = (state, state.size)
        while true {
            spans.append((state, min(state.base, end)..<end))
            guard let branch = state.branch else { return spans.reversed() }
            guard let parent = statesByLog[branch.parent], parent.size >= branch.base,
                spans.count <= statesByLog.count
            else { throw StoreError.damaged("a history leaves one that is not held") }
            (state, end) = (parent, branch.base)
        }
    }

    /// Takes up which histories of a log leave which.
    func followHistories() throws {
        histories = [:]
        for log in Set(statesByLog.values.compactMap { $0.branch?.log }).sorted() {
            histories[log] = Histories(
                log: log,
                try branches(of: log).compactMap(\.branch).map { branch in
                    let leaf = try entries(of: branch.parent, branch.base..<branch.base + 1).first
                    guard let leaf else {
                        throw StoreError.damaged("a history leaves one that is not held")
                    }
                    return Histories.Member(branch, sibling: treeHasher.leafHash(leaf.leaf))
                }
            )
        }
    }

    /// Root over the first `size` entries of a log; nil if fewer are held.
    package func root(of log: Digest, size: UInt64) throws -> Digest? {
        guard let state = statesByLog[log], size <= state.size else { return nil }
        if size == state.size { return state.root }
        return try CompactRange(size: size, source: nodes(state)).root(hasher: treeHasher)
    }

    /// Proof that the first `size` entries of a log are the start of its first `target`.
    package func consistency(of log: Digest, from size: UInt64, to target: UInt64) throws
        -> [Digest]
    {
        guard let state = statesByLog[log] else { throw StoreError.unknownLog(log) }
        guard target <= state.size else {
            throw StoreError.outOfPlace(log: log, got: target, want: state.size)
        }
        return try consistencyProof(
            from: size,
            to: target,
            source: nodes(state),
            hasher: treeHasher
        )
    }

    /// The entries of a subject that stand where their headers say, in order of log and place.
    package func entries(about subject: SubjectID) throws -> [PlacedEntry] {
        guard let number = try subjectNumber(subject) else { return [] }
        return try placedEntries(subject: number)
    }

    func placedEntries(subject: Int64) throws -> [PlacedEntry] {
        try placedEntries(
            "SELECT position FROM subject_entry WHERE subject = ? ORDER BY position",
            [.integer(subject)]
        )
    }

    /// Reads the entries whose positions the query gives; they were checked when they came in.
    func placedEntries(_ query: String, _ values: [SQLValue]) throws -> [PlacedEntry] {
        try positionedEntries(query, values).map(\.entry)
    }

    /// The same, each with its row id, which an entry that is in no row has not.
    func positionedEntries(_ query: String, _ values: [SQLValue]) throws -> [PositionedEntry] {
        try database.rows(
            """
            SELECT e.position, e.header, e.leaf,
                EXISTS (SELECT 1 FROM forged f WHERE f.position = e.position)
            FROM entry e WHERE e.position IN (\(query)) ORDER BY e.position
            """,
            values
        ) { row in
            let position = row.integer(0)
            guard
                let state = logsByNumber[Position(position).logNumber].flatMap({ statesByLog[$0] }),
                let header = try? Header(decoding: row.blob(1))
            else { throw StoreError.damaged("an indexed entry can not be read") }
            let bounds = [SQLValue.integer(position), .integer(position)]
            let entry = Entry(
                header: row.blob(1),
                leaf: try row.leaf(2),
                parts: header.parts.isEmpty
                    ? []
                    : try partsByPosition(bounds).assembled(position, count: header.parts.count)
            )
            let sequence = Position(position).sequence
            let placed = PlacedEntry(
                entry,
                header: header,
                hash: entry.hash(hasher),
                place: Place(log: state.log, sequence: sequence),
                isForged: row.integer(3) != 0,
                path: histories[state.log]?.path(state.id, to: sequence) ?? []
            )
            return (position, placed)
        }
    }

    func nodes(_ state: LogState) throws -> TileSource<StoredTiles> {
        TileSource(StoredTiles(database: database, spans: try spans(of: state), hasher: treeHasher))
    }

    func subjectNumber(_ subject: SubjectID) throws -> Int64? {
        try database.first("SELECT number FROM subject WHERE id = ?", [.blob(subject.bytes)]) {
            $0.integer(0)
        }
    }

    /// The parts of the entries between two positions, both included.
    private func partsByPosition(_ bounds: [SQLValue]) throws -> StoredParts {
        guard case .integer(let first) = bounds[0], case .integer(let last) = bounds[1] else {
            preconditionFailure("positions are integers")
        }
        var parts: [Int64: Part] = [:]
        try database.scan(
            "SELECT position, salt, bytes FROM part WHERE position BETWEEN ? AND ?",
            [
                .integer(first << Schema.partBits),
                .integer(last << Schema.partBits | (1 << Schema.partBits - 1)),
            ]
        ) { row in
            parts[row.integer(0)] = Part(salt: try row.digest(1), bytes: row.blob(2))
            return true
        }
        return StoredParts(parts: parts)
    }

    /// How many parts a header names; none for one that can not be read.
    private static func partCount(_ header: [UInt8]) -> Int {
        (try? Header(decoding: header))?.parts.count ?? 0
    }
}

/// An entry with its row id.
typealias PositionedEntry = (position: Int64?, entry: PlacedEntry)

/// Parts by row id.
private struct StoredParts {
    let parts: [Int64: Part]

    func assembled(_ position: Int64, count: Int) -> [Part?] {
        (0..<count).map { parts[position << Schema.partBits | Int64($0)] }
    }
}

/// The tiles of one log: those of leaves computed from the entries, the others as stored.
///
/// A tile of a further history has what it shares with others too, once it has a row.
struct StoredTiles: TileReader {
    let database: Database
    let spans: [(state: LogState, held: Range<UInt64>)]
    let hasher: TreeHasher

    func tile(level: Int, index: UInt64) throws -> [Digest] {
        let width = UInt64(TileIndex.width)
        guard level == 0 else { return try stored(level: level, index: index) }
        var hashes: [Digest] = []
        for (state, held) in spans {
            let range = (index * width..<(index + 1) * width).clamped(to: held)
            guard !range.isEmpty else { continue }
            hashes += try database.rows(
                "SELECT leaf FROM entry WHERE position BETWEEN ? AND ? ORDER BY position",
                state.positions(range)
            ) { hasher.leafHash($0.blob(0)) }
        }
        return hashes
    }

    private func stored(level: Int, index: UInt64) throws -> [Digest] {
        for (state, held) in spans.reversed() {
            let bytes = try database.first(
                "SELECT hashes FROM tile WHERE log = ? AND level = ? AND number = ?",
                [.integer(state.number), .integer(Int64(level)), .count(index)]
            ) { $0.blob(0) }
            guard let bytes else { continue }
            guard bytes.count.isMultiple(of: Digest.count) else {
                throw StoreError.damaged("a tile of log \(state.id.short) is not whole hashes")
            }
            // Of one that this history left, only what was complete before.
            let complete = held.upperBound >> UInt64(TileIndex.height * level)
            let first = index * UInt64(TileIndex.width)
            let count = Int(
                min(complete - min(complete, first), UInt64(bytes.count / Digest.count))
            )
            return (0..<count).map { Digest(bytes, at: $0 * Digest.count) }
        }
        return []
    }
}
