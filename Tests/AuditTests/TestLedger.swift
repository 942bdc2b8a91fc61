import Crypto
import Encoding
import Foundation
import Ledger
import Replication
import Storage
import Testing
import TransparencyLog

/// A city's home that holds three logs: its own, a long one of a street, and one of a street whose
/// grant has ended and that has a forged and a malformed entry.
final class TestLedger {
    let folder: String
    let city: TestNode
    let street: TestNode
    let former: TestNode

    /// Makes the home; the cut that ends the grant has another root if one is given.
    init(cutRoot: Digest? = nil) throws {
        folder = FileManager.default.temporaryDirectory.path + "/linli-audit-\(UUID().uuidString)"
        city = try TestNode("city", seed: 1, in: folder)
        street = try TestNode("street", seed: 2, in: folder)
        former = try TestNode("former", seed: 3, in: folder)
        try found()
        try fillStreet()
        try fillFormer()
        try fillCity(cutRoot)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var databasePath: String { city.directory + "/ledger.db" }
    var fencePath: String { city.directory + "/fence" }

    func verify(ownLog: Digest? = nil, of directory: String? = nil) -> VerifyReport {
        Store.verify(
            VerifyJob(
                databasePath: directory.map { $0 + "/ledger.db" } ?? databasePath,
                fencePath: directory == nil ? fencePath : nil,
                ownLog: ownLog ?? city.log,
                scratchDirectory: folder,
                threads: 2
            )
        )
    }

    static let streetScope = "330105013"
    static let formerScope = "330105014"

    private func found() throws {
        let recovery = Recovery(
            keys: [try SigningKey(seed: sha256([9])).publicKey],
            threshold: 1
        )
        let draft = EntryDraft.found(
            name: "city",
            scope: try #require(Scope("3301")),
            endpoint: nil,
            keys: city.keys,
            recovery: recovery
        )
        _ = try city.store.found(
            draft,
            keys: city.keys,
            author: city.serviceKey,
            time: TestNode.start
        ) { sha256([7]) }
        try enrol(street, Self.streetScope)
        try enrol(former, Self.formerScope)
    }

    /// Grants, hands over the city's log and opens the node's own.
    private func enrol(_ node: TestNode, _ code: String) throws {
        let roster = try #require(city.store.rosterSubject)
        let scope = try #require(Scope(code))
        let granted = try city.append([
            AppendItem(
                .grant(roster: roster, request: node.request(.street, scope), isConfirmed: true)
            )
        ])
        guard case .written(_, _, let enrolment) = granted.outcomes[0] else { return }
        try node.store.bind(
            Invitation(
                founding: try #require(try city.store.foundingEntry()),
                enrolment: enrolment,
                log: node.log,
                inviter: city.keys.tls,
                endpoint: nil
            )
        )
        try city.hand(city.log, signedBy: city.logKey, to: node)
        let open = EntryDraft.open(roster: roster, enrolment: enrolment, keys: node.keys)
        try node.append([AppendItem(open)])
    }

    private func fillStreet() throws {
        let scope = try #require(Scope(Self.streetScope))
        for index in 0..<6 {
            let opened = try street.append([
                AppendItem(CaseDrafts.report("第\(index)件事", in: scope))
            ])
            guard case .written(let subject, _, _) = opened.outcomes[0] else { return }
            try street.append([AppendItem(CaseDrafts.register(subject))])
            try street.append(
                (0..<50).map { AppendItem(CaseDrafts.note(subject, "备注 \($0)")) }
            )
        }
        try street.hand(street.log, signedBy: street.logKey, to: city)
    }

    /// The last two entries are one that its author did not sign and one that is no header.
    private func fillFormer() throws {
        let scope = try #require(Scope(Self.formerScope))
        try former.append([AppendItem(CaseDrafts.report("噪音", in: scope))])
        var entries = try former.store.entries(of: former.log, 0..<2)
        let context = EntryContext(
            ledger: try #require(city.store.identity?.ledger),
            place: Place(log: former.log, sequence: 2),
            time: TestNode.start,
            after: []
        )
        let sealed = try CaseDrafts.report("伪造", in: scope)
            .sealed(in: context, salts: [sha256([1])], author: former.serviceKey)
        var leaf = sealed.entry.leaf
        leaf[40] ^= 1
        entries.append(
            Entry(header: sealed.entry.header, leaf: leaf, parts: sealed.entry.parts)
        )
        let header: [UInt8] = [0xff]
        let good = try Leaf.sign(message: sha256(header), key: former.serviceKey)
        entries.append(Entry(header: header, leaf: good.bytes, parts: []))
        var range = CompactRange()
        let hasher = TreeHasher()
        for entry in entries { range.append(hasher.leafHash(entry.leaf), hasher: hasher) }
        let checkpoint = try SignedCheckpoint.sign(
            size: range.size,
            root: range.root(hasher: hasher),
            with: former.logKey
        )
        try city.take(
            Package(log: former.log, first: 0, entries: entries, proof: []),
            checkpoint
        )
    }

    private func fillCity(_ cutRoot: Digest?) throws {
        let roster = try #require(city.store.rosterSubject)
        let state = try #require(city.store.log(former.log))
        let grant = try #require(city.store.roster.member(log: former.log))
        let cut = LogPosition(log: former.log, size: state.size, root: cutRoot ?? state.root)
        let end = EntryDraft.end(
            roster: roster,
            grants: [grant.hash],
            cuts: [cut],
            reason: "合并"
        )
        let scope = try #require(Scope("3301"))
        try city.append([
            AppendItem(end),
            AppendItem(CaseDrafts.taken("101", in: scope), reference: sha256([5])),
        ])
        try city.store.keepBucketDigests()
        let own = try #require(city.store.log(city.log))
        try Fence(path: fencePath, log: city.log, isNew: true)
            .raise(to: Fence.Mark(size: own.size, root: own.root))
        try addEvidence(state)
    }

    private func addEvidence(_ state: LogState) throws {
        let notes = try [state.root, sha256([6])].map { root in
            try SignedCheckpoint.sign(size: state.size, root: root, with: former.logKey).note.bytes
        }
        let database = try Database.open(databasePath, .readWrite)
        try database.run(
            "INSERT INTO evidence (log, left_note, right_note, found_at) VALUES (?, ?, ?, 1)",
            [.blob(former.log.bytes), .blob(notes[0]), .blob(notes[1])]
        )
    }
}
