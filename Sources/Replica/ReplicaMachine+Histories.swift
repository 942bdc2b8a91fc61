import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

/// Finds the place at which a peer's history of a log leaves those that are held.
///
/// Sizes are halved between one at which both are equal and one at which they differ; at each the
/// peer is asked for one entry behind a root of ours, and gives it or says that its root is another.
/// 20 questions for a log of a million entries.
struct HistorySearch {
    let log: Digest
    let target: SignedCheckpoint
    /// The history it is held against: the log, or a further one by its key.
    var tree: Digest
    /// Whether another one may be nearer.
    var isGuess: Bool
    /// A size at which both are equal.
    var equal: UInt64 = 0
    /// A size at which they differ; nil while none is known.
    var unequal: UInt64?
    /// What is asked about now.
    var size: UInt64 = 0
    /// Our tree of that size.
    var range = CompactRange()
    /// Whether it waits for room among the pulls that are in flight.
    var isWaiting = false
    /// Their first leaf behind ``equal``, what leads from it to the target, and our tree before it.
    var next: (leaf: Digest, proof: [Digest], range: CompactRange)?

    init(log: Digest, target: SignedCheckpoint, tree: Digest) {
        self.log = log
        self.target = target
        self.tree = tree
        isGuess = tree != log
    }
}

// Which histories of a log are held, and which one a peer has.
extension ReplicaMachine {
    /// Keys of the further histories of a log, in order.
    func branches(of log: Digest) -> [Digest] {
        logs.filter { $0.value.branch?.log == log }.keys.sorted()
    }

    /// The log, and the keys of its further histories.
    func histories(of log: Digest) -> [Digest] {
        hasBranches(log) ? [log] + branches(of: log) : [log]
    }

    func hasBranches(_ log: Digest) -> Bool {
        roster.forks[log] != nil && logs.values.contains { $0.branch?.log == log }
    }

    /// The history that a head is exactly of.
    func history(of log: Digest, like head: Head) -> Digest? {
        func isLike(_ key: Digest) -> Bool {
            guard let state = logs[key] else { return false }
            return state.size == head.size && state.root == head.root
        }
        if isLike(log) { return log }
        return hasBranches(log) ? branches(of: log).first(where: isLike) : nil
    }

    /// Looks where a signed history of a peer leaves ours, as soon as nothing else of that log is
    /// asked of that peer.
    mutating func search(_ target: SignedCheckpoint, of log: Digest, in id: SessionID) {
        guard target.checkpoint.size > 0 else { return }
        sessions[id]?.unplaced[log] = target
        beginSearch(id)
    }

    mutating func beginSearch(_ id: SessionID) {
        guard let session = sessions[id] else { return }
        if session.search?.isWaiting == true { return ask(id) }
        guard session.search == nil else { return }
        for log in session.unplaced.keys.sorted() {
            guard let target = session.unplaced[log],
                !session.slots.contains(where: { $0.wire == log }),
                !session.pulling.contains(where: { realLog($0) == log })
            else { continue }
            sessions[id]?.unplaced[log] = nil
            // What another session looks for is not looked for twice.
            guard logs[log]?.isHeld == true,
                !sessions.values.contains(where: {
                    $0.search?.log == log && $0.search?.target.checkpoint == target.checkpoint
                })
            else { continue }
            let root = target.checkpoint.root
            if let known = searches[root], known.target == target, logs[known.tree] != nil {
                // What was found out of a signed tree holds whoever is asked next.
                sessions[id]?.search = known
            } else {
                let tree = session.follows[log].flatMap { logs[$0] == nil ? nil : $0 } ?? log
                sessions[id]?.search = HistorySearch(log: log, target: target, tree: tree)
            }
            return step(id)
        }
    }

    /// Asks storage for our tree of the size that comes next.
    private mutating func step(_ id: SessionID) {
        guard var search = sessions[id]?.search, let state = logs[search.tree] else { return }
        if let unequal = search.unequal {
            search.size = search.equal + (unequal - search.equal) / 2
            if unequal == search.equal + 1 {
                if search.next != nil { return parted(id, search) }
                search.size = search.equal
            }
        } else {
            search.size = min(state.size, search.target.checkpoint.size)
        }
        sessions[id]?.search = search
        guard comparisons.count < Limits.comparisons else {
            sessions[id]?.search = nil
            return
        }
        let request = nextRequest()
        comparisons[request] = Comparison(session: id, log: search.tree, claim: nil)
        commands.append(.compare(request, log: search.tree, size: search.size))
    }

