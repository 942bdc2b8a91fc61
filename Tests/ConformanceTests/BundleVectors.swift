import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Replication
import Storage
import TransparencyLog

/// A small bundle as it lies in a file, and what may be wrong with one.
enum BundleVectors {
    static func all() throws -> [VectorFile] {
        let folder = try ScratchFolder()
        let frames = try frames(below: folder.path)
        let good = assembled(frames)
        let turned = [frames[0], frames[2], frames[1]] + frames[3...]
        let without = frames.filter { if case .start = $0 { false } else { true } }
        var flipped = good
        flipped[good.count / 2] ^= 1
        let files: [(String, String, [UInt8])] = [
            ("cut_in_a_frame", "three bytes are missing", Array(good.dropLast(3))),
            ("without_end", "the end frame is missing", Array(good.dropLast(45))),
            ("longer", "a byte behind the end", good + [0]),
            ("flipped", "one bit is another", flipped), ("empty", "nothing", []),
            ("packages_before_heads", "heads are not second", assembled(turned)),
            ("without_start", "a package of a log that was not started", assembled(without)),
        ]
        return [
            VectorFile("bundle/file_good", what: "a log and a fork of it", expect: "good")
                .with("bundle", good)
        ]
            + files.map { name, what, bytes in
                VectorFile("bundle/file_bad_\(name)", what: what, expect: "bad").with(
                    "bundle",
                    bytes
                )
            }
    }

    /// Whether the product reads the file to its end without a complaint.
    static func isGood(_ file: VectorFile) throws -> Bool {
        let folder = try ScratchFolder()
        let path = folder.path + "/bundle"
        try Data(try file.bytes("bundle")).write(to: URL(filePath: path))
        let source = try BundleSource(path, directory: folder.path)
        var reader = BundleReader()
        while case .frame(let frame) = try source.next() {
            guard let item = try? reader.read(frame) else { return false }
            if case .evidence(let evidence) = item {
                let key = try CheckpointVectors.key("city/log").publicKey
                guard evidence.proven(logKey: key) != nil else { return false }
            }
        }
        return reader.isComplete && source.offset == source.byteCount
    }

    private static func assembled(_ frames: [BundleFrame]) -> [UInt8] {
        var assembler = BundleAssembler()
        return frames.flatMap { assembler.append($0) } + assembler.finish()
    }

    /// The frames of a bundle of the sample log, all but the last, at a time that never changes.
    private static func frames(below folder: String) throws -> [BundleFrame] {
        _ = try SampleExport.write(below: folder)
        let store = try Store(path: folder + "/ledger.db", mode: .readWrite)
        let key = try CheckpointVectors.key("city/log")
        let log = key.publicKey.hash
        guard let state = store.log(log), let root = try store.root(of: log, size: 4) else {
            return []
        }
        let checkpoint = try SignedCheckpoint.sign(
            size: state.size,
            root: state.root,
            with: key
        )
        let other = try SignedCheckpoint.sign(size: 4, root: sha256([4]), with: key)
        let evidence = BundleEvidence(
            log: log,
            size: 4,
            left: .init(
                note: checkpoint.note.bytes,
                root: root,
                proof: try store.consistency(of: log, from: 4, to: state.size)
            ),
            right: .init(note: other.note.bytes, root: sha256([4]), proof: [])
        )
        let path = folder + "/bundle"
        _ = try writeBundle(
            store,
            BundleSelection(logs: [log]),
            ownCheckpoint: checkpoint,
            to: path
        )
        let source = try BundleSource(path, directory: folder)
        var frames: [BundleFrame] = []
        while case .frame(let frame) = try source.next() {
            frames.append(try BundleFrame(decoding: frame))
        }
        if case .header(var header) = frames[0] {
            header.time = 1_795_413_600_000
            frames[0] = .header(header)
        }
        return frames.dropLast() + [.evidence(evidence)]
    }
}
