import Crypto
import Encoding
import Ledger
import Replication

/// The search for what is missing here: a few parts at a time, each asked of every peer.
struct PartSearch {
    /// A part that is looked for.
    struct Sought {
        let part: WantedPart
        /// Sessions whose peers said that they do not hold it.
        var denied: Set<SessionID> = []
        /// The session in which it is asked for.
        var asked: SessionID?
        /// Whether it came and is being stored.
        var isStoring = false

        func isToAsk(_ session: SessionID) -> Bool {
            asked == nil && !isStoring && !denied.contains(session)
        }
    }

    /// At most ``Limits/soughtParts``, in the order of storage.
    var sought: [Sought] = []
    /// The last part that storage told.
    var cursor: WantedPart?
    /// Whether storage has told all of this round.
    var isAtEnd = true
    /// The question to storage that is not answered.
    var reading: RequestID?
    /// Whether something new may be missing since the round began.
    var isAgain = true
    /// When the next round begins if nothing new comes up.
    var nextRound: UInt64 = 0
    /// Time between rounds that bring nothing.
    var wait = Limits.partsMilliseconds
    /// Parts that this round brought.
    var gained = 0
    /// Parts that nobody had in the last round that ended.
    var unanswered = 0
    /// As above, of this round so far.
    var unansweredNow = 0

    /// Whether nothing is being looked for and nothing new came up.
    var isIdle: Bool { sought.isEmpty && reading == nil && isAtEnd && !isAgain }

    /// Whether somebody came to hold more since the round began.
    var isPromising = false

    /// Somebody may hold what nobody had when it was asked for.
    mutating func mayBeAnswered(now: UInt64) {
        isPromising = true
        if unanswered > 0 { nextRound = min(nextRound, now + Limits.announceMilliseconds) }
    }

    mutating func begin() {
        (cursor, isAtEnd, isAgain, isPromising) = (nil, false, false, false)
        (gained, unansweredNow) = (0, 0)
    }

    mutating func end(now: UInt64) {
        unanswered = unansweredNow
        let isFruitless = gained == 0 && unanswered > 0
        wait =
            isFruitless ? min(2 * wait, Limits.partsMaxMilliseconds) : Limits.partsMilliseconds
        nextRound = now + (isPromising && unanswered > 0 ? Limits.announceMilliseconds : wait)
    }
}

/// A question of a peer about parts, for which storage is asked.
struct ServedParts {
    let session: SessionID
    let number: UInt64
    let count: Int
}

/// A challenge by this node, sent in several sessions.
struct Challenge {
    var waiting: Set<SessionID> = []
    var answers: [ChallengeAnswer] = []
}

// What is missing here.
extension ReplicaMachine {
    /// Looks for missing parts, since there may be new ones.
    mutating func seekPartsAgain() {
        search.isAgain = true
        seekParts()
    }

    /// Goes on with the search, or begins a round of it.
    mutating func seekParts() {
        let live = Set(sessions.values.filter(\.isLive).map(\.id))
        guard !live.isEmpty else { return }
        search.sought.removeAll { sought in
            let isGivenUp =
                sought.asked == nil && !sought.isStoring && live.isSubset(of: sought.denied)
            if isGivenUp { search.unansweredNow += 1 }
            return isGivenUp
        }
        guard search.reading == nil else { return }
        guard search.sought.isEmpty else { return ask(live) }
        if !search.isAtEnd {
            find()
        } else if search.isAgain || search.nextRound <= now {
            search.begin()
            find()
        }
    }

    private mutating func find() {
        let request = nextRequest()
        search.reading = request
        commands.append(.findMissing(request, after: search.cursor))
    }

    mutating func missing(_ request: RequestID, _ parts: [WantedPart]) {
        guard search.reading == request else { return }
        search.reading = nil
        search.sought = parts.prefix(Limits.soughtParts).map { PartSearch.Sought(part: $0) }
        search.cursor = parts.last ?? search.cursor
        search.isAtEnd = parts.isEmpty
        if parts.isEmpty { search.end(now: now) }
        seekParts()
    }

