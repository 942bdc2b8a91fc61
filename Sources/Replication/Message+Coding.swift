import Crypto
import Encoding
import Ledger

extension Message {
    /// The frame: a deterministic CBOR array that starts with the number of the type.
    package var encoded: [UInt8] {
        var writer = CBORWriter(capacity: 256)
        switch self {
        case .hello(let hello): Self.write(hello, &writer)
        case .bye(let reason):
            writer.open(.bye, 1)
            writer.unsigned(reason.rawValue)
        case .summary(let summary):
            writer.open(.summary, 2)
            writer.bool(summary.isAnswer)
            writer.array(summary.districts.count)
            for district in summary.districts {
                writer.array(2)
                writer.text(district.code)
                writer.bytes(district.digest)
            }
        case .heads(let heads): Self.write(heads, &writer)
        case .pull(let pull): Self.write(pull, &writer)
        case .package(let package):
            writer.open(.package, 4)
            writer.bytes(package.log)
            writer.unsigned(package.first)
            writer.entries(package.entries)
            writer.hashes(package.proof)
        case .gone(let gone): Self.write(gone, &writer)
        case .push(let push):
            writer.open(.push, 4)
            writer.bytes(push.log)
            writer.unsigned(push.first)
            writer.entries(push.entries)
            writer.bytes(push.note)
        case .ping(let number):
            writer.open(.ping, 1)
            writer.unsigned(number)
        case .pong(let number):
            writer.open(.pong, 1)
            writer.unsigned(number)
        case .scopes(let scopes):
            writer.open(.scopes, 1)
            writer.write(scopes)
        case .want, .parts, .prove, .proofs: writeParts(&writer)
        case .presence(let presences):
            writer.open(.presence, 1)
            writer.array(presences.count)
            for presence in presences { writer.write(presence) }
        case .fork(let proof):
            writer.open(.fork, 1)
            writer.bytes(proof.encoded)
        case .announce(let rows):
            writer.open(.announce, 1)
            writer.write(rows)
        case .graft(let logs):
            writer.open(.graft, 1)
            writer.hashes(logs)
        case .prune: writer.open(.prune, 0)
        }
        return writer.bytes
    }

    private func writeParts(_ writer: inout CBORWriter) {
        switch self {
        case .want(let want):
            writer.open(.want, 2)
            writer.unsigned(want.number)
            writer.write(want.parts)
        case .parts(let parts):
            writer.open(.parts, 2)
            writer.unsigned(parts.number)
            writer.write(parts.parts)
        case .prove(let prove):
            writer.open(.prove, 3)
            writer.unsigned(prove.number)
            writer.bytes(prove.nonce)
            writer.write(prove.parts)
        case .proofs(let proofs):
            writer.open(.proofs, 2)
            writer.unsigned(proofs.number)
            writer.array(proofs.proofs.count)
            for proof in proofs.proofs { writer.optional(proof) }
        default: preconditionFailure("a message about parts")
        }
    }

    private static func write(_ hello: Hello, _ writer: inout CBORWriter) {
        writer.open(.hello, 10)
        writer.unsigned(Hello.currentVersion)
        writer.bytes(hello.ledger)
        writer.bytes(hello.log)
        writer.unsigned(hello.instance)
        writer.unsigned(hello.wall)
        writer.bytes(hello.frontier)
        writer.bytes(hello.view)
        writer.unsigned(hello.foldVersion)
        writer.unsigned(hello.yourSize)
        writer.bytes(hello.yourRoot)
    }

    private static func write(_ heads: Heads, _ writer: inout CBORWriter) {
        writer.open(.heads, 2)
        writer.unsigned(heads.kind.rawValue)
        writer.array(heads.heads.count)
        for head in heads.heads {
            writer.array(4)
            writer.bytes(head.log)
            writer.unsigned(head.size)
            writer.bytes(head.root)
            writer.bytes(head.note)
        }
    }

    private static func write(_ pull: Pull, _ writer: inout CBORWriter) {
        writer.open(.pull, 6)
        writer.bytes(pull.log)
        writer.unsigned(pull.first)
        writer.unsigned(UInt64(pull.count))
        writer.unsigned(pull.target)
        writer.bytes(pull.targetRoot)
        writer.optional(pull.root)
    }

    private static func write(_ gone: Gone, _ writer: inout CBORWriter) {
        writer.open(.gone, 4)
        writer.bytes(gone.log)
        writer.unsigned(gone.first)
        switch gone.reason {
        case .notHeld:
            writer.null()
            writer.array(0)
        case .diverged(let root, let proof):
            writer.bytes(root)
            writer.hashes(proof)
        }
    }
}

