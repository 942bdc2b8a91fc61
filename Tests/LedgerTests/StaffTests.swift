import Crypto
import Encoding
import LedgerFixtures
import TestSupport
import Testing

@testable import Ledger

/// A city, a district, and a street with a lead and a mediator.
struct StaffedCity {
    let city: Office
    let district: Office
    let street: Office
    let lead: Person
    let mediator: Person
    var paper: PaperLedger
    let districtGrant: Digest
    let streetGrant: Digest
    let leadGrant: Digest
    let mediatorGrant: Digest

    init() throws {
        city = try Office(1, .city, "3301")
        district = try Office(2, .district, "330105")
        street = try Office(3, .street, "330105013")
        lead = try Person("1")
        mediator = try Person("12")
        var paper = try PaperLedger(city: city)
        districtGrant = try paper.enrol(district, by: city)
        streetGrant = try paper.enrol(street, by: district)
        leadGrant = try paper.enrol(lead, [.streetLead, .mediator], "330105013", at: street)
        mediatorGrant = try paper.enrol(
            mediator,
            [.mediator],
            "330105013001",
            at: street,
            by: lead
        )
        self.paper = paper
    }

    func verdict(
        _ key: SigningKey,
        in office: Office? = nil,
        at sequence: UInt64 = 2,
        _ roles: Set<Role> = [.mediator],
        isPersonal: Bool = false,
        of code: String = "330105013001"
    ) throws -> RightVerdict {
        let scope = try #require(Scope(code))
        return paper.roster.verdict(
            author: key.publicKey.hash,
            log: (office ?? street).id,
            sequence: sequence,
            right: Right(roles: roles, isPersonal: isPersonal),
            scopes: [scope]
        )
    }

    /// Writes a mark about the street's log; the root is not looked at here.
    @discardableResult
    mutating func mark(
        _ isRatification: Bool,
        _ range: Range<UInt64>,
        of office: Office? = nil,
        by author: Office
    ) throws -> Digest {
        let position = LogPosition(
            log: (office ?? street).id,
            size: range.upperBound,
            root: .zero
        )
        return try paper.write(
            .mark(
                roster: paper.subject,
                isRatification: isRatification,
                first: range.lowerBound,
                position: position,
                further: [],
                reason: ""
            ),
            by: author
        ).hash
    }
}

@Test func aPersonHasTheRolesOfItsGrantInTheLogOfItsNodeOnly() throws {
    let world = try StaffedCity()
    #expect(try world.verdict(world.mediator.key) == .allowed)
    #expect(try world.verdict(world.mediator.key, [.dispatcher]) == .notPermitted)
    #expect(try world.verdict(world.mediator.key, of: "330105013002") == .outsideScope)
    #expect(try world.verdict(world.mediator.key, in: world.district) == .noGrant)
    #expect(try world.verdict(Person("13").key) == .noGrant)
    #expect(try world.verdict(world.lead.key, of: "330105013002") == .allowed)
    let actor = try #require(
        world.paper.roster.actor(of: world.mediator.key.publicKey.hash, in: world.street.id)
    )
    #expect(actor.number == "12" && actor.roles == [.mediator])
    #expect(actor.node == world.street.name && actor.log == world.street.id)
    let node = try #require(
        world.paper.roster.actor(of: world.street.service.publicKey.hash, in: world.street.id)
    )
    #expect(node.number == nil)
}

@Test func rolesOfEachLevelAreThoseOfTheTable() {
    #expect(Level.city.roles == Set(Role.allCases.filter { $0 != .auditor }))
    #expect(Level.district.roles == Level.city.roles)
    #expect(Level.street.roles.map(\.rawValue).sorted() == Array(1...8))
    #expect(Level.department.roles.map(\.rawValue).sorted() == Array(1...7))
    #expect(Level.auditor.roles == [.auditor])
}

/// Who may give which role; by hand, so that a table that allows more does not pass.
@Test(arguments: Role.allCases)
func nobodyGivesMoreThanIsBelowItsOwnRole(role: Role) throws {
    var world = try StaffedCity()
    let new = try Person("99")
    let byLead = try world.paper.enrol(new, [role], "330105013", at: world.street, by: world.lead)
    let byMediator = try world.paper.enrol(
        new,
        [role],
        "330105013001",
        at: world.street,
        by: world.mediator
    )
    let byNode = try world.paper.enrol(new, [role], "330105013", at: world.street)
    let outside = try world.paper.enrol(new, [role], "330105014", at: world.street)
    let roster = world.paper.roster
    #expect((roster.staffGrant(byLead) != nil) == (1...8 ~= role.rawValue))
    #expect(roster.staffGrant(byMediator) == nil)
    #expect((roster.staffGrant(byNode) != nil) == (1...8 ~= role.rawValue))
    #expect(roster.staffGrant(outside) == nil)
    #expect(roster.staffGrant(byLead)?.rank ?? 2 == 2)
    #expect(roster.staffGrant(byNode)?.rank ?? 1 == 1)
}

