internal import CSQLite

/// A SQLite call failed.
///
/// Bound values are left out on purpose: they hold case content.
package struct SQLiteError: Error, Hashable, Sendable {
    /// SQLite's extended result code.
    package let code: Int32
    /// SQLite's own words.
    package let message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    init(_ database: OpaquePointer?, _ code: Int32) {
        self.code = code
        if let database = unsafe database, let text = unsafe sqlite3_errmsg(database) {
            message = unsafe String(cString: text)
        } else if let text = unsafe sqlite3_errstr(code) {
            message = unsafe String(cString: text)
        } else {
            message = "unknown"
        }
    }

    /// Whether the disk or the quota is full: nothing was changed, and room helps.
    package var isFull: Bool {
        code & 0xff == SQLITE_FULL || [Self.ioErrorWrite, Self.ioErrorSharedSize].contains(code)
    }

    /// Whether another process held the lock too long.
    package var isBusy: Bool { code & 0xff == SQLITE_BUSY }

    /// Whether the file or its disk can not be written to.
    package var isReadOnly: Bool {
        [SQLITE_READONLY, SQLITE_CANTOPEN].contains(code & 0xff)
    }

    /// Whether the file is no database or damaged.
    package var isCorrupt: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xff) }

    // SQLITE_IOERR_WRITE, an expression macro.
    private static let ioErrorWrite: Int32 = 10 | 3 << 8
    // SQLITE_IOERR_SHMSIZE: even a reader needs room for the index of the write-ahead log.
    private static let ioErrorSharedSize: Int32 = 10 | 19 << 8
}

extension SQLiteError: CustomStringConvertible {
    package var description: String { "SQLite error \(code): \(message)" }
}
