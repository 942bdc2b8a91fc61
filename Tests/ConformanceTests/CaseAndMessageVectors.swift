import Cases
import Crypto
import Encoding
import Ledger
import Replication

/// Messages of replication as they stand on the wire.
enum ReplicationVectors {
    static var all: [VectorFile] {
        let log = sha256([1])
        let messages: [(String, Message)] = [
            (
                "hello",
                .hello(
                    Hello(
                        ledger: sha256([0]),
                        log: log,
                        instance: 7,
                        wall: 1_795_000_000_000,
                        frontier: sha256([2]),
                        view: .zero,
                        foldVersion: SubjectFold.version,
                        yourSize: 3,
                        yourRoot: sha256([3])
                    )
                )
            ),
            ("bye", .bye(.stalled)), ("ping", .ping(.max)), ("pong", .pong(0)),
            (
                "summary",
                .summary(
                    Summary(
                        isAnswer: false,
                        districts: [DistrictDigest(code: "330105", digest: sha256([4]))]
                    )
                )
            ),
            ("heads", .heads(Heads(kind: .last, heads: []))),
        ]
        let good = messages.map { name, message in
            VectorFile("replication/message_\(name)", what: "a \(name)", expect: "good")
                .with("frame", message.encoded)
        }
        let ping = Message.ping(1).encoded
        let bad: [(String, [UInt8])] = [
            ("empty", []), ("cut", Array(ping.dropLast())), ("longer", ping + [0]),
            ("unknown_type", [0x81, 0x18, 0x63]), ("no_array", [0x01]),
        ]
        return good
            + bad.map { name, frame in
                VectorFile("replication/message_bad_\(name)", what: name, expect: "bad")
                    .with("frame", frame)
            }
    }

    static func isGood(_ file: VectorFile) throws -> Bool {
        let frame = try file.bytes("frame")
        guard let message = try? Message(decoding: frame) else { return false }
        return message.encoded == frame
    }
}

/// Entries about one case, and the view that they come to in any order.
enum CaseVectors {
    static func all() throws -> [VectorFile] {
        let (here, there) = (sha256([10]), sha256([11]))
        let report = try entry(.report, here, 0, [(.channel, "01"), (.summary, "纠纷")], after: [])
        let register = try entry(
            .register,
            here,
            1,
            [(.name, "甲"), (.category, "0601"), (.scale, "01")],
            after: []
        )
        let near = try entry(.amend, here, 2, [(.category, "0201"), (.reason, "a")], after: [])
        let far = try entry(
            .amend,
            there,
            0,
            [(.category, "0202"), (.reason, "b")],
            after: [register.hash]
        )
        let settled = try entry(
            .amend,
            there,
            1,
            [(.category, "0203"), (.reason, "c")],
            after: [near.hash]
        )
        let histories: [(String, [PlacedEntry])] = [
            ("opened", [report]), ("registered", [report, register]),
            ("conflict", [report, register, near, far]),
            ("settled", [report, register, near, far, settled]),
            ("waiting", [report, far]),
        ]
        return histories.map { name, entries in
            var file = VectorFile("case/fold_\(name)", what: "a case \(name)", expect: "good")
            for entry in entries {
                file = file.with("header", entry.header.encoded)
                for part in entry.parts { file = file.with("part", part ?? []) }
            }
            return file.with("view", fold(entries)?.encoded ?? [])
        }
    }

    static func isGood(_ file: VectorFile) throws -> Bool {
        var parts = file.all("part").compactMap { unhex($0) }[...]
        let entries = try file.all("header").map { text in
            let bytes = unhex(text) ?? []
            let header = try Header(decoding: bytes)
            let own = Array(parts.prefix(header.parts.count))
            parts = parts.dropFirst(header.parts.count)
            return placed(header, sha256(bytes), own)
        }
        let view = try file.bytes("view")
        return fold(entries)?.encoded == view && fold(entries.reversed())?.encoded == view
    }

    private static func fold(_ entries: [PlacedEntry]) -> SubjectView? {
        let subject = SubjectID(openedIn: sha256([10]), at: 0)
        return SubjectFold.fold(
            subject,
            entries: entries,
            authority: Authority { _, _, _ in .allowed },
            policy: .standard
        ).view
    }

    private static func placed(_ header: Header, _ hash: Digest, _ parts: [[UInt8]]) -> PlacedEntry
    {
        PlacedEntry(
            log: header.log,
            sequence: header.sequence,
            hash: hash,
            author: header.log,
            header: header,
            parts: parts
        )
    }

    private static func entry(
        _ operation: CaseOperation,
        _ log: Digest,
        _ sequence: UInt64,
        _ values: [(CaseField, String)],
        after: [Digest]
    ) throws -> PlacedEntry {
        var draft = CaseDraft(operation)
        for (field, text) in values { try draft.set(field, text) }
        let content = try draft.compiled()
        var header = Header(
            ledger: sha256([0]),
            log: log,
            sequence: sequence,
            time: 1_795_000_000_000 + 1000 * sequence,
            subjects: [SubjectID(openedIn: sha256([10]), at: 0)],
            operation: operation.name
        )
        header.after = after
        header.fields = content.fields
        let hasher = SHA256Hasher()
        header.parts = content.parts.map { Part(salt: .zero, bytes: $0).commitment(hasher) }
        if operation.opens { header.scope = Scope("330113002") }
        return placed(header, sha256(header.encoded), content.parts)
    }
}
