import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Storage
import TestSupport
import Testing
import TransparencyLog

private func copy(_ from: String, _ to: String) throws {
    try? FileManager.default.removeItem(atPath: to)
    try FileManager.default.copyItem(atPath: from, toPath: to)
}

/// Copies what a careful operator would: the database, closed, with no write-ahead log beside.
private func backUp(_ home: Home, to folder: String) throws {
    _ = try Keeper(home)
    #expect(!FileManager.default.fileExists(atPath: home.databasePath + "-wal"))
    try copy(home.databasePath, folder)
}

private func putBack(_ home: Home, from folder: String) throws {
    for suffix in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: home.databasePath + suffix)
    }
    try copy(folder, home.databasePath)
}

@Test func aLedgerIsFoundedOnce() throws {
    let town = try Town()
    let home = try town.founded()
    let keeper = try Keeper(home)
    #expect(keeper.stopReason == nil)
    #expect(keeper.store.entryCount == 1)
    #expect(try keeper.checkpoint().checkpoint.size == 1)
    let recovery = try town.recovery()
    #expect(throws: HomeError.locked(home.path)) { try Keeper.found(home, recovery: recovery) }
}

@Test func foundingAndJoiningAHomeTwiceChangesNothing() throws {
    let town = try Town()
    let city = try town.founded()
    let recovery = try town.recovery()
    #expect(throws: HomeError.joined(city.path)) { try Keeper.found(city, recovery: recovery) }
    let street = try town.home("street", .street, "330105013")
    let invitation = try town.invitation(for: street, by: city, level: .street)
    _ = try Keeper.join(street, invitation, endpoints: ["127.0.0.1:1"])
    let root = try Keeper(street).checkpoint().checkpoint.root
    #expect(throws: HomeError.joined(street.path)) { try Keeper.join(street, invitation) }
    #expect(throws: HomeError.joined(street.path)) {
        try Keeper.found(street, recovery: recovery)
    }
    #expect(try Keeper(street).checkpoint().checkpoint.root == root)
    let own = try town.founded("other")
    let second = try town.invitation(for: street, by: own, level: .street)
    #expect(throws: HomeError.joined(street.path)) { try Keeper.join(street, second) }
    #expect(try Keeper(street).checkpoint().checkpoint.root == root)
}

@Test func anInvitationForAnotherNodeIsRefusedAndChangesNothing() throws {
    let town = try Town()
    let city = try town.founded()
    let street = try town.home("street", .street, "330105013")
    let other = try town.home("other", .street, "330105014")
    let invitation = try town.invitation(for: other, by: city, level: .street)
    #expect(throws: KeeperError.otherInvitation) { try Keeper.join(street, invitation) }
    #expect(throws: HomeError.notJoined(street.path)) { try Keeper(street) }
    let own = try town.invitation(for: street, by: city, level: .street)
    _ = try Keeper.join(street, own)
}

/// A crash after the home was bound, or after the fence was made, and before the log was opened.
@Test func aJoinThatWasCutOffIsCompletedByJoiningAgain() throws {
    for hasFence in [false, true] {
        let town = try Town()
        let city = try town.founded()
        let street = try town.home("street", .street, "330105013")
        let invitation = try town.invitation(for: street, by: city, level: .street)
        let store = try Store(path: street.databasePath, mode: .readWrite)
        try store.bind(invitation)
        if hasFence { _ = try Fence(path: street.fencePath, log: invitation.log, isNew: true) }
        #expect(throws: HomeError.notJoined(street.path)) { try Keeper(street) }
        _ = try Keeper.join(street, invitation, endpoints: ["127.0.0.1:1"])
        #expect(try Keeper(street).store.entryCount == 1)
        #expect(try Home(path: street.path).configuration.peers.count == 1)
    }
}

/// A crash after the log was opened and before its fence was raised: nobody has seen a signature.
@Test func aJoinThatDiedBeforeItsFenceIsReleasedAtTheNextStart() throws {
    let town = try Town()
    let city = try town.founded()
    let street = try town.home("street", .street, "330105013")
    let invitation = try town.invitation(for: street, by: city, level: .street)
    _ = try Keeper.join(street, invitation, endpoints: ["127.0.0.1:1"])
    try FileManager.default.removeItem(atPath: street.fencePath)
    _ = try Fence(path: street.fencePath, log: invitation.log, isNew: true)
    #expect(try Home(path: street.path).configuration.peers.count == 1)
    #expect(try Keeper(street).checkpoint().checkpoint.size == 1)
    let fence = try Fence(path: street.fencePath, log: invitation.log, isNew: false)
    #expect(fence.mark?.size == 1)
}

@Test func aFoundingThatDiedHalfWayLeavesAHomeThatSaysSo() throws {
    let town = try Town()
    let home = try town.home("city", .city, "3301")
    _ = try Fence(path: home.fencePath, log: home.publicKeys().log.hash, isNew: true)
    #expect(throws: HomeError.notJoined(home.path)) { try Keeper(home) }
}

@Test func entriesThatWereCommittedAndNotReleasedAreReleasedAtTheNextStart() throws {
    let town = try Town()
    let home = try town.founded()
    let fence = town.path("fence")
    try copy(home.fencePath, fence)
    _ = try Keeper(home).append([report("一", in: "3301")])
    // As a crash between commit and fence leaves it.
    try copy(fence, home.fencePath)
    let keeper = try Keeper(home)
    #expect(keeper.stopReason == nil)
    #expect(try keeper.checkpoint().checkpoint.size == 2)
    _ = try keeper.append([report("二", in: "3301")])
    #expect(try keeper.checkpoint().checkpoint.size == 3)
}

