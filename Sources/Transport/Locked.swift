internal import Foundation

/// A value that one thread at a time may use.
///
/// Stands in for `Mutex`, whose locking the thread sanitizer does not see on Linux: it reports
/// two threads that take turns as a race, and true races would drown among these.
package final class Locked<Value: Sendable>: @unchecked Sendable {
    // Touched only while `lock` is held.
    private var value: Value
    private let lock = NSLock()

    /// Starts with a value.
    package init(_ value: Value) { self.value = value }

    /// Lends the value; `body` must not come back here.
    package func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        lock.withLock { body(&value) }
    }
}
