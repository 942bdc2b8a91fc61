import Cases
import Crypto
import Encoding
import Ledger
import Replica
import Replication
import TransparencyLog

/// Something to be written to the own log.
struct WriteItem {
    var draft: EntryDraft
    /// Under which an imported record is remembered.
    var reference: Digest?
    /// False for a newer version, which knows operations that this one does not, and for a member
    /// that does not care.
    var isJudged = true
    /// What a hostile member makes of the entry that it signed.
    var spoiling: ((Entry) -> Entry)?

    init(_ draft: EntryDraft) { self.draft = draft }
}

/// Why something was not written, though the disk would have taken it.
enum WriteError: Error {
    case stopped
    case unknownSubject
    case refused(EntryVerdict)
    case noAuthority
    case notEnrolled
    case tooManyHeads
}

/// The one writer of a simulated home: what `Keeper` and `Store` do, on a simulated disk.
final class SimulatedKeeper {
    /// Entries that were committed, fenced and signed.
    struct Released {
        let append: OwnAppend
        let entries: [HeldEntry]
        let roster: Roster?
    }

    /// Why the own log must not be written.
    enum Stop {
        case verdict(OwnLogGuard.Verdict)
        case fence
        case peer(StopReason)
    }

    let disk: SimulatedDisk
    let office: Office
    private let pool: EntryPool
    private let hasher = TreeHasher()
    private let entryHasher = SHA256Hasher()
    private(set) var stop: Stop?
    /// A member that writes on whatever proof it is given.
    let isReckless: Bool

    /// Opens the home, as a new process does.
    init(_ disk: SimulatedDisk, _ office: Office, _ pool: EntryPool, isReckless: Bool) {
        self.disk = disk
        self.office = office
        self.pool = pool
        self.isReckless = isReckless
        disk.fence.reopen()
        let own = disk.store.own
        let verdict = OwnLogGuard.verdict(
            held: own.size,
            mark: disk.fence.mark,
            stopped: disk.stopped,
            rootAt: { own.root(at: $0, hasher: hasher) }
        )
        if verdict == .free { disk.stopped = nil } else { stop = .verdict(verdict) }
    }

    var mayWrite: Bool { stop == nil || isReckless }

    /// What a new machine starts with.
    func heads() throws -> [LogHead] {
        let trees = Array(disk.store.logs) + Array(disk.store.branches)
        return try trees.sorted { $0.key < $1.key }.map { id, log in
            var note = log.note
            if id == office.id {
                if mayWrite {
                    note = try checkpoint().note.bytes
                } else if disk.store.roster.forks[id] != nil, let mark = disk.fence.mark,
                    mark.size > 0, log.root(at: mark.size, hasher: hasher) == mark.root
                {
                    note = try SignedCheckpoint.sign(
                        size: mark.size,
                        root: mark.root,
                        with: office.log
                    ).note.bytes
                }
            }
            return LogHead(
                log: id,
                branch: log.branch,
                range: log.range,
                note: note.isEmpty ? nil : note
            )
        }
    }

    func checkpoint() throws -> SignedCheckpoint {
        let own = disk.store.own
        try raise(OwnLogGuard.Mark(size: own.size, root: own.root))
        return try SignedCheckpoint.sign(size: own.size, root: own.root, with: office.log)
    }

    private func raise(_ mark: OwnLogGuard.Mark) throws {
        guard !isReckless else { return }
        do {
            try disk.raiseFence(to: mark)
        } catch let error as DiskError {
            stop = stop ?? .fence
            throw error
        }
    }

    /// Stops writing to the own log.
    func stopWriting(_ reason: StopReason) throws {
        guard !isReckless else { return }
        stop = stop ?? .peer(reason)
        try disk.note(OwnLogGuard.Stopped(reason))
    }

    /// Commits packages in one transaction.
    ///
    /// - Returns: the roster if it changed.
    func commit(_ packages: [VerifiedPackage]) throws -> Roster? {
        let bytes = packages.flatMap(\.entries).reduce(0) { $0 + $1.entry.byteCount }
        var hasRoster = false
        try disk.transaction(bytes: bytes) { store in
            var sizes: [Digest: UInt64] = [:]
            for package in packages {
                let key = package.branch?.key ?? package.log
                let base = package.branch?.base ?? 0
                guard package.first == sizes[key] ?? store.tree(key)?.size ?? base
                else { throw DiskError.outOfPlace }
                sizes[key] = package.range.size
            }
            for package in packages {
                let batch = batch(package)
                hasRoster = hasRoster || batch.entries.contains(where: \.isRoster)
                store.insert(batch, hasher: hasher)
            }
        }
        return hasRoster ? disk.store.roster : nil
    }

    private func batch(_ package: VerifiedPackage) -> SimulatedStore.Batch {
        SimulatedStore.Batch(
            log: package.log,
            branch: package.branch,
            entries: package.entries.enumerated().map { offset, verified in
                pool.held(
                    verified.entry,
                    hash: verified.hash,
                    place: Place(log: package.log, sequence: package.first + UInt64(offset)),
                    header: try? verified.header.get()
                )
            },
            forged: package.entries.filter { $0.signature == .forged }.map(\.entry.leaf),
            checked: package.entries.firstIndex { $0.signature == .unchecked }
                ?? package.entries.count,
            note: package.reachesCheckpoint ? package.checkpoint.note.bytes : nil
        )
    }

