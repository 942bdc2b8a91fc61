/// A row that could not be taken, with what someone needs to find it, mend it and import it again.
package struct RefusedRow: Error, Hashable, Sendable {
    /// The line the row starts on, from 1.
    package let line: Int

    /// Why it was refused.
    package let reason: RefusalReason

    /// The row as it stood in the file, without its line end.
    ///
    /// Bytes, for they may not be UTF-8; the first ``ImportLimits/recordBytes`` of a longer row.
    package let original: [UInt8]
}

/// What makes a row impossible to take; the row after it is read all the same.
///
/// Columns are named as in the file's header, GeoReport fields by their key.
package enum RefusalReason: Error, Hashable, Sendable {
    /// The row is longer than ``ImportLimits/recordBytes``; the original text is cut there.
    case tooLong
    /// The row has more fields than ``ImportLimits/fields``.
    case tooManyFields
    /// The row has another number of fields than the header.
    case fieldCount(got: Int, want: Int)
    /// A quoted field goes on to the end of the file: rows after it, if any, are in this one.
    case unclosedQuote
    /// A field goes on after its closing quote.
    case textAfterQuote(field: Int)
    /// The text of this column is not UTF-8.
    case notUTF8(String)
    /// The row has no external id.
    case noExternalID(String)
    /// The row has no opening time.
    case noOpeningTime(String)
    /// The time is there and can not be read, or is no time of the calendar.
    case unreadableTime(String, want: String)
    /// The time is before 1970, where the ledger's instants begin.
    case timeBefore1970(String)
    /// The scope is there and is not nine digits.
    case unreadableScope(String)
    /// The text has this many bytes, more than are taken.
    case textTooLong(String, bytes: Int, limit: Int)
    /// The row is not one whole JSON object.
    case notJSONObject
    /// The key holds another kind of value.
    case wrongKind(String, want: String)
    /// A value does not fit its field, in the words of the field.
    case field(String)
    /// The file ends within the JSON array.
    case truncatedArray
    /// The file goes on after the JSON array.
    case textAfterArray
}

extension RefusalReason: CustomStringConvertible {
    /// For operators: what was got and what was wanted, never the content.
    package var description: String {
        switch self {
        case .tooLong: "row is longer than \(ImportLimits.recordBytes) bytes"
        case .tooManyFields: "row has more than \(ImportLimits.fields) fields"
        case .fieldCount(let got, let want): "row has \(got) fields, want \(want) as in the header"
        case .unclosedQuote: "a quote opened in this row is never closed"
        case .textAfterQuote(let field): "field \(field) goes on after its closing quote"
        case .notUTF8(let column): "\(column) is not UTF-8"
        case .noExternalID(let column): "\(column) is empty, want an external id"
        case .noOpeningTime(let column): "\(column) is empty, want the opening time"
        case .unreadableTime(let column, let want): "\(column) is not a time of the form \(want)"
        case .timeBefore1970(let column): "\(column) is before 1970"
        case .unreadableScope(let column): "\(column) is not a code of 9 digits"
        case .textTooLong(let column, let bytes, let limit):
            "\(column) has \(bytes) bytes, want at most \(limit)"
        case .notJSONObject: "row is not a JSON object"
        case .wrongKind(let key, let want): "\(key) is of another kind, want \(want)"
        case .field(let reason): reason
        case .truncatedArray: "the file ends before the JSON array does"
        case .textAfterArray: "the file goes on after the end of the JSON array"
        }
    }
}

/// Bounds on what is read, in bytes of UTF-8 unless said otherwise.
///
/// The longest found in real files: a title and text of 8 976 bytes, a reply of 22 793, a closing
/// note of 4 002, a place of 84.
package enum ImportLimits {
    /// One row of CSV, one JSON object.
    package static let recordBytes = 1 << 20
    /// Number of fields in a row of CSV.
    package static let fields = 1024
    /// External id.
    package static let externalID = 128
    /// Summary, closing note and reply, each; joined columns count together.
    package static let text = 64 << 10
    /// Category, joined.
    package static let category = 512
    /// Place.
    package static let place = 1024
    /// Channel.
    package static let channel = 128
}
