package import Crypto
internal import Encoding
internal import Ledger
package import Replication
internal import TransparencyLog

/// What became of entries that were offered from a file.
package enum OfferAnswer: Hashable, Sendable {
    /// They were verified and handed over to be committed under this name.
    case taken(RequestID)
    /// All of them are held.
    case held
    /// They start beyond what is held, which is this many entries.
    case beyond(UInt64)
    /// The roster does not name the log.
    case notNamed
    /// They are of the node's own log, which has to be closed first: to be offered again.
    case closing
    /// They stand in another history of the log than what is held; the evidence is kept.
    case forked
    /// They do not hold, for this reason.
    case refused(String)
}

// Entries from a file. They are no peer's: nobody is asked for more and nobody is disconnected,
// but they are verified, committed and passed on exactly as those of a session are.
extension ReplicaMachine {
    /// Stands where a session stands for what came from one.
    private static let noSession = SessionID(0)

    /// Entries of a log that are held or handed over to be.
    package func verifiedSize(_ log: Digest) -> UInt64 { logs[log]?.verified.size ?? 0 }

    /// Takes entries from a file.
    ///
    /// - Parameters:
    ///   - offer: the entries, what stands before them in the file, and the note they lead to.
    ///   - now: monotonic milliseconds.
    ///   - wall: UTC milliseconds since 1970.
    /// - Returns: the answer, and commands to be performed in order.
    package mutating func offer(
        _ offer: PackageOffer,
        now: UInt64,
        wall: UInt64
    ) -> (answer: OfferAnswer, commands: [ReplicaCommand]) {
        self.now = max(self.now, now)
        self.wall = wall
        let answer = take(offer)
        defer { commands = [] }
        return (answer, commands)
    }

    /// Takes what a file says how far the writer held a log.
    ///
    /// A smaller tree is compared with ours, a larger one of the own log stops the node's writing.
    ///
    /// - Returns: commands to be performed in order.
    package mutating func claim(
        log: Digest,
        note: [UInt8],
        now: UInt64,
        wall: UInt64
    ) -> [ReplicaCommand] {
        self.now = max(self.now, now)
        self.wall = wall
        defer { commands = [] }
        if let claim = Claim(log: log, note: note), claim.size > 0,
            let checkpoint = verified(claim, of: log, from: Self.noSession)
        {
            let state = logs[log] ?? LogState()
            if claim.size > state.verified.size {
                if log == configuration.log { closeOwnLog(checkpoint) }
            } else if claim.size == state.size, claim.root != state.root {
                contradicted(log, claim, from: Self.noSession)
            } else if claim.size < state.size {
                compare(log, claim, from: Self.noSession)
            }
        }
        return commands
    }

    /// Takes two notes that contradict each other, from a file.
    ///
    /// - Returns: whether they prove a fork of a log in the roster, and commands to be performed.
    package mutating func evidence(
        _ evidence: BundleEvidence,
        now: UInt64,
        wall: UInt64
    ) -> (isProven: Bool, commands: [ReplicaCommand]) {
        self.now = max(self.now, now)
        self.wall = wall
        defer { commands = [] }
        guard let member = roster.member(log: evidence.log),
            let (left, right) = evidence.proven(logKey: member.keys.log)
        else { return (false, []) }
        keepEvidence(
            ForkEvidence(
                log: evidence.log,
                ours: left.note.bytes,
                theirs: right,
                size: evidence.size,
                root: evidence.right.root,
                proof: evidence.right.proof,
                given: evidence.left
            ),
            from: Self.noSession
        )
        return (true, commands)
    }

