internal import Dispatch
internal import Glibc

/// One numeric address and port, as the socket calls take it.
struct SocketAddress: Hashable, Sendable {
    /// A `sockaddr_in` or `sockaddr_in6`.
    let bytes: [UInt8]

    /// `AF_INET` or `AF_INET6`.
    var family: Int32 {
        unsafe bytes.withUnsafeBytes { Int32(unsafe $0.load(as: sockaddr.self).sa_family) }
    }

    /// What one peer is taken to own: an IPv4 address, or the /64 network of an IPv6 address.
    var network: [UInt8] {
        guard family == AF_INET6 else { return Array(bytes[4..<8]) }
        let address = bytes[8..<24]
        let isMapped = address.starts(with: Self.mappedPrefix)
        return Array(isMapped ? address.suffix(4) : address.prefix(8))
    }

    /// The numbers as text; an IPv4 address mapped into IPv6 is written as IPv4.
    var endpoint: Endpoint {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = unsafe withSockaddr { address, count in
            unsafe getnameinfo(
                address,
                count,
                &host,
                socklen_t(host.count),
                nil,
                0,
                NI_NUMERICHOST
            )
        }
        let characters = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        var text = code == 0 ? String(decoding: characters, as: UTF8.self) : "unknown"
        if family == AF_INET6, bytes[8..<24].starts(with: Self.mappedPrefix) {
            text = String(text.dropFirst("::ffff:".count))
        }
        return Endpoint(host: text, port: UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
    }

    /// Lends the address for the time of a call.
    func withSockaddr<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result? {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return nil }
            return unsafe body(
                base.assumingMemoryBound(to: sockaddr.self),
                socklen_t(buffer.count)
            )
        }
    }

    /// Lets a call such as `accept4` or `getsockname` fill in an address.
    static func filled<Result>(
        by body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> (result: Result, address: SocketAddress) {
        var storage = sockaddr_storage()
        var count = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, &count)
            }
        }
        let bytes = unsafe withUnsafeBytes(of: &storage) { unsafe Array($0.prefix(Int(count))) }
        return (result, SocketAddress(bytes: bytes))
    }

    private static let mappedPrefix: [UInt8] = Array(repeating: 0, count: 10) + [0xff, 0xff]
}

extension SocketAddress {
    /// All addresses of `endpoint`, best first.
    ///
    /// Blocks on the resolver unless `isNumeric`.
    ///
    /// - Throws: ``TransportError/unresolved(host:)``.
    static func lookUp(
        _ endpoint: Endpoint,
        isNumeric: Bool
    ) throws(TransportError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV | (isNumeric ? AI_NUMERICHOST : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list)
        guard code == 0 else { throw .unresolved(host: endpoint.host) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            let address = unsafe UnsafeRawBufferPointer(
                start: entry.pointee.ai_addr,
                count: Int(entry.pointee.ai_addrlen)
            )
            unsafe addresses.append(SocketAddress(bytes: Array(address)))
            unsafe next = entry.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw .unresolved(host: endpoint.host) }
        return addresses
    }

    /// As ``lookUp(_:isNumeric:)``, on a thread that may block, and no longer than `deadline`.
    static func resolve(
        _ endpoint: Endpoint,
        until deadline: DispatchTime
    ) async throws(TransportError) -> [SocketAddress] {
        if let addresses = try? lookUp(endpoint, isNumeric: true) { return addresses }
        typealias Answer = Result<[SocketAddress], TransportError>
        let answer: Answer = await withCheckedContinuation { continuation in
            let first = FirstAnswer(continuation)
            let queue = DispatchQueue.global(qos: .utility)
            queue.asyncAfter(deadline: deadline) { first.give(.failure(.timedOut(.name))) }
            queue.async {
                do throws(TransportError) {
                    first.give(.success(try lookUp(endpoint, isNumeric: false)))
                } catch {
                    first.give(.failure(error))
                }
            }
        }
        return try answer.get()
    }
}

/// Passes on the first of several answers.
private final class FirstAnswer<Answer: Sendable>: Sendable {
    private let waiter: Locked<CheckedContinuation<Answer, Never>?>

    init(_ waiter: CheckedContinuation<Answer, Never>) { self.waiter = Locked(waiter) }

    func give(_ answer: Answer) {
        let waiter = self.waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }
        waiter?.resume(returning: answer)
    }
}
