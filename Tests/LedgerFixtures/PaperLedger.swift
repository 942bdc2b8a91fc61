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
        try write(
            draft,
            key: author.service,
            in: (log ?? author).id,
            after: after,
            isForged: isForged
        )
    }

    /// Writes a draft that a person signs, into the log of an office.
    @discardableResult
    package mutating func write(
        _ draft: EntryDraft,
        by person: Person,
        at office: Office,
        isForged: Bool = false
    ) throws -> PlacedEntry {
        try write(draft, key: person.key, in: office.id, after: [], isForged: isForged)
    }

    private mutating func write(
        _ draft: EntryDraft,
        key: SigningKey,
        in log: Digest,
        after: [PlacedEntry],
        isForged: Bool
    ) throws -> PlacedEntry {
        let place = Place(log: log, sequence: UInt64(logs[log, default: []].count))
        time += 1000
        let sealed = try draft.sealed(
            in: EntryContext(
                ledger: ledger,
                place: place,
                time: time,
                after: after.map(\.hash).sorted()
            ),
            salts: (0..<draft.saltCount).map { _ in .zero },
            author: key
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

    /// Writes the grant of a person's right and gives its hash.
    @discardableResult
    package mutating func enrol(
        _ person: Person,
        _ roles: Set<Role>,
        _ code: String,
        at office: Office,
        by superior: Person? = nil
    ) throws -> Digest {
        guard let scope = Scope(code) else { throw FixtureError.scope(code) }
        let draft = EntryDraft.staff(
            roster: subject,
            request: person.request,
            roles: roles,
            scope: scope,
            isConfirmed: true
        )
        if let superior { return try write(draft, by: superior, at: office).hash }
        return try write(draft, by: office).hash
    }

    /// How many entries an office's log has.
    package func size(_ office: Office) -> UInt64 { UInt64(logs[office.id, default: []].count) }

    /// Writes the end of grants; the cuts give for each log how many entries stand.
    @discardableResult
    package mutating func end(
        _ grants: [Digest],
        by ender: Office,
        cuts: [(Office, UInt64)]
    ) throws -> Digest {
        try write(ending(grants, cuts), by: ender).hash
    }

    /// The draft of an end.
    package func ending(_ grants: [Digest], _ cuts: [(Office, UInt64)]) -> EntryDraft {
        .end(
            roster: subject,
            grants: grants,
            cuts: cuts.map { LogPosition(log: $0.0.id, size: $0.1, root: .zero) },
            reason: ""
        )
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
