/// One row of a CSV file: where its fields stand in its bytes.
package struct CSVRecord: Sendable {
    /// The line the row starts on, from 1.
    package let line: Int

    /// The row as it stood in the file, without its line end.
    package let original: [UInt8]

    private struct Field: Sendable {
        var range: Range<Int>
        var hasDoubledQuotes = false
    }

    private var fields: [Field] = []

    /// Number of fields, at least one.
    package var count: Int { fields.count }

    /// The bytes of a field, without the quotes around it and with doubled quotes made single.
    package func bytes(at index: Int) -> ArraySlice<UInt8> {
        let field = fields[index]
        let content = original[field.range]
        guard field.hasDoubledQuotes else { return content }
        var single: [UInt8] = []
        single.reserveCapacity(content.count)
        var position = content.startIndex
        while position < content.endIndex {
            single.append(content[position])
            position += content[position] == Self.quote ? 2 : 1
        }
        return single[...]
    }

    /// The text of a field; nil if it is not UTF-8.
    package func text(at index: Int) -> String? {
        String(validating: bytes(at: index), as: UTF8.self)
    }

    fileprivate static let quote = UInt8(ascii: "\"")
    fileprivate static let comma = UInt8(ascii: ",")

    /// Splits a row.
    ///
    /// A quote within a field that does not start with one stands for itself, as spreadsheets
    /// write it, although RFC 4180 has no such thing.
    fileprivate init(line: Int, original: [UInt8]) throws(RefusalReason) {
        self.line = line
        self.original = original
        fields.reserveCapacity(32)
        var position = 0
        while position <= original.count {
            guard fields.count < ImportLimits.fields else { throw .tooManyFields }
            if position < original.count, original[position] == Self.quote {
                position = try quoted(from: position + 1) + 1
            } else {
                let end = comma(from: position)
                fields.append(Field(range: position..<end))
                position = end + 1
            }
        }
    }

    private func comma(from start: Int) -> Int {
        var end = start
        while end < original.count, original[end] != Self.comma { end += 1 }
        return end
    }

    /// Takes a quoted field and gives the position of the comma or end after it.
    private mutating func quoted(from start: Int) throws(RefusalReason) -> Int {
        var field = Field(range: start..<start)
        var position = start
        while position < original.count {
            guard original[position] == Self.quote else {
                position += 1
                continue
            }
            let next = position + 1
            guard next < original.count, original[next] != Self.comma else {
                field.range = start..<position
                fields.append(field)
                return next
            }
            guard original[next] == Self.quote else {
                throw .textAfterQuote(field: fields.count + 1)
            }
            field.hasDoubledQuotes = true
            position += 2
        }
        throw .unclosedQuote
    }
}

/// Reads CSV from chunks of bytes, in memory bounded by one chunk and one row.
///
/// Comma separated, `"` quoted with `""` for a quote, line ends and commas allowed within quotes,
/// rows ended by LF or CRLF, an optional UTF-8 byte order mark. Empty lines are skipped. A row
/// that is not well formed or too large is refused and reading goes on with the next; what stands
/// within quotes is never taken for a row, however long it is.
///
/// - Source: RFC 4180.
package struct CSVReader: Sendable {
    private var cutter = RecordCutter(CSVScanner())

    /// Starts at the beginning of a file.
    package init() {}

    /// Adds bytes of the file.
    package mutating func received(_ chunk: [UInt8]) { cutter.received(chunk) }

    /// Says that the file has ended.
    package mutating func finish() { cutter.finish() }

    /// The next row in the order of the file; nil until there are more bytes.
    package mutating func next() -> Result<CSVRecord, RefusedRow>? {
        guard let record = cutter.next() else { return nil }
        do throws(RefusalReason) {
            if let fault = record.fault { throw fault }
            return .success(try CSVRecord(line: record.line, original: record.bytes))
        } catch {
            return .failure(
                RefusedRow(line: record.line, reason: error, original: record.bytes)
            )
        }
    }
}

/// Finds the line ends of a CSV file that do not stand within quotes.
private struct CSVScanner: RecordScanner {
    private enum Place {
        case fieldStart, plain, quoted, afterQuote
    }

    private var place = Place.fieldStart

    mutating func ends(at byte: UInt8) -> Bool {
        if place == .quoted {
            if byte == CSVRecord.quote { place = .afterQuote }
            return false
        }
        switch byte {
        case CSVRecord.comma:
            place = .fieldStart
        case UInt8(ascii: "\n"):
            place = .fieldStart
            return true
        case CSVRecord.quote where place != .plain:
            place = .quoted
        default:
            place = .plain
        }
        return false
    }

    func faultAtEnd(isBlank: Bool) -> RefusalReason? {
        place == .quoted ? .unclosedQuote : nil
    }

    static func trim(_ record: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        record.last == UInt8(ascii: "\r") ? record.dropLast() : record
    }
}
