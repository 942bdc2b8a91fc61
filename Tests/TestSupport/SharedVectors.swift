package import Foundation

/// Test vectors that others made, in a folder beside the package that is no part of it.
///
/// Tests that need them are skipped where it is absent.
package enum SharedVectors {
    private static let directory = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "../shared/vectors").standardizedFileURL

    /// Whether the file or folder at `path` is there.
    package static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: directory.appending(path: path).path())
    }

    /// What the file at `path` holds.
    package static func data(_ path: String) throws -> Data {
        try Data(contentsOf: directory.appending(path: path))
    }

    /// The JSON files below the folder at `path`, at any depth, in order of their names.
    package static func jsonFiles(below path: String) -> [String] {
        let names = FileManager.default.enumerator(
            atPath: directory.appending(path: path).path()
        )
        return (names?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".json") }
            .map { "\(path)/\($0)" }
            .sorted()
    }
}
