package import Foundation

/// Says which columns of a CSV file become what of a record.
///
/// A JSON object, described in `Nodes/import/README.md`: `source`, `timeZone`, `timeFormat`,
/// `columns`. Strict: an unknown key, a missing one or another kind of value is an error.
package struct ImportMap: Sendable {
    /// The system the external ids come from.
    package let source: SourceCode

    /// The zone of time stamps that do not name their offset.
    package let timeZone: TimeZone

    /// The form of every time stamp.
    package let timeFormat: TimePattern

    /// The columns by their names in the header.
    package let columns: Columns

    /// Names of columns; those that are nil are not in the file.
    package struct Columns: Hashable, Sendable {
        /// The other system's id.
        package var externalID: String
        /// When it was reported.
        package var openedAt: String
        /// When it should be done.
        package var dueAt: String?
        /// When it was closed, or answered.
        package var closedAt: String?
        /// The state, and the values that mean closed.
        package var state: Choice?
        /// What is said of the due time, and the values that mean overdue.
        package var claim: Choice?
        /// What was reported, in the order in which it is joined.
        package var summary: [String]
        /// What was said at closing.
        package var closingNote: String?
        /// The official reply to a message.
        package var reply: String?
        /// The levels of the category, widest first.
        package var category: [String]
        /// Address or other words for where it is.
        package var place: String?
        /// How it came in.
        package var channel: String?
        /// Nine-digit code of the street.
        package var scope: String?
    }

    /// A column of which some values, compared exactly, mean yes and all others no.
    package struct Choice: Hashable, Sendable {
        /// The column's name.
        package var column: String
        /// The values that mean yes.
        package var values: Set<String>
    }

    /// Most bytes of a map.
    package static let bytesMax = 64 << 10

    /// Reads a map.
    ///
    /// - Throws: the first thing that is wrong, with its key.
    package init(json: [UInt8]) throws(ImportMapError) {
        guard json.count <= Self.bytesMax else { throw .tooLarge(json.count) }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(json))
        } catch {
            throw .notJSON
        }
        let map = try MapObject(value, path: "")
        try map.allow(["source", "timeZone", "timeFormat", "columns"])
        let code = try map.text("source")
        guard let source = SourceCode(code) else {
            throw .badValue("source", got: code, want: "1 to 32 of a-z, 0-9 and -")
        }
        let zone = try map.text("timeZone")
        guard let timeZone = TimeZone(identifier: zone) else {
            throw .badValue("timeZone", got: zone, want: "a name such as Asia/Shanghai")
        }
        let format = try map.text("timeFormat")
        guard let timeFormat = TimePattern(format) else {
            let want = "a form such as yyyy-MM-dd HH:mm:ss"
            throw .badValue("timeFormat", got: format, want: want)
        }
        self.source = source
        self.timeZone = timeZone
        self.timeFormat = timeFormat
        columns = try Columns(try map.object("columns"))
    }
}

extension ImportMap.Columns {
    fileprivate init(_ columns: MapObject) throws(ImportMapError) {
        try columns.allow([
            "externalID", "openedAt", "dueAt", "closedAt", "state", "claim", "summary",
            "closingNote", "reply", "category", "place", "channel", "scope",
        ])
        externalID = try columns.text("externalID")
        openedAt = try columns.text("openedAt")
        dueAt = try columns.textIfPresent("dueAt")
        closedAt = try columns.textIfPresent("closedAt")
        state = try columns.choiceIfPresent("state", values: "closedValues")
        claim = try columns.choiceIfPresent("claim", values: "overdueValues")
        summary = try columns.textsIfPresent("summary")
        closingNote = try columns.textIfPresent("closingNote")
        reply = try columns.textIfPresent("reply")
        category = try columns.textsIfPresent("category")
        place = try columns.textIfPresent("place")
        channel = try columns.textIfPresent("channel")
        scope = try columns.textIfPresent("scope")
    }
}

/// Why a map is not taken; keys are written with a dot for each level.
package enum ImportMapError: Error, Hashable, Sendable {
    /// The map has this many bytes.
    case tooLarge(Int)
    /// The text is not JSON.
    case notJSON
    /// A key that has no meaning here; mostly a slip of the pen.
    case unknownKey(String, known: [String])
    /// A key that must be there is not.
    case missing(String)
    /// The key holds another kind of value.
    case wrongKind(String, want: String)
    /// The key holds a value that can not be used.
    case badValue(String, got: String, want: String)
}

extension ImportMapError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let bytes): "map has \(bytes) bytes, want at most \(ImportMap.bytesMax)"
        case .notJSON: "map is not JSON"
        case .unknownKey(let key, let known):
            "map has the unknown key \(key), want one of \(known.joined(separator: ", "))"
        case .missing(let key): "map has no \(key)"
        case .wrongKind(let key, let want): "\(key) is of another kind, want \(want)"
        case .badValue(let key, let got, let want): "\(key) is \"\(got)\", want \(want)"
        }
    }
}

/// An object of the map, with the path that leads to it.
struct MapObject {
    private let values: [String: JSONValue]
    private let path: String

    init(_ value: JSONValue, path: String) throws(ImportMapError) {
        guard case .object(let values) = value else {
            throw .wrongKind(path.isEmpty ? "map" : path, want: "an object")
        }
        self.values = values
        self.path = path
    }

    private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func allow(_ keys: [String]) throws(ImportMapError) {
        if let unknown = values.keys.sorted().first(where: { !keys.contains($0) }) {
            throw .unknownKey(full(unknown), known: keys)
        }
    }

    func text(_ key: String) throws(ImportMapError) -> String {
        guard let text = try textIfPresent(key) else { throw .missing(full(key)) }
        return text
    }

    func textIfPresent(_ key: String) throws(ImportMapError) -> String? {
        guard let value = values[key] else { return nil }
        guard case .text(let text) = value, !text.isEmpty else {
            throw .wrongKind(full(key), want: "a text that is not empty")
        }
        return text
    }

    /// One text or an array of them, none twice.
    func textsIfPresent(_ key: String) throws(ImportMapError) -> [String] {
        let want = "one text, or several in an array, none empty or twice"
        let items: [JSONValue]
        switch values[key] {
        case nil: return []
        case .array(let array)?: items = array
        case .some(let single): items = [single]
        }
        var texts: [String] = []
        for item in items {
            guard case .text(let text) = item, !text.isEmpty, !texts.contains(text) else {
                throw .wrongKind(full(key), want: want)
            }
            texts.append(text)
        }
        guard !texts.isEmpty else { throw .wrongKind(full(key), want: want) }
        return texts
    }

    /// The keys, rising.
    var keys: [String] { values.keys.sorted() }

    func objectIfPresent(_ key: String) throws(ImportMapError) -> MapObject? {
        guard values[key] != nil else { return nil }
        return try object(key)
    }

    func object(_ key: String) throws(ImportMapError) -> MapObject {
        guard let value = values[key] else { throw .missing(full(key)) }
        return try MapObject(value, path: full(key))
    }

    func choiceIfPresent(
        _ key: String,
        values valuesKey: String
    ) throws(ImportMapError) -> ImportMap.Choice? {
        guard values[key] != nil else { return nil }
        let choice = try object(key)
        try choice.allow(["column", valuesKey])
        let meant = try choice.textsIfPresent(valuesKey)
        guard !meant.isEmpty else { throw .missing(choice.full(valuesKey)) }
        return ImportMap.Choice(column: try choice.text("column"), values: Set(meant))
    }
}
