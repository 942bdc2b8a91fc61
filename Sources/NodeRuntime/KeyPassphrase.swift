internal import Foundation
internal import Transport

/// The passphrase of a home's keys: asked for when the first encrypted key is read, and then kept in
/// this process's memory alone.
package final class KeyPassphrase: Sendable {
    private let ask: @Sendable () throws(HomeError) -> [UInt8]
    private let known = Locked<[UInt8]?>(nil)

    /// Asks by what is given; it is called once at most, unless it throws.
    package init(_ ask: @escaping @Sendable () throws(HomeError) -> [UInt8]) { self.ask = ask }

    /// One that is known.
    package convenience init(_ bytes: [UInt8]) { self.init { () throws(HomeError) in bytes } }

    /// What systemd hands to a service, and nothing else.
    package static var ofService: KeyPassphrase {
        KeyPassphrase { () throws(HomeError) in
            guard let bytes = try fromCredential() else { throw .wantsPassphrase }
            return bytes
        }
    }

    /// The passphrase.
    ///
    /// - Throws: ``HomeError``.
    package func bytes() throws(HomeError) -> [UInt8] {
        if let bytes = known.withLock({ $0 }) { return bytes }
        let bytes = try ask()
        known.withLock { $0 = bytes }
        return bytes
    }

    /// Name of the credential in a unit: `LoadCredentialEncrypted=linli-passphrase`.
    package static let credential = "linli-passphrase"

    /// The first line of the credential that systemd put beside this service; nil if there is none.
    ///
    /// - Source: systemd.exec(5), *Credentials*.
    /// - Throws: ``HomeError``.
    package static func fromCredential() throws(HomeError) -> [UInt8]? {
        guard let folder = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"],
            !folder.isEmpty
        else { return nil }
        let path = folder + "/" + credential
        guard unsafe access(path, F_OK) == 0 else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .system("read", path)
        }
        let line = Array(data.prefix { $0 != UInt8(ascii: "\n") })
        guard !line.isEmpty else { throw .noPassphrase("\(path) is empty") }
        return line
    }
}
