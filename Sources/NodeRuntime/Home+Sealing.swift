package import Crypto
internal import Foundation
package import Ledger
internal import Storage

extension Home {
    /// The public keys that the roster has of the node, for which no private one has to be opened;
    /// nil for a home of no ledger, and while its grant is not held.
    package func grantedKeys() -> NodeKeys? {
        guard hasDatabase, let store = try? Store(path: databasePath, mode: .readOnly),
            let log = store.identity?.log
        else { return nil }
        return store.roster.member(log: log)?.keys
    }

    /// The log's public key: from its own file, or from the roster if that is encrypted.
    ///
    /// - Throws: ``HomeError``.
    package func logKey() throws(HomeError) -> PublicKey {
        let isEncrypted = SigningKey.isEncrypted(pem: try KeyFile.read(keyPath(.log)))
        if isEncrypted, !isRestored, let granted = grantedKeys() { return granted.log }
        return try signingKey(.log).publicKey
    }

    /// The node's seal key, and those that it had before, by which older parts are opened.
    ///
    /// - Throws: ``HomeError``.
    package func sealKeys() throws(HomeError) -> [SealKey] {
        let former = path + "/keys/former"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: former)) ?? []
        let kept = names.filter { $0.hasPrefix("seal-") }.sorted().map { "\(former)/\($0)" }
        var keys: [SealKey] = []
        for file in [keyPath(.seal)] + kept { keys.append(try KeyFile.sealKey(file, passphrase)) }
        return keys
    }
}