@Test func anAdministratorOfADistrictEnrolsStreetsAndALeadDoesNot() throws {
    var world = try StaffedCity()
    let admin = try Person("9")
    let lead = try Person("8")
    try world.paper.enrol(admin, [.districtAdmin], "330105", at: world.district)
    try world.paper.enrol(lead, [.streetLead], "330105", at: world.district)
    func draft(_ office: Office) -> EntryDraft {
        .grant(roster: world.paper.subject, request: office.request, isConfirmed: true)
    }
    let first = draft(try Office(10, .street, "330105014"))
    let second = draft(try Office(11, .street, "330105015"))
    let far = draft(try Office(12, .street, "330106001"))
    let good = try world.paper.write(first, by: admin, at: world.district).hash
    let bad = try world.paper.write(second, by: lead, at: world.district).hash
    let outside = try world.paper.write(far, by: admin, at: world.district).hash
    #expect(world.paper.roster.grant(good) != nil)
    #expect(world.paper.roster.grant(bad) == nil && world.paper.roster.grant(outside) == nil)
    // What the administrator enrolled, the node and the city above can end.
    try world.paper.end([good], by: world.city, cuts: [])
    #expect(world.paper.roster.grant(good)?.hasEnded == true)
}

@Test func whoEndsAPersonsRight() throws {
    for (ender, isGood) in [
        ("city", true), ("district", true), ("street", true), ("lead", true), ("self", true),
        ("rival", false), ("peer", false), ("other", false),
    ] {
        var world = try StaffedCity()
        let rival = try Office(7, .district, "330106")
        let other = try Office(8, .street, "330105014")
        try world.paper.enrol(rival, by: world.city)
        try world.paper.enrol(other, by: world.district)
        let peer = try Person("14")
        try world.paper.enrol(peer, [.mediator], "330105013", at: world.street, by: world.lead)
        let size = world.paper.size(world.street)
        let end = world.paper.ending([world.mediatorGrant], [(world.street, size)])
        switch ender {
        case "city": try world.paper.write(end, by: world.city)
        case "district": try world.paper.write(end, by: world.district)
        case "street": try world.paper.write(end, by: world.street)
        case "lead": try world.paper.write(end, by: world.lead, at: world.street)
        case "self": try world.paper.write(end, by: world.mediator, at: world.street)
        case "peer": try world.paper.write(end, by: peer, at: world.street)
        case "rival": try world.paper.write(end, by: rival)
        default: try world.paper.write(end, by: other)
        }
        #expect(world.paper.roster.staffGrant(world.mediatorGrant)?.hasEnded == isGood, "\(ender)")
        let beyond: RightVerdict = isGood ? .contested : .allowed
        #expect(try world.verdict(world.mediator.key, at: size - 1) == .allowed, "\(ender)")
        #expect(try world.verdict(world.mediator.key, at: size) == beyond, "\(ender)")
    }
}

/// Whoever stole a person's key must not undo what the person wrote in its time, nor bring in
/// others.
@Test func aStolenKeyTakesNothingBack() throws {
    var world = try StaffedCity()
    let size = world.paper.size(world.street)
    try world.paper.end([world.leadGrant], by: world.street, cuts: [(world.street, size)])
    try world.paper.write(
        world.paper.ending([world.leadGrant, world.mediatorGrant], []),
        by: world.lead,
        at: world.street
    )
    let thief = try world.paper.enrol(
        Person("666"),
        [.mediator],
        "330105013",
        at: world.street,
        by: world.lead
    )
    let roster = world.paper.roster
    #expect(roster.staffGrant(world.leadGrant)?.cuts == [world.street.id: size])
    #expect(roster.staffGrant(world.mediatorGrant)?.hasEnded == false)
    #expect(roster.staffGrant(thief) == nil)
    #expect(try world.verdict(world.lead.key, at: size - 1) == .allowed)
    #expect(try world.verdict(world.lead.key, at: size) == .contested)
}

@Test func theEndOfANodeEndsItsPeopleAndWhatTheyEnrolledBeyondIt() throws {
    for size in 0...3 as ClosedRange<UInt64> {
        var world = try StaffedCity()
        try world.paper.end([world.streetGrant], by: world.district, cuts: [(world.street, size)])
        let roster = world.paper.roster
        // The street's log: the lead's grant, the mediator's grant.
        #expect((roster.staffGrant(world.leadGrant) != nil) == (size >= 1))
        #expect((roster.staffGrant(world.mediatorGrant) != nil) == (size >= 2))
        if size == 3 {
            #expect(try world.verdict(world.mediator.key, at: 2) == .allowed)
            #expect(try world.verdict(world.mediator.key, at: 3) == .contested)
            #expect(try world.verdict(world.lead.key, at: 3) == .contested)
        }
    }
}

