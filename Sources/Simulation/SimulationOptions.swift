package import Ledger

/// Everything that is drawn for one world, printed before it runs.
///
/// - Source: TigerBeetle's VOPR, which prints its seed and options first.
package struct SimulationOptions: Sendable {
    /// How nodes find each other.
    package enum Topology: String, CaseIterable, Sendable {
        /// Every grant tells where its node listens.
        case mesh
        /// Streets can not be reached and dial city and district.
        case star
        /// Nobody can be reached but by the next in line.
        case line
    }

    /// All of it follows from this.
    package var seed: UInt64
    /// Nodes at the start: the city, its districts, and streets.
    package var nodes: Int
    /// Districts among them, numbered from one.
    package var districts = 1
    /// Whether views are folded and compared while the world runs.
    package var folds = true
    /// Whether what honest nodes send is held against what their disks hold.
    package var checksClaims = true
    /// Things done: writes and faults.
    package var events: Int
    /// Mean time between them.
    package var gapMilliseconds: UInt64 = 1_000
    /// How nodes find each other.
    package var topology = Topology.mesh
    /// Whether everybody holds the roster at the start, or the invitation alone.
    package var startsJoined = true
    /// How often machines are told that time passes.
    package var tickMilliseconds: UInt64 = 500
    /// Least and most one-way delay.
    package var delayMilliseconds: ClosedRange<UInt64> = 1...40
    /// Most time that a job for storage takes.
    package var storageMilliseconds: UInt64 = 10
    /// Bytes a millisecond of a connection.
    package var bytesPerMillisecond: UInt64 = 10_000
    /// Of a hundred events, how many are faults.
    package var faultPercent = 30
    /// How often each fault is drawn against the others.
    package var faults: [(fault: Fault, weight: Int)] = []
    /// Hostile members by number.
    package var hostile: [(node: Int, kind: HostileKind)] = []
    /// Nodes that come later.
    package var latecomers = 0
    /// Nodes of a newer version.
    package var newer: [Int] = []
    /// Whether people redact what they wrote.
    package var redacts = false
    /// Nodes that store the parts of some places only, and of which.
    package var scopes: [(node: Int, scopes: PartScopes)] = []

    /// Draws the options of a seed.
    ///
    /// - Parameters:
    ///   - seed: decides everything that is not given.
    ///   - nodes: instead of 3 to 12.
    ///   - events: instead of 20 to 70.
    package init(seed: UInt64, nodes: Int? = nil, events: Int? = nil) {
        var dice = Dice(seed: seed ^ 0x6c69_6e6c_692d_7369)
        self.seed = seed
        let drawn = dice.chance(70) ? dice.count(3...6) : dice.count(7...12)
        self.nodes = nodes ?? drawn
        let count = dice.count(20...70)
        self.events = events ?? count
        gapMilliseconds = dice.pick([100, 500, 1_500, 4_000]) ?? 1_000
        topology = dice.pick(weighted: [(.mesh, 6), (.star, 2), (.line, 2)]) ?? .mesh
        startsJoined = dice.chance(70)
        tickMilliseconds = dice.pick([250, 500, 1_000]) ?? 500
        delayMilliseconds = dice.pick([0...2, 1...40, 20...400, 100...2_000]) ?? 1...40
        storageMilliseconds = dice.pick([0, 10, 200]) ?? 10
        // A package and a second's pushes must pass within the time for an answer.
        bytesPerMillisecond = dice.pick([100, 1_000, 100_000]) ?? 1_000
        faultPercent = dice.pick([0, 15, 30, 50]) ?? 30
        // Most worlds have few kinds of faults, so that none hides behind another.
        let share = dice.pick([20, 50, 90]) ?? 50
        for fault in Fault.allCases where dice.chance(share) {
            faults.append((fault, dice.count(1...4)))
        }
        latecomers = dice.chance(25) ? dice.count(1...2) : 0
        districts = self.nodes < 7 ? 1 : 2
        let streets = Array(districts + 1..<max(districts + 2, self.nodes))
        if topology == .mesh, self.nodes > 3, dice.chance(50) {
            for _ in 0..<dice.count(1...max(1, self.nodes / 4)) {
                guard let node = dice.pick(streets), let kind = dice.pick(HostileKind.allCases),
                    !hostile.contains(where: { $0.node == node })
                else { continue }
                hostile.append((node, kind))
            }
        }
        if dice.chance(25), let node = dice.pick(streets) { newer.append(node) }
        // By number and not by dice, so that the seeds whose stories are told stay what they were.
        redacts = [6, 10, 11, 13, 15].contains(seed % 16)
        // Dice of their own: what else a seed draws does not depend on them.
        var scopeDice = Dice(seed: seed ^ 0x7363_6f70_6573)
        guard scopeDice.chance(40) else { return }
        let honest = streets.filter { street in !hostile.contains { $0.node == street } }
        for street in honest where scopeDice.chance(50) {
            let places = ["330105", "330105001", "330105002", "330106001", "330106002"]
                .compactMap { Scope($0) }.filter { _ in scopeDice.chance(30) }
            if let drawn = PartScopes(places) { scopes.append((street, drawn)) }
        }
    }
}

