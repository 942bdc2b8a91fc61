import Crypto
import Encoding
import LedgerFixtures
import TestSupport
import Testing

@testable import Ledger

private func invitation() throws -> (Invitation, PaperLedger) {
    let city = try Office(1, .city, "3301")
    let street = try Office(2, .street, "330105013")
    var paper = try PaperLedger(city: city)
    let grant = try paper.enrol(street, by: city)
    let invitation = try Invitation(
        founding: paper.founding,
        enrolment: grant,
        log: street.id,
        inviter: city.tls.publicKey,
        endpoint: "127.0.0.1:7946"
    )
    return (invitation, paper)
}

@Test func aRequestIsReadAsItWasWritten() throws {
    var office = try Office(1, .street, "330105013")
    office.endpoint = "[::1]:7946"
    let read = try EnrolmentRequest(armored: office.letter())
    #expect(read == office.request)
    #expect(read.fingerprint == office.request.fingerprint)
}

@Test func aRequestThatChangedAnywhereIsRefused() throws {
    let office = try Office(1, .street, "330105013")
    let content = try #require(Armor.unwrap(office.letter(), label: "REQUEST"))
    for index in content.indices {
        var changed = content
        changed[index] ^= 1 << UInt8(index % 8)
        #expect(throws: RequestError.self, "byte \(index)") {
            try EnrolmentRequest(armored: Armor.wrap(changed, label: "REQUEST"))
        }
    }
    #expect(throws: RequestError.malformed) {
        try EnrolmentRequest(armored: Armor.wrap(content + [0], label: "REQUEST"))
    }
}

@Test func nobodyAsksWithAnothersKey() throws {
    let office = try Office(1, .street, "330105013")
    let thief = try Office(2, .street, "330105013")
    let keys = office.keys
    let mixed = NodeKeys(
        log: keys.log,
        service: keys.service,
        witness: keys.witness,
        seal: keys.seal,
        tls: thief.keys.tls,
        successor: keys.successor
    )
    let request = EnrolmentRequest(
        name: "thief",
        level: .street,
        scope: office.scope,
        endpoint: nil,
        keys: mixed
    )
    let letter = try request.signed(
        log: thief.log,
        service: thief.service,
        witness: thief.witness,
        tls: thief.tls
    )
    #expect(throws: RequestError.wrongSignature) { try EnrolmentRequest(armored: letter) }
}

@Test(arguments: ["a\nfingerprint: 1234", "a\u{1b}[2J", "a\u{202e}b", "a\u{2028}b", "a\u{0}"])
func aNameThatWouldForgeLinesIsRefused(name: String) throws {
    let office = try Office(1, .street, "330105013")
    let request = EnrolmentRequest(
        name: name,
        level: .street,
        scope: office.scope,
        endpoint: nil,
        keys: office.keys
    )
    let letter = try request.signed(
        log: office.log,
        service: office.service,
        witness: office.witness,
        tls: office.tls
    )
    #expect(throws: RequestError.malformed) { try EnrolmentRequest(armored: letter) }
}

@Test func keysOfANodeAreSoundAndDifferent() throws {
    let keys = try Office(1, .street, "330105013").keys
    let values = [
        keys.log.bytes, keys.service.bytes, keys.witness.bytes, keys.seal, keys.tls.bytes,
        keys.successor,
    ]
    #expect(NodeKeys(values) == keys)
    #expect(NodeKeys(values.dropLast()) == nil)
    for index in [0, 1, 2, 4] {
        var same = values
        same[index] = values[(index + 1) % 6]
        #expect(NodeKeys(same) == nil)
        var weak = values
        weak[index] = Bytes32([1] + [UInt8](repeating: 0, count: 31), at: 0)
        #expect(NodeKeys(weak) == nil)
    }
}

