import Crypto
import Encoding
import Ledger
import Replication

extension ReplicaMachine {
    /// Brings the endpoints up to date with configuration and roster; what is known of those that
    /// stay is kept.
    mutating func refreshDials() {
        var wanted: [String: Dial] = [:]
        for address in configured.prefix(Limits.endpoints) {
            wanted[address.endpoint] = Dial(address: address, isConfigured: true)
        }
        for member in roster.members where wanted.count < Limits.endpoints {
            guard let endpoint = member.endpoint, !member.hasEnded else { continue }
            // While a node changes its keys, either will do; its hello says which log it writes.
            let keys = Set(
                roster.grants(log: member.log).filter { !$0.hasEnded }.map(\.keys.tls)
            )
            let address = PeerAddress(
                endpoint: endpoint,
                key: keys.count == 1 ? member.keys.tls : nil
            )
            var dial = wanted[endpoint] ?? Dial(address: address, isConfigured: false)
            if dial.log == nil { dial.log = member.log }
            wanted[endpoint] = dial
        }
        for (endpoint, dial) in dials where wanted[endpoint] != nil || dial.isBusy {
            guard let fresh = wanted[endpoint], fresh.address == dial.address else {
                // A session that is alive keeps its endpoint until it ends.
                if dial.isBusy, wanted[endpoint] == nil { wanted[endpoint] = dial }
                continue
            }
            var kept = dial
            kept.isConfigured = fresh.isConfigured
            wanted[endpoint] = kept
        }
        dials = wanted
    }

    mutating func dialFailed(_ address: PeerAddress, reason: String) {
        guard dials[address.endpoint]?.dialing != nil else { return }
        backOff(address.endpoint, resets: false, reason: reason)
    }

    /// Sets when an endpoint is dialed next: 1 s and up to 60 s, shortened at random by up to half.
    mutating func backOff(_ endpoint: String, resets: Bool, reason: String) {
        guard var dial = dials[endpoint] else { return }
        dial.dialing = nil
        dial.lastError = reason
        let doublings = resets ? 0 : min(dial.attempts, 6)
        dial.attempts = resets ? 0 : dial.attempts + 1
        let wait = min(
            Limits.backoffMilliseconds << UInt64(doublings),
            Limits.backoffMaxMilliseconds
        )
        dial.next = now + generator.number(from: wait / 2, to: wait)
        dials[endpoint] = dial
    }

    /// A full peer is not dialed again soon by who has others, even if it is configured: a node that
    /// everybody configures would else turn out one for another without end.
    mutating func turnedOut(_ endpoint: String) {
        guard sessions.values.count(where: { $0.isLive }) >= Limits.pushedSessions else { return }
        let next = now + jittered(Limits.turnedOutMilliseconds)
        dials[endpoint]?.next = next
    }

    /// Dials configured peers always, and others until there are enough connections: those of
    /// the own district first, but not only those.
    mutating func dialMore() {
        for endpoint in dials.keys.sorted() {
            guard let since = dials[endpoint]?.dialing, now - since >= Limits.dialMilliseconds
            else { continue }
            backOff(endpoint, resets: false, reason: "no answer")
        }
        let met = Set(sessions.values.compactMap(\.peer))
        let ready = dials.keys.sorted().filter { endpoint in
            guard let dial = dials[endpoint], !dial.isBusy, dial.next <= now else { return false }
            guard let log = dial.log else { return true }
            return log != configuration.log && !met.contains(log)
        }
        var total = sessions.count + dials.values.count { $0.dialing != nil }
        for endpoint in ready where dials[endpoint]?.isConfigured == true {
            guard total < Limits.sessions else { return }
            dial(endpoint)
            total += 1
        }
        guard total < Limits.sessions else { return }
        total = sessions.values.count(where: isCounted) + dials.values.count { $0.dialing != nil }
        let own = districts[configuration.log]
        var near = met.count { districts[$0] == own }
        near += dials.values.count { $0.dialing != nil && isNear($0, own) }
        for endpoint in ready.shuffled(using: &generator).filter({ isNear(dials[$0], own) }) {
            guard total < Limits.dialedConnections, near < Limits.districtConnections else {
                break
            }
            guard dials[endpoint]?.isConfigured == false else { continue }
            dial(endpoint)
            total += 1
            near += 1
        }
        for endpoint in ready.shuffled(using: &generator).filter({ !isNear(dials[$0], own) }) {
            guard total < Limits.dialedConnections else { break }
            guard dials[endpoint]?.isConfigured == false else { continue }
            dial(endpoint)
            total += 1
        }
    }

    /// Whether a session is one of the few with peers that the roster shows how to reach.
    ///
    /// Those that are configured here do not count, nor those that nobody else can dial: a node
    /// behind NAT, or one that the roster does not name yet.
    func isCounted(_ session: Session) -> Bool {
        guard let peer = session.peer, roster.member(log: peer)?.endpoint != nil else {
            return false
        }
        return !configured.prefix(Limits.endpoints).contains { address in
            guard let dial = dials[address.endpoint] else { return false }
            return dial.session == session.id || dial.log == peer
        }
    }

    /// Closes sessions at random while there are too many, but not the newest.
    ///
    /// Newcomers so always find room, and who is turned out has others, or dials others.
    mutating func limitConnections(keeping newest: SessionID?) {
        var counted = sessions.keys.sorted().filter { id in
            sessions[id].map { $0.isLive && isCounted($0) } ?? false
        }
        while counted.count > Limits.connections {
            let candidates = counted.filter { $0 != newest }
            let idle = candidates.filter { sessions[$0]?.pulling.isEmpty ?? true }
            let choice = idle.isEmpty ? candidates : idle
            guard let id = choice.randomElement(using: &generator) else { return }
            counted.removeAll { $0 == id }
            close(id, .tooManySessions, "\(Limits.connections) connections")
        }
    }

    private func isNear(_ dial: Dial?, _ district: String?) -> Bool {
        guard let log = dial?.log, let district else { return false }
        return districts[log] == district
    }

    private mutating func dial(_ endpoint: String) {
        guard let address = dials[endpoint]?.address else { return }
        dials[endpoint]?.dialing = now
        commands.append(.dial(address))
    }
}

extension Dial {
    /// Whether there is a session or a dial under way.
    var isBusy: Bool { dialing != nil || session != nil }
}
