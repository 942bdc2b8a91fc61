import Cases
import Crypto
import Ledger
import Testing

/// Aliases of a street and its district, what words mean by them, and where they conflict.
enum AliasVectors {
    private static let names = ["3301": "杭州市", "330105": "拱墅区", "330105013": "武林街道"]

    /// Aliases as `SCOPE CODE TEXT`, queries as `SCOPE TEXT`.
    private static let books: [(String, aliases: [String], queries: [String])] = [
        (
            "spelling",
            ["330105013 330105013001000003 丽发新城3幢"],
            [
                "330105013 丽发新城3幢", "330105013 拱墅区武林街道丽发新城３号楼",
                "330105013 丽发新城三栋", "330105013001 丽发新城3幢", "330105013 丽发新城4幢",
                "330105013 丽发新城小区3幢", "330105014 丽发新城3幢",
            ]
        ),
        (
            "conflict",
            [
                "330105013 330105013001000007 老市场", "330105013 330105013001000008 老市场",
                "330105 330105013001000009 少年宫", "330105013 330105013001000010 少年宫",
                "330105014 330105014001000001 老市场",
            ],
            ["330105013 老市场", "330105014 老市场", "330105013 少年宫", "330105014 少年宫"]
        ),
    ]

    static func all() throws -> [VectorFile] { try books.map(book) }

    static func isGood(_ file: VectorFile) throws -> Bool {
        let name = String(file.path.dropFirst("place/alias_".count).dropLast(".txt".count))
        let computed = try book(name, file.all("alias"), file.all("query"))
        #expect(computed == file, "\(file.path)")
        return computed == file
    }

    private static func book(
        _ name: String,
        _ aliases: [String],
        _ queries: [String]
    ) throws -> VectorFile {
        var file = VectorFile("place/alias_\(name)", what: "aliases: \(name)", expect: "good")
        for (code, division) in names.sorted(by: { $0.key < $1.key }) {
            file = file.with("division", "\(code) \(division)")
        }
        for alias in aliases { file = file.with("alias", alias) }
        var book = AliasBook(
            try aliases.enumerated().map { index, line in
                let words = line.split(separator: " ", maxSplits: 2).map(String.init)
                return AliasBook.Alias(
                    id: SubjectID(openedIn: sha256([1]), at: UInt64(index)),
                    scope: try #require(Scope(words[0])),
                    text: words[2],
                    code: words[1]
                )
            },
            names: names
        )
        for query in queries {
            let words = query.split(separator: " ", maxSplits: 1).map(String.init)
            let meant = book.meant(by: words[1], in: try #require(Scope(words[0])))
            let codes = Set(meant.map(\.code)).sorted()
            file = file.with("query", query)
                .with("result", codes.isEmpty ? "-" : codes.joined(separator: ","))
        }
        for conflict in book.conflicts() {
            file = file.with(
                "conflict",
                "\(conflict.scope) \(conflict.codes.joined(separator: ","))"
            )
        }
        return file
    }
}
