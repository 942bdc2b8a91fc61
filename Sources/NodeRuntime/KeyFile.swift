package import Crypto
internal import Encoding
internal import Foundation

/// Private keys in files of their own: PKCS#8 PEM, mode 0600, one key a file.
///
/// - Source: RFC 8410, RFC 5958; `openssl pkey -in FILE` reads each of them.
package enum KeyFile {
    /// Most bytes of a key file.
    private static let bytesMax = 16 * 1024

    /// Writes a secret that must not exist yet, never readable by others, and makes it durable.
    ///
    /// - Throws: ``HomeError``.
    package static func create(_ path: String, _ content: String) throws(HomeError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("create", path) }
        defer { close(descriptor) }
        // The umask can take bits from the mode but not add any; set it all the same.
        guard fchmod(descriptor, 0o600) == 0 else { throw .system("set the mode of", path) }
        let bytes = Array(content.utf8)
        let written = unsafe bytes.withUnsafeBytes { buffer in
            unsafe write(descriptor, buffer.baseAddress, buffer.count)
        }
        guard written == bytes.count, fsync(descriptor) == 0 else {
            throw .system("write", path)
        }
    }

    /// Reads a secret, and refuses a file that anyone but its owner may read or write.
    ///
    /// - Throws: ``HomeError``.
    package static func read(_ path: String) throws(HomeError) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .system("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system("examine", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw .permissions(path, mode: status.st_mode & 0o777)
        }
        guard status.st_size <= bytesMax else { throw .unreadableKey(path) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        guard count == bytes.count, let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadableKey(path)
        }
        return text
    }

    /// Reads an Ed25519 key, which may be encrypted.
    ///
    /// - Throws: ``HomeError``.
    package static func signingKey(
        _ path: String,
        _ passphrase: KeyPassphrase
    ) throws(HomeError) -> SigningKey {
        let text = try read(path)
        guard SigningKey.isEncrypted(pem: text) else {
            do { return try SigningKey(pem: text) } catch { throw .unreadableKey(path) }
        }
        let secret = try passphrase.bytes()
        do {
            return try SigningKey(pem: text, passphrase: secret)
        } catch {
            throw .wrongPassphrase(path)
        }
    }

    /// Reads an X25519 key, which may be encrypted.
    ///
    /// - Throws: ``HomeError``.
    package static func sealKey(
        _ path: String,
        _ passphrase: KeyPassphrase
    ) throws(HomeError) -> SealKey {
        let text = try read(path)
        guard SigningKey.isEncrypted(pem: text) else {
            do { return try SealKey(pem: text) } catch { throw .unreadableKey(path) }
        }
        let secret = try passphrase.bytes()
        do { return try SealKey(pem: text, passphrase: secret) } catch {
            throw .wrongPassphrase(path)
        }
    }

    /// Reads a person's Ed25519 key, which may be encrypted.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - passphrase: asked only if the file is encrypted.
    /// - Returns: the key.
    /// - Throws: ``HomeError``, and what `passphrase` throws.
    package static func signingKey(
        _ path: String,
        passphrase: () throws -> [UInt8]
    ) throws -> SigningKey {
        let text = try read(path)
        guard SigningKey.isEncrypted(pem: text) else {
            do { return try SigningKey(pem: text) } catch { throw HomeError.unreadableKey(path) }
        }
        let secret = try passphrase()
        do {
            return try SigningKey(pem: text, passphrase: secret)
        } catch {
            throw HomeError.wrongPassphrase(path)
        }
    }

    /// The PEM blocks of a text, each with its line end.
    static func blocks(_ text: String) -> [String] {
        let mark = "-----BEGIN "
        return text.components(separatedBy: mark).dropFirst().map { mark + $0 }
    }

    /// Makes durable which files a directory names.
    ///
    /// - Throws: ``HomeError``.
    static func sync(directory path: String) throws(HomeError) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("write", path) }
    }
}

/// Why a home can not be used.
package enum HomeError: Error, Hashable, Sendable {
    /// The directory has no home in it.
    case missing(String)
    /// The directory already has a home in it.
    case exists(String)
    /// Something else is where the home was to be made.
    case inTheWay(String)
    /// The path leaves no room for the daemon's socket.
    case pathTooLong(String, limit: Int)
    /// A system call failed.
    case systemCall(action: String, path: String, number: Int32)
    /// Others may read or write a secret.
    case permissions(String, mode: UInt32)
    /// It should be a plain file.
    case notAFile(String)
    /// The file holds no key of the wanted kind.
    case unreadableKey(String)
    /// The passphrase does not open the file.
    case wrongPassphrase(String)
    /// A key is encrypted, and nobody is there to give its passphrase.
    case wantsPassphrase
    /// What was to give the passphrase does not.
    case noPassphrase(String)
    /// Too many openings of sealed parts wait to be recorded.
    case openingsWait(String)
    /// The configuration is not what it should be.
    case configuration(path: String, reason: String)
    /// Another process is the home's writer.
    case locked(String)
    /// Not yet bound to a ledger.
    case notJoined(String)
    /// Already bound to a ledger.
    case joined(String)

    static func system(_ action: String, _ path: String) -> HomeError {
        .systemCall(action: action, path: path, number: errno)
    }
}

extension HomeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let path): "no Linli home at \(path)"
        case .exists(let path): "a Linli home exists at \(path) already"
        case .inTheWay(let path): "\(path) exists and is not an empty directory"
        case .pathTooLong(let path, let limit):
            "\(path) has \(path.utf8.count) bytes, want at most \(limit): the socket of the daemon"
                + " has no room for more"
        case .systemCall(let action, let path, let number):
            "can not \(action) \(path): \(unsafe String(cString: strerror(number)))"
        case .permissions(let path, let mode):
            "\(path) has mode 0\(String(mode, radix: 8)), want 0600"
        case .notAFile(let path): "\(path) is not a plain file"
        case .unreadableKey(let path): "\(path) holds no key of the wanted kind"
        case .wrongPassphrase(let path): "the passphrase does not open \(path)"
        case .wantsPassphrase:
            "the home's keys want a passphrase, and there is no terminal to ask on"
        case .noPassphrase(let reason): reason
        case .openingsWait(let path): "too many openings wait to be recorded in \(path)"
        case .configuration(let path, let reason): "\(path): \(reason)"
        case .locked(let path): "another process is writing to the home at \(path)"
        case .notJoined(let path): "the home at \(path) belongs to no ledger yet"
        case .joined(let path): "the home at \(path) belongs to a ledger already"
        }
    }
}
