import Foundation
import TestSupport
import Testing

/// Every command of `docs/keys.md`, in a city where keys are lost and stolen.
///
/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
final class KeyPageTests {
    private let town: Town
    private var done: Set<String> = []

    init() throws { town = try Town() }

    /// What a command line is, apart from the names in it.
    private static func shape(_ words: [String]) -> String {
        let verbs: Set = ["protect", "unprotect", "key", "add", "end", "share"]
        let others: Set = [
            "--home", "--listen", "--peer", "--json", "--passphrase-fd", "--home-passphrase-fd",
        ]
        let count = words.count > 1 && verbs.contains(words[1]) ? 2 : 1
        let flags = Set(words.filter { $0.hasPrefix("-") }).subtracting(others).sorted()
        return (words.prefix(count) + flags).joined(separator: " ")
    }

    private static func page() throws -> Set<String> {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/keys.md")
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        let commands = lines.filter { $0.hasPrefix("linli ") }
        return Set(commands.map { shape($0.split(separator: " ").dropFirst().map(String.init)) })
    }

    @discardableResult
    private func good(
        _ home: String,
        _ words: String...,
        input: String? = nil
    ) async throws -> String {
        let outcome = try await town.run(words + ["--home", town.path(home)], input: input)
        #expect(outcome.code == 0, "\(words): \(outcome.errors)")
        done.insert(Self.shape(words))
        return outcome.output
    }

    private func make(_ name: String, _ level: String, _ scope: String) async throws {
        let words =
            ["init", town.path(name), "--name", name, "--scope", scope, "--level", level]
            + ["--listen", try freeEndpoint()]
        #expect(try await town.run(words).code == 0)
        done.insert(Self.shape(words))
    }

    private func join(_ name: String) async throws {
        let invitation = town.path(name + ".invitation")
        try await good("gongshu", "enrol", town.path(name) + "/request.txt", "-o", invitation)
        try await good(name, "join", invitation)
        try await meet(name)
    }

    /// All of them by the city, which runs.
    private func meet(_ name: String) async throws {
        for name in ["gongshu", name, "gongshu"] { try await good(name, "sync") }
    }

    @Test func thePageOfKeysDoesWhatItSays() async throws {
        let city = try await town.found()
        let daemon = try await city.start()
        _ = try await town.join("gongshu", "district", "330105", by: city)
        try await good("gongshu", "sync")
        try await protection()
        try await persons()
        try await changing()
        try await stolen()
        try await founder(daemon)
        let missing = try Self.page().subtracting(done)
        #expect(missing.isEmpty, "nobody carries out: \(missing.sorted())")
        #expect(try Self.page().count > 15)
    }

    private func protection() async throws {
        let make =
            ["init", town.path("wulin"), "--name", "wulin", "--scope", "330105013"]
            + ["--level", "street", "--protect", "--passphrase-fd", "0"]
        #expect(try await town.run(make, input: "first\n").code == 0)
        done.insert(Self.shape(make))
        let open = ["keys", "unprotect", "--home", town.path("wulin")]
        let opened = try await town.run(
            open + ["--home-passphrase-fd", "0"],
            input: "first\n"
        )
        #expect(opened.code == 0, "\(opened.errors)")
        done.insert(Self.shape(open))
        try await join("wulin")
        try await good("wulin", "keys")
        try await good("wulin", "keys", "protect", "--passphrase-fd", "0", input: "again\n")
        #expect(try await town.run(["rotate", "--home", town.path("wulin")]).code == 64)
        let again = try await town.run(open + ["--home-passphrase-fd", "0"], input: "again\n")
        #expect(again.code == 0, "\(again.errors)")
    }

    private func persons() async throws {
        for number in ["12", "13"] {
            let key = town.path(number + ".pem")
            try await good(
                "wulin",
                "staff",
                "key",
                key,
                "--number",
                number,
                "--passphrase-fd",
                "0",
                input: "person\n"
            )
            try await good("wulin", "staff", "add", key + ".request", "--roles", "mediator")
        }
        try await good("wulin", "staff", "end", "12")
        try await good("wulin", "staff", "end", "13", "--size", "3")
    }

    private func changing() async throws {
        let report = try await good(
            "wulin",
            "case",
            "report",
            "--summary",
            "漏水",
            "--party-file",
            "-",
            "--json",
            input: "赵钱孙\n"
        )
        let value = try JSONSerialization.jsonObject(with: Data(report.utf8)) as? [String: Any]
        let number = try #require(value?["number"] as? String)
        try await good("wulin", "rotate")
        try await meet("wulin")
        try await good("gongshu", "enrol", town.path("wulin") + "/rotation.txt")
        try await meet("wulin")
        #expect(!FileManager.default.fileExists(atPath: town.path("wulin") + "/keys/next"))
        try await good("gongshu", "end", "wulin")
        try await meet("wulin")
        // The former seal key is lost: the office above shares the case with the new one.
        try FileManager.default.removeItem(atPath: town.path("wulin") + "/keys/former")
        #expect(try await !good("wulin", "show", number).contains("赵钱孙"))
        try await good("gongshu", "case", "share", number)
        try await meet("wulin")
        #expect(try await good("wulin", "show", number).contains("赵钱孙"))
    }

    /// A thief goes on writing beyond the end: some of it is ratified, the rest refused.
    private func stolen() async throws {
        let first = try await good("wulin", "status", "--json")
        let status = try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any]
        let logs = try #require(status?["logs"] as? [[String: Any]])
        let size = try #require(logs.first { $0["node"] as? String == "wulin" }?["size"] as? Int)
        for _ in 0..<3 { try await good("wulin", "case", "report", "--summary", "盗用") }
        try await meet("wulin")
        try await good("gongshu", "end", "wulin", "--size", "\(size)")
        #expect(try await good("gongshu", "roster", "--contested").contains("wulin"))
        let reason = ["--reason", "查实"]
        for (word, from, to) in [("ratify", size, size), ("refuse", size + 1, size + 2)] {
            try await good(
                "gongshu",
                word,
                "wulin",
                "--from",
                "\(from)",
                "--to",
                "\(to)",
                reason[0],
                reason[1]
            )
        }
        try await good("gongshu", "sync")
        try await make("wulin-2", "street", "330105013")
        try await join("wulin-2")
        try await good("wulin-2", "case", "report", "--summary", "照常")
    }

    private func founder(_ daemon: Daemon) async throws {
        try await good("gongshu", "sync")
        let recovery = town.path("recovery.key")
        try FileManager.default.moveItem(
            atPath: town.path("city") + "/recovery.key",
            toPath: recovery
        )
        let protect = ["keys", "protect", recovery, "--passphrase-fd", "0"]
        #expect(try await town.run(protect, input: "offline\n").code == 0)
        done.insert(Self.shape(protect))
        let twice = try await town.run(protect, input: "offline\n")
        #expect(twice.code == 1 && twice.errors.contains("encrypted already"))
        #expect(await daemon.stop() == 0)
        try FileManager.default.removeItem(atPath: town.path("city"))
        try await make("heir", "city", "3301")
        let invitation = town.path("heir.invitation")
        try await good(
            "gongshu",
            "succeed",
            town.path("heir") + "/request.txt",
            "--recovery",
            recovery,
            "--end-founder",
            "-o",
            invitation,
            "--passphrase-fd",
            "0",
            input: "offline\n"
        )
        try await good("heir", "join", invitation)
    }
}
