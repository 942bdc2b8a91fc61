import Foundation

/// The Python that runs the independent verifier: `LINLI_PYTHON`, or `python3` of the path.
enum Python {
    static let command = ProcessInfo.processInfo.environment["LINLI_PYTHON"] ?? "python3"

    static let protocolDirectory = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Protocol").standardizedFileURL.path

    /// Whether it has the two packages.
    static let hasPackages = (try? run(["-c", "import cbor2, cryptography"]).code) == 0

    /// Runs it; gives exit code and what was printed.
    static func run(_ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [command, "-B"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// Runs the verifier on an exported log.
    static func verify(_ directory: String, _ options: [String] = []) throws
        -> (code: Int32, output: String)
    {
        try run([protocolDirectory + "/verify.py", directory] + options)
    }
}
