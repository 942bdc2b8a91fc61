/// How many councils there were, what was proposed there, and what came of it.
package struct CouncilFigures: Hashable, Sendable {
    /// Counts of all councils or of one facilitator's.
    package struct Counts: Hashable, Sendable {
        /// Councils, each one session on a topic.
        package var sessions = 0
        /// Proposals that were brought as they are.
        package var brought = 0
        /// Proposals that were split, merged or changed from others.
        package var regrouped = 0
        /// Proposals that a resolution names.
        package var adopted = 0
        /// Councils that came to a resolution, carried out or not.
        package var resolved = 0
        /// Resolutions that were carried out.
        package var carriedOut = 0
        /// Resolutions that should be carried out by now and are not.
        package var overdue = 0
        /// Councils that ended without a resolution.
        package var dissolved = 0
        /// Councils whose facilitator declared an interest.
        package var withInterest = 0
        /// Milliseconds from convening to resolution, of all councils that came to one.
        package var timeToResolution: UInt64 = 0

        /// All proposals.
        package var proposals: Int { brought + regrouped }
    }

    /// One facilitator.
    package struct Facilitator: Hashable, Sendable {
        /// Role-bound number; nil for those whose number is not held here.
        package let number: String?
        /// The counts.
        package let counts: Counts
    }

    /// All of them together.
    package let total: Counts
    /// By facilitator: most sessions first, then by number, those without a number last.
    package let facilitators: [Facilitator]

    /// Counts councils.
    ///
    /// - Parameters:
    ///   - councils: in any order, each once.
    ///   - now: for what is overdue, milliseconds since 1970.
    package init(_ councils: [CouncilRecord], now: UInt64) {
        var total = Counts()
        var each: [String?: Counts] = [:]
        for council in councils {
            total.add(council, now: now)
            each[council[.facilitator].held.text, default: Counts()].add(council, now: now)
        }
        self.total = total
        facilitators = each.map { Facilitator(number: $0.key, counts: $0.value) }
            .sorted { left, right in
                if left.counts.sessions != right.counts.sessions {
                    return left.counts.sessions > right.counts.sessions
                }
                guard let first = left.number else { return false }
                return right.number.map { first < $0 } ?? true
            }
    }
}

extension CouncilFigures.Counts {
    fileprivate mutating func add(_ council: CouncilRecord, now: UInt64) {
        sessions += 1
        brought += council.proposals.count { $0.origin == .brought }
        regrouped += council.proposals.count { $0.origin != .brought }
        adopted += council.proposals.count(where: \.isAdopted)
        switch council.view.stage {
        case .resolved, .fulfilled: resolved += 1
        case .dissolved: dissolved += 1
        default: break
        }
        if council.view.stage == .fulfilled { carriedOut += 1 }
        if council.isOverdue(now: now) { overdue += 1 }
        if council.hasInterest { withInterest += 1 }
        if let at = council.resolutions.map(\.at).min(), at > council.view.openedAt {
            timeToResolution = timeToResolution.adding(at - council.view.openedAt)
        }
    }
}
