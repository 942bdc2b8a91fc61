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
    private(set) var logs: [Digest: HeldLog] = [:]
    private(set) var roster: Roster
    private(set) var forged: Set<Place> = []
    private(set) var evidence: [ForkEvidence] = []
    /// External ids that were imported.
    private(set) var imported: [Digest: SubjectID] = [:]
    private(set) var bytes = 0

    /// The founding entry from the invitation, until the founder's log is held.
    private let invited: HeldEntry
    private var bySubject: [SubjectID: [HeldEntry]] = [:]
    private var rosterEntries: [HeldEntry] = []
    /// Roster entries whose author's signature was found good.
    private var signed: Set<Digest> = []
    private var views: [SubjectID: Digest] = [:]
    private var stale: Set<SubjectID> = []

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
        )
    }

    func isForged(_ entry: HeldEntry) -> Bool { forged.contains(entry.place) }

    /// Entries about a subject, in no order.
    func entries(about subject: SubjectID) -> [HeldEntry] { bySubject[subject] ?? [] }

    func placed(about subject: SubjectID) -> [PlacedEntry] {
        entries(about: subject).compactMap { $0.placed(isForged: isForged($0)) }
    }

    /// Entries whose authors' signatures were not looked at yet.
    var uncheckedCount: UInt64 { logs.values.reduce(0) { $0 + $1.size - $1.checked } }
}

// Taking entries in.
extension SimulatedStore {
    /// Entries that follow on what is held of a log.
    struct Batch {
        let log: Digest
        let entries: [HeldEntry]
        /// Places of those that their authors did not sign.
        let forged: [Place]
        /// How many from the first were looked at for that.
        let checked: Int
        /// The checkpoint they reach.
        let note: [UInt8]?
    }

    /// Takes in what a transaction brings; roster and marks follow at once, views when asked for.
    mutating func insert(_ batch: Batch, hasher: TreeHasher) {
        var log = logs[batch.log] ?? HeldLog()
        if log.checked == log.size { log.checked += UInt64(batch.checked) }
        logs[batch.log] = nil
        log.append(batch.entries, hasher: hasher)
        if let note = batch.note { log.note = note }
        logs[batch.log] = log
        forged.formUnion(batch.forged)
        for entry in batch.entries {
            bytes += entry.entry.byteCount
            for subject in entry.header?.subjects ?? [] {
                bySubject[subject, default: []].append(entry)
                stale.insert(subject)
            }
            if entry.isRoster { rosterEntries.append(entry) }
        }
        guard batch.entries.contains(where: \.isRoster) else { return }
        followRoster()
    }

    mutating func remember(_ reference: Digest, _ subject: SubjectID) {
        imported[reference] = subject
    }

    mutating func keep(_ found: ForkEvidence) { evidence.append(found) }

    private mutating func followRoster() {
        let before = roster
        roster = readRoster()
        for entry in rosterEntries where !signed.contains(entry.hash) && !isForged(entry) {
            guard let key = roster.authorKey(entry.entry.author) else { continue }
            if isSigned(entry, key) {
                signed.insert(entry.hash)
            } else {
                forged.insert(entry.place)
            }
        }
        for log in logs.keys.sorted() {
            let named = Set(before.rights(log: log).map(\.author))
            let now = Set(roster.rights(log: log).map(\.author)).subtracting(named)
            guard !now.isEmpty, let held = logs[log],
                let first = held.entries.prefix(Int(held.checked)).firstIndex(where: {
                    now.contains($0.entry.author)
                })
            else { continue }
            logs[log]?.checked = UInt64(first)
        }
        for log in logs.keys.sorted() where before.rights(log: log) != roster.rights(log: log) {
            for entry in logs[log]?.entries ?? [] { stale.formUnion(entry.header?.subjects ?? []) }
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
        for id in logs.keys.sorted() {
            guard let log = logs[id], log.checked < log.size else { continue }
            for entry in log.entries[Int(log.checked)...] {
                guard let key = roster.authorKey(entry.entry.author), !isSigned(entry, key) else {
                    continue
                }
                forged.insert(entry.place)
                stale.formUnion(entry.header?.subjects ?? [])
            }
            logs[id]?.checked = log.size
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
        guard let log = logs[request.log], request.target <= log.size,
            request.first < request.target
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
        return .entries(Array(entries), proof: proof(from: request.first + UInt64(entries.count)))
    }
}
