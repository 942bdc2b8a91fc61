import Crypto
import Encoding
import Ledger
import Replica
import Replication

/// Who wants a part gets it from a neighbour that holds it, and nobody stores what it does not
/// want.
///
/// Places are read off headers here, by a rule of its own.
enum PartsChecker {
    /// A part that a node of the core wants, has not, and that a peer of it holds.
    static func lacking(_ world: World) -> String? {
        let core = world.nodes.filter(\.isCore)
        for node in core where !node.disk.store.lacking.isEmpty {
            let neighbours = neighbours(of: node, world).filter(\.isCore)
            for entry in node.disk.store.lacking where wants(node, entry) {
                // What was destroyed for good is nobody's to give; `RedactionChecker` looks at it.
                guard !node.disk.store.destroyed.contains(entry.hash) else { continue }
                for index in entry.entry.parts.indices where entry.entry.parts[index] == nil {
                    guard
                        let other = neighbours.first(where: {
                            held(entry, by: $0)?.entry.parts[index] != nil
                        })
                    else { continue }
                    return "node \(node.index) lacks part \(index) of \(entry.place.log.short)#"
                        + "\(entry.place.sequence), which node \(other.index) holds"
                }
            }
        }
        return nil
    }

    /// A part that an honest node stores and that is not the one its header names.
    static func wrong(_ world: World) -> String? {
        let hasher = SHA256Hasher()
        for node in world.nodes where node.isHonest {
            for log in node.disk.store.logs.sorted(by: { $0.key < $1.key }) {
                for entry in log.value.entries {
                    for (part, wanted) in zip(entry.entry.parts, entry.header?.parts ?? []) {
                        guard let part, part.commitment(hasher) != wanted else { continue }
                        return "node \(node.index) stores another part of \(log.key.short)#"
                            + "\(entry.place.sequence)"
                    }
                }
            }
        }
        return nil
    }

    /// A part that an honest node stores and that belongs to none of its places.
    static func unwanted(_ world: World) -> String? {
        for node in world.nodes where node.isHonest {
            guard let codes = node.disk.store.scopes.scopes?.map(\.code) else { continue }
            for log in node.disk.store.logs.sorted(by: { $0.key < $1.key }) {
                for entry in log.value.entries
                where entry.entry.parts.contains(where: { $0 != nil }) {
                    guard !wants(node, entry) else { continue }
                    return "node \(node.index) stores \(log.key.short)#\(entry.place.sequence),"
                        + " outside of \(codes)"
                }
            }
        }
        return nil
    }

    private static func wants(_ node: SimulatedNode, _ entry: HeldEntry) -> Bool {
        let store = node.disk.store
        guard let header = entry.header else { return false }
        guard let scopes = store.scopes.scopes, entry.place.log != node.office.id else {
            return true
        }
        let kinds = ["log.", "grant.", "policy.", "place."]
        if kinds.contains(where: header.operation.hasPrefix) { return true }
        let subjects = header.subjects.filter { $0 != store.rosterSubject }
        let codes = subjects.flatMap(store.entries(about:)).flatMap { other in
            [other.header?.scope?.code, other.header?.to?.code].compactMap { $0 }
        }
        return codes.contains { code in scopes.contains { code.hasPrefix($0.code) } }
    }

    private static func held(_ entry: HeldEntry, by node: SimulatedNode) -> HeldEntry? {
        node.disk.store.histories(of: entry.place.log).lazy.compactMap { log -> HeldEntry? in
            guard entry.place.sequence < log.size else { return nil }
            let other = log.entries[Int(entry.place.sequence)]
            return other.hash == entry.hash ? other : nil
        }.first
    }

    private static func neighbours(of node: SimulatedNode, _ world: World) -> [SimulatedNode] {
        world.network.wires.compactMap { wire in
            guard wire.ends[0].isOpen, wire.ends[1].isOpen,
                let side = wire.ends.firstIndex(where: { $0.node == node.index })
            else { return nil }
            return world.nodes[wire.ends[1 - side].node]
        }
    }
}
