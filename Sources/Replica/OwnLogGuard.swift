package import Crypto
internal import Encoding
internal import Ledger
package import TransparencyLog

/// Whether a node may write to its own log, judged from what outlived its last process.
///
/// A database behind its fence was put back from a copy, one beside it is another history. What a
/// peer gave proof of stands in a file until the log was taken back from peers.
///
/// - Source: `Protocol/checkpoint.md` section 4.
package enum OwnLogGuard {
    /// How far the log was ever signed, as the fence says.
    package struct Mark: Hashable, Sendable {
        /// Entries.
        package let size: UInt64
        /// Root over them.
        package let root: Digest

        /// Pairs both.
        package init(size: UInt64, root: Digest) {
            self.size = size
            self.root = root
        }
    }

    /// What an earlier process wrote down when it stopped writing for a peer's proof.
    package enum Stopped: Hashable, Sendable {
        /// Until the log holds this history again.
        case until(Mark)
        /// Until an operator has looked.
        case forGood

        /// What follows from a proof.
        package init(_ reason: StopReason) {
            switch reason {
            case .ownLogBehind(let claim):
                let checkpoint = claim.checkpoint
                self = .until(Mark(size: checkpoint.size, root: checkpoint.root))
            case .twin, .ownLogForked: self = .forGood
            }
        }

        /// Reads `SIZE ROOT`; anything else is for good.
        package init(_ line: String?) {
            let words = (line ?? "").split(separator: " ").map(String.init)
            guard words.count == 2, let size = UInt64(words[0]), let root = Bytes32(hex: words[1])
            else {
                self = .forGood
                return
            }
            self = .until(Mark(size: size, root: root))
        }

        /// `SIZE ROOT`; nil for what has no end.
        package var line: String? {
            switch self {
            case .until(let mark): "\(mark.size) \(mark.root)"
            case .forGood: nil
            }
        }
    }

    /// The answer.
    package enum Verdict: Hashable, Sendable {
        /// The log may be written.
        case free
        /// An earlier process was stopped, and its reason still holds.
        case stopped
        /// The fence holds no mark although the log was written.
        case fenceDamaged
        /// The log holds less than was once signed.
        case behindFence(held: UInt64, fence: UInt64)
        /// The log holds another history than was once signed.
        case besideFence(size: UInt64)
    }

    /// Judges.
    ///
    /// - Parameters:
    ///   - held: entries of the own log.
    ///   - mark: the fence's; nil for one that was made and never raised.
    ///   - stopped: what an earlier process wrote down, if it did.
    ///   - rootAt: root over so many entries of the own log; nil if fewer are held.
    /// - Returns: whether it may be written, and what else is so.
    package static func verdict(
        held: UInt64,
        mark: Mark?,
        stopped: Stopped?,
        rootAt: (UInt64) throws -> Digest?
    ) rethrows -> Verdict {
        switch stopped {
        case nil: break
        case .forGood: return .stopped
        case .until(let wanted):
            guard try rootAt(wanted.size) == wanted.root else { return .stopped }
        }
        // An empty fence belongs to a founding or a join that was cut off right after its first
        // entry.
        guard let mark else { return held <= 1 ? .free : .fenceDamaged }
        guard held >= mark.size else {
            return .behindFence(held: held, fence: mark.size)
        }
        return try rootAt(mark.size) == mark.root ? .free : .besideFence(size: mark.size)
    }
}

/// The order of a write to the own log: commit → fence → sign; release follows.
///
/// What is signed is behind both, so that neither a crash nor a database put back from a copy can
/// make a node sign two histories.
package enum WriteOrder {
    /// Goes through the three steps; what throws ends it, with what came before done.
    ///
    /// - Returns: what was committed, and the checkpoint that may now be released.
    package static func write<Committed>(
        commit: () throws -> Committed,
        raise: (Committed) throws -> Void,
        sign: (Committed) throws -> SignedCheckpoint
    ) rethrows -> (committed: Committed, checkpoint: SignedCheckpoint) {
        let committed = try commit()
        try raise(committed)
        return (committed, try sign(committed))
    }
}
