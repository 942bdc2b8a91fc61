import Replica
import Replication

/// Memory and queues are bounded, whatever peers do.
struct BoundsChecker {
    private(set) var failure: String?
    private var looks = 0
    /// Reads and commits of all sessions, comparisons, evidence and the daemon's own.
    private static let jobsMax =
        Limits.sessions * Limits.servedReads + Limits.pendingCommits + Limits.comparisons + 256

    /// Looks at a node now and then.
    mutating func look(_ node: SimulatedNode, _ process: SimulatedProcess, _ network: Network) {
        looks += 1
        guard looks.isMultiple(of: 8), failure == nil else { return }
        let status = process.machine.status
        var found: [(String, Int, Int)] = [
            ("sessions", status.sessions.count, Limits.sessions),
            ("connections", status.sessions.count(where: \.isCounted), Limits.connections),
            ("pending commits", status.pendingCommits, Limits.pendingCommits),
            ("jobs", process.mostJobs, Self.jobsMax),
        ]
        for session in status.sessions {
            found.append(("pulls", session.pulls, Limits.pulls))
            let queued = network.queuedBytes(of: session.id)
            found.append(("queued bytes", queued, Network.queuedMax))
        }
        for (name, count, limit) in found where count > limit {
            failure = "node \(node.index) has \(count) \(name), want at most \(limit)"
        }
    }
}
