import Crypto
import Encoding
import Ledger
import Replica

/// No entry that a node acknowledged is lost.
///
/// Knows every acknowledgement that was given. What nobody else held when a database was put back
/// from a copy is lost by whoever put it back.
struct AcknowledgedChecker {
    private struct Acknowledged {
        let entry: HeldEntry
        let office: Int
    }

    private var entries: [Acknowledged] = []

    /// An acknowledgement went out.
    mutating func add(_ written: [HeldEntry], by node: SimulatedNode) {
        guard node.isHonest, !node.isClone else { return }
        entries += written.map { Acknowledged(entry: $0, office: node.office.number) }
    }

    /// An operator puts a node's home back.
    mutating func restored(
        _ node: SimulatedNode,
        to backup: SimulatedDisk,
        isWhole: Bool,
        _ world: World
    ) {
        if isWhole { entries.removeAll { $0.entry.place.log == node.office.id } }
        // What only this node held, of any log, is gone with its database.
        let others = world.nodes.filter { $0.index != node.index && $0.isCore }
        var left: [Digest: UInt64] = [:]
        for (log, held) in node.disk.store.logs {
            let elsewhere = others.map { $0.disk.store.logs[log]?.size ?? 0 }.max() ?? 0
            let size = max(elsewhere, backup.store.logs[log]?.size ?? 0)
            if size < held.size { left[log] = size }
        }
        entries.removeAll { $0.entry.place.sequence >= left[$0.entry.place.log] ?? .max }
        for other in world.nodes {
            let log = other.office.id
            let size =
                left[log]
                ?? max(
                    others.map { $0.disk.store.logs[log]?.size ?? 0 }.max() ?? 0,
                    node.disk.store.logs[log]?.size ?? 0
                )
            if other.disk.fence.mark?.size ?? 0 > size { other.isUnrecoverable = true }
        }
    }

    /// The first entry that is missing somewhere.
    func loss(_ world: World) -> String? {
        let forked = ForkChecker.forkedLogs(world).union(ForkChecker.abandonedLogs(world))
        for item in entries where !forked.contains(item.entry.place.log) {
            let place = item.entry.place
            for node in world.nodes where !node.isHostile && !node.isClone {
                // A node whose right ended keeps its own; others it can not fetch any more, nor its
                // own if its database was put back.
                guard node.isCore || node.office.number == item.office && !node.wasRestored
                else { continue }
                let writer = world.nodes.first { $0.office.number == item.office }
                // What an ended node wrote in a partition reaches nobody.
                if node.office.number != item.office, writer?.hasEnded ?? true { continue }
                let held = node.disk.store.logs[place.log]?.entries ?? []
                let index = Int(place.sequence)
                guard index < held.count, held[index].hash == item.entry.hash else {
                    return "node \(node.index) has lost \(place.log.short)#\(place.sequence)"
                        + " of node \(item.office)"
                }
            }
        }
        return nil
    }
}
