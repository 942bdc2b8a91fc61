import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Storage
import TestSupport
import Testing

@Test func nodesThatMeetOnlyThroughAThirdComeToHoldTheSame() async throws {
    let town = try Town()
    // The district only dials the city, the street only the district.
    let city = try town.founded(listen: freeEndpoint())
    let district = try town.joined(
        "district",
        .district,
        "330105",
        by: city,
        listen: freeEndpoint()
    )
    let first = try await Running(city)
    do {
        let second = try await Running(district)
        #expect(try await eventually { try await agree([first, second], entries: 3) })
        await second.daemon.stop()
    }
    let street = try town.joined("street", .street, "330105013", by: district)
    let again = try await Running(district)
    do {
        let third = try await Running(street)
        #expect(try await eventually { try await agree([first, again, third], entries: 5) })
        // Live: each writes, all show it, and the street is told who else holds it.
        for (node, code) in [(first, "3301"), (again, "330105"), (third, "330105013")] {
            try await node.append([report("案件", in: code)])
        }
        #expect(try await eventually { try await agree([first, again, third], entries: 8) })
        #expect(try await first.status().cases == 3)
        #expect(
            try await eventually {
                let own = try await third.status().logs.first { $0.node == "street" }
                return own?.holders ?? 0 > 0
            }
        )
        await third.daemon.stop()
    }
    // The street was away, others wrote, it comes back and catches up.
    try await first.append((0..<300).map { try report("案件 \($0)", in: "3301") })
    let back = try await Running(street)
    #expect(try await eventually { try await agree([first, again, back], entries: 308) })
    for node in [first, again, back] { await node.daemon.stop() }
}

@Test func anEndedNodeIsShutOutAndOthersGoOn() async throws {
    let town = try Town()
    let city = try town.founded(listen: freeEndpoint())
    let street = try town.joined("street", .street, "330105013", by: city)
    let other = try town.joined("other", .street, "330106001", by: city)
    let nodes = [try await Running(city), try await Running(street), try await Running(other)]
    #expect(try await eventually { try await agree(nodes, entries: 5) })
    try await nodes[1].append([report("案件", in: "330105013")])
    #expect(try await eventually { try await agree(nodes, entries: 6) })

    let log = try street.publicKeys().log.hash
    let reading = try Store(path: city.databasePath, mode: .readOnly)
    let grant = try #require(reading.roster.member(log: log))
    let root = try #require(try reading.root(of: log, size: 1))
    let end = EntryDraft.end(
        roster: try #require(reading.rosterSubject),
        grants: [grant.hash],
        cuts: [LogPosition(log: log, size: 1, root: root)],
        reason: "test"
    )
    try await nodes[0].append([AppendItem(end)])
    let rest = [nodes[0], nodes[2]]
    #expect(try await eventually { try await agree(rest, entries: 7) })
    // Its case stood beyond the cut.
    #expect(try await nodes[0].status().cases == 0)
    #expect(
        try await eventually {
            try await nodes[0].status().peers.allSatisfy { $0.node != "street" }
        }
    )
    try await nodes[2].append([report("案件", in: "330106001")])
    #expect(try await eventually { try await agree(rest, entries: 8) })
    #expect(try await nodes[1].status().entries < 8)
    for node in nodes { await node.daemon.stop() }
}

/// The street's configuration names the district's key, by which it was invited.
@Test func anInviterWhoseRightEndedIsNotWelcomeByItsInvitation() async throws {
    let town = try Town()
    let city = try town.founded(listen: freeEndpoint())
    let district = try town.joined(
        "district",
        .district,
        "330105",
        by: city,
        listen: freeEndpoint()
    )
    let first = try await Running(city)
    do {
        let second = try await Running(district)
        #expect(try await eventually { try await agree([first, second], entries: 3) })
        await second.daemon.stop()
    }
    let street = try town.joined("street", .street, "330105013", by: district)
    let second = try await Running(district)
    let third = try await Running(street)
    #expect(try await eventually { try await agree([first, second, third], entries: 5) })
    let log = try district.publicKeys().log.hash
    let reading = try Store(path: city.databasePath, mode: .readOnly)
    let grant = try #require(reading.roster.member(log: log))
    let size = try #require(reading.log(log)?.size)
    let root = try #require(try reading.root(of: log, size: size))
    let end = EntryDraft.end(
        roster: try #require(reading.rosterSubject),
        grants: [grant.hash],
        cuts: [LogPosition(log: log, size: size, root: root)],
        reason: "test"
    )
    try await first.append([AppendItem(end)])
    #expect(try await eventually { try await agree([first, third], entries: 6) })
    #expect(
        try await eventually {
            try await third.status().peers.allSatisfy { !$0.isConnected || $0.node == "city" }
        }
    )
    // It dials again and again, and is refused each time.
    #expect(await eventually { third.lines.count("not-member") > 1 })
    for node in [first, second, third] { await node.daemon.stop() }
}

