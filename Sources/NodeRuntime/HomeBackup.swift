internal import Crypto
internal import Encoding
internal import Foundation
internal import Ledger
package import Storage
internal import TransparencyLog

extension Home {
    /// Says that the home was made from a backup and has not joined with its new keys yet.
    package var restoredPath: String { path + "/restored" }

    /// Whether it was.
    package var isRestored: Bool { FileManager.default.fileExists(atPath: restoredPath) }

    /// Copies the database into one file, with what is needed to make a home again and nothing that
    /// can sign; beside a daemon that goes on writing.
    ///
    /// - Parameters:
    ///   - path: does not exist; it is there whole or not at all.
    ///   - passphrase: for the seal keys; nil to leave them out.
    /// - Returns: what the file says of itself.
    /// - Throws: ``HomeError``, ``StoreError``, ``SQLiteError``.
    package func backUp(to path: String, passphrase: [UInt8]?) throws -> Backup {
        guard unsafe access(path, F_OK) != 0 else { throw BackupError.exists(path) }
        guard hasDatabase else { throw absence() }
        let store = try Store(path: databasePath, mode: .readOnly)
        var seal: String?
        var importKey: [UInt8]?
        if let passphrase {
            // Those of before open what was sealed before.
            let keys = try sealKeys()
            seal = try keys.map { key in
                try key.pem(passphrase: passphrase, random: SystemSource.random32())
            }.joined()
            if let first = keys.first {
                let sealed = try HPKE.seal(
                    self.importKey().bytes,
                    to: first.publicKey,
                    info: Self.importKeyInfo,
                    random: SystemSource.random32()
                )
                importKey = sealed.encapsulated.bytes + sealed.ciphertext
            }
        }
        let configuration = try Data(contentsOf: URL(filePath: self.path + "/config.json"))
        let partial = "\(path).partial-\(getpid())"
        do {
            let backup = try Backup.make(
                of: store,
                at: partial,
                time: SystemSource.wallMilliseconds(),
                configuration: Array(configuration),
                sealKey: seal,
                importKey: importKey,
                checkpoint: releasedCheckpoint
            )
            try Self.sync(partial)
            try Self.move(partial, to: path)
            try Self.sync(URL(filePath: path).deletingLastPathComponent().path)
            return backup
        } catch {
            for suffix in ["", "-wal", "-shm", "-journal"] { unsafe unlink(partial + suffix) }
            throw error
        }
    }

    /// Signs how far the own log goes in a copy, as far as the fence says that it was released.
    ///
    /// The copy can then show its entries to peers, and gains no right to write any. What was
    /// committed just before the copy was made may be released a moment later, so that is waited for.
    ///
    /// - Returns: nil where nothing of the log may be signed: the home was stopped, has no fence, or
    ///   its database is not what the fence vouches for.
    private func releasedCheckpoint(_ copy: Store, _ log: Digest) throws -> SignedCheckpoint? {
        let key = try signingKey(.log)
        guard key.publicKey.hash == log, let size = copy.log(log)?.size else { return nil }
        var mark: Fence.Mark?
        for _ in 0..<20 {
            mark = try? Fence(reading: fencePath, log: log).mark
            if let mark, mark.size >= size { break }
            usleep(50_000)
        }
        let store = try Store(path: databasePath, mode: .readOnly)
        guard !FileManager.default.fileExists(atPath: stoppedPath), let mark,
            try store.root(of: log, size: mark.size) == mark.root
        else { return nil }
        let released = min(size, mark.size)
        guard let root = try copy.root(of: log, size: released),
            try store.root(of: log, size: released) == root
        else { return nil }
        return try SignedCheckpoint.sign(size: released, root: root, with: key)
    }

