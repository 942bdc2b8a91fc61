import Audit
import Crypto
import Encoding
import Ledger
import NodeRuntime
import Storage
import Testing
import TransparencyLog

/// What an auditor finds in a store, beside what a log's tree shows.
@Suite struct AuditFindingTests {
    private let ledger: TestLedger
    private let now = TestNode.start + 86_400_000

    init() throws { ledger = try TestLedger() }

    private func visit(_ memory: AuditMemory?, maxAge: UInt64? = nil) throws -> AuditVisit {
        let store = ledger.city.store
        let identity = try #require(store.identity)
        let own = try #require(store.log(ledger.city.log))
        return try AuditVisit(
            store,
            own: .sign(size: own.size, root: own.root, with: ledger.city.logKey),
            memory: memory ?? AuditMemory(ledger: identity.ledger),
            now: now,
            maxAge: maxAge
        )
    }

    private func found(
        _ code: AuditFinding.Code,
        in log: Digest,
        _ visit: AuditVisit
    ) -> AuditFinding? {
        visit.findings.kept.first { $0.code == code && $0.log == log }
    }

    @Test func whatClaimsToBeOlderThanItCanBeIsFound() throws {
        let street = ledger.street
        let first = try visit(nil)
        #expect(found(.clock, in: street.log, first) == nil)
        let size = try #require(street.store.log(street.log)?.size)
        #expect(first.memory[street.log]?.seen.checkpoint.size == size)
        // A mediation of yesterday, put in after the auditor has left.
        let scope = try #require(Scope(TestLedger.streetScope))
        _ = try street.store.append(
            [AppendItem(CaseDrafts.report("昨日调解", in: scope))],
            author: street.serviceKey,
            time: TestNode.start - 86_400_000
        ) { sha256([77]) }
        try street.hand(street.log, signedBy: street.logKey, to: ledger.city)
        let second = try visit(first.memory)
        let clock = try #require(found(.clock, in: street.log, second))
        let late = try #require(found(.late, in: street.log, second))
        #expect(clock.sequence == size && late.sequence == size && late.since == now)
        #expect(clock.gravity == .warning && late.gravity == .warning)
        #expect(second.grownBy == 1 && second.forks.isEmpty)
        // What stood there on the last visit is not late on the next.
        let third = try visit(second.memory)
        #expect(found(.late, in: street.log, third) == nil)
    }

    @Test func aLogThatIsGoneOrNeverHeardOfIsFound() throws {
        let stranger = try SigningKey(seed: sha256([99]))
        let seen = SeenCheckpoint(
            try .sign(size: 3, root: sha256([3]), with: stranger)
        )
        var memory = AuditMemory(ledger: try #require(ledger.city.store.identity).ledger)
        let isKept = memory.remember(seen, at: 5)
        let smaller = SeenCheckpoint(try .sign(size: 2, root: sha256([2]), with: stranger))
        let isLower = memory.remember(smaller, at: 6)
        #expect(isKept && isLower && memory[seen.log]?.seen == seen)
        let visit = try visit(memory)
        let gone = try #require(found(.logGone, in: seen.log, visit))
        #expect(gone.gravity == .alarm && gone.since == 5)
        #expect(visit.memory[seen.log]?.seen == seen && visit.completeAsOf == nil)
        let silent = try #require(found(.neverHeard, in: ledger.street.log, visit))
        #expect(silent.gravity == .warning)
    }
}
