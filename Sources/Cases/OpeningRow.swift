internal import Encoding
package import Ledger

/// How often somebody at a node opened what is sealed of one subject, for display.
///
/// - Source: `Protocol/case.md` section 10.
package struct OpeningRow: Hashable, Sendable {
    /// What was opened.
    package let subject: SubjectID
    /// How often.
    package let count: UInt64
    /// When first, milliseconds since 1970.
    package let first: UInt64
    /// When last.
    package let last: UInt64
    /// Role-bound staff number of who said that they read it; a claim.
    package let actor: String?

    /// Most characters of a row.
    static let textMax = 160
    /// Most rows of one entry.
    package static let countMax = 256

    /// Takes all fields.
    package init(
        subject: SubjectID,
        count: UInt64,
        first: UInt64,
        last: UInt64,
        actor: String?
    ) {
        self.subject = subject
        self.count = count
        self.first = first
        self.last = last
        self.actor = actor
    }

    /// As it stands in an entry.
    package var text: String { "\(subject) \(count) \(first) \(last) \(actor ?? "-")" }

    /// Reads ``text``; nil for another text.
    package init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, let subject = unhex(String(words[0])).flatMap({ SubjectID($0) }),
            let count = UInt64(words[1]), let first = UInt64(words[2]),
            let last = UInt64(words[3]), first <= last, !words[4].isEmpty,
            words[4].utf8.count <= Header.actorMax
        else { return nil }
        let actor = words[4] == "-" ? nil : String(words[4])
        self.init(subject: subject, count: count, first: first, last: last, actor: actor)
    }

    /// One row for each subject and person, in the order in which they first came.
    package static func gathered(
        _ openings: [(subject: SubjectID, time: UInt64, actor: String?)]
    ) -> [OpeningRow] {
        var rows: [OpeningRow] = []
        var places: [[String]: Int] = [:]
        for opening in openings {
            let name = [opening.subject.description, opening.actor ?? "-"]
            guard let place = places[name] else {
                places[name] = rows.count
                rows.append(
                    OpeningRow(
                        subject: opening.subject,
                        count: 1,
                        first: opening.time,
                        last: opening.time,
                        actor: opening.actor
                    )
                )
                continue
            }
            let row = rows[place]
            rows[place] = OpeningRow(
                subject: row.subject,
                count: row.count + 1,
                first: min(row.first, opening.time),
                last: max(row.last, opening.time),
                actor: row.actor
            )
        }
        return rows
    }
}
