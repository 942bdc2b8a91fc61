import Crypto
import Ledger
import Replica
import Replication

/// Runs worlds, and says what became of them.
package struct Simulator {
    /// What became of one world.
    package struct Report: Sendable {
        /// What was drawn.
        package let options: SimulationOptions
        /// What a checker found; nil if all held.
        package let failure: String?
        /// The newest events, oldest first.
        package let recent: [String]
        /// Actions of the agenda that were performed.
        package let events: UInt64
        /// Entries written and acknowledged.
        package let writes: Int
        /// Writes that were refused.
        package let refusals: Int
        /// Frames and bytes sent.
        package let frames: UInt64
        /// As above.
        package let bytes: UInt64
        /// How often each fault happened.
        package let faults: [Fault: Int]
        /// Virtual time from the end of the faults until all held the same.
        package let healingMilliseconds: UInt64
        /// Equal for two runs of one seed.
        package let transcript: String
    }

    /// Virtual time within which the core must hold the same after the last fault.
    ///
    /// A dial waits for up to 60 s, a silent peer is given up after 60 s, the next comparison
    /// comes within 75 s, and a slow pull passes on after 60 s.
    package static let healingMax: UInt64 = 600_000

    /// Runs one world to its end.
    package static func run(
        _ options: SimulationOptions,
        isVerbose: Bool = false
    ) throws -> Report {
        let world = try World(options, isVerbose: isVerbose)
        world.run(until: world.safetyEnd)
        let healing = world.now
        world.startHealing()
        world.run(until: healing + healingMax) {
            world.findStranded()
            return ConvergenceChecker.isDone(world)
        }
        let healed = world.now
        world.checkers.end(world)
        world.checkRelay()
        return Report(
            options: options,
            failure: world.checkers.failure?.description,
            recent: world.recent,
            events: world.counters.events,
            writes: world.counters.writes,
            refusals: world.counters.refusals,
            frames: world.counters.frames,
            bytes: world.counters.bytes,
            faults: world.counters.faults,
            healingMilliseconds: healed - healing,
            transcript: world.transcriptDigest
        )
    }
}

extension ConvergenceChecker {
    /// Whether there is nothing more to wait for.
    static func isDone(_ world: World) -> Bool {
        difference(world) == nil && FreezeChecker.frozen(world) == nil
            && ForkChecker.unseen(world) == nil && PartsChecker.lacking(world) == nil
            && RedactionChecker.kept(world) == nil
    }
}

extension World {
    /// All faults end; hostile members go on.
    func startHealing() {
        note("healing")
        isHealing = true
        heal()
        for wire in network.wires {
            for side in [0, 1] { network.release(wire, side, self) }
        }
        for node in nodes {
            node.disk.capacity = .max
            node.disk.fenceFailures = 0
            node.disk.stepsLeft = nil
            node.extraDelay = 0
            start(node)
        }
    }

    /// Looks who is known to nobody, also among those who joined late.
    func findStranded() {
        guard nodes.contains(where: \.isUnrecoverable) else { return }
        for node in nodes { node.isStranded = false }
        let stranded = nodes.filter(isAbandoned)
        for node in stranded { node.isStranded = true }
    }

    /// Whether the office that enrolled a node lost the entry, and no other node has it.
    private func isAbandoned(_ node: SimulatedNode) -> Bool {
        let above = city.enroller(of: node.office)
        let log = node.office.id
        guard node.office.number > 0,
            nodes.contains(where: { $0.office.number == above.number && $0.isUnrecoverable })
        else { return false }
        return !nodes.contains { other in
            other.index != node.index && other.isCore && !other.isUnrecoverable
                && other.disk.store.roster.member(log: log) != nil
        }
    }

    /// What one node writes reaches all others from hand to hand, without waiting for the next
    /// comparison.
    func checkRelay() {
        guard checkers.failure == nil, options.hostile.isEmpty else { return }
        let core = nodes.filter { $0.isCore && $0.process?.keeper.stop == nil }
        guard core.count > 1 else { return }
        for _ in 0..<3 {
            run(until: now + 120_000) { areConnected(core) }
            guard areConnected(core), let writer = dice.pick(core) else { return }
            let scope = writer.office.scope
            write([WriteItem(Workload.report(scope, text: "relay"))], at: writer)
            let size = writer.disk.store.own.size + 1
            let bound = relayBound(core.count)
            let log = writer.office.id
            let isHeld = { core.allSatisfy { $0.disk.store.logs[log]?.size ?? 0 >= size } }
            run(until: now + bound, isDone: isHeld)
            guard checkers.failure == nil else { return }
            if !isHeld() {
                let without = core.filter { $0.disk.store.logs[log]?.size ?? 0 < size }
                // A session that ended meanwhile is no fault of those who relay.
                guard areConnected(core) else { continue }
                let names = without.map { String($0.index) }.joined(separator: ",")
                checkers.fail(
                    "relay",
                    "node \(writer.index) wrote, and after \(bound) ms nodes \(names) have nothing"
                )
            }
        }
    }

    /// An announcement waits for a second and the next tick; a pull is a round trip and a commit.
    private func relayBound(_ count: Int) -> UInt64 {
        let hop =
            1_000 + options.tickMilliseconds + 4 * options.delayMilliseconds.upperBound
            + 6 * options.storageMilliseconds
        return hop * UInt64(count) + 2_000
    }

    /// Whether there is a chain of sessions between any two.
    private func areConnected(_ core: [SimulatedNode]) -> Bool {
        var links: [Int: Set<Int>] = [:]
        for wire in network.wires where wire.ends[0].isOpen && wire.ends[1].isOpen {
            let isLive = wire.ends.allSatisfy { end in
                end.process.machine.status.sessions.contains {
                    $0.id == end.session && $0.hasCompared
                }
            }
            guard isLive else { continue }
            links[wire.ends[0].node, default: []].insert(wire.ends[1].node)
            links[wire.ends[1].node, default: []].insert(wire.ends[0].node)
        }
        let wanted = Set(core.map(\.index))
        var reached: Set<Int> = [core[0].index]
        var next = [core[0].index]
        while let node = next.popLast() {
            for other in links[node] ?? [] where wanted.contains(other) {
                if reached.insert(other).inserted { next.append(other) }
            }
        }
        return reached == wanted
    }
}
