internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
package import Replica
package import Storage

/// How a node stands: what `linli status` prints, and its JSON.
package struct StatusReport: Codable, Sendable {
    /// The node itself.
    package struct Node: Codable, Sendable {
        package let name: String
        package let log: String
        package let level: String
        package let scope: String
        package let listen: String?
        /// Whether a daemon answered.
        package let isRunning: Bool
        /// Whether the roster it holds gives it rights.
        package let isEnrolled: Bool
        /// Why it does not write to its log, if it does not.
        package let stopReason: String?
    }

    /// One log.
    package struct Log: Codable, Sendable {
        package let node: String
        package let log: String
        package let level: String
        package let scope: String
        package let size: UInt64
        package let root: String
        /// Entries from the start whose authors' signatures were checked.
        package let checked: UInt64
        /// Live peers known to hold as much of it.
        package let holders: Int?
        /// Size that is being pulled to.
        package let target: UInt64?
        package let hasEnded: Bool
    }

    /// One peer or endpoint.
    package struct Peer: Codable, Sendable {
        package let endpoint: String?
        package let node: String?
        package let isConnected: Bool
        package let skewMilliseconds: Int64?
        package let roundTripMilliseconds: UInt64?
        package let logsBehind: Int?
        package let attempts: Int?
        package let lastError: String?

        /// An endpoint of the configuration that nothing is known of.
        package static func configured(_ endpoint: String, node: String?) -> Peer {
            Peer(
                endpoint: endpoint,
                node: node,
                isConnected: false,
                skewMilliseconds: nil,
                roundTripMilliseconds: nil,
                logsBehind: nil,
                attempts: nil,
                lastError: nil
            )
        }
    }

    /// A log with several histories.
    package struct Fork: Codable, Sendable {
        package let node: String
        package let log: String
        /// Up to where all histories are the same; nil while no entry says it.
        package let common: UInt64?
        /// Sizes of the histories that are held.
        package let histories: [UInt64]
        /// Entries beyond that nobody has decided about.
        package let contested: Int
    }

    /// What lists are based on.
    package struct Basis: Codable, Sendable {
        package struct Missing: Codable, Sendable {
            package let node: String
            package let since: UInt64?
        }

        package let now: UInt64
        package let nodes: Int
        package let heard: Int
        package let missing: [Missing]
        package let unchecked: UInt64
        /// Codes of the places whose parts are stored; nil for all.
        package let scopes: [String]?
        /// Parts that should be held and nobody gave yet.
        package let missingParts: UInt64
    }

    package let node: Node
    package let ledger: String
    package let entries: UInt64
    package let frontier: String
    package let view: String
    package let cases: Int
    package let conflicts: Int
    package let logs: [Log]
    package let peers: [Peer]
    package let forks: [Fork]
    package let refused: UInt64
    package let completeness: Basis
    /// Whether all peers were compared with and nothing is on its way; nil without a daemon.
    package let isSettled: Bool?

    /// Looks at a home's database and, if a daemon runs, at its sessions.
    package init(
        _ store: Store,
        _ configuration: HomeConfiguration,
        _ replica: ReplicaStatus?,
        stopReason: String?
    ) throws {
        guard let identity = store.identity else {
            throw StoreError.damaged("it has no identity")
        }
        node = Node(
            name: configuration.name,
            log: identity.log.description,
            level: configuration.level,
            scope: configuration.scope,
            listen: configuration.listen,
            isRunning: replica != nil,
            isEnrolled: store.roster.member(log: identity.log) != nil,
            stopReason: stopReason
        )
        ledger = identity.ledger.description
        entries = store.entryCount
        frontier = store.frontier.description
        view = try store.viewDigest().description
        cases = try store.count(CaseFilter())
        var conflicted = CaseFilter()
        conflicted.conflictAt = SystemSource.wallMilliseconds()
        conflicts = try store.count(conflicted)
        logs = store.roster.members.map { Self.log($0, store, replica) }
        peers = Self.peers(store, configuration, replica)
        forks = try store.forkedLogs().map { fork in
            Fork(
                node: store.roster.member(log: fork.log)?.name ?? fork.log.short,
                log: fork.log.description,
                common: fork.common,
                histories: fork.histories,
                contested: fork.contested
            )
        }
        refused = try store.refusals(limit: 10_000).reduce(0) { $0 + $1.attempts }
        let basis = try store.completeness(now: SystemSource.wallMilliseconds())
        completeness = Basis(
            now: basis.now,
            nodes: basis.nodes,
            heard: basis.heard,
            missing: basis.missing.map { Basis.Missing(node: $0.name, since: $0.since) },
            unchecked: basis.unchecked,
            scopes: basis.scopes.scopes?.map(\.code),
            missingParts: basis.missingParts
        )
        isSettled = replica?.isSettled
    }

    /// One JSON object, keys sorted.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Reads what ``json`` wrote.
    package init?(json: String) {
        guard let read = try? JSONDecoder().decode(StatusReport.self, from: Data(json.utf8)) else {
            return nil
        }
        self = read
    }

    private static func log(_ member: Grant, _ store: Store, _ replica: ReplicaStatus?) -> Log {
        let state = store.log(member.log)
        let live = replica?.logs.first { $0.log == member.log }
        return Log(
            node: member.name,
            log: member.log.description,
            level: member.level.name,
            scope: member.scope.code,
            size: state?.size ?? 0,
            root: (state?.root ?? .zero).description,
            checked: state?.checked ?? 0,
            holders: live?.holders,
            target: live?.target,
            hasEnded: member.hasEnded
        )
    }

    private static func peers(
        _ store: Store,
        _ configuration: HomeConfiguration,
        _ replica: ReplicaStatus?
    ) -> [Peer] {
        guard let replica else {
            return configuration.peers.map { peer in
                let member = store.roster.members.first { $0.endpoint == peer.endpoint }
                return .configured(peer.endpoint, node: member?.name)
            }
        }
        let sessions = replica.sessions.map { session in
            let member = session.peer.flatMap(store.roster.member(log:))
            return Peer(
                endpoint: member?.endpoint,
                node: member?.name ?? session.peer?.short,
                isConnected: true,
                skewMilliseconds: session.skew,
                roundTripMilliseconds: session.roundTrip,
                logsBehind: session.logsBehind,
                attempts: nil,
                lastError: nil
            )
        }
        let dials = replica.dials.filter { !$0.isBusy && $0.lastError != nil }.map { dial in
            Peer(
                endpoint: dial.endpoint,
                node: store.roster.members.first { $0.endpoint == dial.endpoint }?.name,
                isConnected: false,
                skewMilliseconds: nil,
                roundTripMilliseconds: nil,
                logsBehind: nil,
                attempts: dial.attempts,
                lastError: dial.lastError
            )
        }
        return sessions + dials
    }
}