    /// Storage gave our tree; asks the peer for what it has behind it.
    mutating func searched(_ id: SessionID, range: CompactRange?) {
        guard var search = sessions[id]?.search else { return }
        guard let range, range.size == search.size else {
            sessions[id]?.search = nil
            return
        }
        search.range = range
        let target = search.target.checkpoint
        if search.size == target.size {
            // Both are known here.
            guard verifier.root(of: range) != target.root else { return held(id, search) }
            search.unequal = search.size
            sessions[id]?.search = search
            return differs(id)
        }
        sessions[id]?.search = search
        ask(id)
    }

    /// Asks the peer for the entry behind our tree, once there is room for it.
    private mutating func ask(_ id: SessionID) {
        guard let session = sessions[id], let search = session.search else { return }
        guard session.slots.count < Limits.pulls else {
            sessions[id]?.search?.isWaiting = true
            return
        }
        sessions[id]?.search?.isWaiting = false
        let slot = Slot(
            log: search.tree,
            wire: search.log,
            isSearch: true,
            first: search.size,
            count: 1,
            root: search.size > 0 ? verifier.root(of: search.range) : nil
        )
        sessions[id]?.slots.append(slot)
        send(slot, target: search.target.checkpoint, to: id)
    }

    /// The peer has the same entries up to there, and this one behind them.
    mutating func searched(_ id: SessionID, _ package: Package) {
        guard var search = sessions[id]?.search, let entry = package.entries.first else { return }
        do {
            _ = try verifier.verify(
                package,
                after: search.range,
                checkpoint: search.target,
                roster: roster,
                checksSignatures: false
            )
        } catch {
            return close(id, .badPackage, "log \(search.log.short): \(error)")
        }
        search.equal = search.size
        search.next = (TreeHasher().leafHash(entry.leaf), package.proof, search.range)
        guard search.unequal != nil else { return extends(id, search) }
        sessions[id]?.search = search
        remember(search)
        step(id)
    }

    /// The peer's root is another there, or it does not say.
    mutating func searched(_ id: SessionID, _ slot: Slot, _ reason: Gone.Reason) {
        guard let search = sessions[id]?.search else { return }
        guard case .diverged(let root, let proof) = reason else {
            sessions[id]?.search = nil
            return
        }
        guard isDiverged(slot, root: root, proof: proof, target: search.target) else {
            return close(id, .badPackage, "log \(search.log.short): no other branch")
        }
        sessions[id]?.search?.unequal = search.size
        differs(id)
    }

    private mutating func differs(_ id: SessionID) {
        guard var search = sessions[id]?.search else { return }
        if search.isGuess, search.equal == 0 {
            search = HistorySearch(log: search.log, target: search.target, tree: search.log)
            sessions[id]?.search = search
        } else {
            remember(search)
        }
        step(id)
    }

    private mutating func remember(_ search: HistorySearch) {
        let root = search.target.checkpoint.root
        if searches[root] == nil, searches.count >= Limits.searches { searches = [:] }
        searches[root] = search
    }

    /// All of the peer's history is held.
    private mutating func held(_ id: SessionID, _ search: HistorySearch) {
        sessions[id]?.search = nil
        searches[search.target.checkpoint.root] = nil
        sessions[id]?.follows[search.log] = search.tree
        adopt(Claim(search.target), of: search.tree, from: id)
    }

    /// The peer's history goes on where one of ours ends.
    private mutating func extends(_ id: SessionID, _ search: HistorySearch) {
        sessions[id]?.search = nil
        searches[search.target.checkpoint.root] = nil
        sessions[id]?.follows[search.log] = search.tree
        pull(search.tree, to: search.target, in: id)
    }

    private mutating func pull(_ key: Digest, to target: SignedCheckpoint, in id: SessionID) {
        guard let state = logs[key], state.pull == nil, state.retryAt <= now,
            state.verified.size < target.checkpoint.size,
            key != configuration.log || isOwnLogClosed
        else { return }
        lock(key, to: target, in: id)
        request(key, from: id)
    }

    /// The place is found: it is a history that is held already, or a further one.
    private mutating func parted(_ id: SessionID, _ search: HistorySearch) {
        guard let next = search.next else { return }
        let place = BranchPlace(
            log: search.log,
            parent: search.tree,
            base: search.equal,
            root: verifier.root(of: next.range),
            leaf: next.leaf
        )
        if logs[place.key]?.isHeld == true {
            var deeper = HistorySearch(log: search.log, target: search.target, tree: place.key)
            deeper.isGuess = false
            deeper.equal = search.equal
            deeper.next = next
            sessions[id]?.search = deeper
            return step(id)
        }
        sessions[id]?.search = nil
        searches[search.target.checkpoint.root] = nil
        sessions[id]?.refused.insert(search.log)
        prove(place, next.range, search.target, next.proof)
        begin(place, next.range, search.target, in: id)
    }