@Test func twoLiveNodesWithOneKeyBothStopWriting() async throws {
    let town = try Town()
    let (here, there) = (try freeEndpoint(), try freeEndpoint())
    var city = try town.founded(listen: here)
    try city.remember(.init(endpoint: there, key: nil))
    let path = town.path("twin")
    try FileManager.default.copyItem(atPath: city.path, toPath: path)
    let file = URL(filePath: path + "/config.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing(#""listen" : "\#(here)""#, with: #""listen" : "\#(there)""#).utf8)
        .write(to: file)
    let twin = try Home(path: path)
    #expect(twin.configuration.listen == there)
    let first = try await Running(city)
    let second = try await Running(twin)
    #expect(
        try await eventually {
            let reasons = [try await first.status(), try await second.status()]
                .map(\.node.stopReason)
            return reasons.allSatisfy { $0 == "another live node uses this node's keys" }
        }
    )
    for node in [first, second] {
        await #expect(throws: RemoteError.self) {
            try await node.append([report("案件", in: "3301")])
        }
        #expect(try await node.status().entries == 1)
        await node.daemon.stop()
    }
    // Nobody is there to tell the next process, and it knows.
    let reason = KeeperError.stopped("another live node uses this node's keys")
    let next = town.path("next")
    try FileManager.default.copyItem(atPath: city.path, toPath: next)
    #expect(try Keeper(Home(path: next)).stopReason == reason)
}

/// The whole home, fence included, is an old copy: only a peer can know.
@Test func aPeerThatHoldsMoreOfOurLogStopsUsFromWriting() async throws {
    let town = try Town()
    let city = try town.founded(listen: freeEndpoint())
    let street = try town.joined("street", .street, "330105013", by: city)
    let first = try await Running(city)
    let copy = town.path("copy")
    do {
        let second = try await Running(street)
        #expect(try await eventually { try await agree([first, second], entries: 3) })
        await second.daemon.stop()
    }
    try FileManager.default.copyItem(atPath: street.path, toPath: copy)
    do {
        let second = try await Running(street)
        try await second.append([report("案件", in: "330105013")])
        #expect(try await eventually { try await agree([first, second], entries: 4) })
        await second.daemon.stop()
    }

    let restored = try await Running(Home(path: copy))
    #expect(
        try await eventually {
            try await restored.status().node.stopReason?.contains("more than it") == true
        }
    )
    await #expect(throws: RemoteError.self) {
        try await restored.append([report("另", in: "330105013")])
    }
    // It has pulled its own log back.
    #expect(try await eventually { try await agree([first, restored], entries: 4) })
    #expect(try await first.status().forks.isEmpty)
    await restored.daemon.stop()
    // With its log whole again it may write from the next start on.
    let next = town.path("next")
    try FileManager.default.copyItem(atPath: copy, toPath: next)
    let again = try await Running(Home(path: next))
    try await again.append([report("另", in: "330105013")])
    #expect(try await eventually { try await agree([first, again], entries: 5) })
    await again.daemon.stop()
    await first.daemon.stop()
}

@Test func aStoppedDaemonLetsItsHomeGo() async throws {
    let town = try Town()
    let home = try town.founded(listen: freeEndpoint())
    for round in 1...3 as ClosedRange<UInt64> {
        let node = try await Running(home)
        try await node.append([report("案件", in: "3301")])
        #expect(try await node.status().entries == round + 1)
        await node.daemon.stop()
        await node.daemon.stop()
        #expect(node.lines.count("stopped") == 1)
        #expect(!FileManager.default.fileExists(atPath: home.socketPath))
    }
}

