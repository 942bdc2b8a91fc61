import Crypto
import Dispatch
import Encoding
import Foundation
import NodeRuntime
import Storage

/// What the machine and its libraries can do at most.
@MainActor
enum RawLimits {
    /// Hashing as much as a leaf, through ``SHA256Hasher``.
    static func sha256(_ world: World) throws -> [Figure] {
        let hasher = SHA256Hasher()
        let message = [UInt8](repeating: 7, count: 128)
        let count = 1_000_000
        let runs = Stopwatch.threeTimes {
            for _ in 0..<count { _ = hasher.hash(message) }
        }
        return [
            .rate("SHA-256 of 128 B, one core", of: count, in: runs, "hashes/s"),
            .rate("the same in bytes", of: count * 128 / 1_000_000, in: runs, "MB/s"),
        ]
    }

    /// Signing and verifying messages as long as a leaf's, through ``SigningKey``.
    static func ed25519(_ world: World) throws -> [Figure] {
        let key = try SigningKey(seed: SystemSource.random32())
        let message = [UInt8](repeating: 7, count: 56)
        let signature = try key.sign(message)
        let count = 4_000
        let sign: @Sendable (Int) -> Void = { _ in _ = try? key.sign(message) }
        let verify: @Sendable (Int) -> Void = { _ in
            _ = key.publicKey.verifies(signature, of: message)
        }
        func figures(_ name: String, _ work: @Sendable (Int) -> Void) -> [Figure] {
            let single = Stopwatch.threeTimes { for index in 0..<count { work(index) } }
            let all = Stopwatch.threeTimes {
                DispatchQueue.concurrentPerform(iterations: count, execute: work)
            }
            return [
                .rate("Ed25519 \(name), one core", of: count, in: single, "/s"),
                .rate("Ed25519 \(name), all cores", of: count, in: all, "/s"),
            ]
        }
        return figures("sign", sign) + figures("verify", verify)
    }

    /// Rows of 400 bytes under a rising integer, through ``Database``.
    static func sqlite(_ world: World) throws -> [Figure] {
        let path = try world.newDirectory("sqlite") + "/raw.db"
        let database = try Database.open(path, .readWrite)
        try database.execute("CREATE TABLE row (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        let bytes = SQLValue.blob([UInt8](repeating: 7, count: 400))
        func insert() throws { try database.run("INSERT INTO row (bytes) VALUES (?)", [bytes]) }
        let batches = 10
        let size = 10_000
        let bulk = try Stopwatch.threeTimes {
            for _ in 0..<batches {
                try database.transaction { for _ in 0..<size { try insert() } }
            }
        }
        let singles = 2_000
        let single = try Stopwatch.threeTimes {
            for _ in 0..<singles { try database.transaction { try insert() } }
        }
        return [
            .rate("SQLite, 10000 rows a transaction", of: batches * size, in: bulk, "rows/s"),
            .rate("SQLite WAL/FULL, one row a commit", of: singles, in: single, "commits/s"),
        ]
    }

    /// Overwriting one page and waiting for the disk.
    static func fdatasync(_ world: World) throws -> [Figure] {
        let path = try world.newDirectory("fdatasync") + "/page"
        guard FileManager.default.createFile(atPath: path, contents: Data(count: 4096)),
            let file = FileHandle(forUpdatingAtPath: path)
        else { throw BenchError("can not create \(path)") }
        defer { try? file.close() }
        let page = [UInt8](repeating: 7, count: 4096)
        let times = (0..<1_000).map { _ in
            Stopwatch.time {
                _ = unsafe pwrite(file.fileDescriptor, page, page.count, 0)
                _ = Glibc.fdatasync(file.fileDescriptor)
            }
        }
        return Figure.latency("write of 4 KiB and fdatasync", times)
    }
}
