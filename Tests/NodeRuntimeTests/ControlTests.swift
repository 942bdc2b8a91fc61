import Crypto
import Encoding
import Foundation
import Ledger
import Replication
import Storage
import TestSupport
import Testing
import TransparencyLog

@testable import NodeRuntime

/// A client of the home's socket that says what it likes.
private final class RawClient: Sendable {
    let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let status = try unsafe ControlSocket.withAddress(path) {
            unsafe connect(descriptor, $0, $1)
        }
        #expect(status == 0)
        ControlSocket.setTimeout(descriptor, seconds: 10)
    }

    deinit { close(descriptor) }

    func say(_ bytes: [UInt8]) {
        let count = unsafe bytes.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        #expect(count == bytes.count)
    }

    /// The next frame; nil once the daemon has hung up.
    func hear() -> [UInt8]? { ControlSocket.readFrame(descriptor) }
}

private func errorText(_ frame: [UInt8]?) -> String? {
    guard let frame, case .failed(let error)? = ControlReply(decoding: frame) else { return nil }
    return error.message
}

@Test func framesOfBundlesAreHandedOverAsTheyWereRead() throws {
    let entry = Entry(
        header: [1],
        leaf: [UInt8](repeating: 2, count: Entry.leafCount),
        parts: [nil]
    )
    let package = Package(log: sha256([1]), first: 0, entries: [entry], proof: [sha256([2])])
    let offer = PackageOffer(package: package, before: CompactRange(), note: [3])
    let branch = BundleEvidence.Branch(note: [4], root: sha256([5]), proof: [])
    let requests: [BundleRequest] = [
        .claims([BundleClaim(log: sha256([1]), note: [6])]), .offers([offer, offer]),
        .evidence(BundleEvidence(log: sha256([1]), size: 1, left: branch, right: branch)),
    ]
    for request in requests.map(ControlRequest.bundle) {
        #expect(ControlRequest(decoding: request.encoded) == request)
    }
    let many = BundleRequest.offers(Array(repeating: offer, count: BundleRequest.packagesMax + 1))
    #expect(ControlRequest(decoding: ControlRequest.bundle(many).encoded) == nil)
    let outcomes: [OfferOutcome] = [
        .taken(7), .held, .beyond(8), .notNamed, .forked, .refused("a"), .failed("里"),
    ]
    #expect(ControlReply(decoding: ControlReply.offered(outcomes).encoded) == .offered(outcomes))
}

