internal import Audit
internal import Crypto
internal import Encoding
internal import Ledger
internal import TransparencyLog

extension HomeVerifier {
    /// Most entries that are read at once.
    private static let batchMax = 2_048
    /// Bytes after which no further entry is read at once.
    private static let batchBytes = 8 << 20

    /// One row of the entries.
    struct EntryRow {
        let position: Int64
        let header: [UInt8]
        let leaf: [UInt8]
    }

    /// The next rows after a position, at least one unless there is none.
    func batch(_ home: Database, after position: Int64) throws -> [EntryRow] {
        var rows: [EntryRow] = []
        var bytes = 0
        try home.scan(
            "SELECT position, header, leaf FROM main.entry WHERE position > ? ORDER BY position",
            [.integer(position)]
        ) { row in
            rows.append(
                EntryRow(position: row.integer(0), header: row.blob(1), leaf: row.blob(2))
            )
            bytes += rows[rows.count - 1].header.count + rows[rows.count - 1].leaf.count
            return rows.count < Self.batchMax && bytes < Self.batchBytes
        }
        return rows
    }

    /// Checks the bytes of every entry and inserts them into the rebuilt database.
    ///
    /// - Returns: the policies among its subjects, by their numbers there.
    func checkStructure(
        _ home: Database,
        _ scratch: Store,
        ledger: Digest
    ) throws -> Set<Int64> {
        let total = UInt64(clamping: rows.values.reduce(0) { $0 &+ max(0, $1.claim.size) })
        var builder = LogBuilder(scratch: scratch)
        var last = Int64.min
        while true {
            let batch = try batch(home, after: last)
            let parts = try StoredPartRows(home, after: last, through: batch.last?.position)
            reportOrphans(parts, batch)
            guard let end = batch.last else { break }
            var index = 0
            while index < batch.count {
                let number = Position(batch[index].position).logNumber
                let group = batch[index...].prefix {
                    Position($0.position).logNumber == number
                }
                index += group.count
                guard let row = rows[number] else {
                    for entry in group { add(.orphan, "an entry", at: entry.position) }
                    continue
                }
                try check(group, parts, of: row, ledger: ledger, &builder)
            }
            last = end.position
            progress(VerifyProgress(phase: .structure, done: report.entries, total: total))
        }
        for row in rows.values.sorted(by: { $0.number < $1.number }) {
            let auditor = auditors[row.number] ?? LogAuditor(ledger: ledger, log: row.log)
            auditors[row.number] = auditor
            report.logs.append(
                VerifyReport.Log(
                    row: row.number,
                    log: row.log,
                    size: auditor.range.size,
                    root: auditor.root
                )
            )
        }
        return builder.policies
    }

    private func check(
        _ group: ArraySlice<EntryRow>,
        _ parts: StoredPartRows,
        of row: LogRow,
        ledger: Digest,
        _ builder: inout LogBuilder
    ) throws {
        guard var auditor = try auditors[row.number] ?? auditor(of: row, ledger, builder.scratch)
        else { return }
        defer { auditors[row.number] = auditor }
        guard !builder.isBroken(row.number) else { return }
        for entry in group {
            let want = auditor.range.size
            let got = Position(entry.position).sequence
            guard got == want else {
                add(
                    .missing,
                    "is missing, the next one held is \(got)",
                    log: row.log,
                    sequence: want
                )
                builder.breakOff(row.number)
                break
            }
            let stored = StoredEntry(
                header: entry.header,
                leaf: entry.leaf,
                parts: parts[entry.position]
            )
            let audited = auditor.add(stored, findings: &report.list) { level, index, hash in
                builder.completed(level, index, hash)
            }
            builder.add(audited)
            report.entries += 1
        }
        try builder.write(row, range: auditor.range)
    }