@Test func aDatabaseThatWasPutBackIsNotWrittenToAndSaysWhy() throws {
    let town = try Town()
    let home = try town.founded()
    try backUp(home, to: town.path("copy"))
    _ = try Keeper(home).append([report("一", in: "3301"), report("二", in: "3301")])
    try putBack(home, from: town.path("copy"))
    let keeper = try Keeper(home)
    let reason = KeeperError.behindFence(held: 1, fence: 3)
    #expect(keeper.stopReason == reason)
    #expect(throws: reason) { try keeper.append([report("三", in: "3301")]) }
    #expect(throws: reason) { try keeper.checkpoint() }
    #expect(reason.description.contains("1 own entries") && reason.description.contains("3 were"))
    #expect(keeper.store.entryCount == 1)
    let fence = try Fence(path: home.fencePath, log: keeper.identity.log, isNew: false)
    #expect(fence.mark?.size == 3)
}

@Test func aDatabaseWithAnotherHistoryIsNotWrittenTo() throws {
    let town = try Town()
    let home = try town.founded()
    try backUp(home, to: town.path("copy"))
    _ = try Keeper(home).append([report("一", in: "3301")])
    let fence = town.path("fence")
    try copy(home.fencePath, fence)
    // Elsewhere, with the whole home copied, the log went on differently.
    try FileManager.default.removeItem(atPath: home.fencePath)
    try putBack(home, from: town.path("copy"))
    _ = try Fence(path: home.fencePath, log: Keeper.log(home), isNew: true)
    _ = try Keeper(home).append([report("另", in: "3301"), report("又", in: "3301")])
    try copy(fence, home.fencePath)
    let keeper = try Keeper(home)
    #expect(keeper.stopReason == .besideFence(size: 2))
    #expect(throws: KeeperError.besideFence(size: 2)) {
        try keeper.append([report("三", in: "3301")])
    }
}

/// The database is gone, the keys and the fence are there: joining again would begin a second
/// history of a log that others hold.
@Test func aHomeThatLostItsDatabaseDoesNotBeginASecondLog() throws {
    let town = try Town()
    let city = try town.founded()
    let street = try town.home("street", .street, "330105013")
    let invitation = try town.invitation(for: street, by: city, level: .street)
    _ = try Keeper.join(street, invitation)
    for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: street.databasePath + suffix)
    }
    let reason = KeeperError.behindFence(held: 0, fence: 1)
    #expect(throws: reason) { try Keeper(street) }
    #expect(throws: reason) { try Keeper.join(street, invitation) }
    #expect(throws: reason) { try Keeper(street) }
    let fence = try Fence(path: street.fencePath, log: invitation.log, isNew: false)
    #expect(fence.mark?.size == 1)
}

@Test func withoutItsFenceAHomeIsNotWrittenTo() throws {
    let town = try Town()
    let home = try town.founded()
    let good = town.path("fence")
    try copy(home.fencePath, good)
    try FileManager.default.removeItem(atPath: home.fencePath)
    #expect(throws: Fence.Failure.system(call: "open", number: ENOENT)) { try Keeper(home) }
    try Data("nonsense".utf8).write(to: URL(filePath: home.fencePath))
    #expect(throws: Fence.Failure.damaged) { try Keeper(home) }
    let other = try town.founded("other")
    try copy(other.fencePath, home.fencePath)
    #expect(throws: Fence.Failure.otherLog(try Keeper.log(other))) { try Keeper(home) }
    try copy(good, home.fencePath)
    _ = try Keeper(home)
}

@Test func anEmptiedFenceDoesNotLetALogBeSignedAgain() throws {
    let town = try Town()
    let home = try town.founded()
    _ = try Keeper(home).append([report("案件", in: "3301")])
    try Data().write(to: URL(filePath: home.fencePath))
    let keeper = try Keeper(home)
    #expect(keeper.stopReason == .fence(.damaged))
    #expect(throws: KeeperError.fence(.damaged)) { try keeper.checkpoint() }
    #expect(throws: KeeperError.fence(.damaged)) {
        try keeper.append([report("另", in: "3301")])
    }
}

@Test func aHomeWithAnotherLogKeyIsNotOpened() throws {
    let town = try Town()
    let home = try town.founded()
    let other = try town.founded("other")
    let path = home.keyPath(.log)
    try copy(other.keyPath(.log), path)
    #expect(throws: HomeError.unreadableKey(path)) { try Keeper(home) }
}

extension Keeper {
    fileprivate static func log(_ home: Home) throws -> Digest {
        try home.publicKeys().log.hash
    }
}

/// A database made in the place of one that was lost would hide the loss.
@Test func aWriterThatIsRefusedMakesNoDatabase() throws {
    let town = try Town()
    let city = try town.founded()
    let fresh = try town.home("fresh", .street, "330105013")
    #expect(throws: HomeError.notJoined(fresh.path)) { try Keeper(fresh) }
    #expect(!FileManager.default.fileExists(atPath: fresh.databasePath))
    let lost = KeeperError.behindFence(held: 0, fence: 1)
    try FileManager.default.removeItem(atPath: city.databasePath)
    #expect(throws: lost) { try Keeper(city) }
    let other = try town.founded("other")
    let invitation = try town.invitation(for: city, by: other, level: .district)
    #expect(throws: lost) { try Keeper.join(city, invitation) }
    #expect(!FileManager.default.fileExists(atPath: city.databasePath))
    // A file that was emptied is none either, and stays as it is.
    try Data().write(to: URL(filePath: city.databasePath))
    #expect(throws: lost) { try Keeper(city) }
    #expect(try Data(contentsOf: URL(filePath: city.databasePath)).isEmpty)
}
