import Encoding
import Foundation
import NodeRuntime
import Storage

/// How long a node that holds nothing takes to hold everything, over mutual TLS.
@MainActor
enum CatchUp {
    /// Both nodes in this process, which counts the memory of both.
    static func within(_ world: World) async throws -> [Figure] {
        let (founder, fresh, watch, size) = try prepare(world)
        let serving = try await RunningNode(founder, program: nil)
        let daemon = try await RunningNode.daemon(fresh)
        Memory.resetPeak()
        let before = Stopwatch.processor()
        let start = Stopwatch.now()
        try await daemon.start(isListening: false)
        try watch.wait(for: size, every: 1_000) { true }
        let committed = Stopwatch.now() - start
        let processor = (Stopwatch.processor() - before) * 1e6 / Double(size)
        guard await daemon.settle(seconds: 3600) else { throw BenchError("did not settle") }
        let settled = Stopwatch.now() - start
        let memory = Memory.peakMegabytes()
        await daemon.stop()
        try await serving.stop()
        return figures(size, committed, settled, memory, "memory of both nodes, most")
            + [Figure("processor time of both until committed", processor, "µs/entry")]
    }

    /// `linli run` on one side, `linli sync` on the other, watched from outside.
    static func outside(_ world: World) async throws -> [Figure] {
        guard let program = world.program else {
            Bench.remark("catchup-process: linli was not built beside linli-bench, left out")
            return []
        }
        let (founder, fresh, watch, size) = try prepare(world)
        let serving = try await RunningNode(founder, program: program)
        let start = Stopwatch.now()
        let child = try Child(program, ["sync", "--home", fresh.path, "--timeout", "600"])
        try watch.wait(for: size, every: 1_000) {
            child.observe()
            return child.isRunning
        }
        let committed = Stopwatch.now() - start
        try child.wait(seconds: 3600)
        let settled = Stopwatch.now() - start
        try await serving.stop()
        return figures(size, committed, settled, child.peakMegabytes, "memory of linli sync, most")
    }

    private static func prepare(
        _ world: World
    ) throws -> (founder: Home, fresh: Home, watch: LogWatch, size: Int) {
        let founder = try world.filled().home
        let fresh = try world.enrolled(by: founder)
        let store = try Store(path: founder.databasePath, mode: .readOnly)
        guard let log = store.identity?.log, let size = store.log(log)?.size else {
            throw BenchError("the filled home holds no log")
        }
        return (founder, fresh, try LogWatch(fresh, log: log.bytes), Int(size))
    }

    private static func figures(
        _ size: Int,
        _ committed: Double,
        _ settled: Double,
        _ memory: Double,
        _ whose: String
    ) -> [Figure] {
        [
            .rate("until all is committed", of: size, in: [committed], "entries/s"),
            .rate("until every signature is checked", of: size, in: [settled], "entries/s"),
            Figure("time until committed", committed, "s"),
            Figure("time until settled", settled, "s"),
            Figure(whose, memory, "MB"),
        ]
    }
}
