internal import Dispatch

/// Runs handshakes on threads of their own, so that a node busy in all its tasks still answers
/// within the few seconds that its peers wait.
final class HandshakeExecutor: TaskExecutor {
    static let shared = HandshakeExecutor()

    // Swift's tasks use Dispatch threads of the default class; this class has others.
    private let queue = DispatchQueue(
        label: "linli.handshakes",
        qos: .userInitiated,
        attributes: .concurrent
    )

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
