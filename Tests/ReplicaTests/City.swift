import Crypto
import Encoding
import Ledger
import TestSupport

/// A node's keys and place.
struct Office {
    let name: String
    let level: Level
    let scope: Scope
    let log: SigningKey
    let service: SigningKey
    let witness: SigningKey
    let tls: SigningKey
    let keys: NodeKeys

    init(_ number: Int) throws {
        name = "office-\(number)"
        var generator = SeededGenerator(seed: 1_000 + UInt64(number))
        func key() throws -> SigningKey {
            try SigningKey(seed: Bytes32(generator.bytes(32), at: 0))
        }
        log = try key()
        service = try key()
        witness = try key()
        tls = try key()
        keys = NodeKeys(
            log: log.publicKey,
            service: service.publicKey,
            witness: witness.publicKey,
            seal: Bytes32(generator.bytes(32), at: 0),
            tls: tls.publicKey,
            successor: Bytes32(generator.bytes(32), at: 0)
        )
        let code: String
        switch number {
        case 0: (level, code) = (.city, "3301")
        case 1: (level, code) = (.district, "330105")
        default: (level, code) = (.street, number.isMultiple(of: 2) ? "330105013" : "330106002")
        }
        guard let scope = Scope(code) else { throw FixtureError.scope }
        self.scope = scope
    }

    var endpoint: String { "\(name):7001" }
}

enum FixtureError: Error {
    case scope
    case founding
}

/// A ledger with its founder and the offices it enrolled.
struct City {
    let offices: [Office]
    let ledger: Digest
    /// The founder's log: the founding entry and one grant for each other office.
    let founderEntries: [Entry]
    let subject: SubjectID

    /// `endpoints` if the grants tell where each office listens.
    init(_ count: Int, endpoints: Bool = false) throws {
        offices = try (0..<count).map(Office.init)
        let founder = offices[0]
        let recovery = try Office(999).service.publicKey
        let founding = try EntryDraft.found(
            name: founder.name,
            scope: founder.scope,
            endpoint: nil,
            keys: founder.keys,
            recovery: Recovery(keys: [recovery], threshold: 1)
        ).sealed(
            in: EntryContext(
                ledger: .zero,
                place: Place(log: founder.keys.log.hash, sequence: 0),
                time: 1,
                after: []
            ),
            salts: [.zero],
            author: founder.service
        )
        ledger = founding.hash
        subject = founding.header.subjects[0]
        var entries = [founding.entry]
        for office in offices.dropFirst() {
            let draft = EntryDraft.grant(
                roster: subject,
                request: EnrolmentRequest(
                    name: office.name,
                    level: office.level,
                    scope: office.scope,
                    endpoint: endpoints ? office.endpoint : nil,
                    keys: office.keys
                ),
                isConfirmed: true
            )
            entries.append(
                try draft.sealed(
                    in: EntryContext(
                        ledger: ledger,
                        place: Place(
                            log: founder.keys.log.hash,
                            sequence: UInt64(entries.count)
                        ),
                        time: 2,
                        after: []
                    ),
                    salts: [.zero],
                    author: founder.service
                ).entry
            )
        }
        founderEntries = entries
    }

    /// The log of office `number`.
    func log(_ number: Int) -> Digest { offices[number].keys.log.hash }

    /// The store of an office that has opened its log; `knowsRoster` if it holds the founder's
    /// log, otherwise it has read the founding entry from an invitation.
    func store(_ number: Int, knowsRoster: Bool = true) throws -> MemoryStore {
        let founder = offices[0].keys.log.hash
        var invitation: [PlacedEntry] = []
        for (sequence, entry) in founderEntries.enumerated().prefix(1) {
            let place = Place(log: founder, sequence: UInt64(sequence))
            guard let header = try? Header(decoding: entry.header) else {
                throw FixtureError.founding
            }
            let hash = sha256(entry.header)
            invitation.append(PlacedEntry(entry, header: header, hash: hash, place: place))
        }
        let store = MemoryStore(ledger: ledger, office: offices[number], invitation: invitation)
        if knowsRoster || number == 0 {
            try store.adopt(founderEntries, log: founder, key: offices[0].log)
        }
        if number > 0 {
            let grant = sha256(founderEntries[number].header)
            _ = try store.write(
                [.open(roster: subject, enrolment: grant, keys: offices[number].keys)]
            )
        }
        return store
    }

    /// A grant for any keys, as whoever may enrol nodes can write it.
    func grant(of keys: NodeKeys, in scope: Scope) -> EntryDraft {
        .grant(
            roster: subject,
            request: EnrolmentRequest(
                name: "another",
                level: .street,
                scope: scope,
                endpoint: nil,
                keys: keys
            ),
            isConfirmed: true
        )
    }

    /// A grant's end, as the founder writes it.
    func end(of number: Int) -> EntryDraft {
        .end(
            roster: subject,
            grants: [sha256(founderEntries[number].header)],
            cuts: [],
            reason: "closed"
        )
    }
}

/// A case report with one part of this many bytes.
func report(_ bytes: Int = 40) -> EntryDraft {
    EntryDraft(
        operation: "case.report",
        subject: .opened,
        fields: [],
        parts: [[UInt8](repeating: 0x40, count: bytes)],
        scope: Scope("330105013")
    )
}
