package import Crypto
internal import Encoding
package import Ledger

/// A ledger without storage: entries written by offices into their logs, nothing judged.
package struct PaperLedger {
    /// The ledger's name.
    package let ledger: Digest
    /// What roster entries are about.
    package let subject: SubjectID
    /// The founder.
    package let city: Office
    /// Everything written so far.
    package private(set) var entries: [PlacedEntry] = []
    /// The founding entry as it is sent.
    package let founding: Entry
    /// The entries of each log as they are sent.
    package private(set) var logs: [Digest: [Entry]] = [:]
    private var time: UInt64 = 1_795_428_000_000

    /// Founds it.
    package init(city: Office) throws {
        self.city = city
        let place = Place(log: city.id, sequence: 0)
        let sealed = try city.founding().sealed(
            in: EntryContext(ledger: .zero, place: place, time: time, after: []),
            salts: [.zero],
            author: city.service
        )
        ledger = sealed.hash
        subject = SubjectID(openedIn: city.id, at: 0)
        founding = sealed.entry
        entries = [
            PlacedEntry(sealed.entry, header: sealed.header, hash: sealed.hash, place: place)
        ]
        logs[city.id] = [founding]
    }

    /// Writes a draft, by an office into its own log or, as a forger would, into another's.
    ///
    /// `after` are heads in other logs that the author knows; `isForged` spoils the author's
    /// signature and says so of the placed entry.
    @discardableResult
    package mutating func write(
        _ draft: EntryDraft,
        by author: Office,
        in log: Office? = nil,
        after: [PlacedEntry] = [],
        isForged: Bool = false
    ) throws -> PlacedEntry {
        let log = (log ?? author).id
        let place = Place(log: log, sequence: UInt64(logs[log, default: []].count))
        time += 1000
        let sealed = try draft.sealed(
            in: EntryContext(
                ledger: ledger,
                place: place,
                time: time,
                after: after.map(\.hash).sorted()
            ),
            salts: draft.parts.map { _ in .zero },
            author: author.service
        )
        var leaf = sealed.entry.leaf
        if isForged { leaf[40] ^= 1 }
        let sent = Entry(header: sealed.entry.header, leaf: leaf, parts: sealed.entry.parts)
        logs[log, default: []].append(sent)
        let entry = PlacedEntry(
            sent,
            header: sealed.header,
            hash: sealed.hash,
            place: place,
            isForged: isForged
        )
        entries.append(entry)
        return entry
    }

    /// Writes a grant and gives its hash.
    @discardableResult
    package mutating func enrol(_ office: Office, by enroller: Office) throws -> Digest {
        try write(
            .grant(roster: subject, request: office.request, isConfirmed: true),
            by: enroller
        ).hash
    }

    /// Writes the end of grants; the cuts give for each log how many entries stand.
    @discardableResult
    package mutating func end(
        _ grants: [Digest],
        by ender: Office,
        cuts: [(Office, UInt64)]
    ) throws -> Digest {
        try write(
            .end(
                roster: subject,
                grants: grants,
                cuts: cuts.map { LogPosition(log: $0.0.id, size: $0.1, root: .zero) },
                reason: ""
            ),
            by: ender
        ).hash
    }

    /// Fills a log with remarks up to a size.
    package mutating func fill(_ office: Office, to size: UInt64) throws {
        while UInt64(logs[office.id, default: []].count) < size {
            try write(
                EntryDraft(operation: "case.note", subject: .existing(subject), fields: []),
                by: office
            )
        }
    }

    /// The roster of everything written.
    package var roster: Roster { Roster(ledger: ledger, entries: entries) }
}
