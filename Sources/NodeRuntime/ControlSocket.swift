internal import Dispatch
internal import Foundation
internal import Transport

/// The socket in the home through which commands hand operations to the daemon.
///
/// Frames of a four-byte length and CBOR, one answer to each question, in turn. Only processes of
/// the home's owner reach it: the socket has mode 0600 in a directory of mode 0700.
package enum ControlSocket {
    /// Most bytes of a frame: a thousand operations of ordinary size.
    package static let frameBytesMax = 16 << 20
    /// Most commands that are served at a time; further ones wait in the kernel's queue.
    package static let clientsMax = 16
    /// How long a connected command may say nothing.
    package static let idleSeconds = 60
    /// How long a command waits for an answer: a large import commits, or a sync runs its round.
    package static let answerSeconds = 600

    /// Most bytes of the socket's path, as the system has room for.
    static let pathBytesMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    static func address(_ path: String) throws(HomeError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        guard bytes.count <= pathBytesMax + 1 else {
            throw .pathTooLong(path, limit: pathBytesMax)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return address
    }

    static func withAddress(
        _ path: String,
        _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(HomeError) -> Int32 {
        var address = try address(path)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                unsafe call(rebound, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    static func setTimeout(_ descriptor: Int32, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    /// Reads one frame; nil at the end, on an error or for a frame beyond the bound.
    static func readFrame(_ descriptor: Int32) -> [UInt8]? {
        guard let head = readExactly(descriptor, 4) else { return nil }
        let count = head.reduce(0) { $0 << 8 | Int($1) }
        guard count <= frameBytesMax else { return nil }
        return readExactly(descriptor, count)
    }

    /// Writes one frame; false if the other side went.
    static func writeFrame(_ descriptor: Int32, _ frame: [UInt8]) -> Bool {
        let head = (0..<4).map { UInt8(truncatingIfNeeded: frame.count >> (24 - 8 * $0)) }
        let bytes = head + frame
        var offset = 0
        while offset < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    descriptor,
                    buffer.baseAddress?.advanced(by: offset),
                    buffer.count - offset,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { return false }
            offset += sent
        }
        return true
    }

    private static func readExactly(_ descriptor: Int32, _ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(max(count, 1), 64 << 10))
        while bytes.count < count {
            let wanted = min(count - bytes.count, chunk.count)
            let got = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe recv(descriptor, buffer.baseAddress, wanted, 0)
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            bytes.append(contentsOf: chunk[..<got])
        }
        return bytes
    }
}

/// The daemon's end.
package final class ControlServer: Sendable {
    private let descriptor: Int32
    private let path: String
    private let answer: @Sendable ([UInt8]) async -> [UInt8]
    private let slots = DispatchSemaphore(value: ControlSocket.clientsMax)
    private let isStopped = Locked(false)

    /// Listens at a path.
    ///
    /// A socket left there by a killed daemon is replaced: the caller holds
    /// the home's lock, so nobody else listens.
    ///
    /// - Parameters:
    ///   - path: of the socket.
    ///   - answer: gives the answer to one question; called from several tasks.
    /// - Throws: ``HomeError``.
    package init(
        path: String,
        answer: @escaping @Sendable ([UInt8]) async -> [UInt8]
    ) throws(HomeError) {
        self.path = path
        self.answer = answer
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw .system("make a socket at", path) }
        unsafe unlink(path)
        let mask = umask(0o177)
        let bound = try unsafe ControlSocket.withAddress(path) { unsafe bind(descriptor, $0, $1) }
        umask(mask)
        guard bound == 0, listen(descriptor, 32) == 0 else { throw .system("listen at", path) }
        Thread { [weak self] in self?.acceptAll() }.start()
    }

    /// Stops listening and takes the socket away.
    package func stop() {
        let wasStopped = isStopped.withLock { stopped in
            defer { stopped = true }
            return stopped
        }
        guard !wasStopped else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
        unsafe unlink(path)
    }

    private func acceptAll() {
        defer { close(descriptor) }
        while !isStopped.withLock({ $0 }) {
            slots.wait()
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else {
                slots.signal()
                guard errno == EINTR || errno == ECONNABORTED else { return }
                continue
            }
            Thread { [self] in
                defer {
                    close(client)
                    slots.signal()
                }
                serve(client)
            }.start()
        }
    }

    private func serve(_ client: Int32) {
        ControlSocket.setTimeout(client, seconds: ControlSocket.idleSeconds)
        while let question = ControlSocket.readFrame(client) {
            let done = DispatchSemaphore(value: 0)
            let result = ResultBox()
            Task {
                let bytes = await answer(question)
                result.value.withLock { $0 = bytes }
                done.signal()
            }
            done.wait()
            guard ControlSocket.writeFrame(client, result.value.withLock { $0 }) else { return }
        }
    }

    private final class ResultBox: Sendable {
        let value = Locked<[UInt8]>([])
    }
}

/// A command's end.
package final class ControlClient {
    private let descriptor: Int32

    /// Connects to the daemon of a home; nil if none runs there.
    ///
    /// - Parameters:
    ///   - path: of the socket.
    ///   - seconds: how long an answer may take.
    /// - Throws: ``HomeError`` if a daemon is there and can not be reached.
    package init?(
        path: String,
        seconds: Int = ControlSocket.answerSeconds
    ) throws(HomeError) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw .system("make a socket at", path) }
        guard
            try unsafe ControlSocket.withAddress(path, { unsafe connect(descriptor, $0, $1) }) == 0
        else {
            // No socket, or one whose daemon was killed: nobody writes to the home. The descriptor
            // is closed by deinit, which runs here too.
            if errno == ENOENT || errno == ECONNREFUSED { return nil }
            throw .system("reach the daemon at", path)
        }
        ControlSocket.setTimeout(descriptor, seconds: seconds)
    }

    deinit { close(descriptor) }

    /// Asks one question and waits for its answer; nil if the daemon went away, in which case it
    /// is not known whether the question was acted on.
    package func ask(_ question: [UInt8]) -> [UInt8]? {
        guard ControlSocket.writeFrame(descriptor, question) else { return nil }
        return ControlSocket.readFrame(descriptor)
    }
}
