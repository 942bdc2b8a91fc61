import Cases
import Crypto
import Encoding
import Ledger
import Replica
import Replication
import TransparencyLog

/// What a home's database holds: the rules of `Storage` over arrays in memory.
///
/// A value: a copy of it is a backup, and giving back the copy undoes a transaction. Roster,
/// verdicts and views come from the code that ships; what is written here is only how a store
/// carries entries to it.
struct SimulatedStore {
    /// Which ledger, and whose log.
    struct Identity {
        let ledger: Digest
        let founder: Digest
        let log: Digest
    }

    let identity: Identity
    /// Whose parts are stored.
    var scopes = PartScopes.everything
    /// Entries of which parts are not held.
    var lacking: [HeldEntry] = []
    var logs: [Digest: HeldLog] = [:]
    /// Further histories of logs, by their keys, each with what it has in common with others.
    var branches: [Digest: HeldLog] = [:]
    /// In which history the entries stand that not all of a log's have.
    private var paths: [Digest: [Digest]] = [:]
    private(set) var roster: Roster
    /// Leaves of entries that their authors did not sign.
    private(set) var forged: Set<[UInt8]> = []
    private(set) var evidence: [ForkEvidence] = []
    /// Proofs of forks that were made here or came from peers.
    private(set) var proofs: Set<ForkProof> = []
    /// External ids that were imported.
    private(set) var imported: [Digest: SubjectID] = [:]
    private(set) var bytes = 0
    /// Entries of which every part was destroyed for good.
    var destroyed: Set<Digest> = []
    /// Subjects about which a redaction was approved.
    private(set) var approved: Set<SubjectID> = []

    /// The founding entry from the invitation, until the founder's log is held.
    private let invited: HeldEntry
    var bySubject: [SubjectID: [HeldEntry]] = [:]
    private var rosterEntries: [HeldEntry] = []
    /// Roster entries whose author's signature was found good.
    private var signed: Set<Digest> = []
    private var views: [SubjectID: Digest] = [:]
    var stale: Set<SubjectID> = []

    init(_ identity: Identity, invited: HeldEntry) {
        self.identity = identity
        self.invited = invited
        roster = Roster(ledger: identity.ledger)
        roster = readRoster()
    }

    /// What all roster entries are about.
    var rosterSubject: SubjectID { SubjectID(openedIn: identity.founder, at: 0) }

    /// The own log.
    var own: HeldLog { logs[identity.log] ?? HeldLog() }

    /// Every subject of which something is held, the roster's left out.
    var subjects: [SubjectID] {
        bySubject.keys.filter { $0 != rosterSubject }.sorted()
    }

    /// Digest over what is held.
    var frontier: Digest {
        frontierDigest(
            logs.map { LogPosition(log: $0.key, size: $0.value.size, root: $0.value.root) }
                + branches.values.compactMap { held in
                    held.branch.map {
                        LogPosition(log: $0.log, size: held.size, root: held.root)
                    }
                }
        )
    }

    func isForged(_ entry: HeldEntry) -> Bool { forged.contains(entry.entry.leaf) }

    /// A log, or a further history by its key.
    func tree(_ key: Digest) -> HeldLog? { logs[key] ?? branches[key] }

    /// All histories of a log.
    func histories(of log: Digest) -> [HeldLog] {
        [logs[log]].compactMap { $0 }
            + branches.sorted { $0.key < $1.key }.map(\.value)
            .filter { $0.branch?.log == log }
    }

    /// Entries about a subject, in no order.
    func entries(about subject: SubjectID) -> [HeldEntry] { bySubject[subject] ?? [] }

    func placed(about subject: SubjectID) -> [PlacedEntry] {
        entries(about: subject).compactMap(placed)
    }

    private func placed(_ entry: HeldEntry) -> PlacedEntry? {
        entry.placed(isForged: isForged(entry), path: paths[entry.hash] ?? [])
    }

    /// Entries whose authors' signatures were not looked at yet.
    var uncheckedCount: UInt64 {
        (Array(logs.values) + branches.values).reduce(0) { $0 + $1.size - $1.checked }
    }
}

