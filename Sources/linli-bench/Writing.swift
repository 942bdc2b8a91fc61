import Foundation
import Ledger
import NodeRuntime
import Storage

/// How fast entries go into the own log.
@MainActor
enum Writing {
    /// Reports written one by one; each is durable, fenced and signed on return.
    static func append(_ world: World) throws -> [Figure] {
        let keeper = try Keeper(try world.found())
        let count = 2_000
        var times: [Double] = []
        var runs: [Double] = []
        for run in 0..<3 {
            let items = try (run * count..<(run + 1) * count).map(Samples.report)
            let all = try items.map { item in
                try Stopwatch.time { _ = try keeper.append([item]) }
            }
            times += all
            runs.append(all.reduce(0, +))
        }
        return [.rate("append, one at a time", of: count, in: runs, "entries/s")]
            + Figure.latency("one append", times)
    }

    /// Imported records in batches of 1000, as ``World/filled()`` writes them.
    static func bulk(_ world: World) throws -> [Figure] {
        let (_, seconds, processor) = try world.filled()
        let whole = Double(world.entries) / seconds.reduce(0, +)
        return [
            .rate("append, batches of 1000", of: 1000, in: seconds, "entries/s"),
            Figure("over the whole run", whole, "entries/s"),
            Figure("processor time", processor * 1e6 / Double(world.entries), "µs/entry"),
        ]
    }

    /// A CSV through `linli import` from its start to its end.
    static func importFile(_ world: World) throws -> [Figure] {
        guard let program = world.program else {
            Bench.remark("import: linli was not built beside linli-bench, left out")
            return []
        }
        let directory = try world.newDirectory("import")
        let home = try world.found()
        let count = min(world.entries, 100_000)
        let rows = (0..<count).map(Samples.row).joined()
        try Data((Samples.header + rows).utf8).write(to: URL(filePath: directory + "/cases.csv"))
        try Data(Samples.map.utf8).write(to: URL(filePath: directory + "/map.json"))
        let start = Stopwatch.now()
        let child = try Child(
            program,
            [
                "import", "--home", home.path, "--format", "csv", "--json", "--map",
                directory + "/map.json", directory + "/cases.csv",
            ]
        )
        try child.wait(seconds: 3600)
        let seconds = Stopwatch.now() - start
        return [
            .rate("linli import of a CSV", of: count, in: [seconds], "rows/s"),
            Figure("memory, most", child.peakMegabytes, "MB"),
        ]
    }

    /// The database of ``World/filled()``, over its entries.
    static func disk(_ world: World) throws -> [Figure] {
        let home = try world.filled().home
        let store = try Store(path: home.databasePath, mode: .readOnly)
        guard let log = store.identity?.log, let state = store.log(log) else {
            throw BenchError("the filled home holds no log")
        }
        let sample = try store.entries(of: log, 1..<min(state.size, 10_001))
        let content = sample.reduce(0) { $0 + $1.byteCount }
        let attributes = try FileManager.default.attributesOfItem(atPath: home.databasePath)
        let size = attributes[.size] as? Int ?? 0
        return [
            Figure("header, leaf and parts", Double(content) / Double(sample.count), "B/entry"),
            Figure("database", Double(size) / Double(store.entryCount), "B/entry"),
        ]
    }
}
