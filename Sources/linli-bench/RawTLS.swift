import Crypto
import NodeRuntime
import Transport

/// What a connection between two nodes on one machine can do at most.
@MainActor
enum RawTLS {
    /// Frames of 1 MiB one way, and small ones there and back.
    static func measure(_ world: World) async throws -> [Figure] {
        let (listener, connection) = try await connect()
        defer { listener.stop() }
        let small = [UInt8](repeating: 7, count: 64)
        var trips: [Double] = []
        for _ in 0..<3_000 {
            let start = Stopwatch.now()
            try await connection.send(small)
            _ = try await connection.receive()
            trips.append(Stopwatch.now() - start)
        }
        let large = [UInt8](repeating: 7, count: TransportLimits.frameBytesMax)
        var runs: [Double] = []
        let count = 256
        for _ in 0..<3 {
            let start = Stopwatch.now()
            for _ in 0..<count { try await connection.send(large) }
            // Comes back when everything before it has arrived.
            try await connection.send(small)
            _ = try await connection.receive()
            runs.append(Stopwatch.now() - start)
        }
        await connection.close()
        let bytes = count * TransportLimits.frameBytesMax / 1_000_000
        return [.rate("TLS 1.3, frames of 1 MiB", of: bytes, in: runs, "MB/s")]
            + Figure.latency("TLS 1.3, 64 B there and back", Array(trips.dropFirst(200)))
    }

    /// A connection whose other end sends small frames back and drops large ones.
    private static func connect() async throws -> (Listener, Connection) {
        guard let any = Endpoint("127.0.0.1:0") else { throw BenchError("no loopback") }
        let server = try TransportIdentity(key: SigningKey(seed: SystemSource.random32()))
        let client = try TransportIdentity(key: SigningKey(seed: SystemSource.random32()))
        let listener = try Listener(
            on: any,
            identity: server,
            admit: { $0 == client.publicKey },
            report: { _ in },
            accepted: { connection in
                Task {
                    while let frame = try await connection.receive() {
                        if frame.count < 1024 { try await connection.send(frame) }
                    }
                }
            }
        )
        let connection = try await Connection.connect(
            to: listener.endpoint,
            identity: client,
            admit: { $0 == server.publicKey }
        )
        return (listener, connection)
    }
}
