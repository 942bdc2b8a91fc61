import Crypto
import Encoding
import LedgerFixtures
import TestSupport
import Testing
import TransparencyLog

@testable import Ledger

/// A city, two districts and a street in each.
private struct City {
    let city: Office
    let first: Office
    let second: Office
    let street: Office
    let other: Office
    var paper: PaperLedger
    var grants: [Digest: Digest] = [:]

    init() throws {
        city = try Office(1, .city, "3301")
        first = try Office(2, .district, "330105")
        second = try Office(3, .district, "330106")
        street = try Office(4, .street, "330105013")
        other = try Office(5, .street, "330106001")
        paper = try PaperLedger(city: city)
        for (office, enroller) in [
            (first, city), (second, city), (street, first), (other, second),
        ] {
            grants[office.id] = try paper.enrol(office, by: enroller)
        }
    }

    func hash(_ office: Office) throws -> Digest {
        try #require(grants[office.id])
    }

    func verdict(
        _ office: Office,
        at sequence: UInt64 = 0,
        _ right: Right = .ordinary,
        in code: String? = nil,
        log: Office? = nil
    ) throws -> RightVerdict {
        let scope = try #require(Scope(code ?? office.scope.code))
        return paper.roster.verdict(
            author: office.keys.service.hash,
            log: (log ?? office).id,
            sequence: sequence,
            right: right,
            scopes: [scope]
        )
    }
}

@Test func authorityFollowsTheCodeDownward() throws {
    let world = try City()
    #expect(world.paper.roster.members.count == 5)
    for office in [world.city, world.first, world.second, world.street, world.other] {
        #expect(try world.verdict(office) == .allowed)
    }
    #expect(try world.verdict(world.city, in: "330106001") == .allowed)
    #expect(try world.verdict(world.first, in: "330106001") == .outsideScope)
    #expect(try world.verdict(world.street, in: "330105") == .outsideScope)
    #expect(try world.verdict(world.street, in: "330105014") == .outsideScope)
    #expect(try world.verdict(world.street, in: "330105013001") == .allowed)
}

@Test func aKeyHasNoRightInAnothersLog() throws {
    let world = try City()
    #expect(try world.verdict(world.first, log: world.street) == .noGrant)
    #expect(try world.verdict(world.street, log: world.first) == .noGrant)
    let stranger = try Office(9, .street, "330105013")
    #expect(try world.verdict(stranger) == .noGrant)
}

/// Every level enrolling every other, within and outside its scope.
@Test(arguments: Level.allCases, Level.allCases)
func onlyWiderLevelsEnrolAndOnlyWithinTheirScope(enroller: Level, enrolled: Level) throws {
    let city = try Office(1, .city, "3301")
    var paper = try PaperLedger(city: city)
    var by = city
    if enroller != .city {
        by = try Office(2, enroller, "330105")
        try paper.enrol(by, by: city)
    }
    let inside = try paper.enrol(Office(3, enrolled, "330105013"), by: by)
    let outside = try paper.enrol(Office(4, enrolled, "330205013"), by: by)
    #expect((paper.roster.grant(inside) != nil) == enroller.mayEnrol(enrolled))
    #expect(paper.roster.grant(outside) == nil)
    // By hand, so that a table that allows more does not pass with the code that reads it.
    let expected: Set<Level> =
        switch enroller {
        case .city: [.district, .street, .department, .auditor]
        case .district: [.street, .department, .auditor]
        case .street, .department, .auditor: []
        }
    #expect(enroller.mayEnrol(enrolled) == expected.contains(enrolled))
}

@Test func anAuditorWritesNothingAboutCases() throws {
    let city = try Office(1, .city, "3301")
    var paper = try PaperLedger(city: city)
    let auditor = try Office(2, .auditor, "3301")
    try paper.enrol(auditor, by: city)
    for (right, verdict) in [
        (Right.ordinary, RightVerdict.notPermitted),
        (Right(roles: [.auditor], isPersonal: false), .allowed),
    ] {
        #expect(
            paper.roster.verdict(
                author: auditor.keys.service.hash,
                log: auditor.id,
                sequence: 3,
                right: right,
                scopes: [auditor.scope]
            ) == verdict
        )
    }
}

@Test func aGrantInAnotherLogThanItsAuthorsHasNoEffect() throws {
    var world = try City()
    let thief = try Office(9, .street, "330105014")
    let grant = try world.paper.write(
        .grant(roster: world.paper.subject, request: thief.request, isConfirmed: true),
        by: world.first,
        in: world.street
    )
    #expect(world.paper.roster.grant(grant.hash) == nil)
}

