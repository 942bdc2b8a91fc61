internal import Ledger

/// Every bound of replication, in one place.
///
/// A peer that goes beyond one that is marked *wire* breaks the protocol; the others bound what
/// this node does or remembers.
///
/// - Source: `Protocol/replication.md` section 3.
package enum Limits {
    /// Wire: most bytes of a frame.
    package static let frameBytes = 1 << 20
    /// Most bytes of entries in a package, by ``Entry/byteCount``.
    ///
    /// As many as one entry may have. What CBOR adds to 256 entries of 16 parts and the proof
    /// still fit into the frame.
    package static let packageBytes = Part.entryBytesMax
    /// Wire: most entries in a package or a push; packages end at multiples of it.
    package static let packageEntries = 256
    /// Wire: most hashes in a consistency proof.
    package static let proofHashes = 65
    /// Wire: most bytes of a checkpoint note, which leaves room for 16 cosignatures.
    package static let noteBytes = 4_096
    /// Wire: most heads in one message, in one answer, and remembered of one session.
    package static let heads = 4_096
    /// Most bytes of notes remembered of one session.
    package static let rememberedNoteBytes = 2 << 20
    /// Wire: most districts in a summary.
    package static let districts = 1_024
    /// Wire: most reads that a peer may have waiting at this node.
    package static let servedReads = 8
    /// Most pulls of this node in one session that are not answered or not verified yet.
    package static let pulls = 4
    /// Most packages that are handed over to be committed and are not yet.
    package static let pendingCommits = 8
    /// Most questions to storage for an earlier root that are not answered yet.
    package static let comparisons = 32
    /// Wire: most summaries of this node that a peer may leave unanswered when it sends one.
    package static let awaitedSummaries = 4
    /// Entries a second below which a pull passes to another session that has the log.
    package static let slowPullEntries: UInt64 = 16
    /// Most branches of one log for which evidence is kept in one run.
    package static let contradictions = 16
    /// Most histories of one log that are held beside the first.
    ///
    /// Of how many entries each may be nothing says, as with the first: the one that counts can be
    /// the one that came later.
    package static let branches = 16
    /// Most entries of a package that is treated as live: signatures checked, pushed whole.
    package static let liveEntries = 16
    /// Bytes of a log key's signature, which a push may have in place of a note.
    package static let signatureBytes = 64
    /// Wire: most logs in a graft.
    package static let graftedLogs = 64
    /// Most sessions to which an entry is pushed whole.
    package static let pushedSessions = 3
    /// Most bytes pushed in one session between two announcements; the rest is announced.
    package static let pushedBytes = 1 << 20
    /// Most sessions at once.
    package static let sessions = 64
    /// Most connections with peers that are found by the roster, whoever dialed.
    package static let connections = 12
    /// Connections below which a node dials such peers: half, so that most have room for newcomers.
    package static let dialedConnections = 6
    /// Most of these in the node's own district, so that districts do not become islands.
    package static let districtConnections = 4
    /// Most endpoints that are remembered for dialing.
    package static let endpoints = 4_096
    /// Wire: most parts in a want or a challenge.
    package static let wantedParts = 64
    /// Wire: most wants and challenges of a peer that wait at this node.
    package static let servedWants = 8
    /// Most wants of this node that are not answered, or answered and not stored yet, in one
    /// session.
    package static let wants = 2
    /// As above, in all sessions together.
    package static let wantsInAll = 12
    /// Missing parts that are looked for at a time.
    package static let soughtParts = 256
    /// A presence goes to one in so many of the peers that do not get entries whole.
    package static let presenceShare: UInt64 = 8
    /// Wire: most presences in a message.
    package static let presences = 64
    /// Wire: most bytes of a presence.
    package static let presenceBytes = 512
    /// Wire: most presences of a peer in ``smallRequestsMilliseconds``.
    package static let presencesReceived = 1_024
    /// Wire: most cosigned checkpoints in a message.
    package static let cosigned = 64
    /// Most logs of whose checkpoints a peer is told at a time.
    package static let cosignedLogs = 256
    /// Wire: most cosigned checkpoints of a peer in ``smallRequestsMilliseconds``.
    package static let cosignedReceived = 1_024
    /// Wire: most pings, opening summaries, forks, scopes and grafts of a peer in ``smallRequestsMilliseconds``.
    package static let smallRequests = 32

    /// Window of ``smallRequests``.
    package static let smallRequestsMilliseconds: UInt64 = 10_000
    /// Time within which a peer must say hello.
    package static let helloMilliseconds: UInt64 = 10_000
    /// Time without an answer that is owed, after which a session is closed.
    package static let stallMilliseconds: UInt64 = 30_000
    /// Time after which a pull is looked at for being slow.
    package static let slowPullMilliseconds: UInt64 = 60_000
    /// Time without sending, after which a ping goes out.
    package static let pingMilliseconds: UInt64 = 30_000
    /// Time between two comparisons of a session, drawn anew from 3/4 to 5/4 of it.
    package static let compareMilliseconds: UInt64 = 60_000
    /// Least time between two announcements in a session.
    package static let announceMilliseconds: UInt64 = 1_000
    /// Least time to wait for an announced entry before it is asked for; drawn from this to twice it.
    package static let graftMilliseconds: UInt64 = 500
    /// Time after which it is asked for again; doubles up to ``graftMaxMilliseconds``.
    package static let graftAgainMilliseconds: UInt64 = 2_000
    /// Longest such time.
    package static let graftMaxMilliseconds: UInt64 = 64_000
    /// Time after which an unanswered dial counts as failed.
    package static let dialMilliseconds: UInt64 = 30_000
    /// Wait after the first failed dial; doubles with each further one.
    package static let backoffMilliseconds: UInt64 = 1_000
    /// Longest wait between dials.
    package static let backoffMaxMilliseconds: UInt64 = 60_000
    /// Wait before a peer that was full is dialed again, while there are others.
    package static let turnedOutMilliseconds: UInt64 = 600_000
    /// Age at which a session that ends has shown its endpoint to be good.
    package static let livedMilliseconds: UInt64 = 10_000
    /// Wait before a log is pulled again after storage could not commit it.
    package static let commitRetryMilliseconds: UInt64 = 10_000
    /// Time between two rounds in which every peer is asked for what is missing; doubles up to
    /// ``partsMaxMilliseconds`` with each round that brings nothing.
    package static let partsMilliseconds: UInt64 = 60_000
    /// Longest such time.
    package static let partsMaxMilliseconds: UInt64 = 960_000
    /// Least time between two messages about cosigned checkpoints in a session, but those that
    /// answer an opening summary.
    package static let cosignedMilliseconds: UInt64 = 2_000
    /// Least time between two checkpoints of a log that its witnesses are asked to cosign.
    package static let stableMilliseconds: UInt64 = 60_000
    /// Time after which a checkpoint that too few cosigned gives way to a newer one.
    package static let unansweredMilliseconds: UInt64 = 600_000
    /// Time after which a witness that could not cosign tries again.
    package static let cosignRetryMilliseconds: UInt64 = 60_000
    /// Longest time that the check of signatures waits for a catch-up to end: a peer that comes and
    /// goes must not keep the view provisional.
    package static let uncheckedMilliseconds: UInt64 = 30_000
    /// Time between two presences of a node.
    package static let presenceMilliseconds: UInt64 = 300_000
    /// Most searches for the place where two histories part that are remembered without a session.
    package static let searches = 64
    /// Time after which a peer that holds further histories of a log is compared with again.
    package static let historiesMilliseconds: UInt64 = 5_000
    /// Time within which an office from the district upward writes down a fork that it can prove.
    package static let forkMilliseconds: UInt64 = 2_000
    /// Time after that within which others do, unless one of these has.
    package static let forkLateMilliseconds: UInt64 = 30_000
    /// Time after which a fork is written down again if that failed.
    package static let forkRetryMilliseconds: UInt64 = 60_000
    /// Difference of clocks that is reported.
    package static let skewMilliseconds: UInt64 = 600_000
}
