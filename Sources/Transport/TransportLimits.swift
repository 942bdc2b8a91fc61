/// How much a peer may send and how long it may take.
///
/// What the protocol fixes is `static`; what a node may choose is a field with the default.
package struct TransportLimits: Hashable, Sendable {
    /// Most payload bytes of one frame.
    package static let frameBytesMax = 1 << 20

    /// Most bytes taken from a peer before its key is proven.
    package static let unprovenBytesMax = 16 << 10

    /// Longest time from TCP connection to proven key.
    package var handshakeSeconds = 5.0

    /// Longest time for resolving, connecting and the handshake together, when dialling.
    package var connectSeconds = 15.0

    /// Longest wait for the next byte while somebody receives; nil waits for ever.
    package var readIdleSeconds: Double? = 90

    /// Longest time a send may go on without the kernel taking one byte.
    package var writeStallSeconds = 30.0

    /// Longest time a closed connection stays to let its last frame arrive.
    package var lingerSeconds = 2.0

    /// Most inbound connections whose key is not proven yet.
    package var unprovenMax = 64

    /// Most of these from one IPv4 address or one IPv6 /64 network.
    package var unprovenPerAddressMax = 8

    /// The defaults.
    package init() {}
}
