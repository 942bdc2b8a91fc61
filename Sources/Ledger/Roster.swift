package import Crypto

/// Who may do what, where and until when: the result of all roster entries together.
///
/// A pure function of the set of entries, evaluated from the founder downward. A grant takes
/// effect under a grant of a strictly wider level, or a person's under one of lower rank, and
/// only such and the holder can end it. So each level and rank is settled before the next and no
/// order of arrival can show.
///
/// - Source: `Protocol/roster.md` section 5; vectors in `Protocol/vectors/roster`.
package struct Roster: Sendable {
    /// Hash of the founding entry.
    package let ledger: Digest
    /// Grants in effect, ended ones among them, by level and then by entry hash.
    package internal(set) var grants: [Grant] = []
    /// The subject all roster entries are about; nil while the founding entry is not held.
    package internal(set) var subject: SubjectID?
    /// Who may enrol a successor of the founder, and how many of them together.
    package internal(set) var recovery: Recovery?

    /// Rights of persons in effect, ended ones among them.
    package internal(set) var staff: [StaffGrant] = []
    /// Logs with several histories, and what all of these have.
    package internal(set) var forks: [Digest: Fork] = [:]

    /// Policies in effect.
    package internal(set) var policies: [SigningPolicy] = []
    /// Those of witnesses.
    package internal(set) var witnessPolicies: [WitnessPolicy] = []

    var openings: [Digest: Set<Opening>] = [:]
    /// Each right as it counts in its log, as far as it is settled.
    var holdings: [Holding] = []
    var holdingsByAuthor: [Digest: [Int]] = [:]
    var holdingsByGrant: [Digest: Int] = [:]
    var holdingsByLog: [Digest: [Int]] = [:]
    var staffByGrant: [Digest: Int] = [:]
    var grantsByHash: [Digest: Int] = [:]
    private var keysByAuthor: [Digest: PublicKey] = [:]
    private var grantsByLog: [Digest: [Int]] = [:]
    private var grantsByTLS: [Digest: [Int]] = [:]

    /// A roster of nobody.
    package init(ledger: Digest) {
        self.ledger = ledger
    }

    /// The grant that stands at this entry hash.
    package func grant(_ hash: Digest) -> Grant? {
        grantsByHash[hash].map { grants[$0] }
    }

    /// The right of a person that stands at this entry hash.
    package func staffGrant(_ hash: Digest) -> StaffGrant? {
        staffByGrant[hash].map { staff[$0] }
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
    package func authorKey(_ author: Digest) -> PublicKey? { keysByAuthor[author] }

    /// Every key under which entries are signed, by its hash.
    package var authorKeys: [Digest: PublicKey] { keysByAuthor }

    /// Takes up a node's right, whose ends are settled.
    mutating func add(_ grant: Grant) {
        let index = grants.count
        grants.append(grant)
        grantsByHash[grant.hash] = index
        grantsByLog[grant.log, default: []].append(index)
        grantsByTLS[grant.keys.tls.hash, default: []].append(index)
        keysByAuthor[grant.keys.service.hash] = grant.keys.service
        add(Holding(grant))
    }

    /// Takes up a person's right, whose ends are settled.
    mutating func add(_ person: StaffGrant, limit: UInt64) {
        staffByGrant[person.hash] = staff.count
        staff.append(person)
        keysByAuthor[person.key.hash] = person.key
        add(Holding(person, limit: limit))
    }

    private mutating func add(_ holding: Holding) {
        var holding = holding
        if let fork = forks[holding.log] {
            holding.forkedFrom = fork.size
            holding.limit = min(holding.limit, fork.size)
        }
        let index = holdings.count
        holdings.append(holding)
        holdingsByAuthor[holding.author, default: []].append(index)
        holdingsByGrant[holding.grant] = index
        holdingsByLog[holding.log, default: []].append(index)
    }
}

/// Which grant the first entry of a log stands on, and who signed that entry.
struct Opening: Hashable, Sendable {
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
