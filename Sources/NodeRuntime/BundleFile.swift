internal import Foundation
internal import Replication

/// Why a bundle's file can not be written or read.
package enum BundleFileError: Error, Hashable, Sendable {
    /// Something lies at the place where it is to be written.
    case exists(String)
    /// A system call failed.
    case system(action: String, path: String, number: Int32)
}

extension BundleFileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exists(let path): "\(path) exists already"
        case .system(let action, let path, let number):
            "can not \(action) \(path): \(unsafe String(cString: strerror(number)))"
        }
    }
}

/// A file that is made for its owner only and gathered into large writes.
final class BundleSink {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private(set) var count: UInt64 = 0

    private static let bufferBytes = 1 << 20

    init(_ path: String) throws(BundleFileError) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(action: "make", path: path, number: errno) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws(BundleFileError) {
        buffer += bytes
        count += UInt64(bytes.count)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Makes everything durable.
    func finish() throws(BundleFileError) {
        try flush()
        guard fsync(descriptor) == 0 else {
            throw .system(action: "write", path: path, number: errno)
        }
    }

    private func flush() throws(BundleFileError) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw .system(action: "write", path: path, number: errno)
            }
            rest = rest.dropFirst(written)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

/// The frames of a bundle's file, one after another, as often as wanted.
package final class BundleSource {
    /// What comes next.
    package enum Next: Sendable {
        /// A frame, without its length.
        case frame([UInt8])
        /// The file ends where a frame ends.
        case end
        /// The file ends within a frame, or its length is none that a frame has, at this byte.
        case broken(at: UInt64)
    }

    private let name: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    /// Where the next frame begins.
    package private(set) var offset: UInt64 = 0
    /// Bytes of the file.
    package let byteCount: UInt64

    private static let bufferBytes = 1 << 20

    /// Opens a file; `-` is standard input, of which a copy without name is kept in `directory`
    /// until the process ends, since logs may have to be read again.
    ///
    /// - Throws: ``BundleFileError``.
    package init(_ path: String, directory: String) throws(BundleFileError) {
        name = path == "-" ? "standard input" : path
        if path == "-" {
            descriptor = try Self.copied(STDIN_FILENO, directory)
        } else {
            descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .system(action: "open", path: path, number: errno) }
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .system(action: "read as a file", path: path, number: EINVAL)
        }
        byteCount = UInt64(max(0, status.st_size))
    }

    deinit { close(descriptor) }

    /// Goes back to the first frame.
    package func rewind() throws(BundleFileError) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw .system(action: "read", path: name, number: errno)
        }
        buffer = []
        start = 0
        offset = 0
    }

    /// The next frame; nothing is allocated for one that is longer than any may be.
    ///
    /// - Throws: ``BundleFileError``.
    package func next() throws(BundleFileError) -> Next {
        try fill(4)
        guard buffer.count > start else { return .end }
        guard buffer.count - start >= 4 else { return .broken(at: offset) }
        let count = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard 1...Limits.frameBytes ~= count else { return .broken(at: offset) }
        try fill(4 + count)
        guard buffer.count - start >= 4 + count else { return .broken(at: offset) }
        let frame = Array(buffer[start + 4..<start + 4 + count])
        start += 4 + count
        offset += UInt64(4 + count)
        return .frame(frame)
    }

    /// Has so many bytes in the buffer, or all there are.
    private func fill(_ count: Int) throws(BundleFileError) {
        guard buffer.count - start < count else { return }
        buffer.removeFirst(start)
        start = 0
        var chunk = [UInt8](repeating: 0, count: Self.bufferBytes)
        while buffer.count < count {
            let got = unsafe chunk.withUnsafeMutableBytes { bytes in
                unsafe read(descriptor, bytes.baseAddress, bytes.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system(action: "read", path: name, number: errno) }
            guard got > 0 else { return }
            buffer.append(contentsOf: chunk[..<got])
        }
    }

    private static func copied(
        _ input: Int32,
        _ directory: String
    ) throws(BundleFileError) -> Int32 {
        let path = "\(directory)/bundle.partial-\(getpid())"
        let copy = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard copy >= 0 else { throw .system(action: "make", path: path, number: errno) }
        unsafe unlink(path)
        var chunk = [UInt8](repeating: 0, count: bufferBytes)
        while true {
            let got = unsafe chunk.withUnsafeMutableBytes { bytes in
                unsafe read(input, bytes.baseAddress, bytes.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { break }
            let written = unsafe chunk.withUnsafeBytes { bytes in
                unsafe write(copy, bytes.baseAddress, got)
            }
            guard written == got else {
                let number = errno
                close(copy)
                throw .system(action: "write", path: path, number: number)
            }
        }
        lseek(copy, 0, SEEK_SET)
        return copy
    }
}
