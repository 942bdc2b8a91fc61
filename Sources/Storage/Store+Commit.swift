internal import Cases
internal import Crypto
internal import Encoding
package import Ledger
package import Replication
internal import TransparencyLog

extension Store {
    /// Commits verified packages: entries, trees, checkpoints, roster and view in one transaction.
    ///
    /// Each subject is folded once, however many of the packages touch it.
    ///
    /// - Returns: the roster if it changed.
    /// - Throws: ``StoreError/outOfPlace(log:got:want:)`` for a package that does not follow on
    ///   what is held; ``SQLiteError``. Nothing is changed then.
    package func commit(_ packages: [VerifiedPackage]) throws -> Roster? {
        var touched = Touched()
        let before = roster
        do {
            try database.transaction {
                for package in packages { try insert(package, touched: &touched) }
                _ = try follow(touched, formerly: before)
            }
        } catch {
            // Memory must not be ahead of what is durable.
            try load()
            throw error
        }
        return touched.hasRoster ? roster : nil
    }

    private func insert(_ package: VerifiedPackage, touched: inout Touched) throws {
        var state =
            try package.branch.map { try history($0, touched: &touched) }
            ?? state(of: package.log)
        guard package.first == state.size else {
            throw StoreError.outOfPlace(log: package.log, got: package.first, want: state.size)
        }
        if state.checked == state.size { state.checked += UInt64(package.checkedPrefix) }
        if package.reachesCheckpoint { state.note = package.checkpoint.note.bytes }
        try insert(
            package.entries.map(\.incoming),
            into: &state,
            range: package.range,
            nodes: package.nodes.map { ($0.level, $0.index, $0.hash) },
            touched: &touched
        )
        adopt(state)
    }

    /// A further history of a log, begun if nothing of it is held.
    private func history(_ branch: BranchPlace, touched: inout Touched) throws -> LogState {
        if let state = statesByLog[branch.key] { return state }
        guard let range = try tree(of: branch.parent, size: branch.base),
            range.root(hasher: treeHasher) == branch.root
        else {
            let held = statesByLog[branch.parent]?.size ?? 0
            throw StoreError.outOfPlace(log: branch.log, got: branch.base, want: held)
        }
        let state = try begin(branch, range: range)
        adopt(state)
        try followHistories()
        // Entries that stood in the only history stand in one of several now.
        for tree in [statesByLog[branch.log]].compactMap({ $0 }) + branches(of: branch.log) {
            let first = max(branch.base, tree.base)
            guard first < tree.size else { continue }
            try database.run(
                """
                INSERT INTO stale (subject) SELECT DISTINCT subject FROM subject_entry
                WHERE position BETWEEN ? AND ? ON CONFLICT DO NOTHING
                """,
                tree.positions(first..<tree.size)
            )
        }
        touched.hasStale = true
        return state
    }

    /// Brings roster and view up to what a transaction inserted; inside that transaction.
    ///
    /// - Returns: the verdict on each entry that came in, by entry hash.
    func follow(
        _ touched: Touched,
        formerly before: Roster
    ) throws -> [Digest: EntryVerdict] {
        try decideParts(touched)
        if touched.hasRoster {
            roster = try readRoster()
            try keepRosterSignatures()
            try uncheckEntries(ofAuthorsNotIn: before)
            try markStale(changedFrom: before)
        }
        let verdicts = try refold(touched)
        // A policy changes the deadlines of what was folded before it came.
        if touched.hasRoster || touched.hasStale
            || touched.subjects.values.contains(where: \.isPolicy)
        {
            try refoldStale()
        }
        return verdicts
    }
}

extension VerifiedPackage {
    /// How many entries from the first were looked at for their authors' signatures.
    fileprivate var checkedPrefix: Int {
        entries.firstIndex { $0.signature == .unchecked } ?? entries.count
    }
}

extension VerifiedEntry {
    fileprivate var incoming: IncomingEntry {
        IncomingEntry(entry: entry, hash: hash, header: header, isForged: signature == .forged)
    }
}
