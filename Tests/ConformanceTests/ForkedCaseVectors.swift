import Cases
import Crypto
import Ledger

/// Cases of a log with two histories, each of which goes on behind a leaf of its own.
enum ForkedCaseVectors {
    private static let (left, right) = ([sha256([1])], [sha256([2])])

    static func all() throws -> [VectorFile] { try parted() + opened() }

    /// Both accept the case, the one dispatches, the other has a note.
    private static func parted() throws -> [VectorFile] {
        var history = try CaseVectors.registered()
        var beyond: [PlacedEntry] = []
        beyond.append(
            try history.write(.accept, [(.profile, "none")], minutes: 2, path: left)
        )
        beyond.append(try history.write(.dispatch, [(.unit, "物业")], minutes: 3, path: left))
        beyond.append(
            try history.write(.accept, [(.profile, "hz-1-3-10")], minutes: 4, path: right) {
                $0.sequence = 2
            }
        )
        beyond.append(try history.write(.note, [(.text, "a")], minutes: 5, path: right))
        for entry in beyond { history.rights[entry.hash] = .contested }
        var files = [history.file("forked", "a log has two histories, nobody has decided")]
        let mark = try CaseVectors.ratify(&history, in: 2, history.entries, minutes: 10)
        for entry in beyond[..<2] { history.rights[entry.hash] = .refused }
        for entry in beyond[2...] { history.rights[entry.hash] = .ratified(by: [mark.hash]) }
        files.append(history.file("fork_settled", "one history is ratified, the other refused"))
        for entry in beyond { history.rights[entry.hash] = .ratified(by: [mark.hash]) }
        files.append(history.file("fork_both", "both are ratified; neither knew the other"))
        return files
    }

    /// Both open a case at one place, which so have one id.
    private static func opened() throws -> [VectorFile] {
        var history = CaseHistory()
        let first = try history.write(.report, [(.summary, "一")], path: left)
        let subject = history.subjects[0]
        let second = try history.write(.report, [(.summary, "二")], minutes: 1, path: right) {
            $0.sequence = 0
            $0.subjects = [subject]
        }
        let note = try history.write(.note, [(.text, "b")], minutes: 2, path: right)
        for entry in [first, second, note] { history.rights[entry.hash] = .contested }
        var files = [history.file("fork_opening", "two histories open one id")]
        let mark = try CaseVectors.ratify(&history, in: 2, history.entries, minutes: 10)
        history.rights[first.hash] = .refused
        for entry in [second, note] { history.rights[entry.hash] = .ratified(by: [mark.hash]) }
        files.append(history.file("fork_opening_settled", "the later one is ratified"))
        return files
    }
}
