package import Crypto
package import Encoding
internal import Foundation
package import Ledger

/// The directory of one node: its keys, its database, and how it is set up.
///
///     config.json   name, level, scope, where to listen, whom to dial
///     keys/*.pem    log, service, witness, seal, tls, successor; mode 0600
///     keys/next/    keys that wait for the grant that names them
///     keys/former/  seal keys that were replaced
///     keys/import.key   secret under which imports remember external ids
///     ledger.db     entries and view
///     search.db     words of the view, made again when it is not there
///     fence         how far the own log was ever signed
///     openings      openings of sealed parts that are in no entry yet
///     lock          held by the one process that writes
///     restored      that it was made from a backup and has not joined with its new keys yet
///     stopped       why the own log must not be written, if a peer gave proof of it
///     socket        where the daemon takes operations from commands
///     request.txt   the enrolment request, until the node has joined
///     rotation.txt  the request for a grant of the next keys
package struct Home: Sendable {
    /// The directory.
    package let path: String
    /// How the node is set up.
    package private(set) var configuration: HomeConfiguration
    /// Opens the keys that are encrypted.
    package var passphrase = KeyPassphrase.ofService

    /// The file of one of the node's keys.
    package enum KeyName: String, CaseIterable, Sendable {
        case log, service, witness, seal, tls, successor
    }

    /// Opens an existing home.
    ///
    /// - Throws: ``HomeError``.
    package init(path: String) throws(HomeError) {
        self.path = path
        let file = path + "/config.json"
        guard unsafe access(file, F_OK) == 0 else {
            // What may not be looked at can well be there.
            guard errno == ENOENT || errno == ENOTDIR else { throw .system("read", file) }
            throw .missing(path)
        }
        configuration = try HomeConfiguration.read(file)
    }

    /// Makes the directory, six keys and the configuration.
    ///
    /// - Parameters:
    ///   - path: does not exist, or is an empty directory.
    ///   - configuration: how the node is set up.
    ///   - passphrase: under which the keys are encrypted; nil for none.
    ///   - random: gives 32 fresh random bytes a call.
    /// - Throws: ``HomeError``; what was made so far then stays for the operator to see.
    package init(
        creating path: String,
        configuration: HomeConfiguration,
        passphrase: [UInt8]? = nil,
        random: () -> Bytes32
    ) throws(HomeError) {
        self.path = path
        self.configuration = configuration
        if let passphrase { self.passphrase = KeyPassphrase(passphrase) }
        try checkSocketPath()
        try Self.makeEmptyDirectory(path)
        try Self.makeDirectory(path + "/keys")
        do {
            for name in KeyName.allCases {
                let pem = try Self.freshKey(name, passphrase, random: random)
                try KeyFile.create(keyPath(name), pem)
            }
        } catch let error as HomeError {
            throw error
        } catch {
            throw .unreadableKey(path + "/keys")
        }
        try KeyFile.create(importKeyPath, hex(random().bytes) + "\n")
        try saveConfiguration()
    }

    /// The place the node answers for.
    ///
    /// - Throws: ``HomeError/configuration(path:reason:)``.
    package func scope() throws(HomeError) -> Scope {
        guard let scope = Scope(configuration.scope) else {
            throw .configuration(path: path + "/config.json", reason: "scope is not a code")
        }
        return scope
    }

    /// Where a key of the node lies.
    package func keyPath(_ name: KeyName) -> String { "\(path)/keys/\(name.rawValue).pem" }

    /// Where the database lies.
    package var databasePath: String { path + "/ledger.db" }

    /// Where what can be made again is put for a while: on the home's own disk, which has room for
    /// as much again if somebody looked, or elsewhere if nothing can be written there.
    package var scratchDirectory: String {
        let manager = FileManager.default
        return manager.isWritableFile(atPath: path) ? path : manager.temporaryDirectory.path
    }

    /// Where the fence lies.
    package var fencePath: String { path + "/fence" }

    /// Where the daemon listens for commands.
    package var socketPath: String { path + "/socket" }

    /// Where the reason stands why this node must not write, once a peer gave proof of one.
    package var stoppedPath: String { path + "/stopped" }

    /// Where the enrolment request lies.
    package var requestPath: String { path + "/request.txt" }

    /// Reads one of the node's Ed25519 keys.
    ///
    /// - Throws: ``HomeError``.
    package func signingKey(_ name: KeyName) throws(HomeError) -> SigningKey {
        try KeyFile.signingKey(keyPath(name), passphrase)
    }

    /// The node's public keys, from its key files.
    ///
    /// - Throws: ``HomeError``.
    package func publicKeys() throws(HomeError) -> NodeKeys {
        NodeKeys(
            log: try signingKey(.log).publicKey,
            service: try signingKey(.service).publicKey,
            witness: try signingKey(.witness).publicKey,
            seal: try KeyFile.sealKey(keyPath(.seal), passphrase).publicKey,
            tls: try signingKey(.tls).publicKey,
            successor: try signingKey(.successor).publicKey.hash
        )
    }

    /// Where the secret of imports lies.
    package var importKeyPath: String { path + "/keys/import.key" }

    /// The secret under which imports remember external ids.
    ///
    /// - Throws: ``HomeError``.
    package func importKey() throws(HomeError) -> Bytes32 {
        let text = try KeyFile.read(importKeyPath).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let key = Bytes32(hex: text) else { throw .unreadableKey(importKeyPath) }
        return key
    }

    /// Adds a peer to dial, or gives a known endpoint another key, and keeps that.
    ///
    /// One that is given without a key keeps the key it had: by it alone a node that has just
    /// joined knows whom to trust.
    ///
    /// - Throws: ``HomeError``.
    package mutating func remember(_ given: HomeConfiguration.Peer) throws(HomeError) {
        var peer = given
        peer.key = peer.key ?? configuration.peers.first { $0.endpoint == peer.endpoint }?.key
        configuration.peers.removeAll { $0.endpoint == peer.endpoint }
        configuration.peers.append(peer)
        try saveConfiguration()
    }

    /// Adds a peer to dial without keeping that; what is known of its endpoint stays.
    package mutating func alsoDial(_ endpoint: String) {
        guard !configuration.peers.contains(where: { $0.endpoint == endpoint }) else { return }
        configuration.peers.append(HomeConfiguration.Peer(endpoint: endpoint, key: nil))
    }

    private func saveConfiguration() throws(HomeError) {
        try configuration.write(path + "/config.json")
    }

    /// Checks that the daemon's socket can have its place, by the path from the root.
    ///
    /// - Throws: ``HomeError/pathTooLong(_:limit:)``.
    package func checkSocketPath() throws(HomeError) {
        let whole = URL(filePath: path).standardizedFileURL.path
        let limit = ControlSocket.pathBytesMax - (socketPath.utf8.count - path.utf8.count)
        guard whole.utf8.count <= limit else { throw .pathTooLong(whole, limit: limit) }
    }

    private static func makeDirectory(_ path: String) throws(HomeError) {
        guard unsafe mkdir(path, 0o700) == 0 else { throw .system("create", path) }
    }

    /// Makes the directory, or closes an empty one to others; anything else stays as it is.
    private static func makeEmptyDirectory(_ path: String) throws(HomeError) {
        if unsafe mkdir(path, 0o700) == 0 { return }
        guard errno == EEXIST else { throw .system("create", path) }
        guard let directory = unsafe opendir(path) else {
            guard errno == ENOTDIR else { throw .system("read", path) }
            throw .inTheWay(path)
        }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // It and the directory above are always there.
        guard count <= 2 else {
            let isHome = FileManager.default.fileExists(atPath: path + "/config.json")
            throw isHome ? .exists(path) : .inTheWay(path)
        }
        guard unsafe fchmod(dirfd(directory), 0o700) == 0 else {
            throw .system("set the mode of", path)
        }
    }
}

