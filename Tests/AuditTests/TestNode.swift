import Crypto
import Encoding
import Foundation
import Ledger
import Replication
import Storage
import TransparencyLog

/// A node with keys from a seed and a store in a directory of its own.
struct TestNode {
    let name: String
    let logKey: SigningKey
    let serviceKey: SigningKey
    let keys: NodeKeys
    let store: Store
    let directory: String

    static let start: UInt64 = 1_795_413_600_000

    init(_ name: String, seed: UInt8, in folder: String) throws {
        func key(_ index: UInt8) throws -> SigningKey {
            try SigningKey(seed: sha256([seed, index]))
        }
        self.name = name
        logKey = try key(0)
        serviceKey = try key(1)
        keys = NodeKeys(
            log: logKey.publicKey,
            service: serviceKey.publicKey,
            witness: try key(2).publicKey,
            seal: try SealKey(seed: sha256([seed, 3])).publicKey,
            tls: try key(4).publicKey,
            successor: try key(5).publicKey.hash
        )
        directory = folder + "/" + name
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: true
        )
        store = try Store(path: directory + "/ledger.db", mode: .readWrite)
    }

    var log: Digest { keys.log.hash }

    /// What it asks for when it enrols.
    func request(_ level: Level, _ scope: Scope) -> EnrolmentRequest {
        EnrolmentRequest(name: name, level: level, scope: scope, endpoint: nil, keys: keys)
    }

    /// Appends entries to its own log.
    @discardableResult
    func append(_ items: [AppendItem]) throws -> AppendedEntries {
        var counter = store.log(log)?.size ?? 0
        return try store.append(items, author: serviceKey, time: Self.start + counter) {
            counter += 1
            return sha256(log.bytes + bigEndianBytes(counter))
        }
    }

    /// Hands what it holds of a log to another node, in packages of at most 256.
    func hand(_ log: Digest, signedBy key: SigningKey, to other: TestNode) throws {
        guard let state = store.log(log) else { return }
        let checkpoint = try SignedCheckpoint.sign(
            size: state.size,
            root: state.root,
            with: key
        )
        while true {
            let first = other.store.log(log)?.size ?? 0
            guard first < state.size else { return }
            let end = min(first + 256, state.size)
            let package = Package(
                log: log,
                first: first,
                entries: try store.entries(of: log, first..<end),
                proof: try store.consistency(of: log, from: end, to: state.size)
            )
            try other.take(package, checkpoint)
        }
    }

    /// Verifies and commits a package.
    func take(_ package: Package, _ checkpoint: SignedCheckpoint) throws {
        let verifier = PackageVerifier(ledger: store.identity?.ledger ?? .zero)
        let verified = try verifier.verify(
            package,
            after: store.log(package.log)?.range ?? CompactRange(),
            checkpoint: checkpoint,
            roster: store.roster,
            checksSignatures: true
        )
        _ = try store.commit([verified])
    }
}

/// Entries of cases, written without the table of operations.
enum CaseDrafts {
    static func report(_ summary: String, in scope: Scope) -> EntryDraft {
        EntryDraft(
            operation: "case.report",
            subject: .opened,
            fields: [CBORPair(0, .array([.unsigned(36)]))],
            parts: [CBORValue.map([CBORPair(36, .text(summary))]).encoded],
            scope: scope
        )
    }

    static func register(_ subject: SubjectID) -> EntryDraft {
        EntryDraft(
            operation: "case.register",
            subject: .existing(subject),
            fields: [CBORPair(0, .array([.unsigned(49)]))],
            parts: [CBORValue.map([CBORPair(49, .text("0201"))]).encoded]
        )
    }

    static func note(_ subject: SubjectID, _ text: String) -> EntryDraft {
        EntryDraft(
            operation: "case.note",
            subject: .existing(subject),
            fields: [CBORPair(0, .array([.unsigned(112)]))],
            parts: [CBORValue.map([CBORPair(112, .text(text))]).encoded]
        )
    }

    static func taken(_ id: String, in scope: Scope) -> EntryDraft {
        EntryDraft(
            operation: "case.import",
            subject: .opened,
            fields: [
                CBORPair(0, .array([.unsigned(212)])),
                CBORPair(2, .unsigned(TestNode.start)),
                CBORPair(208, .text("boston-311")), CBORPair(210, .text("open")),
            ],
            parts: [CBORValue.map([CBORPair(212, .text(id))]).encoded],
            scope: scope
        )
    }
}
