package import Audit
internal import Crypto
internal import Encoding
internal import Glibc
internal import Ledger
package import TransparencyLog

/// Reads evidence from a directory that anybody may have made: so many files of so many bytes, none
/// through a link, and none that the manifest does not account for.
///
/// - Throws: ``EvidenceError``.
package func readEvidence(
    _ directory: String
) throws(EvidenceError) -> (manifest: EvidenceManifest, entries: [EvidenceEntry]) {
    let top = try EvidenceFolder(directory)
    let text = try top.text("manifest", max: EvidenceManifest.bytesMax, isKnown: false)
    let manifest = try EvidenceManifest(text: text)
    try top.expect(
        ["manifest", "entries", "keys", "policy", "statement.html", "README.txt"],
        atMost: 6
    )
    let folder = try top.folder("entries")
    let names = try folder.names(atMost: EvidenceManifest.itemsMax)
    let items = Dictionary(manifest.items.map { ($0.entry.description, $0) }) { first, _ in first }
    var entries: [EvidenceEntry] = []
    var rest = EvidenceManifest.entriesBytesMax
    for name in names {
        guard let item = items[name] else {
            throw EvidenceError("entries/\(name.prefix(80)) is not in the manifest")
        }
        let entry = try read(folder.folder(name), item)
        rest -= entry.byteCount
        guard rest >= 0 else {
            throw EvidenceError(
                "the entries have more than \(EvidenceManifest.entriesBytesMax) bytes"
            )
        }
        entries.append(entry)
    }
    return (manifest, entries)
}

private func read(
    _ folder: EvidenceFolder,
    _ item: EvidenceManifest.Item
) throws(EvidenceError) -> EvidenceEntry {
    let disclosed = item.parts.indices.filter { item.parts[$0] == .disclosed }
    try folder.expect(
        ["header", "leaf", "proof"] + disclosed.flatMap { ["part-\($0)", "salt-\($0)"] },
        atMost: 3 + 2 * Header.partsMax
    )
    var parts: [StoredEntry.Part] = []
    for index in disclosed {
        parts.append(
            StoredEntry.Part(
                index: index,
                salt: try folder.bytes("salt-\(index)", max: Bytes32.count),
                bytes: try folder.bytes("part-\(index)", max: Part.entryBytesMax)
            )
        )
    }
    return EvidenceEntry(
        name: item.entry,
        stored: StoredEntry(
            header: try folder.bytes("header", max: Header.bytesMax),
            leaf: try folder.bytes("leaf", max: Leaf.count),
            parts: parts
        ),
        proof: try folder.text("proof", max: SigsumProof.bytesMax)
    )
}

/// Reads a policy of whoever checks.
///
/// - Throws: ``EvidenceError``.
package func readPolicy(_ path: String) throws(EvidenceError) -> SigsumPolicy {
    let bytes = try readFile(
        unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK),
        "the policy",
        max: SigsumPolicy.bytesMax,
        isKnown: false
    )
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw EvidenceError("the policy is not text", isUnreadable: true)
    }
    do { return try SigsumPolicy(text: text) } catch {
        throw EvidenceError(error.description, isUnreadable: true)
    }
}

/// A directory of evidence, held open so that what is in it can not be exchanged for a link.
private final class EvidenceFolder {
    private let descriptor: Int32
    private let name: String

    /// The directory that whoever checks names, which may be a link.
    convenience init(_ path: String) throws(EvidenceError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw EvidenceError(
                "can not read the directory: \(errorText())",
                isUnreadable: true
            )
        }
        self.init(descriptor, "")
    }

    private init(_ descriptor: Int32, _ name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    deinit { close(descriptor) }

    /// A directory in it that is no link.
    func folder(_ inner: String) throws(EvidenceError) -> EvidenceFolder {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
        let found = unsafe openat(descriptor, inner, flags)
        guard found >= 0 else {
            throw EvidenceError(
                "\(name)\(inner) is no directory that can be read: \(errorText())",
                isUnreadable: !isAboutEvidence(errno)
            )
        }
        return EvidenceFolder(found, "\(name)\(inner)/")
    }

    /// What is in it, rising.
    func names(atMost max: Int) throws(EvidenceError) -> [String] {
        let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = unsafe fdopendir(copy) else {
            throw EvidenceError("can not list \(name)", isUnreadable: true)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let row = unsafe readdir(stream) {
            let found = unsafe withUnsafePointer(to: &row.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            guard found != ".", found != ".." else { continue }
            names.append(found)
            guard names.count <= max else {
                throw EvidenceError("\(name) has more than \(max) files")
            }
        }
        return names.sorted()
    }

    /// Refuses any other file: nobody has looked at it, and it would seem so.
    func expect(_ wanted: [String], atMost max: Int) throws(EvidenceError) {
        for found in try names(atMost: max) where !wanted.contains(found) {
            throw EvidenceError("\(name)\(found.prefix(80)) does not belong to the evidence")
        }
    }

    func bytes(_ file: String, max: Int, isKnown: Bool = true) throws(EvidenceError) -> [UInt8] {
        let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        let found = unsafe openat(descriptor, file, flags)
        return try readFile(found, name + file, max: max, isKnown: isKnown)
    }

    func text(_ file: String, max: Int, isKnown: Bool = true) throws(EvidenceError) -> String {
        let bytes = try bytes(file, max: max, isKnown: isKnown)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EvidenceError("\(name)\(file) is not text")
        }
        return text
    }
}

/// Whether an error says how the evidence is made, rather than that it could not be read.
private func isAboutEvidence(_ number: Int32) -> Bool {
    [ENOENT, ENOTDIR, ELOOP, ENXIO].contains(number)
}

private func errorText() -> String { unsafe String(cString: strerror(errno)) }

/// Takes an opened file, of which a missing one is a defect only if something says it is there.
private func readFile(
    _ descriptor: Int32,
    _ name: String,
    max: Int,
    isKnown: Bool
) throws(EvidenceError) -> [UInt8] {
    guard descriptor >= 0 else {
        throw EvidenceError(
            "can not read \(name): \(errorText())",
            isUnreadable: errno == ENOENT ? !isKnown : !isAboutEvidence(errno)
        )
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw EvidenceError("\(name) is not a file")
    }
    guard status.st_size <= max else {
        throw EvidenceError("\(name) has \(status.st_size) bytes, want at most \(max)")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    }
    guard count == bytes.count else {
        throw EvidenceError("can not read \(name)", isUnreadable: true)
    }
    return bytes
}
