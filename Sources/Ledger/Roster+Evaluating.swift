package import Crypto
internal import TransparencyLog

/// The roster entries of a set by what they say, each kind in an order of its own.
private struct RosterEntries {
    var founding: (grant: Grant, recovery: Recovery, subject: SubjectID)?
    var grants: [Level: [Grant]] = [:]
    var staff: [StaffGrant] = []
    var ends: [Digest: [GrantEnd]] = [:]
    var policies: [SigningPolicy] = []
    var marks: [RangeMark] = []
    var successions: [CarriedSuccession] = []
    var openings: [Digest: Set<Opening>] = [:]
    var forks: [Digest: [ForkProof]] = [:]

    init(_ entries: [PlacedEntry], ledger: Digest) {
        for entry in entries {
            let read = RosterOperation(entry, ledger: ledger)
            // What recovery keys signed counts by their signatures, whoever carries it.
            if case .succeed(let carried)? = read { successions.append(carried) }
            // So does what a log's key signed twice.
            if case .fork(let proof)? = read { forks[proof.log, default: []].append(proof) }
            guard !entry.isForged else { continue }
            switch read {
            case .found(let grant, let recovery):
                let subject = SubjectID(openedIn: entry.log, at: entry.sequence)
                founding = (grant, recovery, subject)
            case .grant(let grant): grants[grant.level, default: []].append(grant)
            case .staff(let person): staff.append(person)
            case .end(let end):
                for grant in Set(end.grants) { ends[grant, default: []].append(end) }
            case .policy(let policy): policies.append(policy)
            case .mark(let mark): marks.append(mark)
            case .open(let enrolment):
                openings[entry.log, default: []].insert(
                    Opening(enrolment: enrolment, author: entry.author)
                )
            case .succeed, .fork, nil: break
            }
        }
        staff.sort { $0.hash < $1.hash }
        policies.sort { $0.entry < $1.entry }
        marks.sort { $0.entry < $1.entry }
        successions.sort { ($0.grant.hash, $0.carrier) < ($1.grant.hash, $1.carrier) }
    }

    /// The successions that enough recovery keys signed, each once.
    func signed(by recovery: Recovery) -> [CarriedSuccession] {
        var taken: Set<Digest> = []
        return successions.filter { carried in
            !taken.contains(carried.grant.hash) && carried.isSigned(by: recovery)
                && taken.insert(carried.grant.hash).inserted
        }
    }
}

extension Roster {
    /// Evaluates a set of entries; those that are no roster entries, or forged, are passed over.
    package init(ledger: Digest, entries: [PlacedEntry]) {
        self.init(ledger: ledger)
        let read = RosterEntries(entries, ledger: ledger)
        openings = read.openings
        forks = read.forks.compactMapValues(Self.earliest)
        guard let founding = read.founding else { return }
        subject = founding.subject
        recovery = founding.recovery
        settleRoots(founding.grant, read.signed(by: founding.recovery), read)
        for level in Level.allCases {
            if level != .city { settleNodes(of: level, read) }
            settleStaff(of: level, read)
            settlePolicies(of: level, read)
        }
        for index in holdings.indices where holdings[index].rank == 0 {
            holdings[index].personalFrom = personalFrom(holdings[index])
        }
        for mark in read.marks { settle(mark) }
    }

    /// Of the proofs that hold, what the one that leaves least in effect says.
    ///
    /// Only who has the log's key can prove a fork. So that this key gains nothing by further ones,
    /// they can take effect from entries, and never give it.
    private static func earliest(_ proofs: [ForkProof]) -> Fork? {
        let hasher = TreeHasher()
        // Several can part at one place under different notes: their bytes settle which is named.
        let sorted = Set(proofs).map { ($0, $0.common.root(hasher: hasher), $0.encoded) }
            .sorted { left, right in
                let (one, other) = ((left.0.common.size, left.1), (right.0.common.size, right.1))
                return one == other ? left.2.lexicographicallyPrecedes(right.2) : one < other
            }
        for (proof, _, _) in sorted {
            if let fork = proof.proven(hasher: hasher) { return fork }
        }
        return nil
    }

