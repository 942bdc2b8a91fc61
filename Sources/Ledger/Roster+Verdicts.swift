package import Crypto
internal import Encoding

extension Roster {
    /// Whether `author` could write, about subjects in `scopes` at this place, what asks for
    /// `right`; of a log with several histories, in the entry with this hash.
    package func verdict(
        author: Digest,
        entry: Digest? = nil,
        log: Digest,
        sequence: UInt64,
        right: Right,
        scopes: [Scope]
    ) -> RightVerdict {
        var nearest = RightVerdict.noGrant
        var cut: [Int] = []
        for index in holdingsByAuthor[author] ?? [] where holdings[index].log == log {
            let holding = holdings[index]
            let miss: RightVerdict? =
                if holding.roles.isDisjoint(with: right.roleSet) {
                    .notPermitted
                } else if !scopes.contains(where: holding.scope.covers) {
                    .outsideScope
                } else if right.isPersonal, holding.rank == 0, sequence >= holding.personalFrom {
                    .notPersonal
                } else {
                    nil
                }
            if let miss {
                if miss.nearness > nearest.nearness { nearest = miss }
                continue
            }
            guard sequence >= holding.limit else { return .allowed }
            cut.append(index)
        }
        return cut.isEmpty ? nearest : standing(of: cut, entry, at: sequence)
    }

    /// Whether an entry lies beyond the end of each right of its author in its log, and what the
    /// offices above said of it; whatever it says and wherever its subject lies.
    package func standing(
        author: Digest,
        entry: Digest? = nil,
        log: Digest,
        sequence: UInt64
    ) -> RightVerdict {
        let held = (holdingsByAuthor[author] ?? []).filter { holdings[$0].log == log }
        guard !held.isEmpty else { return .noGrant }
        guard held.allSatisfy({ sequence >= holdings[$0].limit }) else { return .allowed }
        return standing(of: held, entry, at: sequence)
    }

    /// A refusal is final, unless a ratification by a strictly higher office names it.
    private func standing(
        of cut: [Int],
        _ entry: Digest?,
        at sequence: UInt64
    ) -> RightVerdict {
        let marks = cut.map { holdings[$0] }.flatMap { holding in
            holding.marks.filter {
                $0.holds(entry, at: sequence, forkedFrom: holding.forkedFrom)
            }
        }
        let refusal = marks.filter { !$0.isRatification }.map(\.level.rawValue).min()
        let ratifying = marks.filter { mark in
            mark.isRatification && mark.level.rawValue < refusal ?? .max
        }
        guard ratifying.isEmpty else {
            return .ratified(by: Set(ratifying.map(\.entry)).sorted())
        }
        return refusal == nil ? .contested : .refused
    }

    /// What decides the rights of entries in `log`: equal holdings judge all its entries alike.
    package func rights(log: Digest) -> [Holding] {
        (holdingsByLog[log] ?? []).map { holdings[$0] }
    }

    /// The node grants for `log`, ended or not.
    package func grants(log: Digest) -> [Grant] { grants.filter { $0.log == log } }

    /// Logs with a right that has ended, rising, and from which size on entries can be contested.
    package var limits: [(log: Digest, size: UInt64)] {
        holdingsByLog.keys.sorted().compactMap { log in
            let least = rights(log: log).map(\.limit).min() ?? .max
            return least == .max ? nil : (log, least)
        }
    }

    /// The rights under which a key stands for a person, by grant.
    package func staff(key: Digest) -> [StaffGrant] {
        (holdingsByAuthor[key] ?? []).compactMap { staffGrant(holdings[$0].grant) }
    }

    /// Whose key signed an entry in `log`; nil if no grant there names it.
    ///
    /// Two entries are of one person if log and staff number of their actors are equal.
    package func actor(of author: Digest, in log: Digest) -> Actor? {
        let held = (holdingsByAuthor[author] ?? []).map { holdings[$0] }.filter { $0.log == log }
        guard !held.isEmpty else { return nil }
        let person = held.lazy.compactMap { self.staffGrant($0.grant) }.first
        return Actor(
            number: person?.number,
            roles: held.reduce(RoleSet([])) { $0.union($1.roles) }.sorted,
            log: log,
            node: member(log: log)?.name ?? log.short
        )
    }

    /// Whether a roster entry has the effect that its author wants.
    package func isInEffect(_ operation: RosterOperation, at entry: Digest) -> Bool {
        switch operation {
        case .found, .open: true
        case .grant: grant(entry) != nil
        case .staff: staffGrant(entry) != nil
        case .end(let end): end.grants.allSatisfy { isEnded($0, by: end) }
        case .policy: policies.contains { $0.entry == entry }
        case .witnesses: witnessPolicies.contains { $0.entry == entry }
        case .mark(let mark):
            rights(log: mark.log).contains { $0.marks.contains { $0.entry == entry } }
        case .succeed(let carried): grant(carried.grant.hash) != nil
        case .fork(let proof): proof.proven() != nil
        }
    }

    private func isEnded(_ grant: Digest, by end: GrantEnd) -> Bool {
        guard let index = holdingsByGrant[grant] else { return false }
        let holding = holdings[index]
        let isHolder = holding.author == end.author && holding.log == end.place.log
        return isHolder || superior(of: holding, author: end.author, at: end.place) != nil
    }

    /// Why a roster entry has no effect, as far as it lies in its author's rights.
    package func refusal(_ entry: PlacedEntry) -> RightVerdict {
        let held = (holdingsByAuthor[entry.author] ?? []).map { holdings[$0] }
            .filter { $0.log == entry.log }
        guard !held.isEmpty else { return .noGrant }
        let standing = held.filter { entry.sequence < $0.limit }
        guard !standing.isEmpty else { return .contested }
        let personal = standing.filter { $0.rank > 0 || entry.sequence < $0.personalFrom }
        guard !personal.isEmpty else { return .notPersonal }
        if let scope = entry.header.scope, !personal.contains(where: { $0.scope.covers(scope) }) {
            return .outsideScope
        }
        return .notPermitted
    }
}

extension RightVerdict {
    /// How far an author got whom something was missing, so that the last hindrance is told.
    fileprivate var nearness: Int {
        switch self {
        case .noGrant: 0
        case .notPermitted: 1
        case .outsideScope: 2
        case .notPersonal: 3
        case .contested, .refused, .ratified, .allowed: 4
        }
    }
}

extension Level: Comparable {
    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
}