    private mutating func prove(
        _ place: BranchPlace,
        _ common: CompactRange,
        _ theirs: SignedCheckpoint,
        _ proof: [Digest]
    ) {
        guard isNews(place.log, place.base), unwritten[place.log]?.size ?? .max > place.base,
            let state = logs[place.parent],
            let ours = [state.claim?.note ?? [], state.newestNote].first(where: { note in
                Claim(log: place.log, note: note)?.size ?? 0 > place.base
            })
        else { return }
        commands.append(
            .proveFork(
                ForkParting(place: place, common: common, ours: ours, theirs: theirs, proof: proof)
            )
        )
    }

    /// Holds a further history, once the fork is written down and so nothing of it has effect.
    private mutating func begin(
        _ place: BranchPlace,
        _ range: CompactRange,
        _ target: SignedCheckpoint,
        in id: SessionID
    ) {
        guard let fork = roster.forks[place.log], fork.size <= place.base else { return }
        let key = place.key
        if logs[key] == nil {
            guard branches(of: place.log).count < Limits.branches else {
                return notice(.historiesFull(log: place.log, peer: sessions[id]?.peer))
            }
            logs[key] = LogState(place, range: range)
            ranks[key] = ranks[place.log]
            districts[key] = districts[place.log]
        }
        sessions[id]?.follows[place.log] = key
        pull(key, to: target, in: id)
    }
}

/// A proof of a fork that is not written down yet.
struct UnwrittenFork {
    let proof: ForkProof
    let size: UInt64
    /// When it is to be.
    var due: UInt64
}

// One entry says it for everybody; who can not write shows it to others.
extension ReplicaMachine {
    /// Whether it says more than what is written down.
    func isNews(_ log: Digest, _ size: UInt64) -> Bool {
        roster.member(log: log) != nil && size < roster.forks[log]?.size ?? .max
    }

    private var mayWriteForks: Bool {
        !isOwnLogClosed && roster.forks[configuration.log] == nil
            && roster.member(log: configuration.log).map { $0.level != .auditor } ?? false
    }

    mutating func received(_ id: SessionID, _ proof: ForkProof) {
        guard sessions[id]?.allowsSmallRequest(now: now) == true else {
            return close(id, .limit, "forks")
        }
        sessions[id]?.shownForks.insert(proof.log)
        guard isNews(proof.log, proof.common.size),
            unwritten[proof.log]?.size ?? .max > proof.common.size
        else { return }
        guard proof.proven() != nil else { return close(id, .badPackage, "no fork") }
        commands.append(.keepFork(proof))
        take(proof, from: id)
    }

    /// Takes up a proof that is kept: it is to be written down, unless somebody else does first.
    mutating func take(_ proof: ForkProof, from id: SessionID?) {
        let (log, size) = (proof.log, proof.common.size)
        guard isNews(log, size), unwritten[log]?.size ?? .max > size else { return }
        notice(.parted(log: log, peer: id.flatMap { sessions[$0]?.peer }, size: size))
        let level = roster.member(log: configuration.log)?.level ?? .auditor
        let wait =
            level <= .district
            ? generator.number(from: 0, to: Limits.forkMilliseconds)
            : generator.number(from: Limits.forkMilliseconds, to: Limits.forkLateMilliseconds)
        unwritten[log] = UnwrittenFork(proof: proof, size: size, due: now + wait)
        for session in sessions.keys.sorted() where session != id {
            sessions[session]?.shownForks.remove(log)
            showForks(session)
        }
    }

    /// Shows a peer what this node can not write down.
    mutating func showForks(_ id: SessionID) {
        guard !mayWriteForks, sessions[id]?.isLive == true else { return }
        for log in unwritten.keys.sorted() {
            guard let proof = unwritten[log]?.proof,
                sessions[id]?.shownForks.insert(log).inserted == true
            else { continue }
            send(id, .fork(proof))
        }
    }

    /// Writes down what is due.
    mutating func writeForks() {
        for log in unwritten.keys.sorted() {
            guard let fork = unwritten[log] else { continue }
            if !isNews(log, fork.size) {
                unwritten[log] = nil
            } else if fork.due <= now, mayWriteForks {
                unwritten[log]?.due = now + Limits.forkRetryMilliseconds
                commands.append(.writeFork(fork.proof))
            }
        }
    }

    /// Looks again at what peers hold of logs that were found to be forked.
    mutating func forksChanged() {
        for log in unwritten.keys.sorted() where !isNews(log, unwritten[log]?.size ?? .max) {
            unwritten[log] = nil
        }
        for id in sessions.keys.sorted() where sessions[id]?.refused.isEmpty == false {
            sessions[id]?.nextCompare = now
        }
    }
}
