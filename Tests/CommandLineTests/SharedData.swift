import Foundation
import Testing

/// Real records beside the package, when they are there.
enum SharedData {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let folder = root.deletingLastPathComponent().appending(path: "shared/data")

    static let isPresent = FileManager.default.fileExists(atPath: folder.path)

    /// A map of `Nodes/import`.
    static func map(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appending(path: "Nodes/import/\(name).json")))
    }

    /// The bytes of a file as it is.
    static func plain(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    /// The unpacked bytes of a `.gz` file.
    static func unpacked(_ name: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "exec gzip -dc < \"$0\"", folder.appending(path: name).path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return Array(data)
    }
}