@Test func forgedEntriesGrantAndEndNothing() throws {
    var world = try City()
    let thief = try Office(9, .street, "330105014")
    let draft = EntryDraft.grant(
        roster: world.paper.subject,
        request: thief.request,
        isConfirmed: true
    )
    let grant = try world.paper.write(draft, by: world.first, isForged: true)
    let end = EntryDraft.end(
        roster: world.paper.subject,
        grants: [try world.hash(world.street)],
        cuts: [],
        reason: ""
    )
    try world.paper.write(end, by: world.first, isForged: true)
    #expect(world.paper.roster.grant(grant.hash) == nil)
    #expect(world.paper.roster.member(log: world.street.id)?.hasEnded == false)
}

@Test func onlyHolderAndAncestorsEndAGrant() throws {
    for (ender, isGood) in [("city", true), ("first", true), ("street", true), ("second", false)] {
        var world = try City()
        let by = ["city": world.city, "first": world.first, "street": world.street][ender]
        let cuts = [(world.street, UInt64(2))]
        let street = try world.hash(world.street)
        try world.paper.fill(world.street, to: 2)
        try world.paper.end([street], by: by ?? world.second, cuts: cuts)
        let member = try #require(world.paper.roster.member(log: world.street.id))
        #expect(member.hasEnded == isGood, "\(ender)")
        #expect(try world.verdict(world.street, at: 1) == .allowed)
        #expect(try world.verdict(world.street, at: 2) == (isGood ? .contested : .allowed))
    }
}

@Test func endsCombineByMinimumAndUnnamedLogsAreCutAtZero() throws {
    var world = try City()
    let street = try world.hash(world.street)
    try world.paper.end([street], by: world.city, cuts: [(world.street, 9), (world.other, 4)])
    try world.paper.end([street], by: world.first, cuts: [(world.street, 5)])
    let grant = try #require(world.paper.roster.grant(street))
    #expect(grant.cuts == [world.street.id: 5])
    #expect(grant.isCut(log: world.other.id, sequence: 0))
    #expect(try world.verdict(world.street, at: 4) == .allowed)
    #expect(try world.verdict(world.street, at: 5) == .contested)
}

@Test func underAnEndedGrantNothingIsGrantedOrEndedBeyondTheCut() throws {
    var world = try City()
    let before = try world.hash(world.street)
    // The district's log holds one entry, its grant of the street.
    let district = try world.hash(world.first)
    try world.paper.end([district], by: world.city, cuts: [(world.first, 1)])
    let late = try Office(9, .street, "330105014")
    let after = try world.paper.enrol(late, by: world.first)
    try world.paper.end([before], by: world.first, cuts: [])
    let roster = world.paper.roster
    #expect(roster.grant(before)?.hasEnded == false)
    #expect(roster.grant(after) == nil)
    #expect(roster.members(tls: world.first.tls.publicKey).isEmpty)
    #expect(roster.members(tls: world.street.tls.publicKey).map(\.log) == [world.street.id])
}

/// A district can write a grant with the keys of another district's street, for it proves nothing
/// about them; the street's own opening does.
@Test func aGrantWithAnothersKeysDoesNotPushItAside() throws {
    for number in 20..<30 as Range<UInt64> {
        var world = try City()
        let grant = try world.hash(world.street)
        try world.paper.write(
            .open(roster: world.paper.subject, enrolment: grant, keys: world.street.keys),
            by: world.street
        )
        let impostor = try Office(number, .street, "330106099", log: world.street)
        try world.paper.enrol(impostor, by: world.second)
        let roster = world.paper.roster
        #expect(roster.rights(log: world.street.id).count == 2)
        #expect(roster.member(log: world.street.id)?.hash == grant)
        let key = world.street.tls.publicKey
        #expect(roster.members(tls: key).map(\.log) == [world.street.id])
    }
}

@Test func aGrantBeforeTheCutStandsAndOneBehindItFalls() throws {
    for (size, stands) in [(UInt64(0), false), (1, true)] {
        var world = try City()
        let district = try world.hash(world.first)
        try world.paper.end([district], by: world.city, cuts: [(world.first, size)])
        #expect((world.paper.roster.member(log: world.street.id) != nil) == stands)
    }
}

/// Whoever stole the key of an ended node must not undo what the node wrote in its time.
@Test func anEndedHolderCanNotLowerItsOwnCut() throws {
    var world = try City()
    let street = try world.hash(world.street)
    try world.paper.fill(world.street, to: 3)
    try world.paper.end([street], by: world.first, cuts: [(world.street, 3)])
    try world.paper.end([street], by: world.street, cuts: [])
    #expect(world.paper.roster.grant(street)?.cuts == [world.street.id: 3])
}

@Test func aHolderMayEndItsRightAtTheEndOfItsLog() throws {
    var world = try City()
    let street = try world.hash(world.street)
    try world.paper.fill(world.street, to: 3)
    try world.paper.end([street], by: world.street, cuts: [(world.street, 3)])
    #expect(world.paper.roster.grant(street)?.cuts == [world.street.id: 3])
}

