import Replica
import Replication

extension World {
    /// A machine sends a frame; what a hostile member makes of it goes out instead.
    func speak(_ node: SimulatedNode, _ session: SessionID, _ frame: [UInt8]) {
        guard node.hostility != nil else {
            if options.checksClaims { checkers.claims.look(frame, from: node, self) }
            if !options.folds { count(frame) }
            return network.send(session, frame, self)
        }
        guard let message = try? Message(decoding: frame),
            let frames = node.hostility?.frames(for: message, &dice)
        else { return network.send(session, frame, self) }
        for frame in frames { network.send(session, frame, self) }
    }

    /// Counts a frame under its kind, whose number stands in the second byte.
    private func count(_ frame: [UInt8]) {
        let names = [
            "hello", "bye", "summary", "heads", "pull", "package", "gone", "push", "ping", "pong",
        ]
        let kind = frame.count > 1 ? Int(frame[1]) - 1 : -1
        let name = names.indices.contains(kind) ? names[kind] : "other"
        traffic[name, default: (0, 0)].frames += 1
        traffic[name, default: (0, 0)].bytes += UInt64(frame.count)
    }

    /// What a hostile member says by itself.
    func hostileTick(_ node: SimulatedNode) {
        guard node.hostility != nil else { return }
        for session in network.sessions(of: node.index) {
            for frame in node.hostility?.unasked(node, &dice) ?? [] {
                network.send(session, frame, self)
            }
        }
    }
}
