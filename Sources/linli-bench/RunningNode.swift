import Foundation
import NodeRuntime
import Storage

/// A program that was started, watched from outside.
@MainActor
final class Child {
    /// The most memory it was seen to have used, in millions of bytes.
    private(set) var peakMegabytes = 0.0
    private let process = Process()

    init(_ program: String, _ arguments: [String]) throws {
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    /// Looks at the memory; it can not be asked for once the program has ended.
    func observe() {
        let now = Memory.peakMegabytes(process: "\(process.processIdentifier)")
        peakMegabytes = max(peakMegabytes, now)
    }

    /// Waits until it ends.
    ///
    /// - Throws: if it fails or takes longer.
    func wait(seconds: Double) throws {
        let end = Stopwatch.now() + seconds
        while process.isRunning {
            guard Stopwatch.now() < end else {
                process.terminate()
                throw BenchError("a command took longer than \(Int(seconds)) s")
            }
            observe()
            usleep(2_000)
        }
        guard process.terminationStatus == 0 else {
            throw BenchError("a command ended with exit code \(process.terminationStatus)")
        }
    }

    /// Asks it to end and waits.
    func stop() throws {
        observe()
        process.terminate()
        try wait(seconds: 30)
    }
}

/// What the kernel says about a process's memory.
enum Memory {
    /// The most that was resident, in millions of bytes; zero for a process that has ended.
    static func peakMegabytes(process: String = "self") -> Double {
        let data = FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        let line = lines.first { $0.hasPrefix("VmHWM:") }
        let digits = line.map { $0.filter(\.isNumber) } ?? "0"
        return (Double(digits) ?? 0) * 1024 / 1e6
    }

    /// Lets the peak of this process start anew.
    static func resetPeak() {
        try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    }
}

/// A node that serves, as a program of its own if there is one.
@MainActor
final class RunningNode {
    private var child: Child?
    private var daemon: NodeDaemon?

    /// Starts a node and waits until it answers on its home's socket.
    init(_ home: Home, program: String?) async throws {
        if let program {
            child = try Child(program, ["run", "--home", home.path])
        } else {
            daemon = try await Self.daemon(home)
            try await daemon?.start(isListening: true)
        }
        let end = Stopwatch.now() + 30
        while try ControlClient(path: home.socketPath) == nil {
            guard Stopwatch.now() < end else { throw BenchError("a node does not answer") }
            usleep(2_000)
        }
    }

    func stop() async throws {
        try child?.stop()
        await daemon?.stop()
    }

    /// A node in this process.
    static func daemon(_ home: Home) async throws -> NodeDaemon {
        try await NodeDaemon(
            try Keeper(home),
            log: { _ in },
            explain: { RemoteError(code: 2, message: String(describing: $0)) }
        )
    }
}

/// Watches from outside how much of a log a home's database holds.
@MainActor
final class LogWatch {
    private let database: Database
    private let log: SQLValue

    init(_ home: Home, log: [UInt8]) throws {
        database = try Database.open(home.databasePath, .readOnly)
        self.log = .blob(log)
    }

    /// Entries that are committed.
    func size() throws -> Int {
        try database.first("SELECT size FROM log WHERE id = ?", [log]) { Int($0.integer(0)) } ?? 0
    }

    /// Waits, looking every so many microseconds, until so many entries are committed.
    func wait(for size: Int, every microseconds: UInt32, while isGoingOn: () -> Bool) throws {
        let end = Stopwatch.now() + 3600
        while try self.size() < size {
            guard Stopwatch.now() < end, isGoingOn() else {
                throw BenchError("\(try self.size()) of \(size) entries came")
            }
            usleep(microseconds)
        }
    }
}
