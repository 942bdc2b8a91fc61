import Foundation
import TestSupport

/// A working day as it is typed and answered, which can be carried out.
///
/// - `# …`: a remark. `## …`: what the next lines show.
/// - `$ linli …`: a command; words in single quotes may have spaces. `{wulin}` is a home.
/// - Lines after it: what it prints, standard output first. `…` stands for any text, alone on a
///   line for any lines. `{A}` stands for a word, and from then on for this very word.
/// - `? 1`: its exit code, if it is not 0.
/// - `@ wait`: until all nodes that run hold the same. `@ stop wulin`, `@ start wulin`: the network.
struct Transcript {
    /// A line that does something, with its number in the file.
    enum Step {
        case command(Int, [String], expected: [String], code: Int32)
        case wait(Int)
        case stop(Int, String)
        case start(Int, String)
    }

    let steps: [Step]

    enum Failure: Error, CustomStringConvertible {
        case line(Int, String)

        var description: String {
            switch self {
            case .line(let number, let text): "line \(number): \(text)"
            }
        }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "transcripts")

    init(_ name: String) throws {
        let url = Self.folder.appending(path: name + ".txt")
        let lines = try String(contentsOf: url, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.first?.hasPrefix("# ") ?? false else {
            throw Failure.line(1, "a transcript begins with what it shows")
        }
        var steps: [Step] = []
        for (index, line) in lines.enumerated() {
            let number = index + 1
            if line.hasPrefix("$ ") {
                let words = try Self.words(String(line.dropFirst(2)), number)
                guard words.first == "linli" else { throw Failure.line(number, "no linli") }
                steps.append(.command(number, Array(words.dropFirst()), expected: [], code: 0))
            } else if line.hasPrefix("@ ") {
                let words = line.split(separator: " ").map(String.init)
                switch (words.count, words[1]) {
                case (2, "wait"): steps.append(.wait(number))
                case (3, "stop"): steps.append(.stop(number, words[2]))
                case (3, "start"): steps.append(.start(number, words[2]))
                default: throw Failure.line(number, "unknown: \(line)")
                }
            } else if !line.isEmpty, !line.hasPrefix("#") {
                guard case .command(let at, let words, var expected, var code)? = steps.last else {
                    throw Failure.line(number, "an answer without a command")
                }
                if line.hasPrefix("? "), let exit = Int32(line.dropFirst(2)) {
                    code = exit
                } else {
                    expected.append(line)
                }
                steps[steps.count - 1] = .command(at, words, expected: expected, code: code)
            }
        }
        self.steps = steps
    }

    /// Words of a command line, with single quotes as a shell has them.
    private static func words(_ line: String, _ number: Int) throws -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for sign in line {
            switch sign {
            case "'":
                isQuoted.toggle()
                word = word ?? ""
            case " " where !isQuoted:
                if let done = word { words.append(done) }
                word = nil
            default: word = (word ?? "") + String(sign)
            }
        }
        guard !isQuoted else { throw Failure.line(number, "a quote is not closed") }
        return words + [word].compactMap { $0 }
    }
}

/// What words in braces stand for.
struct Placeholders {
    private var values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    /// The text with every word in braces that is known replaced.
    func filled(_ text: String) -> String {
        values.sorted { $0.key < $1.key }.reduce(text) { text, pair in
            text.replacing("{\(pair.key)}", with: pair.value)
        }
    }

    /// Matches lines with what is expected, and learns the words that were not known.
    ///
    /// - Returns: what does not fit; nil if all does.
    mutating func mismatch(_ expected: [String], _ lines: [String]) -> String? {
        var rest = lines[...]
        var mayskip = false
        for line in expected {
            if line == "…" {
                mayskip = true
                continue
            }
            while true {
                guard let got = rest.popFirst() else { return "missing: \(filled(line))" }
                if learn(filled(line), got) { break }
                guard mayskip else { return "wanted: \(filled(line))\ngot:    \(got)" }
            }
            mayskip = false
        }
        guard mayskip || rest.isEmpty else { return "not expected: \(rest.first ?? "")" }
        return nil
    }

    /// Whether a line is of the form that is wanted.
    private mutating func learn(_ wanted: String, _ got: String) -> Bool {
        var names: [String] = []
        var pattern = ""
        var rest = wanted[...]
        while let sign = rest.first {
            if sign == "…" {
                pattern += ".*"
                rest = rest.dropFirst()
            } else if sign == "{", let end = rest.firstIndex(of: "}") {
                names.append(String(rest[rest.index(after: rest.startIndex)..<end]))
                pattern += "(\\S+)"
                rest = rest[rest.index(after: end)...]
            } else {
                pattern += NSRegularExpression.escapedPattern(for: String(sign))
                rest = rest.dropFirst()
            }
        }
        guard let expression = try? NSRegularExpression(pattern: "^\(pattern)\\s*$"),
            let match = expression.firstMatch(
                in: got,
                range: NSRange(got.startIndex..., in: got)
            )
        else { return false }
        for (index, name) in names.enumerated() {
            guard let range = Range(match.range(at: index + 1), in: got) else { return false }
            values[name] = String(got[range])
        }
        return true
    }
}
