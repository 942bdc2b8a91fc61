internal import Dispatch

/// Runs an actor on a serial Dispatch queue.
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter queue: serial.
    init(_ queue: DispatchQueue) { self.queue = queue }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
