import Encoding
import Foundation

/// One test vector: lines of `name: value`, in order; a name may come several times.
///
/// `expect` is `good`, or says in one word what is wrong. Bytes are in hexadecimal.
struct VectorFile: Equatable {
    /// `area/name.txt`, below `Protocol/vectors`.
    let path: String
    private(set) var lines: [(name: String, value: String)] = []

    static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Protocol/vectors").standardizedFileURL

    init(_ path: String, what: String, expect: String) {
        self.path = path + ".txt"
        lines = [("what", what), ("expect", expect)]
    }

    /// Reads a file; nil for one that is not of this form.
    init?(reading path: String) throws {
        self.path = path
        let data = try Data(contentsOf: Self.directory.appending(path: path))
        guard let text = String(validating: data, as: UTF8.self), text.hasSuffix("\n") else {
            return nil
        }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            let parts = line.split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2 else { return nil }
            lines.append((String(parts[0]), String(parts[1].drop { $0 == " " })))
        }
    }

    func with(_ name: String, _ value: String) -> VectorFile {
        var file = self
        file.lines.append((name, value))
        return file
    }

    func with(_ name: String, _ bytes: [UInt8]) -> VectorFile { with(name, hex(bytes)) }

    func with(_ name: String, _ bytes: Bytes32) -> VectorFile { with(name, bytes.bytes) }

    var text: String {
        lines.map { $0.value.isEmpty ? "\($0.name):\n" : "\($0.name): \($0.value)\n" }.joined()
    }

    var area: String { String(path.prefix { $0 != "/" }) }

    /// The part of the file's name before the first underscore: what kind of vector it is.
    var kind: String {
        String((path.split(separator: "/").last ?? "").prefix { $0 != "_" && $0 != "." })
    }

    var expect: String { self["expect"] ?? "" }

    subscript(name: String) -> String? { lines.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] { lines.filter { $0.name == name }.map(\.value) }

    func bytes(_ name: String) throws -> [UInt8] {
        guard let value = self[name], let bytes = unhex(value) else { throw Missing(name: name) }
        return bytes
    }

    func bytes32(_ name: String) throws -> Bytes32 {
        guard let value = Bytes32(try bytes(name)) else { throw Missing(name: name) }
        return value
    }

    func number(_ name: String) throws -> UInt64 {
        guard let value = self[name].flatMap({ UInt64($0) }) else { throw Missing(name: name) }
        return value
    }

    /// The file has no such line, or not of that form.
    struct Missing: Error {
        let name: String
    }

    static func == (left: VectorFile, right: VectorFile) -> Bool {
        left.path == right.path && left.text == right.text
    }
}
