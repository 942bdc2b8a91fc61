import Crypto
import Encoding
import Foundation
import Ledger
import LedgerFixtures
import NodeRuntime
import Replication
import Storage
import TestSupport
import Testing
import TransparencyLog

/// Homes that exchange files and nothing else.
final class BundleBench {
    let town: Town
    private var lastFile = 0

    init() throws { town = try Town() }

    func store(_ home: Home) throws -> Store {
        try Store(path: home.databasePath, mode: .readOnly)
    }

    func write(_ count: Int, at home: Home) async throws {
        let keeper = try await Running.keeper(home)
        for start in stride(from: 0, to: count, by: 200) {
            let items = try (start..<min(count, start + 200)).map { number in
                try report("\(home.configuration.name) \(number)", in: home.configuration.scope)
            }
            _ = try keeper.append(items)
        }
    }

    /// Everything that a home holds, in a new file.
    func bundle(_ home: Home, held: [Digest: LogPosition] = [:]) async throws -> String {
        lastFile += 1
        let path = town.path("bundle-\(lastFile)")
        let checkpoint = try await Running.keeper(home).checkpoint()
        let store = try store(home)
        var selection = BundleSelection(logs: Set(store.roster.members.map(\.log)))
        selection.held = held
        _ = try writeBundle(store, selection, ownCheckpoint: checkpoint, to: path)
        return path
    }

    func file(_ bytes: [UInt8]) throws -> String {
        lastFile += 1
        let path = town.path("bundle-\(lastFile)")
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    /// Reads a file without a daemon of its own.
    @discardableResult
    func read(_ path: String, into home: Home) async throws -> ReadBundle {
        let ledger = try #require(try store(home).identity?.ledger)
        let daemon = try await NodeDaemon(
            try await Running.keeper(home),
            log: { _ in },
            explain: { RemoteError(code: 2, message: String(describing: $0)) }
        )
        let source = try BundleSource(path, directory: home.path)
        var reading = BundleReading(source, ledger: ledger, into: .direct(daemon))
        do {
            let result = try await reading.run()
            await daemon.finishChecking { _ in }
            await daemon.stop()
            return result
        } catch {
            await daemon.stop()
            throw error
        }
    }

    /// A copy of a home, as a backup makes one.
    func copy(_ home: Home, _ name: String) throws -> Home {
        try FileManager.default.copyItem(atPath: home.path, toPath: town.path(name))
        return try Home(path: town.path(name))
    }

    /// Frontier and view.
    func picture(_ home: Home) throws -> [Digest] {
        let store = try store(home)
        return [store.frontier, try store.viewDigest()]
    }

    /// Whether everything that a home holds is the beginning of what another one holds.
    func isPrefix(_ home: Home, of whole: Home) throws -> Bool {
        let (store, other) = (try store(home), try store(whole))
        return try store.logs.allSatisfy { state in
            guard state.size > 0 else { return true }
            guard let theirs = other.log(state.id) else { return state.id == store.identity?.log }
            guard theirs.size >= state.size else { return false }
            return try other.root(of: state.id, size: state.size) == state.root
                && store.entries(of: state.id, 0..<state.size)
                    == other.entries(of: state.id, 0..<state.size)
        }
    }

    /// The frames of a file with their lengths, in order.
    static func frames(_ path: String) throws -> [[UInt8]] {
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        var frames: [[UInt8]] = []
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            frames.append(Array(bytes[offset..<offset + 4 + count]))
            offset += 4 + count
        }
        return frames
    }
}
