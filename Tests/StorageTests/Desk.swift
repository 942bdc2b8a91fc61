import Cases
import Crypto
import Encoding
import Ledger
import LedgerFixtures
import Replication
import TestSupport
import Testing
import TransparencyLog

@testable import Storage

/// A store in a directory of its own, and what its node signs with.
final class Desk {
    let office: Office
    private let directory: TemporaryDirectory
    private(set) var store: Store
    private var salts = SeededGenerator(seed: 7)
    var time: UInt64 = 1_795_428_000_000

    /// An empty store.
    init(_ office: Office) throws {
        self.office = office
        directory = try TemporaryDirectory()
        store = try Store(path: directory.file("ledger.db"), mode: .readWrite)
    }

    /// The store of a founder.
    static func founding(_ office: Office) throws -> Desk {
        let desk = try Desk(office)
        _ = try desk.store.found(
            office.founding(),
            keys: office.keys,
            author: office.service,
            time: desk.time,
            salt: { desk.salt() }
        )
        return desk
    }

    /// The store of a node that was invited and holds nothing yet.
    static func invited(_ office: Office, to paper: PaperLedger) throws -> Desk {
        let desk = try Desk(office)
        let invitation = try Invitation(
            founding: paper.founding,
            enrolment: .zero,
            log: office.id,
            inviter: paper.city.tls.publicKey,
            endpoint: nil
        )
        try desk.store.bind(invitation)
        return desk
    }

    var path: String { directory.file("ledger.db") }

    func reopen() throws { store = try Store(path: path, mode: .readWrite) }

    func salt() -> Bytes32 { Bytes32(salts.bytes(32), at: 0) }

    @discardableResult
    func append(_ items: [AppendItem]) throws -> AppendedEntries {
        time += 1000
        return try store.append(
            items,
            author: office.service,
            time: time,
            salt: { [self] in salt() }
        )
    }

    @discardableResult
    func append(_ drafts: EntryDraft...) throws -> AppendedEntries {
        try append(drafts.map { AppendItem($0) })
    }

    /// Commits what is on paper of these logs beyond what is held, so many entries a package.
    func commit(
        _ paper: PaperLedger,
        _ offices: [Office],
        by width: Int = 256,
        checksSignatures: Bool = true
    ) throws {
        for office in offices {
            var rest = paper.logs[office.id, default: []]
                .dropFirst(Int(store.log(office.id)?.size ?? 0))
            while !rest.isEmpty {
                let package = try package(
                    Array(rest.prefix(width)),
                    of: office,
                    ledger: paper.ledger,
                    checksSignatures: checksSignatures
                )
                rest = rest.dropFirst(width)
                _ = try store.commit([package])
            }
        }
    }

    /// Entries that follow on what is held, checked.
    func package(
        _ entries: [Entry],
        of office: Office,
        ledger: Digest,
        after range: CompactRange? = nil,
        checksSignatures: Bool = true
    ) throws -> VerifiedPackage {
        let before = range ?? store.log(office.id)?.range ?? CompactRange()
        var after = before
        let hasher = TreeHasher()
        for entry in entries {
            after.append(hasher.leafHash(entry.leaf), hasher: hasher) { _, _, _ in }
        }
        return try PackageVerifier(ledger: ledger).verify(
            Package(log: office.id, first: before.size, entries: entries, proof: []),
            after: before,
            checkpoint: .sign(
                size: after.size,
                root: after.root(hasher: hasher),
                with: office.log
            ),
            roster: store.roster,
            checksSignatures: checksSignatures
        )
    }

    /// Checks what was left unchecked, as the node does in the background.
    func checkSignatures() throws {
        while let chunk = try store.uncheckedEntries(max: 100) {
            let forged = chunk.entries.indices.filter { index in
                guard let leaf = Leaf(chunk.entries[index].leaf),
                    let key = store.roster.authorKey(leaf.keyHash)
                else { return false }
                return !leaf.verifies(message: chunk.entries[index].hash, key: key)
            }
            try store.markChecked(chunk, forged: forged.map { chunk.first + UInt64($0) })
        }
    }

    /// Everything a node shows of what it holds, to be compared as one.
    func picture() throws -> Picture {
        Picture(
            logs: store.logs,
            grants: store.roster.grants,
            frontier: store.frontier,
            view: try store.viewDigest(),
            rows: try store.cases(CaseFilter()).map(\.row),
            unchecked: store.uncheckedCount
        )
    }
}

struct Picture: Equatable {
    let logs: [LogState]
    let grants: [Grant]
    let frontier: Digest
    let view: Digest
    let rows: [CaseRow]
    let unchecked: UInt64
}

/// A draft of a case operation.
func draft(
    _ operation: CaseOperation,
    _ subject: SubjectID? = nil,
    _ values: [CaseField: String] = [:],
    in scope: Scope? = nil
) throws -> EntryDraft {
    var draft = CaseDraft(operation)
    for (field, value) in values { try draft.set(field, value) }
    let content = try draft.compiled()
    return EntryDraft(
        operation: operation.name,
        subject: subject.map(EntryDraft.Subject.existing) ?? .opened,
        fields: content.fields,
        parts: content.parts,
        scope: operation.opens ? scope : nil
    )
}

func report(_ summary: String, in scope: Scope) throws -> EntryDraft {
    try draft(.report, nil, [.summary: summary], in: scope)
}

func note(_ text: String, about subject: SubjectID) throws -> EntryDraft {
    try draft(.note, subject, [.text: text])
}

extension AppendedEntries {
    /// The subject of the first item that was written.
    var subject: SubjectID {
        get throws {
            guard case .written(let subject, _, _)? = outcomes.first else {
                throw FixtureError.notThere("a written item")
            }
            return subject
        }
    }
}
