import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Storage
import TestSupport
import Testing
import TransparencyLog

/// Trees of logs as C2SP tiles.
@Suite struct TileExportTests {
    /// A program of others that audits tiles, where it was put for this.
    private static let auditor = ProcessInfo.processInfo.environment["AICS_PYTHON"]
        .flatMap { FileManager.default.isExecutableFile(atPath: $0) ? $0 : nil }

    /// Reads tiles as they were written.
    private struct Directory: TileReader {
        let path: String
        let size: UInt64

        func tile(level: Int, index: UInt64) throws -> [Digest] {
            let count = size >> UInt64(TileIndex.height * level)
            let width = min(UInt64(TileIndex.width), count - index * UInt64(TileIndex.width))
            let name = TileIndex(level: level, index: index).path(count: Int(width))
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(path)/\(name)")))
            #expect(bytes.count == Int(width) * Digest.count)
            return stride(from: 0, to: bytes.count, by: Digest.count).map { Digest(bytes, at: $0) }
        }
    }

    private func audit(_ path: String, _ checkpoint: Checkpoint) throws -> Int32 {
        let program = """
            import sys
            from aics_tlog.tiles import FileSystemTileReader
            from aics_tlog.verified import audit_tiles
            report = audit_tiles(
                FileSystemTileReader(sys.argv[1]), int(sys.argv[2]), bytes.fromhex(sys.argv[3])
            )
            assert report.size == int(sys.argv[2])
            """
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.auditor))
        process.arguments = ["-c", program, path, "\(checkpoint.size)", "\(checkpoint.root)"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test(arguments: [0, 1, 254, 255, 256, 700] as [Int])
    func othersAuditTheTiles(reports: Int) throws {
        let town = try Town()
        let keeper = try Keeper.found(
            town.home("city", .city, "3301"),
            recovery: try town.recovery()
        )
        for start in stride(from: 0, to: reports, by: 100) {
            _ = try keeper.append(
                (start..<min(reports, start + 100)).map { try report("案件 \($0)", in: "3301") }
            )
        }
        let path = town.directory.file("tiles")
        let checkpoint = try exportTiles(
            keeper.store,
            log: keeper.identity.log,
            ownCheckpoint: keeper.checkpoint(),
            to: path
        )
        #expect(checkpoint.size == UInt64(reports) + 1)
        let source = TileSource(Directory(path: path, size: checkpoint.size))
        let range = try CompactRange(size: checkpoint.size, source: source)
        #expect(range.root(hasher: TreeHasher()) == checkpoint.root)
        #expect(throws: LogExportError.self) {
            try exportTiles(
                keeper.store,
                log: keeper.identity.log,
                ownCheckpoint: keeper.checkpoint(),
                to: path
            )
        }
        guard Self.auditor != nil else { return print("skipped: aics-tlog is not installed") }
        #expect(try audit(path, checkpoint) == 0)
        // One leaf in a bundle is another.
        let count = min(256, reports + 1)
        let name = "\(path)/" + TileIndex(level: 0, index: 0).path(count: count, isEntries: true)
        var bytes = try Data(contentsOf: URL(filePath: name))
        bytes[40] ^= 1
        try bytes.write(to: URL(filePath: name))
        #expect(try audit(path, checkpoint) != 0)
    }

    @Test(
        arguments: [
            (0, 256, "tile/2/000"), (0, 7, "tile/2/000.p/7"), (999, 256, "tile/2/999"),
            (1_000, 256, "tile/2/x001/000"), (1_234_067, 1, "tile/2/x001/x234/067.p/1"),
        ] as [(UInt64, Int, String)]
    )
    func pathsAreThoseOfTheStandard(index: UInt64, count: Int, path: String) {
        #expect(TileIndex(level: 2, index: index).path(count: count) == path)
    }
}