@Test func requestsAndRepliesAreReadAsTheyWereWritten() throws {
    let item = try report("楼上漏水", in: "330105013")
    var draft = item.draft
    draft.actor = "330105-07"
    draft.subject = .existing(SubjectID(openedIn: .zero, at: 1))
    draft.scope = nil
    let items = [item, AppendItem(draft, reference: sha256([1]))]
    for request in [.append(items), .append([]), .status, .sync(seconds: 7)] as [ControlRequest] {
        #expect(ControlRequest(decoding: request.encoded) == request)
    }
    let subject = SubjectID(openedIn: .zero, at: 2)
    let written = AppendOutcome.written(
        subject: subject,
        place: Place(log: sha256([2]), sequence: .max),
        hash: sha256([3])
    )
    let receipt = HomeWriter.Receipt(outcomes: [written, .known(subject)], holders: 3)
    let replies: [ControlReply] = [
        .written(receipt), .text("{\"a\":\"里\"}"),
        .failed(RemoteError(code: 1, index: 4, message: "no", hint: "yes")),
        .failed(RemoteError(code: 2, message: "no")),
    ]
    for reply in replies { #expect(ControlReply(decoding: reply.encoded) == reply) }
}

@Test func damagedRequestsAndRepliesAreRefusedNotMisread() throws {
    let request = ControlRequest.append([try report("楼上漏水", in: "330105013")])
    let bytes = request.encoded
    for count in bytes.indices { #expect(ControlRequest(decoding: Array(bytes[..<count])) == nil) }
    #expect(ControlRequest(decoding: bytes + [0]) == nil)
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<3000 {
        var changed = bytes
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        changed[index] = UInt8.random(in: 0...255, using: &generator)
        if let read = ControlRequest(decoding: changed) {
            #expect(changed == bytes || read != request)
        }
        _ = ControlReply(decoding: changed)
        _ = ControlReply(decoding: generator.bytes(index % 40))
    }
}

@Test func strangeClientsAreAnsweredOrLeftAndOthersGoOn() async throws {
    let town = try Town()
    let node = try await Running(town.founded())
    let path = node.home.socketPath
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)

    let silent = try await onThread {
        let silent = try RawClient(path)
        let garbage = try RawClient(path)
        garbage.say([0, 0, 0, 5, 1, 2, 3, 4, 5])
        #expect(errorText(garbage.hear()) == "the daemon is of another version")
        // The same client may go on.
        garbage.say([0, 0, 0, 0])
        #expect(errorText(garbage.hear()) == "the daemon is of another version")
        let large = try RawClient(path)
        large.say([0xff, 0xff, 0xff, 0xff, 1])
        #expect(large.hear() == nil)
        let half = try RawClient(path)
        half.say([0, 1, 0, 0, 1, 2])
        shutdown(half.descriptor, Int32(SHUT_WR))
        #expect(half.hear() == nil)
        return silent
    }

    guard case .text(let json) = try await node.ask(.status) else {
        Issue.record("no status")
        return
    }
    #expect(StatusReport(json: json)?.entries == 1)
    withExtendedLifetime(silent) {}
    await node.daemon.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try ControlClient(path: path) == nil)
}

@Test func manyCommandsAtOnceAreAllServed() async throws {
    let town = try Town()
    let node = try await Running(town.founded())
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<40 {
            let item = try report("案件 \(number)", in: "3301")
            group.addTask { try await node.append([item]).outcomes.count }
        }
        return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(counts == Array(repeating: 1, count: 40))
    #expect(try await node.status().entries == 41)
    await node.daemon.stop()
}

@Test func anAppendThatIsRefusedSaysWhichItemAndChangesNothing() async throws {
    let town = try Town()
    let node = try await Running(town.founded())
    let before = try await node.status()
    let items = [try report("一", in: "3301"), try report("二", in: "4401")]
    let error = await #expect(throws: RemoteError.self) { try await node.append(items) }
    #expect(error?.code == 2 && error?.message.isEmpty == false)
    let after = try await node.status()
    #expect(after.frontier == before.frontier && after.view == before.view)
    try await node.append([items[0]])
    await node.daemon.stop()
}

/// The daemon dies while a command waits: the command must not claim success nor hang.
@Test func aDaemonThatGoesAwayLeavesTheCommandWithAClearAnswer() throws {
    let town = try Town()
    let path = town.path("socket")
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let bound = try unsafe ControlSocket.withAddress(path) { unsafe bind(descriptor, $0, $1) }
    #expect(bound == 0 && listen(descriptor, 1) == 0)
    Thread {
        let client = accept(descriptor, nil, nil)
        _ = ControlSocket.readFrame(client)
        // Before the client learns of it, so that nobody listens once it does.
        close(descriptor)
        close(client)
    }.start()
    let client = try #require(try ControlClient(path: path))
    let error = #expect(throws: RemoteError.self) {
        try ControlReply.ask(client, .append([report("一", in: "3301")]))
    }
    #expect(error?.code == 2)
    #expect(error?.message == "the daemon went away; it is not known whether it acted")
    // The socket of a killed daemon is there, and nobody listens.
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(try ControlClient(path: path) == nil)
}

@Test func aPathTooLongForASocketIsNamed() throws {
    let path = "/tmp/" + String(repeating: "x", count: 200)
    #expect(throws: HomeError.self) { try ControlClient(path: path) }
}
