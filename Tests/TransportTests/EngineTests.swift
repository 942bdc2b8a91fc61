import Crypto
import TestSupport
import Testing

@testable import Transport

/// Two TLS engines joined in memory.
@Suite struct EngineTests {
    private let client: TLSEngine
    private let server: TLSEngine

    init() throws {
        client = try TLSEngine(identity(2).context, .client)
        server = try TLSEngine(identity(1).context, .server)
    }

    /// Moves output across, `step` bytes at a time.
    private func move(_ from: TLSEngine, _ to: TLSEngine, step: Int = .max) throws {
        var bytes: [UInt8] = []
        from.takeOutput(into: &bytes)
        for start in stride(from: 0, to: bytes.count, by: min(step, max(1, bytes.count))) {
            let piece = Array(bytes[start...].prefix(step))
            try to.feed(piece, count: piece.count)
            if step < .max { _ = try to.handshake() }
        }
    }

    private func shakeHands(step: Int = .max) throws -> (PublicKey?, PublicKey?) {
        #expect(try client.handshake() == nil)
        try move(client, server, step: step)
        #expect(try server.handshake() == nil)
        try move(server, client, step: step)
        let serverKey = try client.handshake()
        try move(client, server, step: step)
        return (serverKey, try server.handshake())
    }

    private func read(_ engine: TLSEngine, max: Int = 100) throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: max)
        guard case .bytes(let count) = try engine.read(into: &buffer, from: 0) else { return nil }
        return Array(buffer[..<count])
    }

    @Test(arguments: [1, 7, Int.max])
    func eachSideLearnsTheOthersKey(step: Int) throws {
        let keys = try shakeHands(step: step)
        #expect(try keys.0 == signingKey(1).publicKey)
        #expect(try keys.1 == signingKey(2).publicKey)
    }

    @Test func afterTheHandshakeNoTicketIsSent() throws {
        _ = try shakeHands()
        #expect(server.outputCount == 0)
    }

    @Test func bytesGoBothWaysAndEndCleanly() throws {
        _ = try shakeHands()
        try client.write([0, 1, 2, 3], 1..<3)
        try move(client, server)
        #expect(try read(server) == [1, 2])
        try server.write([9], 0..<1)
        server.end()
        try move(server, client)
        #expect(try read(client) == [9])
        var buffer: [UInt8] = [0]
        guard case .ended = try client.read(into: &buffer, from: 0) else {
            Issue.record("the end was not seen")
            return
        }
    }

    /// Every byte of a record is flipped once, each in a connection of its own.
    @Test func aChangedRecordIsRefused() throws {
        let length = 5 + 3 + 1 + 16  // record header, data, content type, tag
        for index in 0..<length {
            let pair = try EngineTests()
            _ = try pair.shakeHands()
            try pair.client.write([1, 2, 3], 0..<3)
            var record: [UInt8] = []
            pair.client.takeOutput(into: &record)
            #expect(record.count == length)
            record[index] ^= 1
            try pair.server.feed(record, count: record.count)
            do {
                // A longer length only makes the engine wait for the rest.
                #expect(try pair.read(pair.server) == nil)
                #expect(index == 3 || index == 4)
            } catch {
                guard case .tls? = error as? TransportError else { throw error }
            }
        }
    }

    @Test func inputThatCarriesNoDataIsBounded() throws {
        _ = try shakeHands()
        let bytes = [UInt8](repeating: 0, count: TLSEngine.inputWithoutDataMax + 1)
        #expect(throws: TransportError.self) { try server.feed(bytes, count: bytes.count) }
    }

    @Test func dataMakesRoomForMoreInput() throws {
        _ = try shakeHands()
        let chunk = [UInt8](repeating: 7, count: 64 << 10)
        var total = 0
        for _ in 0..<8 {
            try client.write(chunk, 0..<chunk.count)
            try move(client, server)
            while let bytes = try read(server, max: 16 << 10) { total += bytes.count }
        }
        #expect(total == 8 * chunk.count)
    }
}
