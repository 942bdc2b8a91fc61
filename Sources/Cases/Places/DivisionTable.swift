package import Ledger

/// One division of the statistical code list: a city, a district, a street.
package struct Division: Hashable, Sendable {
    /// The code, at its own length.
    package let code: Scope
    /// The full name, such as 武林街道.
    package let name: String
    /// What it is, in the list's words, such as 街道, 镇 or 类似乡级单位.
    package let kind: String
    /// Whether it is a city, district, street or town; false for zones that only count like one.
    package let isUnit: Bool

    /// Takes the columns of one row.
    package init(code: Scope, name: String, kind: String, isUnit: Bool) {
        self.code = code
        self.name = name
        self.kind = kind
        self.isUnit = isUnit
    }
}

/// The divisions of one version of the code list, by code.
package struct DivisionTable: Hashable, Sendable {
    /// All divisions, sorted by code.
    package let divisions: [Division]

    /// Takes divisions in any order; of a code that is there twice the first is kept.
    package init(_ divisions: [Division]) {
        let sorted = divisions.enumerated().sorted {
            ($0.element.code.code, $0.offset) < ($1.element.code.code, $1.offset)
        }
        .map(\.element)
        self.divisions = sorted.enumerated()
            .filter { $0.offset == 0 || sorted[$0.offset - 1].code != $0.element.code }
            .map(\.element)
    }

    /// The division of a code, if the list has it.
    package subscript(code: Scope) -> Division? {
        var low = 0
        var high = divisions.count
        while low < high {
            let middle = (low + high) / 2
            if divisions[middle].code < code { low = middle + 1 } else { high = middle }
        }
        return low < divisions.count && divisions[low].code == code ? divisions[low] : nil
    }

    /// The names of all divisions that hold a code, the widest first: the context in which the text
    /// of a place there is read.
    package func context(of code: Scope) -> [String] {
        Scope.lengths.filter { $0 <= code.code.utf8.count }
            .compactMap { Scope(String(code.code.prefix($0))).flatMap { self[$0]?.name } }
    }

    /// The streets, towns and zones.
    package var streets: [Division] { divisions.filter { $0.code.code.utf8.count == 9 } }
}
