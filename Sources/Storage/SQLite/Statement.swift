internal import CSQLite
package import Encoding
internal import Ledger

/// Owns one prepared statement of a ``Database``; used on the database's thread only.
///
/// Every use goes through ``Database/run(_:_:)`` or ``Database/rows(_:_:_:)``, which reset it.
@safe final class Statement {
    private let raw: OpaquePointer
    private let database: OpaquePointer

    /// *Takes* the statement, *borrows* the database.
    init(_ sql: String, in database: OpaquePointer) throws(SQLiteError) {
        var raw: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        var code = SQLITE_OK
        let isAll = unsafe sql.withCString { text in
            var rest: UnsafePointer<CChar>?
            code = unsafe sqlite3_prepare_v3(database, text, -1, flags, &raw, &rest)
            let tail = unsafe rest.map { unsafe String(cString: $0) } ?? ""
            return tail.allSatisfy { $0.isWhitespace || $0 == ";" }
        }
        guard code == SQLITE_OK else { throw unsafe SQLiteError(database, code) }
        guard isAll, let raw = unsafe raw else {
            unsafe sqlite3_finalize(raw)
            throw SQLiteError(code: SQLITE_MISUSE, message: "want one statement")
        }
        unsafe self.raw = raw
        unsafe self.database = database
    }

    deinit { unsafe sqlite3_finalize(raw) }

    func bind(_ values: [SQLValue]) throws(SQLiteError) {
        for (offset, value) in values.enumerated() {
            let index = Int32(offset + 1)
            let code =
                switch value {
                case .null: unsafe sqlite3_bind_null(raw, index)
                case .integer(let number): unsafe sqlite3_bind_int64(raw, index, number)
                case .text(let text):
                    unsafe csqlite_bind_text(raw, index, text, Int32(text.utf8.count))
                case .blob(let bytes):
                    unsafe bytes.withUnsafeBytes { buffer in
                        unsafe csqlite_bind_blob(
                            raw,
                            index,
                            buffer.baseAddress,
                            Int32(buffer.count)
                        )
                    }
                }
            guard code == SQLITE_OK else { throw unsafe SQLiteError(database, code) }
        }
    }

    /// Moves to the next row; false when there is none.
    func step() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(raw)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw unsafe SQLiteError(database, code)
        }
    }

    func reset() {
        unsafe sqlite3_reset(raw)
        unsafe sqlite3_clear_bindings(raw)
    }

    func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(raw, Int32(column)) == SQLITE_NULL
    }

    func integer(_ column: Int) -> Int64 { unsafe sqlite3_column_int64(raw, Int32(column)) }

    func text(_ column: Int) -> String {
        guard let text = unsafe sqlite3_column_text(raw, Int32(column)) else { return "" }
        return unsafe String(cString: text)
    }

    func blob(_ column: Int) -> [UInt8] {
        guard let bytes = unsafe sqlite3_column_blob(raw, Int32(column)) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(raw, Int32(column)))
        return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    /// A column of whatever type it has in this row.
    func cell(_ column: Int) -> QueryCell {
        switch unsafe sqlite3_column_type(raw, Int32(column)) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_FLOAT: .real(unsafe sqlite3_column_double(raw, Int32(column)))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }

    var columnCount: Int { Int(unsafe sqlite3_column_count(raw)) }

    func columnName(_ column: Int) -> String {
        guard let name = unsafe sqlite3_column_name(raw, Int32(column)) else { return "" }
        return unsafe String(cString: name)
    }
}

/// A value that is bound to a statement.
package enum SQLValue: Hashable, Sendable {
    /// NULL.
    case null
    /// A signed integer of 64 bits.
    case integer(Int64)
    /// UTF-8 text.
    case text(String)
    /// Bytes.
    case blob([UInt8])

    static func digest(_ digest: Bytes32) -> SQLValue { .blob(digest.bytes) }

    static func count(_ number: UInt64) -> SQLValue { .integer(Int64(clamping: number)) }

    static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }

    static func optional(_ number: UInt64?) -> SQLValue { number.map(count) ?? .null }
}

/// The row a statement stands on; valid inside the closure it is given to.
package struct Row {
    private let statement: Statement

    init(_ statement: Statement) { self.statement = statement }

    /// All columns.
    var cells: [QueryCell] { (0..<statement.columnCount).map(statement.cell) }
    /// What the columns are called.
    var names: [String] { (0..<statement.columnCount).map(statement.columnName) }

    /// Whether the column is NULL.
    package func isNull(_ column: Int) -> Bool { statement.isNull(column) }
    /// The column as a signed integer; zero for NULL.
    package func integer(_ column: Int) -> Int64 { statement.integer(column) }
    /// The column as an unsigned integer; zero for NULL or a negative number.
    package func count(_ column: Int) -> UInt64 { UInt64(clamping: statement.integer(column)) }
    /// The column as text; empty for NULL.
    package func text(_ column: Int) -> String { statement.text(column) }
    /// The column as bytes; empty for NULL.
    package func blob(_ column: Int) -> [UInt8] { statement.blob(column) }
    /// The column as 32 bytes.
    ///
    /// - Throws: ``StoreError/damaged(_:)`` for any other length.
    package func digest(_ column: Int) throws(StoreError) -> Bytes32 {
        guard let digest = Bytes32(statement.blob(column)) else {
            throw .damaged("column \(statement.columnName(column)) is not of 32 bytes")
        }
        return digest
    }
    /// The column as the bytes of a leaf, whose length nothing behind here checks again.
    ///
    /// - Throws: ``StoreError/damaged(_:)`` for any other length.
    func leaf(_ column: Int) throws(StoreError) -> [UInt8] {
        let bytes = statement.blob(column)
        guard bytes.count == Entry.leafCount else {
            throw .damaged("a leaf has \(bytes.count) bytes, want \(Entry.leafCount)")
        }
        return bytes
    }
    /// The column as text; nil for NULL.
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    /// The column as an unsigned integer; nil for NULL.
    package func optionalCount(_ column: Int) -> UInt64? { isNull(column) ? nil : count(column) }
}