    /// The founder, and whom the recovery keys put beside it or in its place.
    private mutating func settleRoots(
        _ founder: Grant,
        _ successions: [CarriedSuccession],
        _ read: RosterEntries
    ) {
        var cuts: [Digest: [Digest: UInt64]] = [:]
        for succession in successions.map(\.succession) {
            for grant in succession.ended {
                cuts[grant] = GrantEnd.combined(cuts[grant], with: succession.cuts.sizes)
            }
        }
        for var grant in [founder] + successions.map(\.grant) {
            grant.cuts = cuts[grant.hash]
            settleHolderEnds(&grant, read)
            add(grant)
        }
    }

    private mutating func settleNodes(of level: Level, _ read: RosterEntries) {
        var settled: [Grant] = []
        for var grant in (read.grants[level] ?? []).sorted(by: { $0.hash < $1.hash }) {
            guard let parent = parent(of: grant) else { continue }
            grant.parent = parent.grant
            let holding = Holding(grant)
            for end in read.ends[grant.hash] ?? []
            where superior(of: holding, author: end.author, at: end.place) != nil {
                grant.cuts = GrantEnd.combined(grant.cuts, with: end.cuts)
            }
            settleHolderEnds(&grant, read)
            settled.append(grant)
        }
        for grant in settled { add(grant) }
    }

    /// Takes what a holder wrote about its own right within what those above left it.
    ///
    /// A stolen key whose right was ended can so not take back what the holder wrote before.
    private func settleHolderEnds(_ grant: inout Grant, _ read: RosterEntries) {
        let limit = min(grant.limit, forks[grant.log]?.size ?? .max)
        for end in read.ends[grant.hash] ?? []
        where end.author == grant.keys.service.hash && end.place.log == grant.log
            && end.place.sequence < limit
        {
            grant.cuts = GrantEnd.combined(grant.cuts, with: end.cuts)
        }
    }

    /// Settles the persons of the nodes of a level, one rank after another.
    private mutating func settleStaff(of level: Level, _ read: RosterEntries) {
        let logs = Set(grants.filter { $0.level == level }.map(\.log))
        var waiting = read.staff.filter { logs.contains($0.log) && staffByGrant[$0.hash] == nil }
        var rank = 1
        while !waiting.isEmpty {
            var settled: [(person: StaffGrant, limit: UInt64)] = []
            waiting.removeAll { candidate in
                guard let parent = parent(of: candidate, level: level) else { return false }
                var person = candidate
                person.parent = parent.grant
                person.level = level
                person.rank = rank
                let limit = settleEnds(&person, read)
                settled.append((person, limit))
                return true
            }
            guard !settled.isEmpty else { return }
            for (person, limit) in settled { add(person, limit: limit) }
            rank += 1
        }
    }

    /// Settles the ends of a person's right; the limit that they and the node's own right leave.
    private func settleEnds(_ person: inout StaffGrant, _ read: RosterEntries) -> UInt64 {
        func limit(_ person: StaffGrant) -> UInt64 {
            min(person.cuts.map { $0[person.log] ?? 0 } ?? .max, officeLimit(of: person))
        }
        let holding = Holding(person)
        let ends = read.ends[person.hash] ?? []
        for end in ends where superior(of: holding, author: end.author, at: end.place) != nil {
            person.cuts = GrantEnd.combined(person.cuts, with: end.cuts)
        }
        let left = limit(person)
        for end in ends
        where end.author == person.key.hash && end.place.log == person.log
            && end.place.sequence < left
        {
            person.cuts = GrantEnd.combined(person.cuts, with: end.cuts)
        }
        return limit(person)
    }

    private mutating func settlePolicies(of level: Level, _ read: RosterEntries) {
        guard level <= .district else { return }
        for var policy in read.policies {
            let isIn = authorities(policy.author, at: policy.place).contains { authority in
                authority.level == level && authority.isOffice
                    && authority.scope.covers(policy.area)
            }
            guard isIn else { continue }
            policy.level = level
            policies.append(policy)
        }
    }

    /// Notes a mark at every right beyond whose end it speaks, and above which its author stands.
    private mutating func settle(_ mark: RangeMark) {
        for index in holdingsByLog[mark.log] ?? [] where mark.end > holdings[index].limit {
            guard let above = superior(of: holdings[index], marking: mark) else { continue }
            holdings[index].marks.append(
                StandingMark(
                    entry: mark.entry,
                    isRatification: mark.isRatification,
                    level: above.level,
                    first: mark.first,
                    end: mark.end,
                    hashes: mark.hashes
                )
            )
        }
    }
}
