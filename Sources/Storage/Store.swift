package import Cases
package import Crypto
internal import Encoding
package import Ledger
internal import TransparencyLog

/// A home's database: logs, roster, view, and what was refused.
///
/// One writer at a time, which is the daemon or a command that holds the home's lock; used from
/// one thread at a time. What a method returned from is durable.
package final class Store {
    /// Which ledger the home belongs to, and which log in it is its own.
    package struct Identity: Hashable, Sendable {
        /// Hash of the founding entry.
        package let ledger: Digest
        /// The home's own log.
        package let log: Digest
        /// The founder's log, which names the roster's subject.
        package let founder: Digest
        /// The entry that grants this node its rights.
        package let enrolment: Digest

        /// Takes all four.
        package init(ledger: Digest, log: Digest, founder: Digest, enrolment: Digest) {
            self.ledger = ledger
            self.log = log
            self.founder = founder
            self.enrolment = enrolment
        }

        /// What an invitation makes of the node it is for.
        init(_ invitation: Invitation) {
            ledger = invitation.ledger
            log = invitation.log
            founder = invitation.founder
            enrolment = invitation.enrolment
        }
    }

    /// Name of the row that keeps the invitation by which the home joined.
    static let invitationName = "invitation"

    /// Who may do what, as the entries held say.
    package internal(set) var roster: Roster
    /// Which deadlines hold, as the policy subjects held say.
    package internal(set) var policy = Policy.standard
    /// Whose parts are stored.
    package internal(set) var scopes = PartScopes.everything
    /// Nil until the home was founded or has joined.
    package private(set) var identity: Identity?

    let database: Database
    /// The database's file.
    let path: String
    /// Where a scratch database is, to be removed with it.
    var folder: ScratchFolder?
    private let isWriter: Bool
    let hasher = SHA256Hasher()
    let treeHasher = TreeHasher()
    var statesByLog: [Digest: LogState] = [:]
    /// What ``absentPartsAreClosed()`` found; nil once a part became absent or another one.
    var absentAreClosed: Bool?
    var logsByNumber: [Int64: Digest] = [:]
    /// Of each log of which several are held.
    var histories: [Digest: Histories] = [:]

    /// Opens the database at `path`; makes it, or its tables, only in mode `readWrite`.
    package init(path: String, mode: Database.Mode) throws {
        self.path = path
        database = try Database.open(path, mode)
        isWriter = mode != .readOnly
        roster = Roster(ledger: .zero)
        let version = try database.first("PRAGMA user_version") { $0.integer(0) } ?? 0
        guard version <= Schema.version else { throw StoreError.tooNew(version) }
        guard version == 0 || version == Schema.version else { throw StoreError.tooOld(version) }
        if version == 0 {
            guard mode == .readWrite else {
                throw StoreError.damaged("it has no tables")
            }
            try database.transaction {
                try database.execute(Schema.create)
                try database.execute("PRAGMA user_version = \(Schema.version)")
            }
        }
        try load()
    }

    deinit {
        // Leaves one file behind instead of a log as large as the last import; a reader that is
        // still open only postpones it.
        if isWriter { try? database.execute("PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// Reads again what another process may have written since.
    package func load() throws {
        try database.snapshot {
            statesByLog = [:]
            absentAreClosed = nil
            logsByNumber = [:]
            var branches: [Int64: BranchPlace] = [:]
            try database.scan("SELECT number, log, parent, base, root, leaf FROM branch") { row in
                branches[row.integer(0)] = try BranchPlace(branchRow: row)
                return true
            }
            try database.scan("SELECT \(LogState.columns) FROM log") { row in
                var state = try LogState(row)
                state.branch = branches[state.number]
                statesByLog[state.id] = state
                logsByNumber[state.number] = state.id
                return true
            }
            try followHistories()
            identity = try readIdentity()
            scopes = try readScopes()
            roster = try readRoster()
            policy = try readPolicy()
        }
    }

    /// Every log of which something is held, by id.
    package var logs: [LogState] { histories(where: { $0.branch == nil }) }

    /// Every log and further history of which something is held, by id.
    package var trees: [LogState] { histories(where: { _ in true }) }

    /// The further histories of a log, by key.
    package func branches(of log: Digest) -> [LogState] {
        histories(where: { $0.branch?.log == log })
    }

    private func histories(where isIncluded: (LogState) -> Bool) -> [LogState] {
        statesByLog.values.filter(isIncluded).sorted { $0.id < $1.id }
    }

    /// What is held of a log, or of a further history by its key; nil for nothing.
    package func log(_ id: Digest) -> LogState? { statesByLog[id] }

    /// How many entries are held in all.
    package var entryCount: UInt64 { statesByLog.values.reduce(0) { $0 + ($1.size - $1.base) } }

    /// Binds the home to the ledger of an invitation, once; or what a backup held of it to a log of
    /// new keys.
    ///
    /// - Throws: ``StoreError``, ``SQLiteError``; damage, if what is held is of another ledger.
    package func bind(_ invitation: Invitation) throws {
        if let identity, identity.ledger != invitation.ledger {
            throw StoreError.damaged("it is of ledger \(identity.ledger.short)")
        }
        try database.transaction {
            try database.run("DELETE FROM home")
            try write(Identity(invitation))
            try database.run(
                "INSERT INTO home (name, value) VALUES (?, ?)",
                [.text(Self.invitationName), .blob(Array(invitation.armored.utf8))]
            )
        }
        try load()
    }

    /// Binds a scratch database, which needs no invitation.
    func bind(scratch identity: Identity) throws {
        try database.transaction { try write(identity) }
        try load()
    }

    func write(_ identity: Identity) throws {
        let rows = [
            ("ledger", identity.ledger), ("log", identity.log), ("founder", identity.founder),
            ("enrolment", identity.enrolment),
        ]
        for (name, value) in rows {
            try database.run(
                "INSERT INTO home (name, value) VALUES (?, ?)",
                [.text(name), .digest(value)]
            )
        }
    }

    /// The subject that all roster entries are about.
    package var rosterSubject: SubjectID? {
        identity.map { SubjectID(openedIn: $0.founder, at: 0) }
    }

    private func readIdentity() throws -> Identity? {
        func value(_ name: String) throws -> Digest? {
            try database.first("SELECT value FROM home WHERE name = ?", [.text(name)]) { row in
                try row.digest(0)
            }
        }
        guard let ledger = try value("ledger"), let log = try value("log"),
            let founder = try value("founder"), let enrolment = try value("enrolment")
        else { return nil }
        return Identity(ledger: ledger, log: log, founder: founder, enrolment: enrolment)
    }

    func readRoster() throws -> Roster {
        guard let identity else { return Roster(ledger: .zero) }
        var entries = try positionedEntries(
            "SELECT position FROM roster_entry ORDER BY position",
            []
        )
        // A node that has just joined knows the founder from its invitation.
        if statesByLog[identity.founder] == nil, let founding = try invited() {
            entries.append((nil, founding))
        }
        return Roster(ledger: identity.ledger, entries: try unsignedMarked(entries))
    }

    /// The founding entry of the ledger with its part, from the log or from the invitation.
    package func foundingEntry() throws -> Entry? {
        guard let identity else { return nil }
        guard statesByLog[identity.founder] != nil else { return try invitation()?.founding }
        return try entries(of: identity.founder, 0..<1).first
    }

    private func invited() throws -> PlacedEntry? {
        try invitation().flatMap { PlacedEntry(founding: $0.founding) }
    }

    private func invitation() throws -> Invitation? {
        let text = try database.first(
            "SELECT value FROM home WHERE name = ?",
            [.text(Self.invitationName)]
        ) { String(decoding: $0.blob(0), as: UTF8.self) }
        guard let text else { return nil }
        do {
            return try Invitation(armored: text)
        } catch {
            throw StoreError.damaged("the invitation it joined by can not be read: \(error)")
        }
    }
}