/// `config.json`: how a node is set up, for people to read and change.
package struct HomeConfiguration: Hashable, Sendable, Codable {
    /// A node to dial.
    package struct Peer: Hashable, Sendable, Codable {
        /// `host:port`.
        package var endpoint: String
        /// Its TLS public key in hexadecimal, if only that one will do; otherwise any member's.
        package var key: String?

        /// Pairs both.
        package init(endpoint: String, key: String?) {
            self.endpoint = endpoint
            self.key = key
        }
    }

    /// What people call the node.
    package var name: String
    /// Kind of office, as ``Level/name`` writes it.
    package var level: String
    /// The place it answers for.
    package var scope: String
    /// `host:port` to listen on; null for a node that only dials.
    package var listen: String?
    /// Nodes to dial beside those that the roster names.
    package var peers: [Peer]

    /// Takes all fields.
    package init(name: String, level: Level, scope: Scope, listen: String?, peers: [Peer] = []) {
        self.name = name
        self.level = level.name
        self.scope = scope.code
        self.listen = listen
        self.peers = peers
    }

    static func read(_ file: String) throws(HomeError) -> HomeConfiguration {
        guard unsafe access(file, R_OK) == 0, let data = FileManager.default.contents(atPath: file)
        else { throw .system("read", file) }
        return try HomeConfiguration(decoding: Array(data), of: file)
    }

    /// Reads what a configuration file holds; `file` is named in errors.
    init(decoding bytes: [UInt8], of file: String) throws(HomeError) {
        do {
            self = try JSONDecoder().decode(HomeConfiguration.self, from: Data(bytes))
        } catch {
            throw .configuration(path: file, reason: Self.reason(error))
        }
        guard Level(name: level) != nil else {
            throw .configuration(path: file, reason: "unknown level \"\(level)\"")
        }
        guard Scope(scope) != nil else {
            throw .configuration(path: file, reason: "scope \"\(scope)\" is not a code")
        }
    }

    /// What is wrong with the file, in the words of whoever edits it.
    private static func reason(_ error: any Error) -> String {
        func key(_ path: [any CodingKey]) -> String {
            "\"" + path.map(\.stringValue).joined(separator: ".") + "\""
        }
        switch error {
        case DecodingError.keyNotFound(let missing, let context):
            return "\(key(context.codingPath + [missing])) is missing"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            guard !context.codingPath.isEmpty else { return "it is not a JSON object" }
            return "\(key(context.codingPath)) holds a value of another kind"
        default: return "it is not JSON"
        }
    }

    /// Writes beside the file and renames, so that a crash leaves the old one or the new one.
    func write(_ file: String) throws(HomeError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let data = try encoder.encode(self) + Data("\n".utf8)
            try data.write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw .configuration(path: file, reason: "can not be written: \(error)")
        }
    }
}