    /// Makes a home from a backup: everything it held, and fresh keys that nobody has enrolled yet.
    ///
    /// It can be read and asked at once. It may not write: the log of before belongs to keys that a
    /// backup never has. Once the office above has enrolled the new keys, `linli join` binds the home
    /// to a log of their own, beside the old one, which peers give back as far as they have it.
    ///
    /// - Parameters:
    ///   - file: of ``backUp(to:passphrase:)``.
    ///   - path: does not exist, or is an empty directory.
    ///   - passphrase: of the seal keys, if the file carries any; nil to leave them there.
    ///   - isProtected: whether the home's keys are put under that passphrase.
    /// - Returns: the home and what the file says of itself.
    /// - Throws: ``BackupError``, ``HomeError``, ``SQLiteError``; nothing is left of the home then.
    package static func restore(
        _ file: String,
        to path: String,
        passphrase: (() throws -> [UInt8])?,
        isProtected: Bool = false
    ) throws -> (home: Home, backup: Backup) {
        let backup = try Backup(reading: file)
        var seals: [SealKey] = []
        var secret: [UInt8]?
        if let text = backup.sealKey, let passphrase {
            let given = try passphrase()
            secret = isProtected ? given : nil
            for block in KeyFile.blocks(text) {
                guard let key = try? SealKey(pem: block, passphrase: given) else {
                    throw HomeError.wrongPassphrase(file)
                }
                seals.append(key)
            }
        }
        let configuration = try HomeConfiguration(decoding: backup.configuration, of: file)
        let home = try Home(
            creating: path,
            configuration: configuration,
            passphrase: secret,
            random: SystemSource.random32
        )
        do {
            try KeyFile.create(
                home.restoredPath,
                "from a backup of log \(backup.log), \(backup.size) entries, \(backup.time) ms\n"
            )
            if !seals.isEmpty {
                let former = path + "/keys/former"
                guard unsafe mkdir(former, 0o700) == 0 else {
                    throw HomeError.system("create", former)
                }
                for seal in seals {
                    let mark = seal.publicKey.short
                    let pem =
                        try secret.map {
                            try seal.pem(passphrase: $0, random: SystemSource.random32())
                        } ?? seal.pem()
                    try KeyFile.create("\(former)/seal-\(mark).pem", pem)
                }
                if let first = seals.first, let sealed = backup.importKey {
                    try home.takeImportKey(sealed, first)
                }
            }
            try backup.restore(from: file, to: home.databasePath)
            try home.check(backup)
            try sync(home.databasePath)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        return (home, backup)
    }

    /// What binds the import secret to its purpose.
    private static let importKeyInfo = Array("linli/backup-import-key/v1".utf8)

    /// Puts the import secret of a backup in the place of the fresh one: by it alone the home knows
    /// again what it imported and has erased since.
    private func takeImportKey(_ sealed: [UInt8], _ seal: SealKey) throws {
        guard sealed.count > Bytes32.count,
            let bytes = try? HPKE.open(
                HPKESealed(
                    encapsulated: Bytes32(sealed, at: 0),
                    ciphertext: Array(sealed.dropFirst(Bytes32.count))
                ),
                with: seal,
                info: Self.importKeyInfo
            ),
            bytes.count == Bytes32.count
        else { throw BackupError.damaged("its import secret does not open") }
        try FileManager.default.removeItem(atPath: importKeyPath)
        try KeyFile.create(importKeyPath, hex(bytes) + "\n")
    }

    /// Verifies the restored history, and that it is what the backup says.
    private func check(_ backup: Backup) throws {
        let report = Store.verify(
            VerifyJob(
                databasePath: databasePath,
                fencePath: nil,
                ownLog: nil,
                scratchDirectory: path,
                threads: ProcessInfo.processInfo.activeProcessorCount
            )
        )
        guard report.verdict == .good else { throw BackupError.bad(report.errorCount) }
        let store = try Store(path: databasePath, mode: .readOnly)
        guard store.frontier == backup.frontier, try store.viewDigest() == backup.view else {
            throw BackupError.other
        }
    }

    /// Gives a file its name, never over one that was made meanwhile; media without hard links, such
    /// as most USB sticks, can only be asked before.
    private static func move(_ partial: String, to path: String) throws {
        if unsafe link(partial, path) == 0 {
            unsafe unlink(partial)
            return
        }
        guard errno != EEXIST, unsafe access(path, F_OK) != 0 else {
            throw BackupError.exists(path)
        }
        guard unsafe rename(partial, path) == 0 else { throw HomeError.system("write", path) }
    }

    private static func sync(_ path: String) throws {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HomeError.system("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw HomeError.system("write", path) }
    }
}
