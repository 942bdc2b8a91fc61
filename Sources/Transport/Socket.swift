internal import Dispatch
internal import Glibc

/// Owns one non-blocking TCP descriptor.
///
/// Whoever holds it last to use it closes it; no call on the descriptor may run beside `close`.
final class Socket: Sendable {
    /// What a non-blocking call came to.
    enum Transfer {
        case bytes(Int)
        case wouldBlock
        case ended
    }

    let reading: Readiness
    let writing: Readiness
    private let descriptor: Int32

    // One for all sockets: what runs on it only wakes a task.
    private static let queue = DispatchQueue(label: "linli.readiness")

    /// *Takes* `descriptor`, which is non-blocking.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        let queue = Self.queue
        let group = DispatchGroup()
        let left: @Sendable () -> Void = { group.leave() }
        group.enter()
        group.enter()
        reading = Readiness(of: descriptor, .read, queue: queue, ended: left)
        writing = Readiness(of: descriptor, .write, queue: queue, ended: left)
        // The number may be given out again at once, so both sources let go of it first.
        group.notify(queue: queue) { _ = Glibc.close(descriptor) }
        var one: Int32 = 1
        // Failure costs latency only.
        _ = unsafe setsockopt(
            descriptor,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &one,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    deinit { close() }

    /// Closes at once; safe to call again.
    func close() {
        reading.end()
        writing.end()
    }

    /// Connects, or says why not.
    static func connect(
        to address: SocketAddress,
        until deadline: DispatchTime
    ) async throws(TransportError) -> Socket {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw .last(in: "socket") }
        let socket = Socket(owning: descriptor)
        do throws(TransportError) {
            let code = unsafe address.withSockaddr { unsafe Glibc.connect(descriptor, $0, $1) }
            if code != 0 {
                guard errno == EINPROGRESS else { throw .last(in: "connect") }
                try await socket.writing.ready(by: deadline, for: .connection)
                try socket.checkConnected()
            }
            return socket
        } catch {
            socket.close()
            throw error
        }
    }

    private func checkConnected() throws(TransportError) {
        var code: Int32 = 0
        var count = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &count) == 0 else {
            throw .last(in: "getsockopt")
        }
        guard code == 0 else { throw .system(call: "connect", code: code) }
    }

    /// Reads what is there, at most `buffer.count` bytes.
    func read(into buffer: inout [UInt8], max: Int) throws(TransportError) -> Transfer {
        let count = unsafe buffer.withUnsafeMutableBytes { buffer in
            unsafe recv(descriptor, buffer.baseAddress, min(max, buffer.count), 0)
        }
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        return try blocked(in: "recv")
    }

    /// Writes what the kernel takes of `bytes` from `start`.
    func write(_ bytes: [UInt8], from start: Int) throws(TransportError) -> Transfer {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
            // A peer that is gone is an error here, not a signal that ends the process.
            return unsafe send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        }
        return count >= 0 ? .bytes(count) : try blocked(in: "send")
    }

    private func blocked(in call: String) throws(TransportError) -> Transfer {
        let code = errno
        guard code == EAGAIN || code == EINTR else { throw .system(call: call, code: code) }
        return .wouldBlock
    }

    /// Says that nothing more will be sent, discards what still comes, then closes.
    ///
    /// Closing with unread bytes would make the kernel throw away what it has not sent yet, so
    /// the peer gets until `deadline` to end its side; at most 4 MiB are read. Whoever waits to
    /// read, or is about to, is interrupted.
    func finish(by deadline: DispatchTime) async {
        reading.takeOver()
        _ = shutdown(descriptor, Int32(SHUT_WR))
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var left = 4 << 20
        while left > 0, let transfer = try? read(into: &buffer, max: buffer.count) {
            if case .bytes(let count) = transfer { left -= count }
            if case .ended = transfer { break }
            guard case .wouldBlock = transfer else { continue }
            let outcome = await reading.wait(
                until: deadline,
                cancellable: false,
                hasTakenOver: true
            )
            guard case .ready = outcome else { break }
        }
        close()
    }
}

extension Readiness {
    /// Waits as a step that fails unless the descriptor becomes ready; cancellable.
    nonisolated(nonsending) func ready(
        by deadline: DispatchTime,
        for wait: TransportError.Wait
    ) async throws(TransportError) {
        switch await self.wait(until: deadline, cancellable: true) {
        case .ready: return
        case .timedOut: throw .timedOut(wait)
        case .interrupted: throw .cancelled
        }
    }
}
