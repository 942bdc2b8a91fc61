import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Storage
import TestSupport
import Testing

private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
}

private func setMode(_ mode: Int, _ path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
}

@Test func secretsAreForTheirOwnerOnly() throws {
    let town = try Town()
    let home = try town.home("street", .street, "330105013")
    #expect(try mode(home.path) == 0o700)
    #expect(try mode(home.path + "/keys") == 0o700)
    let names = try FileManager.default.contentsOfDirectory(atPath: home.path + "/keys")
    #expect(names.count == 7)
    for name in names { #expect(try mode("\(home.path)/keys/\(name)") == 0o600) }
    let keys = try home.publicKeys()
    #expect(try Home(path: home.path).publicKeys() == keys)
    #expect(try home.importKey() != Home(path: town.founded().path).importKey())
}

@Test func aDirectoryThatWasMadeBeforeIsClosedToOthers() throws {
    let town = try Town()
    try FileManager.default.createDirectory(
        atPath: town.path("street"),
        withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o755]
    )
    #expect(try mode(town.home("street", .street, "330105013").path) == 0o700)
}

@Test(arguments: [0o640, 0o604, 0o620, 0o660, 0o666, 0o644, 0o601])
func aKeyThatOthersMayTouchIsRefused(wide: Int) throws {
    let town = try Town()
    let home = try town.home("street", .street, "330105013")
    let path = home.keyPath(.log)
    try setMode(wide, path)
    #expect(throws: HomeError.permissions(path, mode: UInt32(wide))) {
        try home.signingKey(.log)
    }
    try setMode(0o400, path)
    _ = try home.signingKey(.log)
}

@Test func aKeyMustBeAPlainFileOfItsKind() throws {
    let town = try Town()
    let home = try town.home("street", .street, "330105013")
    let path = home.keyPath(.service)
    let manager = FileManager.default
    try manager.removeItem(atPath: path)
    try manager.createSymbolicLink(atPath: path, withDestinationPath: home.keyPath(.log))
    #expect(throws: HomeError.systemCall(action: "open", path: path, number: ELOOP)) {
        try home.signingKey(.service)
    }
    try manager.removeItem(atPath: path)
    try manager.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(throws: HomeError.notAFile(path)) { try home.signingKey(.service) }
    try manager.removeItem(atPath: path)
    #expect(throws: HomeError.systemCall(action: "open", path: path, number: ENOENT)) {
        try home.signingKey(.service)
    }
    let seal = try KeyFile.read(home.keyPath(.seal))
    for content in ["", "nonsense", seal, String(repeating: "x", count: 20_000)] {
        try KeyFile.create(path, content)
        #expect(throws: HomeError.unreadableKey(path)) { try home.signingKey(.service) }
        try manager.removeItem(atPath: path)
    }
}

@Test func aSecretIsNeverWrittenOverAnother() throws {
    let town = try Town()
    try KeyFile.create(town.path("a"), "one")
    #expect(throws: HomeError.systemCall(action: "create", path: town.path("a"), number: EEXIST)) {
        try KeyFile.create(town.path("a"), "two")
    }
    try FileManager.default.createSymbolicLink(
        atPath: town.path("b"),
        withDestinationPath: town.path("c")
    )
    #expect(throws: HomeError.self) { try KeyFile.create(town.path("b"), "two") }
    #expect(try KeyFile.read(town.path("a")) == "one")
    #expect(!FileManager.default.fileExists(atPath: town.path("c")))
}

@Test func aHomeIsMadeInAnEmptyPlaceOnly() throws {
    let town = try Town()
    let home = try town.home("street", .street, "330105013")
    let keys = try home.publicKeys()
    #expect(throws: HomeError.exists(home.path)) {
        try town.home("street", .street, "330105013")
    }
    #expect(try home.publicKeys() == keys)
    #expect(throws: HomeError.missing(town.path("none"))) { try Home(path: town.path("none")) }
}

@Test(arguments: [
    "", "{}", "[1]", "null", #"{"name":"a"}"#,
    #"{"name":"a","level":"emperor","scope":"3301","peers":[]}"#,
    #"{"name":"a","level":"street","scope":"33","peers":[]}"#,
    #"{"name":"a","level":"street","scope":"3301","peers":[{"key":1}]}"#,
    #"{"name":"a","level":"street","scope":"3301","peers":[]"#,
])
func aConfigurationThatIsNotOneIsNamed(text: String) throws {
    let town = try Town()
    let home = try town.home("street", .street, "330105013")
    let file = home.path + "/config.json"
    try Data(text.utf8).write(to: URL(filePath: file))
    let error = #expect(throws: HomeError.self) { try Home(path: home.path) }
    guard case .configuration(file, _)? = error else {
        Issue.record("got \(String(describing: error))")
        return
    }
}

