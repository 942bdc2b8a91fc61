internal import Crypto

extension Roster {
    /// The rights of a key at a place, as far as they are settled and not cut there; if `isPersonal`,
    /// a service key counts only where no policy wants a person's.
    func authorities(
        _ author: Digest,
        at place: Place,
        isPersonal: Bool = false
    ) -> [Holding] {
        (holdingsByAuthor[author] ?? []).map { holdings[$0] }.filter { holding in
            holding.log == place.log && place.sequence < holding.limit
                && (!isPersonal || holding.rank > 0 || place.sequence < personalFrom(holding))
        }
    }

    /// From which size of its log on a service key does not do for personal operations.
    func personalFrom(_ holding: Holding) -> UInt64 {
        policies.filter { $0.level <= holding.level && $0.area.covers(holding.scope) }
            .reduce(.max) { min($0, $1.start(in: holding.log)) }
    }

    /// The first right, in order of hash, under which a node's grant could be written.
    func parent(of grant: Grant) -> Holding? {
        authorities(grant.author, at: grant.place, isPersonal: true)
            .filter { $0.mayEnrol(grant.level, in: grant.scope) }
            .min { $0.grant < $1.grant }
    }

    /// The first right, in order of hash, under which a person's grant could be written.
    ///
    /// A service key does without a person's here, or an office whose people left could never act
    /// again.
    func parent(of person: StaffGrant, level: Level) -> Holding? {
        authorities(person.author, at: person.place)
            .filter { $0.level == level && $0.mayGive(RoleSet(person.roles), in: person.scope) }
            .min { $0.grant < $1.grant }
    }

    /// How far the node itself got at which a person was enrolled, by any of its grants.
    func officeLimit(of person: StaffGrant) -> UInt64 {
        (holdingsByLog[person.log] ?? []).map { holdings[$0] }
            .filter {
                $0.rank == 0 && $0.level == person.level && $0.scope.covers(person.scope)
            }
            .reduce(0) { max($0, $1.limit) }
    }

    /// The right by which an author at a place may end another's; of several the widest.
    ///
    /// It is that of an office above, or of lower rank at the same node.
    func superior(of holding: Holding, author: Digest, at place: Place) -> Holding? {
        let above = ancestors(of: holding)
        return authorities(author, at: place).filter { authority in
            if isColleague(authority, holding) {
                return authority.rank < holding.rank
                    && authority.mayGive(holding.roles, in: holding.scope)
            }
            let isPersonal = authority.rank > 0 || place.sequence < personalFrom(authority)
            return isPersonal && authority.mayEnrol(holding.level, in: holding.scope)
                && (authority.level == .city || above.contains(authority.log))
        }.min { ($0.level.rawValue, $0.grant) < ($1.level.rawValue, $1.grant) }
    }

    /// The right by which the author of a mark may speak about entries beyond the end of another.
    ///
    /// What stands in the marked log itself can not speak about what comes after it.
    func superior(of holding: Holding, marking mark: RangeMark) -> Holding? {
        guard mark.log != mark.place.log || mark.place.sequence >= mark.end else { return nil }
        if let above = superior(of: holding, author: mark.author, at: mark.place) { return above }
        guard holding.level == .city else { return nil }
        // Above the founder and its successors stand the recovery keys, and so whom they chose.
        return authorities(mark.author, at: mark.place, isPersonal: true).first { root in
            root.level == .city && root.isOffice && root.author != holding.author
                && (root.log != holding.log || root.rank == 0 && holding.rank == 0)
                && root.scope.covers(holding.scope)
        }
    }

    private func isColleague(_ left: Holding, _ right: Holding) -> Bool {
        right.rank > 0 && left.log == right.log && left.level == right.level
    }

    /// The logs of the offices from which a right descends.
    private func ancestors(of holding: Holding) -> Set<Digest> {
        var logs: Set<Digest> = []
        var next = holding.parent.flatMap { holdingsByGrant[$0] }
        while let index = next {
            logs.insert(holdings[index].log)
            next = holdings[index].parent.flatMap { holdingsByGrant[$0] }
        }
        return logs
    }
}
