import Crypto
import Encoding
import Ledger

/// Nodes that reach each other come to hold the same and to see the same.
enum ConvergenceChecker {
    /// The first difference in what the core holds; nil if there is none.
    static func difference(_ world: World) -> String? {
        let core = world.nodes.filter(\.isCore)
        if let down = core.first(where: { $0.process == nil }) {
            return "node \(down.index) is down"
        }
        let forked = ForkChecker.forkedLogs(world).union(ForkChecker.abandonedLogs(world))
        let logs = Set(core.flatMap(\.disk.store.logs.keys)).subtracting(forked)
        for log in logs.sorted() {
            var first: (node: Int, size: UInt64, root: Digest)?
            for node in core {
                let held = node.disk.store.logs[log] ?? HeldLog()
                guard let other = first else {
                    first = (node.index, held.size, held.root)
                    continue
                }
                guard held.size == other.size, held.root == other.root else {
                    return "of log \(log.short) node \(other.node) holds \(other.size),"
                        + " node \(node.index) \(held.size)"
                        + (held.size == other.size ? " of another tree" : "")
                }
            }
        }
        if let node = core.first(where: { $0.disk.store.uncheckedCount > 0 }) {
            return "node \(node.index) has not checked all signatures"
        }
        return nil
    }

    /// The first difference in what the core sees, subjects of forked logs left out.
    static func viewDifference(_ world: World) -> String? {
        let core = world.nodes.filter(\.isCore)
        let forked = ForkChecker.forkedLogs(world).union(ForkChecker.abandonedLogs(world))
        var isForked: [SubjectID: Bool] = [:]
        for node in core {
            for log in forked.sorted() {
                for entry in node.disk.store.logs[log]?.entries ?? [] {
                    for subject in entry.header?.subjects ?? [] { isForked[subject] = true }
                }
            }
        }
        var first: (node: Int, views: [SubjectID: Digest])?
        for node in core {
            let views = node.disk.store.viewDigests().filter { isForked[$0.key] == nil }
            guard let other = first else {
                first = (node.index, views)
                continue
            }
            for subject in Set(views.keys).union(other.views.keys).sorted()
            where views[subject] != other.views[subject] {
                return "nodes \(other.node) and \(node.index) see \(subject) differently"
            }
        }
        return nil
    }
}
