import Cases
import Crypto
import Encoding
import Ledger
import Replica
import Replication

extension World {
    /// Stores parts that a peer gave, in one transaction.
    func storeParts(
        _ request: RequestID,
        _ found: [FoundPart],
        _ node: SimulatedNode,
        _ process: SimulatedProcess
    ) throws {
        do {
            let bytes = found.reduce(0) { $0 + $1.part.bytes.count }
            try node.disk.transaction(bytes: bytes) { $0.keepParts(found) }
            process.isViewStale = true
            tell(node, .partsStored(request, true))
        } catch let loss as PowerLoss {
            throw loss
        } catch {
            tell(node, .partsStored(request, false))
        }
    }

    /// Destroys what is due, in one transaction.
    func destroyRedacted(_ node: SimulatedNode, _ process: SimulatedProcess) throws {
        let due = node.disk.store.dueEntries(now: node.wall(now: now))
        guard !due.isEmpty else { return }
        do {
            try node.disk.transaction(bytes: 0) { $0.destroy(due) }
        } catch let loss as PowerLoss {
            throw loss
        } catch {
            // A full disk; it is tried again.
            process.mayHaveDue = true
            return
        }
        note("node=\(node.index) destroyed entries=\(due.count)")
        process.isViewStale = true
        checkers.redaction.destroyed(due, at: node)
    }

    /// What a node says of itself.
    func presence(of node: SimulatedNode) throws -> SignedPresence {
        let store = node.disk.store
        return try SignedPresence(
            Presence(
                ledger: city.ledger,
                log: node.office.id,
                time: node.wall(now: now),
                frontier: store.frontier,
                view: .zero,
                foldVersion: 0,
                unchecked: store.uncheckedCount,
                notHeld: UInt64(store.lacking.count),
                missing: UInt64(store.missingParts.count)
            ),
            key: node.office.service
        )
    }
}
