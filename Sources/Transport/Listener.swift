package import Crypto
internal import Dispatch
internal import Glibc

/// Accepts connections on one address and hands over those whose key is proven and admitted.
///
/// What strangers can cost is bounded: so many unproven connections in all and from one address,
/// 16 KiB and five seconds each; more are closed unread. Each inbound connection ends in exactly
/// one ``TransportEvent``. Connections handed over are no longer the listener's.
package final class Listener: Sendable {
    /// How long nothing is accepted after the system refused to give a connection.
    package static let pauseSeconds = 1.0

    /// Where it listens, with the actual port.
    package let endpoint: Endpoint

    private struct State {
        var handshakes: [UInt64: Task<Void, Never>] = [:]
        var perNetwork: [[UInt8]: Int] = [:]
        var nextNumber: UInt64 = 0
        var isStopped = false
    }

    private static let backlog: Int32 = 128

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "linli.listener")
    // Dispatch documents its objects as safe to use from any thread; resumed and suspended in
    // turns on `queue` only.
    nonisolated(unsafe) private let source: any DispatchSourceRead
    private let state = Locked(State())
    private let current: Locked<Handshake>
    private let report: @Sendable (TransportEvent) -> Void
    private let accepted: @Sendable (Connection) -> Void

    /// Binds and listens.
    ///
    /// Blocks while a host name is resolved, so numbers are better. `admit` is asked whether a
    /// proven key may connect, `report` is told of each inbound connection's outcome, `accepted`
    /// is given each connection right after its event. All three are called on any thread and
    /// must be quick.
    ///
    /// - Throws: ``TransportError``; `system` with `EADDRINUSE` if another program listens there.
    package init(
        on endpoint: Endpoint,
        identity: TransportIdentity,
        limits: TransportLimits = TransportLimits(),
        admit: @escaping @Sendable (PublicKey) -> Bool,
        report: @escaping @Sendable (TransportEvent) -> Void,
        accepted: @escaping @Sendable (Connection) -> Void
    ) throws(TransportError) {
        (descriptor, self.endpoint) = try Self.bind(endpoint)
        current = Locked(Handshake(identity: identity, limits: limits, admit: admit))
        self.report = report
        self.accepted = accepted
        unsafe source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        unsafe source.setEventHandler { [weak self] in self?.acceptAll() }
        unsafe source.setCancelHandler { [descriptor] in _ = Glibc.close(descriptor) }
        unsafe source.resume()
    }

    deinit { stop() }

    /// Shows another key to whoever connects from now on.
    package func present(_ identity: TransportIdentity) {
        current.withLock { handshake in
            handshake = Handshake(
                identity: identity,
                limits: handshake.limits,
                admit: handshake.admit
            )
        }
    }

    private var handshake: Handshake { current.withLock { $0 } }

    /// Stops listening and ends the handshakes under way.
    ///
    /// Safe to call again.
    package func stop() {
        let handshakes = state.withLock { state in
            guard !state.isStopped else { return [Task<Void, Never>]() }
            state.isStopped = true
            unsafe source.cancel()
            return Array(state.handshakes.values)
        }
        for handshake in handshakes { handshake.cancel() }
    }

    private static func bind(_ endpoint: Endpoint) throws(TransportError) -> (Int32, Endpoint) {
        let addresses = try SocketAddress.lookUp(endpoint, isNumeric: false)
        let address = addresses[0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw .last(in: "socket") }
        do throws(TransportError) {
            var one: Int32 = 1
            let count = socklen_t(MemoryLayout<Int32>.size)
            // A restarted node must not wait for connections of its former life to fade.
            guard unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, count) == 0 else {
                throw .last(in: "setsockopt")
            }
            guard unsafe address.withSockaddr({ unsafe Glibc.bind(descriptor, $0, $1) }) == 0
            else { throw .last(in: "bind") }
            guard listen(descriptor, backlog) == 0 else { throw .last(in: "listen") }
            let bound = unsafe SocketAddress.filled { unsafe getsockname(descriptor, $0, $1) }
            guard bound.result == 0 else { throw .last(in: "getsockname") }
            return (descriptor, bound.address.endpoint)
        } catch {
            _ = close(descriptor)
            throw error
        }
    }

    private func acceptAll() {
        // Enough for one turn: stop() and the pause below get theirs in between.
        for _ in 0..<Self.backlog {
            if state.withLock({ $0.isStopped }) { return }
            let peer = unsafe SocketAddress.filled { unsafe accept(descriptor, $0, $1) }
            guard peer.result < 0 else {
                // Neither call fails on a descriptor that is open.
                _ = fcntl(peer.result, F_SETFL, O_NONBLOCK)
                _ = fcntl(peer.result, F_SETFD, FD_CLOEXEC)
                welcome(peer.result, peer.address)
                continue
            }
            switch errno {
            case EAGAIN: return
            // The peer went away before its turn; others wait behind it.
            case ECONNABORTED, EINTR, EPROTO: continue
            default: return pause(.last(in: "accept"))
            }
        }
    }

    // The descriptor stays readable while the system has no room, so waiting for it would spin.
    private func pause(_ reason: TransportError) {
        report(.paused(reason: reason))
        unsafe source.suspend()
        // Holds on to self: a source must not be released while suspended.
        queue.asyncAfter(deadline: .now() + Self.pauseSeconds) { unsafe self.source.resume() }
    }

    private func welcome(_ descriptor: Int32, _ address: SocketAddress) {
        let remote = address.endpoint
        let limits = handshake.limits
        let network = address.network
        let deadline = DispatchTime.now() + limits.handshakeSeconds
        let refusal = state.withLock { state -> TransportError? in
            if state.isStopped { return .closed }
            if state.handshakes.count >= limits.unprovenMax {
                return .tooManyUnproven(limit: limits.unprovenMax)
            }
            if state.perNetwork[network, default: 0] >= limits.unprovenPerAddressMax {
                return .tooManyUnprovenFromAddress(limit: limits.unprovenPerAddressMax)
            }
            let number = state.nextNumber
            state.nextNumber += 1
            state.perNetwork[network, default: 0] += 1
            let socket = Socket(owning: descriptor)
            state.handshakes[number] = Task(executorPreference: HandshakeExecutor.shared) {
                await self.prove(socket, remote, until: deadline) { self.leave(number, network) }
            }
            return nil
        }
        guard let refusal else { return }
        _ = close(descriptor)
        report(.refused(remote: remote, reason: refusal))
    }

    // The place is given back before the outcome is told: who hears it may count on it.
    private func prove(
        _ socket: Socket,
        _ remote: Endpoint,
        until deadline: DispatchTime,
        _ leave: () -> Void
    ) async {
        do throws(TransportError) {
            let connection = try await handshake.run(
                socket,
                .server,
                remote: remote,
                until: deadline
            )
            leave()
            report(.accepted(remote: remote, key: connection.peerKey))
            accepted(connection)
        } catch {
            leave()
            report(.refused(remote: remote, reason: error == .cancelled ? .closed : error))
        }
    }

    private func leave(_ number: UInt64, _ network: [UInt8]) {
        state.withLock { state in
            state.handshakes[number] = nil
            let left = state.perNetwork[network, default: 1] - 1
            state.perNetwork[network] = left > 0 ? left : nil
        }
    }
}