@Test func aNewGrantIsANewRight() throws {
    var world = try City()
    let old = try world.hash(world.street)
    try world.paper.end([old], by: world.first, cuts: [(world.street, 1)])
    #expect(try world.verdict(world.street, at: 1) == .contested)
    let new = try world.paper.enrol(world.street, by: world.first)
    #expect(world.paper.roster.member(log: world.street.id)?.hash == new)
    #expect(try world.verdict(world.street, at: 1) == .allowed)
}

@Test func aFoundingEntryCountsForItsOwnLedgerOnly() throws {
    let world = try City()
    let other = try PaperLedger(city: Office(7, .city, "3302"))
    #expect(Roster(ledger: world.paper.ledger, entries: other.entries).grants.isEmpty)
    let both = Roster(ledger: world.paper.ledger, entries: other.entries + world.paper.entries)
    #expect(both.grants == world.paper.roster.grants)
}

/// Two nodes hold the same set and got it in different orders: same grants, same cuts.
@Test(arguments: 0..<60 as Range<UInt64>)
func theRosterIsAFunctionOfTheSet(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let city = try Office(1, .city, "3301")
    var paper = try PaperLedger(city: city)
    var offices = [city]
    var grants = [paper.ledger]
    for number in 0..<12 as Range<UInt64> {
        let level = try #require(Level.allCases.randomElement(using: &generator))
        let code = ["3301", "330105", "330106", "330105013", "330106001"]
            .randomElement(using: &generator)
        let twin = Bool.random(using: &generator) ? nil : offices.randomElement(using: &generator)
        offices.append(try Office(100 + number, level, code ?? "3301", log: twin))
    }
    for _ in 0..<40 {
        let author = try #require(offices.randomElement(using: &generator))
        let log = Int.random(in: 0..<8, using: &generator) == 0 ? offices.last : author
        let isForged = Int.random(in: 0..<10, using: &generator) == 0
        var draft: EntryDraft
        if Int.random(in: 0..<3, using: &generator) > 0 {
            let office = try #require(offices.randomElement(using: &generator))
            draft = .grant(roster: paper.subject, request: office.request, isConfirmed: false)
        } else {
            let ended = (0..<2).compactMap { _ in grants.randomElement(using: &generator) }
            let cuts = offices.filter { _ in Bool.random(using: &generator) }.map { office in
                let size = UInt64.random(in: 0...6, using: &generator)
                return LogPosition(log: office.id, size: size, root: .zero)
            }
            let named = Dictionary(cuts.map { ($0.log, $0) }) { first, _ in first }
            draft = .end(
                roster: paper.subject,
                grants: ended,
                cuts: named.values.sorted { $0.log < $1.log },
                reason: ""
            )
        }
        grants.append(try paper.write(draft, by: author, in: log, isForged: isForged).hash)
    }
    let expected = paper.roster
    for _ in 0..<8 {
        let shuffled = Roster(
            ledger: paper.ledger,
            entries: paper.entries.shuffled(using: &generator)
        )
        #expect(shuffled.grants == expected.grants)
        #expect(shuffled.holdings == expected.holdings)
        #expect(shuffled.members == expected.members)
        for office in offices {
            let key = office.tls.publicKey
            #expect(shuffled.members(tls: key) == expected.members(tls: key))
            #expect(shuffled.member(log: office.id) == expected.member(log: office.id))
        }
    }
    // What is effective rests on a chain of wider grants up to the founder.
    for grant in expected.grants where grant.hash != paper.ledger {
        let parent = try #require(grant.parent.flatMap(expected.grant))
        #expect(parent.level.mayEnrol(grant.level) && parent.scope.covers(grant.scope))
        #expect(!parent.isCut(log: grant.place.log, sequence: grant.place.sequence))
        #expect(parent.keys.service.hash == grant.author && parent.log == grant.place.log)
    }
}

/// Many proofs of one fork by different notes: which is shown follows from the proofs alone, and
/// from the order of no set.
@Test func ofEqualForksTheOneOfTheSmallestBytesIsShown() throws {
    var world = try City()
    func branch(_ byte: UInt8) throws -> ForkProof.Branch {
        let leaf = Digest([UInt8](repeating: byte, count: 32), at: 0)
        let note = try SignedCheckpoint.sign(size: 1, root: leaf, with: world.street.log)
        return ForkProof.Branch(leaf: leaf, note: note.note.bytes, proof: [])
    }
    let proofs = try (1...16).map { byte in
        ForkProof(
            logKey: world.street.keys.log,
            common: CompactRange(),
            try branch(0),
            try branch(byte)
        )
    }
    let least = try #require(
        proofs.min { $0.encoded.lexicographicallyPrecedes($1.encoded) }?.proven()
    )
    for proof in proofs.reversed() {
        let subject = world.paper.roster.subject
        try world.paper.write(.fork(roster: try #require(subject), proof), by: world.first)
    }
    #expect(world.paper.roster.forks[world.street.id] == least)
}
