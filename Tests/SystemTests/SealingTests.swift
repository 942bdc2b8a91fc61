import Encoding
import Foundation
import Ledger
import Storage
import TestSupport
import Testing

/// skipped: the program `linli` was not built beside the tests.
@Suite(.enabled(if: Linli.isBuilt), .serialized)
struct SealingTests {
    private static let name = "赵钱孙"
    private static let number = "13812345678"
    private static let party = "\(name);\(number);330105199001011234"

    /// Files of a home in which a person's data stand, whatever they are.
    private func traces(
        _ site: Site,
        of texts: [String] = [name, number, "330105199001011234"]
    ) -> [String] {
        let texts = texts.map { Data($0.utf8) }
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: site.path)) ?? []
        return files.filter { file in
            let data = try? Data(contentsOf: URL(filePath: site.path + "/" + file))
            return texts.contains { data?.range(of: $0) != nil }
        }
    }

    @discardableResult
    private func good(
        _ site: Site,
        _ words: String...,
        input: String? = nil
    ) async throws -> String {
        let outcome = try await Linli.run(
            words + ["--home", site.path],
            input: input,
            in: site.town.directory
        )
        #expect(outcome.code == 0, "\(words): \(outcome.errors)")
        return outcome.output
    }

    private func number(_ output: String) throws -> String { try value("number", output) }

    private func value(_ name: String, _ output: String) throws -> String {
        let value = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        return try #require(value?[name] as? String)
    }

    private func entries(_ site: Site, _ id: String) throws -> [PlacedEntry] {
        let subject = try #require(unhex(id).flatMap { SubjectID($0) })
        return try Store(path: site.path + "/ledger.db", mode: .readOnly).entries(about: subject)
    }

    private func hasNone(_ text: String) -> Bool {
        !text.contains(Self.name) && !text.contains(Self.number)
    }

    /// The places of the case read it, the others are told where; nobody's files and no output for
    /// a program has it; whoever takes the case over can read it, and a redaction takes it away.
    @Test func personsDataAreReadWhereTheCaseIsAndStandNowhere() async throws {
        let town = try Town()
        let city = try await town.found()
        let district = try await town.join("district", "district", "330105", by: city)
        let daemon = try await city.start()
        try await good(district, "sync")
        let street = try await town.join("street", "street", "330105013", by: district)
        let other = try await town.join("other", "street", "330105014", by: district)
        let all = [city, district, street, other]
        let away = [district, street, other]
        func meet() async throws {
            for _ in 0..<2 { for site in away { try await good(site, "sync") } }
        }
        try await meet()

        let report = try await good(
            street,
            "case",
            "report",
            "--summary",
            "楼上漏水",
            "--party-file",
            "-",
            "--json",
            input: Self.party + "\n李四\n"
        )
        let (number, id) = (try number(report), try value("id", report))
        try await meet()
        for site in all {
            #expect(traces(site).isEmpty, "\(site.name): \(traces(site))")
            // What is not sealed is found, so that finding nothing says something.
            #expect(!traces(site, of: ["楼上漏水"]).isEmpty)
        }
        for site in [street, district] {
            let page = try await good(site, "show", number)
            #expect(page.contains(Self.name) && page.contains("李四"), "\(site.name): \(page)")
            #expect(try await good(site, "history", number, "--values").contains(Self.number))
        }
        for site in [city, other] {
            let page = try await good(site, "show", number)
            #expect(hasNone(page) && page.contains("opened at"), "\(page)")
            #expect(page.contains("street") && page.contains("district"))
        }
        // Views are equal whoever can read, and nothing for a program says what is sealed.
        let views = try all.map { site in
            try Store(path: site.path + "/ledger.db", mode: .readOnly).viewDigest()
        }
        #expect(Set(views).count == 1)
        try await forPrograms(street, number)

        // Whom the case is offered to can read it before it takes it.
        try await good(street, "case", "offer", number, "--to", "330105014", "--reason", "归口")
        try await meet()
        #expect(try await good(other, "show", number).contains(Self.name))
        #expect(hasNone(try await good(city, "show", number)))
        let shared = try await other.run("case", "share", number)
        #expect(
            shared.code == 1 && shared.errors.contains("nothing was sealed"),
            "\(shared.errors)"
        )
        try await good(district, "case", "share", number, "--open-at", "city")
        try await meet()
        #expect(try await good(city, "show", number).contains(Self.name))
        for site in all { #expect(traces(site).isEmpty, "\(site.name): \(traces(site))") }

        // What opens it goes with it.
        let hash = try value("hash", report)
        try await good(street, "case", "redact", number, "--entry", hash, "--ground", "47-3")
        try await meet()
        for site in [street, other] { #expect(hasNone(try await good(site, "show", number))) }
        try await good(city, "case", "approve-redaction", number)
        try await meet()
        for site in all {
            // The service destroys it when it next looks, or later still while somebody reads.
            let isGone = await eventually {
                let sealing = (try? self.entries(site, id)) ?? []
                let gone = sealing.filter { entry in
                    (entry.header.seal != nil || !entry.header.wraps.isEmpty)
                        && entry.parts.allSatisfy { $0 == nil }
                }
                return gone.count == 3
            }
            #expect(isGone, "\(site.name)")
            try await good(site, "verify")
        }
        #expect(await daemon.stop() == 0)
    }

    /// Whatever is made for programs, files and other nodes.
    private func forPrograms(_ site: Site, _ number: String) async throws {
        for words in [
            ["show", number, "--json"], ["history", number, "--values", "--json"], ["cases"],
            ["cases", "--json"], ["search", Self.name], ["search", Self.number],
            ["case", "file", number], ["sql", "SELECT * FROM cases"], ["conflicts"],
        ] {
            let outcome = try await Linli.run(
                words + ["--home", site.path],
                in: site.town.directory
            )
            #expect(hasNone(outcome.output) && outcome.code != 2, "\(words): \(outcome.errors)")
        }
        let json = try await good(site, "show", number, "--json")
        #expect(json.contains(#""sealed":[{"field":"party""#), "\(json)")
        let frontier = site.town.path("frontier-\(site.name)")
        try Data(try await good(site, "frontier", "save").utf8).write(to: URL(filePath: frontier))
        #expect(hasNone(try await good(site, "show", number, "--as-of", frontier)))
        let bundle = site.town.path("\(site.name).bundle")
        try await good(site, "bundle", "write", bundle)
        #expect(
            hasNone(String(decoding: try Data(contentsOf: URL(filePath: bundle)), as: UTF8.self))
        )
        let export = site.town.path("\(site.name)-export")
        try await good(site, "export", export, "--log", site.name)
        for file in try FileManager.default.contentsOfDirectory(atPath: export) {
            let data = try Data(contentsOf: URL(filePath: export + "/" + file))
            #expect(hasNone(String(decoding: data, as: UTF8.self)), "\(file)")
        }
    }

    @Test func whatIsSealedStandsInNoArgumentAndOneNodeAloneSealsNothing() async throws {
        let town = try Town()
        let city = try await town.found()
        let alone = try await city.run(
            "case",
            "report",
            "--summary",
            "漏水",
            "--party-file",
            "-",
            input: Self.party
        )
        #expect(alone.code == 1 && alone.errors.contains("--open-at"), "\(alone.errors)")
        let street = try await town.join("street", "street", "330105013", by: city)
        for words in [
            ["--summary", "漏水", "--party", "某某"],
            ["--summary", "漏水", "--seal-text", "summary"],
            ["--summary", "漏水", "--seal-text", "channel"],
            ["--summary", "漏水", "--seal-text", "brief"],
            // An empty file, which standard input is.
            ["--summary", "漏水", "--party-file", "-", "--open-at", "city"],
        ] {
            let outcome = try await Linli.run(
                ["case", "report"] + words + ["--home", street.path],
                in: town.directory
            )
            #expect(outcome.code == 64 && !outcome.errors.contains("某某"), "\(outcome.errors)")
        }
        let daemon = try await city.start()
        try await good(street, "sync")
        // A text that may hold a person's number, since it is sealed.
        let number = try number(
            try await good(
                street,
                "case",
                "report",
                "--summary-file",
                "-",
                "--seal-text",
                "summary",
                "--json",
                input: "\(Self.name) 报称漏水,电话 \(Self.number)"
            )
        )
        #expect(traces(street).isEmpty)
        #expect(try await good(street, "show", number).contains(Self.number))
        #expect(try await good(street, "cases").contains("[sealed or redacted]"))
        try await good(street, "sync")

        // A rule of the city's.
        try await good(
            city,
            "policy",
            "sealing",
            "--seal-field",
            "summary",
            "--seal-field",
            "brief"
        )
        try await good(street, "sync")
        let refused = try await street.run("case", "report", "--summary", "再漏水")
        #expect(refused.code == 64 && refused.errors.contains("--summary-file"))
        let sealed = try await good(
            street,
            "case",
            "report",
            "--summary-file",
            "-",
            "--json",
            input: "\(Self.name) 再次报称漏水"
        )
        #expect(traces(street).isEmpty)
        #expect(try await good(street, "show", self.number(sealed)).contains(Self.name))
        try await good(street, "verify")
        #expect(await daemon.stop() == 0)
    }

    /// What was counted an hour ago.
    private func age(_ site: Site) throws {
        let file = URL(filePath: site.path + "/openings")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let aged = lines.map { line in
            let words = line.split(separator: " ").map(String.init)
            let time = (UInt64(words[1]) ?? 0) - 7_200_000
            return "\(words[0]) \(time) \(words[2])\n"
        }
        try Data(aged.joined().utf8).write(to: file)
    }

    private func openings(_ site: Site, _ more: String...) async throws -> [[String: Any]] {
        let words = ["openings", "--json"] + more + ["--home", site.path]
        let listed = try await Linli.run(words, in: site.town.directory)
        #expect(listed.code == 0, "\(listed.errors)")
        return try listed.output.split(separator: "\n").dropLast().map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            )
        }
    }

    @Test func whoOpensWhatIsSealedStandsInTheLedgerOnce() async throws {
        let town = try Town()
        let city = try await town.found()
        let street = try await town.join("street", "street", "330105013", by: city)
        var daemon = try await city.start()
        try await good(street, "sync")
        func report() async throws -> String {
            try await good(
                street,
                "case",
                "report",
                "--summary",
                "漏水",
                "--party-file",
                "-",
                "--json",
                input: Self.party
            )
        }
        let (first, second) = (try number(try await report()), try number(try await report()))
        // Closed to programs, so that nothing is counted.
        try await good(street, "show", first, "--json")
        #expect(!FileManager.default.fileExists(atPath: street.path + "/openings"))
        try await good(street, "show", first, "--actor", "12")
        try await good(street, "history", first, "--values", "--actor", "12")
        try await good(street, "show", second)
        #expect(try await openings(street).isEmpty)
        try age(street)
        let counted = try Data(contentsOf: URL(filePath: street.path + "/openings"))
        try await good(street, "show", second)
        #expect(try await openings(street).count == 2)
        // A crash after it was written, and before that was noted.
        try counted.write(to: URL(filePath: street.path + "/openings.sending"))
        try await good(street, "show", second)
        #expect(!FileManager.default.fileExists(atPath: street.path + "/openings.sending"))
        try await good(street, "sync")

        let listed = try await openings(city, "--node", "street")
        #expect(listed.count == 2)
        let row = try #require(listed.first { $0["number"] as? String == first })
        #expect(row["count"] as? Int == 2 && row["staff"] as? String == "12")
        #expect(try await openings(city, "--case", second).count == 1)
        #expect(try await good(city, "activity", "list").isEmpty)

        // A service writes it by itself; the city opens what its streets sealed.
        let page = try await good(city, "show", first)
        #expect(page.contains(Self.name))
        #expect(await daemon.stop() == 0)
        try age(city)
        daemon = try await city.start()
        try await good(street, "sync")
        #expect(try await openings(street, "--node", "city").count == 1)

        // Where it can not be counted, it is not opened.
        let file = street.path + "/openings"
        try FileManager.default.removeItem(atPath: file)
        let full = [UInt8](repeating: 0x61, count: 256 << 10)
        try Data(full).write(to: URL(filePath: file))
        let closed = try await street.run("show", first)
        #expect(closed.code == 0 && hasNone(closed.output), "\(closed.output)")
        #expect(closed.errors.contains("can not be counted"), "\(closed.errors)")
        #expect(await daemon.stop() == 0)
        try await good(street, "verify")
    }
}
