internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import TransparencyLog

/// An entry on its way into the tables, checked by whoever hands it over.
struct IncomingEntry {
    let entry: Entry
    let hash: Digest
    /// The header, or why the entry has no effect.
    let header: Result<Header, HeaderError>
    let isForged: Bool
}

/// What a transaction touched, so that roster and view follow in the same transaction.
struct Touched {
    /// Subjects by row; the entries are complete for a subject that is new.
    var subjects: [Int64: TouchedSubject] = [:]
    /// Whether a roster entry was among them.
    var hasRoster = false
    /// Whether subjects were marked to be folded again.
    var hasStale = false
    /// Entries with parts, where it depends on the subjects' places whether they are stored.
    var undecided: [UndecidedParts] = []

    /// Rows of the subjects among them that are policies.
    var policies: [Int64] { subjects.filter { $0.value.isPolicy }.keys.sorted() }
}

/// A subject of which entries came in.
struct TouchedSubject {
    let id: SubjectID
    let isNew: Bool
    var entries: [PlacedEntry]

    /// Whether its entries say what deadlines others have.
    var isPolicy: Bool {
        entries.contains { CaseOperation.named($0.header.operation)?.kind == .policy }
    }
}

extension Store {
    /// Inserts entries that follow on what is held of a log; inside a transaction.
    ///
    /// - Parameters:
    ///   - incoming: in order.
    ///   - state: of the log, moved on to `range`.
    ///   - range: the tree with the entries.
    ///   - nodes: complete subtrees, stored levels only.
    ///   - touched: added to.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    func insert(
        _ incoming: [IncomingEntry],
        into state: inout LogState,
        range: CompactRange,
        nodes: [(level: Int, index: UInt64, hash: Digest)],
        touched: inout Touched
    ) throws {
        precondition(state.size + UInt64(incoming.count) == range.size, "entries fill the range")
        for (offset, entry) in incoming.enumerated() {
            let sequence = state.size + UInt64(offset)
            try insert(entry, at: sequence, of: state, touched: &touched)
        }
        for node in nodes {
            guard let (tile, offset) = TileIndex.stored(level: node.level, index: node.index),
                tile.level > 0
            else { continue }
            try insertNode(node.hash, tile, offset, log: state)
        }
        state.range = range
        state.root = range.root(hasher: treeHasher)
        try write(state)
    }

    func write(_ state: LogState) throws {
        try database.run(
            """
            INSERT INTO log (\(LogState.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (number) DO UPDATE SET size = excluded.size, root = excluded.root,
                peaks = excluded.peaks, checkpoint = excluded.checkpoint,
                checked = excluded.checked
            """,
            state.values
        )
    }

    /// The state of a log, or that of one not seen before, under the next free number.
    func state(of log: Digest) -> LogState {
        statesByLog[log] ?? LogState(id: log, number: (logsByNumber.keys.max() ?? 0) + 1)
    }

    /// Takes up in memory what a transaction has committed.
    func adopt(_ state: LogState) {
        statesByLog[state.id] = state
        logsByNumber[state.number] = state.id
    }

    private func insert(
        _ incoming: IncomingEntry,
        at sequence: UInt64,
        of state: LogState,
        touched: inout Touched
    ) throws {
        let position = try state.position(sequence)
        try database.run(
            "INSERT INTO entry (position, header, leaf) VALUES (?, ?, ?)",
            [.integer(position), .blob(incoming.entry.header), .blob(incoming.entry.leaf)]
        )
        try insertParts(of: incoming, at: position, of: state, touched: &touched)
        if incoming.isForged {
            try database.run("INSERT INTO forged (position) VALUES (?)", [.integer(position)])
        }
        // An entry without a readable header, or that names another place, is about nothing.
        guard case .success(let header) = incoming.header else { return }
        let placed = PlacedEntry(
            incoming.entry,
            header: header,
            hash: incoming.hash,
            place: Place(log: state.log, sequence: sequence),
            isForged: incoming.isForged,
            path: histories[state.log]?.path(state.id, to: sequence) ?? []
        )
        if RosterOperation.isRoster(header.operation) {
            try database.run(
                "INSERT INTO roster_entry (position, is_signed) VALUES (?, 0)",
                [.integer(position)]
            )
            touched.hasRoster = true
        }
        let subjects = try header.subjects.map { subject in
            try index(placed, about: subject, at: position, touched: &touched)
        }
        try wantShared(header, incoming.entry.parts, subjects: subjects)
        for subject in subjects where subjects.count > 1 {
            for other in subjects where other != subject {
                try database.run(
                    "INSERT OR IGNORE INTO shared_entry (subject, other) VALUES (?, ?)",
                    [.integer(subject), .integer(other)]
                )
            }
        }
    }

    /// Lists an entry under a subject.
    ///
    /// - Returns: the subject's number.
    private func index(
        _ entry: PlacedEntry,
        about subject: SubjectID,
        at position: Int64,
        touched: inout Touched
    ) throws -> Int64 {
        try database.run(
            "INSERT INTO subject (id) VALUES (?) ON CONFLICT (id) DO NOTHING",
            [.blob(subject.bytes)]
        )
        let isNew = database.changeCount > 0
        guard let number = isNew ? database.lastInsertedRow : try subjectNumber(subject) else {
            throw StoreError.damaged("a subject has no number")
        }
        try database.run(
            "INSERT INTO subject_entry (subject, position) VALUES (?, ?)",
            [.integer(number), .integer(position)]
        )
        // The roster is folded on its own and can be large; its subject has no case view.
        guard subject != rosterSubject else { return number }
        touched.subjects[
            number,
            default: TouchedSubject(id: subject, isNew: isNew, entries: [])
        ].entries.append(entry)
        return number
    }

    /// Begins a further history of a log; inside a transaction.
    func begin(
        _ branch: BranchPlace,
        range: CompactRange,
        number given: Int64? = nil
    ) throws -> LogState {
        let number = given ?? (logsByNumber.keys.max() ?? 0) + 1
        let state = LogState(branch, range: range, number: number)
        try database.run(
            "INSERT INTO branch (number, log, parent, base, root, leaf) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .integer(number), .digest(branch.log), .digest(branch.parent), .count(branch.base),
                .digest(branch.root), .digest(branch.leaf),
            ]
        )
        return state
    }

    private func insertNode(
        _ hash: Digest,
        _ tile: TileIndex,
        _ offset: Int,
        log: LogState
    ) throws {
        let place = [
            SQLValue.integer(log.number), .integer(Int64(tile.level)), .count(tile.index),
        ]
        let hashes =
            try database.first(
                "SELECT hashes FROM tile WHERE log = ? AND level = ? AND number = ?",
                place
            ) { $0.blob(0) } ?? inherited(tile, offset, log)
        guard hashes.count == offset * Digest.count else {
            throw StoreError.damaged("a tile of log \(log.id.short) has not the hashes it should")
        }
        try database.run(
            "INSERT OR REPLACE INTO tile (log, level, number, hashes) VALUES (?, ?, ?, ?)",
            place + [.blob(hashes + hash.bytes)]
        )
    }

    /// The first hashes of a tile that a further history has in common with others.
    private func inherited(_ tile: TileIndex, _ offset: Int, _ state: LogState) throws -> [UInt8] {
        guard state.branch != nil, offset > 0 else { return [] }
        let tiles = StoredTiles(
            database: database,
            spans: try spans(of: state).dropLast(),
            hasher: treeHasher
        )
        return try tiles.tile(level: tile.level, index: tile.index).prefix(offset).flatMap(\.bytes)
    }
}

extension BranchPlace {
    init(branchRow row: Row) throws {
        self.init(
            log: try row.digest(1),
            parent: try row.digest(2),
            base: row.count(3),
            root: try row.digest(4),
            leaf: try row.digest(5)
        )
    }
}
