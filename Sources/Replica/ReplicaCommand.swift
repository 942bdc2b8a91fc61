package import Crypto
package import Ledger
package import Replication
package import TransparencyLog

/// What the runtime has to do, in the order given.
package enum ReplicaCommand: Sendable {
    /// Send a frame; sessions that have gone are passed over.
    case send(SessionID, frame: [UInt8])
    /// Send what is queued and close the connection; no event follows.
    case close(SessionID)
    /// Read entries for a peer and answer with ``ReplicaEvent/read(_:_:)``.
    case read(RequestID, ReadRequest)
    /// Commit entries and tree in one transaction, and answer with
    /// ``ReplicaEvent/committed(_:)`` or ``ReplicaEvent/commitFailed(_:reason:)``.
    ///
    /// Packages of one log come in order; storage refuses one that does not start at its size.
    case commit(RequestID, VerifiedPackage, from: SessionID)
    /// Tell the tree that the log, or a further history by its key, had at this size, by
    /// ``ReplicaEvent/compared(_:range:)``.
    case compare(RequestID, log: Digest, size: UInt64)
    /// Tell the missing parts after this one, or the first, by ``ReplicaEvent/missing(_:_:)``.
    case findMissing(RequestID, after: WantedPart?)
    /// Read parts for a peer and answer with ``ReplicaEvent/partsRead(_:_:)``.
    case readParts(RequestID, [WantedPart])
    /// Compute what shows a peer that parts are held, by ``ReplicaEvent/partsProven(_:_:)``.
    case proveParts(RequestID, Prove)
    /// Store parts that match their commitments in one transaction, but those that are not missing
    /// any more, and answer with ``ReplicaEvent/partsStored(_:_:)``.
    case storeParts(RequestID, [FoundPart])
    /// What the peers answered to a challenge.
    case challenged(UInt64, [ChallengeAnswer])
    /// Sign a presence and tell ``ReplicaEvent/presenceSigned(_:)``.
    case signPresence
    /// Keep the newest presences of these nodes.
    case keepPresences([SignedPresence])
    /// Read the own log's entries up to this size once more, from the file, and tell its checkpoint
    /// by ``ReplicaEvent/stable(_:)`` if they are what was signed.
    case stabilize(size: UInt64)
    /// Cosign another log's checkpoint if it extends all that were cosigned before, remember that
    /// durably, and then tell ``ReplicaEvent/cosigned(_:_:)``.
    case cosign(SignedCheckpoint)
    /// Keep these instead of all cosigned checkpoints of the log.
    case keepCosigned(Digest, [CosignedCheckpoint])
    /// Keep two checkpoints of one log that no tree can join, for ever.
    case keepEvidence(ForkEvidence)
    /// Prove from the own tree where two histories part, keep that for ever, and answer with
    /// ``ReplicaEvent/forkProven(_:)``.
    case proveFork(ForkParting)
    /// Keep a proof that came from a peer, for ever.
    case keepFork(ForkProof)
    /// Write the proof to the own log, as an entry.
    case writeFork(ForkProof)
    /// Stop writing to the own log, at once.
    case stopWriting(StopReason)
    /// Connect, and tell ``ReplicaEvent/connected(_:key:dialed:)`` or
    /// ``ReplicaEvent/dialFailed(_:reason:)``.
    case dial(PeerAddress)
    /// A line for the log.
    case notice(Notice)
}

/// Entries that a peer asked for.
package struct ReadRequest: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// First entry wanted.
    package let first: UInt64
    /// Most entries wanted.
    package let count: Int
    /// Most bytes wanted, by ``Entry/byteCount``; the first entry goes in any case.
    package let bytes: Int
    /// Size to which the proof leads.
    package let target: UInt64
    /// Root at that size, by which one of several histories is meant.
    package let targetRoot: Digest
    /// Root below `first` that the reader holds; nil if it need not be compared.
    package let root: Digest?
    /// Whose parts the reader stores; the others are left out.
    package let scopes: PartScopes

    /// Takes all fields.
    package init(
        log: Digest,
        first: UInt64,
        count: Int,
        bytes: Int,
        target: UInt64,
        targetRoot: Digest,
        root: Digest?,
        scopes: PartScopes = .everything
    ) {
        self.log = log
        self.first = first
        self.count = count
        self.bytes = bytes
        self.target = target
        self.targetRoot = targetRoot
        self.root = root
        self.scopes = scopes
    }
}

/// A part that a peer gave and that matches its commitment.
package struct FoundPart: Hashable, Sendable {
    /// Which.
    package let name: WantedPart
    /// Salt and bytes.
    package let part: Part

    /// Pairs both.
    package init(name: WantedPart, part: Part) {
        self.name = name
        self.part = part
    }
}

/// What one peer answered to a challenge.
package struct ChallengeAnswer: Hashable, Sendable {
    /// Its log.
    package let log: Digest
    /// For each part, in order; nil for what it does not hold.
    package let proofs: [Digest?]

    /// Pairs both.
    package init(log: Digest, proofs: [Digest?]) {
        self.log = log
        self.proofs = proofs
    }
}

/// The place at which a peer's history of a log leaves one that is held.
package struct ForkParting: Hashable, Sendable {
    /// The tree that both have, and which history is left.
    package let place: BranchPlace
    /// Peaks of that tree.
    package let common: CompactRange
    /// A note of the history that is held, of more than these entries.
    package let ours: [UInt8]
    /// A note of the other.
    package let theirs: SignedCheckpoint
    /// In the other, from the size with its first leaf to the note; empty if that is its size.
    package let proof: [Digest]
}

/// Two checkpoints, both signed by their log's key, that no tree can join.
package struct ForkEvidence: Hashable, Sendable {
    /// The log.
    package let log: Digest
    /// The newest note of the branch that is held here.
    package let ours: [UInt8]
    /// The note of the other branch.
    package let theirs: SignedCheckpoint
    /// Size at which the roots of both branches are known to differ.
    package let size: UInt64
    /// The other branch's root at that size.
    package let root: Digest
    /// Consistency proof in the other branch from there to its note; empty if that is its size.
    package let proof: [Digest]
    /// Root and proof of our branch, where they came with the evidence and not from our tree.
    package var given: BundleEvidence.Branch?
}

/// Why a node must not write to its own log.
package enum StopReason: Hashable, Sendable {
    /// Another live process has the same keys.
    case twin
    /// A peer holds more of the own log than this node does.
    case ownLogBehind(SignedCheckpoint)
    /// A peer holds another branch of the own log.
    case ownLogForked(SignedCheckpoint)
}
