import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Storage
import Transport

/// The homes that measurements work on.
@MainActor
final class World {
    /// Entries of the larger measurements.
    let entries: Int
    private let scratch: String
    private let isTemporary: Bool
    private var lastNumber = 0
    private var filledHome: (home: Home, seconds: [Double], processor: Double)?

    init(_ options: Options) throws {
        entries = options.entries
        isTemporary = options.directory == nil
        let temporary = FileManager.default.temporaryDirectory.path
        scratch = options.directory ?? "\(temporary)/linli-bench-\(UUID().uuidString)"
        try Self.make(scratch)
    }

    /// Takes away what was made, unless the user named where to put it.
    func removeScratch() {
        if isTemporary { try? FileManager.default.removeItem(atPath: scratch) }
    }

    /// A directory that did not exist.
    func newDirectory(_ name: String) throws -> String {
        let path = try newPath(name)
        try Self.make(path)
        return path
    }

    /// The program beside this one; nil if it was not built.
    var program: String? {
        let manager = FileManager.default
        guard let own = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        let path = URL(filePath: own).deletingLastPathComponent().path + "/linli"
        return manager.isExecutableFile(atPath: path) ? path : nil
    }

    /// A new ledger and its founding node, which listens on a free port.
    func found() throws -> Home {
        let home = try newHome("city", .city, "3301", listen: try Self.freeEndpoint())
        let recovery = try SigningKey(seed: SystemSource.random32()).publicKey
        _ = try Keeper.found(home, recovery: Recovery(keys: [recovery], threshold: 1))
        return home
    }

    /// A founding node with ``entries`` imported records, made once; the seconds that each batch
    /// of 1000 took, and the processor time of all.
    func filled() throws -> (home: Home, seconds: [Double], processor: Double) {
        if let filledHome { return filledHome }
        let home = try found()
        let keeper = try Keeper(home)
        var seconds: [Double] = []
        var processor = 0.0
        var next = 0
        while next < entries {
            let batch = try (next..<min(next + 1000, entries)).map(Samples.takeOver)
            let before = Stopwatch.processor()
            seconds.append(try Stopwatch.time { _ = try keeper.append(batch) })
            processor += Stopwatch.processor() - before
            next += batch.count
        }
        filledHome = (home, seconds, processor)
        return (home, seconds, processor)
    }

    /// A fresh street node, enrolled by `founder` and set up to dial it; holds nothing yet.
    ///
    /// No daemon of the founder may run meanwhile.
    func enrolled(by founder: Home) throws -> Home {
        var home = try newHome("street", .street, "330105013", listen: try Self.freeEndpoint())
        let keeper = try Keeper(founder)
        guard let roster = keeper.store.rosterSubject else { throw BenchError("no roster") }
        let request = EnrolmentRequest(
            name: home.configuration.name,
            level: .street,
            scope: try home.scope(),
            endpoint: home.configuration.listen,
            keys: try home.publicKeys()
        )
        let grant = EntryDraft.grant(roster: roster, request: request, isConfirmed: false)
        let outcome = try keeper.append([AppendItem(grant)]).appended.outcomes.first
        guard case .written(_, _, let hash)? = outcome,
            let founding = try keeper.store.foundingEntry(),
            let endpoint = founder.configuration.listen
        else { throw BenchError("the grant was not written") }
        let inviter = try founder.signingKey(.tls).publicKey
        let invitation = try Invitation(
            founding: founding,
            enrolment: hash,
            log: request.keys.log.hash,
            inviter: inviter,
            endpoint: endpoint
        )
        _ = try Keeper.join(home, invitation)
        let key = inviter.bytes.description
        try home.remember(HomeConfiguration.Peer(endpoint: endpoint, key: key))
        return home
    }

    private func newHome(
        _ name: String,
        _ level: Level,
        _ code: String,
        listen: String
    ) throws -> Home {
        guard let scope = Scope(code) else { throw BenchError("no scope \(code)") }
        let path = try newPath(name)
        return try Home(
            creating: path,
            configuration: HomeConfiguration(
                name: URL(filePath: path).lastPathComponent,
                level: level,
                scope: scope,
                listen: listen
            ),
            random: SystemSource.random32
        )
    }

    private func newPath(_ name: String) throws -> String {
        lastNumber += 1
        let path = "\(scratch)/\(name)-\(lastNumber)"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw BenchError("\(path) exists")
        }
        return path
    }

    /// An address at which nobody listens, as far as can be known beforehand.
    private static func freeEndpoint() throws -> String {
        guard let any = Endpoint("127.0.0.1:0") else { throw BenchError("no loopback") }
        let identity = try TransportIdentity(key: .init(seed: SystemSource.random32()))
        let listener = try Listener(
            on: any,
            identity: identity,
            admit: { _ in false },
            report: { _ in },
            accepted: { _ in }
        )
        defer { listener.stop() }
        return listener.endpoint.description
    }

    private static func make(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
}
