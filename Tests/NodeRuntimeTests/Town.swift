import Cases
import Crypto
import Encoding
import Foundation
import Ledger
import LedgerFixtures
import NodeRuntime
import Storage
import TestSupport
import Transport

/// Homes in a directory of their own that goes away with them.
final class Town {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    func path(_ name: String) -> String { directory.file(name) }

    /// A home with fresh keys that belongs to no ledger.
    func home(
        _ name: String,
        _ level: Level,
        _ code: String,
        listen: String? = nil
    ) throws -> Home {
        guard let scope = Scope(code) else { throw FixtureError.scope(code) }
        return try Home(
            creating: path(name),
            configuration: HomeConfiguration(
                name: name,
                level: level,
                scope: scope,
                listen: listen
            ),
            random: SystemSource.random32
        )
    }

    /// A home that founded a ledger; its keeper has let go of it.
    func founded(_ name: String = "city", listen: String? = nil) throws -> Home {
        let home = try home(name, .city, "3301", listen: listen)
        _ = try Keeper.found(home, recovery: recovery())
        return home
    }

    func recovery() throws -> Recovery {
        let key = try SigningKey(seed: SystemSource.random32())
        return Recovery(keys: [key.publicKey], threshold: 1)
    }

    /// Has a home enrolled by another and gives the invitation.
    func invitation(
        for home: Home,
        by admin: Home,
        level: Level,
        endpoint: String? = nil
    ) throws -> Invitation {
        let request = EnrolmentRequest(
            name: home.configuration.name,
            level: level,
            scope: try home.scope(),
            endpoint: home.configuration.listen,
            keys: try home.publicKeys()
        )
        let keeper = try Keeper(admin)
        guard let roster = keeper.store.rosterSubject,
            let founding = try keeper.store.foundingEntry(),
            case .written(_, _, let grant)? = try keeper.append([
                AppendItem(.grant(roster: roster, request: request, isConfirmed: true))
            ]).appended.outcomes.first
        else { throw FixtureError.notThere("a grant") }
        return try Invitation(
            founding: founding,
            enrolment: grant,
            log: request.keys.log.hash,
            inviter: admin.signingKey(.tls).publicKey,
            endpoint: endpoint ?? admin.configuration.listen
        )
    }

    /// A home that was enrolled by another and has joined.
    func joined(
        _ name: String,
        _ level: Level,
        _ code: String,
        by admin: Home,
        listen: String? = nil
    ) throws -> Home {
        let home = try home(name, level, code, listen: listen)
        let invitation = try invitation(for: home, by: admin, level: level)
        let endpoints = [invitation.endpoint].compactMap { $0 }
        _ = try Keeper.join(home, invitation, endpoints: endpoints)
        return try Home(path: home.path)
    }
}

/// A report of a case in a place.
func report(_ summary: String, in code: String) throws -> AppendItem {
    guard let scope = Scope(code) else { throw FixtureError.scope(code) }
    var draft = CaseDraft(.report)
    try draft.set(.summary, summary)
    let content = try draft.compiled()
    return AppendItem(
        EntryDraft(
            operation: CaseOperation.report.name,
            subject: .opened,
            fields: content.fields,
            parts: content.parts,
            scope: scope
        )
    )
}

/// Lines of a node's log, to be searched by tests.
final class LogLines: Sendable {
    private let lines = Locked<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }

    func count(_ words: String...) -> Int {
        all.filter { line in words.allSatisfy(line.contains) }.count
    }
}

/// A node in this process over real TLS on a loopback port.
final class Running: Sendable {
    let daemon: NodeDaemon
    let lines = LogLines()
    let home: Home

    init(_ home: Home) async throws {
        self.home = home
        let lines = lines
        daemon = try await NodeDaemon(
            try await Self.keeper(home),
            log: { lines.add($0) },
            explain: { RemoteError(code: 2, message: String(describing: $0)) }
        )
        try await daemon.start(isListening: true)
    }

    /// A keeper of the home, once the daemon before has gone with its last reference.
    static func keeper(_ home: Home) async throws -> sending Keeper {
        let end = Date(timeIntervalSinceNow: 5)
        while true {
            do {
                return try Keeper(home)
            } catch HomeError.locked where Date() < end {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    func ask(_ request: ControlRequest) async throws -> ControlReply {
        let path = home.socketPath
        return try await onThread {
            guard let client = try ControlClient(path: path) else {
                throw FixtureError.notThere("a daemon")
            }
            return try ControlReply.ask(client, request)
        }
    }

    func status() async throws -> StatusReport { try await daemon.report() }

    @discardableResult
    func append(_ items: [AppendItem]) async throws -> HomeWriter.Receipt {
        guard case .written(let receipt) = try await ask(.append(items)) else {
            throw FixtureError.notThere("a receipt")
        }
        return receipt
    }
}

/// Runs what blocks on a thread of its own: the daemon of the test needs those of the tasks.
func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result(catching: body)) }.start()
    }
}

/// Asks again and again until `condition` holds; false if it does not within `seconds`.
func eventually(
    seconds: Double = 15,
    _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return try await condition()
}

/// Whether all of them show the same frontier and view and so many entries.
func agree(_ nodes: [Running], entries: UInt64) async throws -> Bool {
    var pictures: Set<String> = []
    for node in nodes {
        let status = try await node.status()
        guard status.entries == entries, status.completeness.unchecked == 0 else { return false }
        pictures.insert(status.frontier + status.view)
    }
    return pictures.count == 1
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
    guard isBound else { throw FixtureError.notThere("a free port") }
    return "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
}
