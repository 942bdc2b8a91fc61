import Crypto
import Encoding
import Foundation
import Ledger
import NodeRuntime
import Replication
import TestSupport
import Testing
import Transport

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt))
struct HostileTests {
    /// Seconds within which each must be rid of: the longest wait of the protocol and some more.
    private static let patience = 16.0

    @Test func hostilePeersAreRefusedInTimeAndOthersGoOn() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let rogue = try await town.join("rogue", "street", "330105014", by: city)
        let outside = try await town.initialize("outside", "street", "330105015")
        let daemon = try await city.start()
        let bystander = try await street.start()
        #expect(await eventually { agree([city, street], entries: 4) })
        let attack = try Attack(city, member: rogue, stranger: outside)
        let memory = daemon.process.residentKiB

        try await withThrowingTaskGroup(of: (String, Double).self) { group in
            for (name, body) in attack.all {
                group.addTask {
                    let start = Date()
                    try await body()
                    return (name, Date().timeIntervalSince(start))
                }
            }
            // Meanwhile the others work.
            for number in 1...5 {
                #expect(try street.report(1, in: "330105013").count == 1)
                #expect(
                    await eventually { agree([city, street], entries: 4 + UInt64(number)) }
                )
            }
            for try await (name, seconds) in group {
                #expect(seconds < Self.patience, "\(name) took \(seconds) s")
            }
        }
        for (words, count) in attack.expected {
            let found = daemon.errors.split(separator: "\n")
                .count { line in words.allSatisfy(line.contains) }
            #expect(found == count, "\(words)")
        }
        // All of it is kept where somebody sees it: from whom, why and how often.
        let isKept = await eventually {
            let listed = (try? await city.run("refused", "--json").output) ?? ""
            return ["out-of-turn", "wrong-ledger", "malformed", "stalled", "is not admitted"]
                .allSatisfy(listed.contains) && listed.contains("\"attempts\":")
                && listed.contains("\"node\":\"rogue\"")
        }
        #expect(isKept)
        let growth = daemon.process.residentKiB - memory
        #expect(growth < 40_000, "grew by \(growth) KiB")
        #expect(agree([city, street]))
        #expect(await bystander.stop() == 0)
        #expect(await daemon.stop() == 0)
    }
}

/// What a hostile peer may try; each returns once the daemon has hung up.
private struct Attack {
    typealias Body = @Sendable () async throws -> Void

    private let endpoint: Endpoint
    private let member: TransportIdentity
    private let stranger: TransportIdentity
    private let directory: String
    private let ledger: Digest
    private let log: Digest

    init(_ site: Site, member: Site, stranger: Site) throws {
        endpoint = try #require(Endpoint(site.endpoint))
        directory = member.path
        let home = try Home(path: member.path)
        self.member = try TransportIdentity(key: home.signingKey(.tls))
        self.stranger = try TransportIdentity(
            key: Home(path: stranger.path).signingKey(.tls)
        )
        log = try home.publicKeys().log.hash
        ledger = try #require(Bytes32(hex: site.status().ledger))
    }

    /// Lines that the daemon's log has to show: words, and how many lines have them.
    let expected: [([String], Int)] = [
        (["refused", "is not admitted"], 1), (["refused", "TLS failed"], 4),
        (["refused", "timed out waiting for handshake"], 1),
        (["reason=out-of-turn"], 1), (["reason=wrong-ledger"], 1), (["reason=malformed"], 1),
        (["reason=stalled"], 1), (["frame of 4294967295 bytes"], 1),
    ]

    var all: [(String, Body)] {
        [
            ("a key outside the roster", { try await strange() }),
            ("TLS 1.2", { try await openssl(["-tls1_2"], input: "") }),
            ("no certificate", { try await openssl(["-tls1_3"], input: "", hasKey: false) }),
            ("plain garbage", { try await plain(Array("GET / HTTP/1.0\r\n\r\n".utf8)) }),
            (
                "garbage records",
                { try await plain([22, 3, 1, 255, 255] + Array(repeating: 7, count: 9000)) }
            ),
            ("silence before TLS", { try await plain([]) }),
            ("a frame of 4 GiB", { try await openssl([], input: "\u{ff}") }),
            ("a message out of turn", { try await say(.ping(1)) }),
            ("a hello for another ledger", { try await say(hello(.zero)) }),
            ("a frame that is no message", { try await say(frame: [1, 2, 3]) }),
            ("silence after TLS", { try await say(frame: nil) }),
        ]
    }

    private func hello(_ ledger: Digest) -> Message {
        .hello(
            Hello(
                ledger: ledger,
                log: log,
                instance: 1,
                wall: 1,
                frontier: .zero,
                view: .zero,
                foldVersion: 1,
                yourSize: 0,
                yourRoot: .zero
            )
        )
    }

    private func strange() async throws {
        let connection = try? await Connection.connect(to: endpoint, identity: stranger) { _ in
            true
        }
        guard let connection else { return }
        while let frame = try? await connection.receive() { #expect(frame.isEmpty) }
        await connection.close()
    }

    private func say(_ message: Message) async throws { try await say(frame: message.encoded) }

    /// Speaks as a member: says one frame and listens until the daemon hangs up.
    private func say(frame: [UInt8]?) async throws {
        let connection = try await Connection.connect(to: endpoint, identity: member) { _ in true }
        if let frame { try await connection.send(frame) }
        while (try? await connection.receive()) != nil {}
        await connection.close()
    }

    /// Bytes over TCP, without TLS.
    private func plain(_ bytes: [UInt8]) async throws {
        let host = endpoint.description.split(separator: ":")
        let file = directory + "/plain-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(filePath: file))
        // Bash opens the connection; cat ends when the daemon hangs up.
        let script = "exec 3<>/dev/tcp/\(host[0])/\(host[1]); cat '\(file)' >&3; cat <&3 >/dev/null"
        try await shell(script)
    }

    private func openssl(_ options: [String], input: String, hasKey: Bool = true) async throws {
        let key = directory + "/keys/tls.pem"
        let name = directory + "/\(UUID().uuidString)"
        var command =
            "openssl s_client -connect \(endpoint) -alpn linli/1 -quiet "
            + options.joined(separator: " ")
        if hasKey {
            try await shell("openssl req -x509 -key '\(key)' -out '\(name)' -subj /CN=x")
            command += " -key '\(key)' -cert '\(name)'"
        }
        // Four bytes of length, then silence; the client ends when the daemon hangs up.
        let bytes = input.isEmpty ? "true" : #"printf '\377\377\377\377'"#
        try await shell("\(bytes) | \(command)")
    }

    private func shell(_ script: String) async throws {
        let process = try ChildProcess(
            "/bin/bash",
            ["-c", script],
            output: directory + "/shell-\(UUID().uuidString)"
        )
        await process.ended()
    }
}
