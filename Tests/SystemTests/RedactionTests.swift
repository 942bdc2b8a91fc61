import Foundation
import Storage
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct RedactionTests {
    private static let secret = "机密当事人赵钱孙"

    /// Files of a home in which the text stands, whatever they are.
    private func traces(_ site: Site) -> [String] {
        let text = Data(Self.secret.utf8)
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: site.path)) ?? []
        return files.filter { name in
            let data = try? Data(contentsOf: URL(filePath: site.path + "/" + name))
            return data?.range(of: text) != nil
        }
    }

    /// A case whose report has the text, with the report's entry.
    private func secretCase(_ site: Site) async throws -> (number: String, entry: String) {
        let report = try await site.run(
            "case",
            "report",
            "--scope",
            "330105013",
            "--summary",
            Self.secret,
            "--json"
        )
        #expect(report.code == 0, "\(report.errors)")
        return (
            try #require(report["number"] as? String), try #require(report["hash"] as? String)
        )
    }

    private func good(_ site: Site, _ words: String...) async throws {
        let outcome = try await Linli.run(words + ["--home", site.path], in: site.town.directory)
        #expect(outcome.code == 0, "\(words): \(outcome.errors)")
    }

    @Test func whatIsRedactedIsGoneFromEveryHomeAndNeverComesBack() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let other = try await town.join("other", "street", "330105014", by: city)
        var daemons = [try await city.start(), try await street.start()]
        #expect(await eventually { agree([city, street], entries: 4) })
        let (number, entry) = try await secretCase(street)
        #expect(await eventually { agree([city, street], entries: 5) })
        try await good(other, "sync")
        for site in [city, street, other] {
            try await good(site, "search", "机密")
            #expect(!traces(site).isEmpty, "\(site.name)")
        }
        let old = town.path("old.bundle")
        try await good(city, "bundle", "write", old)

        // Asked for by the street: hidden everywhere, held still. The other one is away.
        try await good(street, "case", "redact", number, "--entry", entry, "--ground", "47-3")
        #expect(await eventually { agree([city, street]) })
        for site in [city, street] {
            for words in [
                ["show", number], ["history", number, "--values"], ["case", "file", number],
            ] {
                let page = try await Linli.run(words + ["--home", site.path], in: town.directory)
                #expect(page.code == 0 && !page.output.contains(Self.secret), "\(words)")
            }
            #expect(try await site.run("search", "机密").output.isEmpty)
            #expect(!traces(site).isEmpty)
        }
        let own = try await street.run("case", "approve-redaction", number)
        #expect(own.code == 1 && own.errors.contains("office above"), "\(own.errors)")

        // Approved by the city: destroyed wherever it is learned of, and told apart from the rest.
        try await good(city, "case", "approve-redaction", number)
        for site in [city, street] {
            #expect(await eventually { traces(site).isEmpty }, "\(site.name): \(traces(site))")
        }
        #expect(await eventually { agree([city, street]) })
        #expect(!traces(other).isEmpty)
        try await good(other, "sync")
        #expect(traces(other).isEmpty, "\(traces(other))")
        #expect(try await other.run("show", number).output.contains("redacted"))

        let listed = try await other.run("redactions", "--json").output
        #expect(listed.contains(#""here":"gone""#) && listed.contains(#""ground":"47-3""#))
        #expect(listed.contains(#""approvals":[{"entry""#), "\(listed)")
        #expect(try await city.run("redactions", "--open").output.isEmpty)

        // Neither an old bundle nor a peer of before brings it back.
        for daemon in daemons { #expect(await daemon.stop() == 0) }
        for site in [city, street, other] {
            try await good(site, "bundle", "read", old)
            #expect(traces(site).isEmpty, "\(site.name): \(traces(site))")
            try await good(site, "verify")
        }
        // Whoever comes later gets everything but the text.
        let late = try await town.join("late", "street", "330105015", by: city)
        daemons = [try await city.start()]
        try await good(late, "sync")
        #expect(traces(late).isEmpty)
        #expect(try await late.run("show", number).output.contains("redacted"))
        try await good(late, "verify")
        #expect(await daemons[0].stop() == 0)
    }

    /// Importing the same record again brings nothing back: not while it is hidden, not afterwards,
    /// not at another node that held it, and not in a home that was restored.
    @Test func noImportBringsARedactedRecordBack() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let other = try await town.join("other", "street", "330105014", by: city)
        let daemon = try await city.start()
        for site in [street, other] { try await good(site, "sync") }
        let file = town.path("record.jsonl")
        try Data(
            """
            {"service_request_id":"a1","status":"open","service_name":"Noise",\
            "description":"\(Self.secret)","requested_datetime":"2026-01-05T08:00:00+08:00"}

            """.utf8
        ).write(to: URL(filePath: file))
        func imported(_ site: Site) async throws -> (taken: Int?, skipped: Int?) {
            let outcome = try await Linli.run(
                [
                    "import", file, "--format", "open311", "--source", "test", "--json",
                    "--home", site.path,
                ],
                in: town.directory
            )
            #expect(outcome.code == 0, "\(outcome.errors)")
            return (outcome["taken"] as? Int, outcome["skipped"] as? Int)
        }
        #expect(try await imported(street) == (1, 0))
        for site in [street, other] { try await good(site, "sync") }
        func first(_ key: String, _ words: String...) async throws -> String {
            let outcome = try await Linli.run(
                words + ["--json", "--home", street.path],
                in: town.directory
            )
            let line = try #require(outcome.output.split(separator: "\n").first)
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?[key] as? String, "\(outcome.output)")
        }
        let number = try await first("number", "cases")
        let entry = try await first("entry", "history", number)
        try await good(street, "case", "redact", number, "--entry", entry, "--ground", "47-3")
        for site in [street, other] { try await good(site, "sync") }
        for site in [street, other] { #expect(try await imported(site) == (0, 1), "\(site.name)") }
        let shown = try await other.run("history", number, "--values")
        #expect(shown.output.contains("redacted") && !shown.output.contains("not held"))

        try await good(city, "case", "approve-redaction", number)
        for site in [street, other] { try await good(site, "sync") }
        for site in [street, other, city] {
            #expect(try await imported(site) == (0, 1), "\(site.name)")
            #expect(await eventually { traces(site).isEmpty }, "\(site.name): \(traces(site))")
        }

        let backup = town.path("backup")
        let restored = Site(town, "restored", street.endpoint)
        for words in [
            ["backup", backup, "--home", street.path],
            ["restore", backup, "--home", restored.path],
        ] {
            let outcome = try await Linli.run(
                words + ["--passphrase-fd", "0"],
                input: "schlüssel\n",
                in: town.directory
            )
            #expect(outcome.code == 0, "\(words): \(outcome.errors)")
        }
        let invitation = town.path("again.invitation")
        try await good(city, "enrol", restored.path + "/request.txt", "-o", invitation)
        try await good(restored, "join", invitation)
        try await good(restored, "sync")
        #expect(try await imported(restored) == (0, 1))
        #expect(traces(restored).isEmpty)
        for site in [street, other, restored] { try await good(site, "verify") }
        #expect(await daemon.stop() == 0)
    }

    @Test func whatTheLawWantsKeptIsKeptUnusedUntilThen() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let daemon = try await city.start()
        try await good(street, "sync")
        let (number, entry) = try await secretCase(street)
        let past = try await street.run(
            "case",
            "redact",
            number,
            "--entry",
            entry,
            "--ground",
            "47-2",
            "--keep-until",
            "2001-01-01"
        )
        #expect(past.code == 64 && past.errors.contains("over already"), "\(past.errors)")
        try await good(
            street,
            "case",
            "redact",
            number,
            "--entry",
            entry,
            "--ground",
            "47-2",
            "--keep-until",
            "2999-01-01"
        )
        try await good(street, "sync")
        try await good(city, "case", "approve-redaction", number)
        try await good(street, "sync")
        for site in [city, street] {
            #expect(!traces(site).isEmpty)
            let page = try await site.run("show", number)
            #expect(!page.output.contains(Self.secret) && page.output.contains("2999-01-01"))
        }
        let refused = try await city.run(
            "case",
            "refuse-redaction",
            number,
            "--reason",
            "误"
        )
        #expect(refused.code == 1, "what was approved is not refused any more")
        #expect(await daemon.stop() == 0)
    }

    /// The log of before is emptied as soon as nobody reads the database any more.
    @Test func aReaderPutsOffTheEndAndAKilledNodeTakesItUpAgain() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        let cityDaemon = try await city.start()
        try await good(street, "sync")
        let (number, entry) = try await secretCase(street)
        try await good(street, "case", "redact", number, "--entry", entry, "--ground", "47-4")
        try await good(street, "sync")
        let path = street.path + "/ledger.db"
        func state() -> Store.RedactionState? {
            (try? Store(path: path, mode: .readOnly).redactions().map(\.state))?.first
        }
        // Somebody reads while it is approved: it is deleted, and its pages can not go yet.
        let (done, finish) = AsyncStream.makeStream(of: Void.self)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let go = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let reader = try? Store(path: path, mode: .readOnly)
            try? reader?.consistently {
                _ = try reader?.subjectCount()
                begin.yield()
                go.wait()
            }
            finish.yield()
        }
        for await _ in begun { break }
        let daemon = try await street.start()
        try await good(city, "case", "approve-redaction", number)
        #expect(await eventually { state() == .deleted })
        #expect(!traces(street).isEmpty)
        await daemon.kill9()
        go.signal()
        for await _ in done { break }
        #expect(state() == .deleted)
        let again = try await street.start()
        #expect(await eventually { state() == .gone })
        #expect(traces(street).isEmpty, "\(traces(street))")
        #expect(await again.stop() == 0)
        try await good(street, "verify")
        #expect(await cityDaemon.stop() == 0)
    }
}
