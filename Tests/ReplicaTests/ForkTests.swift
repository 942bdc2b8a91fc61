import Crypto
import Encoding
import Ledger
import Replica
import Replication
import Testing
import TransparencyLog

@Suite struct ForkTests {
    private let city: City
    private let log: Digest
    /// Two branches of the log of office 3, equal up to 20 entries.
    private let ours: MemoryStore
    private let theirs: MemoryStore

    init() throws {
        city = try City(4)
        log = city.log(3)
        ours = try city.store(3)
        theirs = try city.store(3)
        _ = try ours.write((0..<19).map { _ in report() })
        _ = try theirs.write((0..<19).map { _ in report() })
    }

    /// A machine that holds our branch, and its session with office 0.
    private func bench() throws -> Bench {
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 0, heads: [ours.head(log)])
        bench.serve(id, from: ours)
        #expect(bench.store.size(log) == ours.size(log))
        return bench
    }

    /// The other branch comes from office 1; evidence is kept once and nobody is closed.
    private func expectEvidence(size: UInt64, _ bench: Bench) throws -> ForkEvidence {
        let evidence = try #require(bench.evidence.first)
        #expect(bench.evidence.count == 1)
        #expect(bench.closed.isEmpty)
        #expect(evidence.log == log)
        #expect(evidence.size == size)
        #expect(evidence.theirs.note.bytes == theirs.head(log).note)
        let held = try SignedCheckpoint.verify(
            evidence.ours,
            logKey: city.offices[3].log.publicKey
        )
        #expect(bench.notices.contains(.fork(log: log, peer: city.log(1), size: size)))
        // Our signed tree and the other branch's have different roots at that size.
        #expect(held.checkpoint.size >= size)
        #expect(ours.root(log, size: size) != evidence.root)
        return evidence
    }

    /// Other logs still come from that peer, and the forked one from others.
    private func expectOthersGoOn(_ bench: Bench, _ hostile: SessionID) throws {
        let other = try city.store(1)
        bench.say(hostile, .heads(Heads(kind: .news, heads: [other.head(city.log(1))])))
        bench.serve(hostile, from: other)
        #expect(bench.store.size(city.log(1)) == 1)
        _ = try ours.write([report()])
        bench.say(SessionID(1), .heads(Heads(kind: .news, heads: [ours.head(log)])))
        bench.serve(SessionID(1), from: ours)
        #expect(bench.store.size(log) == ours.size(log))
        // Of the other history nothing is held while no entry says from where on it has no effect.
        _ = try theirs.write((0..<9).map { _ in report(7) })
        bench.say(hostile, .heads(Heads(kind: .news, heads: [theirs.head(log)])))
        bench.serve(hostile, from: theirs)
        #expect(bench.store.logs.values.allSatisfy { $0.branch == nil })
        #expect(bench.evidence.count <= 2)
        #expect(bench.closed.isEmpty)
        try expectBothHistories(bench, hostile)
    }

    /// The machine writes down where the histories part, and then holds both.
    private func expectBothHistories(_ bench: Bench, _ hostile: SessionID) throws {
        bench.polite = [SessionID(1), hostile]
        bench.pass(milliseconds: Limits.forkLateMilliseconds + 1_000)
        let proof = try #require(bench.written.first)
        let fork = try #require(proof.proven())
        #expect(fork.log == log)
        #expect(fork.size == 20)
        #expect(fork.root == ours.root(log, size: 20))
        #expect(bench.written.count == 1)
        bench.tell(.appended(try bench.store.write([.fork(roster: city.subject, proof)])))
        bench.tell(.rosterChanged(bench.store.roster))
        #expect(bench.store.roster.forks[log]?.size == 20)
        bench.pass(milliseconds: 1_000)
        bench.say(hostile, .heads(Heads(kind: .last, heads: [theirs.head(log)])))
        bench.serve(hostile, from: theirs)
        let branches = bench.store.logs.filter { $0.value.branch?.log == log }
        let branch = try #require(branches.first)
        #expect(branches.count == 1)
        #expect(branch.value.branch?.base == 20)
        #expect(bench.store.size(branch.key) == theirs.size(log))
        // It grows, as the other does.
        _ = try theirs.write((0..<40).map { _ in report(7) })
        bench.say(hostile, .heads(Heads(kind: .news, heads: [theirs.head(log)])))
        bench.serve(hostile, from: theirs)
        #expect(bench.store.size(branch.key) == theirs.size(log))
        // Whoever asks for either gets it.
        for store in [ours, theirs] {
            let head = store.head(log)
            let pull = Pull(
                log: log,
                first: 20,
                count: 1,
                target: head.size,
                targetRoot: head.root,
                root: nil
            )
            bench.say(hostile, .pull(pull))
            guard case .package(let package)? = bench.sent[hostile]?.last else {
                Issue.record("not served")
                return
            }
            #expect(package.entries.first == store.logs[log]?.entries[20])
        }
        #expect(bench.written.count == 1)
        #expect(!bench.closed.contains(hostile))
    }

    @Test func twoRootsForOneSizeAreEvidence() throws {
        _ = try ours.write([report(3)])
        _ = try theirs.write([report(5)])
        let bench = try bench()
        let hostile = bench.meet(2, as: 1, heads: [theirs.head(log)])
        let evidence = try expectEvidence(size: 21, bench)
        #expect(evidence.proof.isEmpty)
        try expectOthersGoOn(bench, hostile)
    }

    @Test func aShorterBranchIsFoundByComparingWithTheTree() throws {
        _ = try ours.write((0..<30).map { _ in report(3) })
        _ = try theirs.write([report(5)])
        let bench = try bench()
        let hostile = bench.meet(2, as: 1, heads: [theirs.head(log)])
        _ = try expectEvidence(size: 21, bench)
        try expectOthersGoOn(bench, hostile)
    }

    @Test func aLongerBranchIsProvenByThePeerThatServesIt() throws {
        _ = try ours.write([report(3)])
        _ = try theirs.write((0..<30).map { _ in report(5) })
        let bench = try bench()
        let hostile = bench.meet(2, as: 1, heads: [theirs.head(log)])
        bench.serve(hostile, from: theirs)
        let evidence = try expectEvidence(size: 21, bench)
        try verifyConsistency(
            from: evidence.size,
            root: evidence.root,
            to: evidence.theirs.checkpoint.size,
            root: evidence.theirs.checkpoint.root,
            proof: evidence.proof
        )
        try expectOthersGoOn(bench, hostile)
    }

    @Test func aShorterPrefixOfTheSameLogIsNoFork() throws {
        let bench = try bench()
        let prefix = try city.store(1)
        let entries = Array((ours.logs[log]?.entries ?? []).prefix(7))
        try prefix.adopt(entries, log: log, key: city.offices[3].log)
        _ = bench.meet(2, as: 1, heads: [prefix.head(log)])
        #expect(bench.evidence.isEmpty)
        #expect(bench.closed.isEmpty)
        #expect(bench.machine.isSettled)
    }

    @Test func aSmallerContradictionWithoutASignatureIsRefused() throws {
        let bench = try bench()
        let liar = try city.store(1)
        let entries = Array((theirs.logs[log]?.entries ?? []).prefix(5).reversed())
        try liar.adopt(entries, log: log, key: city.offices[3].log)
        var head = liar.head(log)
        let other = try city.store(3)
        let wrong = String(decoding: head.note, as: UTF8.self).split(separator: "\n\n")[0]
        let lines = String(decoding: other.head(log).note, as: UTF8.self).split(separator: "\n\n")
        head.note = Array("\(wrong)\n\n\(lines[1])".utf8)
        let id = bench.meet(2, as: 1, heads: [head])
        #expect(bench.bye(id) == .badPackage)
        #expect(bench.evidence.isEmpty)
    }

    @Test func aProofThatIsShownIsWrittenDownAndOneThatDoesNotHoldIsNone() throws {
        _ = try ours.write([report(3)])
        _ = try theirs.write([report(5)])
        let witness = try bench()
        let source = witness.meet(2, as: 1, heads: [theirs.head(log)])
        witness.serve(source, from: theirs)
        witness.polite = [SessionID(1), source]
        witness.pass(milliseconds: Limits.forkLateMilliseconds + 1_000)
        let proof = try #require(witness.written.first)
        // Somebody who can not write shows it to a node that has met neither history.
        let bench = try Bench(city, 2)
        let id = bench.meet(1, as: 1, heads: [])
        bench.say(id, .fork(proof))
        bench.say(id, .fork(proof))
        #expect(bench.kept == [proof])
        bench.polite = [id]
        bench.pass(milliseconds: Limits.forkLateMilliseconds + 1_000)
        #expect(bench.written == [proof])
        #expect(bench.closed.isEmpty)
        // Nobody's log is forked by a proof that was changed.
        let other = ForkProof(
            logKey: city.offices[1].log.publicKey,
            common: proof.common,
            proof.branches[0],
            proof.branches[1]
        )
        bench.say(id, .fork(other))
        #expect(bench.bye(id) == .badPackage)
        #expect(bench.kept.count == 1)
        bench.tell(.appended(try bench.store.write([.fork(roster: city.subject, other)])))
        #expect(bench.store.roster.forks.isEmpty)
    }

    @Test func aNodeThatMayNotWriteShowsTheProofInstead() throws {
        _ = try ours.write([report(3)])
        _ = try theirs.write([report(5)])
        let bench = try bench()
        bench.tell(.ownLogClosed(true))
        let hostile = bench.meet(2, as: 1, heads: [theirs.head(log)])
        bench.serve(hostile, from: theirs)
        let shown = (bench.sent[SessionID(1)] ?? []).compactMap { message -> ForkProof? in
            if case .fork(let proof) = message { proof } else { nil }
        }
        #expect(shown.count == 1 && shown[0].proven()?.size == 20)
        bench.polite = [SessionID(1), hostile]
        bench.pass(milliseconds: Limits.forkLateMilliseconds + 1_000)
        #expect(bench.written.isEmpty)
        // Also to who comes later.
        let late = bench.connect(3, as: 3)
        bench.say(late, .hello(bench.hello(3)))
        #expect((bench.sent[late] ?? []).contains(.fork(shown[0])))
    }

    // A restored backup: a peer holds more of the node's own log.
    @Test func aNodeBehindItsOwnLogStopsWritingAndPullsItBack() throws {
        let full = try city.store(2)
        _ = try full.write((0..<30).map { _ in report() })
        let own = city.log(2)
        let bench = try Bench(city, 2)
        let id = bench.connect(1, as: 0)
        var hello = bench.hello(0)
        hello.yourSize = 31
        hello.yourRoot = full.head(own).root
        bench.say(id, .hello(hello))
        // Nothing of the own log is sent while the peer is known to hold more of it.
        bench.say(
            id,
            .pull(Pull(log: own, first: 0, count: 1, target: 1, targetRoot: .zero, root: nil))
        )
        #expect(bench.sent[id]?.last == .gone(Gone(log: own, first: 0, reason: .notHeld)))
        bench.say(id, .heads(Heads(kind: .last, heads: [full.head(own)])))
        guard case .ownLogBehind(let checkpoint)? = bench.stops.first else {
            Issue.record("the node goes on writing")
            return
        }
        #expect(checkpoint.checkpoint.size == 31)
        #expect(bench.pulls(id).isEmpty)
        bench.tell(.ownLogClosed(true))
        bench.serve(id, from: full)
        #expect(bench.store.size(own) == 31)
        #expect(bench.machine.isSettled)
    }

    @Test func aNodeBesideItsOwnLogStopsWriting() throws {
        let other = try city.store(2)
        _ = try other.write([report(9)])
        let bench = try Bench(city, 2)
        bench.tell(.appended(try bench.store.write([report(8)])))
        let id = bench.meet(1, as: 0, heads: [other.head(city.log(2))])
        guard case .ownLogForked? = bench.stops.first else {
            Issue.record("the node goes on writing")
            return
        }
        #expect(bench.evidence.count == 1)
        #expect(!bench.closed.contains(id))
    }
}
