package import Audit
package import Crypto

/// What is to be verified, and with what.
package struct VerifyJob: Sendable {
    /// The home's database.
    package internal(set) var databasePath: String
    /// The home's fence; nil if it is not to be looked at.
    package let fencePath: String?
    /// Hash of the home's log key, as its key file has it; nil if it is not to be looked at.
    package let ownLog: Digest?
    /// An existing directory on a disk with room for as much again as the database takes.
    package let scratchDirectory: String
    /// How many threads check signatures.
    package let threads: Int

    /// Takes all fields.
    package init(
        databasePath: String,
        fencePath: String?,
        ownLog: Digest?,
        scratchDirectory: String,
        threads: Int
    ) {
        self.databasePath = databasePath
        self.fencePath = fencePath
        self.ownLog = ownLog
        self.scratchDirectory = scratchDirectory
        self.threads = threads
    }
}

/// How far a verification has come.
package struct VerifyProgress: Hashable, Sendable {
    /// What is being done.
    package enum Phase: String, Sendable {
        /// Hashes, commitments, trees; counted in entries.
        case structure
        /// Signatures of authors; counted in entries.
        case signatures
        /// The merged view folded again; counted in subjects.
        case view
    }

    /// What is being done.
    package let phase: Phase
    /// How much of it is done.
    package let done: UInt64
    /// How much there is.
    package let total: UInt64
}

/// The result of verifying a home from its stored bytes.
package struct VerifyReport: Sendable {
    /// The answer.
    package enum Verdict: String, Sendable {
        /// Everything stored follows from what was signed.
        case good
        /// Something does not; see the findings.
        case bad
        /// It could not be found out; ``VerifyReport/reason`` says why.
        case couldNotTell = "could-not-tell"
    }

    /// One log as its entries have it.
    package struct Log: Hashable, Sendable {
        /// Number of its row.
        let row: Int64
        /// Hash of the log key.
        package let log: Digest
        /// Entries from the first one to the last before any gap.
        package let size: UInt64
        /// Root over them.
        package let root: Digest
        /// Up to which size a checkpoint of the log vouches for them; nil for none, as for the own
        /// log.
        package internal(set) var vouchedSize: UInt64?
    }

    /// The answer.
    package internal(set) var verdict = Verdict.couldNotTell
    /// Why it could not be found out.
    package internal(set) var reason: String?
    /// Entries whose bytes were checked.
    package internal(set) var entries: UInt64 = 0
    /// Every log, in the order of their rows.
    package internal(set) var logs: [Log] = []
    /// Entries whose author's signature was checked now.
    package internal(set) var signatures: UInt64 = 0
    /// Entries of authors whom no grant in effect names, so that there is no key to check with.
    package internal(set) var unknownAuthors: UInt64 = 0
    /// Whether the view rests on signatures that had not been checked before, or lags behind.
    package internal(set) var isProvisional = false
    /// Logs whose key signed two histories.
    package internal(set) var forkedLogs: Set<Digest> = []
    /// Those of them of which no entry says up to where they count: what is stored follows from
    /// one of the histories, and another node may hold the other.
    package internal(set) var openForks: Set<Digest> = []
    /// Errors, then notes; at most ``FindingList/keptMax``.
    package var findings: [Finding] { list.kept }
    /// How many errors there were.
    package var errorCount: Int { list.errorCount }
    /// How many notes there were.
    package var noteCount: Int { list.noteCount }

    var list = FindingList()
}
