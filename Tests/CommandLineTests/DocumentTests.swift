import Foundation
import Testing

@testable import CommandLine

/// Texts that would do something if they were written down as they are.
private let hostile = [
    "<script>alert(1)</script>", "</td></table><img src=x onerror=alert(1)>", "a & b < c > d",
    "\" onload=\"x", "' onload='x", "&lt;script&gt;", "# 标题", "- 列", "1. 一", "> 引",
    "**粗** _斜_ `码`", "[链接](http://x)", "![图](http://x/y.png)", "a | b", "~~删~~", "<!-- x -->",
    "---", "$x$", "http://example.org", "\u{202e}反", "\u{7}响", "行一\n行二", "```\n<b>\n```",
]

private func document(_ text: String) -> Document {
    var document = Document(title: text)
    document.office = text
    document.subtitle = text
    document.cover = [.form([Document.Row(text, text)]), .signing([text])]
    document.body = [
        .heading(text), .subheading(text), .form([Document.Row(text, text)]),
        .table([text, text], [[text, text]]), .text(text), .list([text]), .warning(text),
    ]
    document.basis = [text]
    return document
}

struct DocumentTests {
    @Test(arguments: hostile)
    func noTextBecomesAnElementOfThePage(text: String) throws {
        let page = HTMLWriter(document(text)).text
        let clean = HTMLWriter(document("文")).text
        func tags(_ page: String) -> [Substring] {
            // Names only: which cells are short or wide is our own doing.
            page.matches(of: #/<[^ >]*/#).map { $0.output }.filter { $0 != "<br" }
        }
        // A line more makes a form's row a wide one, which is our own doing.
        if !text.contains("\n") { #expect(tags(page) == tags(clean)) }
        #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("<!-- x"))
        #expect(!page.contains("\u{202e}") && !page.contains("\u{7}"))
        #expect(!page.contains("src=") || page.contains("img src=x"))
    }

    @Test func thePageNeedsNothingFromOutside() {
        let page = HTMLWriter(document("文")).text
        for word in ["http:", "https:", "url(", "<link", "<script", "@import", "src="] {
            #expect(!page.contains(word), "\(word)")
        }
        #expect(page.contains("default-src 'none'") && page.contains("@page { size: A4"))
    }

    @Test(arguments: hostile)
    func noTextBecomesASignOfMarkdown(text: String) {
        let lines = MarkdownWriter(document(text)).text.split(separator: "\n")
        let clean = MarkdownWriter(document("文")).text.split(separator: "\n")
        func shape(_ lines: [Substring]) -> [Int] {
            [
                lines.count { $0.hasPrefix("# ") }, lines.count { $0.hasPrefix("## ") },
                lines.count { $0.hasPrefix("### ") }, lines.count { $0.hasPrefix("- ") },
                lines.count { $0.hasPrefix("> ") }, lines.count { $0 == "---" },
                lines.count { $0.hasPrefix("```") }, lines.count { $0.hasPrefix("1. ") },
            ]
        }
        #expect(shape(lines) == shape(clean), "\(lines)")
        let plain = lines.joined(separator: "\n").replacing("<br>", with: "")
        #expect(!plain.contains("<") && !plain.contains("[链接]("))
        for line in lines where line.hasPrefix("| ") && !line.contains("---") {
            let bars = line.replacing("\\|", with: "").count { $0 == "|" }
            #expect(bars == 3, "\(line)")
        }
    }

    @Test func ordinaryTextsStayAsTheyAre() {
        for text in ["2026-11-23 15:04", "36.00 元", "TJ-012、TJ-015", "1.5 万元;转账"] {
            #expect(MarkdownWriter.inline(text) == text)
            #expect(HTMLWriter.escaped(text) == text)
        }
        #expect(MarkdownWriter.escaped("一\n二") == "一\\\n二")
        #expect(HTMLWriter.escaped("一\n二") == "一<br>二")
    }

    @Test func aProvisionalDocumentSaysSo() {
        var document = document("文")
        #expect(!HTMLWriter(document).text.contains("暂定"))
        document.isProvisional = true
        #expect(HTMLWriter(document).text.contains("<div class=\"provisional\">暂定</div>"))
        #expect(MarkdownWriter(document).text.hasPrefix("**暂定**\n"))
        document.language = .en
        #expect(MarkdownWriter(document).text.hasPrefix("**PROVISIONAL**\n"))
    }

    @Test func sectionsAreCountedInChinese() {
        let counted = [1, 9, 10, 11, 19, 20, 21, 99, 100].map(Document.ordinal)
        #expect(counted == ["一", "九", "十", "十一", "十九", "二十", "二十一", "九十九", "100"])
    }
}
