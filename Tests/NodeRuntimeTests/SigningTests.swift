import Cases
import Crypto
import Encoding
import Foundation
import Ledger
import LedgerFixtures
import Storage
import TestSupport
import Testing

@testable import NodeRuntime

/// A city's keeper with a person who may report.
private struct Desk {
    let town: Town
    let keeper: Keeper
    let person: Person
    let grant: Digest

    init() throws {
        town = try Town()
        keeper = try Keeper(try town.founded())
        person = try Person("12")
        let draft = EntryDraft.staff(
            roster: try #require(keeper.store.rosterSubject),
            request: person.request,
            roles: [.windowClerk, .mediator],
            scope: try #require(Scope("3301")),
            isConfirmed: true
        )
        let written = try keeper.append([AppendItem(draft)]).appended.outcomes.first
        guard case .written(_, _, let hash)? = written else {
            throw FixtureError.notThere("a grant")
        }
        grant = hash
    }

    func signed(_ items: [AppendItem], by person: Person? = nil) throws -> SignedProposal {
        let person = person ?? self.person
        return try keeper.propose(items, author: person.key.publicKey)
            .signed(items, by: person.key)
    }

    var size: UInt64 { keeper.store.entryCount }
}

@Test func aProposalIsReadAsItWasWrittenAndChangesNothing() throws {
    let desk = try Desk()
    let items = [try report("一", in: "330105013"), try report("二", in: "330105013")]
    let signed = try desk.signed(items)
    #expect(desk.size == 2 && signed.leaves.count == 2 && signed.proposal.first == 2)
    let reply = ControlReply.proposed(signed.proposal)
    #expect(ControlReply(decoding: reply.encoded) == reply)
    #expect(ControlReply(decoding: ControlReply.moved.encoded) == .moved)
    for request in [
        ControlRequest.propose(items, author: desk.person.key.publicKey),
        .appendSigned(items, signed),
    ] {
        #expect(ControlRequest(decoding: request.encoded) == request)
        let bytes = request.encoded
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(ControlRequest(decoding: Array(bytes.prefix(count))) == nil)
        }
    }
    let outcomes = try desk.keeper.append(items, signed: signed).appended.outcomes
    #expect(outcomes.count == 2 && desk.size == 4)
    let entries = try desk.keeper.store.entries(of: desk.keeper.identity.log, 2..<4)
    #expect(entries.allSatisfy { $0.author == desk.person.key.publicKey.hash })
}

@Test func whatWasProposedIsWrittenOnceAndOnlyAsItWasSigned() throws {
    let desk = try Desk()
    let items = [try report("一", in: "330105013")]
    let others = [try report("二", in: "330105013")]
    let signed = try desk.signed(items)
    let author = desk.person.key.publicKey
    let proposal = signed.proposal
    // Other items under the same leaves; a leaf that was changed; none; another author's.
    #expect(throws: AppendError.notSigned(index: 0)) {
        try desk.keeper.append(others, signed: signed)
    }
    var leaf = signed.leaves[0]
    leaf[40] ^= 1
    for (leaves, error) in [
        ([leaf], AppendError.notSigned(index: 0)), ([], .moved),
        (signed.leaves + signed.leaves, .moved), ([[1, 2]], .notSigned(index: 0)),
    ] {
        let changed = SignedProposal(proposal: proposal, author: author, leaves: leaves)
        #expect(throws: error) { try desk.keeper.append(items, signed: changed) }
    }
    let stranger = try Person("13")
    let unknown = try desk.signed(items, by: stranger)
    #expect(throws: AppendError.refused(index: 0, .noRight(.noGrant))) {
        try desk.keeper.append(items, signed: unknown)
    }
    let claimed = SignedProposal(proposal: proposal, author: author, leaves: unknown.leaves)
    #expect(throws: AppendError.notSigned(index: 0)) {
        try desk.keeper.append(items, signed: claimed)
    }
    // A place or a head that is not what is known here.
    for (first, after) in [(UInt64(7), [Digest]()), (2, [sha256([1])])] {
        let places = proposal.places.map {
            EntryProposal.Place(index: $0.index, after: after, salts: $0.salts)
        }
        let other = EntryProposal(
            ledger: proposal.ledger,
            log: proposal.log,
            first: first,
            time: proposal.time,
            places: places
        )
        #expect(throws: AppendError.moved) {
            try desk.keeper.append(items, signed: other.signed(items, by: desk.person.key))
        }
    }
    #expect(desk.size == 2)
    _ = try desk.keeper.append(items, signed: signed)
    #expect(throws: AppendError.moved) { try desk.keeper.append(items, signed: signed) }
    #expect(desk.size == 3)
}

