import Cases
import Crypto
import Ledger
import NodeRuntime
import Replica
import Storage
import TransparencyLog
import Transport

/// What it costs two nodes to find out that they hold the same.
@MainActor
enum Meeting {
    /// Two machines over a real connection: bytes of payload each way, and time.
    static func measure(_ world: World) async throws -> [Figure] {
        let founder = try world.found()
        let street = try world.enrolled(by: founder)
        try await bringInStep(founder, street)
        let server = try Side(founder)
        let client = try Side(street)
        guard let any = Endpoint("127.0.0.1:0") else { throw BenchError("no loopback") }
        let (outcomes, continuation) = AsyncStream.makeStream(of: Talk.self)
        let listener = try Listener(
            on: any,
            identity: server.identity,
            admit: { $0 == client.identity.publicKey },
            report: { _ in },
            accepted: { connection in
                Task { continuation.yield(try await server.talk(connection, isDialing: false)) }
            }
        )
        defer { listener.stop() }
        var arrivals = outcomes.makeAsyncIterator()
        var whole: [Double] = []
        var talks: [Double] = []
        var sent = (here: 0, there: 0)
        for _ in 0..<200 {
            let start = Stopwatch.now()
            let connection = try await Connection.connect(
                to: listener.endpoint,
                identity: client.identity,
                admit: { $0 == server.identity.publicKey }
            )
            let mine = try await client.talk(connection, isDialing: true)
            guard let theirs = await arrivals.next() else { throw BenchError("no answer") }
            whole.append(Stopwatch.now() - start)
            talks.append(mine.seconds)
            sent = (mine.bytes, theirs.bytes)
            await connection.close()
        }
        return Figure.latency("connect, TLS and compare", whole)
            + Figure.latency("of it, compare", talks)
            + [
                Figure("payload from the one that dials", Double(sent.here), "B"),
                Figure("payload from the one that listens", Double(sent.there), "B"),
            ]
    }

    private static func bringInStep(_ founder: Home, _ street: Home) async throws {
        let serving = try await RunningNode(founder, program: nil)
        let daemon = try await RunningNode.daemon(street)
        try await daemon.start(isListening: false)
        guard await daemon.settle(seconds: 60) else { throw BenchError("did not settle") }
        await daemon.stop()
        try await serving.stop()
    }
}

/// What one side did until it knew.
private struct Talk: Sendable {
    let seconds: Double
    let bytes: Int
}

/// One of two nodes that meet.
private struct Side: Sendable {
    let identity: TransportIdentity
    private let configuration: ReplicaConfiguration
    private let heads: [LogHead]
    private let roster: Roster

    init(_ home: Home) throws {
        let keeper = try Keeper(home)
        identity = try TransportIdentity(key: home.signingKey(.tls))
        configuration = ReplicaConfiguration(
            ledger: keeper.identity.ledger,
            log: keeper.identity.log,
            instance: SystemSource.randomNumber(),
            seed: SystemSource.randomNumber(),
            foldVersion: SubjectFold.version
        )
        let own = keeper.identity.log
        heads = try keeper.store.logs.map { state in
            let note = state.id == own ? try keeper.checkpoint().note.bytes : state.note
            return LogHead(log: state.id, range: state.range, note: note)
        }
        roster = keeper.store.roster
    }

    /// Runs a fresh machine until it has compared with the peer.
    func talk(_ connection: Connection, isDialing: Bool) async throws -> Talk {
        let start = Stopwatch.now()
        var machine = ReplicaMachine(configuration: configuration, heads: heads, roster: roster)
        var bytes = 0
        let session = SessionID(1)
        let address = PeerAddress(endpoint: connection.remote.description)
        var event = ReplicaEvent.connected(
            session,
            key: connection.peerKey,
            dialed: isDialing ? address : nil
        )
        while true {
            let commands = machine.handle(
                event,
                now: SystemSource.monotonicMilliseconds(),
                wall: SystemSource.wallMilliseconds()
            )
            for case .send(_, let frame) in commands {
                bytes += frame.count
                try await connection.send(frame)
            }
            if machine.status.sessions.first?.hasCompared == true { break }
            guard let frame = try await connection.receive() else {
                throw BenchError("the peer hung up")
            }
            event = .received(session, frame: frame)
        }
        return Talk(seconds: Stopwatch.now() - start, bytes: bytes)
    }
}
