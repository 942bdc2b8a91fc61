internal import Cases
package import Crypto
internal import Encoding
internal import Ledger
package import Replication
internal import TransparencyLog

// Scratch databases: the same entries once more, or fewer of them, and the view they give.
extension Store {
    /// Subjects that are folded in one transaction.
    private static let foldedInOne = 1_000
    /// Entries that are copied in one transaction, and most bytes of them.
    private static let copiedInOne: UInt64 = 2_048
    private static let copiedBytes = 8 << 20

    /// A store of its own with the view as of a frontier.
    ///
    /// Roster, policies and every subject are computed from the entries within the frontier, and
    /// from nothing else. This home's signatures count: the entries have to be checked here.
    ///
    /// - Parameters:
    ///   - saved: whose ledger is this home's.
    ///   - directory: where its database is until it is not used any more.
    ///   - progress: told now and then how many entries, then subjects, are done.
    /// - Returns: the store, for reading, and how many parts of its entries are not held here.
    /// - Throws: ``RewindError``, ``ScratchFolderError``, ``StoreError``, ``SQLiteError``.
    package func rewound(
        to saved: SavedFrontier,
        in directory: String,
        progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws -> (store: Store, absentParts: UInt64) {
        guard let identity, identity.ledger == saved.ledger else {
            throw RewindError.otherLedger(saved.ledger)
        }
        guard saved.foldVersion == SubjectFold.version else {
            throw RewindError.otherFold(saved.foldVersion)
        }
        return try database.snapshot {
            try check(saved)
            let folder = try ScratchFolder(in: directory, for: .asOf)
            let scratch = try Store(path: folder.path + "/view.db", mode: .readWrite)
            scratch.folder = folder
            // It is thrown away after use, so it need not survive a power cut.
            try scratch.database.execute("PRAGMA synchronous = OFF")
            try scratch.bind(scratch: identity)
            let copied = try copy(saved, to: scratch, progress)
            try scratch.database.transaction {
                scratch.roster = try scratch.readRoster()
                try scratch.keepRosterSignatures()
                scratch.roster = try scratch.readRoster()
            }
            try scratch.foldAll(policies: copied.policies, progress: progress)
            return (scratch, copied.absentParts)
        }
    }

    /// Whether all of a frontier is held here, in the same history and with checked signatures.
    private func check(_ saved: SavedFrontier) throws {
        for position in saved.positions {
            let trees = ([position.log] + branches(of: position.log).map(\.id))
                .compactMap { statesByLog[$0] }.filter { $0.size >= position.size }
            guard !trees.isEmpty else {
                let held = statesByLog[position.log]?.size ?? 0
                throw RewindError.behind(position.log, held: held, want: position.size)
            }
            let found = try trees.first {
                try root(of: $0.id, size: position.size) == position.root
            }
            guard let state = found else {
                throw RewindError.otherHistory(position.log, size: position.size)
            }
            guard state.checked >= position.size else {
                throw RewindError.provisional(position.size - state.checked)
            }
        }
    }

    private func copy(
        _ saved: SavedFrontier,
        to scratch: Store,
        _ progress: (UInt64, UInt64) -> Void
    ) throws -> (policies: Set<Int64>, absentParts: UInt64) {
        let total = saved.positions.reduce(0) { $0 + $1.size }
        var forged: Set<Int64> = []
        try database.scan("SELECT position FROM forged") { row in
            forged.insert(row.integer(0))
            return true
        }
        var policies: Set<Int64> = []
        var absent: UInt64 = 0
        var done: UInt64 = 0
        for position in saved.positions {
            guard
                let held = try history(
                    of: position.log,
                    at: position.size,
                    root: position.root
                ), let source = statesByLog[held]
            else { continue }
            var state = try scratch.begin(position, source, of: self)
            while state.size < position.size {
                let end = min(position.size, state.size + Self.copiedInOne)
                let entries = try entries(
                    of: source.id,
                    state.size..<end,
                    byteMax: Self.copiedBytes
                )
                var range = state.range
                var incoming: [IncomingEntry] = []
                for entry in entries {
                    let place = try rowPosition(range.size, of: source)
                    let isForged = forged.contains(place)
                    incoming.append(
                        incomingEntry(
                            entry,
                            at: Place(log: position.log, sequence: range.size),
                            isForged
                        )
                    )
                    absent += UInt64(entry.parts.count { $0 == nil })
                    range.append(treeHasher.leafHash(entry.leaf), hasher: treeHasher)
                }
                var touched = Touched()
                try scratch.database.transaction {
                    try scratch.insert(
                        incoming,
                        into: &state,
                        range: range,
                        nodes: [],
                        touched: &touched
                    )
                    state.checked = state.size
                    try scratch.write(state)
                }
                scratch.adopt(state)
                policies.formUnion(touched.policies)
                done += UInt64(entries.count)
                progress(done, total)
            }
        }
        return (policies, absent)
    }

    /// In which row an entry of a history stands.
    private func rowPosition(_ sequence: UInt64, of state: LogState) throws -> Int64 {
        let span = try spans(of: state).first { $0.held.contains(sequence) }
        return try (span?.state ?? state).position(sequence)
    }

    /// An empty log, or what a further history of it has for itself, as `source` has it in `other`.
    private func begin(
        _ position: LogPosition,
        _ source: LogState,
        of other: Store
    ) throws -> LogState {
        guard statesByLog[position.log] != nil else {
            return LogState(id: position.log, number: source.number)
        }
        var nearest: (key: Digest, base: UInt64)?
        for tree in trees where tree.log == position.log {
            guard let held = try other.history(of: tree.log, at: tree.size, root: tree.root),
                let state = other.statesByLog[held]
            else { continue }
            let base = min(try other.common(state, source), tree.size)
            if base >= nearest?.base ?? 0 { nearest = (tree.id, base) }
        }
        guard let nearest, nearest.base < position.size,
            let range = try other.tree(of: source.id, size: nearest.base),
            let leaf = try other.entries(of: source.id, nearest.base..<nearest.base + 1).first
        else { throw StoreError.damaged("a history leaves one that is not held") }
        let place = BranchPlace(
            log: position.log,
            parent: nearest.key,
            base: nearest.base,
            root: range.root(hasher: treeHasher),
            leaf: treeHasher.leafHash(leaf.leaf)
        )
        return try database.transaction {
            let state = try begin(place, range: range)
            adopt(state)
            try followHistories()
            return state
        }
    }

    /// Up to where two histories that are held stand in the same rows.
    private func common(_ left: LogState, _ right: LogState) throws -> UInt64 {
        var common: UInt64 = 0
        for (one, other) in zip(try spans(of: left), try spans(of: right)) {
            guard one.state.id == other.state.id else { break }
            common = min(one.held.upperBound, other.held.upperBound)
            guard one.held.upperBound == other.held.upperBound else { break }
        }
        return common
    }

    private func incomingEntry(_ entry: Entry, at place: Place, _ isForged: Bool) -> IncomingEntry {
        let hash = entry.hash(hasher)
        let header = Result { () throws(HeaderError) -> Header in
            let header = try Header(decoding: entry.header)
            try header.check(
                hash: hash,
                ledger: identity?.ledger ?? .zero,
                log: place.log,
                sequence: place.sequence
            )
            return header
        }
        return IncomingEntry(entry: entry, hash: hash, header: header, isForged: isForged)
    }

    /// Folds every subject once and writes its view.
    ///
    /// - Parameters:
    ///   - policies: numbers of the subjects that are policies, from which the deadlines of all
    ///     others follow.
    ///   - judged: given the verdicts on the entries of each subject, in order of its number.
    ///   - progress: told now and then how many subjects are done.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    func foldAll(
        policies: Set<Int64>,
        judged: ([JudgedEntry]) -> Void = { _ in },
        progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws {
        try database.transaction {
            for number in policies.sorted() {
                guard let id = try subjectID(number) else { continue }
                let folded = try fold(id, try placedEntries(subject: number))
                try write(folded.view, subject: number, id: id)
            }
            policy = try readPolicy()
        }
        let total = try database.first("SELECT count(*) FROM subject") { $0.count(0) } ?? 0
        let roster = rosterSubject
        var last = Int64.min
        var done: UInt64 = 0
        while true {
            let subjects = try database.rows(
                "SELECT number, id FROM subject WHERE number > ? ORDER BY number LIMIT ?",
                [.integer(last), .integer(Int64(Self.foldedInOne))]
            ) { ($0.integer(0), SubjectID($0.blob(1))) }
            guard let end = subjects.last else { break }
            try database.transaction {
                for case (let number, let id?) in subjects where id != roster {
                    let folded = try fold(id, try placedEntries(subject: number))
                    try write(folded.view, subject: number, id: id)
                    judged(folded.history)
                }
            }
            last = end.0
            done += UInt64(subjects.count)
            progress(done, total)
        }
    }

    private func subjectID(_ number: Int64) throws -> SubjectID? {
        try database.first("SELECT id FROM subject WHERE number = ?", [.integer(number)]) {
            SubjectID($0.blob(0))
        } ?? nil
    }
}

/// Why the view as of a frontier can not be had from a home.
package enum RewindError: Error, Hashable, Sendable {
    /// It is of another ledger.
    case otherLedger(Digest)
    /// It was saved by a program that folds by other rules, of this version.
    case otherFold(UInt64)
    /// Fewer entries of a log are held.
    case behind(Digest, held: UInt64, want: UInt64)
    /// Another history of a log is held.
    case otherHistory(Digest, size: UInt64)
    /// So many signatures within it are not checked here, and nothing may be cited.
    case provisional(UInt64)
}

extension RewindError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherLedger(let ledger):
            "the frontier is of ledger \(ledger.short), not of this home's"
        case .otherFold(let version):
            "the frontier was saved by fold version \(version), this program has"
                + " \(SubjectFold.version)"
        case .behind(let log, let held, let want):
            "the frontier has \(want) entries of log \(log.short), this home \(held)"
        case .otherHistory(let log, let size):
            "this home holds another history of log \(log.short) at \(size) entries"
        case .provisional(let count):
            "\(count) signatures within the frontier are not checked yet"
        }
    }
}
