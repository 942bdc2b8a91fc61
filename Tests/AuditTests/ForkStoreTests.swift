import Audit
import Cases
import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Replication
import Storage
import Testing
import TransparencyLog

/// Two nodes that met the two histories of a log in different order.
@Suite struct ForkStoreTests {
    /// Beyond 256 leaves, so that tiles are shared and parted.
    private static let common = 300
    private static let lengths = (left: 700, right: 530)

    private let ledger: TestLedger
    private let left: TestNode
    private let right: TestNode
    private let one: TestNode
    private let other: TestNode
    private let log: Digest

    init() throws {
        ledger = try TestLedger()
        left = ledger.street
        log = left.log
        right = try TestNode("right", seed: 2, in: ledger.folder + "/copies")
        one = try TestNode("one", seed: 11, in: ledger.folder)
        other = try TestNode("other", seed: 12, in: ledger.folder)
        let city = ledger.city
        for node in [right, one, other] {
            try node.store.bind(
                Invitation(
                    founding: try #require(try city.store.foundingEntry()),
                    enrolment: sha256([1]),
                    log: node.log,
                    inviter: city.keys.tls,
                    endpoint: nil
                )
            )
            try city.hand(city.log, signedBy: city.logKey, to: node)
        }
        try part()
    }

    /// Both copies have 300 entries; each goes on by itself.
    private func part() throws {
        let entries = try left.store.entries(of: log, 0..<UInt64(Self.common))
        try take(entries, at: right, range: CompactRange(), branch: nil)
        let scope = try #require(Scope(TestLedger.streetScope))
        for (node, length) in [(left, Self.lengths.left), (right, Self.lengths.right)] {
            let count = length - Int(node.store.log(log)?.size ?? 0)
            let text = node.directory.hasSuffix("right") ? "右" : "左"
            try node.append(
                (0..<count).map { AppendItem(CaseDrafts.report("\(text)\($0)", in: scope)) }
            )
        }
        try left.hand(log, signedBy: left.logKey, to: one)
        try right.hand(log, signedBy: left.logKey, to: other)
    }

