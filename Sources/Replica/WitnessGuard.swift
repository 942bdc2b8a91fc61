package import Crypto
package import TransparencyLog

/// Whether a witness may cosign a checkpoint, judged from the log that it holds and from the
/// largest checkpoint of that log that it cosigned before.
///
/// - Source: C2SP `tlog-cosignature` v1.0.1; `Protocol/witness.md` section 4.
package enum WitnessGuard {
    /// The answer.
    package enum Verdict: Hashable, Sendable {
        /// It extends everything that was cosigned before.
        case free
        /// Not all of it is held, or another tree is.
        case notHeld
        /// A larger one was cosigned before.
        case behind
        /// What was cosigned before is of another tree than the one that is held.
        case contradicted
    }

    /// Judges.
    ///
    /// - Parameters:
    ///   - checkpoint: signed by its log.
    ///   - remembered: the largest that was cosigned before.
    ///   - rootAt: root over so many entries of the log; nil if fewer are held.
    /// - Returns: whether it may be cosigned.
    package static func verdict(
        _ checkpoint: Checkpoint,
        remembered: OwnLogGuard.Mark?,
        rootAt: (UInt64) throws -> Digest?
    ) rethrows -> Verdict {
        guard try rootAt(checkpoint.size) == checkpoint.root else { return .notHeld }
        guard let remembered else { return .free }
        guard checkpoint.size >= remembered.size else { return .behind }
        return try rootAt(remembered.size) == remembered.root ? .free : .contradicted
    }
}