@Test func aPersonsKeyIsChangedWithOverlap() throws {
    var world = try StaffedCity()
    let fresh = try Person("12", version: 1)
    try world.paper.enrol(fresh, [.mediator], "330105013001", at: world.street)
    #expect(try world.verdict(world.mediator.key, at: 9) == .allowed)
    #expect(try world.verdict(fresh.key, at: 9) == .allowed)
    try world.paper.end([world.mediatorGrant], by: world.street, cuts: [(world.street, 4)])
    #expect(try world.verdict(world.mediator.key, at: 3) == .allowed)
    #expect(try world.verdict(world.mediator.key, at: 9) == .contested)
    #expect(try world.verdict(fresh.key, at: 9) == .allowed)
    let numbers = [world.mediator, fresh].map { person in
        world.paper.roster.actor(of: person.key.publicKey.hash, in: world.street.id)?.number
    }
    #expect(numbers == ["12", "12"])
}

@Test func aNodesKeysAreChangedWithOverlap() throws {
    var world = try StaffedCity()
    let fresh = try Office(33, .street, "330105013", log: world.street)
    let grant = try world.paper.enrol(fresh, by: world.district)
    var roster = world.paper.roster
    #expect(roster.members(tls: world.street.tls.publicKey).map(\.log) == [world.street.id])
    #expect(roster.members(tls: fresh.tls.publicKey).map(\.log) == [world.street.id])
    #expect(try world.verdict(fresh.service, at: 5) == .allowed)
    #expect(try world.verdict(world.street.service, at: 5) == .allowed)
    let size = world.paper.size(world.street)
    try world.paper.end([world.streetGrant], by: world.district, cuts: [(world.street, size)])
    roster = world.paper.roster
    #expect(roster.member(log: world.street.id)?.hash == grant)
    #expect(roster.members(tls: world.street.tls.publicKey).isEmpty)
    #expect(try world.verdict(world.street.service, at: size) == .contested)
    #expect(try world.verdict(fresh.service, at: size) == .allowed)
    // Its people were enrolled under the old keys and go on under the new ones.
    #expect(try world.verdict(world.mediator.key, at: size) == .allowed)
    // A district whose keys changed ends what it enrolled under the old ones.
    let district = try Office(22, .district, "330105", log: world.district)
    try world.paper.enrol(district, by: world.city)
    try world.paper.end([grant], by: district, cuts: [])
    #expect(world.paper.roster.grant(grant)?.hasEnded == true)
}

@Test func aStaffRequestIsReadAsItWasWrittenAndNotOtherwise() throws {
    let person = try Person("A-12")
    let letter = try person.request.signed(by: person.key)
    let read = try StaffRequest(armored: "你好\r\n" + letter)
    #expect(read == person.request && read.fingerprint == person.request.fingerprint)
    let content = try #require(Armor.unwrap(letter, label: "STAFF REQUEST"))
    for index in content.indices {
        var changed = content
        changed[index] ^= 1 << UInt8(index % 8)
        #expect(throws: RequestError.self, "byte \(index)") {
            try StaffRequest(armored: Armor.wrap(changed, label: "STAFF REQUEST"))
        }
    }
    let other = try Person("B")
    let stolen = StaffRequest(number: "B", key: person.key.publicKey)
    #expect(throws: RequestError.wrongSignature) {
        try StaffRequest(armored: stolen.signed(by: other.key))
    }
    #expect(throws: RequestError.noBlock) {
        try StaffRequest(armored: Office(3, .street, "330105013").letter())
    }
}

@Test(arguments: ["", "a b", "张三", "a/b", String(repeating: "1", count: 65)])
func whatIsNoStaffNumberIsNone(text: String) throws {
    #expect(!StaffGrant.isNumber(text))
    var world = try StaffedCity()
    var draft = EntryDraft.staff(
        roster: world.paper.subject,
        request: StaffRequest(number: text, key: world.lead.key.publicKey),
        roles: [.mediator],
        scope: world.street.scope,
        isConfirmed: true
    )
    let bad = try world.paper.write(draft, by: world.street).hash
    #expect(world.paper.roster.staffGrant(bad) == nil)
    // Roles that do not rise, none, and one that nobody knows.
    for roles in [[6, 2], [6, 6], [], [11]] as [[UInt64]] {
        draft.fields[0] = CBORPair(0, .array(roles.map { .unsigned($0) }))
        draft.fields[3] = CBORPair(12, .text("7"))
        let bad = try world.paper.write(draft, by: world.street).hash
        #expect(world.paper.roster.staffGrant(bad) == nil)
    }
}
