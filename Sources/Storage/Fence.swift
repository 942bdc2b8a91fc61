package import Crypto
internal import Encoding
internal import Foundation

/// A file beside the database that remembers how far the own log was ever signed.
///
/// It is raised after each commit and before a checkpoint of it leaves the node. A database that
/// was put back from a copy is then found to be behind it, and must not sign again: two histories
/// of one log would be a fork.
///
/// Two slots are written in turn, each with its own hash, so that a write that is torn by a power
/// cut leaves the other slot, which is at most one step older and already durable.
///
/// - Source: `Protocol/checkpoint.md` section 4.
package final class Fence {
    /// How far the log was released.
    package struct Mark: Hashable, Sendable {
        /// Entries.
        package let size: UInt64
        /// Root over them.
        package let root: Digest

        /// Pairs both.
        package init(size: UInt64, root: Digest) {
            self.size = size
            self.root = root
        }
    }

    /// The file can not be read or written, or holds no good slot.
    package enum Failure: Error, Hashable, Sendable {
        /// A system call failed with this error number.
        case system(call: String, number: Int32)
        /// Neither slot is whole.
        case damaged
        /// It belongs to another log.
        case otherLog(Digest)
        /// It stands at `held` and was to be set to another history of the log, of size `wanted`.
        case behind(held: UInt64, wanted: UInt64)
    }

    /// The highest mark that is durable; nil for a fence that was just made.
    package private(set) var mark: Mark?

    private let log: Digest
    private let descriptor: Int32
    private var generation: UInt64 = 0

    private static let slotBytes = 512
    private static let label = Array("linli/fence/v1\0\0".utf8)

    /// Opens the fence of `log`.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - log: the home's own log.
    ///   - isNew: makes the file, which must not exist; otherwise it must.
    /// - Throws: ``Failure``.
    package convenience init(path: String, log: Digest, isNew: Bool) throws(Failure) {
        try self.init(path, log, O_RDWR | (isNew ? O_CREAT | O_EXCL : 0))
    }

    /// Opens the fence of `log` to look at its mark only, also on a medium that can not be written.
    ///
    /// - Throws: ``Failure``.
    package convenience init(reading path: String, log: Digest) throws(Failure) {
        try self.init(path, log, O_RDONLY)
    }

    private init(_ path: String, _ log: Digest, _ flags: Int32) throws(Failure) {
        self.log = log
        descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open", number: errno) }
        guard flags & O_CREAT == 0 else { return }
        let bytes = try read()
        let slots = [0, 1].compactMap { decode(bytes, slot: $0) }
        guard let newest = slots.max(by: { $0.generation < $1.generation }) else {
            guard bytes.isEmpty else { throw .damaged }
            return
        }
        guard newest.log == log else { throw .otherLog(newest.log) }
        generation = newest.generation
        mark = newest.mark
    }

    deinit { close(descriptor) }

    /// Makes `mark` durable; returns only then.
    ///
    /// - Throws: ``Failure``. The mark then counts as not raised, and nothing may be signed.
    package func raise(to mark: Mark) throws(Failure) {
        guard mark != self.mark else { return }
        if let held = self.mark, mark.size <= held.size {
            throw .behind(held: held.size, wanted: mark.size)
        }
        let next = generation + 1
        let bytes = encode(mark, generation: next)
        let offset = Int(next % 2) * Self.slotBytes
        let written = unsafe bytes.withUnsafeBytes { buffer in
            unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
        }
        guard written == bytes.count else { throw .system(call: "pwrite", number: errno) }
        guard fdatasync(descriptor) == 0 else { throw .system(call: "fdatasync", number: errno) }
        generation = next
        self.mark = mark
    }

    private func encode(_ mark: Mark, generation: UInt64) -> [UInt8] {
        var bytes = Self.label + bigEndianBytes(generation) + log.bytes
        bytes += bigEndianBytes(mark.size) + mark.root.bytes
        bytes += sha256(bytes).bytes
        return bytes + [UInt8](repeating: 0, count: Self.slotBytes - bytes.count)
    }

    private struct Slot {
        let generation: UInt64
        let log: Digest
        let mark: Mark
    }

    private func decode(_ bytes: [UInt8], slot: Int) -> Slot? {
        let start = slot * Self.slotBytes
        guard bytes.count >= start + Self.slotBytes else { return nil }
        let content = Array(bytes[start..<start + 96])
        guard content.starts(with: Self.label),
            sha256(content) == Digest(bytes, at: start + 96)
        else { return nil }
        func number(_ offset: Int) -> UInt64 {
            content[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        return Slot(
            generation: number(16),
            log: Digest(content, at: 24),
            mark: Mark(size: number(56), root: Digest(content, at: 64))
        )
    }

    private func read() throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 2 * Self.slotBytes)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        guard count >= 0 else { throw .system(call: "pread", number: errno) }
        return Array(bytes.prefix(count))
    }
}

extension Fence.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let call, let number):
            "fence: \(call) failed: \(unsafe String(cString: strerror(number)))"
        case .damaged: "fence: neither slot is whole"
        case .otherLog(let log): "fence: belongs to log \(log.short)"
        case .behind(let held, let wanted):
            "fence: stands at \(held), can not be set to another log of \(wanted) entries"
        }
    }
}
