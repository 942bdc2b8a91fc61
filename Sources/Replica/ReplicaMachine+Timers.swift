package import Crypto
internal import Encoding
internal import Replication
internal import TransparencyLog

extension ReplicaMachine {
    mutating func ticked() {
        for id in sessions.keys.sorted() {
            watch(id)
            releaseSlowPulls(id)
            announce(id)
            graft(id)
            allowPushes(id)
            compareAgain(id)
            fill(id)
            announcePresences(id)
        }
        seekParts()
        signPresence()
        writeForks()
        dialMore()
    }

    /// Lets a session get whole entries again, so many bytes a second.
    private mutating func allowPushes(_ id: SessionID) {
        guard let session = sessions[id],
            now - session.pushesSince >= Limits.announceMilliseconds
        else { return }
        sessions[id]?.pushesSince = now
        sessions[id]?.pushedBytes = 0
    }

    /// Closes a session whose peer is silent, and asks for a sign of life in time.
    private mutating func watch(_ id: SessionID) {
        guard let session = sessions[id] else { return }
        if !session.isLive, now - session.since >= Limits.helloMilliseconds {
            return close(id, .stalled, "no hello")
        }
        if let since = session.owedSince, now - since >= Limits.stallMilliseconds {
            return close(id, .stalled, "no answer to a pull or summary")
        }
        if let ping = session.ping {
            if now - ping.sent >= Limits.stallMilliseconds { close(id, .stalled, "no pong") }
            return
        }
        let quiet = min(session.lastSent, session.lastReceived)
        guard session.isLive, now - quiet >= Limits.pingMilliseconds else { return }
        let number = generator.next()
        sessions[id]?.ping = Ping(number: number, sent: now)
        send(id, .ping(number))
    }

    /// Compares with live peers and dials the others without waiting for their time.
    mutating func compareNow() {
        for id in sessions.keys.sorted() where sessions[id]?.isLive == true {
            sessions[id]?.nextCompare = now
            sessions[id]?.hasCompared = false
        }
        for endpoint in dials.keys.sorted() where dials[endpoint]?.isBusy == false {
            dials[endpoint]?.next = now
        }
        ticked()
    }

    private mutating func compareAgain(_ id: SessionID) {
        guard let session = sessions[id], session.isLive, session.nextCompare <= now,
            !session.isOwed
        else { return }
        openComparison(id)
    }
}

extension ReplicaMachine {
    /// What the node is doing.
    package var status: ReplicaStatus {
        ReplicaStatus(
            frontier: frontier,
            sessions: sessions.keys.sorted().compactMap { sessions[$0].map(status) },
            dials: dials.keys.sorted().compactMap { dials[$0].map(Self.status) },
            logs: logs.keys.sorted().compactMap { log in logs[log].map { status(log, $0) } },
            pendingCommits: commits.count,
            isSettled: isSettled
        )
    }

    /// Live sessions whose peer says it holds exactly what is held here of `log`, if the log's
    /// key has signed it; 0 while entries are held beyond what it has signed.
    ///
    /// Nobody can prove that it has not thrown away what it was given, so a member can still
    /// count itself in, for entries that there are and until the next one.
    package func holders(of log: Digest) -> Int {
        guard let state = logs[log] else { return 0 }
        return sessions.values.count { $0.isLive && $0.holds(state, of: log) }
    }

    private func status(_ session: Session) -> SessionStatus {
        SessionStatus(
            id: session.id,
            peer: session.peer,
            isDialed: session.dialed != nil,
            since: session.since,
            skew: session.skew,
            roundTrip: session.roundTrip,
            hasCompared: session.hasCompared && session.awaited.isEmpty,
            pulls: session.slots.count,
            logsBehind: logs.count { !session.claims($0.value.size, of: $0.key) },
            lastProgress: session.lastProgress
        )
    }

    private static func status(_ dial: Dial) -> DialStatus {
        DialStatus(
            endpoint: dial.address.endpoint,
            log: dial.log,
            isConfigured: dial.isConfigured,
            attempts: dial.attempts,
            next: dial.next,
            isBusy: dial.isBusy,
            lastError: dial.lastError
        )
    }

    private func status(_ log: Digest, _ state: LogState) -> LogStatus {
        LogStatus(
            log: log,
            size: state.size,
            verified: state.verified.size,
            target: state.pull?.target.checkpoint.size,
            source: state.pull?.session,
            holders: holders(of: log)
        )
    }
}
