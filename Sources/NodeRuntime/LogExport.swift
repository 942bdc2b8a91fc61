package import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
package import Storage
package import TransparencyLog

/// What an export holds.
package struct LogExport: Hashable, Sendable {
    /// The log, its size and root, as its key vouches for them.
    package let checkpoint: Checkpoint
    /// Parts that were written.
    package let parts: UInt64
    /// Parts that headers name and that this node does not hold.
    package let absentParts: UInt64
}

/// Why a log was not exported; nothing is left in the directory then.
package enum LogExportError: Error, Hashable, Sendable {
    /// Nothing of the log is held.
    case notHeld(Digest)
    /// No grant names the log's key, so no checkpoint of it can be checked.
    case unknownKey(Digest)
    /// No checkpoint of the log is held, or the one given is another log's.
    case noCheckpoint(Digest)
    /// The entries held do not give the checkpoint's root, or are too few.
    case notVouchedFor(size: UInt64)
    /// The directory has something in it.
    case notEmpty(String)
    /// A file or directory can not be written.
    case system(action: String, path: String, number: Int32)
}

extension LogExportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notHeld(let log): "nothing is held of log \(log.short)"
        case .unknownKey(let log): "no grant names the key of log \(log.short)"
        case .noCheckpoint(let log): "no checkpoint of log \(log.short) is held"
        case .notVouchedFor(let size):
            "the entries held are not those of the checkpoint of size \(size)"
        case .notEmpty(let path): "\(path) exists and is not an empty directory"
        case .system(let action, let path, let number):
            "can not \(action) \(path): \(unsafe String(cString: strerror(number)))"
        }
    }
}

/// Writes one log to a directory, for whoever checks it without this program.
///
/// The entries are those that the checkpoint covers, which are hashed again on the way. Files come
/// in a directory beside `directory`, which takes its place at the end: it is complete or not
/// there. Readable for the owner only, since parts may name people.
///
/// - Parameters:
///   - store: holds the log.
///   - log: which one.
///   - ownCheckpoint: for the store's own log, signed just now; nil takes the one that is held.
///   - directory: does not exist, or is empty.
/// - Throws: ``LogExportError``, and what `store` throws.
/// - Returns: what was written.
/// - Source: `Protocol/export.md`.
package func exportLog(
    _ store: Store,
    log: Digest,
    ownCheckpoint: SignedCheckpoint?,
    to directory: String
) throws -> LogExport {
    let signed = try exportedCheckpoint(store, log: log, ownCheckpoint: ownCheckpoint)
    return try writeDirectory(directory) { partial in
        try write(signed, from: store, log: log, to: partial)
    }
}

/// The checkpoint up to which a log is exported.
func exportedCheckpoint(
    _ store: Store,
    log: Digest,
    ownCheckpoint: SignedCheckpoint?
) throws -> SignedCheckpoint {
    guard let state = store.log(log) else { throw LogExportError.notHeld(log) }
    guard let key = store.roster.grants(log: log).first?.keys.log else {
        throw LogExportError.unknownKey(log)
    }
    if let ownCheckpoint, ownCheckpoint.logKey == key { return ownCheckpoint }
    guard !state.note.isEmpty,
        let held = try? SignedCheckpoint.verify(state.note, logKey: key)
    else { throw LogExportError.noCheckpoint(log) }
    return held
}

/// Makes a directory that is there whole or not at all, for its owner only.
///
/// - Parameters:
///   - directory: does not exist, or is empty.
///   - fill: writes into the directory that takes its place at the end.
/// - Returns: what `fill` does.
/// - Throws: ``LogExportError``, and what `fill` throws; nothing is left then.
func writeDirectory<Result>(
    _ directory: String,
    fill: (_ partial: String) throws -> Result
) throws -> Result {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory))
    guard names?.isEmpty ?? !FileManager.default.fileExists(atPath: directory) else {
        throw LogExportError.notEmpty(directory)
    }
    let trimmed = directory.reversed().drop { $0 == "/" }.reversed()
    let partial = "\(String(trimmed)).partial-\(getpid())"
    guard unsafe mkdir(partial, 0o700) == 0 else {
        throw LogExportError.system(action: "make", path: partial, number: errno)
    }
    do {
        let result = try fill(partial)
        // A file is there after a power cut only if its directory is on the disk as well.
        for name in try FileManager.default.subpathsOfDirectory(atPath: partial).sorted() {
            try synchronize("\(partial)/\(name)", mustBe: false)
        }
        try synchronize(partial)
        guard unsafe rename(partial, directory) == 0 else {
            throw LogExportError.system(action: "make", path: directory, number: errno)
        }
        let parent = URL(filePath: String(trimmed)).deletingLastPathComponent().path
        try synchronize(parent)
        return result
    } catch {
        try? FileManager.default.removeItem(atPath: partial)
        throw error
    }
}