    private mutating func take(_ offer: PackageOffer) -> OfferAnswer {
        let package = offer.package
        let log = package.log
        guard let member = roster.member(log: log) else { return .notNamed }
        let checkpoint: SignedCheckpoint
        do {
            checkpoint = try SignedCheckpoint.verify(offer.note, logKey: member.keys.log)
        } catch {
            return .refused(error.description)
        }
        let count = UInt64(package.entries.count)
        guard 1...Limits.packageEntries ~= package.entries.count,
            package.first == offer.before.size, package.first <= .max - count,
            package.first + count <= checkpoint.checkpoint.size
        else { return .refused("entries beyond their checkpoint") }
        let held = logs[log]?.verified ?? CompactRange()
        guard package.first + count > held.size else { return .held }
        guard package.first <= held.size else { return .beyond(held.size) }
        let overlap = Int(held.size - package.first)
        let before = verifier.extended(offer.before, by: package.entries.prefix(overlap))
        guard before == held else { return diverged(offer, at: before, checkpoint) }
        if log == configuration.log, !isOwnLogClosed {
            closeOwnLog(checkpoint)
            return .closing
        }
        let rest = Package(
            log: log,
            first: held.size,
            entries: Array(package.entries.dropFirst(overlap)),
            proof: package.proof
        )
        do {
            let verified = try verifier.verify(
                rest,
                after: held,
                checkpoint: checkpoint,
                roster: roster,
                checksSignatures: rest.entries.count <= Limits.liveEntries
            )
            // The answers that a session still owes for this log will be passed over.
            if let pull = logs[log]?.pull { release(log, from: pull.session) }
            commit(verified, from: Self.noSession)
            return .taken(RequestID(lastRequest))
        } catch {
            return .refused(error.description)
        }
    }

    /// The file's tree has another root than ours at our size: a fork if the file's entries stand
    /// in a tree that the log's key signed, nothing if they do not.
    private mutating func diverged(
        _ offer: PackageOffer,
        at range: CompactRange,
        _ checkpoint: SignedCheckpoint
    ) -> OfferAnswer {
        do {
            _ = try verifier.verify(
                offer.package,
                after: offer.before,
                checkpoint: checkpoint,
                roster: roster,
                checksSignatures: false
            )
        } catch {
            return .refused(error.description)
        }
        // Where the entries reach the note, the tree between is known and others can be shown it.
        let nodes = KnownNodes(offer, hasher: TreeHasher())
        let proof = try? consistencyProof(
            from: range.size,
            to: checkpoint.checkpoint.size,
            source: nodes
        )
        keepEvidence(
            ForkEvidence(
                log: offer.package.log,
                ours: logs[offer.package.log]?.newestNote ?? [],
                theirs: checkpoint,
                size: range.size,
                root: verifier.root(of: range),
                proof: proof ?? []
            ),
            from: Self.noSession
        )
        return .forked
    }

    /// A file has more of our own log: this home is a restored copy, or has a twin.
    private mutating func closeOwnLog(_ checkpoint: SignedCheckpoint) {
        guard !isOwnLogClosed else { return }
        commands.append(.stopWriting(.ownLogBehind(checkpoint)))
        notice(.ownLogBehind(peer: nil, size: checkpoint.checkpoint.size))
    }
}

/// The nodes of a tree that its peaks and the leaves behind them give.
private struct KnownNodes: NodeSource {
    private struct Key: Hashable {
        let level: Int
        let index: UInt64
    }

    private struct NotKnown: Error {}

    private var nodes: [Key: Digest] = [:]

    init(_ offer: PackageOffer, hasher: TreeHasher) {
        var range = offer.before
        var start: UInt64 = 0
        for peak in range.peaks {
            let level = 63 - (range.size - start).leadingZeroBitCount
            nodes[Key(level: level, index: start >> UInt64(level))] = peak
            start += 1 << UInt64(level)
        }
        for entry in offer.package.entries {
            range.append(hasher.leafHash(entry.leaf), hasher: hasher) { level, index, hash in
                nodes[Key(level: level, index: index)] = hash
            }
        }
    }

    func node(level: Int, index: UInt64) throws -> Digest {
        guard let node = nodes[Key(level: level, index: index)] else { throw NotKnown() }
        return node
    }
}
