import Crypto
import Encoding
import Ledger
import Replication
import TransparencyLog

extension ReplicaMachine {
    mutating func connected(_ id: SessionID, key: PublicKey, dialed: PeerAddress?) {
        // A key that several grants name says who it is by its hello.
        let named = Set(roster.members(tls: key).map(\.log))
        let peer = named.count == 1 ? named.first : nil
        sessions[id] = Session(
            id: id,
            key: key,
            dialed: dialed,
            peer: peer,
            pushOrder: generator.next(),
            now: now
        )
        if let dialed {
            dials[dialed.endpoint]?.dialing = nil
            dials[dialed.endpoint]?.session = id
        }
        guard sessions.count <= Limits.sessions else {
            return close(id, .tooManySessions, "\(Limits.sessions) sessions")
        }
        guard isWelcome(key, dialed: dialed) else {
            return close(id, .notMember, "key \(key.hash.short)")
        }
        let theirs = peer.flatMap { logs[$0] } ?? LogState()
        let frontier = currentFrontier()
        send(
            id,
            .hello(
                Hello(
                    ledger: configuration.ledger,
                    log: configuration.log,
                    instance: configuration.instance,
                    wall: wall,
                    frontier: frontier,
                    view: view?.frontier == frontier ? view?.digest ?? .zero : .zero,
                    foldVersion: configuration.foldVersion,
                    yourSize: theirs.size,
                    yourRoot: theirs.root
                )
            )
        )
        if !scopes.isEverything { send(id, .scopes(scopes)) }
    }

    mutating func received(_ id: SessionID, frame: [UInt8]) {
        guard let session = sessions[id] else { return }
        sessions[id]?.lastReceived = now
        let message: Message
        do {
            message = try Message(decoding: frame)
        } catch {
            let reason: ByeReason =
                switch error {
                case .version: .version
                case .malformed: .malformed
                case .limit: .limit
                }
            return close(id, reason, error.description)
        }
        switch message {
        case .bye(let reason):
            commands.append(.close(id))
            notice(.byeReceived(id, peer: session.peer, reason))
            remove(id, reason: "bye: \(reason)")
        case .hello(let hello):
            guard !session.isLive else { return close(id, .outOfTurn, "second hello") }
            greeted(session, hello)
        default:
            guard session.isLive else { return close(id, .outOfTurn, "no hello") }
            dispatch(message, id)
        }
    }

    private mutating func dispatch(_ message: Message, _ id: SessionID) {
        switch message {
        case .hello, .bye: break
        case .summary(let summary): received(id, summary)
        case .heads(let heads): received(id, heads)
        case .pull(let pull): received(id, pull)
        case .package(let package): received(id, package)
        case .gone(let gone): received(id, gone)
        case .push(let push): received(id, push)
        case .scopes(let scopes): received(id, scopes)
        case .want(let want): received(id, want)
        case .parts(let parts): received(id, parts)
        case .prove(let prove): received(id, prove)
        case .proofs(let proofs): received(id, proofs)
        case .presence(let presences): received(id, presences)
        case .fork(let proof): received(id, proof)
        case .announce(let rows): received(id, rows)
        case .graft(let logs): grafted(id, logs)
        case .prune: sessions[id]?.isEager = false
        case .ping(let number):
            guard sessions[id]?.allowsSmallRequest(now: now) == true else {
                return close(id, .limit, "pings")
            }
            send(id, .pong(number))
        case .pong(let number):
            guard let ping = sessions[id]?.ping, ping.number == number else {
                return close(id, .outOfTurn, "pong")
            }
            sessions[id]?.roundTrip = now - ping.sent
            sessions[id]?.ping = nil
        }
    }

    mutating func disconnected(_ id: SessionID, reason: String) {
        guard let session = sessions[id] else { return }
        notice(.lost(id, peer: session.peer, detail: reason))
        remove(id, reason: reason)
    }

    /// Ends a session by this node's decision: the peer is told, and there is one notice.
    mutating func close(
        _ id: SessionID,
        _ reason: ByeReason,
        _ detail: String,
        notice: Notice? = nil
    ) {
        guard let session = sessions[id] else { return }
        send(id, .bye(reason))
        commands.append(.close(id))
        self.notice(notice ?? .closed(id, peer: session.peer, reason, detail: detail))
        remove(id, reason: "\(reason): \(detail)")
    }

    mutating func stopped() {
        for id in sessions.keys.sorted() {
            send(id, .bye(.done))
            commands.append(.close(id))
            remove(id, reason: "stopped")
        }
    }

