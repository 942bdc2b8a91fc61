package import Cases
internal import Foundation

/// Where a command's words go: results to standard output, everything else to standard error.
///
/// Results are lines that a pipe can take; progress, completeness and errors are for the person
/// before the terminal. Colour and redrawn lines are used on a terminal only.
package struct Output: Sendable {
    /// The language a reader wants.
    package enum Language: String, CaseIterable, Sendable {
        case zh, en
    }

    /// What the reader reads.
    package let language: Language
    /// Whether standard output is a terminal.
    package let isTerminal: Bool
    /// Whether standard error is a terminal.
    package let isErrorTerminal: Bool

    /// Looks at the process's terminal; `language` is the flag's or the locale's.
    package init(language: Language) {
        self.language = language
        isTerminal = isatty(STDOUT_FILENO) == 1
        isErrorTerminal = isatty(STDERR_FILENO) == 1
    }

    /// The language of a locale such as `zh_CN.UTF-8`; English for any other than Chinese.
    package static func language(ofLocale environment: [String: String]) -> Language {
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            guard let locale = environment[name], !locale.isEmpty else { continue }
            return locale.hasPrefix("zh") ? .zh : .en
        }
        return .en
    }

    /// The words of a label that the reader reads.
    package func text(_ label: Label) -> String { language == .zh ? label.zh : label.en }

    /// The words of the reader's language.
    package func text(_ zh: String, _ en: String) -> String { language == .zh ? zh : en }

    /// Writes one line of the result.
    ///
    /// A reader that went away, such as `head`, ends the program without a word; a full disk
    /// behind a redirection ends it with an error, since the result is not complete.
    package func line(_ text: String = "") {
        guard !Self.write(text + "\n", to: STDOUT_FILENO) else { return }
        if errno == EPIPE { exit(ExitCode.good.rawValue) }
        let reason = unsafe String(cString: strerror(errno))
        remark("linli: error: can not write the result: \(reason)")
        exit(ExitCode.unknown.rawValue)
    }

    /// Writes to the terminal as it is, without a line end; a terminal that went away is no error.
    package func paint(_ text: String) { _ = Self.write(text, to: STDOUT_FILENO) }

    /// Writes one line for the person, to standard error.
    package func remark(_ text: String) {
        _ = Self.write(text + "\n", to: STDERR_FILENO)
    }

    /// Rewrites the line of progress on a terminal; elsewhere says nothing until the last one.
    package func progress(_ text: String, isLast: Bool = false) {
        if isErrorTerminal {
            _ = Self.write("\r\u{1b}[K\(text)\(isLast ? "\n" : "")", to: STDERR_FILENO)
        } else if isLast {
            remark(text)
        }
    }

    /// Writes an error and its hint.
    package func report(_ error: CommandError) {
        remark("linli: error: \(Self.printable(error.message))")
        if let hint = error.hint { remark("hint: \(Self.printable(hint))") }
    }

    /// The text without control characters, so that what others wrote can not steer a terminal.
    package static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: " "
                    default: scalar
                    }
                }
            )
        )
    }

    /// Columns that a text takes on a terminal: Chinese characters and full-width signs take two.
    ///
    /// - Source: Unicode Standard Annex 11, East Asian Width W and F, by ranges.
    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x0300...0x036f, 0x200b...0x200f, 0xfe00...0xfe0f: width
            case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3,
                0xf900...0xfaff, 0xfe30...0xfe4f, 0xff00...0xff60, 0xffe0...0xffe6,
                0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
                width + 2
            default: width + 1
            }
        }
    }

    /// The text padded to so many columns, or cut with an ellipsis.
    package static func fit(_ text: String, _ columns: Int) -> String {
        let text = printable(text)
        guard width(text) > columns else {
            return text + String(repeating: " ", count: columns - width(text))
        }
        var kept = ""
        for character in text {
            guard width(kept + String(character)) < columns else { break }
            kept.append(character)
        }
        return kept + "…" + String(repeating: " ", count: max(0, columns - width(kept) - 1))
    }

    /// Writes rows in aligned columns; what stands last in a row is whole.
    package func table(_ rows: [[String]], limit: Int = 60) {
        for row in aligned(rows, limit: limit) { line(row) }
    }

    /// Rows as lines with aligned columns of at most `limit`; what stands last in a row is whole.
    package func aligned(_ rows: [[String]], limit: Int = 60) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            min(limit, rows.map { $0.count > column ? Self.width($0[column]) : 0 }.max() ?? 0)
        }
        return rows.map { row in
            let last = row.lastIndex { !$0.isEmpty } ?? 0
            return row.prefix(last + 1).enumerated().map { column, text in
                column == last ? Self.printable(text) : Self.fit(text, widths[column])
            }.joined(separator: "  ")
        }
    }

    /// Bold on a terminal.
    package func strong(_ text: String) -> String {
        isTerminal ? "\u{1b}[1m\(text)\u{1b}[0m" : text
    }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor,
                    buffer.baseAddress?.advanced(by: offset),
                    buffer.count - offset
                )
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            offset += written
        }
        return true
    }
}
