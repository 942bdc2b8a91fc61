/// Reads a small table of codes from CSV, whole or not at all: a code table with a row missing
/// would file cases under the wrong place.
struct CodeTableReader<Row: Sendable>: Sendable {
    /// One row of the file with its fields by the names of the header.
    struct Line {
        fileprivate let record: CSVRecord
        fileprivate let columns: [String]

        /// The line of the file, from 1.
        var number: Int { record.line }

        /// The text of a column, which may be empty.
        func text(_ column: String) throws(CodeTableError) -> String {
            guard let index = columns.firstIndex(of: column) else {
                throw CodeTableError(line: 1, fault: .missingColumn(column))
            }
            guard let text = record.text(at: index) else { throw fail(.refused(.notUTF8(column))) }
            guard text.utf8.count <= CodeTableError.fieldBytes else { throw fail(.long(column)) }
            return text
        }

        /// The text of a column that must not be empty.
        func filled(_ column: String) throws(CodeTableError) -> String {
            let text = try text(column)
            guard !text.isEmpty else { throw fail(.empty(column)) }
            return text
        }

        /// An error at this row.
        func fail(_ fault: CodeTableError.Fault) -> CodeTableError {
            CodeTableError(line: record.line, fault: fault)
        }
    }

    private let columns: [String]
    private var csv = CSVReader()
    private var header: [String]?
    private(set) var rows: [Row] = []

    /// Wants these columns; the file may have others.
    init(columns: [String]) { self.columns = columns }

    /// Takes the next bytes of the file; `read` makes a row of each line.
    mutating func received(
        _ chunk: [UInt8],
        read: (Line) throws(CodeTableError) -> Row
    ) throws(CodeTableError) {
        csv.received(chunk)
        try take(read)
    }

    /// The file has ended.
    mutating func finished(
        read: (Line) throws(CodeTableError) -> Row
    ) throws(CodeTableError) -> [Row] {
        csv.finish()
        try take(read)
        guard header != nil else { throw CodeTableError(line: 1, fault: .noHeader) }
        guard !rows.isEmpty else { throw CodeTableError(line: 1, fault: .noRows) }
        return rows
    }

    private mutating func take(
        _ read: (Line) throws(CodeTableError) -> Row
    ) throws(CodeTableError) {
        while let next = csv.next() {
            let record: CSVRecord
            do {
                record = try next.get()
            } catch {
                throw CodeTableError(line: error.line, fault: .refused(error.reason))
            }
            guard let header else {
                try takeHeader(record)
                continue
            }
            let line = Line(record: record, columns: header)
            guard record.count == header.count else {
                throw line.fail(.refused(.fieldCount(got: record.count, want: header.count)))
            }
            guard rows.count < CodeTableError.mostRows else { throw line.fail(.tooManyRows) }
            rows.append(try read(line))
        }
    }

    private mutating func takeHeader(_ record: CSVRecord) throws(CodeTableError) {
        let names = (0..<record.count).map { record.text(at: $0) ?? "" }
        for column in columns {
            let count = names.count { $0 == column }
            guard count > 0 else {
                throw CodeTableError(line: record.line, fault: .missingColumn(column))
            }
            guard count == 1 else {
                throw CodeTableError(line: record.line, fault: .repeatedColumn(column))
            }
        }
        header = names
    }
}

/// Why a code table was not read, and in which line of the file.
package struct CodeTableError: Error, Hashable, Sendable {
    /// The line, from 1.
    package let line: Int
    /// What is wrong.
    package let fault: Fault

    /// The most rows of a table.
    package static let mostRows = 100_000
    /// The most bytes of a field.
    package static let fieldBytes = 4096

    /// What is wrong with a file or one of its rows.
    package enum Fault: Hashable, Sendable {
        /// The file is empty.
        case noHeader
        /// There is nothing but a header.
        case noRows
        /// The header lacks a column.
        case missingColumn(String)
        /// The header has a column twice.
        case repeatedColumn(String)
        /// The row is no CSV of the header's width.
        case refused(RefusalReason)
        /// There are more rows than ``mostRows``.
        case tooManyRows
        /// The column is empty.
        case empty(String)
        /// The column has more than ``fieldBytes``.
        case long(String)
        /// The column holds something else than is wanted.
        case wrong(String, want: String)
        /// The row contradicts itself or another one.
        case contradiction(String)
    }
}

extension CodeTableError: CustomStringConvertible {
    /// For operators: the line, what was got and what was wanted.
    package var description: String { "line \(line): \(reason)" }

    private var reason: String {
        switch fault {
        case .noHeader: "the file is empty"
        case .noRows: "the file has no rows"
        case .missingColumn(let column): "header has no column \"\(column)\""
        case .repeatedColumn(let column): "header has the column \"\(column)\" more than once"
        case .refused(let reason): reason.description
        case .tooManyRows: "more than \(Self.mostRows) rows"
        case .empty(let column): "\(column) is empty"
        case .long(let column): "\(column) has more than \(Self.fieldBytes) bytes"
        case .wrong(let column, let want): "\(column) is not \(want)"
        case .contradiction(let text): text
        }
    }
}
