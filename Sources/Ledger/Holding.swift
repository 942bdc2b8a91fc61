package import Crypto

/// A right in effect as it counts in its log: whose key, what it may do where, and how far.
///
/// Two rosters in which the holdings of a log are equal judge each of its entries alike.
package struct Holding: Hashable, Sendable {
    /// Name of the grant.
    package let grant: Digest
    /// The grant under which it was written; nil for the founder and its successors.
    package let parent: Digest?
    /// Hash of the key.
    package let author: Digest
    /// The log in which it counts.
    package let log: Digest
    /// Level of the office.
    package let level: Level
    /// Zero for a service key; for a person, one more than who enrolled it.
    package let rank: Int
    /// What it covers.
    package let scope: Scope
    /// What it may do.
    let roles: RoleSet
    /// Entries from this size on lie beyond the end of the right.
    package var limit: UInt64
    /// From this size on the log has several histories, and a place names no entry.
    var forkedFrom: UInt64 = .max
    /// From this size on, personal operations want a person's key; the service key's only.
    package var personalFrom: UInt64 = .max
    /// What offices above said about entries beyond the limit, by entry hash.
    var marks: [StandingMark] = []

    init(_ grant: Grant) {
        self.grant = grant.hash
        parent = grant.parent
        author = grant.keys.service.hash
        log = grant.log
        level = grant.level
        rank = 0
        scope = grant.scope
        roles = RoleSet(grant.level.roles)
        limit = grant.limit
    }

    init(_ staff: StaffGrant, limit: UInt64 = .max) {
        grant = staff.hash
        parent = staff.parent
        author = staff.key.hash
        log = staff.log
        level = staff.level
        rank = staff.rank
        scope = staff.scope
        roles = RoleSet(staff.roles)
        self.limit = limit
    }

    /// Whether the holder acts for the office towards the offices below it.
    var isOffice: Bool { rank == 0 || roles.contains(.districtAdmin) }

    /// Whether the holder may enrol a node.
    func mayEnrol(_ other: Level, in scope: Scope) -> Bool {
        isOffice && level.mayEnrol(other) && self.scope.covers(scope)
    }

    /// Whether the holder may give a person of its own node these roles: those that it holds, and
    /// those below the one by which it administers.
    func mayGive(_ wanted: RoleSet, in scope: Scope) -> Bool {
        guard self.scope.covers(scope) else { return false }
        let mine = rank == 0 ? roles : roles.union(roles.belowAdministering)
        let isAdministering =
            rank == 0 || roles.contains(.streetLead)
            || roles.contains(.districtAdmin)
        return isAdministering && wanted.isSubset(of: mine.intersection(RoleSet(level.roles)))
    }
}

/// A mark that counts for a holding, with the level of the office that set it.
struct StandingMark: Hashable, Sendable {
    let entry: Digest
    let isRatification: Bool
    let level: Level
    let first: UInt64
    let end: UInt64
    let hashes: [Digest]?

    /// Whether it speaks of the entry at a place; beyond a fork only by the entry's hash.
    func holds(_ entry: Digest?, at sequence: UInt64, forkedFrom: UInt64) -> Bool {
        guard first <= sequence, sequence < end else { return false }
        guard let hashes else { return sequence < forkedFrom }
        return hashes[Int(sequence - first)] == entry
    }
}

/// Roles as bits: the fold asks for them once an entry.
struct RoleSet: OptionSet, Hashable, Sendable {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ roles: some Sequence<Role>) {
        rawValue = roles.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
    }

    func contains(_ role: Role) -> Bool { rawValue & 1 << UInt32(role.rawValue) != 0 }

    /// All roles below the highest administering one.
    var belowAdministering: RoleSet {
        guard let highest = Role.allCases.last(where: { $0.isAdministering && contains($0) }) else {
            return []
        }
        return RoleSet(Role.allCases.filter { $0 < highest })
    }

    /// Rising.
    var sorted: [Role] { Role.allCases.filter(contains) }
}
