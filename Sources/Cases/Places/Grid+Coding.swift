package import Encoding

extension Grid {
    /// Reads the form of entries, the array `[code, name, households, area]` with null for what
    /// nobody counted; nil for anything else.
    package init?(_ value: CBORValue) {
        guard case .array(let items) = value, items.count == 4, case .text(let code) = items[0],
            case .text(let name) = items[1]
        else { return nil }
        var counts: [UInt64?] = []
        for item in items[2...] {
            switch item {
            case .unsigned(let count): counts.append(count)
            case .null: counts.append(nil)
            default: return nil
            }
        }
        self.init(code: code, name: name, households: counts[0], area: counts[1])
    }

    /// The form of entries.
    package var value: CBORValue {
        .array([
            .text(code), .text(name), households.map { .unsigned($0) } ?? .null,
            area.map { .unsigned($0) } ?? .null,
        ])
    }

    /// Most bytes of a code on the command line.
    private static let codeMax = 64
    /// Most Unicode scalars of a name on the command line.
    private static let nameMax = 100

    /// Reads the form of the command line, `code;name;households;area`, of which the counts may be
    /// left out; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        guard 2...4 ~= parts.count, 1...Self.codeMax ~= parts[0].utf8.count,
            1...Self.nameMax ~= parts[1].unicodeScalars.count
        else { return nil }
        var counts: [UInt64?] = [nil, nil]
        for (index, part) in parts[2...].enumerated() where !part.isEmpty {
            guard let count = UInt64(part) else { return nil }
            counts[index] = count
        }
        self.init(code: parts[0], name: parts[1], households: counts[0], area: counts[1])
    }

    /// The form of the command line.
    package var text: String {
        let counts = [households, area].map { $0.map(String.init) ?? "" }
        return ([code, name] + counts).joined(separator: ";")
    }
}
