internal import Cases
internal import Foundation

/// A document as an office files it: what stands on the pages, apart from how it is written down.
///
/// Texts are as people wrote them; each writer makes them harmless in its own form.
struct Document {
    /// One label with what stands beside it.
    struct Row {
        let label: String
        let value: String

        init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    /// What follows what.
    enum Block {
        /// Begins a section.
        case heading(String)
        /// Begins a part of a section.
        case subheading(String)
        /// A form: labels with their values.
        case form([Row])
        /// A table with a head.
        case table([String], [[String]])
        /// A paragraph.
        case text(String)
        /// Points, one below the other.
        case list([String])
        /// What must not be overlooked.
        case warning(String)
        /// Lines to be signed by hand, on paper.
        case signing([String])
    }

    /// Above the title, small.
    var office: String?
    /// The title.
    var title: String
    /// Below the title.
    var subtitle: String?
    /// The first page, if the document has one of its own.
    var cover: [Block] = []
    /// The pages after it.
    var body: [Block] = []
    /// What it rests on: frontier, fold version, completeness, now.
    var basis: [String] = []
    /// Whether signatures are still to be checked, so that nothing of it may be cited.
    var isProvisional = false
    /// Language of the words that are the program's own.
    var language = Output.Language.zh

    /// The mark of a document that may not be cited.
    var provisionalMark: String { language == .zh ? "暂定" : "PROVISIONAL" }

    /// Ordinals of sections: 一, 二 … 二十.
    static func ordinal(_ number: Int) -> String {
        let digits = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
        guard 1...99 ~= number else { return String(number) }
        let (tens, ones) = (number / 10, number % 10)
        guard tens > 0 else { return digits[ones] }
        return (tens > 1 ? digits[tens] : "") + "十" + (ones > 0 ? digits[ones] : "")
    }
}

/// In which form a document is wanted.
enum DocumentFormat: String, CaseIterable {
    case md, html, json
}

extension Invocation {
    /// The form that `--format` or `--json` asks for; Markdown if neither does.
    ///
    /// - Throws: ``CommandError``.
    func documentFormat(_ allowed: [DocumentFormat]) throws(CommandError) -> DocumentFormat {
        guard let word = self["format"] else { return isJSON ? .json : .md }
        guard let format = DocumentFormat(rawValue: word), allowed.contains(format) else {
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            throw CommandError(.usage, "--format is \"\(word)\", want one of \(names)")
        }
        guard !isJSON || format == .json else {
            throw CommandError(.usage, "--json and --format \(word) are both given")
        }
        return format
    }

    /// Writes a document to the file that `-o` names, or to standard output.
    ///
    /// - Throws: ``CommandError`` if the file exists or can not be written.
    func deliver(_ text: String) throws(CommandError) {
        guard let path = self["output"], path != "-" else {
            return output.line(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
        // It holds what people said to each other: for its owner, and nothing is written over.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let exists = errno == EEXIST
            throw CommandError(
                exists ? .usage : .unknown,
                exists ? "\(path) exists" : "can not create \(path)",
                hint: exists ? "name a new file" : nil
            )
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(text.utf8))
            try file.synchronize()
        } catch {
            throw CommandError(.unknown, "can not write \(path)")
        }
    }
}

extension Command.Flag {
    /// Where a document goes.
    static let documentOutput = Command.Flag(
        "output",
        "FILE",
        Label("写入此新文件(-o),默认标准输出", "new file for it (-o); standard output if left out")
    )
}