@Test func theEndOfAPersonsRightTakesTheCaseOutOfTheViewAndRatificationShows() throws {
    let desk = try Desk()
    let items = [try report("一", in: "330105013")]
    let outcome = try desk.keeper.append(items, signed: desk.signed(items)).appended.outcomes[0]
    guard case .written(let subject, let place, _) = outcome else {
        throw FixtureError.notThere("an entry")
    }
    let store = desk.keeper.store
    #expect(try store.count(CaseFilter()) == 1)
    let roster = try #require(store.rosterSubject)
    let root = try #require(try store.root(of: place.log, size: place.sequence))
    let cut = LogPosition(log: place.log, size: place.sequence, root: root)
    let end = EntryDraft.end(roster: roster, grants: [desk.grant], cuts: [cut], reason: "")
    _ = try desk.keeper.append([AppendItem(end)])
    #expect(try store.count(CaseFilter()) == 0)
    let contested = try store.contested()
    #expect(contested.map(\.sequence) == [place.sequence])
    #expect(contested.first?.subjects == [subject] && contested.first?.verdict == .contested)
    let position = LogPosition(
        log: place.log,
        size: place.sequence + 1,
        root: try #require(try store.root(of: place.log, size: place.sequence + 1))
    )
    let mark = EntryDraft.mark(
        roster: roster,
        isRatification: true,
        first: place.sequence,
        position: position,
        further: [subject],
        reason: ""
    )
    guard
        case .written(_, _, let hash)? =
            try desk.keeper.append([AppendItem(mark)]).appended.outcomes.first
    else { throw FixtureError.notThere("an entry") }
    let history = try store.folded(subject).history
    #expect(history.map(\.entry.sequence) == [place.sequence, place.sequence + 2])
    #expect(history.map(\.verdict) == [.ratified(by: hash), .effective])
    #expect(try store.count(CaseFilter()) == 1)
    #expect(history.last?.entry.header.after == [])
    let reopened = try Store(path: desk.keeper.home.databasePath, mode: .readOnly)
    #expect(reopened.roster.rights(log: place.log) == store.roster.rights(log: place.log))
}

@Test func aKeyFileIsReadWithItsPassphraseAndNeverAskedForOneInVain() throws {
    let directory = try TemporaryDirectory()
    let key = try SigningKey(seed: sha256([1]))
    let secret = Array("secret".utf8)
    let plain = directory.file("plain.pem")
    let locked = directory.file("locked.pem")
    let garbage = directory.file("garbage.pem")
    try KeyFile.create(plain, key.pem())
    try KeyFile.create(locked, key.pem(passphrase: secret, random: sha256([2])))
    try KeyFile.create(garbage, "-----BEGIN PRIVATE KEY-----\nAAAA\n")
    var asked = 0
    func read(_ path: String, _ passphrase: [UInt8]) throws -> SigningKey {
        try KeyFile.signingKey(path) {
            asked += 1
            return passphrase
        }
    }
    #expect(try read(plain, []).publicKey == key.publicKey && asked == 0)
    #expect(try read(locked, secret).publicKey == key.publicKey && asked == 1)
    #expect(throws: HomeError.wrongPassphrase(locked)) { try read(locked, [1]) }
    #expect(throws: HomeError.unreadableKey(garbage)) { try read(garbage, secret) }
    #expect(asked == 2)
}
