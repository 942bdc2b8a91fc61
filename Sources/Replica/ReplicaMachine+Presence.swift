import Crypto
import Encoding
import Ledger
import Replication

// What nodes say of themselves, passed on from hand to hand.
extension ReplicaMachine {
    /// Has the node's own presence signed when its time has come.
    mutating func signPresence() {
        // Its digest is computed beside nothing else: a large catch-up must not wait for it.
        guard nextPresence <= now, commits.isEmpty else { return }
        nextPresence = now + jittered(Limits.presenceMilliseconds)
        commands.append(.signPresence)
    }

    mutating func presenceSigned(_ presence: SignedPresence) {
        guard let claim = presence.claim, claim.log == configuration.log else { return }
        presences[claim.log] = presence
        passOn(claim.log, from: nil)
    }

    /// Sends what gathered, at most once a second.
    mutating func announcePresences(_ id: SessionID) {
        guard let session = sessions[id], session.isLive, !session.presenceNews.isEmpty,
            now - session.lastPresences >= Limits.announceMilliseconds
        else { return }
        sessions[id]?.lastPresences = now
        let logs = session.presenceNews.sorted().prefix(Limits.presences)
        sessions[id]?.presenceNews.subtract(logs)
        let news = logs.compactMap { presences[$0] }
        if !news.isEmpty { send(id, .presence(news)) }
    }

    mutating func received(_ id: SessionID, _ news: [SignedPresence]) {
        guard sessions[id]?.allowsPresences(news.count, now: now) == true else {
            return close(id, .limit, "presences")
        }
        // What it has just told it is not told back.
        for claim in news.compactMap(\.claim) where presences[claim.log]?.claim == claim {
            sessions[id]?.presenceNews.remove(claim.log)
        }
        var kept: [SignedPresence] = []
        for presence in news {
            guard let claim = presence.claim, isNews(claim),
                // One whose key the roster does not name yet comes again in five minutes.
                presence.isSigned(by: roster.grants(log: claim.log).map(\.keys.service))
            else { continue }
            presences[claim.log] = presence
            kept.append(presence)
            passOn(claim.log, from: id)
            if claim.log == sessions[id]?.peer { compareView(claim, in: id) }
        }
        if !kept.isEmpty { commands.append(.keepPresences(kept)) }
    }

    /// Tells peers of a newer presence: those that get entries whole, or store some places only, and
    /// of the others one in eight.
    ///
    /// The former are nearly a tree over all nodes. The latter see to it that nobody is left out
    /// for long where it is broken and no entries come that would mend it.
    private mutating func passOn(_ log: Digest, from source: SessionID?) {
        for id in sessions.keys.sorted() where id != source {
            guard let session = sessions[id] else { continue }
            let isChosen = session.isEager || !session.scopes.isEverything
            if isChosen || generator.number(from: 1, to: Limits.presenceShare) == 1 {
                sessions[id]?.presenceNews.insert(log)
            }
        }
    }

    /// Whether a presence is of a member, and newer than the one that is held.
    ///
    /// One from the future is taken, so that a wrong clock of ours silences nobody, and gives way
    /// to any that is not, so that a wrong clock of theirs does not silence them for long.
    private func isNews(_ claim: Presence) -> Bool {
        guard claim.ledger == configuration.ledger, claim.log != configuration.log,
            let member = roster.member(log: claim.log), !member.hasEnded
        else { return false }
        guard let known = presences[claim.log]?.claim else { return true }
        let isFuture = isFuture(claim.time)
        guard isFuture == self.isFuture(known.time) else { return !isFuture }
        return claim.time > known.time
    }

    private func isFuture(_ time: UInt64) -> Bool {
        time > wall && time - wall > Limits.skewMilliseconds
    }

    /// Same entries, all parts, same rules: the views must be the same.
    private mutating func compareView(_ claim: Presence, in id: SessionID) {
        guard let view, view.digest != .zero, view.frontier == claim.frontier,
            view.frontier == currentFrontier(), claim.unchecked == 0, claim.notHeld == 0,
            claim.missing == 0, claim.foldVersion == configuration.foldVersion,
            claim.view != view.digest
        else { return }
        notice(.viewsDiffer(id, peer: claim.log))
    }
}
