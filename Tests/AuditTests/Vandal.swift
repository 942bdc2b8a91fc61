import Storage
import TestSupport

/// Changes one value of a database at a time, and puts it back.
struct Vandal {
    let database: Database

    /// A value in a row, and what it becomes.
    struct Damage: CustomStringConvertible {
        let table: String
        let column: String
        let row: [(column: String, value: SQLValue)]
        let old: SQLValue
        let new: SQLValue

        var description: String { "\(table).\(column) in \(row.map(\.value)) to \(new)" }

        func integer(_ name: String) -> Int64? {
            guard case .integer(let number)? = row.first(where: { $0.column == name })?.value else {
                return nil
            }
            return number
        }
    }

    init(_ path: String) throws {
        database = try Database.open(path, .readWrite)
    }

    func tables() throws -> [String] {
        try database.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
            $0.text(0)
        }
    }

    /// A random bit of a random value of a table; nil for an empty one.
    func choose(_ table: String, using generator: inout SeededGenerator) throws -> Damage? {
        let (columns, rows) = try rows(table)
        guard let row = rows.randomElement(using: &generator) else { return nil }
        let index = Int.random(in: 0..<columns.count, using: &generator)
        return Damage(
            table: table,
            column: columns[index],
            row: Array(zip(columns, row)),
            old: row[index],
            new: changed(row[index], using: &generator)
        )
    }

    func inflict(_ damage: Damage) throws { try update(damage, from: damage.old, to: damage.new) }

    func repair(_ damage: Damage) throws { try update(damage, from: damage.new, to: damage.old) }

    func remove(_ damage: Damage) throws {
        let tests = damage.row.map { "\($0.column) IS ?" }.joined(separator: " AND ")
        try database.run("DELETE FROM \(damage.table) WHERE \(tests)", damage.row.map(\.value))
    }

    func putBack(_ damage: Damage) throws {
        let columns = damage.row.map(\.column).joined(separator: ", ")
        let places = damage.row.map { _ in "?" }.joined(separator: ", ")
        try database.run(
            "INSERT INTO \(damage.table) (\(columns)) VALUES (\(places))",
            damage.row.map(\.value)
        )
    }

    /// Every row of every table.
    func dump() throws -> [String: [[SQLValue]]] {
        var tables: [String: [[SQLValue]]] = [:]
        for table in try self.tables() { tables[table] = try rows(table).rows }
        return tables
    }

    private func rows(_ table: String) throws -> (columns: [String], rows: [[SQLValue]]) {
        let columns = try database.rows("SELECT name FROM pragma_table_info('\(table)')") {
            $0.text(0)
        }
        let types = columns.map { "typeof(\($0))" }
        let rows = try database.rows(
            "SELECT \((columns + types).joined(separator: ", ")) FROM \(table)"
        ) { row in
            columns.indices.map { value(row, $0, type: row.text(columns.count + $0)) }
        }
        return (columns, rows)
    }

    private func update(_ damage: Damage, from: SQLValue, to: SQLValue) throws {
        let tests = damage.row.map { "\($0.column) IS ?" }.joined(separator: " AND ")
        let values = damage.row.map { $0.column == damage.column ? from : $0.value }
        try database.run(
            "UPDATE \(damage.table) SET \(damage.column) = ? WHERE \(tests)",
            [to] + values
        )
    }

    private func value(_ row: Row, _ column: Int, type: String) -> SQLValue {
        switch type {
        case "blob": .blob(row.blob(column))
        case "integer": .integer(row.integer(column))
        case "text": .text(row.text(column))
        default: .null
        }
    }

    private func changed(_ value: SQLValue, using generator: inout SeededGenerator) -> SQLValue {
        switch value {
        case .null: return .integer(1)
        case .integer(let number):
            return .integer(number ^ 1 << Int64.random(in: 0..<63, using: &generator))
        case .text(let text):
            return .text(text.isEmpty ? "x" : text.dropLast() + (text.hasSuffix("x") ? "y" : "x"))
        case .blob(var bytes):
            guard !bytes.isEmpty else { return .blob([1]) }
            bytes[Int.random(in: bytes.indices, using: &generator)] ^=
                1 << UInt8.random(in: 0..<8, using: &generator)
            return .blob(bytes)
        }
    }
}