    /// Sends wants until as many are in flight as may be.
    private mutating func ask(_ live: Set<SessionID>) {
        var total = partStores.count + live.reduce(0) { $0 + (sessions[$1]?.wants.count ?? 0) }
        // At random, so that nobody can be the first to be asked each time and keep silent.
        for id in live.sorted().shuffled(using: &generator) {
            while total < Limits.wantsInAll, let session = sessions[id],
                session.wants.count < Limits.wants
            {
                let indices = search.sought.indices.filter { search.sought[$0].isToAsk(id) }
                    .prefix(Limits.wantedParts)
                guard !indices.isEmpty else { break }
                for index in indices { search.sought[index].asked = id }
                let want = Want(
                    number: session.lastQuestion + 1,
                    parts: indices.map { search.sought[$0].part }
                )
                sessions[id]?.lastQuestion += 1
                sessions[id]?.wants.append(want)
                sessions[id]?.asked(now: now)
                send(id, .want(want))
                total += 1
            }
        }
    }

    mutating func received(_ id: SessionID, _ answer: Parts) {
        guard let index = sessions[id]?.wants.firstIndex(where: { $0.number == answer.number }),
            let want = sessions[id]?.wants.remove(at: index)
        else { return close(id, .outOfTurn, "parts") }
        guard answer.parts.count <= want.parts.count else {
            return close(id, .limit, "\(answer.parts.count) parts, want \(want.parts.count)")
        }
        sessions[id]?.progressed(now: now)
        let places = Dictionary(
            search.sought.indices.map { (search.sought[$0].part, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var found: [FoundPart] = []
        for (offset, part) in want.parts.enumerated() {
            guard let place = places[part], search.sought[place].asked == id else { continue }
            search.sought[place].asked = nil
            guard offset < answer.parts.count else { continue }
            guard let given = answer.parts[offset] else {
                search.sought[place].denied.insert(id)
                continue
            }
            guard verifier.matches(given, part) else {
                return close(id, .badPackage, "another part of entry \(part.id.sequence)")
            }
            search.sought[place].isStoring = true
            found.append(FoundPart(name: part, part: given))
        }
        if !found.isEmpty {
            let request = nextRequest()
            partStores[request] = found.map(\.name)
            commands.append(.storeParts(request, found))
        }
        seekParts()
    }

    mutating func partsStored(_ request: RequestID, _ isStored: Bool) {
        guard let parts = partStores.removeValue(forKey: request) else { return }
        let done = Set(parts)
        search.sought.removeAll { done.contains($0.part) }
        if isStored {
            search.gained += parts.count
            tellWhoAskedInVain()
        } else {
            search.unansweredNow += parts.count
        }
        seekParts()
    }

    /// Peers that were told that something is not held here ask again when they hear the scopes.
    private mutating func tellWhoAskedInVain() {
        for id in sessions.keys.sorted() where sessions[id]?.askedInVain == true {
            sessions[id]?.askedInVain = false
            send(id, .scopes(scopes))
        }
    }

    mutating func scopesChanged(_ scopes: PartScopes) {
        self.scopes = scopes
        for id in sessions.keys.sorted() { send(id, .scopes(scopes)) }
        seekPartsAgain()
    }

    /// What was asked in a session that ended is asked of others.
    mutating func forgetQuestions(of session: Session) {
        for index in search.sought.indices where search.sought[index].asked == session.id {
            search.sought[index].asked = nil
        }
        for number in challenges.keys.sorted() { answered(number, by: session.id, nil) }
    }
}

// What peers ask for.
extension ReplicaMachine {
    mutating func received(_ id: SessionID, _ scopes: PartScopes) {
        guard sessions[id]?.allowsSmallRequest(now: now) == true else {
            return close(id, .limit, "scopes")
        }
        sessions[id]?.scopes = scopes
        search.mayBeAnswered(now: now)
    }

    mutating func received(_ id: SessionID, _ want: Want) {
        guard let request = serve(id, want.number, want.parts) else { return }
        guard mayTell(want.parts, in: id) else {
            return partsRead(request, want.parts.map { _ in nil })
        }
        commands.append(.readParts(request, want.parts))
    }

    mutating func received(_ id: SessionID, _ prove: Prove) {
        guard let request = serve(id, prove.number, prove.parts) else { return }
        guard mayTell(prove.parts, in: id) else {
            return partsProven(request, prove.parts.map { _ in nil })
        }
        commands.append(.proveParts(request, prove))
    }

    private mutating func serve(
        _ id: SessionID,
        _ number: UInt64,
        _ parts: [WantedPart]
    ) -> RequestID? {
        guard sessions[id]?.servedWants ?? 0 < Limits.servedWants else {
            close(id, .limit, "\(Limits.servedWants) questions for parts at once")
            return nil
        }
        sessions[id]?.servedWants += 1
        let request = nextRequest()
        partReads[request] = ServedParts(session: id, number: number, count: parts.count)
        return request
    }

    /// Nothing of our own log is told while the peer may hold more of it than we do.
    private func mayTell(_ parts: [WantedPart], in id: SessionID) -> Bool {
        guard parts.contains(where: { $0.id.log == configuration.log }) else { return true }
        return sessions[id].map { !doubtsOwnLog($0) } ?? false
    }

    private mutating func served(_ request: RequestID) -> ServedParts? {
        guard let served = partReads.removeValue(forKey: request),
            sessions[served.session] != nil
        else { return nil }
        sessions[served.session]?.servedWants -= 1
        return served
    }

    mutating func partsRead(_ request: RequestID, _ parts: [Part?]) {
        guard let served = served(request) else { return }
        var answer = Array(parts.prefix(served.count))
        if answer.isEmpty { answer = [nil] }
        if answer.contains(nil) { sessions[served.session]?.askedInVain = true }
        send(served.session, .parts(Parts(number: served.number, parts: answer)))
    }

    mutating func partsProven(_ request: RequestID, _ proofs: [Digest?]) {
        guard let served = served(request) else { return }
        var answer = Array(proofs.prefix(served.count))
        while answer.count < served.count { answer.append(nil) }
        send(served.session, .proofs(Proofs(number: served.number, proofs: answer)))
    }
}

// Who else holds what is to be dropped here.
extension ReplicaMachine {
    mutating func challenge(_ number: UInt64, nonce: Bytes32, _ parts: [WantedPart]) {
        let ids = sessions.values.filter { session in
            session.isLive && session.peer.flatMap(roster.member(log:))?.hasEnded == false
        }.map(\.id).sorted()
        challenges[number] = Challenge(waiting: Set(ids))
        for id in ids {
            guard let session = sessions[id] else { continue }
            let question = session.lastQuestion + 1
            sessions[id]?.lastQuestion = question
            sessions[id]?.proving.append((question, number, parts.count))
            sessions[id]?.asked(now: now)
            send(id, .prove(Prove(number: question, nonce: nonce, parts: parts)))
        }
        finish(number)
    }

    mutating func received(_ id: SessionID, _ answer: Proofs) {
        guard let session = sessions[id],
            let index = session.proving.firstIndex(where: { $0.number == answer.number })
        else { return close(id, .outOfTurn, "proofs") }
        let asked = session.proving[index]
        guard answer.proofs.count == asked.count else {
            return close(id, .malformed, "\(answer.proofs.count) proofs, want \(asked.count)")
        }
        sessions[id]?.proving.remove(at: index)
        sessions[id]?.progressed(now: now)
        let proofs = session.peer.map { ChallengeAnswer(log: $0, proofs: answer.proofs) }
        answered(asked.challenge, by: id, proofs)
    }

    private mutating func answered(
        _ number: UInt64,
        by id: SessionID,
        _ answer: ChallengeAnswer?
    ) {
        guard challenges[number]?.waiting.remove(id) != nil else { return }
        if let answer { challenges[number]?.answers.append(answer) }
        finish(number)
    }

    private mutating func finish(_ number: UInt64) {
        guard let challenge = challenges[number], challenge.waiting.isEmpty else { return }
        challenges[number] = nil
        commands.append(.challenged(number, challenge.answers))
    }
}
