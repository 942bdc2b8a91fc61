import Crypto
import Encoding
import Ledger
import Replica

/// Two histories of one log that meet are found.
enum ForkChecker {
    /// Logs that may have two histories by somebody's fault.
    static func forkedLogs(_ world: World) -> Set<Digest> {
        Set(world.nodes.filter { $0.isSuspect || $0.kind == .fork }.map(\.office.id))
    }

    /// Logs of which nobody holds all that was once signed, and of nodes whose grant was lost with
    /// such a one: their nodes can not go on.
    static func abandonedLogs(_ world: World) -> Set<Digest> {
        Set(world.nodes.filter { $0.isUnrecoverable || $0.isStranded }.map(\.office.id))
    }

    /// A node that holds another history than one it has a session with, and has no evidence.
    static func unseen(_ world: World) -> String? {
        for wire in world.network.wires where wire.ends[0].isOpen && wire.ends[1].isOpen {
            let pair = wire.ends.map { world.nodes[$0.node] }
            guard pair.allSatisfy(\.isCore) else { continue }
            for log in forkedLogs(world).sorted() {
                let held = pair.map { $0.disk.store.logs[log] ?? HeldLog() }
                let size = min(held[0].size, held[1].size)
                let roots = held.map { $0.root(at: size, hasher: world.city.hasher) }
                let isSeen = pair.contains { node in
                    node.disk.store.evidence.contains { $0.log == log }
                }
                if roots[0] != roots[1], !isSeen {
                    return "nodes \(pair[0].index) and \(pair[1].index) hold two histories of"
                        + " \(log.short) at \(size) and do not know"
                }
            }
        }
        return nil
    }
}

extension ForkChecker {
    /// Up to where all histories of a log are the same that one of these nodes holds: by their
    /// leaves, whatever anybody proved; nil if they hold one.
    static func common(_ log: Digest, _ stores: [SimulatedStore]) -> UInt64? {
        var least: UInt64?
        let held = stores.flatMap { $0.histories(of: log) }
        for (index, left) in held.enumerated() {
            for right in held[(index + 1)...] where left.root != right.root {
                let both = zip(left.entries, right.entries)
                let count = both.prefix { $0.entry.leaf == $1.entry.leaf }.count
                guard count < min(left.entries.count, right.entries.count) else { continue }
                least = min(least ?? .max, UInt64(count))
            }
        }
        return least
    }

    /// A log of which the core holds several histories, and not everybody knows from where on.
    static func unwritten(_ world: World) -> String? {
        let core = world.nodes.filter(\.isCore)
        for node in core {
            let honest = Set(node.disk.store.roster.forks.keys).subtracting(forkedLogs(world))
            guard let log = honest.min() else { continue }
            return "node \(node.index) takes an honest log for forked: \(log.short)"
        }
        for log in forkedLogs(world).subtracting(abandonedLogs(world)).sorted() {
            guard let common = common(log, core.map(\.disk.store)) else { continue }
            for node in core where node.disk.store.roster.forks[log]?.size != common {
                let known = node.disk.store.roster.forks[log].map { "\($0.size)" } ?? "nothing"
                return "log \(log.short) is forked from \(common), node \(node.index) has it"
                    + " written: \(known)"
            }
        }
        return nil
    }
}

/// No honest node is kept from writing for good.
enum FreezeChecker {
    /// The first honest node that may not write.
    static func frozen(_ world: World) -> String? {
        for node in world.nodes where node.isCore && node.isHonest && !node.isUnrecoverable {
            guard let process = node.process else { continue }
            if let stop = process.keeper.stop { return "node \(node.index) may not write: \(stop)" }
        }
        return nil
    }
}
