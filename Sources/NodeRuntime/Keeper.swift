package import Crypto
internal import Encoding
internal import Foundation
package import Ledger
package import Replica
internal import Replication
package import Storage
package import TransparencyLog

/// The one writer of a home: holds its lock, its database, its fence and its signing keys.
///
/// Every write goes commit → fence → sign → release. A crash after the commit leaves entries that
/// nobody has seen and that are released at the next start; a crash after the fence leaves a fence
/// at most as far as the database; nothing is signed that is not behind both.
///
/// Used from one thread at a time.
package final class Keeper {
    /// The home.
    package let home: Home
    /// Its database.
    package let store: Store
    /// The home's place in its ledger.
    package let identity: Store.Identity
    /// Why the own log must not be written; nil while it may.
    package private(set) var stopReason: KeeperError?

    private let lock: HomeLock
    private let fence: Fence
    private let logKey: SigningKey
    private var serviceKey: SigningKey
    private(set) var witnessKey: SigningKey
    /// The own log's tree as it was read again last for a stable checkpoint.
    var reread: CompactRange?

    /// Opens a home that belongs to a ledger.
    ///
    /// - Throws: ``HomeError``, ``StoreError``, ``Fence/Failure``.
    package convenience init(_ home: Home) throws {
        let lock = try HomeLock(home: home.path)
        // Nothing is made here: an empty database in its place would hide that one was lost.
        guard home.hasDatabase else { throw home.absence() }
        let store = try Store(path: home.databasePath, mode: .update)
        guard let identity = store.identity, let own = store.log(identity.log), own.size > 0 else {
            throw home.absence()
        }
        if home.isRestored {
            // Joined, if what is held is bound to a log of the new keys.
            guard try home.signingKey(.log).publicKey.hash == identity.log else {
                throw KeeperError.restored
            }
            try? FileManager.default.removeItem(atPath: home.restoredPath)
        }
        let fence = try Fence(path: home.fencePath, log: identity.log, isNew: false)
        try self.init(home, lock, store, identity, fence)
        stopReason = try Self.stopReason(home, store, own, fence)
        // Its reason is gone, and must not hide a later one.
        if stopReason == nil { try? FileManager.default.removeItem(atPath: home.stoppedPath) }
    }

    private init(
        _ home: Home,
        _ lock: HomeLock,
        _ store: Store,
        _ identity: Store.Identity,
        _ fence: Fence
    ) throws {
        self.home = home
        self.lock = lock
        self.store = store
        self.identity = identity
        self.fence = fence
        ScratchFolder.removeStale(in: home.path)
        logKey = try home.signingKey(.log)
        try Self.adoptNextKeys(home, store, identity)
        serviceKey = try home.signingKey(.service)
        witnessKey = try home.signingKey(.witness)
        guard logKey.publicKey.hash == identity.log else {
            throw HomeError.unreadableKey(home.keyPath(.log))
        }
    }

    /// Founds a ledger in a fresh home.
    ///
    /// - Parameters:
    ///   - home: belongs to no ledger.
    ///   - recovery: public keys that stand above the founder.
    /// - Returns: the writer of the home.
    /// - Throws: ``HomeError``, ``StoreError``, ``AppendError``.
    package static func found(_ home: Home, recovery: Recovery) throws -> Keeper {
        let lock = try HomeLock(home: home.path)
        let store = try Store(path: home.databasePath, mode: .readWrite)
        guard store.identity == nil else { throw HomeError.joined(home.path) }
        let keys = try home.publicKeys()
        let draft = EntryDraft.found(
            name: home.configuration.name,
            scope: try home.scope(),
            endpoint: home.configuration.listen,
            keys: keys,
            recovery: recovery
        )
        let fence = try Fence(path: home.fencePath, log: keys.log.hash, isNew: true)
        let appended = try store.found(
            draft,
            keys: keys,
            author: try home.signingKey(.service),
            time: SystemSource.wallMilliseconds(),
            salt: SystemSource.random32
        )
        guard let identity = store.identity else { throw HomeError.notJoined(home.path) }
        let keeper = try Keeper(home, lock, store, identity, fence)
        _ = try keeper.release(appended)
        return keeper
    }

    /// Binds a home to the ledger of an invitation and opens its log.
    ///
    /// A join that was cut off is completed by joining again.
    ///
    /// - Parameters:
    ///   - home: belongs to no ledger, or was bound to this one and has not opened its log.
    ///   - invitation: for the home's log.
    ///   - endpoints: where the inviter is to be dialed.
    ///   - scopes: whose parts are stored.
    /// - Returns: the writer of the home.
    /// - Throws: ``HomeError``, ``KeeperError``, ``StoreError``. ``KeeperError/behindFence`` if the
    ///   home has signed before: its database was lost, and a second log must not begin.
    package static func join(
        _ home: Home,
        _ invitation: Invitation,
        endpoints: [String] = [],
        scopes: PartScopes = .everything
    ) throws -> Keeper {
        var home = home
        let lock = try HomeLock(home: home.path)
        let keys = try home.publicKeys()
        guard invitation.log == keys.log.hash else { throw KeeperError.otherInvitation }
        let isNew = !FileManager.default.fileExists(atPath: home.fencePath)
        let fence = try Fence(path: home.fencePath, log: invitation.log, isNew: isNew)
        if !home.hasDatabase, fence.mark != nil { throw home.absence() }
        let store = try Store(path: home.databasePath, mode: .readWrite)
        if store.log(invitation.log) == nil, let mark = fence.mark {
            throw KeeperError.behindFence(held: 0, fence: mark.size)
        }
        if store.identity == nil || home.isRestored { try store.bind(invitation) }
        guard let identity = store.identity, identity.ledger == invitation.ledger,
            identity.enrolment == invitation.enrolment, store.log(identity.log) == nil
        else { throw HomeError.joined(home.path) }
        // Before the log is opened, so that whoever joins again after a crash finds all done.
        for endpoint in endpoints {
            try home.remember(
                HomeConfiguration.Peer(
                    endpoint: endpoint,
                    key: invitation.inviter.bytes.description
                )
            )
        }
        if !scopes.isEverything { _ = try store.setScopes(scopes) }
        let keeper = try Keeper(home, lock, store, identity, fence)
        let draft = EntryDraft.open(
            roster: SubjectID(openedIn: invitation.founder, at: 0),
            enrolment: invitation.enrolment,
            keys: keys
        )
        _ = try keeper.append([AppendItem(draft)])
        try? FileManager.default.removeItem(atPath: home.restoredPath)
        return keeper
    }

    /// Entries that were released, with the checkpoint that vouches for them.
    package struct Released: Sendable {
        /// What was committed.
        package let appended: AppendedEntries
        /// Signed after the fence was raised.
        package let checkpoint: SignedCheckpoint
    }

    /// Writes entries to the own log: all or none; durable, fenced and signed on return.
    ///
    /// - Throws: ``KeeperError``, ``AppendError``, ``StoreError``, ``SQLiteError``,
    ///   ``Fence/Failure``. After a fence failure the entries are durable and unreleased, and
    ///   nothing more is written until the node starts anew.
    package func append(
        _ items: [AppendItem],
        signed: SignedProposal? = nil
    ) throws -> Released {
        if let stopReason { throw stopReason }
        let (appended, checkpoint) = try WriteOrder.write {
            if let signed { return try store.append(items, signed: signed) }
            return try store.append(
                items,
                author: serviceKey,
                time: SystemSource.wallMilliseconds(),
                salt: SystemSource.random32
            )
        } raise: {
            try raise(size: $0.range.size, root: $0.root)
        } sign: {
            try SignedCheckpoint.sign(size: $0.range.size, root: $0.root, with: logKey)
        }
        return Released(appended: appended, checkpoint: checkpoint)
    }

    /// Destroys what approved redactions name.
    ///
    /// - Returns: how many parts were deleted.
    /// - Throws: ``HomeError``, ``SQLiteError``, ``StoreError``.
    @discardableResult
    package func destroyRedacted() throws -> Int {
        try store.destroyRedacted(
            now: SystemSource.wallMilliseconds(),
            importKey: home.importKey()
        )
    }

    /// Says where items would stand that a person is to sign; nothing is changed.
    ///
    /// - Throws: ``KeeperError``, ``AppendError``, ``StoreError``, ``SQLiteError``.
    package func propose(_ items: [AppendItem], author: PublicKey) throws -> EntryProposal {
        if let stopReason { throw stopReason }
        return try store.propose(
            items,
            author: author,
            time: SystemSource.wallMilliseconds(),
            salt: SystemSource.random32
        )
    }

    /// The checkpoint of the own log as it stands.
    ///
    /// - Throws: ``KeeperError`` if the log may not be signed.
    package func checkpoint() throws -> SignedCheckpoint {
        if let stopReason { throw stopReason }
        guard let own = store.log(identity.log) else { throw HomeError.notJoined(home.path) }
        return try sign(size: own.size, root: own.root)
    }

    /// The checkpoint that was signed last, while the log may not be written.
    ///
    /// Signed again byte for byte, and only once everybody knows that the log is forked: a head
    /// that nobody has seen could else be what forks it.
    ///
    /// - Returns: nil if the fence does not vouch for what is held.
    func releasedCheckpoint() throws -> SignedCheckpoint? {
        guard store.roster.forks[identity.log] != nil, let mark = fence.mark, mark.size > 0,
            try store.root(of: identity.log, size: mark.size) == mark.root
        else { return nil }
        return try SignedCheckpoint.sign(size: mark.size, root: mark.root, with: logKey)
    }

    /// Signs what the node says of itself.
    ///
    /// - Throws: `CryptoError`.
    func sign(_ presence: Presence) throws -> SignedPresence {
        try SignedPresence(presence, key: serviceKey)
    }

    /// Takes up the keys that `linli rotate` made, if the roster grants them by now.
    ///
    /// - Returns: whether the node has other keys than before.
    /// - Throws: ``HomeError``.
    package func adoptNextKeys() throws -> Bool {
        guard try Self.adoptNextKeys(home, store, identity) else { return false }
        serviceKey = try home.signingKey(.service)
        witnessKey = try home.signingKey(.witness)
        return true
    }

    @discardableResult
    private static func adoptNextKeys(
        _ home: Home,
        _ store: Store,
        _ identity: Store.Identity
    ) throws(HomeError) -> Bool {
        guard let keys = try home.nextKeys(),
            store.roster.grants(log: identity.log).contains(where: {
                !$0.hasEnded && $0.keys == keys
            })
        else { return false }
        try home.adoptNextKeys()
        return true
    }

    /// Stops writing to the own log.
    ///
    /// What a peer gave proof of outlives this process: the next one may start without a network.
    package func stopWriting(_ reason: KeeperError) {
        stopReason = stopReason ?? reason
        guard case .peer = reason else { return }
        // The first reason stays; a second file of that name can not be made.
        var text = reason.description + "\n"
        if case .peer(let proof) = reason, let line = OwnLogGuard.Stopped(proof).line {
            text += line + "\n"
        }
        try? KeyFile.create(home.stoppedPath, text)
    }

    private func release(_ appended: AppendedEntries) throws -> SignedCheckpoint {
        try sign(size: appended.range.size, root: appended.root)
    }

    private func sign(size: UInt64, root: Digest) throws -> SignedCheckpoint {
        try raise(size: size, root: root)
        return try SignedCheckpoint.sign(size: size, root: root, with: logKey)
    }

    private func raise(size: UInt64, root: Digest) throws {
        do {
            try fence.raise(to: Fence.Mark(size: size, root: root))
        } catch {
            stopWriting(.fence(error))
            throw error
        }
    }

    /// Why the log of a home must not be written, as its files say; nil while it may.
    ///
    /// A database behind its fence was put back from a copy, one beside it is another history.
    package static func stopReason(_ home: Home, _ store: Store) -> KeeperError? {
        guard let identity = store.identity, let own = store.log(identity.log) else { return nil }
        do {
            let fence = try Fence(reading: home.fencePath, log: identity.log)
            return try stopReason(home, store, own, fence)
        } catch let error as Fence.Failure {
            return .fence(error)
        } catch {
            return .stopped(String(describing: error))
        }
    }

    private static func stopReason(
        _ home: Home,
        _ store: Store,
        _ own: LogState,
        _ fence: Fence
    ) throws -> KeeperError? {
        var lines: [String] = []
        if FileManager.default.fileExists(atPath: home.stoppedPath) {
            lines = try KeyFile.read(home.stoppedPath).split(separator: "\n").map(String.init)
            if lines.isEmpty { lines = ["no reason is given"] }
        }
        let verdict = try OwnLogGuard.verdict(
            held: own.size,
            mark: fence.mark.map { OwnLogGuard.Mark(size: $0.size, root: $0.root) },
            stopped: lines.isEmpty ? nil : OwnLogGuard.Stopped(lines.dropFirst().first),
            rootAt: { try store.root(of: own.id, size: $0) }
        )
        return switch verdict {
        case .free: nil
        case .stopped: .stopped(lines.first ?? "no reason is given")
        case .fenceDamaged: .fence(.damaged)
        case .behindFence(let held, let fence): .behindFence(held: held, fence: fence)
        case .besideFence(let size): .besideFence(size: size)
        }
    }
}

