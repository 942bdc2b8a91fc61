/// A closed list of codes with their names.
///
/// A code that is not in the list can not be entered; one that was received is kept and shown as
/// it is, since a newer version may know it.
package struct CodeList: Hashable, Sendable {
    /// One code.
    package struct Code: Hashable, Sendable {
        /// What is stored.
        package let code: String
        /// What is shown; English repeats the Chinese where the source has no English.
        package let label: Label

        /// Takes a code with its names.
        package init(_ code: String, _ zh: String, _ en: String? = nil) {
            self.code = code
            label = Label(zh, en ?? zh)
        }
    }

    /// Short name of the list; `X-` begins those that are no public standard's.
    package let name: String
    /// The codes in the order of the list.
    package let codes: [Code]

    /// Whether others may be entered too: those that a policy defines.
    package let isOpen: Bool

    /// Names a list.
    package init(_ name: String, _ codes: [Code], isOpen: Bool = false) {
        self.name = name
        self.codes = codes
        self.isOpen = isOpen
    }

    /// The entry for a stored code, if the list has it.
    package subscript(code: String) -> Code? { codes.first { $0.code == code } }

    /// The code that `text` means: the code itself or one of its names, spelled exactly.
    package func code(meantBy text: String) -> Code? {
        self[text] ?? codes.first { $0.label.zh == text || $0.label.en == text }
    }

    /// Up to three codes that come nearest to what was typed, the nearest first.
    package func suggestions(for text: String) -> [Code] {
        nearest(to: text, among: codes) { [$0.code, $0.label.zh, $0.label.en] }
    }
}

/// Up to three of `candidates`, one of whose spellings comes nearest to `text`, nearest first.
///
/// A spelling that contains the text counts as near; otherwise the number of signs to change.
/// Farther than half of the longer one is no suggestion.
func nearest<Candidate>(
    to text: String,
    among candidates: [Candidate],
    spellings: (Candidate) -> [String]
) -> [Candidate] {
    let typed = Array(text.unicodeScalars.prefix(64))
    guard !typed.isEmpty else { return [] }
    var scored: [(score: Int, index: Int)] = []
    for (index, candidate) in candidates.enumerated() {
        let score = spellings(candidate).compactMap { spelling in
            let wanted = Array(spelling.unicodeScalars)
            if contains(wanted, typed) { return 1 }
            let distance = editDistance(typed, wanted)
            return distance * 2 <= max(typed.count, wanted.count) ? distance : nil
        }
        .min()
        if let score { scored.append((score, index)) }
    }
    return scored.sorted { ($0.score, $0.index) < ($1.score, $1.index) }.prefix(3)
        .map { candidates[$0.index] }
}

private func contains(_ whole: [Unicode.Scalar], _ piece: [Unicode.Scalar]) -> Bool {
    guard piece.count <= whole.count else { return false }
    return (0...whole.count - piece.count).contains { start in
        whole[start..<start + piece.count].elementsEqual(piece)
    }
}

/// Levenshtein distance: single insertions, deletions and replacements.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var row = Array(0...right.count)
    for (index, scalar) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let replaced = diagonal + (scalar == right[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
        }
    }
    return row[right.count]
}
