import Encoding
import Foundation
import NodeRuntime
import Storage

/// How long a new entry takes to another node, which commits it and folds its case.
@MainActor
enum Live {
    /// 500 reports, one after another, through the home's socket as a command would write them.
    ///
    /// The other node's database is looked at from outside, about every 70 µs.
    static func measure(_ world: World) async throws -> [Figure] {
        let founder = try world.found()
        let street = try world.enrolled(by: founder)
        let program = world.program
        let serving = try await RunningNode(founder, program: program)
        let following = try await RunningNode(street, program: program)
        let store = try Store(path: founder.databasePath, mode: .readOnly)
        guard let log = store.identity?.log, let held = store.log(log)?.size,
            let client = try ControlClient(path: founder.socketPath)
        else { throw BenchError("the founding node does not answer") }
        let watch = try LogWatch(street, log: log.bytes)
        try watch.wait(for: Int(held), every: 1_000) { true }

        var written: [Double] = []
        var visible: [Double] = []
        var whole: [Double] = []
        for number in 0..<520 {
            let item = try Samples.report(number)
            let start = Stopwatch.now()
            _ = try ControlReply.ask(client, .append([item]))
            let durable = Stopwatch.now()
            try watch.wait(for: Int(held) + number + 1, every: 20) { true }
            let end = Stopwatch.now()
            if number >= 20 {
                written.append(durable - start)
                visible.append(end - durable)
                whole.append(end - start)
            }
            usleep(2_000)
        }
        try await following.stop()
        try await serving.stop()
        return Figure.latency("handed over to visible there", whole)
            + Figure.latency("of it until acknowledged here", written)
            + Figure.latency("from then to visible there", visible)
    }
}
