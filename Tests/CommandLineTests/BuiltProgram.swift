import Foundation
import Testing

/// The program `linli` as it was built beside these tests, run on homes of its own.
struct BuiltProgram {
    private static let path = URL(filePath: ProcessInfo.processInfo.arguments[0])
        .deletingLastPathComponent().appending(path: "linli").path

    /// Skipped: the tests run without the programs being built beside them.
    static let isPresent = FileManager.default.isExecutableFile(atPath: path)

    /// What a run gave.
    struct Result {
        let code: Int32
        let output: String
        let remarks: String

        /// Each line of the output as a JSON object.
        func objects() throws -> [[String: Any]] {
            try output.split(separator: "\n").map { line in
                let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return try #require(value as? [String: Any])
            }
        }
    }

    /// A folder of this test alone.
    let folder: URL

    /// A founded home in a new folder, gone when `body` returns.
    static func withHome(_ body: (BuiltProgram) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "linli-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = BuiltProgram(folder: folder)
        let found = try program.run("found", program.home, "--name", "一号", "--scope", "3301")
        try #require(found.code == 0, "\(found.remarks)")
        try body(program)
    }

    var home: String { folder.appending(path: "home").path }

    /// Writes a file into the folder and gives its path.
    func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// Runs one command line on the home.
    func run(_ words: String..., input: String = "") throws -> Result {
        try run(list: words, input: input)
    }

    /// Runs one command line on the home; with `fileBlocks`, as on a disk that is full where a
    /// file reaches so many blocks of 512 bytes.
    func run(
        list words: [String],
        input: String = "",
        fileBlocks: Int? = nil
    ) throws -> Result {
        let process = Process()
        if let fileBlocks {
            process.executableURL = URL(filePath: "/bin/sh")
            let script = #"trap '' XFSZ; ulimit -f \#(fileBlocks); exec "$0" "$@""#
            process.arguments = ["-c", script, Self.path] + words
        } else {
            process.executableURL = URL(filePath: Self.path)
            process.arguments = words
        }
        process.environment = ["LINLI_HOME": home, "LC_ALL": "C.UTF-8"]
        let (inPipe, outPipe) = (Pipe(), Pipe())
        let remarks = folder.appending(path: "remarks")
        try Data().write(to: remarks)
        process.standardInput = inPipe
        process.standardOutput = outPipe
        process.standardError = try FileHandle(forWritingTo: remarks)
        try process.run()
        try? inPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try inPipe.fileHandleForWriting.close()
        let output = outPipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            code: process.terminationStatus,
            output: String(decoding: output, as: UTF8.self),
            remarks: try String(contentsOf: remarks, encoding: .utf8)
        )
    }
}
