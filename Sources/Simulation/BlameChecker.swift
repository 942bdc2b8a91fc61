import Crypto
import Encoding
import Replica
import Replication

/// No honest node is blamed for what it did not do.
enum BlameChecker {
    /// Reasons to close a session that say that the peer did something wrong.
    private static let accusations: Set<ByeReason> = [
        .wrongLedger, .version, .malformed, .outOfTurn, .limit, .badPackage, .wrongLog,
    ]

    /// What is wrong with a line of an honest node's log.
    static func fault(_ notice: Notice, at node: SimulatedNode, _ world: World) -> String? {
        let peer: SimulatedNode?
        switch notice {
        case .closed(let id, _, let reason, let detail):
            peer = world.network.peer(of: id).map { world.nodes[$0] }
            guard let peer, !peer.isHostile, !peer.isClone, accusations.contains(reason) else {
                return nil
            }
            return "node \(node.index) blames node \(peer.index): \(reason) \(detail)"
        case .viewsDiffer(let id, _):
            peer = world.network.peer(of: id).map { world.nodes[$0] }
            guard let peer, !peer.isHostile else { return nil }
            return "nodes \(node.index) and \(peer.index) fold differently"
        case .fork(let log, _, let size):
            guard !ForkChecker.forkedLogs(world).contains(log) else { return nil }
            return "node \(node.index) sees an honest log forked: \(log.short) at \(size)"
        case .forged(let log, let sequences, _):
            guard let writer = world.nodes.first(where: { $0.office.id == log }),
                !writer.isHostile
            else { return nil }
            return "node \(node.index) finds entries of node \(writer.index) forged: \(sequences)"
        case .ownLogBehind(_, let size):
            guard !node.wasRestored else { return nil }
            return "node \(node.index) is told of \(size) own entries and lost none"
        case .twin(let id):
            peer = world.network.peer(of: id).map { world.nodes[$0] }
            return "node \(node.index) sees a twin in node \(peer?.index ?? -1)"
        case .parted(let log, _, let size):
            guard !ForkChecker.forkedLogs(world).contains(log) else { return nil }
            return "node \(node.index) proves an honest log forked: \(log.short) at \(size)"
        case .opened, .byeReceived, .lost, .skew, .storage, .headsDropped, .historiesFull:
            return nil
        }
    }
}