extension Message {
    /// Reads a frame, within the limits.
    ///
    /// - Throws: ``MessageError``; the session that it came in is then closed.
    package init(decoding frame: [UInt8]) throws(MessageError) {
        guard frame.count <= Limits.frameBytes else { throw .limit("frame") }
        do {
            var reader = CBORReader(frame)
            let fields = try reader.array(max: 16) - 1
            guard let type = MessageType(rawValue: try reader.unsigned()) else {
                throw MessageError.malformed("type")
            }
            // The fields after a foreign version may be of any kind.
            if type == .hello {
                let version = try reader.unsigned()
                guard version == Hello.currentVersion else { throw MessageError.version(version) }
            }
            guard fields == type.fieldCount else { throw MessageError.malformed("fields") }
            self = try Self.read(type, &reader)
            try reader.finish()
        } catch let error as MessageError {
            throw error
        } catch CBORError.tooLarge(let limit) {
            throw .limit("more than \(limit)")
        } catch {
            throw .malformed("encoding")
        }
    }

    private static func read(
        _ type: MessageType,
        _ reader: inout CBORReader
    ) throws -> Message {
        switch type {
        case .hello: return .hello(try reader.hello())
        case .bye:
            // A reason of a later version still ends the session.
            return .bye(ByeReason(rawValue: try reader.unsigned()) ?? .done)
        case .summary: return .summary(try reader.summary())
        case .heads: return .heads(try reader.heads())
        case .pull: return .pull(try reader.pull())
        case .package:
            return .package(
                Package(
                    log: try reader.bytes32(),
                    first: try reader.unsigned(),
                    entries: try reader.entries(max: Limits.packageEntries),
                    proof: try reader.hashes(max: Limits.proofHashes)
                )
            )
        case .gone: return .gone(try reader.gone())
        case .push:
            return .push(
                Push(
                    log: try reader.bytes32(),
                    first: try reader.unsigned(),
                    entries: try reader.entries(max: Limits.liveEntries),
                    note: try reader.bytes(max: Limits.noteBytes)
                )
            )
        case .ping: return .ping(try reader.unsigned())
        case .pong: return .pong(try reader.unsigned())
        case .scopes: return .scopes(try reader.partScopes())
        case .want: return .want(try reader.want())
        case .parts: return .parts(try reader.wantedParts())
        case .prove: return .prove(try reader.prove())
        case .proofs: return .proofs(try reader.proofs())
        case .presence: return .presence(try reader.presences())
        case .fork:
            let bytes = try reader.bytes(max: Header.bytesMax)
            guard let proof = ForkProof(decoding: bytes) else {
                throw MessageError.malformed("fork")
            }
            return .fork(proof)
        case .announce: return .announce(try reader.announcements())
        case .graft:
            let logs = try reader.hashes(max: Limits.graftedLogs)
            guard !logs.isEmpty else { throw MessageError.malformed("no logs") }
            return .graft(logs)
        case .prune: return .prune
        }
    }
}

/// Numbers of the message types.
enum MessageType: UInt64 {
    case hello = 1
    case bye = 2
    case summary = 3
    case heads = 4
    case pull = 5
    case package = 6
    case gone = 7
    case push = 8
    case ping = 9
    case pong = 10
    case fork = 11
    case scopes = 12
    case want = 13
    case parts = 14
    case prove = 15
    case proofs = 16
    case presence = 17
    case announce = 18
    case graft = 19
    case prune = 20

    /// Items after the number of the type.
    var fieldCount: Int {
        switch self {
        case .hello: 10
        case .prune: 0
        case .bye, .ping, .pong, .fork, .scopes, .presence, .announce, .graft: 1
        case .summary, .heads, .want, .parts, .proofs: 2
        case .prove: 3
        case .package, .gone, .push: 4
        case .pull: 6
        }
    }
}

/// Why a frame is no message.
package enum MessageError: Error, Hashable, Sendable {
    /// The sender speaks this version of the protocol.
    case version(UInt64)
    /// The named thing is not of its form.
    case malformed(String)
    /// Something goes beyond its limit.
    case limit(String)
}

extension MessageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .version(let version): "version \(version), want \(Hello.currentVersion)"
        case .malformed(let what): "malformed \(what)"
        case .limit(let what): "limit: \(what)"
        }
    }
}