@Test func anInvitationIsReadAsItWasWritten() throws {
    let (invitation, paper) = try invitation()
    let read = try Invitation(armored: "Dear colleague,\n\n" + invitation.armored + "\nBye\n")
    #expect(read == invitation)
    #expect(read.ledger == paper.ledger)
    #expect(read.founder == paper.city.id)
    #expect(read.fingerprint == invitation.fingerprint)
}

/// It carries no signature: each change is either refused or shows in the fingerprint, and none
/// names the same ledger with another founder.
@Test func aChangedInvitationIsRefusedOrHasAnotherFingerprint() throws {
    let (invitation, paper) = try invitation()
    let content = try #require(Armor.unwrap(invitation.armored, label: "INVITATION"))
    var accepted = 0
    for index in content.indices {
        var changed = content
        changed[index] ^= 1 << UInt8(index % 8)
        let letter = Armor.wrap(changed, label: "INVITATION")
        guard let read = try? Invitation(armored: letter) else { continue }
        accepted += 1
        #expect(read.fingerprint != invitation.fingerprint)
        #expect(read.ledger == paper.ledger && read.founder == paper.city.id)
    }
    #expect(accepted > 0)
}

@Test func whatFoundsNoLedgerInvitesNobody() throws {
    let (invitation, paper) = try invitation()
    let grant = try #require(paper.entries.last)
    let other = Entry(header: grant.header.encoded, leaf: paper.founding.leaf, parts: [nil])
    for founding in [
        other, Entry(header: paper.founding.header, leaf: [], parts: paper.founding.parts),
        Entry(header: paper.founding.header, leaf: paper.founding.leaf, parts: []),
    ] {
        #expect(throws: RequestError.malformed) {
            try Invitation(
                founding: founding,
                enrolment: invitation.enrolment,
                log: invitation.log,
                inviter: invitation.inviter,
                endpoint: nil
            )
        }
    }
}

@Test func armorOutlivesMailPrograms() throws {
    var generator = SeededGenerator(seed: 1)
    for count in [0, 1, 47, 48, 49, 1000] {
        let content = generator.bytes(count)
        let text = Armor.wrap(content, label: "REQUEST")
        #expect(Armor.unwrap(text, label: "REQUEST") == content)
        #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 64 })
        let mailed = "> x\r\n" + text.split(separator: "\n").map { "  \($0)\t\r\n" }.joined()
        #expect(Armor.unwrap(mailed, label: "REQUEST") == content)
        #expect(Armor.unwrap(text, label: "INVITATION") == nil)
    }
}

@Test func damagedArmorIsNoBlock() throws {
    let text = Armor.wrap([UInt8](0...200), label: "REQUEST")
    let lines = text.split(separator: "\n")
    #expect(Armor.unwrap(lines.dropLast().joined(separator: "\n"), label: "REQUEST") == nil)
    #expect(Armor.unwrap(lines.dropFirst().joined(separator: "\n"), label: "REQUEST") == nil)
    #expect(Armor.unwrap(lines.reversed().joined(separator: "\n"), label: "REQUEST") == nil)
    #expect(Armor.unwrap(text.replacing("A", with: "!"), label: "REQUEST") == nil)
    let long = String(repeating: "x", count: Armor.textBytesMax) + "\n" + text
    #expect(Armor.unwrap(long, label: "REQUEST") == nil)
    #expect(throws: RequestError.noBlock) { try EnrolmentRequest(armored: "") }
    #expect(throws: RequestError.noBlock) { try Invitation(armored: text) }
}

@Test func aFingerprintIsTwelveGroupsOfFourDigits() {
    let one = textFingerprint(of: [1])
    let groups = one.split(separator: " ")
    #expect(groups.count == 12)
    #expect(groups.allSatisfy { $0.count == 4 && $0.allSatisfy(\.isNumber) })
    #expect(one == textFingerprint(of: [1]))
    #expect(Set((0..<200 as Range<UInt8>).map { textFingerprint(of: [$0]) }).count == 200)
}
