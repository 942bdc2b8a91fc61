internal import Foundation

/// The right to write to a home, held by one process until it lets go or dies.
///
/// A lock of the kernel on an open file: a killed process leaves nothing to clean up.
package final class HomeLock: Sendable {
    private let descriptor: Int32

    /// How long a writer waits for another one, in milliseconds: longer than a command takes to
    /// write, and no longer than a person waits without a word.
    package static let waitMilliseconds: UInt64 = 3_000

    /// Takes the lock of the home at `path`.
    ///
    /// - Throws: ``HomeError/locked(_:)`` if another process still holds it after `wait`.
    package init(home path: String, wait: UInt64 = waitMilliseconds) throws(HomeError) {
        let file = path + "/lock"
        descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open", file) }
        let end = SystemSource.monotonicMilliseconds() + wait
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            // The descriptor is closed by deinit, which runs for what throws here too.
            guard errno == EWOULDBLOCK else { throw .system("lock", file) }
            guard SystemSource.monotonicMilliseconds() < end else { throw .locked(path) }
            usleep(20_000)
        }
    }

    deinit { close(descriptor) }
}
