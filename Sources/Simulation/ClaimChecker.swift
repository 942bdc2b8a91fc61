import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

/// What an honest node says it holds, its disk holds; and it signs one history.
struct ClaimChecker {
    private(set) var failure: String?
    /// Roots that honest nodes signed of their own log, by size.
    private var signed: [Digest: [UInt64: Digest]] = [:]

    /// Looks at a frame before it leaves.
    mutating func look(_ frame: [UInt8], from node: SimulatedNode, _ world: World) {
        // Packages are held against the tree by whoever gets them, and are long.
        guard frame.count < 16_384, failure == nil,
            let message = try? Message(decoding: frame)
        else { return }
        switch message {
        case .heads(let heads):
            for head in heads.heads {
                let held = node.disk.store.histories(of: head.log)
                let isHeld = held.contains {
                    $0.root(at: head.size, hasher: world.city.hasher) == head.root
                }
                guard isHeld else {
                    failure =
                        "node \(node.index) says it holds \(head.size) of"
                        + " \(head.log.short), its disk has \(held.map(\.size))"
                    return
                }
                check(head.note, of: head.log, from: node, world)
            }
        case .push(let push) where push.isShort:
            let held = node.disk.store.histories(of: push.log)
            let size = push.first + UInt64(push.entries.count)
            if !held.contains(where: { $0.size >= size }) {
                failure = "node \(node.index) pushes \(size) of \(push.log.short), holds less"
            }
        case .push(let push): check(push.note, of: push.log, from: node, world)
        case .announce(let rows):
            for row in rows where !isHeld(row, node, world) {
                failure = "node \(node.index) announces \(row.size) of a log, its disk has less"
            }
        default: break
        }
        if let failure { world.checkers.fail("claims", failure) }
    }

    private func isHeld(_ row: Announcement, _ node: SimulatedNode, _ world: World) -> Bool {
        node.disk.store.logs.keys.contains { log in
            shortened(log) == row.log
                && node.disk.store.histories(of: log).contains { history in
                    history.root(at: row.size, hasher: world.city.hasher)
                        .map(shortened) == row.root
                }
        }
    }

    private mutating func check(
        _ bytes: [UInt8],
        of log: Digest,
        from node: SimulatedNode,
        _ world: World
    ) {
        guard log == node.office.id, node.isHonest,
            let note = try? Note(bytes), let checkpoint = Checkpoint(text: note.text)
        else { return }
        if let root = signed[log]?[checkpoint.size], root != checkpoint.root {
            failure = "node \(node.index) signed two histories of size \(checkpoint.size)"
        }
        signed[log, default: [:]][checkpoint.size] = checkpoint.root
        let own = node.disk.store.own
        if own.root(at: checkpoint.size, hasher: world.city.hasher) != checkpoint.root {
            failure = "node \(node.index) signed \(checkpoint.size), its disk has \(own.size)"
        }
    }
}
