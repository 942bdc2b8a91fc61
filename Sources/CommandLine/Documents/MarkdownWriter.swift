/// Writes a document as Markdown with tables, every text of people made harmless.
///
/// - Source: CommonMark 0.31 for what a backslash takes the meaning from; GitHub Flavored
///   Markdown for tables.
struct MarkdownWriter {
    private let document: Document

    init(_ document: Document) { self.document = document }

    /// The text, lines ended by a line feed.
    var text: String {
        var lines: [String] = []
        if document.isProvisional { lines += ["**\(document.provisionalMark)**", ""] }
        if let office = document.office { lines += [Self.escaped(office), ""] }
        lines += ["# \(Self.inline(document.title))", ""]
        if let subtitle = document.subtitle { lines += [Self.escaped(subtitle), ""] }
        for block in document.cover + document.body { lines += self.lines(block) + [""] }
        lines += ["---", ""]
        for line in document.basis { lines += ["- \(Self.inline(line))"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(_ block: Document.Block) -> [String] {
        switch block {
        case .heading(let text): ["## \(Self.inline(text))"]
        case .subheading(let text): ["### \(Self.inline(text))"]
        case .form(let rows):
            ["| | |", "| --- | --- |"]
                + rows.map { "| **\(Self.inline($0.label))** | \(Self.cell($0.value)) |" }
        case .table(let head, let rows):
            [
                "| " + head.map(Self.cell).joined(separator: " | ") + " |",
                "|" + String(repeating: " --- |", count: head.count),
            ] + rows.map { "| " + $0.map(Self.cell).joined(separator: " | ") + " |" }
        case .text(let text): [Self.escaped(text)]
        case .list(let items): items.map { "- \(Self.inline($0))" }
        case .warning(let text): ["> **\(Self.inline(text))**"]
        case .signing(let labels):
            [labels.map { "\(Self.inline($0))：＿＿＿＿＿＿＿＿" }.joined(separator: "　　")]
        }
    }

    /// A paragraph: line ends stay, as hard ones.
    static func escaped(_ text: String) -> String {
        lines(text).joined(separator: "\\\n")
    }

    /// One line.
    static func inline(_ text: String) -> String { lines(text).joined(separator: " ") }

    /// A cell of a table: line ends are the one sign of HTML that is written, by us alone.
    static func cell(_ text: String) -> String { lines(text).joined(separator: "<br>") }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            escaped(line: Output.printable(String(line)))
        }
    }

    /// Signs that mean something anywhere in a line.
    private static let signs: Set<Unicode.Scalar> = ["\\", "`", "*", "_", "[", "]", "|", "~", "$"]

    private static func escaped(line: String) -> String {
        let scalars = Array(line.unicodeScalars.drop { $0 == " " || $0 == "\t" })
        var result = String.UnicodeScalarView()
        // A line that begins like a list, a heading or a rule is none.
        let digits = scalars.prefix { ("0"..."9").contains($0) }.count
        let behind = scalars.dropFirst(digits + 1).first
        let isMarker = digits > 0 && (behind == nil || behind == " " || behind == "\t")
        for (index, scalar) in scalars.enumerated() {
            let isFirst = index == 0
            switch scalar {
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "#" where isFirst, "+" where isFirst, "-" where isFirst, "=" where isFirst,
                "." where index == digits && isMarker, ")" where index == digits && isMarker,
                ":" where scalars.dropFirst(index + 1).starts(with: ["/", "/"]),
                "!" where scalars.dropFirst(index + 1).first == "[":
                result.append("\\")
                result.append(scalar)
            case _ where signs.contains(scalar):
                result.append("\\")
                result.append(scalar)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
