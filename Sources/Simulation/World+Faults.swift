import Ledger
import Replica
import Replication

extension World {
    /// Lets something go wrong.
    func happen(_ fault: Fault) {
        counters.faults[fault, default: 0] += 1
        switch fault {
        case .cut, .halfOpen, .oneWay: disturb(fault)
        case .partition, .isolate: divide(fault)
        case .crash, .powerLoss, .fullDisk, .brokenFence, .clockJump, .slow: strike(fault)
        case .backup, .restoreDatabase, .restoreHome, .clone: restore(fault)
        case .endRight: endRight()
        }
    }

    private func disturb(_ fault: Fault) {
        let open = network.wires.filter { $0.ends[0].isOpen && $0.ends[1].isOpen }
        guard let wire = dice.pick(open) else { return }
        note("fault=\(fault) between=\(wire.ends[0].node),\(wire.ends[1].node)")
        let side = dice.count(0...1)
        switch fault {
        case .cut: network.cut(wire, tells: [true, true], self)
        case .halfOpen: network.cut(wire, tells: [side == 0, side == 1], self)
        default:
            wire.directions[side].isStalled = true
            later(dice.wait(mean: 20_000)) { [unowned self] in
                if reaches(wire) { network.release(wire, side, self) }
            }
        }
    }

    private func reaches(_ wire: Wire) -> Bool {
        network.reaches(wire.ends[0].node, wire.ends[1].node)
    }

    private func divide(_ fault: Fault) {
        guard network.groups.isEmpty else { return }
        var groups: [Int: Int] = [:]
        if fault == .isolate {
            groups[dice.count(0...nodes.count - 1)] = 1
        } else {
            for node in nodes where dice.chance(50) { groups[node.index] = 1 }
        }
        note("fault=\(fault) group=\(groups.keys.sorted())")
        network.groups = groups
        let isSilent = dice.chance(50)
        for wire in network.wires where !reaches(wire) {
            if isSilent {
                for side in [0, 1] { wire.directions[side].isStalled = true }
            } else {
                network.cut(wire, tells: [true, true], self)
            }
        }
        later(dice.wait(mean: 40_000)) { [unowned self] in heal() }
    }

    /// Everybody reaches everybody again.
    func heal() {
        guard !network.groups.isEmpty else { return }
        note("healed")
        network.groups = [:]
        for wire in network.wires {
            for side in [0, 1] { network.release(wire, side, self) }
        }
    }

    private func strike(_ fault: Fault) {
        guard let node = dice.pick(nodes) else { return }
        note("fault=\(fault) node=\(node.index)")
        switch fault {
        case .crash:
            guard node.process != nil else { return }
            kill(node, reason: "crash")
            startLater(node)
        case .powerLoss: node.disk.stepsLeft = dice.count(0...9)
        case .fullDisk:
            node.disk.capacity = node.disk.store.bytes + dice.count(0...2_000)
            later(dice.wait(mean: 20_000)) { node.disk.capacity = .max }
        case .brokenFence: node.disk.fenceFailures = 1
        case .clockJump:
            let spans: [UInt64] = [60_000, 3_600_000, 86_400_000, 31_536_000_000]
            let far = dice.pick(spans) ?? 60_000
            node.clockOffset += Int64(dice.number(0...2 * far)) - Int64(far)
        case .slow:
            node.extraDelay = dice.number(200...3_000)
            later(dice.wait(mean: 30_000)) { node.extraDelay = 0 }
        default: break
        }
    }

    private func restore(_ fault: Fault) {
        let able = nodes.filter { !$0.isHostile && !$0.isClone && !$0.hasEnded }
        guard let node = dice.pick(able) else { return }
        switch fault {
        case .backup:
            node.backup = node.disk.copy()
            note("fault=\(fault) node=\(node.index)")
        case .clone:
            // The founder and the districts decide who may do what; two of them is another story.
            guard node.office.level == .street, !nodes.contains(where: \.isClone) else { return }
            let twin = add(node.office, node.disk.copy())
            for one in [node, twin] {
                one.isClone = true
                one.isSuspect = true
            }
            note("fault=\(fault) node=\(node.index) twin=\(twin.index)")
            start(twin)
        default:
            guard let backup = node.backup, fault != .restoreHome || node.office.level == .street
            else { return }
            note("fault=\(fault) node=\(node.index) size=\(backup.store.own.size)")
            kill(node, reason: "restore")
            checkers.acknowledged.restored(node, to: backup, isWhole: fault == .restoreHome, self)
            let copy = backup.copy()
            if fault == .restoreDatabase {
                copy.fence = node.disk.fence
                copy.stopped = node.disk.stopped
                node.wasRestored = true
            } else {
                node.isSuspect = true
            }
            node.disk = copy
            checkers.redaction.restored(node)
            startLater(node)
        }
    }

    /// The office above ends a node's right, as far as it holds its log.
    private func endRight() {
        let streets = nodes.filter {
            $0.office.level == .street && !$0.hasEnded && !$0.isClone && $0.kind != .fork
        }
        // Somebody has to be left, and nobody cut off behind the one whose right ends.
        guard streets.count > 1, nodes.count(where: \.hasEnded) < 2, options.topology != .line,
            let node = dice.pick(streets)
        else { return }
        let ender = dice.chance(70) ? city.enroller(of: node.office) : city.offices[0]
        guard let above = nodes.first(where: { $0.office.number == ender.number }),
            above.process != nil, !above.isHostile
        else { return }
        let grants = above.disk.store.roster.grants(log: node.office.id).map(\.hash)
        guard !grants.isEmpty else { return }
        let held = above.disk.store.logs[node.office.id] ?? HeldLog()
        let position = LogPosition(log: node.office.id, size: held.size, root: held.root)
        note("fault=endRight node=\(node.index) by=\(above.index) size=\(held.size)")
        // From here on, since a crash may keep the entry and lose the acknowledgement.
        node.hasEnded = true
        let draft = EntryDraft.end(
            roster: city.subject,
            grants: grants,
            cuts: held.size > 0 ? [position] : [],
            reason: "closed"
        )
        write([WriteItem(draft)], at: above)
    }
}
