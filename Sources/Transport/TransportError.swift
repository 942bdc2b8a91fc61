package import Crypto
internal import Encoding
internal import Glibc

/// Why a connection did not come about, or ended.
package enum TransportError: Error, Hashable, Sendable {
    /// No address belongs to this host name. Check the name, or try later.
    case unresolved(host: String)
    /// The operating system refused a call, with its error number. Try later.
    case system(call: String, code: Int32)
    /// A wait came to its limit. Try later, or another peer.
    case timedOut(Wait)
    /// The TLS library refused what the peer sent, or passes on the peer's refusal.
    case tls(String)
    /// The peer sent this many bytes and its key is still not proven.
    case unproven(bytes: Int)
    /// The peer proved this key, which was not wanted.
    case keyRefused(PublicKey)
    /// So many inbound connections are unproven that this one was closed unread.
    case tooManyUnproven(limit: Int)
    /// As ``tooManyUnproven(limit:)``, for those of one address.
    case tooManyUnprovenFromAddress(limit: Int)
    /// A frame of this many bytes was announced by the peer or given to send.
    case frameTooLong(Int)
    /// The peer's bytes ended without its saying so, or inside a frame.
    case truncated
    /// The connection or listener was closed on this side.
    case closed
    /// The task that waited was cancelled; the connection itself goes on.
    case cancelled

    /// What was waited for.
    package enum Wait: String, Sendable {
        /// The addresses of a host name.
        case name
        /// A TCP connection.
        case connection
        /// The proof of the peer's key.
        case handshake
        /// Any byte while receiving.
        case read
        /// Room for any byte while sending.
        case write
    }

    /// The calling thread's `errno`, right after `call` failed.
    static func last(in call: String) -> TransportError {
        .system(call: call, code: errno)
    }
}

extension TransportError: CustomStringConvertible {
    /// For operators: names hosts, sizes and shortened key hashes only.
    package var description: String {
        switch self {
        case .unresolved(let host): "no address found for host \(host)"
        case .system(let call, let code):
            "\(call) failed: \(unsafe String(cString: strerror(code)))"
        case .timedOut(let wait): "timed out waiting for \(wait.rawValue)"
        case .tls(let reason): "TLS failed: \(reason)"
        case .unproven(let bytes): "got \(bytes) bytes and no proven key"
        case .keyRefused(let key): "peer proved key \(key.hash.short), which is not admitted"
        case .tooManyUnproven(let limit): "already \(limit) unproven connections"
        case .tooManyUnprovenFromAddress(let limit):
            "already \(limit) unproven connections from this address"
        case .frameTooLong(let count):
            "frame of \(count) bytes, want at most \(TransportLimits.frameBytesMax)"
        case .truncated: "peer's bytes ended without a closing message"
        case .closed: "closed on this side"
        case .cancelled: "cancelled"
        }
    }
}