@Test func aPeerIsRememberedOnce() throws {
    let town = try Town()
    var home = try town.home("street", .street, "330105013")
    try home.remember(.init(endpoint: "10.0.0.1:1", key: nil))
    try home.remember(.init(endpoint: "10.0.0.2:1", key: nil))
    try home.remember(.init(endpoint: "10.0.0.1:1", key: "ab"))
    let peers = try Home(path: home.path).configuration.peers
    #expect(peers.map(\.endpoint) == ["10.0.0.2:1", "10.0.0.1:1"])
    #expect(peers.last?.key == "ab")
}

@Test func aHomeHasOneWriter() throws {
    let town = try Town()
    let home = try town.founded()
    var keeper: Keeper? = try Keeper(home)
    #expect(throws: HomeError.locked(home.path)) { try Keeper(home) }
    #expect(throws: HomeError.locked(home.path)) { try HomeLock(home: home.path, wait: 50) }
    #expect(keeper?.stopReason == nil)
    keeper = nil
    _ = try Keeper(home)
}

/// A refused lock must not close descriptors that are not its own.
@Test func aRefusedLockLeavesOtherFilesAlone() throws {
    let town = try Town()
    let home = try town.founded()
    let keeper = try Keeper(home)
    for _ in 0..<50 {
        #expect(throws: HomeError.self) { try HomeLock(home: home.path, wait: 50) }
        #expect(try ControlClient(path: home.socketPath) == nil)
        let file = try #require(FileHandle(forReadingAtPath: home.path + "/config.json"))
        #expect(throws: HomeError.self) { try HomeLock(home: home.path, wait: 50) }
        #expect(try file.readToEnd()?.isEmpty == false)
    }
    _ = try keeper.append([report("一", in: "3301")])
}

/// Whatever stands where a home is to be made belongs to somebody.
@Test func whatIsInTheWayOfAHomeStaysAsItIs() throws {
    let town = try Town()
    let file = town.path("file")
    try Data("mine".utf8).write(to: URL(filePath: file))
    try setMode(0o644, file)
    #expect(throws: HomeError.inTheWay(file)) { try town.home("file", .street, "330105013") }
    #expect(try mode(file) == 0o644)
    let folder = town.path("folder")
    try FileManager.default.createDirectory(
        atPath: folder,
        withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o755]
    )
    try Data("mine".utf8).write(to: URL(filePath: folder + "/note"))
    #expect(throws: HomeError.inTheWay(folder)) { try town.home("folder", .street, "330105013") }
    #expect(try mode(folder) == 0o755)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["note"])
    // What can not be looked at is neither missing nor empty.
    let loop = town.path("loop")
    try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
    #expect(throws: HomeError.systemCall(action: "read", path: loop, number: ELOOP)) {
        try town.home("loop", .street, "330105013")
    }
    let config = loop + "/config.json"
    #expect(throws: HomeError.systemCall(action: "read", path: config, number: ELOOP)) {
        try Home(path: loop)
    }
}

@Test func aPathWithoutRoomForTheSocketIsRefusedBeforeAnythingIsMade() throws {
    let town = try Town()
    let limit = 107 - "/socket".utf8.count
    let room = limit - town.path("").utf8.count
    let long = String(repeating: "x", count: room + 1)
    #expect(throws: HomeError.pathTooLong(town.path(long), limit: limit)) {
        try town.home(long, .street, "330105013")
    }
    #expect(!FileManager.default.fileExists(atPath: town.path(long)))
    let home = try town.founded(String(long.dropLast()))
    let server = try ControlServer(path: home.socketPath) { $0 }
    #expect(try ControlClient(path: home.socketPath) != nil)
    server.stop()
}

@Test(arguments: [
    ("{", "it is not JSON"), ("[]", "it is not a JSON object"),
    (#"{"name": "x"}"#, #""level" is missing"#),
    (#"{"name": 7}"#, #""name" holds a value of another kind"#),
    (
        #"{"name": "x", "level": "street", "scope": "330105", "peers": [{"endpoint": []}]}"#,
        #""peers.Index 0.endpoint" holds a value of another kind"#
    ),
])
func aConfigurationThatIsWrongIsSaidSoInItsOwnWords(text: String, reason: String) throws {
    let town = try Town()
    let home = try town.home("street", .street, "330105013")
    let file = home.path + "/config.json"
    try Data(text.utf8).write(to: URL(filePath: file))
    let error = #expect(throws: HomeError.self) { try Home(path: home.path) }
    guard case .configuration(file, let said)? = error else {
        Issue.record("\(String(describing: error))")
        return
    }
    #expect(said.hasPrefix(reason) || said == reason, "\(said)")
}
