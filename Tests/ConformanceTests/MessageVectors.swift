import Cases
import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

/// Messages of replication as they stand on the wire.
enum ReplicationVectors {
    static func all() throws -> [VectorFile] {
        let log = sha256([1])
        let part = WantedPart(
            id: PartID(log: log, sequence: 5, part: 1),
            commitment: sha256([6])
        )
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
            (
                "scopes",
                .scopes(
                    PartScopes([Scope("330105"), Scope("330106013")].compactMap { $0 })
                        ?? .everything
                )
            ),
            ("scopes_everything", .scopes(.everything)),
            ("want", .want(Want(number: 1, parts: [part]))),
            (
                "parts",
                .parts(Parts(number: 1, parts: [Part(salt: sha256([5]), bytes: [1, 2]), nil]))
            ),
            ("prove", .prove(Prove(number: 2, nonce: sha256([7]), parts: [part]))),
            ("proofs", .proofs(Proofs(number: 2, proofs: [sha256([8]), nil]))),
            ("presence", .presence([try presence()])),
            (
                "pull",
                .pull(
                    Pull(
                        log: log,
                        first: 20,
                        count: 1,
                        target: 21,
                        targetRoot: sha256([5]),
                        root: sha256([6])
                    )
                )
            ),
            ("fork", .fork(fork(log))),
            (
                "announce",
                .announce([
                    Announcement(log: log, size: 21, root: sha256([5])),
                    Announcement(log: sha256([9]), size: 1_000, root: sha256([10])),
                ])
            ),
            ("graft", .graft([log])), ("prune", .prune),
            (
                "push_signature",
                .push(
                    Push(
                        log: log,
                        first: 20,
                        entries: [
                            Entry(
                                header: [1],
                                leaf: [UInt8](repeating: 2, count: Entry.leafCount),
                                parts: [Part(salt: sha256([3]), bytes: [4])]
                            )
                        ],
                        note: [UInt8](repeating: 5, count: Limits.signatureBytes)
                    )
                )
            ),
        ]
        let good = messages.map { name, message in
            VectorFile("replication/message_\(name)", what: "a \(name)", expect: "good")
                .with("frame", message.encoded)
        }
        let ping = Message.ping(1).encoded
        let bad: [(String, [UInt8])] = [
            ("empty", []), ("cut", Array(ping.dropLast())), ("longer", ping + [0]),
            ("unknown_type", [0x81, 0x18, 0x63]), ("no_array", [0x01]),
            ("announce_odd", [0x82, 0x12, 0x81, 0x48] + [UInt8](repeating: 1, count: 8)),
            ("announce_none", [0x82, 0x12, 0x80]), ("graft_none", [0x82, 0x13, 0x80]),
            ("prune_field", [0x82, 0x14, 0x00]),
        ]
        return good
            + bad.map { name, frame in
                VectorFile("replication/message_bad_\(name)", what: name, expect: "bad")
                    .with("frame", frame)
            }
    }

    /// Of the form of a proof; it need not hold to be a message.
    private static func fork(_ log: Digest) -> ForkProof {
        guard let key = try? CheckpointVectors.key("street/log").publicKey else {
            preconditionFailure("a key of the vectors")
        }
        return ForkProof(
            logKey: key,
            common: CompactRange(),
            ForkProof.Branch(leaf: sha256([7]), note: [8], proof: []),
            ForkProof.Branch(leaf: sha256([9]), note: [10], proof: [log])
        )
    }

    /// What a node says of itself, signed by the key of seed SHA-256(9).
    private static func presence() throws -> SignedPresence {
        try SignedPresence(
            Presence(
                ledger: sha256([0]),
                log: sha256([1]),
                time: 1_795_000_000_000,
                frontier: sha256([2]),
                view: sha256([3]),
                foldVersion: 3,
                unchecked: 4,
                notHeld: 5,
                missing: 6
            ),
            key: try SigningKey(seed: sha256([9]))
        )
    }

    static func isGood(_ file: VectorFile) throws -> Bool {
        let frame = try file.bytes("frame")
        guard let message = try? Message(decoding: frame) else { return false }
        return message.encoded == frame
    }
}