    /// Forgets a session and gives what it was pulling to others.
    private mutating func remove(_ id: SessionID, reason: String) {
        guard let session = sessions.removeValue(forKey: id) else { return }
        for log in session.pulling { logs[log]?.pull = nil }
        forgetQuestions(of: session)
        if let endpoint = session.dialed?.endpoint, dials[endpoint]?.session == id {
            dials[endpoint]?.session = nil
            let lived = session.isLive && now - session.since >= Limits.livedMilliseconds
            backOff(endpoint, resets: lived, reason: reason)
        }
        if !session.pulling.isEmpty { fillAll() }
    }

    private mutating func greeted(_ session: Session, _ hello: Hello) {
        let id = session.id
        guard hello.ledger == configuration.ledger else {
            return close(id, .wrongLedger, "ledger \(hello.ledger.short)")
        }
        guard mayName(hello.log, session.key) else {
            return close(id, .wrongLog, "log \(hello.log.short)")
        }
        if let endpoint = session.dialed?.endpoint { dials[endpoint]?.log = hello.log }
        if hello.log == configuration.log { return metOurselves(id, hello) }
        let next = now + jittered(Limits.compareMilliseconds)
        let skew = Int64(truncatingIfNeeded: hello.wall &- wall)
        sessions[id]?.peer = hello.log
        sessions[id]?.hello = hello
        sessions[id]?.skew = skew
        sessions[id]?.nextCompare = next
        notice(.opened(id, peer: hello.log, skew: skew))
        if skew.magnitude > Limits.skewMilliseconds {
            notice(.skew(id, peer: hello.log, milliseconds: skew))
        }
        guard closeDuplicates(of: id, peer: hello.log) else { return }
        makeEager(id)
        showForks(id)
        let frontier = currentFrontier()
        search.mayBeAnswered(now: now)
        seekParts()
        guard hello.frontier == frontier else {
            sessions[id]?.presenceNews = Set(presences.keys)
            return openComparison(id)
        }
        sessions[id]?.hasCompared = true
        for (log, state) in logs { sessions[id]?.told[log] = Told(state) }
        if let view, view.frontier == frontier, hello.view != .zero, view.digest != .zero,
            hello.view != view.digest, hello.foldVersion == configuration.foldVersion
        {
            notice(.viewsDiffer(id, peer: hello.log))
        }
    }

    /// Whether the key that a session proved may speak for a log.
    private func mayName(_ log: Digest, _ key: PublicKey) -> Bool {
        // For our own log no other grant counts than the one by which it was opened: whoever
        // may enrol nodes could else stop us with a grant that pairs our log with its own key.
        guard log != configuration.log else { return roster.member(log: log)?.keys.tls == key }
        let named = roster.members(tls: key).map(\.log)
        return named.contains(log) || named.isEmpty && roster.member(log: log) == nil
    }

    private mutating func metOurselves(_ id: SessionID, _ hello: Hello) {
        guard hello.instance != configuration.instance else {
            return close(id, .sameLog, "dialed ourselves")
        }
        commands.append(.stopWriting(.twin))
        close(id, .sameLog, "", notice: .twin(id))
    }

    /// Of several sessions with one peer keeps that dialed by the smaller log, else the newest.
    ///
    /// Both sides so keep the same one.
    ///
    /// - Returns: whether the session `id` is the one that stays.
    private mutating func closeDuplicates(of id: SessionID, peer: Digest) -> Bool {
        for other in sessions.keys.sorted() where other != id {
            guard let session = sessions[other], session.isLive, session.peer == peer,
                let new = sessions[id]
            else { continue }
            if isPreferred(session, peer) && !isPreferred(new, peer) {
                close(id, .duplicate, "of session \(other.number)")
                return false
            }
            close(other, .duplicate, "of session \(id.number)")
        }
        return true
    }

    private func isPreferred(_ session: Session, _ peer: Digest) -> Bool {
        (session.dialed != nil) == (configuration.log < peer)
    }

    /// The frontier's digest, remembered until the next commit.
    mutating func currentFrontier() -> Digest {
        let digest = frontier
        frontierCache = digest
        return digest
    }

    /// Whether the peer says it holds more of our log, or another: nothing of it is sent then.
    func doubtsOwnLog(_ session: Session) -> Bool {
        guard let hello = session.hello else { return true }
        // What everybody knows to be forked is kept whole.
        guard roster.forks[configuration.log] == nil else { return false }
        let own = ownLog
        return hello.yourSize > own.size
            || hello.yourSize == own.size && own.size > 0 && hello.yourRoot != own.root
    }
}
