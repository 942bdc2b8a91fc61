import Crypto
import Encoding
import Ledger
import LedgerFixtures
import Replication
import Testing

@testable import Storage

/// Completeness, as nodes say of themselves that they live.
@Suite struct PresenceTests {
    private let north: Office
    private let desk: Desk
    private let start: UInt64 = 1_795_428_000_000

    init() throws {
        let city = try Office(1, .city, "3301")
        north = try Office(2, .street, "330105013")
        let south = try Office(3, .street, "330105014")
        var paper = try PaperLedger(city: city)
        for office in [north, south] { _ = try paper.enrol(office, by: city) }
        desk = try Desk.invited(south, to: paper)
        try desk.commit(paper, [city])
    }

    private func presence(at time: UInt64) throws -> SignedPresence {
        try SignedPresence(
            Presence(
                ledger: desk.store.roster.ledger,
                log: north.id,
                time: time,
                frontier: .zero,
                view: .zero,
                foldVersion: 1,
                unchecked: 0,
                notHeld: 0,
                missing: 0
            ),
            key: north.service
        )
    }

    /// Since when the northern street is missing at a time; nil if it was heard of.
    private func missing(at now: UInt64) throws -> UInt64?? {
        try desk.store.completeness(now: now).missing.first { $0.log == north.id }?.since
    }

    @Test func aNodeIsHeardOfByWhatItSaysWhoeverPassesItOn() throws {
        #expect(try missing(at: start) == .some(nil))
        try desk.store.keepPresences([try presence(at: start)], at: start + 5_000)
        #expect(try missing(at: start + 5_000) == nil)
        #expect(try missing(at: start + Completeness.window + 1) == start)
    }

    @Test func anOldOneThatComesLateIsOld() throws {
        let day: UInt64 = 86_400_000
        try desk.store.keepPresences([try presence(at: start - day)], at: start)
        #expect(try missing(at: start) == start - day)
    }

    @Test func oneFromTheFutureIsNoYoungerThanItsArrival() throws {
        try desk.store.keepPresences([try presence(at: start + 31_536_000_000)], at: start)
        #expect(try missing(at: start) == nil)
        #expect(try missing(at: start + Completeness.window + 1) == start)
        let again = try #require(try desk.store.presences().first)
        #expect(again.heardAt == start && again.presence.isSigned(by: [north.service.publicKey]))
    }
}
