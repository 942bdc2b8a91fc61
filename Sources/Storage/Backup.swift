package import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
package import TransparencyLog

/// A copy of a home's database in one file, with what belongs to it and nothing that can sign.
///
/// The file is a SQLite database: the home's, and a table that says of which home it is, as of when,
/// and what it comes to. Whoever restores it verifies its history like any other.
package struct Backup: Hashable, Sendable {
    /// When it was made, milliseconds since 1970, by the home's clock.
    package let time: UInt64
    /// The home's `config.json`.
    package let configuration: [UInt8]
    /// The home's seal key as PKCS#8 PEM, encrypted under a passphrase; nil if it was left out.
    package let sealKey: String?
    /// The home's secret for external ids of imports, sealed to the seal key; nil without that.
    package let importKey: [UInt8]?
    /// Digest of the logs that it holds.
    package let frontier: Digest
    /// Digest of the view that they give.
    package let view: Digest
    /// The home's log and how many entries of it are held.
    package let log: Digest
    package let size: UInt64

    private static let format = "linli/backup/v1"

    private enum Row: String, CaseIterable {
        case format, time, configuration, sealKey, importKey, frontier, view, log, size
    }

    /// Makes one beside whoever writes to the home.
    ///
    /// - Parameters:
    ///   - store: of the home, for reading.
    ///   - path: does not exist; the file is made for its owner only, by the process's umask.
    ///   - time: milliseconds since 1970.
    ///   - configuration: the home's `config.json`.
    ///   - sealKey: encrypted, if it is to be carried.
    ///   - importKey: sealed to the seal key, likewise.
    ///   - checkpoint: gives a checkpoint of the home's log for the copy, which keeps none of its own
    ///     log: without one no peer would ever take from it what only the copy holds.
    /// - Returns: what the file says of itself.
    /// - Throws: ``StoreError``, ``SQLiteError``.
    package static func make(
        of store: Store,
        at path: String,
        time: UInt64,
        configuration: [UInt8],
        sealKey: String?,
        importKey: [UInt8]?,
        checkpoint: (_ copy: Store, _ log: Digest) throws -> SignedCheckpoint?
    ) throws -> Backup {
        try store.database.copy(to: path)
        // What it comes to is read off the copy, so that it is of the same moment.
        let copy = try Store(path: path, mode: .update)
        guard let identity = copy.identity else { throw StoreError.damaged("it has no ledger") }
        let backup = Backup(
            time: time,
            configuration: configuration,
            sealKey: sealKey,
            importKey: importKey,
            frontier: copy.frontier,
            view: try copy.viewDigest(),
            log: identity.log,
            size: copy.log(identity.log)?.size ?? 0
        )
        let signed = try checkpoint(copy, identity.log)
        try copy.database.transaction {
            if let signed {
                try copy.database.run(
                    "UPDATE log SET checkpoint = ? WHERE id = ?",
                    [.blob(signed.note.bytes), .digest(identity.log)]
                )
            }
            try copy.database.execute(
                "CREATE TABLE backup (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT"
            )
            for (row, value) in backup.rows {
                try copy.database.run(
                    "INSERT INTO backup (name, value) VALUES (?, ?)",
                    [.text(row.rawValue), .blob(value)]
                )
            }
        }
        try copy.database.execute(
            "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE"
        )
        return backup
    }

    private var rows: [(Row, [UInt8])] {
        [
            (.format, Array(Self.format.utf8)), (.time, bigEndianBytes(time)),
            (.configuration, configuration), (.frontier, frontier.bytes), (.view, view.bytes),
            (.log, log.bytes), (.size, bigEndianBytes(size)),
        ] + (sealKey.map { [(.sealKey, Array($0.utf8))] } ?? [])
            + (importKey.map { [(.importKey, $0)] } ?? [])
    }

    /// Reads what a file says of itself, and has SQLite check it whole.
    ///
    /// - Throws: ``BackupError``, ``SQLiteError``.
    package init(reading path: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let bytes = attributes?[.size] as? UInt64 else { throw BackupError.absent }
        let database: Database
        var values: [String: [UInt8]] = [:]
        do {
            database = try Database.open(path, .readOnly)
            try database.scan("SELECT name, value FROM backup") { row in
                values[row.text(0)] = row.blob(1)
                return true
            }
            let pages = try database.first("PRAGMA page_count") { $0.count(0) } ?? 0
            let size = try database.first("PRAGMA page_size") { $0.count(0) } ?? 0
            guard pages * size == bytes else { throw BackupError.damaged("it is cut off") }
            let problems = try database.rows("PRAGMA integrity_check(1)") { $0.text(0) }
            guard problems == ["ok"] else { throw BackupError.damaged("SQLite finds it damaged") }
        } catch let error as SQLiteError {
            if error.isCorrupt { throw BackupError.damaged("SQLite finds it damaged") }
            guard values.isEmpty else { throw error }
            throw BackupError.noBackup
        }
        guard values[Row.format.rawValue] == Array(Self.format.utf8) else {
            throw BackupError.noBackup
        }
        func value(_ row: Row, count: Int? = nil) throws -> [UInt8] {
            guard let value = values[row.rawValue], count.map({ $0 == value.count }) ?? true else {
                throw BackupError.damaged("it does not say its \(row.rawValue)")
            }
            return value
        }
        func number(_ row: Row) throws -> UInt64 {
            try value(row, count: 8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        time = try number(.time)
        configuration = try value(.configuration)
        sealKey = values[Row.sealKey.rawValue].map { String(decoding: $0, as: UTF8.self) }
        importKey = values[Row.importKey.rawValue]
        frontier = Digest(try value(.frontier, count: 32), at: 0)
        view = Digest(try value(.view, count: 32), at: 0)
        log = Digest(try value(.log, count: 32), at: 0)
        size = try number(.size)
    }

    private init(
        time: UInt64,
        configuration: [UInt8],
        sealKey: String?,
        importKey: [UInt8]?,
        frontier: Digest,
        view: Digest,
        log: Digest,
        size: UInt64
    ) {
        self.time = time
        self.configuration = configuration
        self.sealKey = sealKey
        self.importKey = importKey
        self.frontier = frontier
        self.view = view
        self.log = log
        self.size = size
    }

    /// Makes a home's database of the file.
    ///
    /// - Parameters:
    ///   - file: that this was read from.
    ///   - path: does not exist.
    /// - Throws: ``SQLiteError``.
    package func restore(from file: String, to path: String) throws {
        try Database.open(file, .readOnly).copy(to: path)
        let database = try Database.open(path, .update)
        // Its pages are overwritten: the key in it is nobody's but the passphrase's.
        try database.execute("DROP TABLE backup")
    }
}

/// Why a file can not be restored from.
package enum BackupError: Error, Hashable, Sendable {
    /// Something lies at the place where it is to be written.
    case exists(String)
    /// There is no such file.
    case absent
    /// It is something else, or of another version.
    case noBackup
    /// It is not whole.
    case damaged(String)
    /// Its history does not verify, for so many reasons.
    case bad(Int)
    /// It does not give the frontier or the view that it says.
    case other
}

extension BackupError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exists(let path): "\(path) exists already"
        case .absent: "there is no such file"
        case .noBackup: "it is no backup of version 1"
        case .damaged(let what): "the backup is damaged: \(what)"
        case .bad(let count): "the backup's history does not verify: \(count) findings"
        case .other: "the backup does not hold what it says"
        }
    }
}
