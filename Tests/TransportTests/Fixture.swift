import Crypto
import Dispatch
import Encoding
import TestSupport
import Testing

@testable import Transport

/// The identity that belongs to a number.
func identity(_ number: UInt64) throws -> TransportIdentity {
    try TransportIdentity(key: signingKey(number))
}

/// The key that belongs to a number.
func signingKey(_ number: UInt64) throws -> SigningKey {
    var generator = SeededGenerator(seed: number)
    return try SigningKey(seed: Bytes32(generator.bytes(32), at: 0))
}

/// A listener on a free loopback port that remembers what it reported and handed over.
final class Server: Sendable {
    let listener: Listener
    let events: Mailbox<TransportEvent>
    let connections: Mailbox<Connection>

    init(
        _ identity: TransportIdentity,
        on text: String = "127.0.0.1:0",
        limits: TransportLimits = TransportLimits(),
        admit: @escaping @Sendable (PublicKey) -> Bool = { _ in true }
    ) throws {
        let events = Mailbox<TransportEvent>()
        let connections = Mailbox<Connection>()
        self.events = events
        self.connections = connections
        guard let endpoint = Endpoint(text) else { throw FixtureError.endpoint }
        listener = try Listener(
            on: endpoint,
            identity: identity,
            limits: limits,
            admit: admit,
            report: { events.put($0) },
            accepted: { connections.put($0) }
        )
    }

    deinit { listener.stop() }

    /// The reason of the next event, which has to be a refusal.
    func refusal() async throws -> TransportError {
        guard case .refused(_, let reason) = try await events.next() else {
            throw FixtureError.notRefused
        }
        return reason
    }
}

enum FixtureError: Error {
    case endpoint
    case notRefused
    case nothingCame
    case openssl(String)
}

/// Both ends of one connection.
struct Pair {
    let server: Server
    let near: Connection
    let far: Connection

    init(
        limits: TransportLimits = TransportLimits(),
        farLimits: TransportLimits = TransportLimits()
    ) async throws {
        let serverIdentity = try identity(1)
        let key = serverIdentity.publicKey
        server = try Server(serverIdentity, limits: farLimits)
        near = try await Connection.connect(
            to: server.listener.endpoint,
            identity: identity(2),
            limits: limits
        ) { $0 == key }
        far = try await server.connections.next()
    }

    func close() async {
        await near.close()
        await far.close()
        server.listener.stop()
    }
}

/// Things put in by callbacks and taken out by a test, in order.
final class Mailbox<Thing: Sendable>: Sendable {
    private let stream: AsyncStream<Thing>
    private let continuation: AsyncStream<Thing>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func put(_ thing: Thing) { continuation.yield(thing) }

    func finish() { continuation.finish() }

    /// The next thing; fails after ten seconds.
    func next() async throws -> Thing {
        let stream = self.stream
        return try await bounded {
            for await thing in stream { return thing }
            throw FixtureError.nothingCame
        }
    }
}

/// Runs `body`, and fails if it takes longer than `seconds`, cancelling it.
func bounded<Value: Sendable>(
    seconds: Double = 10,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw FixtureError.nothingCame
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw FixtureError.nothingCame }
        return value
    }
}

/// The error `body` throws; nil if it throws none, or one of another type.
func failure(
    _ body: @escaping @Sendable () async throws -> Void
) async throws -> TransportError? {
    try await bounded {
        do {
            try await body()
            return nil
        } catch {
            return error as? TransportError
        }
    }
}

/// A connection that has to go on whatever happens to others at its server.
struct Bystander {
    private let near: Connection
    private let far: Connection

    /// Joins `server`, which must admit key 3; takes its event and connection out.
    init(at server: Server) async throws {
        near = try await Connection.connect(
            to: server.listener.endpoint,
            identity: identity(3)
        ) { _ in true }
        far = try await server.connections.next()
        _ = try await server.events.next()
    }

    /// Fails unless frames still go both ways.
    func check() async throws {
        try await bounded {
            try await near.send([1, 2, 3])
            #expect(try await far.receive() == [1, 2, 3])
            try await far.send([4])
            #expect(try await near.receive() == [4])
        }
    }

    func close() async {
        await near.close()
        await far.close()
    }
}

/// A peer that speaks TLS correctly and does as it likes within.
final class RawPeer {
    let socket: Socket
    let engine: TLSEngine

    init(_ server: Server) async throws {
        socket = try await stranger(server)
        engine = try TLSEngine(identity(2).context, .client)
        while try engine.handshake() == nil {
            try await flush()
            let bytes = try await someBytes(of: socket)
            try engine.feed(bytes, count: bytes.count)
        }
        try await flush()
    }

    func flush() async throws {
        var output: [UInt8] = []
        engine.takeOutput(into: &output)
        try await write(output, to: socket)
    }
}

/// A TCP connection to `server` that has said nothing yet.
func stranger(_ server: Server) async throws -> Socket {
    let address = try SocketAddress.lookUp(server.listener.endpoint, isNumeric: true)[0]
    return try await Socket.connect(to: address, until: .now() + 5)
}

/// Writes all of `bytes`, which is little enough for the kernel's buffer.
func write(_ bytes: [UInt8], to socket: Socket) async throws {
    var start = 0
    while start < bytes.count {
        if case .bytes(let count) = try socket.write(bytes, from: start) { start += count }
    }
}

/// What the socket gives next; empty at the end.
func someBytes(of socket: Socket) async throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
        switch try socket.read(into: &buffer, max: buffer.count) {
        case .bytes(let count): return Array(buffer[..<count])
        case .ended: return []
        case .wouldBlock: try await socket.reading.ready(by: .now() + 5, for: .read)
        }
    }
}