/// Why the own log is not written.
package enum KeeperError: Error, Hashable, Sendable {
    /// The invitation is for another node's log.
    case otherInvitation
    /// The database holds less than was once signed: it was put back from a copy.
    case behindFence(held: UInt64, fence: UInt64)
    /// The database holds another history than was once signed.
    case besideFence(size: UInt64)
    /// The fence can not be raised.
    case fence(Fence.Failure)
    /// A peer gave proof that another copy of this node writes, or that more was written.
    case peer(StopReason)
    /// An earlier process had such proof from a peer.
    case stopped(String)
    /// The home was made from a backup, and its new keys have not joined yet.
    case restored
}

extension KeeperError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherInvitation: "the invitation is for another node's log"
        case .behindFence(let held, let fence):
            "the database holds \(held) own entries, but \(fence) were once signed"
        case .besideFence(let size):
            "the database's first \(size) own entries are not those that were once signed"
        case .fence(let failure): failure.description
        case .stopped(let reason): reason
        case .restored: "this home was made from a backup and has not joined with its new keys yet"
        case .peer(.twin): "another live node uses this node's keys"
        case .peer(.ownLogBehind(let checkpoint)):
            "a peer holds \(checkpoint.checkpoint.size) entries of this node's log, more than it"
        case .peer(.ownLogForked(let checkpoint)):
            "a peer holds another history of this node's log, of \(checkpoint.checkpoint.size) entries"
        }
    }
}
