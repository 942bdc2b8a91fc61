import Crypto
import Encoding
import Ledger
import Replica
import Replication

/// One simulated world: nodes, network, time, faults and those who watch.
///
/// Single-threaded; everything follows from the options. Machines, verifier, roster and fold are
/// those that ship.
final class World {
    /// Wall clock at time zero.
    static let start: UInt64 = 1_795_428_000_000

    let options: SimulationOptions
    let city: City
    let pool = EntryPool()
    var dice: Dice
    var agenda = Agenda()
    var now: UInt64 = 0
    var nodes: [SimulatedNode] = []
    let network = Network()
    var isHealing = false
    /// When faults end.
    var safetyEnd: UInt64 = 0
    var workload: Workload
    var checkers: Checkers
    var counters = Counters()
    /// Frames and bytes by kind of message, in the city only.
    var traffic: [String: (frames: UInt64, bytes: UInt64)] = [:]
    /// The newest events, for a report.
    private(set) var recent: [String] = []
    private var transcript: UInt64 = 0
    let isVerbose: Bool

    /// What is counted for the report.
    struct Counters {
        var events: UInt64 = 0
        var frames: UInt64 = 0
        var bytes: UInt64 = 0
        var writes = 0
        var refusals = 0
        var faults: [Fault: Int] = [:]
    }

    init(_ options: SimulationOptions, isVerbose: Bool = false) throws {
        self.options = options
        self.isVerbose = isVerbose
        var dice = Dice(seed: options.seed)
        city = try City(options)
        workload = Workload()
        checkers = Checkers(city)
        self.dice = dice.fork()
        try settle()
    }

    /// Goes through everything that is planned until `end`, or until `isDone`, which is asked once
    /// a virtual second.
    @discardableResult
    func run(until end: UInt64, isDone: () -> Bool = { false }) -> Bool {
        var nextLook = now
        while checkers.failure == nil {
            if now >= nextLook {
                if isDone() { return true }
                nextLook = now + 1_000
                network.tidy()
            }
            guard let next = agenda.next, next <= end else {
                now = end
                return isDone()
            }
            now = max(now, next)
            counters.events += 1
            agenda.take()?()
        }
        return false
    }

    /// Plans an action after a while.
    func later(_ delay: UInt64, _ action: @escaping () -> Void) {
        agenda.plan(at: now + delay, action)
    }

    /// Notes what happened.
    func note(_ text: @autoclosure () -> String) {
        let line = "\(now) \(text())"
        for byte in line.utf8 { transcript = (transcript ^ UInt64(byte)) &* 0x100_0000_01b3 }
        if isVerbose { print(line) }
        recent.append(line)
        if recent.count > 400 { recent.removeFirst(200) }
    }

    /// Digest of all that was noted: equal for two runs of one seed.
    var transcriptDigest: String { String(transcript, radix: 16) }

    /// Tells a node's machine something and does what it commands.
    func tell(_ node: SimulatedNode, _ event: ReplicaEvent) {
        guard let process = node.process else { return }
        let commands = process.machine.handle(event, now: now, wall: node.wall(now: now))
        for command in commands where node.process === process { perform(command, at: node) }
    }
}