@Test func aPortThatIsTakenIsAnErrorAndTheHomeIsFreeAgain() async throws {
    let town = try Town()
    let endpoint = try freeEndpoint()
    let first = try await Running(town.founded(listen: endpoint))
    let other = try town.founded("other", listen: endpoint)
    await #expect(throws: (any Error).self) { try await Running(other) }
    #expect(try Keeper(other).stopReason == nil)
    await first.daemon.stop()
}

/// A sealed report of a street, for it and the office above.
private func sealedReport(_ street: Home, _ above: Home) throws -> AppendItem {
    let item = try report("漏水", in: "330105013")
    var draft = item.draft
    draft.fields[0] = CBORPair(0, .array([.unsigned(36), .unsigned(43)]))
    draft.sealed = SealDraft(
        clear: CBORValue.map([CBORPair(43, .array([.text("赵钱孙")]))]).encoded,
        fields: [43],
        recipients: [try street.publicKeys().seal, try above.publicKeys().seal]
    )
    return AppendItem(draft)
}

@Test func aCarrierDropsWhatTwoOthersProveToHold() async throws {
    let town = try Town()
    let city = try town.founded(listen: freeEndpoint())
    let street = try town.joined("street", .street, "330105013", by: city, listen: freeEndpoint())
    let other = try town.joined("other", .street, "330106001", by: city, listen: freeEndpoint())
    let above = try await Running(city)
    let carrier = try await Running(other)
    let writer = try await Running(street)
    #expect(try await eventually { try await agree([above, writer, carrier], entries: 5) })
    try await writer.append([sealedReport(street, city)])
    #expect(try await eventually { try await agree([above, writer, carrier], entries: 6) })
    let now = SystemSource.wallMilliseconds()
    let later = now + 31 * 86_400_000
    #expect(try await carrier.daemon.dropCarried(now: now) == 0, "it is not old enough")
    for node in [above, writer] {
        #expect(try await node.daemon.dropCarried(now: later) == 0, "it can open it")
    }
    // Once both are connected, and not before.
    #expect(
        try await eventually { try await carrier.daemon.dropCarried(now: later) == 2 }
    )
    let store = try Store(path: other.databasePath, mode: .readOnly)
    #expect(try store.absentCounts().notHeld == 2)
    #expect(try await agree([above, writer, carrier], entries: 6))
    // Nobody gives it again, and the views go on being compared.
    try await writer.append([report("再漏水", in: "330105013")])
    #expect(try await eventually { try await agree([above, writer, carrier], entries: 7) })
    #expect(try store.absentCounts().notHeld == 2)
    for node in [above, writer, carrier] { await node.daemon.stop() }
}

@Test func aCarrierKeepsWhatOneOtherHolds() async throws {
    let town = try Town()
    let city = try town.founded(listen: freeEndpoint())
    let street = try town.joined("street", .street, "330105013", by: city, listen: freeEndpoint())
    let other = try town.joined("other", .street, "330106001", by: city, listen: freeEndpoint())
    let above = try await Running(city)
    let carrier = try await Running(other)
    do {
        let writer = try await Running(street)
        #expect(try await eventually { try await agree([above, writer, carrier], entries: 5) })
        try await writer.append([sealedReport(street, city)])
        #expect(try await eventually { try await agree([above, writer, carrier], entries: 6) })
        await writer.daemon.stop()
    }
    let later = SystemSource.wallMilliseconds() + 31 * 86_400_000
    #expect(
        try await eventually {
            try await carrier.status().peers.allSatisfy { !$0.isConnected || $0.node == "city" }
        }
    )
    for _ in 0..<3 { #expect(try await carrier.daemon.dropCarried(now: later) == 0) }
    let store = try Store(path: other.databasePath, mode: .readOnly)
    #expect(try store.absentCounts().notHeld == 0)
    for node in [above, carrier] { await node.daemon.stop() }
}
