package import Encoding

/// One grid of a street's grid version.
///
/// In an entry the array `[code, name, households]`, on the command line `code;name;households`.
package struct GridRow: Hashable, Sendable {
    /// Code of the grid within the street.
    package let code: String
    /// What people call it.
    package let name: String
    /// How many households it has.
    package let households: UInt64

    /// Takes all three.
    package init(code: String, name: String, households: UInt64) {
        self.code = code
        self.name = name
        self.households = households
    }

    /// Reads the form of entries; nil for anything else.
    package init?(_ value: CBORValue) {
        guard case .array(let items) = value, items.count == 3, case .text(let code) = items[0],
            case .text(let name) = items[1], case .unsigned(let households) = items[2]
        else { return nil }
        self.init(code: code, name: name, households: households)
    }

    /// The form of entries.
    package var value: CBORValue { .array([.text(code), .text(name), .unsigned(households)]) }

    /// Reads the form of the command line; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.count <= 64,
            parts[1].unicodeScalars.count <= 100, let households = UInt64(parts[2])
        else { return nil }
        self.init(code: parts[0], name: parts[1], households: households)
    }

    /// The form of the command line.
    package var text: String { "\(code);\(name);\(households)" }
}
