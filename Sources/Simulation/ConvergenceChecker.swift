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
        let left = ForkChecker.abandonedLogs(world)
        let logs = Set(core.flatMap(\.disk.store.logs.keys)).subtracting(left)
        for log in logs.sorted() {
            var first: (node: Int, heads: [Head])?
            for node in core {
                let heads = Head.all(of: log, at: node)
                guard let other = first else {
                    first = (node.index, heads)
                    continue
                }
                guard heads == other.heads else {
                    return "of log \(log.short) node \(other.node) holds"
                        + " \(other.heads.map(\.size)), node \(node.index) \(heads.map(\.size))"
                        + (heads.map(\.size) == other.heads.map(\.size) ? " of other trees" : "")
                }
            }
        }
        if let detail = ForkChecker.unwritten(world) { return detail }
        if let node = core.first(where: { $0.disk.store.uncheckedCount > 0 }) {
            return "node \(node.index) has not checked all signatures"
        }
        return nil
    }

    /// How far one history of a log goes.
    private struct Head: Hashable {
        let size: UInt64
        let root: Digest

        /// Of every history that a node holds, in one order.
        static func all(of log: Digest, at node: SimulatedNode) -> [Head] {
            node.disk.store.histories(of: log).map { Head(size: $0.size, root: $0.root) }
                .sorted { ($0.size, $0.root) < ($1.size, $1.root) }
        }
    }

    /// The first difference in what the core sees, subjects of logs left out that nobody holds.
    static func viewDifference(_ world: World) -> String? {
        let core = world.nodes.filter(\.isCore)
        var isLeftOut: [SubjectID: Bool] = [:]
        for node in core {
            for log in ForkChecker.abandonedLogs(world).sorted() {
                for entry in node.disk.store.histories(of: log).flatMap(\.entries) {
                    for subject in entry.header?.subjects ?? [] { isLeftOut[subject] = true }
                }
            }
        }
        var first: [HeldSubject: (node: Int, view: Digest?)] = [:]
        for node in core {
            let views = node.disk.store.viewDigests()
            var absent: [SubjectID: [Digest]] = [:]
            for entry in node.disk.store.lacking.sorted(by: { $0.hash < $1.hash }) {
                let parts = entry.entry.parts.indices.filter { entry.entry.parts[$0] == nil }
                for subject in entry.header?.subjects ?? [] {
                    absent[subject, default: []].append(
                        sha256(entry.hash.bytes + parts.map(UInt8.init))
                    )
                }
            }
            for subject in node.disk.store.subjects where isLeftOut[subject] == nil {
                // Who holds the same parts of it sees the same.
                let held = HeldSubject(subject: subject, absent: absent[subject] ?? [])
                let view = views[subject]
                guard let other = first[held] else {
                    first[held] = (node.index, view)
                    continue
                }
                if view != other.view {
                    return "nodes \(other.node) and \(node.index) see \(subject) differently"
                }
            }
        }
        return nil
    }

    /// A subject with the parts of it that somebody does not hold.
    private struct HeldSubject: Hashable {
        let subject: SubjectID
        let absent: [Digest]
    }
}