/// Has the system write a directory to the disk; a path that is none is left alone
/// unless it must be one.
func synchronize(_ path: String, mustBe: Bool = true) throws(LogExportError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
        if !mustBe, errno == ENOTDIR { return }
        throw .system(action: "open", path: path, number: errno)
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
        throw .system(action: "write", path: path, number: errno)
    }
}

/// Most entries that are read at once, and most bytes of them.
let batchMax: UInt64 = 1_024
let batchBytes = 8 << 20

private func write(
    _ signed: SignedCheckpoint,
    from store: Store,
    log: Digest,
    to directory: String
) throws -> LogExport {
    let target = signed.checkpoint
    let leaves = try ExportFile(directory + "/leaves")
    let headers = try ExportFile(directory + "/headers")
    let parts = try ExportFile(directory + "/parts")
    let hasher = TreeHasher()
    var range = CompactRange()
    var authors: Set<Digest> = []
    var partCount: UInt64 = 0
    var absentCount: UInt64 = 0
    while range.size < target.size {
        let end = min(target.size, range.size + batchMax)
        let entries = try store.entries(of: log, range.size..<end, byteMax: batchBytes)
        guard !entries.isEmpty else { break }
        for entry in entries {
            try leaves.write(entry.leaf)
            try headers.write(bigEndianBytes(UInt64(entry.header.count))[4...] + entry.header)
            for (index, part) in entry.parts.enumerated() {
                guard let part else {
                    absentCount += 1
                    continue
                }
                partCount += 1
                try parts.write(
                    bigEndianBytes(range.size) + [UInt8(index)] + part.salt.bytes
                        + bigEndianBytes(UInt64(part.bytes.count))[4...] + part.bytes
                )
            }
            authors.insert(entry.author)
            range.append(hasher.leafHash(entry.leaf), hasher: hasher)
        }
    }
    guard range.size == target.size, range.root(hasher: hasher) == target.root else {
        throw LogExportError.notVouchedFor(size: target.size)
    }
    for file in [leaves, headers, parts] { try file.finish() }
    for (name, content) in [
        ("checkpoint", signed.note.bytes),
        ("vkey", Array((VerifierKey(log: signed.logKey).text + "\n").utf8)),
        ("authors", authors.sorted().flatMap { store.roster.authorKey($0)?.bytes.bytes ?? [] }),
        ("README.txt", Array(readme.utf8)),
    ] {
        let file = try ExportFile("\(directory)/\(name)")
        try file.write(content)
        try file.finish()
    }
    return LogExport(checkpoint: target, parts: partCount, absentParts: absentCount)
}

/// One file of a directory that is handed out, gathered into large writes.
final class ExportFile {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    private static let bufferBytes = 1 << 20

    init(_ path: String) throws(LogExportError) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(action: "make", path: path, number: errno) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: some Sequence<UInt8>) throws(LogExportError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    func finish() throws(LogExportError) {
        try flush()
        guard fsync(descriptor) == 0 else {
            throw .system(action: "write", path: path, number: errno)
        }
    }

    private func flush() throws(LogExportError) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            guard count > 0 else { throw .system(action: "write", path: path, number: errno) }
            rest = rest.dropFirst(count)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

/// What the export says about itself.
private let readme = """
    One log of a Linli ledger, complete as of the size in the file "checkpoint".

    checkpoint  C2SP signed note: origin, size, root, signature of the log's key
    vkey        C2SP verifier key of the log, one line; compare it with one that
                you have from elsewhere, such as the roster or another node
    leaves      128 bytes for each entry, in order: checksum, author's signature,
                SHA-256 of the author's key (Sigsum v1 tree_leaf)
    headers     for each entry, in order: length (4 bytes, big-endian), header
                (deterministic CBOR); its SHA-256 is the entry hash
    authors     32 bytes for each key that signed entries, as the exporter's roster
                names it: the node's service keys and its persons'
    parts       the erasable contents that were held, each as: entry (8 bytes),
                part (1 byte), salt (32 bytes), length (4 bytes), bytes

    To check it without Linli, with Python 3 and its packages cbor2 and
    cryptography (Debian: python3-cbor2, python3-cryptography), run the
    ledger specification's verifier on this directory:

        python3 verify.py DIRECTORY

    It hashes every header, part and leaf, builds the tree (RFC 9162), compares
    its root with the checkpoint, and checks the signatures of the log and of its
    authors. Any verifier of C2SP checkpoints can check "checkpoint" with "vkey".
    No check can show that nothing was written after the checkpoint.
    A part that is absent was erased, or not held by whoever exported the log.
    Parts may name people: keep this directory as you keep their files.

    """
