/// Writes a document as one page of HTML that needs nothing else and prints on A4.
///
/// Every text of people is escaped, and the page forbids itself scripts and anything from outside.
struct HTMLWriter {
    private let document: Document

    init(_ document: Document) { self.document = document }

    /// The whole page.
    var text: String {
        let mark =
            document.isProvisional
            ? "<div class=\"provisional\">\(Self.escaped(document.provisionalMark))</div>\n" : ""
        let cover =
            document.cover.isEmpty
            ? head
            : "<section class=\"cover\">\n\(head)\(document.cover.map(html).joined())</section>\n"
        let language = document.language == .zh ? "zh-CN" : "en"
        return """
            <!DOCTYPE html>
            <html lang="\(language)">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" \
            content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width">
            <title>\(Self.escaped([document.title, document.subtitle ?? ""]
                .joined(separator: " ")))</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            \(mark)<main>
            \(cover)\(document.body.map(html).joined())\
            <footer>
            \(document.basis.map { "<p>\(Self.escaped($0))</p>\n" }.joined())</footer>
            </main>
            </body>
            </html>

            """
    }

    private var head: String {
        var html = "<header>\n"
        if let office = document.office {
            html += "<p class=\"office\">\(Self.escaped(office))</p>\n"
        }
        html += "<h1>\(Self.escaped(document.title))</h1>\n"
        if let subtitle = document.subtitle {
            html += "<p class=\"subtitle\">\(Self.escaped(subtitle))</p>\n"
        }
        return html + "</header>\n"
    }

    private func html(_ block: Document.Block) -> String {
        switch block {
        case .heading(let text): "<h2>\(Self.escaped(text))</h2>\n"
        case .subheading(let text): "<h3>\(Self.escaped(text))</h3>\n"
        case .form(let rows): Self.form(rows)
        case .table(let head, let rows): Self.table(head, rows)
        case .text(let text): "<p>\(Self.escaped(text))</p>\n"
        case .list(let items):
            "<ul>\n" + items.map { "<li>\(Self.escaped($0))</li>\n" }.joined() + "</ul>\n"
        case .warning(let text): "<p class=\"warning\">\(Self.escaped(text))</p>\n"
        case .signing(let labels):
            "<p class=\"signing\">"
                + labels.map { "<span>\(Self.escaped($0))：<u></u></span>" }.joined() + "</p>\n"
        }
    }

    /// Columns up to which two values share a line of a form.
    private static let narrowMax = 26

    private static func form(_ rows: [Document.Row]) -> String {
        var html =
            "<table class=\"form\">\n<colgroup><col class=\"label\"><col><col class=\"label\">"
        html += "<col></colgroup>\n"
        var rest = rows[...]
        while let row = rest.popFirst() {
            html += "<tr>" + label(row)
            if isNarrow(row), let next = rest.first, isNarrow(next) {
                rest.removeFirst()
                html += value(row, span: 1) + label(next) + value(next, span: 1)
            } else {
                html += value(row, span: 3)
            }
            html += "</tr>\n"
        }
        return html + "</table>\n"
    }

    private static func isNarrow(_ row: Document.Row) -> Bool {
        !row.value.contains("\n") && Output.width(row.value) <= narrowMax
    }

    private static func label(_ row: Document.Row) -> String { "<th>\(escaped(row.label))</th>" }

    private static func value(_ row: Document.Row, span: Int) -> String {
        let span = span > 1 ? " colspan=\"\(span)\"" : ""
        return "<td\(span)>\(marked(row.value))</td>"
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        "<table>\n<thead><tr>" + head.map { "<th>\(escaped($0))</th>" }.joined()
            + "</tr></thead>\n<tbody>\n"
            + rows.map { row in
                "<tr>"
                    + row.map { "<td\(isShort($0) ? " class=\"short\"" : "")>\(marked($0))</td>" }
                    .joined() + "</tr>\n"
            }.joined() + "</tbody>\n</table>\n"
    }

    /// Columns up to which a cell of a table is not broken, such as a date and a time.
    private static let shortMax = 16

    private static func isShort(_ text: String) -> Bool {
        !text.contains("\n") && Output.width(text) <= shortMax
    }

    /// The text, grey where it only says that nothing is there, and a hash in even steps.
    private static func marked(_ text: String) -> String {
        if text.hasPrefix("〔"), text.hasSuffix("〕") {
            return "<span class=\"absent\">\(escaped(text))</span>"
        }
        return isHash(text) ? "<code>\(text)</code>" : escaped(text)
    }

