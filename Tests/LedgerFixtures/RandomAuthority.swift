internal import Crypto
internal import Encoding
internal import Ledger
internal import TestSupport

/// A ledger on paper with roster entries of every kind, by authors of every kind, made from a seed.
///
/// Most authors are such as could have a right to it, so that much of it takes effect.
package struct RandomAuthority {
    /// Everything that was written.
    package private(set) var paper: PaperLedger
    /// Nodes, some of them under other keys of one log.
    package let offices: [Office]
    /// Persons.
    package let people: [Person]

    private var generator: SeededGenerator
    private var hashes: [Digest]

    /// Writes `count` entries.
    package init(seed: UInt64, count: Int = 80) throws {
        generator = SeededGenerator(seed: seed)
        let city = try Office(1, .city, "3301")
        let street = try Office(3, .street, "330105013")
        offices = [
            city, try Office(2, .district, "330105"), street,
            try Office(50, .district, "330106"), try Office(51, .street, "330105014"),
            try Office(52, .street, "330105013", log: street), try Office(53, .city, "3301"),
            try Office(54, .auditor, "3301"), try Office(55, .department, "330105"),
            try Office(56, .city, "3301", log: city),
        ]
        people = try (0..<8).map { try Person("\($0)") }
        paper = try PaperLedger(city: city)
        hashes = [paper.ledger]
        try paper.enrol(offices[1], by: city)
        try paper.enrol(street, by: offices[1])
        try paper.enrol(people[0], [.districtAdmin, .mediator], "3301", at: city)
        try paper.enrol(people[1], [.streetLead], "330105013", at: street)
        try paper.enrol(people[2], [.mediator], "330105013", at: street, by: people[1])
        hashes += paper.entries.map(\.hash)
        for _ in 0..<count { try write() }
    }

    private mutating func write() throws {
        let office = try pick(offices)
        let draft = try draft()
        let isForged = Int.random(in: 0..<12, using: &generator) == 0
        let entry =
            Int.random(in: 0..<5, using: &generator) < 2
            ? try paper.write(draft, by: try pick(people), at: office, isForged: isForged)
            : try paper.write(draft, by: office, isForged: isForged)
        hashes.append(entry.hash)
    }

    private mutating func pick<Element>(_ elements: [Element]) throws -> Element {
        guard let element = elements.randomElement(using: &generator) else {
            throw FixtureError.notThere("element")
        }
        return element
    }

    private mutating func draft() throws -> EntryDraft {
        let code = try pick(["3301", "330105", "330105013", "330105013001", "330106"])
        guard let scope = Scope(code) else { throw FixtureError.scope(code) }
        switch Int.random(in: 0..<16, using: &generator) {
        case 0..<3:
            let request = try pick(offices).request
            return .grant(roster: paper.subject, request: request, isConfirmed: true)
        case 3..<8:
            let highest = try pick([Role.mediator, .streetLead, .districtAdmin, .auditor])
            return .staff(
                roster: paper.subject,
                request: try pick(people).request,
                roles: [highest, try pick(Role.allCases.filter { $0 <= highest })],
                scope: scope,
                isConfirmed: true
            )
        case 8..<11:
            let ended = [try pick(hashes), try pick(hashes), try pick(hashes)]
            return .end(roster: paper.subject, grants: ended, cuts: try rows(), reason: "")
        case 11:
            return .policy(roster: paper.subject, area: scope, cuts: try rows())
        case 12..<15:
            let first = UInt64.random(in: 0..<10, using: &generator)
            return .mark(
                roster: paper.subject,
                isRatification: Bool.random(using: &generator),
                first: first,
                position: LogPosition(log: try pick(offices).id, size: first + 5, root: .zero),
                further: [],
                reason: ""
            )
        default: return try succession(scope)
        }
    }

    private mutating func rows() throws -> [LogPosition] {
        let logs = Set([try pick(offices).id, try pick(offices).id, try pick(offices).id])
        return logs.sorted().map { log in
            let size = UInt64.random(in: 0...20, using: &generator)
            return LogPosition(log: log, size: size, root: .zero)
        }
    }

    private mutating func succession(_ scope: Scope) throws -> EntryDraft {
        let isEnding = Int.random(in: 0..<3, using: &generator) == 0
        let succession = Succession(
            ledger: paper.ledger,
            scope: scope,
            keys: try pick(offices).keys,
            ended: isEnding ? [try pick(hashes), paper.ledger] : [],
            cuts: try rows()
        )
        hashes.append(succession.hash)
        let isThief = Int.random(in: 0..<4, using: &generator) == 0
        let key = try SigningKey(seed: sha256(Array((isThief ? "thief" : "recovery").utf8)))
        return .succeed(
            roster: paper.subject,
            succession,
            signatures: [
                RecoverySignature(index: 0, signature: try key.sign(succession.message))
            ],
            name: "heir",
            endpoint: nil
        )
    }
}
