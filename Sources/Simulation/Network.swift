import Crypto
import Ledger
import Replica
import Replication

/// A connection: two directions, in each of which frames keep their order and none is lost.
final class Wire {
    /// One end of it.
    struct End {
        let node: Int
        let session: SessionID
        let process: SimulatedProcess
        var isOpen = true
    }

    /// What is on its way from one end, in order; the end of the connection comes last.
    struct Direction {
        var lastArrival: UInt64
        var queuedBytes = 0
        /// While true nothing arrives.
        var isStalled = false
        /// Frames that were sent and have not arrived; nil for the end.
        var queue: [[UInt8]?] = []
        /// How many of them would have arrived, were nothing stalled.
        var due = 0
    }

    var ends: [End]
    var directions: [Direction]

    init(_ first: End, _ second: End, now: UInt64) {
        ends = [first, second]
        directions = [Direction(lastArrival: now), Direction(lastArrival: now)]
    }

    func side(of session: SessionID) -> Int { ends[0].session == session ? 0 : 1 }
}

/// All connections, and who does not reach whom.
final class Network {
    /// Most bytes that wait for a peer that does not read, as in the daemon's outbox.
    static let queuedMax = 16 << 20

    private(set) var wires: [Wire] = []
    private var wiresBySession: [SessionID: Wire] = [:]
    private var lastSession: UInt64 = 0
    /// Group of each node while there is a partition; nodes of two groups do not reach each other.
    var groups: [Int: Int] = [:]

    func reaches(_ left: Int, _ right: Int) -> Bool {
        groups[left, default: 0] == groups[right, default: 0]
    }

    /// The node at the other end of a session.
    func peer(of session: SessionID) -> Int? {
        wiresBySession[session].map { $0.ends[1 - $0.side(of: session)].node }
    }

    func queuedBytes(of session: SessionID) -> Int {
        wiresBySession[session].map { $0.directions[$0.side(of: session)].queuedBytes } ?? 0
    }

    /// Sessions of a node that are open at its end.
    func sessions(of node: Int) -> [SessionID] {
        wires.flatMap(\.ends).filter { $0.node == node && $0.isOpen }.map(\.session)
    }

    func add(
        _ first: SimulatedNode,
        _ second: SimulatedNode,
        now: UInt64
    ) -> (SessionID, SessionID)? {
        guard let ours = first.process, let theirs = second.process else { return nil }
        let ids = (SessionID(lastSession + 1), SessionID(lastSession + 2))
        lastSession += 2
        let wire = Wire(
            Wire.End(node: first.index, session: ids.0, process: ours),
            Wire.End(node: second.index, session: ids.1, process: theirs),
            now: now
        )
        wires.append(wire)
        wiresBySession[ids.0] = wire
        wiresBySession[ids.1] = wire
        return ids
    }

    func wire(of session: SessionID) -> Wire? { wiresBySession[session] }

    /// Forgets connections of which both ends are gone.
    func tidy() {
        for wire in wires where !wire.ends[0].isOpen && !wire.ends[1].isOpen {
            for end in wire.ends { wiresBySession[end.session] = nil }
        }
        wires.removeAll { !$0.ends[0].isOpen && !$0.ends[1].isOpen }
    }
}

extension Network {
    private func delay(_ from: Int, _ to: Int, _ world: World) -> UInt64 {
        world.dice.number(world.options.delayMilliseconds)
            + world.nodes[from].extraDelay + world.nodes[to].extraDelay
    }

    /// Sends a frame over a session.
    func send(_ session: SessionID, _ frame: [UInt8], _ world: World) {
        guard let wire = wiresBySession[session] else { return }
        let side = wire.side(of: session)
        guard wire.ends[side].isOpen else { return }
        world.counters.frames += 1
        world.counters.bytes += UInt64(frame.count + 4)
        wire.directions[side].queuedBytes += frame.count
        if wire.directions[side].queuedBytes > Self.queuedMax {
            return end(wire, side, reason: "the peer does not read", world)
        }
        plan(frame, wire, side, world)
    }

    private func plan(_ frame: [UInt8]?, _ wire: Wire, _ side: Int, _ world: World) {
        let time = UInt64(frame?.count ?? 0) / world.options.bytesPerMillisecond
        let delay = delay(wire.ends[side].node, wire.ends[1 - side].node, world)
        let arrival = max(wire.directions[side].lastArrival + time, world.now + delay + time)
        wire.directions[side].lastArrival = arrival
        wire.directions[side].queue.append(frame)
        world.agenda.plan(at: arrival) { [unowned world] in
            wire.directions[side].due += 1
            world.network.deliver(wire, side, world)
        }
    }