extension SimulationOptions: CustomStringConvertible {
    package var description: String {
        let faults = faults.map { "\($0.fault)*\($0.weight)" }.joined(separator: ",")
        let hostile = hostile.map { "\($0.node):\($0.kind)" }.joined(separator: ",")
        let newer = newer.map(String.init).joined(separator: ",")
        let scopes = scopes.map { "\($0.node):\($0.scopes)" }.joined(separator: ";")
        return "seed=\(seed) nodes=\(nodes) events=\(events) gap-ms=\(gapMilliseconds)"
            + " topology=\(topology.rawValue) joined=\(startsJoined) tick-ms=\(tickMilliseconds)"
            + " delay-ms=\(delayMilliseconds.lowerBound)-\(delayMilliseconds.upperBound)"
            + " storage-ms=\(storageMilliseconds) bytes-per-ms=\(bytesPerMillisecond)"
            + " fault-percent=\(faultPercent) latecomers=\(latecomers) newer=[\(newer)] redacts=\(redacts)"
            + " hostile=[\(hostile)] faults=[\(faults)] scopes=[\(scopes)]"
    }
}

/// What goes wrong in a world.
package enum Fault: String, CaseIterable, Sendable {
    /// A connection breaks, and both ends are told.
    case cut
    /// One end of a connection is gone and the other is not told.
    case halfOpen
    /// In one direction of a connection nothing arrives for a while.
    case oneWay
    /// The nodes fall into two groups that do not reach each other.
    case partition
    /// One node reaches nobody.
    case isolate
    /// A process is killed and starts again.
    case crash
    /// Power fails at one of the steps of a write.
    case powerLoss
    /// A disk has no room.
    case fullDisk
    /// A fence can not be written.
    case brokenFence
    /// Somebody makes a backup.
    case backup
    /// A database is put back from the backup.
    case restoreDatabase
    /// A whole home is put back from the backup, the fence too.
    case restoreHome
    /// A home is copied, and both copies run.
    case clone
    /// A wall clock is set to another time.
    case clockJump
    /// A node's connections become slow.
    case slow
    /// The right of a node ends.
    case endRight
}

/// How a member is hostile.
package enum HostileKind: String, CaseIterable, Sendable {
    /// Writes two histories of its log and shows each to some.
    case fork
    /// Sends packages that do not stand in the signed tree.
    case wrongRoot
    /// Lets its log key vouch for entries that their author did not sign.
    case badAuthor
    /// Puts another log's entry into its own.
    case replayedLeaf
    /// Leaves parts of entries out.
    case withheldParts
    /// Gives rights that it does not have.
    case forgedGrant
    /// Sends frames that are longer than any may be.
    case oversize
    /// Says things at the wrong time.
    case outOfTurn
    /// Sends bytes that are no message.
    case malformed
    /// Sends much more than anybody asked for.
    case flood
    /// Fills the disks of others within its rights.
    case diskFiller
    /// Takes part and never answers a pull.
    case silent
    /// Shows others' logs older than it holds them.
    case stale
    /// Says in its greeting that it holds more of the peer's log.
    case boaster
}
