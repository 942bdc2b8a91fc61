package import Cases
internal import Ledger

/// Reads what became of retired codes from CSV, chunk by chunk.
///
/// Columns `level old_code old_name new_codes new_names basis`; several new codes stand between
/// `|`. The file has neither dates nor a version: both are told by who reads it in.
package struct SuccessionFile: Sendable {
    private let table: String
    private let effective: UInt64?
    private var codes: Set<Scope> = []
    private var reader = CodeTableReader<SuccessionRow>(
        columns: ["level", "old_code", "new_codes", "basis"]
    )

    /// Starts at the beginning of a file whose rows first stand in the version `table` of the code
    /// list and took effect at an instant, if one is known.
    package init(table: String, effective: UInt64? = nil) {
        self.table = table
        self.effective = effective
    }

    /// The next bytes of the file came in.
    ///
    /// - Throws: for the first row that can not be; nothing of the file is taken then.
    package mutating func received(_ chunk: [UInt8]) throws(CodeTableError) {
        let (table, effective) = (table, effective)
        var codes = codes
        try reader.received(chunk) { line throws(CodeTableError) in
            try Self.row(line, table, effective, &codes)
        }
        self.codes = codes
    }

    /// The file has ended; gives its rows, in the order of the file.
    package mutating func finished() throws(CodeTableError) -> [SuccessionRow] {
        let (table, effective) = (table, effective)
        var codes = codes
        return try reader.finished { line throws(CodeTableError) in
            try Self.row(line, table, effective, &codes)
        }
    }

    private static func row(
        _ line: CodeTableReader<SuccessionRow>.Line,
        _ table: String,
        _ effective: UInt64?,
        _ codes: inout Set<Scope>
    ) throws(CodeTableError) -> SuccessionRow {
        let level = try line.filled("level")
        guard let length = ["district": 6, "street": 9][level] else {
            throw line.fail(.wrong("level", want: "district or street"))
        }
        let old = try line.filled("old_code")
        guard old.utf8.count == length, let code = Scope(old) else {
            throw line.fail(.wrong("old_code", want: "\(length) digits"))
        }
        guard codes.insert(code).inserted else {
            throw line.fail(.contradiction("\(old) is there twice"))
        }
        var new: [Scope] = []
        let parts = try line.filled("new_codes").split(
            separator: "|",
            omittingEmptySubsequences: false
        )
        for part in parts {
            guard part.utf8.count == length, let code = Scope(String(part)) else {
                throw line.fail(.wrong("new_codes", want: "codes of \(length) digits between |"))
            }
            new.append(code)
        }
        let basis = try line.text("basis")
        do throws(SuccessionError) {
            return try SuccessionRow(
                old: code,
                new: new,
                effective: effective,
                basis: basis,
                table: table
            )
        } catch {
            throw line.fail(.contradiction(error.description))
        }
    }
}
