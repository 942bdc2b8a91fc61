import Crypto
import Ledger
import Replica
import Replication
import TransparencyLog

/// A running process of a node: what `NodeDaemon` keeps in memory.
final class SimulatedProcess {
    /// Work for the home's writer, one after another.
    enum Job {
        case commit(RequestID, VerifiedPackage)
        case read(RequestID, ReadRequest)
        case compare(RequestID, log: Digest, size: UInt64)
        case append([WriteItem], (Result<SimulatedKeeper.Released?, any Error>) -> Void)
        case keepEvidence(ForkEvidence)
        case proveFork(ForkParting)
        case keepFork(ForkProof)
        case writeFork(ForkProof)
        case stopWriting(StopReason)
        case viewDigest
        case findMissing(RequestID, after: WantedPart?)
        case readParts(RequestID, [WantedPart])
        case storeParts(RequestID, [FoundPart])
        case signPresence
        case stabilize(size: UInt64)
        case cosign(SignedCheckpoint)
        case keepCosigned(Digest, [CosignedCheckpoint])
        case checkSignatures
        case destroyRedacted
    }

    let keeper: SimulatedKeeper
    var machine: ReplicaMachine
    var jobs: [Job] = []
    var isWorking = false
    /// Since when signatures wait to be checked.
    var uncheckedSince: UInt64?
    var isViewStale = true { didSet { mayHaveDue = mayHaveDue || isViewStale } }
    /// Whether something came since it was last looked for redactions that are due.
    var mayHaveDue = true
    /// Most jobs that waited at once.
    var mostJobs = 0

    init(_ keeper: SimulatedKeeper, _ machine: ReplicaMachine) {
        self.keeper = keeper
        self.machine = machine
    }
}

/// A node, up or down.
final class SimulatedNode {
    let index: Int
    let office: Office
    var disk: SimulatedDisk
    var process: SimulatedProcess?
    /// What its wall clock is off by, and how much it gains a million milliseconds.
    var clockOffset: Int64 = 0
    var clockDrift: Int64 = 0
    /// Added to each delay of its connections.
    var extraDelay: UInt64 = 0
    var hostility: (any Hostility)?
    var kind: HostileKind?
    /// Its log may have two histories by an operator's fault: a copied or wholly restored home.
    var isSuspect = false
    /// Whether it is one of two that run with the same home.
    var isClone = false
    var hasEnded = false
    var isNewer = false
    /// Its database was put back, and nobody holds all that it once signed.
    var isUnrecoverable = false
    /// Nobody else has ever seen, or still has, the entry that enrols it.
    var isStranded = false
    /// Its database was put back at some time.
    var wasRestored = false
    var backup: SimulatedDisk?
    var peers: [PeerAddress] = []

    init(_ index: Int, _ office: Office, _ disk: SimulatedDisk) {
        self.index = index
        self.office = office
        self.disk = disk
    }

    var isHostile: Bool { kind != nil }
    /// Whether it does what its program says, with a home that nobody meddled with.
    var isHonest: Bool { !isHostile && !isSuspect }
    /// Whether it has to end up like all others.
    var isCore: Bool { !isHostile && !isClone && !hasEnded && !isStranded }

    func wall(now: UInt64) -> UInt64 {
        let gained = Int64(now) * clockDrift / 1_000_000
        let wall = Int64(World.start) + Int64(now) + clockOffset + gained
        return UInt64(max(1, wall))
    }
}
