package import Crypto
internal import Dispatch

/// A peer whose key is proven, and frames to and from it.
///
/// Made by ``connect(to:identity:limits:admit:)`` and by ``Listener`` only. Bytes are read from
/// the socket only while somebody receives, at most 64 KiB ahead of need: a node that does not
/// keep up slows its peer down instead of filling its memory. So two peers that both only send
/// stand still until ``TransportLimits/writeStallSeconds`` end it; receive and send in tasks of
/// their own.
///
/// Nothing here blocks its thread, so it runs where all tasks run; a queue of its own for each
/// connection was measured at twice the time for a round trip.
///
/// The first failure, or ``close()``, ends the connection; every later call throws the same. Only
/// after a frame that was too long can the peer still be told, before ``close()``.
package actor Connection {
    /// The peer's proven key.
    package nonisolated let peerKey: PublicKey

    /// The peer's address, in numbers.
    package nonisolated let remote: Endpoint

    private static let readBytesMax = 64 << 10
    private static let writeBytesMax = 64 << 10

    private nonisolated let socket: Socket
    private let engine: TLSEngine
    private let limits: TransportLimits
    private let receiving = Turnstile()
    private let sending = Turnstile()
    private var reader = FrameReader()
    private var incoming = [UInt8](repeating: 0, count: readBytesMax)
    // Ciphertext on its way to the kernel; the part before `outgoingStart` has gone.
    private var outgoing: [UInt8] = []
    private var outgoingStart = 0
    private var isSending = false
    private var hasPeerEnded = false
    private var failure: TransportError?

    /// Takes over after a handshake that proved `peerKey`.
    init(
        _ socket: Socket,
        _ engine: sending TLSEngine,
        peerKey: PublicKey,
        remote: Endpoint,
        limits: TransportLimits
    ) {
        self.socket = socket
        self.engine = engine
        self.peerKey = peerKey
        self.remote = remote
        self.limits = limits
    }

    // The socket closes with its last holder, which is this actor or what `close` started.

    /// The next frame; nil after the peer's clean end.
    ///
    /// 0 bytes to ``TransportLimits/frameBytesMax``. Callers are served in the order of their
    /// calls.
    ///
    /// If the task is cancelled while waiting, nothing is lost and a later call goes on.
    ///
    /// - Throws: ``TransportError``; `truncated` if the bytes end without the peer's saying so;
    ///   `frameTooLong` leaves the other direction as it was, so that the peer can be told.
    package func receive() async throws(TransportError) -> [UInt8]? {
        await receiving.enter()
        defer { receiving.leave() }
        do throws(TransportError) {
            return try await nextFrame()
        } catch .cancelled {
            throw failure ?? .cancelled
        } catch .frameTooLong(let count) {
            // The reader stands where it is and says the same every time; no byte is taken.
            throw failure ?? .frameTooLong(count)
        } catch {
            throw fail(error)
        }
    }

    /// Sends one frame, and returns when the kernel has taken all of it.
    ///
    /// That does not mean that the peer has it. Frames go out whole and in the order of the
    /// calls. A task that is cancelled goes on: half a frame would end the connection.
    ///
    /// - Throws: ``TransportError``; `frameTooLong` leaves the connection as it was.
    package func send(_ frame: [UInt8]) async throws(TransportError) {
        guard frame.count <= TransportLimits.frameBytesMax else {
            throw .frameTooLong(frame.count)
        }
        await sending.enter()
        defer { sending.leave() }
        if let failure { throw failure }
        isSending = true
        defer { isSending = false }
        do throws(TransportError) {
            // The first record carries the length and the beginning of the payload.
            let first = min(frame.count, (16 << 10) - FrameReader.headerCount)
            let start = FrameReader.header(frame.count) + frame[..<first]
            try engine.write(start, 0..<start.count)
            try await flush()
            var sent = first
            while sent < frame.count {
                let end = min(frame.count, sent + Self.writeBytesMax)
                try engine.write(frame, sent..<end)
                try await flush()
                sent = end
            }
        } catch {
            throw fail(error)
        }
    }

    /// Ends the connection, cleanly unless a frame is under way.
    ///
    /// Safe to call again.
    /// Waiting calls throw `closed`. Frames already sent still have
    /// ``TransportLimits/lingerSeconds`` to arrive.
    package func close() {
        guard failure == nil else { return }
        if !isSending {
            engine.end()
            try? flushWithoutWaiting()
        }
        let isClean = outgoing.isEmpty
        failure = .closed
        guard isClean else { return socket.close() }
        let deadline = DispatchTime.now() + limits.lingerSeconds
        Task { [socket] in await socket.finish(by: deadline) }
    }

    private func nextFrame() async throws(TransportError) -> [UInt8]? {
        while true {
            if let failure { throw failure }
            if let frame = try reader.next() { return frame }
            if hasPeerEnded { return nil }
            let reading = try reader.fill { (buffer, start) throws(TransportError) in
                try engine.read(into: &buffer, from: start)
            }
            switch reading {
            case .bytes: continue
            case .wantsInput:
                try answerTLS()
                try await readMore()
            case .ended:
                guard !reader.isInsideFrame else { throw .truncated }
                hasPeerEnded = true
            }
        }
    }

    private func readMore() async throws(TransportError) {
        while true {
            switch try socket.read(into: &incoming, max: incoming.count) {
            case .bytes(let count): return try engine.feed(incoming, count: count)
            case .ended: throw .truncated
            case .wouldBlock:
                let seconds = limits.readIdleSeconds
                let deadline = seconds.map { .now() + $0 } ?? DispatchTime.distantFuture
                try await socket.reading.ready(by: deadline, for: .read)
                if let failure { throw failure }
            }
        }
    }

    /// Sends what the TLS layer itself has to say, such as the answer to a key update.
    private func answerTLS() throws(TransportError) {
        guard engine.outputCount > 0 else { return }
        guard outgoing.count - outgoingStart <= 2 * Self.writeBytesMax else {
            throw .tls("peer asks and does not read the answers")
        }
        try flushWithoutWaiting()
    }

    private func flush() async throws(TransportError) {
        try flushWithoutWaiting()
        while !outgoing.isEmpty {
            let deadline = DispatchTime.now() + limits.writeStallSeconds
            let outcome = await socket.writing.wait(until: deadline, cancellable: false)
            if let failure { throw failure }
            if case .timedOut = outcome { throw .timedOut(.write) }
            try flushWithoutWaiting()
        }
    }

    /// Gives the kernel what it takes; `outgoing` is empty if it took everything.
    private func flushWithoutWaiting() throws(TransportError) {
        engine.takeOutput(into: &outgoing)
        while outgoingStart < outgoing.count {
            guard case .bytes(let count) = try socket.write(outgoing, from: outgoingStart) else {
                return
            }
            outgoingStart += count
        }
        outgoing.removeAll(keepingCapacity: true)
        outgoingStart = 0
    }

    /// Remembers the first failure and closes at once.
    private func fail(_ error: TransportError) -> TransportError {
        guard let failure else {
            failure = error
            socket.close()
            return error
        }
        return failure
    }
}
