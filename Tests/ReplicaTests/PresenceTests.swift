import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing

/// What nodes say of themselves, and what of it is taken.
@Suite struct PresenceTests {
    private let city: City
    private let bench: Bench
    private let id: SessionID
    private let other: SessionID

    init() throws {
        city = try City(4)
        bench = try Bench(city, 2)
        id = bench.meet(1, as: 1, heads: [])
        other = bench.meet(2, as: 0, heads: [])
    }

    private func presence(
        of number: Int,
        at time: UInt64,
        signedBy signer: Int? = nil
    ) throws -> SignedPresence {
        try SignedPresence(
            Presence(
                ledger: city.ledger,
                log: city.log(number),
                time: time,
                frontier: sha256([1]),
                view: .zero,
                foldVersion: 1,
                unchecked: 0,
                notHeld: 0,
                missing: 0
            ),
            key: city.offices[signer ?? number].service
        )
    }

    private var relayed: [SignedPresence] {
        (bench.sent[other] ?? []).flatMap { message -> [SignedPresence] in
            if case .presence(let presences) = message { presences } else { [] }
        }
    }

    @Test func theNewestIsKeptAndPassedOn() throws {
        let first = try presence(of: 3, at: Bench.wall)
        let second = try presence(of: 3, at: Bench.wall + 1)
        bench.say(id, .presence([first]))
        bench.pass(milliseconds: 1_250)
        bench.say(id, .presence([second]))
        bench.pass(milliseconds: 1_250)
        // A replay of the old one says nothing.
        bench.say(id, .presence([first]))
        bench.pass(milliseconds: 1_250)
        #expect(bench.presencesKept == [first, second])
        #expect(relayed == [first, second])
    }

    @Test func whatIsNotSignedByItsNodeIsPassedOver() throws {
        bench.say(id, .presence([try presence(of: 3, at: Bench.wall, signedBy: 1)]))
        bench.say(id, .presence([SignedPresence(statement: [0x80], signature: [])]))
        #expect(bench.presencesKept.isEmpty)
        #expect(bench.bye(id) == nil)
    }

    @Test func oneFromTheFutureGivesWayToOneThatIsNot() throws {
        let far = try presence(of: 3, at: Bench.wall + 86_400_000)
        let farther = try presence(of: 3, at: Bench.wall + 2 * 86_400_000)
        let now = try presence(of: 3, at: Bench.wall)
        bench.say(id, .presence([far]))
        bench.say(id, .presence([farther]))
        bench.say(id, .presence([now]))
        bench.say(id, .presence([farther]))
        #expect(bench.presencesKept == [far, farther, now])
    }

    @Test func aFloodEndsItsSession() throws {
        let one = try presence(of: 3, at: Bench.wall)
        let many = [SignedPresence](repeating: one, count: Limits.presences)
        for _ in 0...Limits.presencesReceived / Limits.presences {
            bench.say(id, .presence(many))
        }
        #expect(bench.bye(id) == .limit)
    }
}
