package import Crypto

/// Who may do what, where and until when: the result of all roster entries together.
///
/// A pure function of the set of entries, evaluated from the founder downward. A grant takes
/// effect under a grant of a strictly wider level, and only wider levels and the holder can end
/// it, so each level is settled before the next and no order of arrival can show.
///
/// - Source: `Protocol/roster.md` section 4; vectors in `Protocol/vectors/roster`.
package struct Roster: Sendable {
    /// Hash of the founding entry.
    package let ledger: Digest
    /// Grants in effect, ended ones among them, by level and then by entry hash.
    package private(set) var grants: [Grant] = []
    /// The subject all roster entries are about; nil while the founding entry is not held.
    package private(set) var subject: SubjectID?
    /// Who may enrol a successor of the founder, and how many of them together.
    package private(set) var recovery: Recovery?

    private var openings: [Digest: Set<Opening>] = [:]
    private var grantsByService: [Digest: [Int]] = [:]
    private var grantsByLog: [Digest: [Int]] = [:]
    private var grantsByTLS: [Digest: [Int]] = [:]

    /// A roster of nobody.
    package init(ledger: Digest) {
        self.ledger = ledger
    }

    /// Evaluates a set of entries; those that are no roster entries, or forged, are passed over.
    package init(ledger: Digest, entries: [PlacedEntry]) {
        self.ledger = ledger
        var candidates: [Level: [Grant]] = [:]
        var ends: [GrantEnd] = []
        for entry in entries where !entry.isForged {
            switch RosterOperation(entry, ledger: ledger) {
            case .found(let grant, let recovery):
                add(grant)
                subject = SubjectID(openedIn: entry.log, at: entry.sequence)
                self.recovery = recovery
            case .grant(let grant): candidates[grant.level, default: []].append(grant)
            case .end(let end): ends.append(end)
            case .open(let enrolment):
                openings[entry.log, default: []].insert(
                    Opening(enrolment: enrolment, author: entry.author)
                )
            case nil: break
            }
        }
        ends.sort { $0.entry < $1.entry }
        settleEnds(of: .city, ends)
        for level in Level.allCases.dropFirst() {
            for grant in (candidates[level] ?? []).sorted(by: { $0.hash < $1.hash }) {
                guard let parent = parent(of: grant) else { continue }
                add(grant.granted(under: parent))
            }
            settleEnds(of: level, ends)
        }
    }

    /// The grant that stands at this entry hash.
    package func grant(_ hash: Digest) -> Grant? {
        grants.first { $0.hash == hash }
    }

    /// The node that writes `log`.
    ///
    /// Anybody who may enrol can write a grant that names another node's log. Of several, one that
    /// has not ended goes first, and of these the one that the log's own opening names: that entry
    /// only the holder of the log key could place.
    package func member(log: Digest) -> Grant? {
        let found = (grantsByLog[log] ?? []).map { grants[$0] }
        let live = found.filter { !$0.hasEnded }
        let opened = openings[log] ?? []
        return live.first { opened.contains(Opening($0)) } ?? live.first
            ?? found.first { opened.contains(Opening($0)) } ?? found.first
    }

    /// The members whose right has not ended and whose grant names this TLS key, by grant; more
    /// than one only if somebody enrolled another node's key.
    package func members(tls key: PublicKey) -> [Grant] {
        (grantsByTLS[key.hash] ?? []).map { grants[$0] }.filter { !$0.hasEnded }
    }

    /// One grant for each log of the ledger: city and districts first, then by log.
    package var members: [Grant] {
        grantsByLog.keys.compactMap(member(log:)).sorted { left, right in
            let ranks = (left.level.rawValue, right.level.rawValue)
            if ranks.0 != ranks.1, ranks.0 < 3 || ranks.1 < 3 { return ranks.0 < ranks.1 }
            return left.log < right.log
        }
    }

    /// The public key that `author` is the hash of, if a grant names it.
    package func authorKey(_ author: Digest) -> PublicKey? {
        grantsByService[author]?.first.map { grants[$0].keys.service }
    }

    /// Whether `author` could write this operation about subjects in `scopes` at this place.
    package func verdict(
        author: Digest,
        log: Digest,
        sequence: UInt64,
        operation: String,
        scopes: [Scope]
    ) -> RightVerdict {
        let held = (grantsByService[author] ?? []).map { grants[$0] }.filter { $0.log == log }
        guard !held.isEmpty else { return .noGrant }
        let permitted = held.filter { $0.allows(operation) }
        guard !permitted.isEmpty else { return .notPermitted }
        let covering = permitted.filter { grant in scopes.contains { grant.scope.covers($0) } }
        guard !covering.isEmpty else { return .outsideScope }
        let stands = covering.contains { !$0.isCut(log: log, sequence: sequence) }
        return stands ? .allowed : .contested
    }

    private mutating func add(_ grant: Grant) {
        let index = grants.count
        grants.append(grant)
        grantsByService[grant.keys.service.hash, default: []].append(index)
        grantsByLog[grant.log, default: []].append(index)
        grantsByTLS[grant.keys.tls.hash, default: []].append(index)
    }

    /// The first grant, in order of hash, under which this one could be written.
    private func parent(of grant: Grant) -> Grant? {
        (grantsByService[grant.author] ?? []).map { grants[$0] }
            .filter { parent in
                parent.level.mayEnrol(grant.level) && parent.scope.covers(grant.scope)
                    && parent.log == grant.place.log
                    && !parent.isCut(log: grant.place.log, sequence: grant.place.sequence)
            }
            .min { $0.hash < $1.hash }
    }

    /// Whether the end takes effect on each grant that it names.
    package func accepts(_ end: GrantEnd) -> Bool {
        end.grants.allSatisfy { hash in
            grant(hash).map { isHolder(end, $0) || isAbove(end, $0) } ?? false
        }
    }

    /// Settles what ends the grants of a level.
    ///
    /// First what was written from above, then what the holders wrote within what that left them.
    /// A stolen key whose right was ended can so not take back what the holder wrote before.
    private mutating func settleEnds(of level: Level, _ ends: [GrantEnd]) {
        for index in grants.indices where grants[index].level == level {
            let grant = grants[index]
            let concerned = ends.filter { $0.grants.contains(grant.hash) }
            for end in concerned where isAbove(end, grant) { grants[index].end(by: end) }
            let settled = grants[index]
            for end in concerned where isHolder(end, grant) {
                guard !settled.isCut(log: end.place.log, sequence: end.place.sequence) else {
                    continue
                }
                grants[index].end(by: end)
            }
        }
    }

    private func isHolder(_ end: GrantEnd, _ grant: Grant) -> Bool {
        end.author == grant.keys.service.hash && end.place.log == grant.log
    }

    /// Whether the end was written under a grant from which this one descends.
    private func isAbove(_ end: GrantEnd, _ grant: Grant) -> Bool {
        var ancestor = grant.parent.flatMap(self.grant)
        while let wider = ancestor {
            if wider.keys.service.hash == end.author, wider.log == end.place.log,
                !wider.isCut(log: end.place.log, sequence: end.place.sequence)
            {
                return true
            }
            ancestor = wider.parent.flatMap(self.grant)
        }
        return false
    }
}

/// Which grant the first entry of a log stands on, and who signed that entry.
private struct Opening: Hashable, Sendable {
    let enrolment: Digest
    let author: Digest

    init(enrolment: Digest, author: Digest) {
        self.enrolment = enrolment
        self.author = author
    }

    /// The opening that the holder of a grant writes.
    init(_ grant: Grant) {
        enrolment = grant.hash
        author = grant.keys.service.hash
    }
}

/// The keys that together stand above the founder.
package struct Recovery: Hashable, Sendable {
    /// Ed25519 keys kept offline.
    package let keys: [PublicKey]
    /// How many of them must sign.
    package let threshold: UInt64

    /// Takes keys and threshold unchecked.
    package init(keys: [PublicKey], threshold: UInt64) {
        self.keys = keys
        self.threshold = threshold
    }
}

extension Roster {
    /// What decides the rights of entries in `log`: its grants, ended or not.
    package func rights(log: Digest) -> [Grant] {
        grants.filter { $0.log == log }
    }
}
