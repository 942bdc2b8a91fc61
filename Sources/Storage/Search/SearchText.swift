internal import Foundation

/// Text cut into the words by which it is found.
///
/// Chinese is written without spaces, and SQLite's tokenizers find no word of two characters in it.
/// So a run of ideographs is cut into pairs that overlap, and its last character stands alone:
/// every run of characters is a phrase of such words, and a single one the beginning of a word.
/// Other letters and digits are words as they stand. Width, case and compatibility forms do not
/// matter (Unicode NFKC).
enum SearchText {
    /// Words in order, parted by spaces; everything that is no letter or digit parts them too.
    static func words(_ text: String) -> String {
        runs(text).map { run in
            run.isCut ? pairs(run.characters).joined(separator: " ") : String(run.characters)
        }.joined(separator: " ")
    }

    /// An FTS5 expression: all of what is asked for, in any order; nil if it has no letter.
    ///
    /// - Source: SQLite, "FTS5 Extension", section 3.
    static func expression(_ query: String) -> String? {
        let phrases = runs(query).map { run in
            // Letters and digits only, so that nothing has to be quoted within.
            guard run.isCut, run.characters.count > 1 else {
                return "\"\(String(run.characters))\" *"
            }
            return "\"\(pairs(run.characters).dropLast().joined(separator: " "))\""
        }
        return phrases.isEmpty ? nil : phrases.joined(separator: " AND ")
    }

    /// The same text in the form in which texts are compared.
    static func folded(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping.lowercased()
    }

    /// The runs of a query, as they would be found within a folded text.
    static func terms(_ query: String) -> [String] { runs(query).map { String($0.characters) } }

    private struct Run {
        let isCut: Bool
        var characters: String.UnicodeScalarView
    }

    private static func runs(_ text: String) -> [Run] {
        var runs: [Run] = []
        var isOpen = false
        for scalar in folded(text).unicodeScalars {
            guard
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || isMark(scalar)
            else {
                isOpen = false
                continue
            }
            let isCut = isCut(scalar)
            if isOpen, let last = runs.last, last.isCut == isCut {
                runs[runs.count - 1].characters.append(scalar)
            } else {
                runs.append(Run(isCut: isCut, characters: .init([scalar])))
                isOpen = true
            }
        }
        return runs
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        [.nonspacingMark, .spacingMark].contains(scalar.properties.generalCategory)
    }

    /// Whether the scalar belongs to a script that is written without spaces.
    private static func isCut(_ scalar: Unicode.Scalar) -> Bool {
        // Hiragana and katakana beside the ideographs.
        scalar.properties.isIdeographic || (0x3040...0x30ff).contains(scalar.value)
    }

    private static func pairs(_ characters: String.UnicodeScalarView) -> [String] {
        let scalars = Array(characters)
        return scalars.indices.map { index in
            var pair = String.UnicodeScalarView([scalars[index]])
            if index + 1 < scalars.count { pair.append(scalars[index + 1]) }
            return String(pair)
        }
    }
}
