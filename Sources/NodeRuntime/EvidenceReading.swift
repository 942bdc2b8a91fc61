package import Audit
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
package import TransparencyLog

/// Reads evidence from a directory that anybody may have made: so many files of so many bytes, and
/// none through a link.
///
/// - Throws: ``EvidenceError``.
package func readEvidence(
    _ directory: String
) throws(EvidenceError) -> (manifest: EvidenceManifest, entries: [EvidenceEntry]) {
    let text = try readText("\(directory)/manifest", max: EvidenceManifest.bytesMax)
    let manifest = try EvidenceManifest(text: text)
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/entries") } catch
    {
        throw EvidenceError("there is no directory \"entries\"")
    }
    guard names.count <= EvidenceManifest.itemsMax else {
        throw EvidenceError("\(names.count) entries, want at most \(EvidenceManifest.itemsMax)")
    }
    let items = Dictionary(manifest.items.map { ($0.entry.description, $0) }) { first, _ in first }
    var entries: [EvidenceEntry] = []
    for name in names.sorted() {
        guard let hash = Digest(hex: name) else {
            throw EvidenceError("a directory among the entries is not named by a hash")
        }
        let path = "\(directory)/entries/\(name)"
        var parts: [StoredEntry.Part] = []
        let count = items[name]?.parts.count ?? 0
        for index in 0..<count where unsafe access("\(path)/part-\(index)", F_OK) == 0 {
            parts.append(
                StoredEntry.Part(
                    index: index,
                    salt: try readBytes("\(path)/salt-\(index)", max: Bytes32.count),
                    bytes: try readBytes("\(path)/part-\(index)", max: Part.entryBytesMax)
                )
            )
        }
        entries.append(
            EvidenceEntry(
                name: hash,
                stored: StoredEntry(
                    header: try readBytes("\(path)/header", max: Header.bytesMax),
                    leaf: try readBytes("\(path)/leaf", max: Leaf.count),
                    parts: parts
                ),
                proof: try readText("\(path)/proof", max: SigsumProof.bytesMax)
            )
        )
    }
    return (manifest, entries)
}

/// Reads a policy of whoever checks.
///
/// - Throws: ``EvidenceError``.
package func readPolicy(_ path: String) throws(EvidenceError) -> SigsumPolicy {
    let text = try readText(path, max: SigsumPolicy.bytesMax)
    do { return try SigsumPolicy(text: text) } catch {
        throw EvidenceError(error.description)
    }
}

private func readText(_ path: String, max: Int) throws(EvidenceError) -> String {
    guard let text = String(validating: try readBytes(path, max: max), as: UTF8.self) else {
        throw EvidenceError("\(name(path)) is not text")
    }
    return text
}

private func readBytes(_ path: String, max: Int) throws(EvidenceError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw EvidenceError("can not read \(name(path))") }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw EvidenceError("\(name(path)) is not a file")
    }
    guard status.st_size <= max else {
        throw EvidenceError("\(name(path)) has \(status.st_size) bytes, want at most \(max)")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    }
    guard count == bytes.count else { throw EvidenceError("can not read \(name(path))") }
    return bytes
}

private func name(_ path: String) -> String {
    path.split(separator: "/").suffix(2).joined(separator: "/")
}
