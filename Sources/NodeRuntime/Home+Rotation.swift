internal import Crypto
package import Encoding
internal import Foundation
package import Ledger

extension Home {
    /// The keys that a node changes; its log key stays, and with it the log's name.
    package static let changedKeys: [KeyName] = [.service, .witness, .seal, .tls]

    /// Where keys wait for the grant that names them.
    package var nextKeysPath: String { path + "/keys/next" }

    /// Where the request for that grant lies.
    package var rotationPath: String { path + "/rotation.txt" }

    /// Makes the keys that are to replace the node's, unless they are there already; encrypted, if
    /// the node's are.
    ///
    /// - Parameter random: gives 32 fresh random bytes a call.
    /// - Returns: whether they were made now.
    /// - Throws: ``HomeError``.
    package func makeNextKeys(random: () -> Bytes32) throws(HomeError) -> Bool {
        guard !FileManager.default.fileExists(atPath: nextKeysPath) else { return false }
        let secret = try isProtected ? passphrase.bytes() : nil
        let partial = nextKeysPath + ".partial-\(getpid())"
        guard unsafe mkdir(partial, 0o700) == 0 else { throw .system("create", partial) }
        do {
            for name in Self.changedKeys {
                let pem = try Self.freshKey(name, secret, random: random)
                try KeyFile.create("\(partial)/\(name.rawValue).pem", pem)
            }
        } catch let error as HomeError {
            throw error
        } catch {
            throw .unreadableKey(partial)
        }
        // All of them at once, so that no request ever names keys that a crash took away.
        guard unsafe rename(partial, nextKeysPath) == 0 else {
            let failure = HomeError.system("make", nextKeysPath)
            try? FileManager.default.removeItem(atPath: partial)
            throw failure
        }
        try KeyFile.sync(directory: path + "/keys")
        return true
    }

    /// The request for a grant that names the next keys, beside the log key that stays.
    ///
    /// - Throws: ``HomeError``, `CryptoError`.
    package func rotationRequest() throws -> (request: EnrolmentRequest, armored: String) {
        guard let keys = try nextKeys(), let level = Level(name: configuration.level) else {
            throw HomeError.notAFile(nextKeysPath)
        }
        let request = EnrolmentRequest(
            name: configuration.name,
            level: level,
            scope: try scope(),
            endpoint: configuration.listen,
            keys: keys
        )
        let armored = try request.signed(
            log: signingKey(.log),
            service: KeyFile.signingKey(nextPath(.service), passphrase),
            witness: KeyFile.signingKey(nextPath(.witness), passphrase),
            tls: KeyFile.signingKey(nextPath(.tls), passphrase)
        )
        return (request, armored)
    }

    /// The public keys that the node has once the next ones are taken up; nil if none wait.
    ///
    /// One that is already in its place is taken from there, so that taking up that was cut off
    /// goes on.
    ///
    /// - Throws: ``HomeError``.
    package func nextKeys() throws(HomeError) -> NodeKeys? {
        guard FileManager.default.fileExists(atPath: nextKeysPath) else { return nil }
        return NodeKeys(
            log: try signingKey(.log).publicKey,
            service: try KeyFile.signingKey(nextPath(.service), passphrase).publicKey,
            witness: try KeyFile.signingKey(nextPath(.witness), passphrase).publicKey,
            seal: try KeyFile.sealKey(nextPath(.seal), passphrase).publicKey,
            tls: try KeyFile.signingKey(nextPath(.tls), passphrase).publicKey,
            successor: try signingKey(.successor).publicKey.hash
        )
    }

    /// Puts the next keys into the place of the node's, once the roster grants them.
    ///
    /// The former seal key stays under `keys/former`: what was sealed to it is opened with it. Each
    /// file is replaced at once; a crash in between leaves some, and the next call goes on.
    ///
    /// - Throws: ``HomeError``.
    package func adoptNextKeys() throws(HomeError) {
        let former = path + "/keys/former"
        if unsafe mkdir(former, 0o700) != 0, errno != EEXIST { throw .system("create", former) }
        for name in Self.changedKeys {
            let next = "\(nextKeysPath)/\(name.rawValue).pem"
            guard FileManager.default.fileExists(atPath: next) else { continue }
            let held = keyPath(name)
            if name == .seal {
                let mark = sha256(Array(try KeyFile.read(held).utf8)).short
                let kept = "\(former)/\(name.rawValue)-\(mark).pem"
                if unsafe link(held, kept) != 0, errno != EEXIST { throw .system("keep", held) }
                try KeyFile.sync(directory: former)
            }
            guard unsafe rename(next, held) == 0 else { throw .system("replace", held) }
        }
        try KeyFile.sync(directory: path + "/keys")
        guard unsafe rmdir(nextKeysPath) == 0 else { throw .system("remove", nextKeysPath) }
        unsafe unlink(rotationPath)
    }

    private func nextPath(_ name: KeyName) -> String {
        let next = "\(nextKeysPath)/\(name.rawValue).pem"
        return FileManager.default.fileExists(atPath: next) ? next : keyPath(name)
    }
}