    /// Proves from the own tree where a peer's history leaves it, and keeps that.
    func proveFork(_ parting: ForkParting) -> ForkProof? {
        let place = parting.place
        guard let log = disk.store.tree(place.parent), log.size > place.base,
            let signed = try? SignedCheckpoint.verify(
                parting.ours,
                logKey: parting.theirs.logKey
            ), signed.checkpoint.size <= log.size, signed.checkpoint.size > place.base,
            let way = try? consistencyProof(
                from: place.base + 1,
                to: signed.checkpoint.size,
                source: log
            )
        else { return nil }
        let proof = ForkProof(
            logKey: parting.theirs.logKey,
            common: parting.common,
            ForkProof.Branch(
                leaf: hasher.leafHash(log.entries[Int(place.base)].entry.leaf),
                note: parting.ours,
                proof: way
            ),
            ForkProof.Branch(
                leaf: place.leaf,
                note: parting.theirs.note.bytes,
                proof: parting.proof
            )
        )
        guard proof.proven() != nil else { return nil }
        disk.store.keep(proof)
        return proof
    }

    /// Writes to the own log: all or none; durable, fenced and signed on return.
    ///
    /// - Returns: nil if all was imported before.
    func append(_ items: [WriteItem], time: UInt64, salt: () -> Bytes32) throws -> Released? {
        guard mayWrite else { throw WriteError.stopped }
        let first = disk.store.own.size
        let (written, checkpoint) = try WriteOrder.write {
            try commit(items, time: time, salt: salt)
        } raise: { _ in
            try raise(OwnLogGuard.Mark(size: disk.store.own.size, root: disk.store.own.root))
        } sign: { _ in
            try SignedCheckpoint.sign(
                size: disk.store.own.size,
                root: disk.store.own.root,
                with: office.log
            )
        }
        guard !written.isEmpty else { return nil }
        let isLive = written.count <= Limits.liveEntries
        return Released(
            append: OwnAppend(
                first: first,
                entries: isLive ? written.map(\.entry) : [],
                range: disk.store.own.range,
                checkpoint: checkpoint
            ),
            entries: written,
            roster: written.contains(where: \.isRoster) ? disk.store.roster : nil
        )
    }

    private func commit(
        _ items: [WriteItem],
        time: UInt64,
        salt: () -> Bytes32
    ) throws -> [HeldEntry] {
        var written: [HeldEntry] = []
        try disk.attempt { store in
            written = []
            var judged: [HeldEntry] = []
            var remembered: [Digest: SubjectID] = [:]
            for item in items {
                if let reference = item.reference,
                    store.imported[reference] ?? remembered[reference] != nil
                {
                    continue
                }
                let entry = try place(item, after: written, in: store, time: time, salt: salt)
                written.append(entry)
                if item.isJudged { judged.append(entry) }
                if let reference = item.reference, let subject = entry.header?.subjects.first {
                    remembered[reference] = subject
                }
            }
            store.insert(
                SimulatedStore.Batch(
                    log: office.id,
                    entries: written,
                    forged: [],
                    checked: written.count,
                    note: nil
                ),
                hasher: hasher
            )
            for (reference, subject) in remembered.sorted(by: { $0.key < $1.key }) {
                store.remember(reference, subject)
            }
            for entry in judged { try judge(entry, store) }
            return written.reduce(0) { $0 + $1.entry.byteCount }
        }
        return written
    }

    private func place(
        _ item: WriteItem,
        after written: [HeldEntry],
        in store: SimulatedStore,
        time: UInt64,
        salt: () -> Bytes32
    ) throws -> HeldEntry {
        var heads: Set<Digest> = []
        for subject in item.draft.existing {
            let fresh = written.filter { $0.header?.subjects.contains(subject) ?? false }
            let known =
                store.placed(about: subject) + fresh.compactMap { $0.placed(isForged: false) }
            guard !known.isEmpty || item.draft.operation == RosterOperation.openName else {
                throw WriteError.unknownSubject
            }
            heads.formUnion(SubjectGraph(known).after(writingIn: office.id))
        }
        guard heads.count <= Header.afterMax else { throw WriteError.tooManyHeads }
        let place = Place(log: office.id, sequence: store.own.size + UInt64(written.count))
        let sealed = try item.draft.sealed(
            in: EntryContext(
                ledger: store.identity.ledger,
                place: place,
                time: time,
                after: heads.sorted()
            ),
            salts: item.draft.parts.map { _ in salt() },
            author: office.service
        )
        guard let spoil = item.spoiling else {
            return pool.held(sealed.entry, hash: sealed.hash, place: place, header: sealed.header)
        }
        let entry = spoil(sealed.entry)
        let hash = entryHasher.hash(entry.header)
        var header = try? Header(decoding: entry.header)
        if (try? header?.check(
            hash: hash,
            ledger: store.identity.ledger,
            log: place.log,
            sequence: place.sequence
        )) == nil {
            header = nil
        }
        return pool.held(entry, hash: hash, place: place, header: header)
    }

    private func judge(_ entry: HeldEntry, _ store: SimulatedStore) throws {
        guard let placed = entry.placed(isForged: false) else { return }
        if entry.isRoster {
            let operation = RosterOperation(placed, ledger: store.identity.ledger)
            guard operation.map({ store.roster.isInEffect($0, at: entry.hash) }) ?? false else {
                throw WriteError.noAuthority
            }
            return
        }
        guard store.roster.member(log: office.id) != nil else { throw WriteError.notEnrolled }
        let verdicts = placed.header.subjects.map { subject in
            store.folded(subject).history.first { $0.entry.hash == entry.hash }?.verdict ?? .waiting
        }
        guard verdicts.contains(where: \.isInEffect) else {
            throw WriteError.refused(verdicts.first ?? .waiting)
        }
    }
}
