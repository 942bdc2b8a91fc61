internal import Crypto
internal import Ledger
internal import Replica
internal import Replication
internal import Storage
internal import TransparencyLog

/// Work for the home's writer, done one after another in the order it came.
enum StorageJob {
    case commit(RequestID, VerifiedPackage)
    case read(RequestID, ReadRequest)
    case compare(RequestID, log: Digest, size: UInt64)
    case parts(PartJob)
    case append(
        [AppendItem],
        SignedProposal?,
        CheckedContinuation<[AppendOutcome], any Error>
    )
    case propose([AppendItem], PublicKey, CheckedContinuation<EntryProposal, any Error>)
    case keepEvidence(ForkEvidence)
    case proveFork(ForkParting)
    case keepFork(ForkProof)
    case writeFork(ForkProof)
    case stabilize(size: UInt64)
    case cosign(SignedCheckpoint)
    case keepCosigned(Digest, [CosignedCheckpoint])
    case keepRefusals([Refusal])
    case heard([Digest])
    case viewDigest
    /// Looks whether approved redactions wait for nothing any more.
    case destroyRedacted
    case recordOpenings
    case stopWriting(KeeperError)
    /// Everything before it is done.
    case barrier(CheckedContinuation<Void, Never>)
}
