import Crypto
import Ledger
import NodeRuntime
import Storage
import TransparencyLog

/// How fast a stored history is checked.
@MainActor
enum Verifying {
    /// Reads a log back: every hash, commitment, header and the root; then every signature.
    static func measure(_ world: World) throws -> [Figure] {
        let home = try world.filled().home
        let store = try Store(path: home.databasePath, mode: .readOnly)
        guard let identity = store.identity, let state = store.log(identity.log) else {
            throw BenchError("the filled home holds no log")
        }
        let size = Int(state.size)
        let structure = try Stopwatch.threeTimes { try checkStructure(store, identity, state) }
        let chunk = try signed(store, identity.log, max: min(size, 20_000))
        let signatures = try Stopwatch.threeTimes {
            guard SignatureCheck.forged(chunk, roster: store.roster).isEmpty else {
                throw BenchError("an entry of our own is forged")
            }
        }
        return [
            .rate("structure, one core", of: size, in: structure, "entries/s"),
            .rate(
                "authors' signatures, all cores",
                of: chunk.entries.count,
                in: signatures,
                "entries/s"
            ),
        ]
    }

    private static func checkStructure(
        _ store: Store,
        _ identity: Store.Identity,
        _ state: LogState
    ) throws {
        let hasher = SHA256Hasher()
        let treeHasher = TreeHasher()
        var range = CompactRange()
        while range.size < state.size {
            for entry in try store.entries(of: state.id, range.size..<range.size + 256) {
                let header = try entry.check(hasher).get()
                try header.check(
                    hash: entry.hash(hasher),
                    ledger: identity.ledger,
                    log: state.id,
                    sequence: range.size
                )
                range.append(treeHasher.leafHash(entry.leaf), hasher: treeHasher)
            }
        }
        guard range.root(hasher: treeHasher) == state.root else {
            throw BenchError("the entries do not give the root")
        }
    }

    private static func signed(
        _ store: Store,
        _ log: Digest,
        max: Int
    ) throws -> UncheckedEntries {
        let hasher = SHA256Hasher()
        let entries = try store.entries(of: log, 0..<UInt64(max))
        return UncheckedEntries(
            log: log,
            first: 0,
            entries: entries.map { (hash: $0.hash(hasher), leaf: $0.leaf) }
        )
    }
}
