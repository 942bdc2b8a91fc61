package import Cases
internal import Ledger

/// Reads the statistical code list of a city from CSV, chunk by chunk.
///
/// Columns `level code code12 name parent_code kind is_township_unit`; the levels are city,
/// district and street, `code12` is the code with zeros to twelve digits, a district's parent is
/// its city, a street's its district, a city has none. Parents stand before their parts.
package struct DivisionsFile: Sendable {
    private var reader = CodeTableReader<Division>(
        columns: ["level", "code", "code12", "name", "parent_code", "kind", "is_township_unit"]
    )
    private var codes: Set<Scope> = []

    /// Starts at the beginning of a file.
    package init() {}

    /// The next bytes of the file came in.
    ///
    /// - Throws: for the first row that can not be; nothing of the file is taken then.
    package mutating func received(_ chunk: [UInt8]) throws(CodeTableError) {
        var codes = codes
        try reader.received(chunk) { line throws(CodeTableError) in
            try Self.division(line, &codes)
        }
        self.codes = codes
    }

    /// The file has ended; gives its divisions.
    package mutating func finished() throws(CodeTableError) -> DivisionTable {
        var codes = codes
        let divisions = try reader.finished { line throws(CodeTableError) in
            try Self.division(line, &codes)
        }
        return DivisionTable(divisions)
    }

    private static func division(
        _ line: CodeTableReader<Division>.Line,
        _ codes: inout Set<Scope>
    ) throws(CodeTableError) -> Division {
        let level = try line.filled("level")
        let lengths = ["city": 4, "district": 6, "street": 9]
        guard let length = lengths[level] else {
            throw line.fail(.wrong("level", want: "city, district or street"))
        }
        let text = try line.filled("code")
        guard text.utf8.count == length, let code = Scope(text) else {
            throw line.fail(.wrong("code", want: "\(length) digits"))
        }
        let padded = text + String(repeating: "0", count: 12 - length)
        guard try line.text("code12") == padded else {
            throw line.fail(.wrong("code12", want: "the code with zeros to 12 digits"))
        }
        let parent = try line.text("parent_code")
        let holder = Scope.lengths.last { $0 < length }.map { String(text.prefix($0)) } ?? ""
        guard parent == holder else {
            throw line.fail(.wrong("parent_code", want: holder.isEmpty ? "empty" : holder))
        }
        guard level == "city" || Scope(parent).map(codes.contains) ?? false else {
            throw line.fail(.contradiction("\(parent) does not stand before its part \(text)"))
        }
        guard codes.insert(code).inserted else {
            throw line.fail(.contradiction("\(text) is there twice"))
        }
        let unit = try line.filled("is_township_unit")
        guard unit == "0" || unit == "1" else {
            throw line.fail(.wrong("is_township_unit", want: "0 or 1"))
        }
        return Division(
            code: code,
            name: try line.filled("name"),
            kind: try line.filled("kind"),
            isUnit: unit == "1"
        )
    }
}
