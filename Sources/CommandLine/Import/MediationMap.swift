internal import Cases
internal import Foundation

/// Says which keys of another system's mediation records become what of a case.
///
/// A JSON object, described in `Nodes/import/README.md`. Strict, as ``ImportMap`` is.
package struct MediationMap: Sendable {
    /// The system the external ids come from.
    package let source: SourceCode
    /// For each field's name the key that holds it, names rising; nil if the keys are the names.
    let fields: [(flag: String, key: String)]?
    /// Values of fields that no key holds, names rising.
    let constants: [(flag: String, text: String)]
    /// What words of the source mean as codes, names of fields rising.
    let codes: [Codes]
    /// Where what people said to each other stands, turn by turn.
    let dialogue: Dialogue?

    /// A field whose codes follow from words of the source.
    struct Codes {
        let flag: String
        let key: String
        let values: [String: String]
    }

    /// An array of turns.
    struct Dialogue {
        let key: String
        let speaker: String
        let text: String
        /// What the source calls the mediator.
        let mediator: String
        /// The key that marks a turn, and the marks of what was agreed.
        let mark: String
        let agreement: Set<String>
    }

    /// The keys of the records are the names of the fields.
    package init(source: SourceCode) {
        self.source = source
        fields = nil
        constants = []
        codes = []
        dialogue = nil
    }

    /// Reads a map.
    ///
    /// - Throws: the first thing that is wrong, with its key.
    package init(json: [UInt8]) throws(ImportMapError) {
        guard json.count <= ImportMap.bytesMax else { throw .tooLarge(json.count) }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(json))
        } catch {
            throw .notJSON
        }
        let map = try MapObject(value, path: "")
        try map.allow(["source", "fields", "constants", "codes", "dialogue"])
        let code = try map.text("source")
        guard let source = SourceCode(code) else {
            throw .badValue("source", got: code, want: "1 to 32 of a-z, 0-9 and -")
        }
        self.source = source
        let fields = try map.object("fields")
        self.fields = try fields.keys.map { flag throws(ImportMapError) in
            (try Self.field(flag, "fields"), try fields.text(flag))
        }
        constants =
            try map.objectIfPresent("constants").map { constants throws(ImportMapError) in
                try constants.keys.map { flag throws(ImportMapError) in
                    (try Self.field(flag, "constants"), try constants.text(flag))
                }
            } ?? []
        codes =
            try map.objectIfPresent("codes").map { codes throws(ImportMapError) in
                try codes.keys.map { flag throws(ImportMapError) in
                    try Self.codes(Self.field(flag, "codes"), codes.object(flag))
                }
            } ?? []
        dialogue = try map.objectIfPresent("dialogue").map(Self.dialogue)
    }

    /// Names that a record may have beside the fields of the import.
    static let scopeKey = "scope"
    static let recordsKey = "records"

    private static func field(_ flag: String, _ path: String) throws(ImportMapError) -> String {
        let names = CaseOperation.takeOver.fields.map(\.field.spec.flag) + [scopeKey]
        guard names.contains(flag), flag != CaseField.source.spec.flag else {
            throw .unknownKey("\(path).\(flag)", known: names.sorted())
        }
        return flag
    }

    private static func codes(
        _ flag: String,
        _ object: MapObject
    ) throws(ImportMapError) -> Codes {
        try object.allow(["key", "values"])
        let words = try object.object("values")
        var values: [String: String] = [:]
        for word in words.keys { values[word] = try words.text(word) }
        return Codes(flag: flag, key: try object.text("key"), values: values)
    }

    private static func dialogue(_ object: MapObject) throws(ImportMapError) -> Dialogue {
        try object.allow(["key", "speaker", "text", "mediator", "mark", "agreement"])
        return Dialogue(
            key: try object.text("key"),
            speaker: try object.text("speaker"),
            text: try object.text("text"),
            mediator: try object.text("mediator"),
            mark: try object.text("mark"),
            agreement: Set(try object.textsIfPresent("agreement"))
        )
    }
}
