/// A JSON value that is written as one line, keys in the order in which they are given.
///
/// Machine output so has the same bytes for the same answer.
package indirect enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Int64)
    /// Finite.
    case real(Double)
    case text(String)
    case array([JSON])
    case object([Member])

    /// One key of an object with its value.
    package struct Member: Hashable, Sendable {
        let key: String
        let value: JSON
    }

    /// A count or an instant in milliseconds; null for none.
    static func count(_ number: UInt64?) -> JSON {
        // Instants end in the year 10000 and counts at a database's size.
        number.map { .number(Int64(clamping: $0)) } ?? .null
    }

    /// A text; null for none.
    static func optional(_ text: String?) -> JSON { text.map(JSON.text) ?? .null }

    /// The value as one line of UTF-8 without line end.
    ///
    /// - Source: RFC 8259; control characters as `\u00xx`, everything else as it is.
    package var line: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): Self.quoted(text)
        case .array(let items): "[" + items.map(\.line).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.key) + ":" + $0.value.line }.joined(separator: ",")
                + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension JSON: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(members.map { Member(key: $0.0, value: $0.1) })
    }

    /// The object with more members at its end; any other value as it is.
    func adding(_ key: String, _ value: JSON) -> JSON {
        adding(all: .object([Member(key: key, value: value)]))
    }

    /// The object with the members of another one at its end; any other value as it is.
    func adding(all other: JSON) -> JSON {
        guard case .object(let members) = self, case .object(let more) = other else { return self }
        return .object(members + more)
    }
}
