package import Crypto

/// What became of an inbound connection; exactly one event for each, made for one log line.
package enum TransportEvent: Hashable, Sendable {
    /// The key was proven and admitted; the connection was handed over.
    case accepted(remote: Endpoint, key: PublicKey)
    /// The connection was closed.
    case refused(remote: Endpoint, reason: TransportError)
    /// The operating system gives no more connections (for want of descriptors, say); the
    /// listener tries again after ``Listener/pauseSeconds``. Belongs to no connection.
    case paused(reason: TransportError)
}
