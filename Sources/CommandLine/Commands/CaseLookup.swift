internal import Cases
internal import Crypto
internal import Encoding
internal import Ledger
internal import Storage

extension Store {
    /// Fewest hexadecimal digits that may stand for a case's id.
    private static let prefixMin = 4

    /// The subject that a person names by its number or the first digits of its id.
    ///
    /// - Throws: ``CommandError`` if none or several answer to the name.
    func subject(called name: String) throws -> SubjectID {
        let isNumber = name.contains("-")
        guard isNumber || name.utf8.count >= Self.prefixMin else {
            throw CommandError(
                .usage,
                "\"\(name)\" is too short, want at least \(Self.prefixMin) digits of an id"
            )
        }
        let found = try subjects(named: name)
        guard let first = found.first else {
            throw CommandError(
                .bad,
                "nothing called \"\(name)\" is held here",
                hint: "linli cases lists cases; linli sync fetches what is new"
            )
        }
        guard found.count == 1 else {
            let names = found.map { "\($0.id.description.prefix(16)) (\($0.number))" }
            throw CommandError(
                .bad,
                "\"\(name)\" names several subjects",
                hint: "one of: \(names.joined(separator: ", "))"
            )
        }
        return first.id
    }

    /// A subject by name, with its entries folded.
    func foldedCase(called name: String) throws -> (view: SubjectView, history: [JudgedEntry]) {
        let subject = try subject(called: name)
        let folded = try folded(subject)
        guard let view = folded.view else {
            throw CommandError(.bad, "subject \(subject.description.prefix(8)) is not open yet")
        }
        return (view, folded.history)
    }

    /// What people call the node that writes a log.
    func nodeName(_ log: Digest) -> String { roster.member(log: log)?.name ?? log.short }

    /// The node that an entry is of, with the number of the person whose key signed it.
    func authorName(_ author: Digest, in log: Digest) -> String {
        let node = nodeName(log)
        return roster.actor(of: author, in: log)?.number.map { "\(node)/\($0)" } ?? node
    }

    /// Who wrote an entry; what a node only says of its author is shown as a claim.
    func authorName(of entry: PlacedEntry, _ output: Output) -> String {
        let name = authorName(entry.author, in: entry.log)
        guard let actor = entry.header.actor else { return name }
        return name + "/\(actor) " + output.text("(自称)", "(claimed)")
    }
}

extension SubjectID {
    /// The first digits, as lists show them.
    var short: String { String(description.prefix(8)) }
}
