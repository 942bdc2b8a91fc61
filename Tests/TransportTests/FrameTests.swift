import Crypto
import Dispatch
import TestSupport
import Testing

@testable import Transport

@Suite struct FrameTests {
    @Test(arguments: [0, 1, 4, 16 << 10, (16 << 10) - 4, (16 << 10) - 3, 64 << 10, 1 << 20])
    func aFrameComesBackAsItWent(count: Int) async throws {
        let pair = try await Pair()
        var generator = SeededGenerator(seed: UInt64(count))
        let frame = generator.bytes(count)
        try await bounded {
            async let echo: Void = pair.far.send(pair.far.receive() ?? [])
            try await pair.near.send(frame)
            #expect(try await pair.near.receive() == frame)
            try await echo
        }
        await pair.close()
    }

    @Test func bothKnowWhoTheOtherIs() async throws {
        let pair = try await Pair()
        #expect(try pair.near.peerKey == identity(1).publicKey)
        #expect(try pair.far.peerKey == identity(2).publicKey)
        #expect(pair.near.remote == pair.server.listener.endpoint)
        #expect(
            try await pair.server.events.next()
                == .accepted(remote: pair.far.remote, key: pair.far.peerKey)
        )
        await pair.close()
    }

    @Test func manyFramesGoBothWaysAtOnceInOrder() async throws {
        let pair = try await Pair()
        try await bounded(seconds: 20) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (from, to) in [(pair.near, pair.far), (pair.far, pair.near)] {
                    group.addTask {
                        for index in 0..<300 { try await from.send(numbered(index)) }
                    }
                    group.addTask {
                        for index in 0..<300 {
                            let frame = try await to.receive()
                            #expect(frame == numbered(index))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        await pair.close()
    }

    @Test func framesOfManySendersStayWhole() async throws {
        let pair = try await Pair()
        let received = try await bounded(seconds: 20) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<40 {
                    group.addTask { try await pair.near.send(numbered(index)) }
                }
                var received: Set<[UInt8]> = []
                for _ in 0..<40 { received.insert(try await pair.far.receive() ?? []) }
                try await group.waitForAll()
                return received
            }
        }
        #expect(received == Set((0..<40).map { numbered($0) }))
        await pair.close()
    }

    @Test func aFrameThatIsTooLongIsNotSentAndHarmsNothing() async throws {
        let pair = try await Pair()
        let frame = [UInt8](repeating: 0, count: TransportLimits.frameBytesMax + 1)
        #expect(
            try await failure { try await pair.near.send(frame) } == .frameTooLong(frame.count)
        )
        try await pair.near.send([1])
        #expect(try await bounded { try await pair.far.receive() } == [1])
        await pair.close()
    }

    @Test func aCloseIsSeenAsAnEndAfterTheLastFrame() async throws {
        let pair = try await Pair()
        try await pair.near.send([1])
        await pair.near.close()
        #expect(try await bounded { try await pair.far.receive() } == [1])
        #expect(try await bounded { try await pair.far.receive() } == nil)
        #expect(try await bounded { try await pair.far.receive() } == nil)
        #expect(try await failure { try await pair.near.send([1]) } == .closed)
        #expect(try await failure { _ = try await pair.near.receive() } == .closed)
        await pair.close()
    }

    /// Unread bytes at the closing side must not cost the other side what was sent before.
    @Test func framesSentBeforeACloseArriveThoughMuchWasLeftUnread() async throws {
        let pair = try await Pair()
        let big = [UInt8](repeating: 5, count: 1 << 20)
        try await bounded {
            try await pair.far.send([UInt8](repeating: 1, count: 100_000))
            try await pair.near.send(big)
            await pair.near.close()
            #expect(try await pair.far.receive() == big)
            #expect(try await pair.far.receive() == nil)
        }
        await pair.close()
    }

    @Test func closingWakesWhoWaits() async throws {
        let pair = try await Pair()
        async let waiting = failure { _ = try await pair.near.receive() }
        await Task.yield()
        await pair.near.close()
        #expect(try await waiting == .closed)
        await pair.close()
    }

    /// The receiver may be on its way into a wait when the connection is closed, and what lingers
    /// to let the last frame arrive then waits for the same socket.
    @Test func closingAtAnyMomentOfAReceiveEndsIt() async throws {
        let server = try Server(identity(1))
        for _ in 0..<25 {
            // Many at a time: the moment is short unless threads have to wait for each other.
            var peers: [(peer: RawPeer, far: Connection)] = []
            for _ in 0..<40 {
                peers.append((try await RawPeer(server), try await server.connections.next()))
            }
            let errors = await withTaskGroup(of: TransportError?.self) { group in
                for (number, (_, far)) in peers.enumerated() {
                    group.addTask {
                        for _ in 0..<(number % 7) { await Task.yield() }
                        await far.close()
                        return nil
                    }
                    group.addTask {
                        do {
                            _ = try await far.receive()
                            return nil
                        } catch {
                            return error as? TransportError
                        }
                    }
                }
                return await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
            }
            #expect(errors == Array(repeating: .closed, count: peers.count))
            for (peer, _) in peers { peer.socket.close() }
        }
    }

    @Test func aWaitThatBeginsWhileTheSocketLingersIsInterrupted() async throws {
        let server = try Server(identity(1))
        let socket = try await RawPeer(server).socket
        // Nobody receives there, so that nothing ends the lingering.
        let far = try await server.connections.next()
        let lingering = Task { await socket.finish(by: .now() + 1) }
        try await Task.sleep(for: .milliseconds(100))
        let start = ContinuousClock.now
        let outcome = await socket.reading.wait(until: .now() + 5, cancellable: true)
        #expect(outcome == .interrupted)
        #expect(ContinuousClock.now - start < .milliseconds(500))
        await lingering.value
        await far.close()
    }

    @Test func aCancelledReceiveLosesNothing() async throws {
        let pair = try await Pair()
        let task = Task { try await pair.near.receive() }
        task.cancel()
        let result = await task.result
        #expect(throws: TransportError.cancelled) { try result.get() }
        try await pair.far.send([7])
        #expect(try await bounded { try await pair.near.receive() } == [7])
        await pair.close()
    }

    @Test func aPeerThatNeverReadsStopsTheSenderInBoundedTime() async throws {
        var limits = TransportLimits()
        limits.writeStallSeconds = 0.3
        let pair = try await Pair(limits: limits)
        let bystander = try await Bystander(at: pair.server)
        let error = try await failure {
            let frame = [UInt8](repeating: 0, count: 1 << 20)
            for _ in 0..<64 { try await pair.near.send(frame) }
        }
        #expect(error == .timedOut(.write))
        #expect(try await failure { _ = try await pair.near.receive() } == .timedOut(.write))
        try await bystander.check()
        await bystander.close()
        await pair.close()
    }

    @Test func aPeerThatSaysNothingIsGivenUpAfterTheIdleTime() async throws {
        var limits = TransportLimits()
        limits.readIdleSeconds = 0.2
        let pair = try await Pair(limits: limits)
        #expect(try await failure { _ = try await pair.near.receive() } == .timedOut(.read))
        await pair.close()
    }
}

/// A frame that tells its number, of a length that depends on it: 2 bytes to some 57 KiB.
private func numbered(_ index: Int) -> [UInt8] {
    let filling = [UInt8](repeating: UInt8(index % 251), count: index * index % 57_347)
    return [UInt8(index / 256), UInt8(index % 256)] + filling
}
