internal import CSQLite
internal import Encoding
internal import Glibc

/// Owns one SQLite connection; used from one thread at a time.
///
/// Write-ahead log with a full sync at each commit: what a transaction returned from is durable.
/// `secure_delete` overwrites what is deleted, since redaction must reach the pages.
@safe package final class Database {
    private let raw: OpaquePointer
    private var statements: [String: Statement] = [:]
    private var isInTransaction = false
    /// Views that may be read, once that is restricted.
    private var readable: Set<String> = []

    /// How long to wait for another process's write lock.
    private static let busyTimeoutMilliseconds: Int32 = 10_000

    /// How a database file is opened.
    package enum Mode: Sendable {
        /// Creates the file (mode 0600 comes from the process's umask) if there is none.
        case readWrite
        /// Changes a file that exists.
        case update
        /// Never changes anything; the file must exist.
        case readOnly
    }

    /// *Takes* a connection.
    private init(owning raw: OpaquePointer) { unsafe self.raw = raw }

    deinit {
        statements = [:]
        unsafe sqlite3_close_v2(raw)
    }

    /// Opens the file at `path`.
    ///
    /// - Throws: ``SQLiteError``.
    package static func open(_ path: String, _ mode: Mode) throws(SQLiteError) -> Database {
        let access =
            switch mode {
            case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .update: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        var raw: OpaquePointer?
        let isFixed = mode == .readOnly && isUnchanging(path)
        let code = unsafe sqlite3_open_v2(
            isFixed ? fixedURI(path) : path,
            &raw,
            access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (isFixed ? SQLITE_OPEN_URI : 0),
            nil
        )
        guard let raw = unsafe raw else { throw unsafe SQLiteError(nil, code) }
        let database = unsafe Database(owning: raw)
        guard code == SQLITE_OK else { throw unsafe SQLiteError(raw, code) }
        unsafe sqlite3_busy_timeout(raw, busyTimeoutMilliseconds)
        if mode != .readOnly {
            try database.execute(
                """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA secure_delete = ON;
                PRAGMA wal_autocheckpoint = 50000;
                """
            )
        }
        try database.execute(
            """
            PRAGMA foreign_keys = ON;
            PRAGMA cache_size = -65536;
            PRAGMA trusted_schema = OFF;
            """
        )
        return database
    }

    /// Whether a directory can not be written to, as on a medium that was mounted for reading.
    static func isReadOnly(directory: String) -> Bool {
        unsafe access(directory, W_OK) != 0 && (errno == EROFS || errno == EACCES)
    }

    /// Whether nobody writes to the file nor can: even a reader would make files beside it.
    ///
    /// Whoever has the database open keeps its write-ahead log there.
    private static func isUnchanging(_ path: String) -> Bool {
        let cut = path.lastIndex(of: "/")
        let directory = cut.map { String(path[..<$0]) + "/" } ?? "."
        let hasLog = unsafe access(path + "-wal", F_OK) == 0
        return !hasLog && isReadOnly(directory: directory)
    }

    /// - Source: SQLite's "URI filenames", parameter `immutable`.
    private static func fixedURI(_ path: String) -> String {
        let bytes = path.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            default: "%" + hex([byte])
            }
        }
        return "file:" + bytes.joined() + "?immutable=1"
    }

    /// Runs statements that need no values and whose rows nobody wants.
    package func execute(_ sql: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(raw, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe SQLiteError(raw, code) }
    }

    /// Runs one statement to its end.
    package func run(_ sql: String, _ values: [SQLValue] = []) throws(SQLiteError) {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {}
    }

    /// Gives each row of one statement to `body`, which stops the scan by returning false.
    package func scan(
        _ sql: String,
        _ values: [SQLValue] = [],
        _ body: (Row) throws -> Bool
    ) throws {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {
            guard try body(Row(statement)) else { return }
        }
    }

    /// What `body` makes of each row of one statement.
    package func rows<Value>(
        _ sql: String,
        _ values: [SQLValue] = [],
        _ body: (Row) throws -> Value
    ) throws -> [Value] {
        var found: [Value] = []
        try scan(sql, values) { row in
            found.append(try body(row))
            return true
        }
        return found
    }

    /// What `body` makes of the first row; nil if there is none.
    package func first<Value>(
        _ sql: String,
        _ values: [SQLValue] = [],
        _ body: (Row) throws -> Value
    ) throws -> Value? {
        var found: Value?
        try scan(sql, values) { row in
            found = try body(row)
            return false
        }
        return found
    }

    /// Runs `body` in one transaction: all of it is durable when this returns, or none of it.
    package func transaction<Value>(_ body: () throws -> Value) throws -> Value {
        precondition(!isInTransaction, "transactions do not nest")
        try execute("BEGIN IMMEDIATE")
        isInTransaction = true
        defer { isInTransaction = false }
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // A full disk may have rolled back already, in which case there is nothing to undo.
            if unsafe sqlite3_get_autocommit(raw) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Runs `body` on one snapshot, so that its reads agree with each other.
    package func snapshot<Value>(_ body: () throws -> Value) throws -> Value {
        guard !isInTransaction else { return try body() }
        try execute("BEGIN")
        isInTransaction = true
        defer {
            isInTransaction = false
            try? execute("ROLLBACK")
        }
        return try body()
    }

    /// Copies everything into a new file, as of one moment, whoever writes meanwhile.
    ///
    /// - Parameter path: does not exist.
    /// - Throws: ``SQLiteError``; what was made of the file then stays.
    /// - Source: SQLite, "SQLite Backup API".
    func copy(to path: String) throws(SQLiteError) {
        let target = try Database.open(path, .readWrite)
        // One step, within one read transaction: a writer then never makes it begin again.
        guard let backup = unsafe sqlite3_backup_init(target.raw, "main", raw, "main") else {
            throw unsafe SQLiteError(target.raw, sqlite3_errcode(target.raw))
        }
        let code = unsafe sqlite3_backup_step(backup, -1)
        let end = unsafe sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE, end == SQLITE_OK else {
            throw unsafe SQLiteError(target.raw, end == SQLITE_OK ? code : end)
        }
        // A file of its own, which can be read where nothing can be written beside it.
        try target.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
    }

    /// The row id that the last insert gave.
    package var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(raw) }

    /// How many rows the last statement changed.
    package var changeCount: Int { Int(unsafe sqlite3_changes(raw)) }

    /// Lets nothing more be done on this connection than reading `tables`, which are views; what
    /// they are made of can only be read through them.
    ///
    /// - Source: SQLite, "Compile-Time Authorization Callbacks".
    func restrict(toViews tables: Set<String>) {
        readable = tables
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sqlite3_set_authorizer(
            raw,
            { context, action, table, column, _, view in
                guard let context = unsafe context else { return SQLITE_DENY }
                let database = unsafe Unmanaged<Database>.fromOpaque(context).takeUnretainedValue()
                let name = unsafe (view ?? table).map { unsafe String(cString: $0) }
                switch action {
                case SQLITE_SELECT, SQLITE_FUNCTION, SQLITE_RECURSIVE: return SQLITE_OK
                // Only that there is such a table, as for a count of rows.
                case SQLITE_READ where unsafe column.map { unsafe $0.pointee == 0 } == true:
                    return SQLITE_OK
                case SQLITE_READ:
                    return name.map(database.readable.contains) == true ? SQLITE_OK : SQLITE_DENY
                default: return SQLITE_DENY
                }
            },
            context
        )
    }

    private func prepared(_ sql: String) throws(SQLiteError) -> Statement {
        // One statement is never in use twice at a time: none of ours nests in itself.
        if let statement = statements[sql] { return statement }
        let statement = unsafe try Statement(sql, in: raw)
        statements[sql] = statement
        return statement
    }
}
