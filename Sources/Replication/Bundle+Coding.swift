import Crypto
import Encoding
import Ledger
import TransparencyLog

/// Numbers of the frames that no session has.
private enum BundleType {
    static let header: UInt64 = 64
    static let start: UInt64 = 65
    static let evidence: UInt64 = 66
    static let end: UInt64 = 67
}

extension BundleFrame {
    /// Most peaks of a tree.
    private static let peaksMax = 64

    /// The frame without its length.
    package var encoded: [UInt8] {
        var writer = CBORWriter(capacity: 256)
        switch self {
        case .heads(let heads, let isLast):
            return Message.heads(Heads(kind: isLast ? .last : .more, heads: heads)).encoded
        case .package(let package): return Message.package(package).encoded
        case .header(let header):
            writer.array(7)
            writer.unsigned(BundleType.header)
            writer.text(BundleHeader.label)
            writer.unsigned(BundleHeader.currentVersion)
            writer.bytes(header.ledger)
            writer.bytes(header.log)
            writer.unsigned(header.time)
            writer.bytes(header.frontier)
        case .start(let start):
            writer.array(4)
            writer.unsigned(BundleType.start)
            writer.bytes(start.log)
            writer.unsigned(start.range.size)
            writer.hashes(start.range.peaks)
        case .evidence(let evidence):
            writer.array(5)
            writer.unsigned(BundleType.evidence)
            writer.bytes(evidence.log)
            writer.unsigned(evidence.size)
            for branch in [evidence.left, evidence.right] {
                writer.array(3)
                writer.bytes(branch.note)
                writer.bytes(branch.root)
                writer.hashes(branch.proof)
            }
        case .end(let end):
            writer.array(4)
            writer.unsigned(BundleType.end)
            writer.unsigned(end.frames)
            writer.unsigned(end.entries)
            writer.bytes(end.hash)
        }
        return writer.bytes
    }

    /// Reads a frame, within the limits.
    ///
    /// - Throws: ``BundleError``.
    package init(decoding frame: [UInt8]) throws(BundleError) {
        guard frame.count <= Limits.frameBytes else { throw .limit("frame") }
        do {
            var reader = CBORReader(frame)
            let count = try reader.array(max: 16)
            let type = try reader.unsigned()
            guard type >= BundleType.header else {
                self = try Self.message(frame)
                return
            }
            self = try Self.read(type, count, &reader)
            try reader.finish()
        } catch let error as BundleError {
            throw error
        } catch let error as MessageError {
            throw .malformed(error.description)
        } catch CBORError.tooLarge(let limit) {
            throw .limit("more than \(limit)")
        } catch {
            throw .malformed("encoding")
        }
    }

    private static func message(_ frame: [UInt8]) throws -> BundleFrame {
        switch try Message(decoding: frame) {
        case .heads(let heads) where heads.kind != .news:
            return .heads(heads.heads, isLast: heads.kind == .last)
        case .package(let package): return .package(package)
        default: throw BundleError.malformed("kind of frame")
        }
    }

    private static func read(
        _ type: UInt64,
        _ count: Int,
        _ reader: inout CBORReader
    ) throws -> BundleFrame {
        switch (type, count) {
        case (BundleType.header, 3...):
            guard try reader.text(max: 32) == BundleHeader.label else {
                throw BundleError.notABundle
            }
            let version = try reader.unsigned()
            guard version == BundleHeader.currentVersion else { throw BundleError.version(version) }
            guard count == 7 else { throw BundleError.malformed("header") }
            return .header(
                BundleHeader(
                    ledger: try reader.bytes32(),
                    log: try reader.bytes32(),
                    time: try reader.unsigned(),
                    frontier: try reader.bytes32()
                )
            )
        case (BundleType.start, 4):
            let log = try reader.bytes32()
            let size = try reader.unsigned()
            let peaks = try reader.hashes(max: peaksMax)
            // A tree that nothing can be appended to starts nothing.
            guard size < 1 << 62, let range = CompactRange(size: size, peaks: peaks) else {
                throw BundleError.malformed("peaks")
            }
            return .start(BundleStart(log: log, range: range))
        case (BundleType.evidence, 5):
            return .evidence(
                BundleEvidence(
                    log: try reader.bytes32(),
                    size: try reader.unsigned(),
                    left: try branch(&reader),
                    right: try branch(&reader)
                )
            )
        case (BundleType.end, 4):
            return .end(
                BundleEnd(
                    frames: try reader.unsigned(),
                    entries: try reader.unsigned(),
                    hash: try reader.bytes32()
                )
            )
        default: throw BundleError.malformed("kind of frame")
        }
    }

    private static func branch(_ reader: inout CBORReader) throws -> BundleEvidence.Branch {
        guard try reader.array(max: 3) == 3 else { throw BundleError.malformed("branch") }
        return BundleEvidence.Branch(
            note: try reader.bytes(max: Limits.noteBytes),
            root: try reader.bytes32(),
            proof: try reader.hashes(max: Limits.proofHashes)
        )
    }
}
