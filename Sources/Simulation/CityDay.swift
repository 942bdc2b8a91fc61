import Foundation
import Ledger
import Replication

/// The city: thirteen districts and its streets on a compressed day, with one district cut off
/// for four hours of it.
///
/// A day is compressed to a number of seconds, so that machines tick less often; delays, timers
/// and sizes stay as they are.
enum CityDay {
    private static let casesAStreet = 24

    /// Runs the day and prints what it cost.
    ///
    /// - Parameters:
    ///   - streets: how many.
    ///   - seed: decides everything else.
    ///   - hour: virtual milliseconds that stand for an hour.
    /// - Returns: whether all came to hold the same.
    /// - Throws: what making the city throws.
    static func run(streets: Int, seed: UInt64, hour: UInt64) throws -> Bool {
        let clock = ContinuousClock()
        let begin = clock.now
        let districts = min(13, max(1, streets / 10))
        var options = SimulationOptions(seed: seed, nodes: 1 + districts + streets, events: 0)
        options.makeQuiet(districts: districts)
        print(options)
        let world = try World(options)
        let start = startDay(world, hour: hour)
        world.run(until: start)
        let greeting = (world.counters.frames, world.counters.bytes)
        let morning = report(world, "settled")
        let lost = world.nodes.filter { node in
            node.office.level != .city
                && world.city.enroller(of: node.office).number == 1
                || node.office.number == 1
        }.map(\.index)
        world.agenda.plan(at: start + 10 * hour) { [unowned world] in world.cutOff(lost) }
        world.agenda.plan(at: start + 14 * hour) { [unowned world] in world.heal() }
        world.run(until: start + 14 * hour)
        report(world, "healing begins")
        let healing = world.now
        let isTogether = world.run(until: healing + Simulator.healingMax) {
            ConvergenceChecker.difference(world) == nil
        }
        let together = world.now
        report(world, "district and city hold the same again")
        world.run(until: max(world.now, start + 24 * hour))
        let isDone = world.run(until: world.now + Simulator.healingMax) {
            ConvergenceChecker.difference(world) == nil
        }
        report(world, "end of the day")
        let written = world.written(since: morning)
        let bytes = world.counters.bytes - greeting.1
        let ideal = Double(written.bytes) * Double(world.nodes.count - 1)
        print("converged: \(isTogether && isDone)")
        print("ms from healing until all held the same: \(together - healing)")
        print("entries written: \(written.count), of \(written.bytes) bytes")
        print("frames: \(world.counters.frames - greeting.0), bytes: \(bytes)")
        print("bytes / (entry bytes × other nodes): \(rounded(Double(bytes) / ideal))")
        for (kind, figures) in world.traffic.sorted(by: { $0.key < $1.key }) {
            print(
                "    \(kind): \(figures.frames) frames, \(figures.bytes) bytes,"
                    + " \(rounded(Double(figures.bytes) / ideal))"
            )
        }
        print("took: \(clock.now - begin)")
        return isTogether && isDone
    }

    private static func rounded(_ figure: Double) -> String { String(format: "%.3f", figure) }

    /// Plans the day's cases; they come evenly, each at a moment of its own.
    private static func startDay(_ world: World, hour: UInt64) -> UInt64 {
        let start: UInt64 = 120_000
        for node in world.nodes where node.office.level == .street {
            for number in 0..<casesAStreet {
                let time = start + UInt64(number) * hour + world.dice.number(0...hour - 1)
                world.agenda.plan(at: time) { [unowned world] in
                    let text = "第\(number)件:楼上漏水,邻里纠纷,请派人处理"
                    let draft = Workload.report(node.office.scope, text: text)
                    world.write([WriteItem(draft)], at: node)
                }
            }
        }
        return start
    }

    /// Prints a line about where the world stands, and gives the sizes of all logs.
    @discardableResult
    private static func report(_ world: World, _ text: String) -> [Int: UInt64] {
        print(
            "\(world.now) ms \(text): frames=\(world.counters.frames)"
                + " bytes=\(world.counters.bytes) events=\(world.counters.events)"
        )
        return Dictionary(
            uniqueKeysWithValues: world.nodes.map { ($0.index, $0.disk.store.own.size) }
        )
    }
}

extension SimulationOptions {
    /// A world without faults but those that are planned.
    mutating func makeQuiet(districts: Int) {
        self.districts = districts
        gapMilliseconds = 0
        topology = .mesh
        startsJoined = true
        tickMilliseconds = 1_000
        delayMilliseconds = 2...20
        storageMilliseconds = 3
        bytesPerMillisecond = 1_000
        faultPercent = 0
        faults = []
        hostile = []
        newer = []
        latecomers = 0
        // What is sent is held against all entries at all nodes.
        scopes = []
        folds = false
        checksClaims = false
    }
}

extension World {
    /// A group of nodes reaches nobody outside it.
    func cutOff(_ group: [Int]) {
        note("cut off \(group.count) nodes")
        network.groups = Dictionary(uniqueKeysWithValues: group.map { ($0, 1) })
        for wire in network.wires where !network.reaches(wire.ends[0].node, wire.ends[1].node) {
            network.cut(wire, tells: [true, true], self)
        }
    }

    /// How many entries were written after logs had these sizes, and their bytes.
    func written(since sizes: [Int: UInt64]) -> (count: Int, bytes: Int) {
        var count = 0
        var bytes = 0
        for node in nodes {
            let fresh = node.disk.store.own.entries.dropFirst(Int(sizes[node.index] ?? 0))
            count += fresh.count
            bytes += fresh.reduce(0) { $0 + $1.entry.byteCount }
        }
        return (count, bytes)
    }
}