    private static func isHash(_ text: String) -> Bool {
        [32, 64].contains(text.utf8.count)
            && text.utf8.allSatisfy { sign in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(sign)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(sign)
            }
    }

    /// The text with every sign that means something in HTML as a character reference, and line
    /// ends as such.
    static func escaped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var result = ""
            for scalar in Output.printable(String(line)).unicodeScalars {
                switch scalar {
                case "&": result += "&amp;"
                case "<": result += "&lt;"
                case ">": result += "&gt;"
                case "\"": result += "&quot;"
                case "'": result += "&#39;"
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result
        }.joined(separator: "<br>")
    }

    /// After GB/T 9704-2012 as far as it can be had from fonts of the reader's own system: A4, a
    /// centred title in a song face, text in an imitation song face, headings in a black face.
    private static let style = """
        @page { size: A4; margin: 26mm 22mm 24mm 26mm;
          @bottom-center { content: "— " counter(page) " —"; font: 10.5pt SimSun, serif; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: #e8e8e8; color: #000; line-height: 1.65;
          font: 12pt/1.65 FangSong, STFangsong, FangSong_GB2312, "Noto Serif CJK SC", \
        "Source Han Serif SC", SimSun, serif; }
        main { max-width: 210mm; margin: 8mm auto; padding: 26mm 22mm 24mm 26mm;
          background: #fff; box-shadow: 0 0 6px #999; }
        header { text-align: center; margin-bottom: 8mm; }
        .office { margin: 0 0 3mm; font-size: 14pt; letter-spacing: .1em; }
        h1 { margin: 0; font: bold 22pt/1.4 FZXiaoBiaoSong-B05S, STZhongsong, \
        "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; letter-spacing: .25em;
          text-indent: .25em; }
        .subtitle { margin: 2mm 0 0; font-size: 12pt; }
        .cover { min-height: 240mm; display: flex; flex-direction: column; break-after: page; }
        .cover header { margin: 34mm 0 16mm; }
        .cover h1 { font-size: 32pt; letter-spacing: .4em; text-indent: .4em; }
        .cover table { font-size: 13pt; }
        .cover th, .cover td { padding: 2.6mm 3mm; }
        .cover .signing { margin-top: auto; }
        h2 { margin: 9mm 0 3mm; break-after: avoid; font: bold 14pt/1.5 SimHei, STHeiti, \
        "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; }
        h3 { margin: 5mm 0 2mm; break-after: avoid; font: 12.5pt/1.5 KaiTi, STKaiti, \
        "Noto Serif CJK SC", serif; font-weight: bold; }
        p { margin: 0 0 2mm; overflow-wrap: anywhere; }
        ul { margin: 0 0 3mm; padding-left: 2em; }
        table { width: calc(100% - .6mm); border-collapse: collapse; margin: 0 .3mm 4mm; font-size: 11pt;
          line-height: 1.5; }
        thead { display: table-header-group; }
        tr { break-inside: avoid; }
        th, td { border: .35mm solid #000; padding: 1.4mm 2mm; vertical-align: top;
          overflow-wrap: anywhere; text-align: left; }
        th { font-weight: normal; text-align: center; background: #f4f4f1; }
        .short, thead th { white-space: nowrap; }
        code { font: 8.5pt/1.4 "Noto Sans Mono", Consolas, monospace; word-break: break-all; }
        .form { table-layout: fixed; }
        .form td { vertical-align: middle; }
        .form col.label { width: 30mm; }
        .cover .form col.label { width: 36mm; }
        .form th { vertical-align: middle; text-align: justify; text-align-last: justify;
          padding-left: 2.5mm; padding-right: 2.5mm; }
        .absent { color: #777; }
        .warning { border: .6mm solid #b00; padding: 2mm 3mm; color: #900; }
        .signing { display: flex; flex-wrap: wrap; gap: 6mm 12mm; padding-top: 10mm; }
        .signing u { display: inline-block; width: 34mm; border-bottom: .3mm solid #000;
          text-decoration: none; }
        footer { margin-top: 10mm; padding-top: 3mm; border-top: .5mm solid #000;
          font-size: 9pt; line-height: 1.5; break-inside: avoid; }
        footer p { margin: 0; }
        .provisional { position: fixed; top: 40%; left: 0; right: 0; text-align: center;
          font: bold 90pt SimHei, "Noto Sans CJK SC", sans-serif; color: rgba(190, 0, 0, .16);
          transform: rotate(-24deg); pointer-events: none; }
        @media print {
          body { background: none; }
          main { max-width: none; margin: 0; padding: 0; box-shadow: none; }
          .cover { min-height: 235mm; }
        }
        """
}
