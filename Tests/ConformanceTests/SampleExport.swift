import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Storage
import TransparencyLog

/// A city's log of seven entries, exported through the product from fixed seeds.
enum SampleExport {
    static let directory = VectorFile.directory.appending(path: "export/city").path

    static let names = [
        "README.txt", "authors", "checkpoint", "headers", "leaves", "parts", "vkey",
    ]

    /// Writes the export into a new directory below `folder`.
    static func write(below folder: String) throws -> String {
        let store = try Store(path: folder + "/ledger.db", mode: .readWrite)
        let keys = try RosterWorld.keys("city")
        let service = try CheckpointVectors.key("city/service")
        let scope = Scope("3301") ?? .anywhere
        var counter: UInt64 = 0
        func salt() -> Bytes32 {
            counter += 1
            return sha256(bigEndianBytes(counter))
        }
        let founding = EntryDraft.found(
            name: "杭州市",
            scope: scope,
            endpoint: nil,
            keys: keys,
            recovery: Recovery(
                keys: [try CheckpointVectors.key("recovery").publicKey],
                threshold: 1
            )
        )
        let start: UInt64 = 1_795_413_600_000
        _ = try store.found(founding, keys: keys, author: service, time: start, salt: salt)
        let roster = SubjectID(openedIn: keys.log.hash, at: 0)
        let request = EnrolmentRequest(
            name: "上城区",
            level: .district,
            scope: Scope("330102") ?? .anywhere,
            endpoint: nil,
            keys: try RosterWorld.keys("district")
        )
        let grant = EntryDraft.grant(roster: roster, request: request, isConfirmed: true)
        _ = try store.append([AppendItem(grant)], author: service, time: start + 1, salt: salt)
        let person = try RosterWorld.person("12")
        let staff = EntryDraft.staff(
            roster: roster,
            request: StaffRequest(number: "12", key: person.publicKey),
            roles: [.mediator],
            scope: scope,
            isConfirmed: true
        )
        _ = try store.append([AppendItem(staff)], author: service, time: start + 1, salt: salt)
        for name in ["楼上漏水", "噪音"] {
            let report = EntryDraft(
                operation: "case.report",
                subject: .opened,
                fields: [CBORPair(0, .array([.unsigned(36)]))],
                parts: [CBORValue.map([CBORPair(36, .text(name))]).encoded],
                scope: scope
            )
            let written = try store.append(
                [AppendItem(report)],
                author: service,
                time: start + 2,
                salt: salt
            )
            guard case .written(let subject, _, _) = written.outcomes[0] else { continue }
            let note = EntryDraft(
                operation: "case.note",
                subject: .existing(subject),
                fields: [CBORPair(0, .array([.unsigned(112)]))],
                parts: [CBORValue.map([CBORPair(112, .text("已联系"))]).encoded]
            )
            _ = try store.append([AppendItem(note)], author: person, time: start + 3, salt: salt)
        }
        guard let state = store.log(keys.log.hash) else { return "" }
        let checkpoint = try SignedCheckpoint.sign(
            size: state.size,
            root: state.root,
            with: CheckpointVectors.key("city/log")
        )
        let target = folder + "/export"
        _ = try exportLog(
            store,
            log: keys.log.hash,
            ownCheckpoint: checkpoint,
            to: target
        )
        return target
    }

    /// An export that is signed through and through, of headers that the product would not write.
    static func write(_ headers: [[UInt8]], to directory: String) throws {
        let logKey = try CheckpointVectors.key("city/log")
        let service = try CheckpointVectors.key("city/service")
        let leaves = try headers.map { try Leaf.sign(message: sha256($0), key: service).bytes }
        let hasher = TreeHasher()
        var range = CompactRange()
        for leaf in leaves { range.append(hasher.leafHash(leaf), hasher: hasher) }
        let checkpoint = try SignedCheckpoint.sign(
            size: range.size,
            root: range.root(hasher: hasher),
            with: logKey
        )
        let files: [(String, [UInt8])] = [
            ("checkpoint", checkpoint.note.bytes),
            ("vkey", Array((VerifierKey(log: logKey.publicKey).text + "\n").utf8)),
            ("leaves", leaves.flatMap { $0 }),
            ("headers", headers.flatMap { bigEndianBytes(UInt64($0.count))[4...] + $0 }),
            ("parts", []),
        ]
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: false
        )
        for (name, bytes) in files {
            try Data(bytes).write(to: URL(filePath: "\(directory)/\(name)"))
        }
    }
}