// Taking entries in.
extension SimulatedStore {
    /// Entries that follow on what is held of a log.
    struct Batch {
        let log: Digest
        /// Of a further history, where it leaves another.
        var branch: BranchPlace?
        let entries: [HeldEntry]
        /// Leaves of those that their authors did not sign.
        let forged: [[UInt8]]
        /// How many from the first were looked at for that.
        let checked: Int
        /// The checkpoint they reach.
        let note: [UInt8]?
    }

    /// Takes in what a transaction brings; roster and marks follow at once, views when asked for.
    mutating func insert(_ batch: Batch, hasher: TreeHasher) {
        let key = batch.branch?.key ?? batch.log
        var log = tree(key) ?? HeldLog()
        if let branch = batch.branch, branches[key] == nil, let parent = tree(branch.parent) {
            log = HeldLog(branch, leaving: parent, hasher: hasher)
        }
        if log.checked == log.size { log.checked += UInt64(batch.checked) }
        hold(nil, key)
        log.append(batch.entries, hasher: hasher)
        if let note = batch.note { log.note = note }
        hold(log, key)
        followHistories(of: batch.log)
        forged.formUnion(batch.forged)
        for entry in batch.entries {
            bytes += entry.entry.byteCount
            for subject in entry.header?.subjects ?? [] {
                bySubject[subject, default: []].append(entry)
                stale.insert(subject)
            }
            if entry.isRoster { rosterEntries.append(entry) }
            if entry.header?.operation == CaseOperation.approveRedaction.name {
                approved.formUnion(entry.header?.subjects ?? [])
            }
        }
        decideParts(of: batch.entries)
        guard batch.entries.contains(where: \.isRoster) else { return }
        followRoster()
    }

    mutating func remember(_ reference: Digest, _ subject: SubjectID) {
        imported[reference] = subject
    }

    mutating func keep(_ found: ForkEvidence) { evidence.append(found) }

    mutating func keep(_ proof: ForkProof) { proofs.insert(proof) }

    private mutating func hold(_ log: HeldLog?, _ key: Digest) {
        if log?.branch != nil || branches[key] != nil {
            branches[key] = log
        } else {
            logs[key] = log
        }
    }

    /// Says of the entries of a forked log in which of its histories they stand.
    private mutating func followHistories(of log: Digest) {
        let hasher = TreeHasher()
        let places = branches.values.compactMap(\.branch).filter { $0.log == log }
        guard let least = places.map(\.base).min() else { return }
        let histories = Histories(
            log: log,
            places.compactMap { place in
                guard let entry = tree(place.parent)?.entries[Int(place.base)] else { return nil }
                return Histories.Member(place, sibling: hasher.leafHash(entry.entry.leaf))
            }
        )
        var paths: [Digest: [Digest]] = [:]
        for key in [log] + places.map(\.key).sorted() {
            for entry in tree(key)?.entries.dropFirst(Int(least)) ?? [] {
                let path = histories.path(key, to: entry.place.sequence)
                if let known = paths[entry.hash], !path.lexicographicallyPrecedes(known) {
                    continue
                }
                paths[entry.hash] = path
                stale.formUnion(entry.header?.subjects ?? [])
            }
        }
        self.paths.merge(paths) { _, new in new }
    }

    private mutating func followRoster() {
        let before = roster
        roster = readRoster()
        for entry in rosterEntries where !signed.contains(entry.hash) && !isForged(entry) {
            guard let key = roster.authorKey(entry.entry.author) else { continue }
            if isSigned(entry, key) {
                signed.insert(entry.hash)
            } else {
                forged.insert(entry.entry.leaf)
            }
        }
        for key in (Array(logs.keys) + branches.keys).sorted() {
            let log = branches[key]?.branch?.log ?? key
            let named = Set(before.rights(log: log).map(\.author))
            let now = Set(roster.rights(log: log).map(\.author)).subtracting(named)
            guard !now.isEmpty, let held = tree(key),
                let first = held.entries.prefix(Int(held.checked)).firstIndex(where: {
                    now.contains($0.entry.author)
                })
            else { continue }
            setChecked(max(UInt64(first), held.branch?.base ?? 0), key)
        }
        for log in logs.keys.sorted() where before.rights(log: log) != roster.rights(log: log) {
            for entry in histories(of: log).flatMap(\.entries) {
                stale.formUnion(entry.header?.subjects ?? [])
            }
        }
    }

    private mutating func setChecked(_ count: UInt64, _ key: Digest) {
        if branches[key] == nil {
            logs[key]?.checked = count
        } else {
            branches[key]?.checked = count
        }
    }

