package import Audit
internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
internal import Storage
internal import TransparencyLog

/// Looks at a home and its daemon for ``HealthFacts``; judges nothing and changes nothing.
package struct HealthGathering {
    private let home: Home
    private let isDeep: Bool
    private var facts: HealthFacts

    /// Subjects beyond which they are folded only if that is wanted.
    private static let foldedMost: UInt64 = 20_000
    /// Bytes of a database beyond which it is checked only if that is wanted.
    private static let checkedBytesMost: UInt64 = 2 << 30
    /// Cases of a kind that are looked at.
    private static let casesMost = 1_000
    /// How long the daemon may take to answer.
    private static let answerSeconds = 20
    private static let dayMilliseconds: UInt64 = 86_400_000

    /// Looks at a home.
    ///
    /// - Parameters:
    ///   - home: belongs to a ledger.
    ///   - isDeep: whether to look also at what takes long in a large home.
    package init(_ home: Home, isDeep: Bool) {
        self.home = home
        self.isDeep = isDeep
        facts = HealthFacts(now: SystemSource.wallMilliseconds())
    }

    /// Everything that can be seen; what can not is named in the facts.
    package mutating func run() -> HealthFacts {
        lookAtFiles()
        lookAtDisk()
        let report = askDaemon()
        do {
            let store = try Store(path: home.databasePath, mode: .readOnly)
            look("fence") { try $0.lookAtFence(store) }
            look("rights") { $0.lookAtRights(store) }
            look("database") { try $0.checkDatabase(store) }
            look("nodes") { try $0.lookAtNodes(store) }
            look("work") { try $0.lookAtWork(store) }
            look("entries") { try $0.lookAtEntries(store) }
        } catch let error as SQLiteError where error.isCorrupt {
            facts.machine.databaseProblems = [error.description]
        } catch let error as StoreError {
            facts.machine.databaseProblems = [error.description]
        } catch {
            facts.untold.append(.init("database", String(describing: error)))
        }
        if let report { take(report) }
        return facts
    }

    /// Does one look; what it throws is told, and the others go on.
    private mutating func look(
        _ what: String,
        _ body: (inout HealthGathering) throws -> Void
    ) {
        do {
            try body(&self)
        } catch let error as SQLiteError where error.isCorrupt {
            facts.machine.databaseProblems.append(error.description)
        } catch {
            facts.untold.append(.init(what, String(describing: error)))
        }
    }

    private mutating func lookAtFiles() {
        let keys = Home.KeyName.allCases.map(home.keyPath) + [home.importKeyPath]
        for path in keys + [home.databasePath, home.fencePath] {
            guard let mode = Self.mode(path) else {
                // The fence and the database have findings of their own.
                if keys.contains(path) { facts.machine.missingFiles.append(path) }
                continue
            }
            if mode & 0o077 != 0 { facts.machine.looseFiles.append((path, mode)) }
        }
        if let mode = Self.mode(home.path), mode & 0o022 != 0 {
            facts.machine.looseFiles.append((home.path, mode))
        }
        // The service names the home by its whole path.
        let socket = URL(filePath: home.socketPath).standardizedFileURL.path
        facts.machine.excessPathBytes = max(0, socket.utf8.count - ControlSocket.pathBytesMax)
        facts.machine.walBytes = Self.size(home.databasePath + "-wal")
        if let text = try? String(contentsOfFile: home.stoppedPath, encoding: .utf8) {
            let reason = text.split(separator: "\n").first.map(String.init) ?? "-"
            facts.own.stopped = (reason, Self.changed(home.stoppedPath))
        }
    }

    private mutating func lookAtDisk() {
        var status = statvfs()
        guard unsafe statvfs(home.path, &status) == 0 else {
            facts.untold.append(.init("disk", unsafe String(cString: strerror(errno))))
            return
        }
        let unit = UInt64(status.f_frsize)
        facts.machine.freeBytes = UInt64(status.f_bavail) * unit
        facts.machine.totalBytes = UInt64(status.f_blocks) * unit
        let mayWrite = unsafe access(home.path, W_OK) == 0
        facts.machine.isReadOnly = status.f_flag & UInt(ST_RDONLY) != 0 || !mayWrite
    }

    private mutating func askDaemon() -> StatusReport? {
        do {
            guard
                let client = try ControlClient(
                    path: home.socketPath,
                    seconds: Self.answerSeconds
                )
            else {
                facts.daemon = .absent
                return nil
            }
            guard case .text(let json) = try ControlReply.ask(client, .status),
                let report = StatusReport(json: json)
            else {
                facts.daemon = .silent("another version")
                return nil
            }
            return report
        } catch {
            // A path that is too long has a finding of its own.
            facts.daemon =
                facts.machine.excessPathBytes > 0
                ? .absent : .silent((error as? RemoteError)?.message ?? String(describing: error))
            return nil
        }
    }

    /// What only the daemon knows.
    private mutating func take(_ report: StatusReport) {
        facts.network.skews = report.peers.filter(\.isConnected).compactMap { peer in
            peer.skewMilliseconds.map { (peer.node ?? peer.endpoint ?? "-", $0) }
        }
        facts.network.unreachable = report.peers.filter { !$0.isConnected }.compactMap { peer in
            guard let endpoint = peer.endpoint, let error = peer.lastError else { return nil }
            return (endpoint, peer.attempts ?? 0, error)
        }
        if facts.own.stopped == nil, let reason = report.node.stopReason {
            facts.own.stopped = (reason, nil)
        }
    }

    private mutating func lookAtFence(_ store: Store) throws {
        guard let identity = store.identity, let own = store.log(identity.log), !home.isRestored
        else { return }
        guard Self.mode(home.fencePath) != nil else {
            facts.own.fence = .missing
            return
        }
        do {
            let fence = try Fence(path: home.fencePath, log: identity.log, isNew: false)
            guard let mark = fence.mark else { return }
            if own.size < mark.size {
                facts.own.fence = .behind(held: own.size, fence: mark.size)
            } else if try store.root(of: identity.log, size: mark.size) != mark.root {
                facts.own.fence = .beside(size: mark.size)
            }
        } catch let error as Fence.Failure {
            facts.own.fence = .unreadable(error.description)
        }
    }

    private mutating func lookAtRights(_ store: Store) {
        guard let log = store.identity?.log else { return }
        let member = store.roster.member(log: log)
        facts.own.isEnrolled = member != nil
        facts.own.listen = home.configuration.listen
        facts.own.rosterEndpoint = member?.endpoint
        if member?.hasEnded == true {
            facts.own.endedAt = store.roster.limits.first { $0.log == log }?.size ?? 0
        }
        let size = store.log(log)?.size ?? 0
        facts.own.wantsPerson = store.roster.rights(log: log).contains {
            $0.rank == 0 && $0.personalFrom <= size
        }
        facts.own.staff = store.roster.staff.filter { $0.log == log && !$0.hasEnded }.count
    }

    private mutating func checkDatabase(_ store: Store) throws {
        guard isDeep || Self.size(home.databasePath) <= Self.checkedBytesMost else {
            facts.untold.append(.init("database", "large: linli doctor --deep"))
            return
        }
        facts.machine.databaseProblems += try store.quickCheck(limit: 10)
    }

    private mutating func lookAtNodes(_ store: Store) throws {
        let basis = try store.completeness(now: facts.now)
        facts.network.nodes = basis.nodes
        facts.network.missing = basis.missing.map { ($0.name, $0.since) }
        facts.work.unchecked = basis.unchecked
        facts.work.missingParts = basis.missingParts
        var counts: [String: (count: UInt64, last: UInt64)] = [:]
        for refusal in try store.refusals(limit: 10_000)
        where refusal.lastAt + Self.dayMilliseconds >= facts.now {
            // Before the colon stands why, behind it to what.
            let reason = String(refusal.reason.prefix { $0 != ":" })
            let known = counts[reason] ?? (0, 0)
            counts[reason] = (known.count + refusal.attempts, max(known.last, refusal.lastAt))
        }
        facts.network.refusals = counts.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value.count, $0.value.last) }
        let log = store.identity?.log
        facts.work.unvouched = store.logs.filter { $0.log != log }.compactMap { state in
            let signed = store.roster.member(log: state.log)
                .flatMap { try? SignedCheckpoint.verify(state.note, logKey: $0.keys.log) }
            let vouched = signed?.checkpoint.size ?? 0
            return vouched < state.size
                ? (
                    store.roster.member(log: state.log)?.name ?? state.log.short,
                    state.size - vouched
                )
                : nil
        }
        facts.network.unopened = store.roster.members.filter { member in
            member.place.log == log && !member.hasEnded && store.log(member.log) == nil
        }.map(\.name)
    }

    private mutating func lookAtWork(_ store: Store) throws {
        facts.work.stale = try store.staleCount()
        facts.work.forks = try store.forkedLogs().map { fork in
            HealthFacts.Work.Fork(
                name: store.roster.member(log: fork.log)?.name ?? fork.log.short,
                common: fork.common,
                contested: fork.contested
            )
        }
        guard let place = Scope(home.configuration.scope) else { return }
        facts.work.lateConflicts = try store.lateConflicts(
            of: place,
            now: facts.now,
            limit: Self.casesMost
        )
        facts.work.lateOffers = try store.lateOffers(
            to: place,
            now: facts.now,
            limit: Self.casesMost
        )
    }

    private mutating func lookAtEntries(_ store: Store) throws {
        guard try isDeep || store.subjectCount() <= Self.foldedMost else {
            facts.untold.append(.init("entries", "many: linli doctor --deep"))
            return
        }
        let unjudged = try store.unjudgedSubjects()
        facts.work.waiting = unjudged.waiting
        facts.work.newer = unjudged.newer
        facts.work.strayMergings = try store.strayMergings()
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    private static func mode(_ path: String) -> UInt32? { status(path).map { $0.st_mode & 0o777 } }

    private static func size(_ path: String) -> UInt64 {
        status(path).map { UInt64(max(0, $0.st_size)) } ?? 0
    }

    private static func changed(_ path: String) -> UInt64? {
        status(path).map { UInt64(max(0, $0.st_mtim.tv_sec)) * 1000 }
    }
}
