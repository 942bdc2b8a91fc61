internal import Encoding
internal import Foundation

/// An auditor's file that can not be read or written.
package struct AuditFileFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ action: String, _ path: String) {
        description = "can not \(action) \(path): \(unsafe String(cString: strerror(errno)))"
    }

    init(_ description: String) { self.description = description }
}

/// Reads a plain file of at most so many bytes; nil if there is none.
///
/// - Throws: ``AuditFileFailure``.
package func readAuditFile(_ path: String, max: Int) throws(AuditFileFailure) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
        if errno == ENOENT { return nil }
        throw AuditFileFailure("read", path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        status.st_size <= max
    else { throw AuditFileFailure("\(path) is no file of at most \(max) bytes") }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    }
    guard count == bytes.count else { throw AuditFileFailure("read", path) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw AuditFileFailure("\(path) is not text")
    }
    return text
}

/// A new file beside an auditor's state, which takes its place at the end of a visit.
///
/// It is locked from before the state is read, so that of two visits at once one gives up rather
/// than put back what the other remembered.
package final class AuditStateFile {
    private let path: String
    private let nextPath: String
    private let descriptor: Int32

    /// Locks the state for one visit.
    ///
    /// - Throws: ``AuditFileFailure``.
    package init(_ path: String) throws(AuditFileFailure) {
        self.path = path
        nextPath = path + ".next"
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW
        descriptor = unsafe open(nextPath, flags, 0o600)
        guard descriptor >= 0 else { throw AuditFileFailure("write", nextPath) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw AuditFileFailure("another audit uses \(path)")
        }
        // It may have become the state between opening and locking.
        var (mine, there) = (stat(), stat())
        guard unsafe fstat(descriptor, &mine) == 0, unsafe lstat(nextPath, &there) == 0,
            mine.st_ino == there.st_ino, mine.st_dev == there.st_dev
        else { throw AuditFileFailure("another audit uses \(path)") }
    }

    deinit { close(descriptor) }

    /// Puts a text in the state's place; it is on the disk when this returns.
    ///
    /// - Throws: ``AuditFileFailure``.
    package func replace(_ text: String) throws(AuditFileFailure) {
        guard ftruncate(descriptor, 0) == 0 else { throw AuditFileFailure("write", nextPath) }
        try writeAll(text, descriptor, nextPath)
        guard unsafe rename(nextPath, path) == 0 else { throw AuditFileFailure("write", path) }
        try synchronizeFolder(of: path)
    }

    /// Gives up without a change.
    package func abandon() { unsafe unlink(nextPath) }
}

/// Writes a new file that is on the disk when this returns; one with the same name is not touched.
///
/// - Throws: ``AuditFileFailure``.
package func writeAuditFile(_ path: String, _ text: String) throws(AuditFileFailure) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    let descriptor = unsafe open(path, flags, 0o644)
    guard descriptor >= 0 else {
        // A proof is named by what is in it.
        if errno == EEXIST, try readAuditFile(path, max: text.utf8.count) == text { return }
        throw AuditFileFailure("write", path)
    }
    defer { close(descriptor) }
    try writeAll(text, descriptor, path)
    try synchronizeFolder(of: path)
}

private func writeAll(
    _ text: String,
    _ descriptor: Int32,
    _ path: String
) throws(AuditFileFailure) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { bytes in
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
        guard count > 0 else { throw AuditFileFailure("write", path) }
        rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else { throw AuditFileFailure("write", path) }
}

private func synchronizeFolder(of path: String) throws(AuditFileFailure) {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    do { try synchronize(folder) } catch { throw AuditFileFailure(error.description) }
}
