package import Crypto
internal import Dispatch

/// Proves a peer's key over a connected socket, within the bounds for strangers.
struct Handshake: Sendable {
    let identity: TransportIdentity
    let limits: TransportLimits
    let admit: @Sendable (PublicKey) -> Bool

    /// Shakes hands and hands over the socket.
    ///
    /// `admit` is asked when the peer has proven its key. On the way out by a throw the socket is
    /// closed; a peer that is not admitted gets a clean end first, so that it can tell.
    func run(
        _ socket: Socket,
        _ role: TLSEngine.Role,
        remote: Endpoint,
        until deadline: DispatchTime
    ) async throws(TransportError) -> Connection {
        do throws(TransportError) {
            let engine = try TLSEngine(identity.context, role)
            let key = try await prove(engine, socket, until: deadline)
            guard admit(key) else {
                if case .server = role { await dismiss(engine, socket, until: deadline) }
                // What a client would show of itself is still in the engine, and stays there.
                throw .keyRefused(key)
            }
            try await flush(engine, socket, until: deadline)
            return Connection(socket, engine, peerKey: key, remote: remote, limits: limits)
        } catch {
            socket.close()
            throw error
        }
    }

    private func prove(
        _ engine: TLSEngine,
        _ socket: Socket,
        until deadline: DispatchTime
    ) async throws(TransportError) -> PublicKey {
        var buffer = [UInt8](repeating: 0, count: 4 << 10)
        var left = TransportLimits.unprovenBytesMax
        while true {
            do throws(TransportError) {
                if let key = try engine.handshake() { return key }
            } catch {
                // The alert that tells the peer why.
                try? await flush(engine, socket, until: deadline)
                throw error
            }
            try await flush(engine, socket, until: deadline)
            guard left > 0 else { throw .unproven(bytes: TransportLimits.unprovenBytesMax) }
            switch try socket.read(into: &buffer, max: left) {
            case .bytes(let count):
                left -= count
                try engine.feed(buffer, count: count)
            case .ended: throw .truncated
            case .wouldBlock: try await socket.reading.ready(by: deadline, for: .handshake)
            }
        }
    }

    private func flush(
        _ engine: TLSEngine,
        _ socket: Socket,
        until deadline: DispatchTime
    ) async throws(TransportError) {
        var output: [UInt8] = []
        engine.takeOutput(into: &output)
        var start = 0
        while start < output.count {
            if case .bytes(let count) = try socket.write(output, from: start) {
                start += count
            } else {
                try await socket.writing.ready(by: deadline, for: .handshake)
            }
        }
    }

    private func dismiss(
        _ engine: TLSEngine,
        _ socket: Socket,
        until deadline: DispatchTime
    ) async {
        engine.end()
        guard (try? await flush(engine, socket, until: deadline)) != nil else { return }
        await socket.finish(by: min(deadline, .now() + limits.lingerSeconds))
    }
}

extension Connection {
    /// Dials `endpoint`, trying each of its addresses in turn, each with its share of the time.
    ///
    /// `admit` is asked for the key that the server has proven; a server that is not admitted
    /// does not learn who called. The server may still refuse our key: then the first
    /// ``receive()`` ends, as the handshake is over for us before the server has seen the key.
    ///
    /// - Throws: ``TransportError`` of the last address tried.
    package static func connect(
        to endpoint: Endpoint,
        identity: TransportIdentity,
        limits: TransportLimits = TransportLimits(),
        admit: @escaping @Sendable (PublicKey) -> Bool
    ) async throws(TransportError) -> Connection {
        let handshake = Handshake(identity: identity, limits: limits, admit: admit)
        let deadline = DispatchTime.now() + limits.connectSeconds
        let addresses = try await SocketAddress.resolve(endpoint, until: deadline)
        let executor = HandshakeExecutor.shared
        return try await withTaskExecutorPreference(executor) { () throws(TransportError) in
            try await dial(addresses, of: endpoint, handshake, until: deadline)
        }
    }

    private static func dial(
        _ addresses: [SocketAddress],
        of endpoint: Endpoint,
        _ handshake: Handshake,
        until deadline: DispatchTime
    ) async throws(TransportError) -> Connection {
        var failure = TransportError.timedOut(.connection)
        for (index, address) in addresses.enumerated() {
            let now = DispatchTime.now()
            guard now < deadline else { break }
            let left = deadline.uptimeNanoseconds - now.uptimeNanoseconds
            let share = Int(left) / (addresses.count - index)
            do throws(TransportError) {
                return try await dial(address, handshake, until: now + .nanoseconds(share))
            } catch .cancelled {
                throw .cancelled
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func dial(
        _ address: SocketAddress,
        _ handshake: Handshake,
        until deadline: DispatchTime
    ) async throws(TransportError) -> Connection {
        let socket = try await Socket.connect(to: address, until: deadline)
        return try await handshake.run(
            socket,
            .client,
            remote: address.endpoint,
            until: min(deadline, .now() + handshake.limits.handshakeSeconds)
        )
    }
}
