import Foundation
import TestSupport

/// The built program, as a process of its own.
enum Linli {
    /// Where it lies: beside the test bundle; nil if it was not built.
    static let path: String? = {
        let executable = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/exe"
        )
        let starts = [executable, ProcessInfo.processInfo.arguments.first].compactMap { $0 }
        return starts.map { URL(filePath: $0).deletingLastPathComponent().path + "/linli" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Whether the tests that need it can run.
    static var isBuilt: Bool { path != nil }

    /// What came of a command.
    struct Outcome {
        let code: Int32
        let output: String
        let errors: String

        /// The value of a key of the one JSON object that was printed.
        subscript(key: String) -> Any? {
            let object = try? JSONSerialization.jsonObject(with: Data(output.utf8))
            return (object as? [String: Any])?[key]
        }
    }

    enum Failure: Error {
        case notBuilt
        case code(Int32, [String], String)
        case notReady(String)
    }

    /// Runs a command to its end.
    static func run(
        _ words: [String],
        input: String? = nil,
        in directory: TemporaryDirectory
    ) async throws -> Outcome {
        let name = directory.file(UUID().uuidString)
        let input = try input.map { text in
            try Data(text.utf8).write(to: URL(filePath: name + ".in"))
            return name + ".in"
        }
        let process = try start(words, output: name, input: input)
        await process.ended()
        defer {
            for file in ["", ".err", ".in"] {
                try? FileManager.default.removeItem(atPath: name + file)
            }
        }
        return Outcome(
            code: process.code,
            output: (try? String(contentsOfFile: name, encoding: .utf8)) ?? "",
            errors: (try? String(contentsOfFile: name + ".err", encoding: .utf8)) ?? ""
        )
    }

    /// Runs a command that must succeed.
    @discardableResult
    static func good(
        _ words: String...,
        in directory: TemporaryDirectory
    ) async throws -> Outcome {
        let outcome = try await run(words, in: directory)
        guard outcome.code == 0 else { throw Failure.code(outcome.code, words, outcome.errors) }
        return outcome
    }

    /// Starts a command; what it writes goes to the file `output` and to `output.err`.
    static func start(
        _ words: [String],
        output: String,
        input: String? = nil
    ) throws -> ChildProcess {
        guard let path else { throw Failure.notBuilt }
        return try ChildProcess(path, words, output: output, input: input)
    }
}

/// A process that this test started, killed with the last reference to it.
final class ChildProcess: Sendable {
    private let process = Process()
    private let ends: AsyncStream<Void>

    init(_ path: String, _ words: [String], output: String, input: String? = nil) throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        ends = stream
        process.executableURL = URL(filePath: path)
        process.arguments = words
        process.environment = ["LANG": "C", "PATH": "/usr/bin:/bin"]
        let given = try input.map { try FileHandle(forReadingFrom: URL(filePath: $0)) }
        process.standardInput = given ?? FileHandle.nullDevice
        let (written, errors) = (try Self.file(output), try Self.file(output + ".err"))
        process.standardOutput = written
        process.standardError = errors
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        // The child has its own. Foundation keeps a process and its handles after its end, and
        // crashes once more than 1,024 descriptors are open.
        for handle in [given, written, errors] { try handle?.close() }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var id: Int32 { process.processIdentifier }

    /// Exit code; minus the number of the signal that ended it.
    var code: Int32 {
        let status = process.terminationStatus
        return process.terminationReason == .uncaughtSignal ? -status : status
    }

    /// Waits for its end.
    func ended() async { for await _ in ends {} }

    func signal(_ number: Int32) { kill(id, number) }

    /// Resident memory in KiB, as the kernel counts it.
    var residentKiB: Int { memory("VmRSS:") }

    /// The most that was resident at once, in KiB.
    var mostResidentKiB: Int { memory("VmHWM:") }

    private func memory(_ name: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    private static func file(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            throw Linli.Failure.notReady(path)
        }
        return try FileHandle(forWritingTo: URL(filePath: path))
    }
}
