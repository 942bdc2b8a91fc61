import Crypto
import Dispatch
import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct ConnectTests {
    /// "localhost" may name ::1 first, where nobody listens.
    @Test func eachAddressOfANameIsTried() async throws {
        let server = try Server(identity(1))
        let endpoint = try #require(Endpoint("localhost:\(server.listener.endpoint.port)"))
        let connection = try await Connection.connect(
            to: endpoint,
            identity: identity(2)
        ) { _ in true }
        #expect(connection.remote == server.listener.endpoint)
        await connection.close()
    }

    @Test func aPortWhereNobodyListensIsAnErrorOfTheSystem() async throws {
        let server = try Server(identity(1))
        let endpoint = server.listener.endpoint
        server.listener.stop()
        var error: TransportError?
        // The listener lets go of its port in its own time, and resets who comes before that.
        for _ in 0..<100 where error == nil || error == .system(call: "connect", code: ECONNRESET) {
            error = try await failure {
                _ = try await Connection.connect(to: endpoint, identity: identity(2)) { _ in true }
            }
        }
        #expect(error == .system(call: "connect", code: ECONNREFUSED))
    }

    @Test func aPortIsBoundOnce() throws {
        let server = try Server(identity(1))
        #expect(throws: TransportError.system(call: "bind", code: EADDRINUSE)) {
            _ = try Server(identity(1), on: server.listener.endpoint.description)
        }
    }

    @Test func aStoppedListenersPortCanBeBoundAgainThoughConnectionsLive() async throws {
        let pair = try await Pair()
        let text = pair.server.listener.endpoint.description
        pair.server.listener.stop()
        let start = ContinuousClock.now
        var again: Server?
        // The old descriptor is closed by another thread.
        while again == nil, ContinuousClock.now - start < .seconds(5) {
            again = try? Server(identity(1), on: text)
            await Task.yield()
        }
        #expect(again != nil)
        await pair.close()
    }

    /// In a process of its own, whose descriptors the test uses up but for one.
    @Test func withoutDescriptorsTheListenerPausesOnceAndGoesOn() async throws {
        await #expect(processExitsWith: .success) {
            let server = try Server(identity(1))
            let bystander = try await Bystander(at: server)
            var few = rlimit(rlim_cur: 64, rlim_max: 64)
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &few) == 0 else {
                throw FixtureError.nothingCame
            }
            var handles: [FileHandle] = []
            while let handle = FileHandle(forReadingAtPath: "/dev/null") { handles.append(handle) }
            try handles.removeLast().close()
            let socket = try await stranger(server)  // takes the last one
            let event = try await server.events.next()
            guard event == .paused(reason: .system(call: "accept", code: EMFILE)) else {
                throw FixtureError.notRefused
            }
            for handle in handles { try handle.close() }
            try await write(Array("nonsense".utf8), to: socket)
            guard case .tls = try await server.refusal() else { throw FixtureError.notRefused }
            try await bystander.check()
        }
    }

    /// In a process of its own, as other tests open descriptors too.
    @Test func noDescriptorIsLeftBehind() async throws {
        await #expect(processExitsWith: .success) {
            func openSockets() throws -> Int {
                let folder = "/proc/self/fd"
                let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                return names.count { name in
                    let path = "\(folder)/\(name)"
                    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
                    return target?.hasPrefix("socket:") ?? false
                }
            }
            let before = try openSockets()
            var limits = TransportLimits()
            limits.handshakeSeconds = 0.3
            limits.unprovenMax = 4
            for round in 0..<10 {
                let server = try Server(identity(1), limits: limits) {
                    [key = try identity(3).publicKey] in
                    round % 2 == 0 || $0 == key
                }
                for _ in 0..<6 {
                    let socket = try await stranger(server)
                    if round % 3 == 0 { try await write(Array("nonsense".utf8), to: socket) }
                }
                let connection = try? await Connection.connect(
                    to: server.listener.endpoint,
                    identity: identity(2)
                ) { _ in round % 4 != 0 }
                try? await connection?.send([1])
                if round % 5 != 0 { await connection?.close() }
                server.listener.stop()
            }
            let start = ContinuousClock.now
            while try openSockets() > before {
                guard ContinuousClock.now - start < .seconds(8) else {
                    throw FixtureError.nothingCame
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