    /// An auditor before the first entry of a log, or of what a further history has for itself.
    ///
    /// The history that it leaves has a smaller number and so was rebuilt before.
    private func auditor(
        of row: LogRow,
        _ ledger: Digest,
        _ scratch: Store
    ) throws -> LogAuditor? {
        let wanted = wantedSizes(of: row)
        guard let branch = row.branch else {
            return LogAuditor(ledger: ledger, log: row.id, rootsAt: wanted)
        }
        guard let range = try scratch.tree(of: branch.parent, size: branch.base),
            range.root(hasher: scratch.treeHasher) == branch.root
        else {
            add(.log, "a further history leaves a tree that is not held", log: branch.log)
            return nil
        }
        return LogAuditor(ledger: ledger, log: row.log, from: range, rootsAt: wanted)
    }

    private func wantedSizes(of row: LogRow) -> Set<UInt64> {
        Set([row.claim.notedSize].compactMap { $0 })
    }

    private func reportOrphans(_ parts: StoredPartRows, _ batch: [EntryRow]) {
        let known = Set(batch.map(\.position))
        for position in parts.positions where !known.contains(position) {
            add(.orphan, "a part without its entry", at: position)
        }
    }
}

/// The rows of parts that belong to a batch of entries, and any that stand between them.
private struct StoredPartRows {
    private var parts: [Int64: [StoredEntry.Part]] = [:]

    /// Reads from behind one position through another; to the end if there is none.
    init(_ home: Database, after first: Int64, through last: Int64?) throws {
        let low = first == .min ? Int64.min : (first &+ 1) << Schema.partBits
        let high = last.map { $0 << Schema.partBits | (1 << Schema.partBits - 1) } ?? .max
        try home.scan(
            "SELECT position, salt, bytes FROM main.part WHERE position BETWEEN ? AND ?",
            [.integer(low), .integer(high)]
        ) { row in
            let position = row.integer(0)
            parts[position >> Schema.partBits, default: []].append(
                StoredEntry.Part(
                    index: Int(position & (1 << Schema.partBits - 1)),
                    salt: row.blob(1),
                    bytes: row.blob(2)
                )
            )
            return true
        }
    }

    var positions: [Int64] { parts.keys.sorted() }

    subscript(position: Int64) -> [StoredEntry.Part] { parts[position] ?? [] }
}

/// Inserts audited entries into the rebuilt database, as if they came in now.
private struct LogBuilder {
    let scratch: Store
    private var incoming: [IncomingEntry] = []
    private var nodes: [(level: Int, index: UInt64, hash: Digest)] = []
    private var states: [Int64: LogState] = [:]
    private var broken: Set<Int64> = []
    /// Numbers of the subjects that are policies.
    private(set) var policies: Set<Int64> = []

    init(scratch: Store) { self.scratch = scratch }

    func isBroken(_ number: Int64) -> Bool { broken.contains(number) }

    /// Takes nothing more of a log, since what follows has no place.
    mutating func breakOff(_ number: Int64) { broken.insert(number) }

    mutating func completed(_ level: Int, _ index: UInt64, _ hash: Digest) {
        guard level > 0, TileIndex.stored(level: level, index: index) != nil else { return }
        nodes.append((level, index, hash))
    }

    mutating func add(_ audited: AuditedEntry) {
        // Without a whole leaf there is no author, and so no entry about anything.
        let header =
            audited.entry.leaf.count == Leaf.count ? audited.header : .failure(HeaderError.key(0))
        incoming.append(
            IncomingEntry(
                entry: audited.entry,
                hash: audited.hash,
                header: header,
                isForged: false
            )
        )
    }

    mutating func write(_ row: HomeVerifier.LogRow, range: CompactRange) throws {
        guard !incoming.isEmpty else { return }
        var state = states[row.number] ?? LogState(id: row.id, number: row.number)
        var touched = Touched()
        try scratch.database.transaction {
            if let branch = row.branch, states[row.number] == nil,
                let range = try scratch.tree(of: branch.parent, size: branch.base)
            {
                state = try scratch.begin(branch, range: range, number: row.number)
                scratch.adopt(state)
                try scratch.followHistories()
            }
            try scratch.insert(
                incoming,
                into: &state,
                range: range,
                nodes: nodes,
                touched: &touched
            )
        }
        scratch.adopt(state)
        policies.formUnion(touched.policies)
        states[row.number] = state
        incoming.removeAll(keepingCapacity: true)
        nodes.removeAll(keepingCapacity: true)
    }
}
