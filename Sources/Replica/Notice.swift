package import Crypto
internal import Encoding
package import Replication

/// Something an operator may want to know; one line in the node's log.
///
/// Carries ids, sizes and reasons only, never case content.
package enum Notice: Hashable, Sendable {
    /// A session passed the greeting.
    case opened(SessionID, peer: Digest, skew: Int64)
    /// This node closed a session: why, as the peer was told, and what exactly was wrong.
    case closed(SessionID, peer: Digest?, ByeReason, detail: String)
    /// The peer closed a session with this reason.
    case byeReceived(SessionID, peer: Digest?, ByeReason)
    /// The connection of a session was lost.
    case lost(SessionID, peer: Digest?, detail: String)
    /// Another process with the same keys is alive.
    case twin(SessionID)
    /// The peer's clock is this many milliseconds ahead of ours, more than is sound.
    case skew(SessionID, peer: Digest, milliseconds: Int64)
    /// Same entries and same rules, but another view: one of the two nodes folds wrongly.
    case viewsDiffer(SessionID, peer: Digest)
    /// Two checkpoints of one log contradict each other.
    case fork(log: Digest, peer: Digest?, size: UInt64)
    /// It is proven where two histories of a log part.
    case parted(log: Digest, peer: Digest?, size: UInt64)
    /// More histories of a log than are held.
    case historiesFull(log: Digest, peer: Digest?)
    /// A peer holds more of our own log than we do.
    case ownLogBehind(peer: Digest?, size: UInt64)
    /// Entries that their author did not sign.
    case forged(log: Digest, sequences: [UInt64], peer: Digest?)
    /// Storage did not commit, or broke its contract.
    case storage(log: Digest, detail: String)
    /// Heads beyond what is remembered of one session were dropped; they come again.
    case headsDropped(SessionID, count: Int)
}

extension Notice: CustomStringConvertible {
    /// `event key=value …`, ids shortened.
    package var description: String {
        switch self {
        case .opened(let id, let peer, let skew):
            "session-open session=\(id.number) peer=\(peer.short) skew-ms=\(skew)"
        case .closed(let id, let peer, let reason, let detail):
            "session-refused session=\(id.number) peer=\(Self.name(peer)) reason=\(reason)"
                + " detail=\"\(detail)\""
        case .byeReceived(let id, let peer, let reason):
            "session-bye session=\(id.number) peer=\(Self.name(peer)) reason=\(reason)"
        case .lost(let id, let peer, let detail):
            "session-lost session=\(id.number) peer=\(Self.name(peer)) detail=\"\(detail)\""
        case .twin(let id): "twin session=\(id.number)"
        case .skew(let id, let peer, let milliseconds):
            "clock-skew session=\(id.number) peer=\(peer.short) skew-ms=\(milliseconds)"
        case .viewsDiffer(let id, let peer):
            "views-differ session=\(id.number) peer=\(peer.short)"
        case .fork(let log, let peer, let size):
            "fork log=\(log.short) peer=\(Self.name(peer)) size=\(size)"
        case .parted(let log, let peer, let size):
            "fork-proven log=\(log.short) peer=\(Self.name(peer)) common=\(size)"
        case .historiesFull(let log, let peer):
            "histories-full log=\(log.short) peer=\(Self.name(peer))"
        case .ownLogBehind(let peer, let size):
            "own-log-behind peer=\(Self.name(peer)) size=\(size)"
        case .forged(let log, let sequences, let peer):
            "forged log=\(log.short) peer=\(Self.name(peer)) count=\(sequences.count)"
                + " first=\(sequences.first ?? 0)"
        case .storage(let log, let detail):
            "storage log=\(log.short) detail=\"\(detail)\""
        case .headsDropped(let id, let count):
            "heads-dropped session=\(id.number) count=\(count)"
        }
    }

    private static func name(_ peer: Digest?) -> String { peer?.short ?? "-" }
}