    /// Lets arrive what is due in a direction.
    private func deliver(_ wire: Wire, _ side: Int, _ world: World) {
        while !wire.directions[side].isStalled, wire.directions[side].due > 0 {
            wire.directions[side].due -= 1
            guard let frame = wire.directions[side].queue.removeFirst() else {
                return end(wire, 1 - side, reason: "closed by the peer", world)
            }
            arrived(frame, wire, side, world)
        }
    }

    private func arrived(_ frame: [UInt8], _ wire: Wire, _ side: Int, _ world: World) {
        wire.directions[side].queuedBytes -= frame.count
        let receiver = wire.ends[1 - side]
        guard receiver.isOpen, world.nodes[receiver.node].process === receiver.process else {
            // What is sent to nobody is answered by a reset.
            return end(wire, side, reason: "reset", world)
        }
        // The transport reads no longer frame than this.
        guard frame.count <= Limits.frameBytes else {
            end(wire, 1 - side, reason: "frame of \(frame.count) bytes", world)
            return end(wire, side, reason: "closed by the peer", world)
        }
        world.tell(world.nodes[receiver.node], .received(receiver.session, frame: frame))
    }

    /// Ends one side of a connection, and tells its process.
    func end(_ wire: Wire, _ side: Int, reason: String, _ world: World) {
        guard wire.ends[side].isOpen else { return }
        wire.ends[side].isOpen = false
        let end = wire.ends[side]
        let node = world.nodes[end.node]
        guard node.process === end.process else { return }
        world.tell(node, .disconnected(end.session, reason: reason))
    }

    /// A process closes a session: what it sent before still arrives.
    func close(_ session: SessionID, at node: Int, _ world: World) {
        guard let wire = wiresBySession[session] else { return }
        let side = wire.side(of: session)
        guard wire.ends[side].isOpen else { return }
        wire.ends[side].isOpen = false
        plan(nil, wire, side, world)
    }

    /// Breaks a connection; `tells` says which ends learn of it.
    func cut(_ wire: Wire, tells: [Bool], _ world: World) {
        for side in [0, 1] where wire.ends[side].isOpen {
            if tells[side] {
                end(wire, side, reason: "cut", world)
            } else {
                wire.directions[side].isStalled = true
            }
        }
    }

    /// A process is gone: its peers are told, unless they can not be.
    func leave(_ node: Int, _ world: World) {
        for wire in wires {
            for side in [0, 1] where wire.ends[side].node == node && wire.ends[side].isOpen {
                wire.ends[side].isOpen = false
                if reaches(node, wire.ends[1 - side].node) { plan(nil, wire, side, world) }
            }
        }
    }

    /// Lets what was held in a direction go on.
    func release(_ wire: Wire, _ side: Int, _ world: World) {
        guard wire.directions[side].isStalled else { return }
        wire.directions[side].isStalled = false
        if !wire.ends[side].isOpen, !wire.directions[side].queue.contains(nil) {
            plan(nil, wire, side, world)
        }
        world.later(1) { [unowned world] in world.network.deliver(wire, side, world) }
    }

    /// Connects a node to where an address leads.
    func dial(_ address: PeerAddress, from node: SimulatedNode, _ world: World) {
        guard let process = node.process else { return }
        let targets = world.nodes.filter { Office.endpoint($0.office.number) == address.endpoint }
        guard let target = world.dice.pick(targets), target.index != node.index else {
            return world.later(1) { [unowned world] in
                guard node.process === process else { return }
                world.tell(node, .dialFailed(address, reason: "unreachable"))
            }
        }
        let trip = delay(node.index, target.index, world) + delay(target.index, node.index, world)
        let hangs = world.dice.chance(50)
        world.later(trip * 2) { [unowned world] in
            guard node.process === process else { return }
            guard world.network.reaches(node.index, target.index) else {
                if !hangs { world.tell(node, .dialFailed(address, reason: "no route")) }
                return
            }
            guard world.network.admits(node, target, address), let peer = target.process,
                let ids = world.network.add(node, target, now: world.now)
            else { return world.tell(node, .dialFailed(address, reason: "refused")) }
            let tls = (node.office.tls.publicKey, target.office.tls.publicKey)
            world.tell(node, .connected(ids.0, key: tls.1, dialed: address))
            guard target.process === peer else { return }
            world.tell(target, .connected(ids.1, key: tls.0, dialed: nil))
        }
    }

    /// Whether both sides of a handshake take the other's key.
    private func admits(
        _ node: SimulatedNode,
        _ target: SimulatedNode,
        _ address: PeerAddress
    ) -> Bool {
        let (ours, theirs) = (node.office.tls.publicKey, target.office.tls.publicKey)
        guard target.process != nil, !target.disk.store.roster.members(tls: ours).isEmpty else {
            return false
        }
        guard let wanted = address.key else {
            return !node.disk.store.roster.members(tls: theirs).isEmpty
        }
        return wanted == theirs
    }
}
