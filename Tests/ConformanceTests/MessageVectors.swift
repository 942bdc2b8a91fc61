import Cases
import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

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

    static func isGood(_ file: VectorFile) throws -> Bool {
        let frame = try file.bytes("frame")
        guard let message = try? Message(decoding: frame) else { return false }
        return message.encoded == frame
    }
}
