internal import Crypto
internal import Encoding
internal import Foundation

extension Home {
    /// Files of the node's private keys: those in use, those that wait, and former seal keys.
    package var keyFiles: [String] {
        let folders = ["keys", "keys/next", "keys/former"].map { "\(path)/\($0)" }
        return folders.flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
                .filter { $0.hasSuffix(".pem") }.map { "\(folder)/\($0)" }
        }
    }

    /// Whether keys that are made from now on are encrypted: the node's service key is.
    package var isProtected: Bool {
        get throws(HomeError) { SigningKey.isEncrypted(pem: try KeyFile.read(keyPath(.service))) }
    }

    /// Encrypts every key of the node under a passphrase, or under none.
    ///
    /// All are read before one is written, and each is replaced at once; where a crash or a full disk
    /// cut it off, doing it again goes on, with the former passphrase for what still has it.
    ///
    /// - Parameter passphrase: nil to leave them open to whoever reads the file.
    /// - Throws: ``HomeError``, `CryptoError`; ``HomeError/locked(_:)`` while the daemon runs, which
    ///   would read keys that it has no passphrase of.
    package func protectKeys(_ passphrase: [UInt8]?) throws {
        let lock = try HomeLock(home: path)
        defer { withExtendedLifetime(lock) {} }
        let texts = try keyFiles.map { file in
            (file, try KeyFile.reencrypted(file, by: self.passphrase, under: passphrase))
        }
        for (file, text) in texts { try KeyFile.replace(file, text) }
        // What a run that was killed left beside one.
        for folder in Set(keyFiles.map { URL(filePath: $0).deletingLastPathComponent().path }) {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names where name.contains(".pem.partial-") {
                unsafe unlink("\(folder)/\(name)")
            }
        }
    }

    /// A fresh key of a kind as the text of its file.
    static func freshKey(
        _ name: KeyName,
        _ passphrase: [UInt8]?,
        random: () -> Bytes32
    ) throws(CryptoError) -> String {
        let seed = random()
        switch (name, passphrase) {
        case (.seal, let secret?):
            return try SealKey(seed: seed).pem(passphrase: secret, random: random())
        case (.seal, nil): return try SealKey(seed: seed).pem()
        case (_, let secret?):
            return try SigningKey(seed: seed).pem(passphrase: secret, random: random())
        case (_, nil): return try SigningKey(seed: seed).pem()
        }
    }
}

extension KeyFile {
    /// The text of a key file with the key under another passphrase, or under none.
    ///
    /// - Throws: ``HomeError``, `CryptoError`.
    package static func reencrypted(
        _ path: String,
        by former: KeyPassphrase,
        under passphrase: [UInt8]?
    ) throws -> String {
        let random = SystemSource.random32()
        // What was done before it was cut off has the new one, and needs no other to be asked for.
        let ways = [passphrase.map { KeyPassphrase($0) }, former].compactMap { $0 }
        for way in ways {
            if let key = try? signingKey(path, way) {
                return try passphrase.map { try key.pem(passphrase: $0, random: random) }
                    ?? key.pem()
            }
            if let key = try? sealKey(path, way) {
                return try passphrase.map { try key.pem(passphrase: $0, random: random) }
                    ?? key.pem()
            }
        }
        _ = try sealKey(path, former)
        throw HomeError.unreadableKey(path)
    }

    /// Puts a secret in the place of another one, at once, and overwrites the former one.
    ///
    /// A disk that writes elsewhere than it is told, as flash does, can keep it all the same.
    ///
    /// - Throws: ``HomeError``.
    package static func replace(_ path: String, _ content: String) throws(HomeError) {
        let former = unsafe open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard former >= 0 else { throw .system("open", path) }
        defer { close(former) }
        let partial = "\(path).partial-\(getpid())"
        unsafe unlink(partial)
        try create(partial, content)
        guard unsafe rename(partial, path) == 0 else {
            let failure = HomeError.system("replace", path)
            unsafe unlink(partial)
            throw failure
        }
        try sync(directory: URL(filePath: path).deletingLastPathComponent().path)
        var status = stat()
        guard unsafe fstat(former, &status) == 0 else { return }
        let zeros = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = unsafe zeros.withUnsafeBytes { buffer in
            unsafe pwrite(former, buffer.baseAddress, buffer.count, 0)
        }
        guard count == zeros.count, fsync(former) == 0 else { throw .system("overwrite", path) }
    }
}
