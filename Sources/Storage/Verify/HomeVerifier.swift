internal import Audit
internal import Crypto
internal import Encoding
internal import Ledger

/// One verification of one home; see ``Store/verify(_:progress:)``.
///
/// The home's database is read through one connection on one snapshot, to which the rebuilt one is
/// attached as `rebuilt` so that both can be compared in one statement. Nothing is read from
/// `rebuilt` before it is complete, since the first reading fixes what is seen of it.
final class HomeVerifier {
    let job: VerifyJob
    let scratchPath: String
    let progress: (VerifyProgress) -> Void
    var report = VerifyReport()
    /// Rows of the table of logs, by number.
    var rows: [Int64: LogRow] = [:]
    /// Auditors of the logs that have entries, by number.
    var auditors: [Int64: LogAuditor] = [:]
    /// Marks of entries whose signatures were found bad before.
    var marked: Set<Int64> = []
    /// The founding entry of the invitation by which the home joined.
    var invited: Entry?

    /// A row of the table of logs as it stands there.
    struct LogRow {
        let number: Int64
        let id: Digest
        let claim: LogClaim
        /// Of a further history, where it leaves another.
        var branch: BranchPlace?

        /// SHA-256 of the log key.
        var log: Digest { branch?.log ?? id }
    }

    init(_ job: VerifyJob, scratchPath: String, _ progress: @escaping (VerifyProgress) -> Void) {
        self.job = job
        self.scratchPath = scratchPath
        self.progress = progress
    }

    /// Does all of it; damage becomes a finding, anything else the reason for no answer.
    func run() -> VerifyReport {
        do {
            let home = try Database.open(job.databasePath, .readOnly)
            try verify(home)
            report.verdict = report.errorCount == 0 ? .good : .bad
        } catch let error as SQLiteError where error.isCorrupt {
            add(.database, error.description)
            report.verdict = .bad
        } catch let error as StoreError where error.isDamage {
            add(.database, error.description)
            report.verdict = .bad
        } catch {
            report.reason = "\(error)"
            report.verdict = report.errorCount == 0 ? .couldNotTell : .bad
        }
        return report
    }

    func add(
        _ kind: Finding.Kind,
        _ text: String,
        log: Digest? = nil,
        sequence: UInt64? = nil,
        gravity: Finding.Gravity = .error
    ) {
        report.list.add(Finding(kind, text, log: log, sequence: sequence, gravity: gravity))
    }

    /// A finding about what stands at a position.
    func add(
        _ kind: Finding.Kind,
        _ text: String,
        at position: Int64,
        gravity: Finding.Gravity = .error
    ) {
        let place = Position(position)
        guard let row = rows[place.logNumber] else {
            add(kind, "\(text) (position \(position), of no log)", gravity: gravity)
            return
        }
        add(kind, text, log: row.log, sequence: place.sequence, gravity: gravity)
    }

    private func verify(_ home: Database) throws {
        let version = try home.first("PRAGMA user_version") { $0.integer(0) } ?? 0
        guard version <= Schema.version else { throw StoreError.tooNew(version) }
        guard version == Schema.version else {
            add(.database, "version is \(version), want \(Schema.version)")
            return
        }
        let scratch = try Store(path: scratchPath, mode: .readWrite)
        // It is thrown away after use, so it need not survive a power cut.
        try scratch.database.execute("PRAGMA synchronous = OFF")
        try home.run("ATTACH DATABASE ? AS rebuilt", [.text(scratchPath)])
        try home.snapshot {
            try checkFile(home)
            try readLogs(home)
            guard let identity = try readIdentity(home) else { return }
            try scratch.bind(scratch: identity)
            let policies = try checkStructure(home, scratch, ledger: identity.ledger)
            let audit = try auditRoster(scratch, identity)
            try checkSignatures(home, scratch, roster: audit.roster)
            scratch.roster = audit.roster
            try audit.check(findings: &report.list) { log, size in
                try scratch.trees.filter { $0.log == log }
                    .compactMap { try scratch.root(of: $0.id, size: size) }
            }
            checkClaims(identity, audit.roster)
            try checkIdentity(identity, scratch)
            try checkFence(identity, scratch)
            try foldAgain(scratch, policies: policies)
            try compare(home)
            try checkEvidence(home, audit.roster)
            try checkImported(home)
        }
    }

    /// SQLite's own check.
    private func checkFile(_ home: Database) throws {
        try home.scan("PRAGMA main.integrity_check(100)") { row in
            let line = row.text(0)
            if line != "ok" { add(.database, line) }
            return true
        }
    }

    private func readLogs(_ home: Database) throws {
        try home.scan(
            "SELECT number, id, size, root, peaks, checkpoint, checked FROM log ORDER BY number"
        ) { row in
            let number = row.integer(0)
            guard let id = Bytes32(row.blob(1)), 1 << (58 - Schema.sequenceBits) > number,
                number > 0
            else {
                add(.log, "row \(number) of the logs has no log's id or number")
                return true
            }
            rows[number] = LogRow(
                number: number,
                id: id,
                claim: LogClaim(
                    size: row.integer(2),
                    root: row.blob(3),
                    peaks: row.blob(4),
                    note: row.blob(5),
                    checked: row.integer(6)
                )
            )
            return true
        }
        try home.scan("SELECT number, log, parent, base, root, leaf FROM branch") { row in
            let branch = try BranchPlace(branchRow: row)
            guard rows[row.integer(0)]?.id == branch.key else {
                add(.log, "a further history has no row of its name", log: branch.log)
                return true
            }
            rows[row.integer(0)]?.branch = branch
            return true
        }
        try home.scan("SELECT position FROM forged") { row in
            marked.insert(row.integer(0))
            return true
        }
    }
}

extension StoreError {
    fileprivate var isDamage: Bool {
        if case .damaged = self { return true }
        return false
    }
}
