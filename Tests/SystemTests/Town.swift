import Cases
import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Storage
import TestSupport
import Testing

/// Homes made by the program itself, with daemons as processes.
final class Town: Sendable {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    func path(_ name: String) -> String { directory.file(name) }

    /// A founded city; it listens on loopback if no endpoint is given.
    func found(_ name: String = "city", at endpoint: String? = nil) async throws -> Site {
        let endpoint = try endpoint ?? freeEndpoint()
        try await Linli.good(
            "found",
            path(name),
            "--name",
            name,
            "--scope",
            "3301",
            "--listen",
            endpoint,
            in: directory
        )
        return Site(self, name, endpoint)
    }

    /// A node with a request.
    func initialize(
        _ name: String,
        _ level: String,
        _ code: String,
        at endpoint: String? = nil
    ) async throws -> Site {
        let endpoint = try endpoint ?? freeEndpoint()
        try await Linli.good(
            "init",
            path(name),
            "--name",
            name,
            "--scope",
            code,
            "--level",
            level,
            "--listen",
            endpoint,
            in: directory
        )
        return Site(self, name, endpoint)
    }

    /// A node that another enrolled, by files.
    func join(
        _ name: String,
        _ level: String,
        _ code: String,
        by admin: Site,
        at endpoint: String? = nil
    ) async throws -> Site {
        let site = try await initialize(name, level, code, at: endpoint)
        let invitation = path(name + ".invitation")
        try await Linli.good(
            "enrol",
            site.path + "/request.txt",
            "--home",
            admin.path,
            "-o",
            invitation,
            in: directory
        )
        try await Linli.good("join", invitation, "--home", site.path, in: directory)
        return site
    }
}

/// One home.
final class Site: Sendable {
    let town: Town
    let name: String
    let endpoint: String

    init(_ town: Town, _ name: String, _ endpoint: String) {
        self.town = town
        self.name = name
        self.endpoint = endpoint
    }

    var path: String { town.path(name) }

    /// Runs a command on this home.
    func run(_ words: String..., input: String? = nil) async throws -> Linli.Outcome {
        try await Linli.run(words + ["--home", path], input: input, in: town.directory)
    }

    /// Starts its daemon, in a network namespace if one is named, and waits until it takes commands.
    func start(in namespace: String? = nil) async throws -> Daemon {
        let daemon = try Daemon(self, in: namespace)
        let isUp = await eventually {
            daemon.hasEnded || (try? self.status())?.node.isRunning == true
        }
        guard isUp, !daemon.hasEnded else { throw Linli.Failure.notReady(daemon.errors) }
        return daemon
    }

    /// What the daemon says.
    func status() throws -> StatusReport {
        guard case .text(let json) = try ask(.status), let report = StatusReport(json: json) else {
            throw Linli.Failure.notReady(name)
        }
        return report
    }

    /// Asks the daemon, as every command does.
    func ask(_ request: ControlRequest) throws -> ControlReply {
        guard let client = try ControlClient(path: path + "/socket") else {
            throw Linli.Failure.notReady(name)
        }
        return try ControlReply.ask(client, request)
    }

    /// Reports cases through the daemon; returns only what it acknowledged.
    func report(_ count: Int, in code: String) throws -> [Acknowledged] {
        let items = try (0..<count).map { try reported("案件 \($0)", in: code) }
        guard case .written(let receipt) = try ask(.append(items)) else {
            throw Linli.Failure.notReady(name)
        }
        return receipt.outcomes.compactMap { outcome in
            guard case .written(_, let place, let hash) = outcome else { return nil }
            return Acknowledged(place: place, hash: hash)
        }
    }

    /// Those of the acknowledged entries that its database does not hold.
    func missing(_ entries: [Acknowledged]) throws -> [Acknowledged] {
        let store = try Store(path: path + "/ledger.db", mode: .readOnly)
        let hasher = SHA256Hasher()
        return try entries.filter { entry in
            let range = entry.place.sequence..<entry.place.sequence + 1
            let held = try store.entries(of: entry.place.log, range)
            return held.first?.hash(hasher) != entry.hash
        }
    }
}

/// Where an entry stands that a command was told to be recorded.
struct Acknowledged: Sendable {
    let place: Place
    let hash: Digest
}

/// `linli run` on a home.
final class Daemon: Sendable {
    let process: ChildProcess
    private let log: String

    init(_ site: Site, in namespace: String? = nil) throws {
        log = site.path + "-log-\(UUID().uuidString.prefix(8))"
        let words = ["run", "--home", site.path]
        guard let namespace else {
            process = try Linli.start(words, output: log)
            return
        }
        guard let path = Linli.path, let tool = NetworkLab.tool else {
            throw Linli.Failure.notBuilt
        }
        // It becomes the program itself, so that signals and figures are the daemon's.
        let within = ["netns", "exec", namespace, path] + words
        process = try ChildProcess(tool, within, output: log)
    }

    var hasEnded: Bool { kill(process.id, 0) != 0 || isZombie }

    /// What it wrote so far.
    var errors: String { (try? String(contentsOfFile: log + ".err", encoding: .utf8)) ?? "" }

    /// Lines of its log that have all of these words.
    func lines(_ words: String...) -> Int {
        errors.split(separator: "\n").count { line in words.allSatisfy(line.contains) }
    }

    /// Ends it as an operator would.
    func stop() async -> Int32 {
        process.signal(SIGTERM)
        await process.ended()
        return process.code
    }

    /// Ends it as a power cut would.
    func kill9() async {
        process.signal(SIGKILL)
        await process.ended()
    }

    private var isZombie: Bool {
        let text = try? String(contentsOfFile: "/proc/\(process.id)/stat", encoding: .utf8)
        return text?.contains(") Z ") ?? true
    }
}

/// A report of a case in a place.
func reported(_ summary: String, in code: String) throws -> AppendItem {
    var draft = CaseDraft(.report)
    try draft.set(.summary, summary)
    let content = try draft.compiled()
    return AppendItem(
        EntryDraft(
            operation: CaseOperation.report.name,
            subject: .opened,
            fields: content.fields,
            parts: content.parts,
            scope: Scope(code)
        )
    )
}

/// Asks again and again until `condition` holds; false if it does not within `seconds`.
func eventually(seconds: Double = 20, _ condition: () async -> Bool) async -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(15))
    }
    return await condition()
}

/// Whether the daemons show one frontier and one view, with nothing unchecked.
func agree(_ sites: [Site], entries: UInt64? = nil) -> Bool {
    let reports = sites.compactMap { try? $0.status() }
    guard reports.count == sites.count,
        reports.allSatisfy({ $0.completeness.unchecked == 0 }),
        entries == nil || reports.allSatisfy({ $0.entries == entries })
    else { return false }
    return Set(reports.map { $0.frontier + $0.view }).count == 1
}

/// A loopback port that was free a moment ago.
func freeEndpoint() throws -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
            unsafe bind(descriptor, rebound, size) == 0
                && getsockname(descriptor, rebound, &size) == 0
        }
    }
    guard isBound else { throw Linli.Failure.notReady("port") }
    return "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
}