    /// Commits entries in packages, as of a further history if a place is given.
    private func take(
        _ entries: [Entry],
        at node: TestNode,
        range: CompactRange,
        branch: BranchPlace?
    ) throws {
        let verifier = PackageVerifier(ledger: try #require(node.store.identity?.ledger))
        var range = range
        for start in stride(from: 0, to: entries.count, by: 200) {
            let part = Array(entries[start..<min(start + 200, entries.count)])
            let after = verifier.extended(range, by: part)
            var package = try verifier.verify(
                Package(log: log, first: range.size, entries: part, proof: []),
                after: range,
                checkpoint: .sign(
                    size: after.size,
                    root: verifier.root(of: after),
                    with: left.logKey
                ),
                roster: node.store.roster,
                checksSignatures: true
            )
            package.branch = branch
            _ = try node.store.commit([package])
            range = after
        }
    }

    /// The proof that a node can make which holds one history and met the other.
    private func proof() throws -> ForkProof {
        let size = UInt64(Self.common)
        func branch(_ node: TestNode) throws -> ForkProof.Branch {
            let state = try #require(node.store.log(log))
            let leaf = try #require(try node.store.entries(of: log, size..<size + 1).first?.leaf)
            return ForkProof.Branch(
                leaf: TreeHasher().leafHash(leaf),
                note: try SignedCheckpoint.sign(
                    size: state.size,
                    root: state.root,
                    with: left.logKey
                ).note.bytes,
                proof: try node.store.consistency(of: log, from: size + 1, to: state.size)
            )
        }
        return ForkProof(
            logKey: left.logKey.publicKey,
            common: try #require(try left.store.tree(of: log, size: size)),
            try branch(left),
            try branch(right)
        )
    }

    private func hold(_ source: TestNode, at node: TestNode) throws -> Digest {
        let size = UInt64(Self.common)
        let range = try #require(try node.store.tree(of: log, size: size))
        let state = try #require(source.store.log(log))
        let entries = try source.store.entries(of: log, size..<state.size)
        let place = BranchPlace(
            log: log,
            parent: log,
            base: size,
            root: range.root(hasher: TreeHasher()),
            leaf: TreeHasher().leafHash(entries[0].leaf)
        )
        try take(entries, at: node, range: range, branch: place)
        return place.key
    }

    @Test func bothHoldAndSeeTheSameAndEveryProofIsThatOfItsTree() throws {
        let city = ledger.city
        let proof = try proof()
        let fork = try #require(proof.proven())
        #expect(fork.size == UInt64(Self.common))
        let roster = try #require(city.store.rosterSubject)
        try city.append([AppendItem(.fork(roster: roster, proof))])
        for node in [one, other] { try city.hand(city.log, signedBy: city.logKey, to: node) }
        #expect(one.store.frontier != other.store.frontier)
        let keys = (try hold(right, at: one), try hold(left, at: other))
        #expect(one.store.frontier == other.store.frontier)
        #expect(try one.store.viewDigest() == other.store.viewDigest())
        for (node, key, source) in [(one, keys.0, right), (other, keys.1, left)] {
            let size = try #require(source.store.log(log)?.size)
            #expect(node.store.log(key)?.size == size)
            for first in stride(from: UInt64(1), through: size, by: 37) + [255, 256, 257, 300, 512]
            {
                #expect(
                    try node.store.root(of: key, size: first)
                        == source.store.root(of: log, size: first)
                )
                #expect(
                    try node.store.consistency(of: key, from: first, to: size)
                        == source.store.consistency(of: log, from: first, to: size)
                )
            }
            #expect(
                try node.store.entries(of: key, 290..<310)
                    == source.store.entries(of: log, 290..<310)
            )
            #expect(
                try node.store.history(
                    of: log,
                    at: size,
                    root: #require(source.store.log(log)?.root)
                ) == key
            )
            #expect(try node.store.contested().count == Self.lengths.0 + Self.lengths.1 - 600)
            let report = ledger.verify(ownLog: node.log, of: node.directory)
            #expect(report.verdict == .good, "\(report.reason ?? "") \(report.findings.prefix(9))")
            #expect(report.forkedLogs == [log] && report.openForks.isEmpty)
        }
        // An auditor sees that one key wrote both, and that nobody has settled it.
        let visit = try AuditVisit(
            one.store,
            own: nil,
            memory: AuditMemory(ledger: try #require(one.store.identity).ledger),
            now: TestNode.start,
            maxAge: nil
        )
        let alarms = visit.findings.kept.filter { $0.gravity == .alarm }
        #expect(alarms.map(\.code) == [.forked, .equivocation])
        #expect(alarms.allSatisfy { $0.log == log && $0.sequence == UInt64(Self.common) })
        // What is read again from the disk is the same, and a branch that is changed is found.
        let again = try Store(path: one.directory + "/ledger.db", mode: .readOnly)
        #expect(again.frontier == one.store.frontier)
        #expect(try again.viewDigest() == one.store.viewDigest())
        let vandal = try Vandal(one.directory + "/ledger.db")
        try vandal.database.run("UPDATE branch SET base = base - 1")
        #expect(ledger.verify(ownLog: one.log, of: one.directory).verdict == .bad)
    }

    @Test(arguments: [true, false])
    func ratifyingOneHistoryGivesItsEntriesEffectAndNoOthers(isLeft: Bool) throws {
        let source = isLeft ? left : right
        let city = ledger.city
        let roster = try #require(city.store.rosterSubject)
        try city.append([AppendItem(.fork(roster: roster, try proof()))])
        for node in [one, other] { try city.hand(city.log, signedBy: city.logKey, to: node) }
        _ = try (hold(right, at: one), hold(left, at: other))
        try left.hand(log, signedBy: left.logKey, to: city)
        _ = try hold(right, at: city)
        let entries = try source.store.entries(of: log, 313..<315)
        let subject = SubjectID(openedIn: log, at: 314)
        let mark = EntryDraft.mark(
            roster: roster,
            isRatification: true,
            first: 313,
            position: LogPosition(
                log: log,
                size: 315,
                root: try #require(try source.store.root(of: log, size: 315))
            ),
            hashes: entries.map { sha256($0.header) },
            further: [subject],
            reason: "复核"
        )
        try city.append([AppendItem(mark)])
        for node in [one, other] {
            try city.hand(city.log, signedBy: city.logKey, to: node)
            let history = try node.store.folded(subject).history
            let inEffect = history.filter(\.verdict.isInEffect).map(\.entry.hash)
            #expect(inEffect.contains(sha256(entries[1].header)), "\(history.map(\.verdict))")
            // The other copy opened a subject of the same name at the same place.
            #expect(history.contains { $0.entry.log == log && !inEffect.contains($0.entry.hash) })
        }
        #expect(one.store.frontier == other.store.frontier)
        #expect(try one.store.viewDigest() == other.store.viewDigest())
    }
}
