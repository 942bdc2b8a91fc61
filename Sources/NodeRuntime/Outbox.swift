internal import Transport

/// What one session has still to send, in order, and the task that sends it.
///
/// The machine bounds what it sends in answer to a peer; the byte limit here bounds it also for
/// a peer that does not read.
final class Outbox: Sendable {
    /// Most bytes that wait for one peer: as many packages as may be asked for at a time, and
    /// entries pushed meanwhile.
    static let bytesMax = 16 << 20

    private let frames: AsyncStream<[UInt8]>.Continuation
    private let waiting = Locked(0)

    /// Sends over `connection` until ``finish()``; then closes it and calls `ended`.
    init(_ connection: Connection, ended: @escaping @Sendable (String?) async -> Void) {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        frames = continuation
        Task { [weak self] in
            var failure: String?
            for await frame in stream {
                do {
                    try await connection.send(frame)
                    self?.waiting.withLock { $0 -= frame.count }
                } catch {
                    failure = String(describing: error)
                    break
                }
            }
            await connection.close()
            await ended(failure)
        }
    }

    /// Queues a frame; false if too much waits already.
    func send(_ frame: [UInt8]) -> Bool {
        let fits = waiting.withLock { waiting in
            waiting += frame.count
            return waiting <= Self.bytesMax
        }
        if fits { frames.yield(frame) }
        return fits
    }

    /// Sends what is queued, then closes the connection.
    func finish() { frames.finish() }
}
