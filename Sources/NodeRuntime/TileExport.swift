package import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
package import Storage
package import TransparencyLog

/// Writes the tree of one log to a directory as tiles, for tools of others that audit logs.
///
/// Entries are the leaves alone, so nothing in it is about a person. The tree is made anew from the
/// leaves, and has the checkpoint's root. There whole or not at all.
///
/// - Parameters:
///   - store: holds the log.
///   - log: which one.
///   - ownCheckpoint: for the store's own log, signed just now; nil takes the one that is held.
///   - directory: does not exist, or is empty.
/// - Throws: ``LogExportError``, and what `store` throws.
/// - Returns: what the log's key vouches for.
/// - Source: C2SP `tlog-tiles` v0.1.0; `Protocol/export.md` section 2.
package func exportTiles(
    _ store: Store,
    log: Digest,
    ownCheckpoint: SignedCheckpoint?,
    to directory: String
) throws -> Checkpoint {
    let signed = try exportedCheckpoint(store, log: log, ownCheckpoint: ownCheckpoint)
    let target = signed.checkpoint
    return try writeDirectory(directory) { partial in
        var writer = TileWriter(directory: partial)
        let hasher = TreeHasher()
        var range = CompactRange()
        while range.size < target.size {
            let end = min(target.size, range.size + batchMax)
            let entries = try store.entries(of: log, range.size..<end, byteMax: batchBytes)
            guard !entries.isEmpty else { break }
            for entry in entries {
                writer.add(entry.leaf)
                range.append(hasher.leafHash(entry.leaf), hasher: hasher) { level, _, root in
                    writer.completed(level, root)
                }
                try writer.writeFull()
            }
        }
        guard range.size == target.size, range.root(hasher: hasher) == target.root else {
            throw LogExportError.notVouchedFor(size: target.size)
        }
        try writer.finish()
        try writer.write("checkpoint", signed.note.bytes)
        try writer.write("vkey", Array((VerifierKey(log: signed.logKey).text + "\n").utf8))
        return target
    }
}

/// Gathers hashes until a tile is full; at most one tile a level and one bundle at a time.
private struct TileWriter {
    let directory: String
    private var bundle: [[UInt8]] = []
    private var levels: [[Digest]] = []
    /// Tiles written of each level, and bundles.
    private var counts: [UInt64] = []
    private var bundles: UInt64 = 0

    init(directory: String) { self.directory = directory }

    mutating func add(_ leaf: [UInt8]) { bundle.append(leaf) }

    /// Takes the root of a subtree that is full, if tiles hold it.
    mutating func completed(_ level: Int, _ root: Digest) {
        guard level.isMultiple(of: TileIndex.height) else { return }
        let tileLevel = level / TileIndex.height
        if levels.count == tileLevel {
            levels.append([])
            counts.append(0)
        }
        levels[tileLevel].append(root)
    }

    mutating func writeFull() throws {
        guard bundle.count == TileIndex.width else { return }
        try writeBundle()
        for level in levels.indices where levels[level].count == TileIndex.width {
            try writeTile(level)
        }
    }

    /// Writes what is left as partial tiles.
    mutating func finish() throws {
        if !bundle.isEmpty { try writeBundle() }
        for level in levels.indices where !levels[level].isEmpty { try writeTile(level) }
    }

    private mutating func writeBundle() throws {
        let index = TileIndex(level: 0, index: bundles)
        let bytes = bundle.flatMap { bigEndianBytes(UInt64($0.count))[6...] + $0 }
        try write(index.path(count: bundle.count, isEntries: true), bytes)
        bundle = []
        bundles += 1
    }

    private mutating func writeTile(_ level: Int) throws {
        let index = TileIndex(level: level, index: counts[level])
        try write(index.path(count: levels[level].count), levels[level].flatMap(\.bytes))
        levels[level] = []
        counts[level] += 1
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let path = URL(filePath: "\(directory)/\(name)")
        do {
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
        } catch {
            throw LogExportError.system(action: "make", path: path.path, number: errno)
        }
        let file = try ExportFile(path.path)
        try file.write(bytes)
        try file.finish()
    }
}