    /// The roster, in which an entry counts as forged also if its author's key was named later.
    private func readRoster() -> Roster {
        var entries = rosterEntries
        if logs[identity.founder] == nil { entries.append(invited) }
        let placed = entries.compactMap { $0.placed(isForged: isForged($0)) }
        var keys: [Digest: PublicKey] = [:]
        for entry in placed {
            guard let key = RosterOperation(entry, ledger: identity.ledger)?.namedAuthor else {
                continue
            }
            keys[key.hash] = key
        }
        return Roster(
            ledger: identity.ledger,
            entries: entries.compactMap { entry in
                let isBad =
                    isForged(entry)
                    || !signed.contains(entry.hash)
                        && keys[entry.entry.author].map { !isSigned(entry, $0) } ?? false
                return entry.placed(isForged: isBad)
            }
        )
    }

    private func isSigned(_ entry: HeldEntry, _ key: PublicKey) -> Bool {
        Leaf(entry.entry.leaf)?.verifies(message: entry.hash, key: key) ?? false
    }

    /// Looks at the signatures that a bulk catch-up left over.
    mutating func checkSignatures() {
        for id in (Array(logs.keys) + branches.keys).sorted() {
            guard let log = tree(id), log.checked < log.size else { continue }
            for entry in log.entries[Int(log.checked)...] {
                guard let key = roster.authorKey(entry.entry.author), !isSigned(entry, key) else {
                    continue
                }
                forged.insert(entry.entry.leaf)
                stale.formUnion(entry.header?.subjects ?? [])
            }
            setChecked(log.size, id)
        }
    }
}

// The view.
extension SimulatedStore {
    /// A subject folded from what is held, as it stands in this moment.
    func folded(_ subject: SubjectID) -> FoldedSubject {
        let entries = placed(about: subject)
        let others = Set(entries.flatMap(\.header.subjects)).subtracting([subject])
        var elsewhere: Set<Digest> = []
        for other in others { elsewhere.formUnion(self.entries(about: other).map(\.hash)) }
        return SubjectFold.fold(
            subject,
            entries: entries,
            isHeldElsewhere: elsewhere.contains,
            authority: Authority(roster),
            policy: .standard
        )
    }

    /// Folds what changed; then says for each subject what it is.
    mutating func viewDigests() -> [SubjectID: Digest] {
        var changed = stale.subtracting([rosterSubject])
        // An entry about two subjects can be judged anew by what was said about the other.
        for subject in changed {
            for entry in entries(about: subject) {
                changed.formUnion(entry.header?.subjects ?? [])
            }
        }
        for subject in changed where subject != rosterSubject {
            views[subject] = folded(subject).view.map { sha256($0.encoded) }
        }
        stale = []
        return views
    }

    /// Digest over all views.
    mutating func viewDigest() -> Digest {
        let views = viewDigests().sorted { $0.key < $1.key }
        return sha256(views.flatMap { $0.key.bytes + $0.value.bytes })
    }
}

// What peers ask for.
extension SimulatedStore {
    func read(_ request: ReadRequest, hasher: TreeHasher) -> ReadAnswer {
        let held = histories(of: request.log).filter { request.target <= $0.size }
        guard request.first < request.target,
            let log = held.count == 1
                ? held.first
                : held.first(where: {
                    $0.root(at: request.target, hasher: hasher) == request.targetRoot
                })
        else { return .notHeld }
        func proof(from size: UInt64) -> [Digest] {
            guard size < request.target else { return [] }
            return (try? consistencyProof(from: size, to: request.target, source: log)) ?? []
        }
        if let root = request.root, request.first > 0,
            let own = log.root(at: request.first, hasher: hasher), own != root
        {
            return .diverged(root: own, proof: proof(from: request.first))
        }
        let end = min(request.first + UInt64(request.count), request.target)
        var bytes = 0
        let entries = log.entries[Int(request.first)..<Int(end)].map(\.entry).prefix { entry in
            defer { bytes += entry.byteCount }
            return bytes == 0 || bytes + entry.byteCount <= request.bytes
        }
        return .entries(
            trimmed(Array(entries), for: request.scopes),
            proof: proof(from: request.first + UInt64(entries.count))
        )
    }
}
