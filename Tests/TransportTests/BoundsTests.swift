import Crypto
import Dispatch
import TestSupport
import Testing

@testable import Transport

/// What proven peers and crowds of strangers can cost is bounded.
@Suite struct BoundsTests {
    /// How a peer that was proven stops.
    enum Stop: CaseIterable {
        case insideHeader
        case insidePayload
        case insidePayloadPolitely
        case betweenFrames
        case betweenFramesPolitely

        var bytes: [UInt8] {
            switch self {
            case .insideHeader: [0, 0]
            case .insidePayload, .insidePayloadPolitely: [0, 0, 0, 9, 1, 2, 3]
            case .betweenFrames, .betweenFramesPolitely: [0, 0, 0, 1, 42]
            }
        }

        var isPolite: Bool { self == .insidePayloadPolitely || self == .betweenFramesPolitely }
    }

    @Test(arguments: Stop.allCases)
    func onlyAnAnnouncedEndBetweenFramesIsClean(stop: Stop) async throws {
        let server = try Server(identity(1))
        let bystander = try await Bystander(at: server)
        let peer = try await RawPeer(server)
        let far = try await server.connections.next()
        try peer.engine.write(stop.bytes, 0..<stop.bytes.count)
        if stop.isPolite { peer.engine.end() }
        try await peer.flush()
        peer.socket.close()
        if stop.bytes.last == 42 {
            #expect(try await bounded { try await far.receive() } == [42])
        }
        let error = try await failure {
            let frame = try await far.receive()
            #expect(frame == nil)
        }
        #expect(error == (stop == .betweenFramesPolitely ? nil : .truncated))
        try await bystander.check()
        await bystander.close()
        await far.close()
    }

    @Test(
        arguments: [
            ([0xff, 0xff, 0xff, 0xff], 0xffff_ffff), ([0, 0x10, 0, 1], (1 << 20) + 1),
        ] as [([UInt8], Int)]
    )
    func nothingIsReceivedAfterAFrameThatIsTooLongAndThePeerCanBeTold(
        header: [UInt8],
        count: Int
    ) async throws {
        let server = try Server(identity(1))
        let bystander = try await Bystander(at: server)
        let peer = try await RawPeer(server)
        let far = try await server.connections.next()
        try peer.engine.write(header, 0..<4)
        try await peer.flush()
        #expect(try await failure { _ = try await far.receive() } == .frameTooLong(count))
        #expect(try await failure { _ = try await far.receive() } == .frameTooLong(count))
        try await far.send([7])
        await far.close()
        var told: [UInt8] = []
        for _ in 0..<9 where told.count < 5 {
            let bytes = try await someBytes(of: peer.socket)
            try peer.engine.feed(bytes, count: bytes.count)
            var buffer = [UInt8](repeating: 0, count: 64)
            while case .bytes(let count) = try peer.engine.read(into: &buffer, from: 0) {
                told += buffer[..<count]
            }
        }
        #expect(told == [0, 0, 0, 1, 7])
        #expect(try await failure { try await far.send([]) } == .closed)
        try await bystander.check()
        await bystander.close()
    }

    @Test func tooManyStrangersAreClosedUnreadAndPlacesComeBack() async throws {
        var limits = TransportLimits()
        limits.unprovenMax = 5
        let server = try Server(identity(1), limits: limits)
        let bystander = try await Bystander(at: server)
        var strangers: [Socket] = []
        for _ in 0..<5 { strangers.append(try await stranger(server)) }
        for _ in 0..<20 {
            let refused = try await stranger(server)
            #expect(try await server.refusal() == .tooManyUnproven(limit: 5))
            #expect((try? await someBytes(of: refused)) ?? [] == [])
        }
        try await bystander.check()
        strangers.removeLast().close()
        #expect(try await server.refusal() == .truncated)
        let next = try await Bystander(at: server)
        try await next.check()
        await next.close()
        await bystander.close()
        for stranger in strangers { stranger.close() }
    }

    @Test func oneAddressCanNotTakeAllPlaces() async throws {
        var limits = TransportLimits()
        limits.unprovenPerAddressMax = 2
        let server = try Server(identity(1), on: "[::]:0", limits: limits)
        let port = server.listener.endpoint.port
        let crowd = try #require(Endpoint("127.0.0.1:\(port)"))
        let address = try SocketAddress.lookUp(crowd, isNumeric: true)[0]
        var strangers: [Socket] = []
        for _ in 0..<3 {
            strangers.append(try await Socket.connect(to: address, until: .now() + 5))
        }
        #expect(try await server.refusal() == .tooManyUnprovenFromAddress(limit: 2))
        // Another address still gets in.
        let connection = try await Connection.connect(
            to: #require(Endpoint("[::1]:\(port)")),
            identity: identity(2)
        ) { _ in true }
        #expect(try await server.connections.next().remote.host == "::1")
        await connection.close()
        for stranger in strangers { stranger.close() }
    }

    @Test func aPeerThatIsNotReceivedFromIsNotReadFrom() async throws {
        var limits = TransportLimits()
        limits.writeStallSeconds = 0.3
        let pair = try await Pair(limits: limits)
        let sent = Mailbox<Int>()
        _ = try await failure {
            let frame = [UInt8](repeating: 0, count: 1 << 20)
            for index in 0..<64 {
                try await pair.near.send(frame)
                sent.put(index)
            }
            sent.put(64)
        }
        // The kernel's buffers take a few frames; a node that read on would take them all.
        var count = 0
        sent.finish()
        while (try? await sent.next()) != nil { count += 1 }
        #expect(count < 32)
        await pair.close()
    }
}
